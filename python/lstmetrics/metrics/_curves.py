"""Curves over thresholds, with scikit-learn's signatures, values and warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidValueError, UnsupportedError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._delegation import OutOfTradeError, delegate
from lstmetrics.metrics._scored import Facts, ask_scored, warn_missing_class

__all__ = [
    "confusion_matrix_at_thresholds",
    "det_curve",
    "precision_recall_curve",
    "roc_curve",
]

Floats = npt.NDArray[np.float64]
Curve = tuple[Floats, Floats, npt.NDArray[Any]]

NO_POSITIVES = "No positive class found in y_true, recall is set to one for all thresholds."


def roc_curve(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    pos_label: float | bool | str | None = None,
    sample_weight: npt.ArrayLike | None = None,
    drop_intermediate: bool = True,
) -> Curve:
    """False and true positive rates at each threshold.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: 0 and 1, or -1 and 1; others with `pos_label`, which then is one against the
        rest.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label; finite.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None. Samples of weight zero are left out.
    drop_intermediate : bool, default=True
        Whether to leave out points that lie on a straight line between others.

    Returns
    -------
    fpr : ndarray of shape (n_thresholds,)
        ``fp / negatives``, ascending from 0; the correctly rounded quotient without weights. NaN,
        with a warning, where there are no negatives.
    tpr : ndarray of shape (n_thresholds,)
        ``tp / positives`` likewise.
    thresholds : ndarray of shape (n_thresholds,)
        Descending from infinity: predicted positive is what scores at least that.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.roc_curve`` refuses, in the same words.

    References
    ----------
    T. Fawcett, "An introduction to ROC analysis", Pattern Recognition Letters 27, 2006.

    Examples
    --------
    >>> from lstmetrics.metrics import roc_curve
    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr.tolist(), tpr.tolist()
    ([0.0, 0.0, 0.5, 0.5, 1.0], [0.0, 0.5, 0.5, 1.0, 1.0])
    >>> thresholds.tolist()
    [inf, 0.8, 0.4, 0.35, 0.1]
    """
    function = "roc_curve"
    fpr, tpr, thresholds, facts = _ask(
        function, y_true, y_score, pos_label, sample_weight, drop_intermediate
    )
    warn_missing_class(facts)
    return fpr, tpr, thresholds


def precision_recall_curve(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    pos_label: float | bool | str | None = None,
    sample_weight: npt.ArrayLike | None = None,
    drop_intermediate: bool = False,
) -> Curve:
    """Precision and recall at each threshold.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: 0 and 1, or -1 and 1; others with `pos_label`, which then is one against the
        rest.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label; finite.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None. Samples of weight zero are left out.
    drop_intermediate : bool, default=False
        Whether to leave out points between two others of the same recall.

    Returns
    -------
    precision : ndarray of shape (n_thresholds + 1,)
        ``tp / (tp + fp)``, the correctly rounded quotient without weights; 1 at the end.
    recall : ndarray of shape (n_thresholds + 1,)
        ``tp / positives``, descending to 0; 1 throughout, with a warning, without positives.
    thresholds : ndarray of shape (n_thresholds,)
        Ascending: predicted positive is what scores at least that.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.precision_recall_curve`` refuses, in the same words.

    References
    ----------
    J. Davis and M. Goadrich, "The relationship between precision-recall and ROC curves", ICML 2006.

    Examples
    --------
    >>> from lstmetrics.metrics import precision_recall_curve
    >>> precision, recall, thresholds = precision_recall_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> precision.tolist(), recall.tolist()
    ([0.5, 0.6666666666666666, 0.5, 1.0, 1.0], [1.0, 1.0, 0.5, 0.5, 0.0])
    >>> thresholds.tolist()
    [0.1, 0.35, 0.4, 0.8]
    """
    function = "precision_recall_curve"
    precision, recall, thresholds, facts = _ask(
        function, y_true, y_score, pos_label, sample_weight, drop_intermediate
    )
    if facts.no_positives:
        warn(NO_POSITIVES)
    return precision, recall, _as_scores(thresholds, y_score)


def det_curve(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    pos_label: float | bool | str | None = None,
    sample_weight: npt.ArrayLike | None = None,
    drop_intermediate: bool = False,
) -> Curve:
    """False positive and false negative rates at each threshold: detection error tradeoff.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, of two kinds: 0 and 1, or -1 and 1; others with `pos_label`.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label; finite.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None. Samples of weight zero are left out.
    drop_intermediate : bool, default=False
        Whether to leave out points between two others of the same false negative rate.

    Returns
    -------
    fpr : ndarray of shape (n_thresholds,)
        ``fp / negatives``, descending.
    fnr : ndarray of shape (n_thresholds,)
        ``fn / positives``, ascending.
    thresholds : ndarray of shape (n_thresholds,)
        Ascending, from the greatest that misses no positive to the least that accuses no negative,
        which may be infinity.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.det_curve`` refuses, in the same words.

    References
    ----------
    A. Martin et al., "The DET curve in assessment of detection task performance", Eurospeech 1997.

    Examples
    --------
    >>> from lstmetrics.metrics import det_curve
    >>> fpr, fnr, thresholds = det_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr.tolist(), fnr.tolist(), thresholds.tolist()
    ([0.5, 0.5, 0.0], [0.0, 0.5, 0.5], [0.35, 0.4, 0.8])
    """
    function = "det_curve"
    fpr, fnr, thresholds, facts = _ask(
        function, y_true, y_score, pos_label, sample_weight, drop_intermediate
    )
    if facts.labels_seen != 2:
        raise InvalidValueError(
            "Only one class is present in y_true. Detection error tradeoff curve is not defined in "
            "that case."
        )
    return fpr, fnr, thresholds


def confusion_matrix_at_thresholds(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    pos_label: float | bool | str | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> tuple[Floats, Floats, Floats, Floats, npt.NDArray[Any]]:
    """True and false negatives and positives at each threshold.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: 0 and 1, or -1 and 1; others with `pos_label`, which then is one against the
        rest.
    y_score : array-like of shape (n_samples,)
        Scores of the positive label; finite.
    pos_label : int, float, bool or str, default=None
        The positive label; 1 when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None. Samples of weight zero are left out.

    Returns
    -------
    tns, fps, fns, tps : ndarray of shape (n_thresholds,)
        How many, or their weight: an exact sum, rounded once.
    thresholds : ndarray of shape (n_thresholds,)
        The different scores, descending: predicted positive is what scores at least that.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.confusion_matrix_at_thresholds`` refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import confusion_matrix_at_thresholds
    >>> counts = confusion_matrix_at_thresholds([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> [column.tolist() for column in counts[:4]]
    [[2.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 2.0], [1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 2.0, 2.0]]
    """
    function = "confusion_matrix_at_thresholds"
    parameters.check_pos_label(pos_label, function)
    label = targets.scalar(pos_label)
    try:
        rows, told = ask_scored(
            lambda truth, scores, weights: _arrays.ranking_outcomes(truth, scores, weights, label),
            function,
            y_true,
            y_score,
            sample_weight,
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function, y_true, y_score, pos_label=pos_label, sample_weight=sample_weight
        )
    _check_facts(Facts(*told), function, y_true, label, sample_weight)
    tns, fps, fns, tps, thresholds = rows
    return tns, fps, fns, tps, _as_scores(thresholds, y_score)


def _ask(
    function: str,
    y_true: Any,
    y_score: Any,
    pos_label: Any,
    sample_weight: Any,
    drop_intermediate: Any,
) -> tuple[Floats, Floats, Floats, Facts]:
    """Return a curve and what was seen; refuse what has none."""
    parameters.check_pos_label(pos_label, function)
    parameters.check_flag(drop_intermediate, "drop_intermediate", function)
    label = targets.scalar(pos_label)
    kind = _arrays.CURVES[function.removesuffix("_curve")]
    drop = bool(drop_intermediate)
    try:
        x, y, thresholds, told = ask_scored(
            lambda truth, scores, weights: _arrays.ranking_curve(
                kind, drop, truth, scores, weights, label
            ),
            function,
            y_true,
            y_score,
            sample_weight,
        )
    except OutOfTradeError:
        keywords = {
            "pos_label": pos_label,
            "sample_weight": sample_weight,
            "drop_intermediate": drop_intermediate,
        }
        return (*delegate(function, y_true, y_score, **keywords), _ALL_SEEN)
    facts = Facts(*told)
    _check_facts(facts, function, y_true, label, sample_weight)
    return x, y, thresholds, facts


_ALL_SEEN = Facts(2, True, True, False, False, False)


def _check_facts(
    facts: Facts, function: str, y_true: Any, pos_label: Any, sample_weight: Any
) -> None:
    """Refuse labels of which none is known to be positive, and weights that are all zero."""
    if pos_label is None and not facts.positive_known:
        truth = targets.decoded(targets.coded_target(y_true, "y_true", function), "y_true")
        if facts.labels_seen > 2:
            kind = targets.type_of_target(truth, "y_true")
            raise UnsupportedError(f"{kind} format is not supported")
        classes = ", ".join(map(repr, np.unique(truth).tolist()))
        raise InvalidValueError(
            f"y_true takes value in {{{classes}}} and pos_label is not specified: either make "
            "y_true take value in {0, 1} or {-1, 1} or pass pos_label explicitly."
        )
    if facts.no_positives and facts.no_negatives:
        targets.explain_cancelling(sample_weight, function)


def _as_scores(thresholds: Floats, y_score: Any) -> npt.NDArray[Any]:
    """Return thresholds in the dtype of the scores that they are."""
    dtype = getattr(y_score, "dtype", None)
    if not isinstance(dtype, np.dtype):
        dtype = np.asarray(y_score).dtype if isinstance(y_score, list | tuple) else None
    if dtype is None or dtype.kind not in "biuf" or dtype == np.float64:
        return thresholds
    return thresholds.astype(dtype)
