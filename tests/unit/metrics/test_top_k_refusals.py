"""What top-k accuracy refuses or warns about: all as scikit-learn does, in its words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics

from lstmetrics import metrics
from lstmetrics.errors import InvalidParameterError, InvalidValueError, LstmetricsError
from reference.outcome import outcome_of

NAN = float("nan")
TABLE = [[0.2, 0.3, 0.5], [0.6, 0.4, 0.0], [0.0, 0.0, 1.0]]

AS_SKLEARN: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "nan": (([0, 1, 2], [[0.2, NAN, 0.5], *TABLE[1:]]), {}),
    "infinity": (([0, 1, 2], [[0.2, float("inf"), 0.5], *TABLE[1:]]), {}),
    "nan of two labels": (([0, 1], [0.2, NAN]), {}),
    "infinity of two labels": (([0, 1], [0.2, float("inf")]), {"k": 1}),
    "nan label": (([0, NAN, 2], TABLE), {}),
    "lengths": (([0, 1, 2, 2], TABLE), {}),
    "lengths of weights": (([0, 1, 2], TABLE), {"sample_weight": [1, 2]}),
    "binary labels, table": (([0, 1, 1], TABLE), {}),
    "binary labels, two columns": (([0, 1], [[0.5, 0.5]] * 2), {}),
    "many labels, one column": (([0, 1, 2], [0.5, 0.5, 0.5]), {}),
    "many labels, one column of a table": (([0, 1, 2], [[0.5], [0.5], [0.5]]), {}),
    "fewer columns": (([0, 1, 2, 3], [[0.2, 0.3, 0.5]] * 4), {}),
    "one label": (([1, 1], [0.5, 0.5]), {}),
    "labels repeat": (([0, 1, 2], TABLE), {"labels": [0, 1, 1]}),
    "labels out of order": (([0, 1, 2], TABLE), {"labels": [0, 2, 1]}),
    "labels too few": (([0, 1, 2], TABLE), {"labels": [0, 1]}),
    "labels too many": (([0, 1, 2], TABLE), {"labels": [0, 1, 2, 3]}),
    "label unknown": (([0, 1, 5], TABLE), {"labels": [0, 1, 2]}),
    "one label declared": (([0, 0], [0.5, 0.5]), {"labels": [0]}),
    "continuous": (([0.5, 1.5, 2.0], TABLE), {}),
    "multilabel": (([[0, 1, 1], [1, 0, 1], [1, 1, 1]], TABLE), {}),
    "no samples": (([], []), {}),
    "no k": (([0, 1, 2], TABLE), {"k": 0}),
    "half a k": (([0, 1, 2], TABLE), {"k": 1.5}),
    "normalize": (([0, 1, 2], TABLE), {"normalize": 1}),
    "cube": (([0, 1, 2], [TABLE] * 3), {}),
}


@pytest.mark.parametrize("case", AS_SKLEARN)
def test_refusals(case: str) -> None:
    arguments, keywords = AS_SKLEARN[case]
    theirs = outcome_of(sklearn.metrics.top_k_accuracy_score, *arguments, **keywords)
    ours = outcome_of(metrics.top_k_accuracy_score, *arguments, **keywords)
    assert isinstance(theirs.error, ValueError)
    assert isinstance(ours.error, ValueError)
    assert isinstance(ours.error, LstmetricsError)
    assert ours.message.split("\n")[0] == theirs.message.split("\n")[0]


def test_weights_that_add_up_to_zero() -> None:
    keywords = {"sample_weight": [1, -1, 0]}
    theirs = outcome_of(sklearn.metrics.top_k_accuracy_score, [0, 1, 2], TABLE, **keywords)
    ours = outcome_of(metrics.top_k_accuracy_score, [0, 1, 2], TABLE, **keywords)
    assert type(ours.error) is type(theirs.error) is ZeroDivisionError
    assert ours.message == theirs.message
    assert metrics.top_k_accuracy_score([0, 1, 2], TABLE, normalize=False, **keywords) == -1.0


def test_weights_that_are_none() -> None:
    with pytest.raises(InvalidValueError, match=r"sample_weight\[1\] is NaN"):
        metrics.top_k_accuracy_score([0, 1, 2], TABLE, sample_weight=[1, NAN, 1])
    with pytest.raises(InvalidValueError, match="y_score must hold numbers"):
        metrics.top_k_accuracy_score([0, 1, 2], [["a", "b", "c"]] * 3)
    with pytest.raises(InvalidParameterError, match="'y_score' parameter"):
        metrics.top_k_accuracy_score([0, 1, 2], "scores")


def test_a_huge_k() -> None:
    with pytest.warns(UserWarning, match=r"'k' \(\d+\) greater than or equal to 'n_classes' \(3\)"):
        assert metrics.top_k_accuracy_score([0, 1, 2], TABLE, k=10**30) == 1.0


def test_numbers_as_objects() -> None:
    table = np.array(TABLE, dtype=object)
    assert metrics.top_k_accuracy_score([0, 1, 2], table, k=1) == pytest.approx(1 / 3)
