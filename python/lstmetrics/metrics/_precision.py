"""Precision, recall and F-scores, with scikit-learn's signatures, values and warnings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import undefined_metric_warning, warn
from lstmetrics.errors import InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._asking import ask

__all__ = [
    "check_positive",
    "check_unused_arguments",
    "f1_score",
    "fbeta_score",
    "precision_recall_fscore_support",
    "precision_score",
    "recall_score",
    "warn_undefined",
]

Floats = npt.NDArray[np.float64]
Score = float | Floats
_METRICS = (
    ("precision", "predicted"),
    ("recall", "true"),
    ("f-score", "true nor predicted"),
    ("jaccard", "true or predicted"),
)


def check_positive(pos_label: Any, facts: Any, y_true: Any, y_pred: Any) -> None:
    """Refuse an average='binary' over more than two labels, or of a label that is none."""
    _, _, labels_seen, pos_label_seen, _ = facts
    if labels_seen > 2:
        raise InvalidValueError(
            "Target is multiclass but average='binary'. Please choose another average setting, "
            "one of [None, 'micro', 'macro', 'weighted']."
        )
    if not pos_label_seen and labels_seen == 2:
        raise InvalidValueError(
            f"pos_label={pos_label} is not a valid label. It should be one of "
            f"{targets.present_labels(np.asarray(y_true), np.asarray(y_pred))}"
        )


def check_unused_arguments(average: str | None, pos_label: Any) -> None:
    """Warn of a pos_label that is not used; refuse an average over samples."""
    if pos_label not in (None, 1):
        warn(
            f"Note that pos_label (set to {pos_label!r}) is ignored when average != 'binary' (got "
            f"{average!r}). You may use labels=[pos_label] to specify a single positive class."
        )
    if average == "samples":
        raise InvalidValueError(
            "Samplewise metrics are not available outside of multilabel classification."
        )


def warn_undefined(undefined: int, entries: int, warn_for: Iterable[str]) -> None:
    """Warn about each ratio over zero that is asked for: bits in the order of the metrics above."""
    for bit, (metric, modifier) in enumerate(_METRICS):
        if undefined >> bit & 1 and metric in warn_for:
            cause = "due to" if entries == 1 else "in labels with"
            warn(
                f"{metric.capitalize()} is ill-defined and being set to 0.0 {cause} no {modifier} "
                "samples. Use `zero_division` parameter to control this behavior.",
                undefined_metric_warning(),
            )


def _scores(
    function: str,
    warn_for: Iterable[str],
    y_true: Any,
    y_pred: Any,
    beta: float,
    labels: Any,
    pos_label: Any,
    average: str | None,
    sample_weight: Any,
    zero_division: Any,
) -> tuple[Score, Score, Score, npt.NDArray[Any] | None]:
    """Precision, recall, F-beta and support: what the functions below choose from."""
    parameters.check_average(average, function)
    parameters.check_pos_label(pos_label, function)
    binary = average == "binary"
    scores, facts = ask(
        _arrays.precision_recall_fscore,
        function,
        y_true,
        y_pred,
        sample_weight,
        None if labels is None else targets.labels_argument(labels, function),
        targets.scalar(pos_label),
        binary,
        _arrays.AVERAGES.get(average, 0),
        beta,
        parameters.zero_division_value(zero_division, function),
    )
    precision, recall, f_score, support = scores
    undefined, entries, labels_seen, pos_label_seen, weights_cancel = facts
    if not binary:
        check_unused_arguments(average, pos_label)
    elif labels_seen != 2 or not pos_label_seen:
        check_positive(pos_label, facts, y_true, y_pred)
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    if undefined and isinstance(zero_division, str):
        warn_undefined(undefined, entries, warn_for)
    if support is not None and sample_weight is None:
        support = support.astype(np.int64)
    return precision, recall, f_score, support


def precision_recall_fscore_support(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    beta: float = 1.0,
    labels: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = 1,
    average: str | None = None,
    warn_for: list[str] | tuple[str, ...] | set[str] = ("precision", "recall", "f-score"),
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | str = "warn",
) -> tuple[Score, Score, Score, npt.NDArray[Any] | None]:
    """Precision, recall, F-beta and the number of true samples, of each label or averaged.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    beta : float, default=1.0
        How many times recall counts as much as precision, from 0 to infinity.
    labels : array-like of shape (n_labels,), default=None
        Which labels to score; all that occur when None.
    pos_label : int, float, bool, str or None, default=1
        The label to score when ``average='binary'``.
    average : {'binary', 'micro', 'macro', 'weighted'}, default=None
        None gives every label its own; 'micro' adds up the counts first; 'macro' takes the mean
        over labels; 'weighted' weighs it by the true samples of each.
    warn_for : list, tuple or set of str
        Which of ``'precision'``, ``'recall'`` and ``'f-score'`` to warn about.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    zero_division : {"warn", 0.0, 1.0, nan}, default="warn"
        The value of a ratio over zero. "warn" gives 0 and warns; NaN is left out of averages.

    Returns
    -------
    precision, recall, f_score : float, or ndarray of shape (n_labels,) when `average` is None
        ``tp / (tp + fp)``, ``tp / (tp + fn)`` and
        ``(1 + beta**2) tp / ((1 + beta**2) tp + beta**2 fn + fp)``.
    support : ndarray of shape (n_labels,), or None when averaged
        True samples (or their weight) of each label.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what scikit-learn's function refuses, in the same words.

    References
    ----------
    C. J. van Rijsbergen, *Information Retrieval*, 2nd ed., 1979, chapter 7.

    Examples
    --------
    >>> from lstmetrics.metrics import precision_recall_fscore_support
    >>> precision_recall_fscore_support([0, 1, 1, 1], [0, 1, 1, 0], average="macro")
    (0.75, 0.8333333333333333, 0.7333333333333334, None)
    """
    function = "precision_recall_fscore_support"
    parameters.check_beta(beta, function)
    parameters.check_warn_for(warn_for, function)
    return _scores(
        function,
        warn_for,
        y_true,
        y_pred,
        beta,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )


def precision_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = 1,
    average: str | None = "binary",
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | str = "warn",
) -> Score:
    """Of what was predicted as a label, the fraction that truly is: ``tp / (tp + fp)``.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    labels, pos_label, average, sample_weight, zero_division
        As in :func:`precision_recall_fscore_support`; `average` is 'binary' by default.

    Returns
    -------
    float, or ndarray of shape (n_labels,) when `average` is None
        From 0 to 1; the correctly rounded quotient for a single label without weights.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what scikit-learn's function refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import precision_score
    >>> precision_score([1, 0, 1, 1], [1, 1, 1, 0])
    0.6666666666666666
    """
    return _scores(
        "precision_score",
        ("precision",),
        y_true,
        y_pred,
        1.0,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )[0]


def recall_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = 1,
    average: str | None = "binary",
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | str = "warn",
) -> Score:
    """Of what truly has a label, the fraction that was predicted so: ``tp / (tp + fn)``.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    labels, pos_label, average, sample_weight, zero_division
        As in :func:`precision_recall_fscore_support`; `average` is 'binary' by default.

    Returns
    -------
    float, or ndarray of shape (n_labels,) when `average` is None
        From 0 to 1; the correctly rounded quotient for a single label without weights.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what scikit-learn's function refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import recall_score
    >>> recall_score([1, 0, 1, 1, 1], [1, 1, 1, 0, 1])
    0.75
    """
    return _scores(
        "recall_score",
        ("recall",),
        y_true,
        y_pred,
        1.0,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )[1]


def f1_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = 1,
    average: str | None = "binary",
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | str = "warn",
) -> Score:
    """Harmonic mean of precision and recall: ``2 tp / (2 tp + fp + fn)``.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    labels, pos_label, average, sample_weight, zero_division
        As in :func:`precision_recall_fscore_support`; `average` is 'binary' by default.

    Returns
    -------
    float, or ndarray of shape (n_labels,) when `average` is None
        From 0 to 1; the correctly rounded quotient for a single label without weights.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what scikit-learn's function refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import f1_score
    >>> f1_score(["spam", "ham", "spam"], ["spam", "spam", "spam"], pos_label="spam")
    0.8
    """
    return _scores(
        "f1_score",
        ("f-score",),
        y_true,
        y_pred,
        1.0,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )[2]


def fbeta_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    beta: float,
    labels: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = 1,
    average: str | None = "binary",
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | str = "warn",
) -> Score:
    """Weighted harmonic mean of precision and recall.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    beta : float
        How many times recall counts as much as precision: 0 is precision, infinity recall.
    labels, pos_label, average, sample_weight, zero_division
        As in :func:`precision_recall_fscore_support`; `average` is 'binary' by default.

    Returns
    -------
    float, or ndarray of shape (n_labels,) when `average` is None
        ``(1 + beta**2) tp / ((1 + beta**2) tp + beta**2 fn + fp)``.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what scikit-learn's function refuses, in the same words.

    References
    ----------
    C. J. van Rijsbergen, *Information Retrieval*, 2nd ed., 1979, chapter 7.

    Examples
    --------
    >>> from lstmetrics.metrics import fbeta_score
    >>> fbeta_score([1, 0, 1, 1], [1, 1, 1, 0], beta=0.5)
    0.6666666666666666
    """
    parameters.check_beta(beta, "fbeta_score")
    return _scores(
        "fbeta_score",
        ("f-score",),
        y_true,
        y_pred,
        beta,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )[2]
