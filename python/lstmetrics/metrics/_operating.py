"""Points of a curve: the best one, one that keeps a promise, and areas under given points."""

from __future__ import annotations

from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidValueError, ShapeError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._curves import precision_recall_curve, roc_curve

__all__ = [
    "OperatingPoint",
    "auc",
    "equal_error_rate",
    "ks_statistic",
    "precision_at_recall",
    "recall_at_precision",
    "sensitivity_at_specificity",
    "specificity_at_sensitivity",
]

Floats = npt.NDArray[np.float64]
PosLabel = float | bool | str | None


class OperatingPoint(NamedTuple):
    """A value that a classifier reaches, and the threshold at which it does.

    Parameters
    ----------
    value : float
        What is reached.
    threshold : float
        Predicted positive is what scores at least that; infinity means nothing at all.

    Examples
    --------
    >>> from lstmetrics.metrics import recall_at_precision
    >>> recall_at_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], min_precision=0.9)
    OperatingPoint(value=0.5, threshold=0.8)
    """

    value: float
    threshold: float


def auc(x: npt.ArrayLike, y: npt.ArrayLike) -> float:
    """Area under a curve of straight lines between points.

    Parameters
    ----------
    x : array-like of shape (n_points,)
        Ascending or descending; at least two.
    y : array-like of shape (n_points,)
        The values there.

    Returns
    -------
    float
        ``sum((x[i + 1] - x[i]) * (y[i] + y[i + 1]) / 2)``; the terms are rounded, their sum is
        exact and rounded once.

    Raises
    ------
    InvalidValueError
        For what ``sklearn.metrics.auc`` refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import auc
    >>> auc([0, 0.5, 1], [0, 0.75, 1])
    0.625
    """
    first, second = _points(x, "x"), _points(y, "y")
    targets.check_lengths(first, second)
    if len(first) < 2:
        raise InvalidValueError(
            f"At least 2 points are needed to compute area under curve, but x.shape = {first.shape}"
        )
    steps = np.diff(first)
    direction = 1
    if (steps < 0).any():
        if not (steps <= 0).all():
            raise InvalidValueError(f"x is neither increasing nor decreasing : {np.asarray(x)}.")
        direction = -1
    terms = steps * (second[1:] + second[:-1]) / 2.0
    return direction * float(_arrays.exact_sum(terms))


def _points(value: Any, name: str) -> Floats:
    array = targets.array_like(value, name, "auc")
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim != 1:
        raise ShapeError(f"y should be a 1d array, got an array of shape {array.shape} instead.")
    if array.dtype.kind not in "biuf":
        raise InvalidValueError(f"{name} must hold numbers, got dtype {array.dtype}")
    return array.astype(np.float64)


def equal_error_rate(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    pos_label: PosLabel = None,
    sample_weight: npt.ArrayLike | None = None,
) -> OperatingPoint:
    """Error rate where false positives are as frequent as false negatives.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, as in :func:`roc_curve`.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    OperatingPoint
        ``(fpr + fnr) / 2`` at the threshold where the two differ least, the highest of several, as
        torchmetrics has it; NaN without positives or negatives.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As :func:`roc_curve`.

    Examples
    --------
    >>> from lstmetrics.metrics import equal_error_rate
    >>> equal_error_rate([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    OperatingPoint(value=0.5, threshold=0.4)
    """
    fpr, tpr, thresholds = _roc(y_true, y_score, pos_label, sample_weight)
    fnr = 1 - tpr
    place = int(np.abs(fpr - fnr).argmin())
    return OperatingPoint(float((fpr[place] + fnr[place]) / 2), float(thresholds[place]))


def ks_statistic(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    pos_label: PosLabel = None,
    sample_weight: npt.ArrayLike | None = None,
) -> OperatingPoint:
    """Kolmogorov-Smirnov statistic: how far the scores of the two classes lie apart.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, as in :func:`roc_curve`.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    OperatingPoint
        ``max |tpr - fpr|`` over thresholds, and the highest threshold at which it is reached; NaN
        without positives or negatives.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As :func:`roc_curve`.

    References
    ----------
    N. Smirnov, "Table for estimating the goodness of fit of empirical distributions", Annals of
    Mathematical Statistics 19, 1948.

    Examples
    --------
    >>> from lstmetrics.metrics import ks_statistic
    >>> ks_statistic([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    OperatingPoint(value=0.5, threshold=0.8)
    """
    fpr, tpr, thresholds = _roc(y_true, y_score, pos_label, sample_weight)
    apart = np.abs(tpr - fpr)
    place = int(apart.argmax())
    return OperatingPoint(float(apart[place]), float(thresholds[place]))


