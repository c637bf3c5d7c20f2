"""Accuracy and the confusion matrix, with scikit-learn's signatures, values and warnings."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._asking import ask

__all__ = ["accuracy_score", "confusion_matrix"]


def accuracy_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Fraction of samples whose predicted label is the true one.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels: integers, booleans, floats with integral values, or text.
    y_pred : array-like of shape (n_samples,)
        Predicted labels, of the same kind.
    normalize : bool, default=True
        Whether to divide by the number (or weight) of samples.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    float
        ``sum(w[y_true == y_pred]) / sum(w)``, the correctly rounded quotient when there are no
        weights; or its numerator when `normalize` is False.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.accuracy_score`` refuses, in the same words.

    Notes
    -----
    High accuracy on imbalanced classes says little: see :func:`recall_score` per label.

    Examples
    --------
    >>> from lstmetrics.metrics import accuracy_score
    >>> accuracy_score(["spam", "ham", "ham", "spam"], ["spam", "ham", "spam", "spam"])
    0.75
    >>> accuracy_score([0, 1, 2, 3], [0, 2, 1, 3], normalize=False)
    2.0
    """
    function = "accuracy_score"
    if normalize is not True and normalize is not False:
        parameters.check_flag(normalize, "normalize", function)
        normalize = bool(normalize)
    value, weights_cancel = ask(
        _arrays.accuracy, function, y_true, y_pred, sample_weight, normalize
    )
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
        if normalize:
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return value  # type: ignore[no-any-return]


def confusion_matrix(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    normalize: str | None = None,
) -> npt.NDArray[Any]:
    """Count how often each true label was predicted as each label.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    labels : array-like of shape (n_labels,), default=None
        Which labels, and in which order; all that occur, sorted, when None. Samples with another
        label are left out.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    normalize : {'true', 'pred', 'all'}, default=None
        Divide by the totals of the true labels (rows), of the predicted ones (columns), or of all.

    Returns
    -------
    ndarray of shape (n_labels, n_labels)
        Row i, column j: samples of label i predicted as j. int64 without weights or with integer
        ones, else float64; a cell over a total of zero is 0.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.confusion_matrix`` refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import confusion_matrix
    >>> confusion_matrix(["cat", "ant", "cat"], ["ant", "ant", "cat"])
    array([[1, 0],
           [1, 1]])
    """
    function = "confusion_matrix"
    parameters.check_normalize(normalize, function)
    wanted = targets.labels_argument(labels, function)
    weights = targets.weights(sample_weight, function)
    matrix, any_true, weights_cancel = ask(
        _arrays.confusion_matrix,
        function,
        y_true,
        y_pred,
        weights,
        wanted,
        _arrays.NORMALIZATIONS[normalize],
        weights is None and normalize is None,
    )
    if weights_cancel:
        targets.explain_cancelling(weights, function)
    if wanted is not None and not any_true:
        if not wanted:
            raise InvalidValueError("'labels' should contain at least one label.")
        raise InvalidValueError("At least one label specified must be in y_true")
    if len(matrix) == 1:
        warn(
            "A single label was found in 'y_true' and 'y_pred'. For the confusion matrix to have "
            "the correct shape, use the 'labels' parameter to pass all known labels."
        )
    if weights is not None and weights.dtype.kind in "biu" and normalize is None:
        return matrix.astype(np.int64)  # type: ignore[no-any-return]
    return matrix  # type: ignore[no-any-return]
