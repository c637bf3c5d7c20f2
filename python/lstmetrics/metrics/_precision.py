"""Precision, recall and F-scores, with scikit-learn's signatures, values and warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics._label_scores import ask_scores

__all__ = [
    "f1_score",
    "fbeta_score",
    "precision_recall_fscore_support",
    "precision_score",
    "recall_score",
]

Floats = npt.NDArray[np.float64]
Score = float | Floats
_ALL = slice(None)


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
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
    beta : float, default=1.0
        How many times recall counts as much as precision, from 0 to infinity.
    labels : array-like of shape (n_labels,), default=None
        Which labels to score, of indicators by their column; all that occur when None.
    pos_label : int, float, bool, str or None, default=1
        The label to score when ``average='binary'``.
    average : {'binary', 'micro', 'macro', 'weighted', 'samples'}, default=None
        None gives every label its own; 'micro' adds up the counts first; 'macro' takes the mean
        over labels; 'weighted' weighs it by the true samples of each; 'samples', of indicators,
        takes the mean over samples of what each one's labels score.
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
    return ask_scores(  # type: ignore[no-any-return]
        function,
        _ALL,
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
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
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
    return ask_scores(  # type: ignore[no-any-return]
        "precision_score",
        0,
        ("precision",),
        y_true,
        y_pred,
        1.0,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )


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
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
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
    return ask_scores(  # type: ignore[no-any-return]
        "recall_score",
        1,
        ("recall",),
        y_true,
        y_pred,
        1.0,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )


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
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
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
    return ask_scores(  # type: ignore[no-any-return]
        "f1_score",
        2,
        ("f-score",),
        y_true,
        y_pred,
        1.0,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )


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
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
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
    return ask_scores(  # type: ignore[no-any-return]
        "fbeta_score",
        2,
        ("f-score",),
        y_true,
        y_pred,
        beta,
        labels,
        pos_label,
        average,
        sample_weight,
        zero_division,
    )
