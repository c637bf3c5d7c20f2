"""What an interval is, which metrics have one, and what is refused."""

from __future__ import annotations

import dataclasses
import math
import pickle
import warnings
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import CountOverflowError, InvalidParameterError, UnsupportedError
from lstmetrics.streaming import Confusion, Interval, Loss, Tokens


@pytest.fixture
def confusion() -> Confusion:
    return Confusion.from_matrix([[90, 10], [20, 80]], [0, 1])


def test_a_known_case(confusion: Confusion) -> None:
    """R: ``prop.test(170, 200, correct=FALSE)``."""
    found = confusion.interval("accuracy")
    assert found.estimate == 0.85
    assert (found.low, found.high) == pytest.approx((0.7939442, 0.8928641), abs=1e-7)
    assert (found.level, found.method, found.replicates) == (0.95, "wilson", 0)


def test_the_numbers_of_today_are_those_of_ever(confusion: Confusion) -> None:
    found = confusion.interval("f1", average="macro", seed=1)
    assert (found.low.hex(), found.high.hex()) == ("0x1.97914c1bacf92p-1", "0x1.c9d9482812695p-1")
    assert found.replicates == 1000


def test_it_is_a_small_frozen_thing(confusion: Confusion) -> None:
    found = confusion.interval("accuracy")
    assert pickle.loads(pickle.dumps(found)) == found
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.low = 0.0  # type: ignore[misc]
    assert dataclasses.asdict(found)["method"] == "wilson"


@pytest.mark.parametrize("metric", ["accuracy", "recall", "precision", "zero_one_loss"])
def test_proportions_by_default_and_a_bootstrap_when_asked_for(
    confusion: Confusion, metric: str
) -> None:
    assert confusion.interval(metric).method == "wilson"
    drawn = confusion.interval(metric, method="bootstrap")
    assert (drawn.method, drawn.replicates) == ("bootstrap", 1000)
    assert drawn.low == pytest.approx(confusion.interval(metric).low, abs=0.03)


@pytest.mark.parametrize(
    ("metric", "options"),
    [
        ("precision", {"average": "macro"}),
        ("recall", {"average": "weighted"}),
        ("f1", {}),
        ("fbeta", {"beta": 2.0}),
        ("jaccard", {"average": "micro"}),
        ("matthews_corrcoef", {}),
        ("cohen_kappa", {"weights": "quadratic"}),
        ("balanced_accuracy", {"adjusted": True}),
        ("zero_one_loss", {"normalize": False}),
    ],
)
def test_other_metrics_have_a_bootstrap(
    confusion: Confusion, metric: str, options: dict[str, Any]
) -> None:
    found = confusion.interval(metric, replicates=200, **options)
    assert found.method == "bootstrap"
    assert found.estimate == getattr(confusion, metric)(**options)
    assert found.low < found.estimate < found.high


def test_any_function_of_the_state(confusion: Confusion) -> None:
    def gap(state: Confusion) -> float:
        return state.recall(pos_label=0) - state.recall(pos_label=1)

    found = confusion.interval(gap, 0.9, seed=3, replicates=99)
    assert found.estimate == gap(confusion)
    assert found.low < found.estimate < found.high
    values = sorted(gap(replicate) for replicate in confusion._replicates(3, 0, 99))
    assert (found.low, found.high) == (values[4], values[94])


def test_the_state_is_left_alone(confusion: Confusion) -> None:
    before = confusion.to_bytes()
    confusion.interval("f1", replicates=5)
    assert confusion.to_bytes() == before


def test_the_seed_is_all_the_chance_there_is(confusion: Confusion) -> None:
    once = confusion.interval("f1", seed=7, replicates=50)
    assert once == confusion.interval("f1", seed=np.uint64(7), replicates=np.int64(50))
    assert once != confusion.interval("f1", seed=8, replicates=50)
    assert confusion.interval("f1", seed=2**64 - 1, replicates=2).replicates == 2


