"""Any metric of predicted labels at each threshold of the scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._delegation import OutOfTradeError, delegate
from lstmetrics.metrics._scored import Scored, flat_scores, refuse_binary
from lstmetrics.metrics._thresholded import all_at_once

__all__ = ["metric_at_thresholds"]

Array = npt.NDArray[Any]


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
        ``metric_func(y_true, y_pred, **metric_params)``, y_pred being 0 and 1. Metrics of labels
        of this module are computed from the confusion matrices at all thresholds, which come from
        the sorted scores at once, and warn once of what is undefined at any threshold; anything
        else is called at each threshold.
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
    weights = given.weights
    if weights is not None:
        kept = weights != 0
        truth, scores, weights = truth[kept], scores[kept], weights[kept]
    found = all_at_once(truth, scores, weights, metric_func, options)
    return found or _one_by_one(truth, scores, weights, metric_func, options)


def _refuse(truth: Array, given: Scored) -> None:
    targets.check_lengths(truth, given.scores, given.weights)
    if truth.ndim != 1:
        raise InvalidValueError(
            f"y should be a 1d array, got an array of shape {truth.shape} instead."
        )
    targets.check_finite(truth, "")
    refuse_binary(given._replace(truth=np.zeros(len(truth), np.int64)))


def _one_by_one(
    truth: Array,
    scores: Array,
    weights: Array | None,
    metric: Callable[..., Any],
    options: dict[str, Any],
) -> tuple[Array, Array]:
    """Call the metric with labels at each threshold, samples in the order of their scores."""
    # Descending, those of equal scores in the order they came in.
    order = len(scores) - 1 - np.argsort(scores[::-1], kind="stable")[::-1]
    truth, scores = truth[order], scores[order]
    if weights is not None:
        options = options | {"sample_weight": weights[order]}
    last = np.append(np.flatnonzero(np.diff(scores)), len(scores) - 1)
    thresholds = scores[last]
    values = [metric(truth, (scores >= at).astype(np.int32), **options) for at in thresholds]
    return np.asarray(values), thresholds
