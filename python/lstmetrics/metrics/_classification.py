"""Accuracy, errors and confusion matrices, with scikit-learn's signatures, values and warnings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._asking import ask
from lstmetrics.metrics._delegation import OutOfTradeError, delegate
from lstmetrics.metrics._multilabel import OF_SAMPLES, sample_matrices

__all__ = [
    "accuracy_score",
    "check_selected",
    "confusion_matrix",
    "hamming_loss",
    "multilabel_confusion_matrix",
    "warn_single_label",
    "zero_one_loss",
]


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
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
    normalize : bool, default=True
        Whether to divide by the number (or weight) of samples.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    float
        ``sum(w[y_true == y_pred]) / sum(w)``, the correctly rounded quotient when there are no
        weights, a sample of an indicator being right when all its labels are; or its numerator when
        `normalize` is False.

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
    try:
        return _fraction(
            _arrays.accuracy, "accuracy_score", y_true, y_pred, normalize, sample_weight
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            "accuracy_score", y_true, y_pred, normalize=normalize, sample_weight=sample_weight
        )


def zero_one_loss(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Fraction of samples whose predicted label is not the true one.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
    normalize : bool, default=True
        Whether to divide by the number (or weight) of samples.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    float
        ``sum(w[y_true != y_pred]) / sum(w)``, the correctly rounded quotient when there are no
        weights, where scikit-learn rounds twice (``1 - accuracy``); or its numerator when
        `normalize` is False.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.zero_one_loss`` refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import zero_one_loss
    >>> zero_one_loss([1, 2, 3, 4], [2, 2, 3, 4])
    0.25
    >>> zero_one_loss([1, 2, 3, 4], [2, 2, 3, 4], normalize=False)
    1.0
    """
    try:
        return _fraction(
            _arrays.error_rate, "zero_one_loss", y_true, y_pred, normalize, sample_weight
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            "zero_one_loss", y_true, y_pred, normalize=normalize, sample_weight=sample_weight
        )


def hamming_loss(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Fraction of labels that are predicted wrong: of one label each, the zero-one loss.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    float
        ``sum(w[y_true != y_pred]) / sum(w)``, of indicators over the number of labels too; the
        correctly rounded quotient when there are no weights.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.hamming_loss`` refuses, in the same words, and for multilabel
        targets.

    References
    ----------
    G. Tsoumakas, I. Katakis, "Multi-label classification: an overview", International Journal of
    Data Warehousing and Mining 3(3), 2007.

    Examples
    --------
    >>> from lstmetrics.metrics import hamming_loss
    >>> hamming_loss([2, 2, 3, 4], [1, 2, 3, 4])
    0.25
    """
    try:
        return _fraction(_arrays.error_rate, "hamming_loss", y_true, y_pred, True, sample_weight)
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            "hamming_loss", y_true, y_pred, sample_weight=sample_weight
        )


def _fraction(
    verb: Callable[..., Any],
    function: str,
    y_true: Any,
    y_pred: Any,
    normalize: bool,
    sample_weight: Any,
) -> float:
    if normalize is not True and normalize is not False:
        parameters.check_flag(normalize, "normalize", function)
        normalize = bool(normalize)
    value, weights_cancel = ask(verb, function, y_true, y_pred, sample_weight, normalize)
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
    CountOverflowError
        If integer weights of a cell add up to more than 64 bits hold.

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
    whole = normalize is None and (weights is None or weights.dtype.kind in "biu")
    first, rest = _as_doubles(weights)
    try:
        matrix, any_true, weights_cancel = ask(
            _arrays.confusion_matrix,
            function,
            y_true,
            y_pred,
            first,
            rest,
            wanted,
            _arrays.NORMALIZATIONS[normalize],
            whole,
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_pred,
            labels=labels,
            sample_weight=sample_weight,
            normalize=normalize,
        )
    if weights_cancel:
        targets.explain_cancelling(weights, function)
    check_selected(wanted, any_true)
    warn_single_label(len(matrix))
    return matrix  # type: ignore[no-any-return]


def _as_doubles(
    weights: npt.NDArray[Any] | None,
) -> tuple[npt.NDArray[Any] | None, npt.NDArray[Any] | None]:
    """Split integers that doubles do not hold into two parts that they do."""
    if weights is None or weights.dtype.kind not in "iu" or weights.dtype.itemsize < 8:
        return weights, None
    if not weights.size or max(int(weights.max()), -int(weights.min())) <= 2**53:
        return weights, None
    rest = weights & weights.dtype.type(2**32 - 1)
    return weights - rest, rest


def check_selected(wanted: list[Any] | None, any_true: bool) -> None:
    """Refuse `labels` of which none is ever true."""
    if wanted is not None and not any_true:
        if not wanted:
            raise InvalidValueError("'labels' should contain at least one label.")
        raise InvalidValueError("At least one label specified must be in y_true")


def warn_single_label(labels: int) -> None:
    """Warn of a confusion matrix with one cell, which everything built on it does too."""
    if labels == 1:
        warn(
            "A single label was found in 'y_true' and 'y_pred'. For the confusion matrix to have "
            "the correct shape, use the 'labels' parameter to pass all known labels."
        )


def multilabel_confusion_matrix(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
    samplewise: bool = False,
) -> npt.NDArray[Any]:
    """Count, for each label against the rest, how often it is true and predicted.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    labels : array-like of shape (n_labels,), default=None
        Which labels, and in which order, of indicators by their column; all that occur, sorted,
        when None. A label that does not occur has true negatives alone.
    samplewise : bool, default=False
        Of indicators: a matrix for each sample instead, times its weight.

    Returns
    -------
    ndarray of shape (n_labels, 2, 2), or (n_samples, 2, 2)
        ``[[tn, fp], [fn, tp]]`` for each label: int64, or float64 with weights (and, as in
        scikit-learn, of single labels when no sample at all is right).

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.multilabel_confusion_matrix`` refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import multilabel_confusion_matrix
    >>> multilabel_confusion_matrix(["cat", "ant", "cat"], ["ant", "ant", "cat"], labels=["cat"])
    array([[[1, 0],
            [1, 1]]])
    """
    function = "multilabel_confusion_matrix"
    parameters.check_flag(samplewise, "samplewise", function)
    try:
        matrices, weights_cancel = ask(
            _arrays.one_against_rest,
            function,
            y_true,
            y_pred,
            sample_weight,
            targets.labels_argument(labels, function),
            multilabel=sample_matrices if samplewise else None,
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_pred,
            sample_weight=sample_weight,
            labels=labels,
            samplewise=samplewise,
        )
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    if samplewise and weights_cancel is not OF_SAMPLES:
        raise InvalidValueError(
            "Samplewise metrics are not available outside of multilabel classification."
        )
    return matrices  # type: ignore[no-any-return]