def test_weights_draw_the_weight_of_cells() -> None:
    """Each cell's weight is multiplied by drawn / count."""
    y_true, y_pred = [0, 0, 1, 1, 1], [0, 1, 1, 1, 0]
    plain = Confusion().update(y_true, y_pred)
    heavy = Confusion().update(y_true, y_pred, [0.5, 3.0, 2.0, 4.0, 0.25])
    assert heavy.interval("accuracy").method == "bootstrap"
    assert heavy.interval("recall").method == "bootstrap"
    means = np.array([[0.5, 3.0], [0.25, 3.0]])
    for ours, drawn in zip(heavy._replicates(1, 0, 9), plain._replicates(1, 0, 9), strict=True):
        expected = drawn.matrix(labels=[0, 1]) * means
        assert ours.matrix(labels=[0, 1]) == pytest.approx(expected)
    with pytest.raises(UnsupportedError, match="'wilson' is not for 'accuracy'"):
        heavy.interval("accuracy", method="wilson")


def test_weights_of_an_unknown_number_of_samples() -> None:
    state = Confusion.from_matrix([[0.5, 0.0], [0.25, 1.0]], [0, 1])
    with pytest.raises(UnsupportedError, match="unknown number of samples"):
        state.interval("accuracy")


def test_labels_of_replicates() -> None:
    """Those drawn; or all, once they are declared."""
    rare = [0] * 40 + [1]
    found = Confusion().update(rare, rare)._replicates(0, 0, 50)
    assert {tuple(replicate.labels) for replicate in found} == {(0,), (0, 1)}
    declared = Confusion([0, 1, 2]).update(rare, rare)._replicates(0, 0, 50)
    assert {tuple(replicate.labels) for replicate in declared} == {(0, 1, 2)}


