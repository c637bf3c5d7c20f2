"""What calibration metrics refuse: as scikit-learn does where it has them, in its words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.calibration

from lstmetrics import metrics
from lstmetrics.errors import (
    InvalidParameterError,
    InvalidValueError,
    LstmetricsError,
    ShapeError,
    UnsupportedError,
)
from reference.outcome import outcome_of

NAN = float("nan")
ERRORS = ("expected_calibration_error", "maximum_calibration_error")

Case = tuple[tuple[Any, ...], dict[str, Any]]
AS_SKLEARN: dict[str, Case] = {
    "above one": (([0, 1], [0.5, 1.5]), {}),
    "below zero": (([0, 1], [0.5, -0.5]), {}),
    "lengths": (([0, 1, 1], [0.5, 0.5]), {}),
    "three labels": (([0, 1, 2], [0.5, 0.5, 0.5]), {"pos_label": 1}),
    "three labels, none positive": (([0, 1, 2], [0.5, 0.5, 0.5]), {}),
    "other labels": (([3, 5], [0.5, 0.5]), {}),
    "text": ((["a", "b"], [0.5, 0.5]), {}),
    "a table of probabilities": (([0, 1], [[0.5, 0.5]] * 2), {}),
    "a table of labels": (([[0, 1], [1, 0]], [0.5, 0.5]), {}),
    "no bins": (([0, 1], [0.5, 0.5]), {"n_bins": 0}),
    "half a bin": (([0, 1], [0.5, 0.5]), {"n_bins": 2.5}),
    "scalar": ((1, [0.5]), {}),
}


@pytest.mark.parametrize("case", AS_SKLEARN)
def test_curves_are_refused_as_by_sklearn(case: str) -> None:
    arguments, keywords = AS_SKLEARN[case]
    theirs = outcome_of(sklearn.calibration.calibration_curve, *arguments, **keywords)
    ours = outcome_of(metrics.calibration_curve, *arguments, **keywords)
    assert isinstance(theirs.error, ValueError)
    assert isinstance(ours.error, LstmetricsError)
    assert isinstance(ours.error, ValueError)
    assert ours.message == theirs.message


@pytest.mark.parametrize(
    ("arguments", "keywords", "message"),
    [
        (([0, 1], [0.5, NAN]), {}, "y_prob contains NaN"),
        (([], []), {}, "empty"),
        (([0, 1], [0.5, 0.5]), {"strategy": "kmeans"}, "'strategy' parameter"),
        (([0, 1], ["x", "y"]), {}, "y_prob must hold numbers"),
        (([0, 1], [0.5, 0.5]), {"pos_label": [1]}, "'pos_label' parameter"),
    ],
)
def test_curves_are_refused(arguments: Any, keywords: Any, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        metrics.calibration_curve(*arguments, **keywords)


TABLE = [[0.2, 0.3, 0.5], [0.6, 0.4, 0.0]]
REFUSED: dict[str, tuple[Case, type[Exception], str]] = {
    "nan": ((([0, 1], [0.5, NAN]), {}), InvalidValueError, "NaN"),
    "infinite": ((([0, 1], [0.5, float("inf")]), {}), InvalidValueError, "infinity"),
    "above one": ((([0, 1], [0.5, 1.5]), {}), InvalidValueError, r"outside \[0, 1\]"),
    "nan in a table": (
        (([0, 1], [[0.5, 0.5], [NAN, 1]]), {}),
        InvalidValueError,
        r"NaN \(row 1, column 0\)",
    ),
    "above one in a table": (
        (([0, 1], [[0.5, 0.5], [0.0, 1.5]]), {}),
        InvalidValueError,
        r"1\.5 \(row 1, column 1\)",
    ),
    "lengths": ((([0, 1, 1], [0.5, 0.5]), {}), ShapeError, "inconsistent numbers"),
    "lengths of a table": ((([0, 1, 1], TABLE), {"labels": [0, 1, 2]}), ShapeError, "inconsistent"),
    "labels missing": ((([0, 1], TABLE), {}), InvalidValueError, "pass the label of each column"),
    "labels too few": ((([0, 1], TABLE), {"labels": [0, 1]}), ShapeError, "must have 2 columns"),
    "label unknown": ((([0, 7], TABLE), {"labels": [0, 1, 2]}), InvalidValueError, r"\[7\]"),
    "kind": ((([0, 1], [0.5, 0.5]), {"kind": "soft"}), InvalidParameterError, "'kind'"),
    "binary table": ((([0, 1], TABLE), {"kind": "binary"}), InvalidValueError, "1d array"),
    "quantiles of each label": (
        (([0, 1], [[0.5, 0.5]] * 2), {"kind": "classwise", "strategy": "quantile"}),
        UnsupportedError,
        "strategy='uniform'",
    ),
    "pos_label of a table": (
        (([0, 1], [[0.5, 0.5]] * 2), {"pos_label": 1}),
        InvalidValueError,
        "pos_label is of kind='binary'",
    ),
    "weights": ((([0, 1], [0.5, 0.5]), {"sample_weight": [1, NAN]}), InvalidValueError, "NaN"),
    "negative weights": (
        (([0, 1], [0.5, 0.5]), {"sample_weight": [1, -1]}),
        InvalidValueError,
        r"sample_weight\[1\]",
    ),
    "zero weights": (
        (([0, 1], [0.5, 0.5]), {"sample_weight": [0, 0]}),
        InvalidValueError,
        "at least one non-zero",
    ),
    "empty": ((([], []), {}), InvalidValueError, "empty"),
    "cube": ((([0], [[[0.5]]]), {}), ShapeError, "dim 3"),
    "text among numbers": ((([0, "a"], [0.5, 0.5]), {}), InvalidValueError, "pos_label"),
}


@pytest.mark.parametrize("name", ERRORS)
@pytest.mark.parametrize("case", REFUSED)
def test_errors_are_refused(name: str, case: str) -> None:
    (arguments, keywords), error, message = REFUSED[case]
    with pytest.raises(error, match=message):
        getattr(metrics, name)(*arguments, **keywords)


def test_norm_is_checked() -> None:
    with pytest.raises(InvalidParameterError, match="'l1', 'l2', 'max'"):
        metrics.expected_calibration_error([0, 1], [0.5, 0.5], norm="l3")


@pytest.mark.parametrize("kind", ["top_label", "classwise"])
def test_rows_that_do_not_sum_to_one_are_warned_about(kind: str) -> None:
    with pytest.warns(UserWarning, match="do not sum to one"):
        metrics.expected_calibration_error([0, 1], [[0.5, 0.1], [0.5, 0.5]], kind=kind)


def test_edges_of_nothing() -> None:
    with pytest.raises(InvalidValueError, match="empty"):
        metrics.calibration_edges([], strategy="quantile")
    with pytest.raises(InvalidValueError, match=r"y_prob\[1\] is NaN"):
        metrics.calibration_edges(np.array([0.5, NAN]), strategy="quantile")
