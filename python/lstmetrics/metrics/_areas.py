"""Areas under curves over thresholds, with scikit-learn's signatures, values and warnings."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import undefined_metric_warning, warn
from lstmetrics.errors import (
    InvalidTypeError,
    InvalidValueError,
    ShapeError,
    UnsupportedError,
)
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._curves import NO_POSITIVES
from lstmetrics.metrics._delegation import OutOfTradeError, delegate
from lstmetrics.metrics._scored import (
    Facts,
    Scored,
    ask_scored,
    check_real_pos_label,
    refuse_running_back,
    refuse_scores,
    warn_missing_class,
)

__all__ = ["average_precision_score", "roc_auc_score"]

Array = npt.NDArray[Any]
_ROC = _arrays.RANKING_METRICS["roc_auc"]
_AP = _arrays.RANKING_METRICS["average_precision"]
_AVERAGES = ("macro", "micro", "samples", "weighted")
_MULTI_CLASS = ("ovo", "ovr", "raise")
ONE_CLASS = "Only one class is present in y_true. ROC AUC score is not defined in that case."


def roc_auc_score(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    average: str | None = "macro",
    sample_weight: npt.ArrayLike | None = None,
    max_fpr: float | None = None,
    multi_class: str = "raise",
    labels: npt.ArrayLike | None = None,
) -> float | npt.NDArray[np.float64]:
    """Area under the ROC curve: the chance that a positive's score is above a negative's.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels, or an indicator. Of two labels the greater one is positive.
    y_score : array-like of shape (n_samples,) or (n_samples, n_labels)
        Scores of the positive label; of more labels one column each, in their sorted order, and
        rows that sum to one; of an indicator one column each.
    average : {'micro', 'macro', 'samples', 'weighted'} or None, default='macro'
        How the areas of several columns become one: the area of all scores as if one column's, the
        mean, the mean over rows, the mean weighted by positives; None gives them all. Of two labels
        it does not matter.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None. Samples of weight zero are left out.
    max_fpr : float in (0, 1], default=None
        Only the area up to this false positive rate, standardised to 1/2 for chance and 1 for
        perfection.
    multi_class : {'raise', 'ovr', 'ovo'}, default='raise'
        Of more than two labels: each against the rest, or each against each other.
    labels : array-like of shape (n_labels,), default=None
        The labels of the columns, sorted; those in `y_true` when None.

    Returns
    -------
    float or ndarray of shape (n_labels,)
        ``(2 #(p > n) + #(p = n)) / (2 P N)`` over pairs of a positive and a negative: without
        weights the correctly rounded quotient of two integers. NaN, with a warning, where there is
        one class only.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.roc_auc_score`` refuses, in the same words.

    References
    ----------
    D. K. McClish, "Analyzing a portion of the ROC curve", Medical Decision Making 9, 1989;
    D. J. Hand and R. J. Till, Machine Learning 45, 2001, for one against one.

    Examples
    --------
    >>> from lstmetrics.metrics import roc_auc_score
    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    >>> scores = [[0.8, 0.1, 0.1], [0.3, 0.4, 0.3], [0.2, 0.3, 0.5], [0.5, 0.2, 0.3]]
    >>> round(roc_auc_score(["a", "b", "c", "c"], scores, multi_class="ovr"), 4)
    0.9583
    """
    function = "roc_auc_score"
    _check_average(average, function)
    most = _max_fpr(max_fpr, function)
    if not isinstance(multi_class, str) or multi_class not in _MULTI_CLASS:
        raise parameters.refuse("multi_class", function, _among(_MULTI_CLASS), multi_class)
    if type(y_true) is np.ndarray and y_true.ndim == 1 and getattr(y_score, "ndim", 0) == 1:
        value = _binary_area(function, y_true, y_score, sample_weight, most)
        if value is not None:
            return value
    try:
        given = Scored.of(y_true, y_score, sample_weight, function)
        wanted = targets.labels_argument(labels, function)
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_score,
            average=average,
            sample_weight=sample_weight,
            max_fpr=max_fpr,
            multi_class=multi_class,
            labels=labels,
        )
    truth = targets.decoded(given.truth, "y_true")
    kind = targets.type_of_target(truth, "y_true")
    columns = given.scores.shape[1] if given.scores.ndim == 2 else 1
    targets.check_usable(given.scores)
    if kind == "multiclass" or (kind == "binary" and columns > 2):
        return _multiclass_area(given, truth, average, max_fpr, multi_class, wanted)
    if kind == "binary":
        value = _binary_area(function, given.truth, given.scores, given.weights, most)
        if value is None:
            raise UnsupportedError(f"{kind} format is not supported")
        return value
    if kind != "multilabel-indicator":
        raise UnsupportedError(f"{kind} format is not supported")
    return _multilabel(_ROC, given, truth, average, most, function)


def average_precision_score(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    average: str | None = "macro",
    pos_label: float | bool | str = 1,
    sample_weight: npt.ArrayLike | None = None,
) -> float | npt.NDArray[np.float64]:
    """Mean over positives of the precision at their own score: the area of precision over recall.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels, or an indicator.
    y_score : array-like of shape (n_samples,) or (n_samples, n_labels)
        Scores of the positive label; of more labels, or an indicator, one column each.
    average : {'micro', 'macro', 'samples', 'weighted'} or None, default='macro'
        How the values of several columns become one, as in :func:`roc_auc_score`.
    pos_label : int, float, bool or str, default=1
        The positive one of two labels.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None. Samples of weight zero are left out.

    Returns
    -------
    float or ndarray of shape (n_labels,)
        ``sum((recall[i] - recall[i - 1]) * precision[i])`` over descending thresholds, not
        interpolated; the sum is exact. 0, with a warning, without positives.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.average_precision_score`` refuses, in the same words.

    References
    ----------
    C. D. Manning, P. Raghavan and H. Schütze, *Introduction to Information Retrieval*, Cambridge
    University Press, 2008, chapter 8.

    Examples
    --------
    >>> from lstmetrics.metrics import average_precision_score
    >>> round(average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    function = "average_precision_score"
    _check_average(average, function)
    check_real_pos_label(pos_label, function)
    label = targets.scalar(pos_label)
    if type(y_true) is np.ndarray and y_true.ndim == 1 and getattr(y_score, "ndim", 0) == 1:
        value = _binary_precision(function, y_true, y_score, sample_weight, label)
        if value is not None:
            return value
    try:
        given = Scored.of(y_true, y_score, sample_weight, function)
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_score,
            average=average,
            pos_label=pos_label,
            sample_weight=sample_weight,
        )
    truth = targets.decoded(given.truth, "y_true")
    kind = targets.type_of_target(truth, "y_true")
    if kind == "binary":
        value = _binary_precision(function, given.truth, given.scores, given.weights, label)
        if value is None:
            raise UnsupportedError(f"{kind} format is not supported")
        return value
    if kind in ("multilabel-indicator", "multiclass") and label != 1:
        raise InvalidValueError(
            f"Parameter pos_label is fixed to 1 for {kind} y_true. Do not set pos_label or set "
            "pos_label to 1."
        )
    if kind == "multilabel-indicator":
        return _multilabel(_AP, given, truth, average, 1.0, function)
    if kind != "multiclass":
        raise UnsupportedError(f"{kind} format is not supported")
    targets.check_lengths(truth, given.scores, given.weights)
    expected = (len(truth), len(np.unique(truth)))
    if given.scores.shape != expected:
        raise _needs_columns(given.scores)
    if average == "samples":
        indicator = (truth[:, None] == np.unique(truth)[None, :]).astype(np.int64)
        return _multilabel(_AP, given, indicator, average, 1.0, function)
    return _of_columns(_AP, given, None, average)


def _check_average(average: Any, function: str) -> None:
    if average is not None and not (isinstance(average, str) and average in _AVERAGES):
        raise parameters.refuse("average", function, f"{_among(_AVERAGES)} or None", average)


def _among(options: tuple[str, ...]) -> str:
    return f"a str among {{{', '.join(map(repr, options))}}}"


def _max_fpr(value: Any, function: str) -> float:
    if value is None:
        return 1.0
    if not isinstance(value, Real) or not 0 < float(value) <= 1:
        raise parameters.refuse("max_fpr", function, "a float in the range (0.0, 1] or None", value)
    return float(value)


def _binary_area(
    function: str, y_true: Any, y_score: Any, sample_weight: Any, max_fpr: float
) -> float | None:
    """Return the area of one column of scores; None where there are more than two labels."""
    value, told = ask_scored(
        lambda truth, scores, weights: _arrays.roc_auc(truth, scores, weights, max_fpr),
        function,
        y_true,
        y_score,
        sample_weight,
    )
    facts = Facts(*told)
    if facts.labels_seen > 2:
        return None
    if facts.labels_seen < 2:
        warn(ONE_CLASS, undefined_metric_warning())
        return float("nan")
    if facts.not_monotonic:
        raise refuse_running_back()
    _warn_of_weights(facts, sample_weight, function)
    return float(value)


def _warn_of_weights(facts: Facts, sample_weight: Any, function: str) -> None:
    """Warn where a class is there, but weighs nothing."""
    if facts.no_positives and facts.no_negatives:
        targets.explain_cancelling(sample_weight, function)
    warn_missing_class(facts)


def _binary_precision(
    function: str, y_true: Any, y_score: Any, sample_weight: Any, pos_label: Any
) -> float | None:
    """Return the average precision of one column; None where there are more than two labels."""
    value, told = ask_scored(
        lambda truth, scores, weights: _arrays.average_precision(truth, scores, weights, pos_label),
        function,
        y_true,
        y_score,
        sample_weight,
    )
    facts = Facts(*told)
    if facts.labels_seen > 2:
        return None
    if facts.labels_seen == 2 and not facts.positive_seen:
        truth = targets.decoded(targets.coded_target(y_true, "y_true", function), "y_true")
        raise InvalidValueError(
            f"pos_label={pos_label} is not a valid label. It should be one of {np.unique(truth)}"
        )
    if facts.no_positives:
        if facts.no_negatives:
            targets.explain_cancelling(sample_weight, function)
        warn(NO_POSITIVES)
    return float(value)


def _needs_columns(scores: Array) -> ShapeError:
    return ShapeError(
        "`y_score` needs to be of shape `(n_samples, n_classes)`, since `y_true` contains multiple "
        f"classes. Got `y_score.shape={scores.shape}`."
    )


def _multiclass_area(
    given: Scored,
    truth: Array,
    average: str | None,
    max_fpr: float | None,
    multi_class: str,
    labels: list[Any] | None,
) -> float | npt.NDArray[np.float64]:
    """Return the area of more than two labels, one against the rest or one against one."""
    if max_fpr is not None and max_fpr != 1.0:
        raise InvalidValueError(
            "Partial AUC computation not available in multiclass setting, 'max_fpr' must be set to "
            f"`None`, received `max_fpr={max_fpr}` instead"
        )
    if multi_class == "raise":
        raise InvalidValueError("multi_class must be in ('ovo', 'ovr')")
    if given.scores.ndim != 2:
        raise _needs_columns(given.scores)
    targets.check_lengths(truth, given.scores)
    allowed = ("micro", "macro", "weighted", None)[multi_class == "ovo" :]
    if average not in allowed:
        _refuse_sums(given)
        raise InvalidValueError(f"average must be one of {allowed} for multiclass problems")
    if average is None and multi_class == "ovo":
        _refuse_sums(given)
        raise _NotImplementedError("average=None is not implemented for multi_class='ovo'.")
    _check_labels(truth, given.scores, labels)
    if multi_class == "ovr":
        targets.check_lengths(truth, given.scores, given.weights)
        return _of_columns(_ROC, given, labels, average)
    if given.weights is not None:
        _refuse_sums(given)
        raise InvalidValueError(
            "sample_weight is not supported for multiclass one-vs-one ROC AUC, 'sample_weight' "
            "must be None in this case."
        )
    value, told = _explained(
        lambda: _arrays.one_vs_one_roc_auc(
            given.truth, given.scores, labels, average == "weighted"
        ),
        given,
    )
    _check_columns(told)
    return float(value)


class _NotImplementedError(UnsupportedError, NotImplementedError):
    """What scikit-learn says it has not implemented."""


def _refuse_sums(given: Scored) -> None:
    """Refuse rows that do not sum to one, which scikit-learn says before all else."""
    _, told = _arrays.multiclass_ranking(
        _ROC, given.truth, given.scores, None, None, _arrays.AVERAGES["macro"]
    )
    _check_sums(told)


def _check_sums(told: tuple[bool, ...]) -> None:
    _, sums_to_one, *_ = told
    if not sums_to_one:
        raise InvalidValueError(
            "Target scores need to be probabilities for multiclass roc_auc, i.e. they should sum "
            "up to 1.0 over classes"
        )


def _check_labels(truth: Array, scores: Array, labels: list[Any] | None) -> None:
    shown = np.unique(truth)
    if labels is None:
        if len(shown) != scores.shape[1]:
            raise InvalidValueError(
                "Number of classes in y_true not equal to the number of columns in 'y_score'"
            )
        return
    if len(set(labels)) != len(labels):
        raise InvalidValueError("Parameter 'labels' must be unique")
    if sorted(labels) != labels:
        raise InvalidValueError("Parameter 'labels' must be ordered")
    if len(labels) != scores.shape[1]:
        raise InvalidValueError(
            f"Number of given labels, {len(labels)}, not equal to the number of columns in "
            f"'y_score', {scores.shape[1]}"
        )
    if not set(shown.tolist()) <= set(labels):
        raise InvalidValueError("'y_true' contains labels not in parameter 'labels'")


def _explained(ask: Callable[[], Any], given: Scored) -> Any:
    try:
        return ask()
    except (InvalidValueError, InvalidTypeError) as error:
        said = targets.said_by(lambda: refuse_scores(given))
        raise (said or error) from None


def _check_columns(told: tuple[bool, ...]) -> None:
    _, _, one_class, _, not_monotonic = told
    _check_sums(told)
    if one_class:
        warn(ONE_CLASS, undefined_metric_warning())
    if not_monotonic:
        raise refuse_running_back()


def _of_columns(
    metric: int, given: Scored, labels: list[Any] | None, average: str | None
) -> float | npt.NDArray[np.float64]:
    """Return each label's value against the rest, or their average."""
    value, told = _explained(
        lambda: _arrays.multiclass_ranking(
            metric, given.truth, given.scores, given.weights, labels, _arrays.AVERAGES[average]
        ),
        given,
    )
    if metric == _ROC:
        _check_columns(told)
    return value if average is None else float(value)


def _any_positive(truth: Array, weights: Array | None) -> bool:
    return bool((truth if weights is None else truth[weights != 0]).any())


def _multilabel(
    metric: int,
    given: Scored,
    truth: Array,
    average: str | None,
    max_fpr: float,
    function: str,
) -> float | npt.NDArray[np.float64]:
    """Return each column's value, or their average, or the mean over rows."""
    targets.check_lengths(truth, given.scores, given.weights)
    refuse_scores(given)
    scores = given.scores
    if truth.shape != scores.shape:
        raise ShapeError(
            f"y_true and y_score must have the same shape, got {truth.shape} and {scores.shape}"
        )
    truth = targets.indicator(truth, "y_true", function)

    def ask() -> Any:
        if average == "samples":
            return _arrays.samples_ranking(metric, truth, scores, given.weights, max_fpr)
        return _arrays.multilabel_ranking(
            metric, truth, scores, given.weights, _arrays.AVERAGES[average], max_fpr
        )

    value, (_, _, one_class, no_positives, not_monotonic) = _explained(ask, given)
    if average == "weighted" and not _any_positive(truth, given.weights):
        return float(value)  # 0, of nothing at all, and without a word
    if metric == _ROC and one_class:
        warn(ONE_CLASS, undefined_metric_warning())
    if metric == _ROC and not_monotonic:
        raise refuse_running_back()
    if metric == _AP and no_positives:
        warn(NO_POSITIVES)
    return value if average is None else float(value)
