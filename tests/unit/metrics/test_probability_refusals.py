"""What metrics of probabilities refuse or warn about: all as scikit-learn does, in its words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics

from lstmetrics import metrics
from lstmetrics.errors import InvalidValueError, LstmetricsError
from reference.outcome import outcome_of

NAN = float("nan")
REFUSED: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "above one": (([0, 1], [0.5, 1.5]), {}),
    "below zero": (([0, 1], [0.5, -0.5]), {}),
    "nan": (([0, 1], [0.5, NAN]), {}),
    "infinite": (([0, 1], [0.5, float("inf")]), {}),
    "lengths": (([0, 1, 1], [0.5, 0.5]), {}),
    "empty": (([], []), {}),
    "one label": (([1, 1], [0.5, 0.5]), {}),
    "one label declared": (([1, 1], [0.5, 0.5]), {"labels": [1]}),
    "too many columns": (([0, 1], [[0.2, 0.3, 0.5]] * 2), {}),
    "too many columns for the labels": (([0, 1], [[0.2, 0.3, 0.5]] * 2), {"labels": [0, 1]}),
    "unknown label": (([0, 7], [0.5, 0.5]), {"labels": [0, 1]}),
    "weights": (([0, 1], [0.5, 0.5]), {"sample_weight": [1, NAN]}),
    "zero weights": (([0, 1], [0.5, 0.5]), {"sample_weight": [0, 0]}),
    "3d": (([0, 1], [[[0.5]], [[0.5]]]), {}),
    "both names": (([0, 1], [0.5, 0.5]), {"y_pred": [0.5, 0.5]}),
}


@pytest.mark.parametrize("name", ["log_loss", "d2_log_loss_score"])
@pytest.mark.parametrize("case", REFUSED)
def test_refusals(name: str, case: str) -> None:
    if (name, case) != ("d2_log_loss_score", "empty"):  # which warns instead
        assert_refused_alike(name, *REFUSED[case][0], **REFUSED[case][1])


def assert_refused_alike(name: str, *arguments: Any, **keywords: Any) -> None:
    theirs = outcome_of(getattr(sklearn.metrics, name), *arguments, **keywords)
    ours = outcome_of(getattr(metrics, name), *arguments, **keywords)
    assert isinstance(theirs.error, ValueError)
    assert isinstance(ours.error, ValueError)
    assert isinstance(ours.error, LstmetricsError)
    assert ours.message == theirs.message


ONE_COLUMN: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "above one": (([0, 1], [0.5, 1.5]), {}),
    "below zero": (([0, 1], [0.5, -0.5]), {}),
    "nan": (([0, 1], [0.5, NAN]), {}),
    "nan label": (([0, NAN], [0.5, 0.5]), {}),
    "lengths": (([0, 1, 1], [0.5, 0.5]), {}),
    "multiclass": (([0, 1, 2], [0.5, 0.5, 0.5]), {}),
    "multiclass with pos_label": (([0, 1, 2], [0.5, 0.5, 0.5]), {"pos_label": 1}),
    "continuous": (([0.5, 1], [0.5, 0.5]), {}),
    "text": ((["a", "b"], [0.5, 0.5]), {}),
    "weights": (([0, 1], [0.5, 0.5]), {"sample_weight": [1, NAN]}),
    "zero weights": (([0, 1], [0.5, 0.5]), {"sample_weight": [0, 0]}),
    "no label": (([0, 1], [0.5, 0.5]), {"pos_label": [1]}),
    "several columns": (([0, 1], [[0.2, 0.3, 0.5]] * 2), {}),
    "above one of several": (([0, 1], [[0.2, 1.3]] * 2), {}),
    "unknown label": (([0, 7], [[0.5, 0.5]] * 2), {"labels": [0, 1]}),
    "3d": (([0, 1], [[[0.5]], [[0.5]]]), {}),
}


@pytest.mark.parametrize("name", ["brier_score_loss", "d2_brier_score"])
@pytest.mark.parametrize("case", ONE_COLUMN)
def test_refusals_of_brier_scores(name: str, case: str) -> None:
    assert_refused_alike(name, *ONE_COLUMN[case][0], **ONE_COLUMN[case][1])


def test_scale_by_half() -> None:
    assert_refused_alike("brier_score_loss", [0, 1], [0.5, 0.5], scale_by_half=2)


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [
        (([0, 1], [[0.2, 0.3], [0.5, 0.5]]), {}),
        (([0, 1], [0.5, 0.25]), {"labels": [1, 0]}),
        (([0, 1],), {"y_pred": [0.5, 0.25]}),
        ((["b", "a"], [0.5, 0.25]), {"labels": np.array(["a", "b"])}),
        (([0, 1], [0, 1]), {}),
        (([0, 1], [[0.5], [0.25]]), {}),
        ((np.array([[0], [1]]), [0.5, 0.25]), {}),
        (([0, 1], [0.5, 0.25]), {"sample_weight": [2, -1]}),
        (([0.0, 1.0], np.array([0.5, 0.25], np.float32)), {"normalize": False}),
        (([True, False], [0.5, 0.25]), {}),
    ],
)
def test_values_and_warnings(arguments: Any, keywords: Any) -> None:
    theirs = outcome_of(sklearn.metrics.log_loss, *arguments, **keywords)
    ours = outcome_of(metrics.log_loss, *arguments, **keywords)
    assert theirs.error is None
    assert ours.error is None
    assert ours.value == pytest.approx(theirs.value, rel=1e-6)
    assert ours.warnings == theirs.warnings


INDICATORS: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "three columns of two": (([[0, 1], [1, 0]], [[0.2, 0.3, 0.5]] * 2), {}),
    "one column of three": (([[0, 1, 1], [1, 0, 0]], [0.2, 0.3]), {}),
    "labels": (([[0, 1], [1, 0]], [[0.5, 0.5]] * 2), {"labels": [0, 1]}),
    "above one": (([[0, 1], [1, 0]], [[0.5, 1.5]] * 2), {}),
    "nan": (([[0, 1], [1, 0]], [[0.5, NAN]] * 2), {}),
    "lengths": (([[0, 1], [1, 0]], [[0.5, 0.5]] * 3), {}),
    "zero weights": (([[0, 1], [1, 0]], [[0.5, 0.5]] * 2), {"sample_weight": [0, 0]}),
    "multioutput": (([[0, 1], [1, 2]], [[0.5, 0.5]] * 2), {}),
}


@pytest.mark.parametrize(
    "name", ["log_loss", "d2_log_loss_score", "brier_score_loss", "d2_brier_score"]
)
@pytest.mark.parametrize("case", INDICATORS)
def test_refusals_of_indicators(name: str, case: str) -> None:
    assert_refused_alike(name, *INDICATORS[case][0], **INDICATORS[case][1])


def test_indicators_of_other_numbers_are_refused() -> None:
    """scikit-learn multiplies by them."""
    with pytest.raises(InvalidValueError, match=r"y_true\[1, 1\] is 2"):
        metrics.log_loss([[0, 0], [0, 2]], [[0.5, 0.5], [0.5, 0.5]])


def test_half_precision_is_clipped_by_its_own_epsilon() -> None:
    """As scikit-learn does; all else is worked out in double."""
    certain = np.array([0.0, 1.0], np.float16)
    assert metrics.log_loss([1, 0], certain) == pytest.approx(-np.log(2.0**-10), rel=1e-15)
    assert metrics.log_loss([1, 0], certain) == pytest.approx(
        sklearn.metrics.log_loss([1, 0], certain), rel=2.0**-9
    )
    halves = np.array([0.25, 0.5, 0.125, 0.75], np.float16)
    assert metrics.log_loss([1, 0, 0, 1], halves) == metrics.log_loss(
        [1, 0, 0, 1], halves.astype(np.float32)
    )
    assert metrics.brier_score_loss([1, 0, 0, 1], halves) == metrics.brier_score_loss(
        [1, 0, 0, 1], halves.astype(np.float64)
    )
