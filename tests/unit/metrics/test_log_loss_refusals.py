"""What log_loss refuses or warns about: scikit-learn's cases in scikit-learn's words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics

from lstmetrics import metrics
from lstmetrics.errors import LstmetricsError, UnsupportedError
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


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    arguments, keywords = REFUSED[case]
    theirs = outcome_of(sklearn.metrics.log_loss, *arguments, **keywords)
    ours = outcome_of(metrics.log_loss, *arguments, **keywords)
    assert isinstance(theirs.error, ValueError)
    assert isinstance(ours.error, ValueError)
    assert isinstance(ours.error, LstmetricsError)
    assert ours.message == theirs.message


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


def test_input_of_the_next_kind_is_refused_by_name() -> None:
    with pytest.raises(UnsupportedError, match="multilabel-indicator"):
        metrics.log_loss([[0, 1], [1, 0]], [[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(UnsupportedError, match="float16"):
        metrics.log_loss([0, 1], np.array([0.5, 0.5], np.float16))