def test_values_nobody_asked_for_do_not_warn() -> None:
    """Replicates without a predicted label, without a true one, without anything."""
    state = Confusion().update([0, 1], [0, 1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for metric in ("f1", "balanced_accuracy", "cohen_kappa"):
            found = state.interval(metric)
    assert 0 < found.replicates < 1000  # kappa is NaN for a single label


def test_the_estimate_still_warns() -> None:
    state = Confusion([0, 1]).update([0], [0])
    with pytest.warns(UserWarning, match="Recall is ill-defined"):
        found = state.interval("recall")
    assert found.estimate == 0.0
    assert math.isnan(found.low)
    assert math.isnan(found.high)


def test_nothing_seen() -> None:
    for found in (
        Confusion().interval("accuracy"),
        Confusion().interval("accuracy", method="bootstrap"),
        Loss("user").interval("value"),
        Tokens(top_k=(2,)).interval("perplexity"),
        Tokens(top_k=(2,)).interval("token_accuracy"),
        Tokens(top_k=(2,)).interval("top_k_accuracy", k=2),
    ):
        assert all(map(math.isnan, (found.estimate, found.low, found.high)))
        assert found.replicates == 0


def test_certainty() -> None:
    found = Confusion().update([1, 1, 0], [1, 1, 0]).interval("accuracy")
    assert found.high == 1.0
    assert 0.4 < found.low < 0.5
    assert Confusion().update([1, 0], [0, 1]).interval("accuracy").low == 0.0


def test_losses() -> None:
    loss = Loss("brier").update([0, 1, 1, 0], [0.1, 0.9, 0.4, 0.3])
    whole = loss.interval("value")
    half = loss.interval("brier_score")
    assert (half.low, half.high) == (whole.low / 2, whole.high / 2)
    full = loss.interval("brier_score", scale_by_half=False)
    assert (full.estimate, full.low) == (loss.value(), whole.low)
    assert math.isnan(Loss("user").update_losses([1.0]).interval("value").low)


def test_top_k() -> None:
    tokens = Tokens(top_k=(1, 2)).update(np.eye(4, 9) * 3, [0, 1, 3, 8])
    found = tokens.interval("top_k_accuracy", k=2)
    assert found.estimate == tokens.top_k_accuracy(2)
    assert found.low < found.estimate < found.high
    with pytest.raises(InvalidParameterError, match="top-3 accuracy is not counted"):
        tokens.interval("top_k_accuracy", k=3)


def test_weighted_tokens() -> None:
    """The number of trials is Kish's: (sum of weights)^2 / sum of squares."""
    correct, weights = [1, 0, 1, 1], [4.0, 1.0, 1.0, 2.0]
    tokens = Tokens().update_nll([1.0] * 4, sample_weight=weights, correct=correct)
    plain = Confusion.from_matrix([[7 * 64, 64], [0, 0]], [0, 1]).interval("accuracy")
    found = tokens.interval("token_accuracy")
    assert found.estimate == plain.estimate == 7 / 8
    assert found.high - found.low > 10 * (plain.high - plain.low)
    some = tokens + Tokens().update_nll([1.0])
    assert math.isnan(some.interval("token_accuracy").low)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"metric": "f2"}, "The 'metric' parameter of Confusion.interval must be one of"),
        ({"metric": "to_bytes"}, "The 'metric' parameter"),
        ({"level": 1.0}, r"The 'level' parameter of Confusion.interval must be a float in"),
        ({"level": 0}, "The 'level' parameter"),
        ({"level": float("nan")}, "The 'level' parameter"),
        ({"level": True}, "The 'level' parameter"),
        ({"level": "0.9"}, "The 'level' parameter"),
        ({"method": "delong"}, "The 'method' parameter of Confusion.interval must be one of"),
        ({"seed": -1}, "The 'seed' parameter"),
        ({"seed": 2**64}, "The 'seed' parameter"),
        ({"seed": 1.5}, "The 'seed' parameter"),
        ({"replicates": 0}, "The 'replicates' parameter"),
        ({"replicates": True}, "The 'replicates' parameter"),
        ({"metric": "recall", "average": None}, "an interval is of one number, but 'recall' gave"),
        ({"metric": repr}, "an interval is of one number"),
        ({"metric": "recall", "pos_label": 7}, "pos_label=7 is not a valid label"),
    ],
)
def test_refusals(confusion: Confusion, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        confusion.interval(**({"metric": "accuracy"} | arguments))


def test_unknown_options_are_the_metrics_to_refuse(confusion: Confusion) -> None:
    with pytest.raises(TypeError, match="unexpected keyword argument 'beta'"):
        confusion.interval("f1", beta=2.0)


def test_losses_have_no_bootstrap() -> None:
    with pytest.raises(UnsupportedError, match="no bootstrap of a metric of your own"):
        Loss("user").interval(lambda loss: loss.value())
    with pytest.raises(InvalidParameterError, match="one of \\['normal'\\] for 'value'"):
        Loss("user").interval("value", method="bootstrap")


def test_too_many_samples_for_a_bootstrap() -> None:
    state = Confusion.from_matrix([[2**62, 0], [0, 1]], [0, 1])
    assert state.interval("accuracy").low > 0.999
    with pytest.raises(CountOverflowError, match="at most 2\\^61 samples"):
        state.interval("f1")


def test_large_counts() -> None:
    """Above 2^53: the replicates still differ, and by the right amount."""
    state = Confusion.from_matrix([[2**59, 0], [2**59, 0]], [0, 1])
    found = state.interval("accuracy", method="bootstrap", replicates=400)
    assert found.high - found.low == pytest.approx(2 * 1.96 * 0.5 / 2**30, rel=0.2)


def test_equality_is_by_value() -> None:
    assert Interval(0.5, 0.4, 0.6, 0.95, "wilson") == Interval(0.5, 0.4, 0.6, 0.95, "wilson", 0)
