"""Loss: results, and input that is refused whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics.errors import InvalidTypeError, InvalidValueError, LstmetricsError, ShapeError
from lstmetrics.streaming import Loss

NAN = float("nan")


def test_log_loss_over_batches() -> None:
    truth, proba = [0, 1, 1, 0], [0.1, 0.8, 0.4, 0.3]
    state = Loss("log_loss", labels=[0, 1])
    for k in range(4):
        state.update(truth[k : k + 1], proba[k : k + 1])
    assert state.value() == metrics.log_loss(truth, proba)
    assert state.total() == metrics.log_loss(truth, proba, normalize=False)
    assert (state.samples, state.loss, state.labels) == (4, "log_loss", [0, 1])
    assert list(state.compute()) == ["samples", "log_loss", "standard_error"]


def test_brier_loss() -> None:
    state = Loss("brier", labels=[0, 1]).update([0, 1], [0.25, 0.5])
    assert state.value() == (2 * 0.25**2 + 2 * 0.5**2) / 2


def test_losses_of_the_caller() -> None:
    state = Loss("user").update_losses([1.0, 2.0, 6.0])
    assert state.value() == 3.0
    assert state.standard_error() == pytest.approx(math.sqrt(7.0 / 3), rel=1e-15)
    assert state.compute() == {
        "samples": 3,
        "loss": 3.0,
        "standard_error": state.standard_error(),
    }
    weighted = Loss("user").update_losses([1.0, 2.0], [3.0, 1.0])
    assert weighted.value() == 1.25


def test_nothing_seen_gives_nan() -> None:
    state = Loss()
    assert math.isnan(state.value())
    assert math.isnan(state.standard_error())
    assert state.total() == 0.0
    assert math.isnan(Loss("user").update_losses([1.0]).standard_error())


def test_sums_are_exact() -> None:
    state = Loss("user").update_losses([1e300, 1.0, -1e300, 1e-300])
    assert state.total() == 1.0
    assert Loss("user").update_losses([1e308] * 3).total() == math.inf


REFUSED: list[tuple[tuple[Any, ...], type[LstmetricsError], str]] = [
    (([0, 1], [0.5]), ShapeError, "inconsistent"),
    (([0, 1], [0.5, 0.5], [1.0]), ShapeError, "inconsistent"),
    (([0, 1], [0.5, NAN]), InvalidValueError, "1"),
    (([0, 1], [0.5, 1.5]), InvalidValueError, "1.5"),
    (([0, 1], [0.5, -0.5]), InvalidValueError, "-0.5"),
    (([0, 7], [0.5, 0.5]), InvalidValueError, "7"),
    (([0, 1], [[0.2, 0.3, 0.5]] * 2), InvalidValueError, "different from that in y_prob"),
    (([0, 1], [0.5, 0.5], [1, -1]), InvalidValueError, "sample_weight"),
    (([0, 1], [0.5, 0.5], [1, NAN]), InvalidValueError, "sample_weight"),
    ((["a", "b"], [0.5, 0.5]), LstmetricsError, "y_true"),
    (([0, 1], ["x", "y"]), InvalidValueError, "y_proba must hold numbers"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
@pytest.mark.parametrize("loss", ["log_loss", "brier"])
def test_refused_updates_change_nothing(
    loss: Any, arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    state = Loss(loss, labels=[0, 1]).update([0, 1, 1], [0.5, 0.6, 0.7])
    before = state.to_bytes()
    with pytest.raises(error, match=message):
        state.update(*arguments)
    assert state.to_bytes() == before


def test_refused_losses_change_nothing() -> None:
    state = Loss("user").update_losses([1.0])
    before = state.to_bytes()
    with pytest.raises(InvalidValueError, match=r"losses\[1\]"):
        state.update_losses([1.0, NAN])
    with pytest.raises(InvalidTypeError):
        state.update_losses(["a"])
    with pytest.raises(LstmetricsError):
        state.update([0, 1], [0.5, 0.5])
    assert state.to_bytes() == before
    with pytest.raises(LstmetricsError):
        Loss("log_loss").update_losses([1.0])


@pytest.mark.parametrize("pair", [("brier", "log_loss"), ("user", "log_loss")])
def test_other_losses_do_not_merge(pair: tuple[Any, Any]) -> None:
    left, right = (Loss(name) for name in pair)
    with pytest.raises(LstmetricsError):
        left.merge(right)


@pytest.mark.parametrize("labels", [[], [1], ["a", 1]])
def test_labels_that_are_none(labels: Any) -> None:
    with pytest.raises(LstmetricsError):
        Loss("log_loss", labels=labels)


def test_unknown_losses_are_named() -> None:
    with pytest.raises(InvalidValueError, match="'log_loss', 'brier' or 'user', got 'hinge'"):
        Loss("hinge")  # type: ignore[arg-type]


def test_probabilities_that_do_not_sum_to_one_are_warned_about() -> None:
    with pytest.warns(UserWarning, match="do not sum to one"):
        Loss("log_loss", labels=[0, 1]).update([0, 1], np.array([[0.5, 0.1], [0.5, 0.5]]))
