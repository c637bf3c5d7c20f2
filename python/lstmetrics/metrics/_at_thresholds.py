"""Any metric of predicted labels at each threshold of the scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._agreement import (
    balanced_accuracy_score,
    cohen_kappa_score,
    matthews_corrcoef,
)
from lstmetrics.metrics._classification import accuracy_score, hamming_loss, zero_one_loss
from lstmetrics.metrics._delegation import OutOfTradeError, delegate
from lstmetrics.metrics._jaccard import jaccard_score
from lstmetrics.metrics._precision import f1_score, fbeta_score, precision_score, recall_score
from lstmetrics.metrics._scored import Scored, flat_scores, refuse_binary

__all__ = ["metric_at_thresholds"]

Array = npt.NDArray[Any]

# They depend on the four counts alone.
_OF_COUNTS = (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    fbeta_score,
    hamming_loss,
    jaccard_score,
    matthews_corrcoef,
    precision_score,
    recall_score,
    zero_one_loss,
)
_TRUTH, _PREDICTED = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])


def metric_at_thresholds(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    metric_func: Callable[..., Any],
    *,
    sample_weight: npt.ArrayLike | None = None,
    metric_params: Mapping[str, Any] | None = None,
) -> tuple[Array, Array]:
    """Value of a metric of labels at each threshold of the scores.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples,)
        Scores; finite.
    metric_func : callable
        ``metric_func(y_true, y_pred, **metric_params)``, y_pred being 0 and 1. The metrics of this
        module that follow from four counts are computed from those, whatever the number of
        samples.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, which `metric_func` gets too; samples of weight zero are left out.
    metric_params : dict, default=None
        More arguments of `metric_func`.

    Returns
    -------
    metric_values : ndarray of shape (n_thresholds,) or (n_thresholds, ...)
        The values.
    thresholds : ndarray of shape (n_thresholds,)
        The different scores, descending: predicted 1 is what scores at least that.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.metric_at_thresholds`` refuses.

    Examples
    --------
    >>> from lstmetrics.metrics import accuracy_score, metric_at_thresholds
    >>> values, thresholds = metric_at_thresholds(
    ...     [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], accuracy_score
    ... )
    >>> values.tolist(), thresholds.tolist()
    ([0.75, 0.5, 0.75, 0.5], [0.8, 0.4, 0.35, 0.1])
    """
    function = "metric_at_thresholds"
    if not callable(metric_func):
        raise parameters.refuse("metric_func", function, "a callable", metric_func)
    if metric_params is not None and not isinstance(metric_params, dict):
        expected = "an instance of 'dict' or None"
        raise parameters.refuse("metric_params", function, expected, metric_params)
    options = dict(metric_params or {})
    try:
        given = Scored.of(y_true, y_score, sample_weight, function)
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_score,
            metric_func,
            sample_weight=sample_weight,
            metric_params=metric_params,
        )
    truth = targets.decoded(given.truth, "y_true")
    scores = flat_scores(given.scores)
    _refuse(truth, given._replace(scores=scores))
    ours = getattr(metric_func, "_ours", metric_func)  # of what stands in scikit-learn's place
    if (
        any(ours is one for one in _OF_COUNTS)
        and given.weights is None
        and "sample_weight" not in options
    ):
        found = _by_counts(truth, scores, ours, options)
        if found is not None:
            return found
    return _one_by_one(truth, scores, given.weights, metric_func, options)


def _refuse(truth: Array, given: Scored) -> None:
    targets.check_lengths(truth, given.scores, given.weights)
    if truth.ndim != 1:
        raise InvalidValueError(
            f"y should be a 1d array, got an array of shape {truth.shape} instead."
        )
    targets.check_finite(truth, "")
    refuse_binary(given._replace(truth=np.zeros(len(truth), np.int64)))


def _by_counts(
    truth: Array, scores: Array, metric: Callable[..., Any], options: dict[str, Any]
) -> tuple[Array, Array] | None:
    """Compute from the counts at each threshold; None where labels are others than 0 and 1."""
    try:
        rows, (labels_seen, *_) = _arrays.ranking_outcomes(truth, scores, None, None)
    except (InvalidValueError, InvalidTypeError):
        return None
    if rows is None or labels_seen > 2 or truth.min() < 0:
        return None
    counts = rows[:4].astype(np.int64)
    values = []
    for place in range(counts.shape[1]):
        here = counts[:, place]
        kept = here > 0
        values.append(metric(_TRUTH[kept], _PREDICTED[kept], sample_weight=here[kept], **options))
    return np.asarray(values), rows[4].astype(scores.dtype)


def _one_by_one(
    truth: Array,
    scores: Array,
    weights: Array | None,
    metric: Callable[..., Any],
    options: dict[str, Any],
) -> tuple[Array, Array]:
    """Call the metric with labels at each threshold, samples in the order of their scores."""
    if weights is not None:
        kept = weights != 0
        truth, scores, weights = truth[kept], scores[kept], weights[kept]
    # Descending, those of equal scores in the order they came in.
    order = len(scores) - 1 - np.argsort(scores[::-1], kind="stable")[::-1]
    truth, scores = truth[order], scores[order]
    if weights is not None:
        options = options | {"sample_weight": weights[order]}
    last = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    thresholds = scores[last]
    values = [metric(truth, (scores >= at).astype(np.int32), **options) for at in thresholds]
    return np.asarray(values), thresholds