def recall_at_precision(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    min_precision: float,
    pos_label: PosLabel = None,
    sample_weight: npt.ArrayLike | None = None,
) -> OperatingPoint:
    """Highest recall at a threshold whose precision is at least `min_precision`.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, as in :func:`precision_recall_curve`.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label.
    min_precision : float from 0 to 1
        The precision that is asked for.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    OperatingPoint
        Of equal recalls the one with the highest precision, then threshold, as in torchmetrics;
        ``(0, inf)`` where no threshold is precise enough.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As :func:`precision_recall_curve`; and for a `min_precision` outside [0, 1].

    Examples
    --------
    >>> from lstmetrics.metrics import recall_at_precision
    >>> recall_at_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], min_precision=0.6)
    OperatingPoint(value=1.0, threshold=0.35)
    """
    least = _share(min_precision, "min_precision", "recall_at_precision")
    precision, recall, at = precision_recall_curve(
        y_true, y_score, pos_label=pos_label, sample_weight=sample_weight
    )
    return _best(recall[:-1], precision[:-1], at, least)


def precision_at_recall(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    min_recall: float,
    pos_label: PosLabel = None,
    sample_weight: npt.ArrayLike | None = None,
) -> OperatingPoint:
    """Highest precision at a threshold whose recall is at least `min_recall`.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, as in :func:`precision_recall_curve`.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label.
    min_recall : float from 0 to 1
        The recall that is asked for.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    OperatingPoint
        Of equal precisions the one with the highest recall, then threshold.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As :func:`precision_recall_curve`; and for a `min_recall` outside [0, 1].

    Examples
    --------
    >>> from lstmetrics.metrics import precision_at_recall
    >>> precision_at_recall([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], min_recall=0.5)
    OperatingPoint(value=1.0, threshold=0.8)
    """
    least = _share(min_recall, "min_recall", "precision_at_recall")
    precision, recall, at = precision_recall_curve(
        y_true, y_score, pos_label=pos_label, sample_weight=sample_weight
    )
    return _best(precision[:-1], recall[:-1], at, least)


def sensitivity_at_specificity(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    min_specificity: float,
    pos_label: PosLabel = None,
    sample_weight: npt.ArrayLike | None = None,
) -> OperatingPoint:
    """Highest true positive rate at a threshold whose true negative rate is high enough.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, as in :func:`roc_curve`.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label.
    min_specificity : float from 0 to 1
        The true negative rate that is asked for.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    OperatingPoint
        Of equal rates the one with the highest specificity, then threshold.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As :func:`roc_curve`; and for a `min_specificity` outside [0, 1].

    Examples
    --------
    >>> from lstmetrics.metrics import sensitivity_at_specificity
    >>> sensitivity_at_specificity([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], min_specificity=0.5)
    OperatingPoint(value=1.0, threshold=0.35)
    """
    least = _share(min_specificity, "min_specificity", "sensitivity_at_specificity")
    fpr, tpr, at = _roc(y_true, y_score, pos_label, sample_weight)
    return _best(tpr, 1 - fpr, at, least)


def specificity_at_sensitivity(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    min_sensitivity: float,
    pos_label: PosLabel = None,
    sample_weight: npt.ArrayLike | None = None,
) -> OperatingPoint:
    """Highest true negative rate at a threshold whose true positive rate is high enough.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, as in :func:`roc_curve`.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label.
    min_sensitivity : float from 0 to 1
        The true positive rate that is asked for.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    OperatingPoint
        Of equal rates the one with the highest sensitivity, then threshold.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        As :func:`roc_curve`; and for a `min_sensitivity` outside [0, 1].

    Examples
    --------
    >>> from lstmetrics.metrics import specificity_at_sensitivity
    >>> specificity_at_sensitivity([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], min_sensitivity=0.5)
    OperatingPoint(value=1.0, threshold=0.8)
    """
    least = _share(min_sensitivity, "min_sensitivity", "specificity_at_sensitivity")
    fpr, tpr, at = _roc(y_true, y_score, pos_label, sample_weight)
    return _best(1 - fpr, tpr, at, least)


def _roc(
    y_true: Any, y_score: Any, pos_label: Any, sample_weight: Any
) -> tuple[Floats, Floats, Floats]:
    return roc_curve(
        y_true,
        y_score,
        pos_label=pos_label,
        sample_weight=sample_weight,
        drop_intermediate=False,
    )


def _share(value: Any, parameter: str, function: str) -> float:
    if not isinstance(value, Real) or not 0 <= float(value) <= 1:
        raise parameters.refuse(parameter, function, "a float in the range [0.0, 1.0]", value)
    return float(value)


def _best(values: Floats, promised: Floats, thresholds: Any, least: float) -> OperatingPoint:
    """Return the greatest value where what is promised is at least so much."""
    kept = np.flatnonzero(promised >= least)
    if not kept.size:
        return OperatingPoint(0.0, float("inf"))
    order = np.lexsort((thresholds[kept], promised[kept], values[kept]))
    place = kept[order[-1]]
    return OperatingPoint(float(values[place]), float(thresholds[place]))
