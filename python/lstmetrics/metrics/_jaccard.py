"""The Jaccard index, with scikit-learn's signature, values and warnings."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._asking import ask
from lstmetrics.metrics._delegation import OutOfTradeError, delegate
from lstmetrics.metrics._label_scores import check_positive, check_unused_arguments, warn_undefined

__all__ = ["JACCARD_UNDEFINED", "jaccard_score"]

JACCARD_UNDEFINED = 1 << 3  # the bit for warn_undefined


def jaccard_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    pos_label: float | str | bool | None = 1,
    average: str | None = "binary",
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | str = "warn",
) -> float | npt.NDArray[np.float64]:
    """Of the samples that have a label or are predicted to, the fraction of which both is true.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
    labels : array-like of shape (n_labels,), default=None
        Which labels to score, of indicators by their column; all that occur when None.
    pos_label : int, float, bool, str or None, default=1
        The label to score when ``average='binary'``.
    average : {'binary', 'micro', 'macro', 'weighted', 'samples'} or None, default='binary'
        None gives every label its own; 'micro' adds up the counts first; 'macro' takes the mean
        over labels; 'weighted' weighs it by the true samples of each; 'samples', of indicators,
        takes the mean over samples of what each one's labels score.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    zero_division : {"warn", 0.0, 1.0}, default="warn"
        The value of a ratio over zero. "warn" gives 0 and warns.

    Returns
    -------
    float, or ndarray of shape (n_labels,) when `average` is None
        ``tp / (tp + fp + fn)``; the correctly rounded quotient for a single label without weights.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.jaccard_score`` refuses, in the same words, and for multilabel
        targets.

    References
    ----------
    P. Jaccard, "The distribution of the flora in the alpine zone", New Phytologist 11, 1912.

    Examples
    --------
    >>> from lstmetrics.metrics import jaccard_score
    >>> jaccard_score([0, 1, 1], [1, 1, 1])
    0.6666666666666666
    >>> jaccard_score([0, 1, 2, 2], [0, 2, 1, 2], average=None)
    array([1.        , 0.        , 0.33333333])
    """
    function = "jaccard_score"
    parameters.check_average(average, function)
    parameters.check_pos_label(pos_label, function)
    binary = average == "binary"
    try:
        score, facts = ask(
            _arrays.jaccard,
            function,
            y_true,
            y_pred,
            sample_weight,
            targets.labels_argument(labels, function),
            targets.scalar(pos_label),
            binary,
            _arrays.AVERAGES[average],
            parameters.zero_division_value(zero_division, function, nan=False),
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_pred,
            labels=labels,
            pos_label=pos_label,
            average=average,
            sample_weight=sample_weight,
            zero_division=zero_division,
        )
    undefined, entries, labels_seen, pos_label_seen, weights_cancel = facts
    if not binary:
        check_unused_arguments(average, pos_label)
    elif labels_seen != 2 or not pos_label_seen:
        check_positive(pos_label, facts, y_true, y_pred)
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    if undefined and isinstance(zero_division, str):
        warn_undefined(JACCARD_UNDEFINED, entries, ("jaccard",), average)
    return score  # type: ignore[no-any-return]
