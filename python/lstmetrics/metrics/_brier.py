"""The Brier score and what of a loss a model saves, with scikit-learn's signatures and warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import undefined_metric_warning, warn
from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._probabilistic import (
    probability_array,
    probability_metric,
    refuse_cancelling,
    renamed,
)

__all__ = ["brier_score_loss", "d2_brier_score", "d2_log_loss_score", "warn_too_few"]

Array = npt.NDArray[Any]


def brier_score_loss(
    y_true: npt.ArrayLike,
    y_proba: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = None,
    labels: npt.ArrayLike | None = None,
    scale_by_half: bool | str = "auto",
) -> float:
    """Mean squared distance of the predicted probabilities from what came true.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels; or indicators, 1 where a sample has a label, else 0.
    y_proba : array-like of shape (n_samples, n_labels) or (n_samples,)
        Predicted probabilities, columns in the order of the sorted labels; or those of one label.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    pos_label : int, float, bool, str or None, default=None
        Which label one column of probabilities is of; None is 1 where labels are among 0, 1 and
        -1, else the greater number. Text needs to be told.
    labels : array-like of shape (n_labels,), default=None
        All labels that several columns are of; those in `y_true` when None.
    scale_by_half : bool or 'auto', default='auto'
        Whether to halve the score, so that it lies between 0 and 1; 'auto' does so for two labels.

    Returns
    -------
    float
        ``sum(w * sum((p - [label is true])**2)) / sum(w)``, both sums over samples exact.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.brier_score_loss`` refuses, in the same words.

    References
    ----------
    G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78, 1950.

    Examples
    --------
    >>> from lstmetrics.metrics import brier_score_loss
    >>> round(brier_score_loss([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), 4)
    0.0375
    >>> round(brier_score_loss(["no", "yes"], [0.25, 0.5], pos_label="yes"), 5)
    0.15625
    """
    function = "brier_score_loss"
    parameters.check_pos_label(pos_label, function)
    parameters.check_scale(scale_by_half, function)
    probabilities = probability_array(y_proba, function)
    half = bool(scale_by_half)
    if isinstance(scale_by_half, str):
        half = probabilities.ndim == 1 or probabilities.shape[1] < 3
    metric = "half_brier_score" if half else "brier_score"
    return _brier(metric, function, y_true, probabilities, sample_weight, pos_label, labels)


def d2_brier_score(
    y_true: npt.ArrayLike,
    y_proba: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = None,
    labels: npt.ArrayLike | None = None,
) -> float:
    """Fraction of the Brier score that a model saves against always predicting the shares.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels; or indicators, 1 where a sample has a label, else 0.
    y_proba : array-like of shape (n_samples, n_labels) or (n_samples,)
        Predicted probabilities.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    pos_label : int, float, bool, str or None, default=None
        As in :func:`brier_score_loss`.
    labels : array-like of shape (n_labels,), default=None
        All labels there are; those in `y_true` when None.

    Returns
    -------
    float
        ``1 - brier / null``, the null model predicting for every sample each label's share of the
        weight; the difference is exact, so it is good near 0 too. 1 is perfect, negative is worse
        than the shares. NaN, and a warning, for fewer than two samples; with a single label -inf
        or, without any loss, NaN.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.d2_brier_score`` refuses, in the same words.

    References
    ----------
    A. H. Murphy, "A new vector partition of the probability score", Journal of Applied Meteorology
    12, 1973.

    Examples
    --------
    >>> from lstmetrics.metrics import d2_brier_score
    >>> round(d2_brier_score([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), 4)
    0.85
    """
    function = "d2_brier_score"
    parameters.check_pos_label(pos_label, function)
    if _too_few(y_true, y_proba, sample_weight, function):
        return float("nan")
    probabilities = probability_array(y_proba, function)
    return _brier("d2_brier", function, y_true, probabilities, sample_weight, pos_label, labels)


def d2_log_loss_score(
    y_true: npt.ArrayLike,
    y_proba: npt.ArrayLike | None = None,
    *,
    sample_weight: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
    y_pred: npt.ArrayLike | str = "deprecated",
) -> float:
    """Fraction of the log loss that a model saves against always predicting the shares.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels; or indicators, 1 where a sample has a label, else 0.
    y_proba : array-like of shape (n_samples, n_labels) or (n_samples,)
        Predicted probabilities, as for :func:`log_loss`.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    labels : array-like of shape (n_labels,), default=None
        All labels there are; those in `y_true` when None.
    y_pred : array-like
        The former name of `y_proba`; deprecated.

    Returns
    -------
    float
        ``1 - log_loss / null``, the null model predicting for every sample each label's share of
        the weight. 1 is perfect, negative is worse than the shares; NaN, and a warning, for fewer
        than two samples.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.d2_log_loss_score`` refuses, in the same words.

    References
    ----------
    T. Hastie, R. Tibshirani, M. Wainwright, *Statistical Learning with Sparsity*, 2015, eq. 3.11.

    Examples
    --------
    >>> from lstmetrics.metrics import d2_log_loss_score
    >>> round(d2_log_loss_score([0, 1, 1, 0], [0.1, 0.9, 0.8, 0.3]), 4)
    0.7149
    """
    function = "d2_log_loss_score"
    given = renamed(y_proba, y_pred)
    if _too_few(y_true, given, sample_weight, function):
        return float("nan")
    probabilities = probability_array(given, function)
    return probability_metric("d2_log_loss", function, y_true, probabilities, sample_weight, labels)


def _too_few(y_true: Any, y_proba: Any, sample_weight: Any, function: str) -> bool:
    """Warn of fewer samples than two, once the lengths agree."""
    probabilities = targets.array_like(y_proba, "y_proba", function)
    truth = targets.array_like(y_true, "y_true", function)
    weights = targets.weights(sample_weight, function)
    if not (probabilities.ndim and truth.ndim and (weights is None or weights.ndim)):
        return False  # refused in a moment
    targets.check_lengths(probabilities, truth, weights)
    if len(probabilities) < 2:
        warn_too_few()
    return len(probabilities) < 2


def warn_too_few() -> None:
    """Say that a share needs samples."""
    warn("D^2 score is not well-defined with less than two samples.", undefined_metric_warning())


def _brier(
    metric: str,
    function: str,
    y_true: Any,
    probabilities: Array,
    sample_weight: Any,
    pos_label: Any,
    labels: Any,
) -> float:
    if probabilities.ndim == 2 and probabilities.shape[1] != 1:
        return probability_metric(metric, function, y_true, probabilities, sample_weight, labels)
    return _of_one_label(metric, function, y_true, probabilities, sample_weight, pos_label)


def _of_one_label(
    metric: str,
    function: str,
    y_true: Any,
    probabilities: Array,
    sample_weight: Any,
    pos_label: Any,
) -> float:
    """Ask about the probabilities of one label; look at the labels only if they are not 0 and 1."""
    truth = targets.target(y_true, "y_true", function)
    weights = targets.weights(sample_weight, function)
    if pos_label is not None:
        truth = _is_positive(truth, probabilities, weights, pos_label)
    code = _arrays.PROBABILITY_METRICS[metric]
    try:
        answer = _arrays.probability_metric(code, truth, probabilities, weights, [0, 1])
    except (InvalidValueError, InvalidTypeError):
        if pos_label is not None:
            raise
        truth = _is_positive(truth, probabilities, weights, None)
        answer = _arrays.probability_metric(code, truth, probabilities, weights, [0, 1])
    value, _, weights_cancel = answer
    if weights_cancel:
        refuse_cancelling(weights, function, divides=True)
    return value


def _is_positive(
    truth: Array, probabilities: Array, weights: Array | None, pos_label: Any
) -> npt.NDArray[np.bool_]:
    """Say of each label whether it is the positive one; refuse in scikit-learn's words."""
    targets.check_usable(probabilities)
    if truth.ndim != 1:
        raise InvalidValueError(
            f"y should be a 1d array, got an array of shape {truth.shape} instead."
        )
    targets.check_finite(truth, "")
    targets.check_lengths(probabilities, truth, weights)
    if weights is not None:
        targets.explain_weights(weights, len(truth))
    kind = targets.type_of_target(truth, "y_true")
    if kind != "binary":
        raise InvalidValueError(
            f"The type of the target inferred from y_true is {kind} but should be binary "
            "according to the shape of y_prob."
        )
    if probabilities.max() > 1:
        raise InvalidValueError(f"y_prob contains values greater than 1: {probabilities.max()}")
    if probabilities.min() < 0:
        raise InvalidValueError(f"y_prob contains values less than 0: {probabilities.min()}")
    if pos_label is None:
        pos_label = _greater(truth)
    return np.asarray(truth == pos_label, dtype=bool)


def _greater(truth: Array) -> Any:
    """Return the positive label of numbers: 1 among 0, 1 and -1, else the greater."""
    classes = np.unique(truth)
    if truth.dtype.kind in "OUS":
        listed = ", ".join(map(repr, classes.tolist()))
        raise InvalidValueError(
            f"y_true takes value in {{{listed}}} and pos_label is not specified: either make "
            "y_true take value in {0, 1} or {-1, 1} or pass pos_label explicitly."
        )
    return 1 if classes.tolist() in ([0, 1], [-1, 1], [0], [-1], [1]) else classes[-1]
