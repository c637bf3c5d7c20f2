"""Losses of predicted probabilities, with scikit-learn's names, signatures and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets

__all__ = [
    "log_loss",
    "probability_array",
    "probability_metric",
    "refuse_cancelling",
    "renamed",
]

Array = npt.NDArray[Any]


def log_loss(
    y_true: npt.ArrayLike,
    y_proba: npt.ArrayLike | None = None,
    *,
    normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
    y_pred: npt.ArrayLike | str = "deprecated",
) -> float:
    """Mean negative logarithm of the probability given to the true label.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels; or indicators, 1 where a sample has a label, else 0.
    y_proba : array-like of shape (n_samples, n_labels) or (n_samples,)
        Predicted probabilities, columns in the order of the sorted labels; or those of the greater
        of two labels. Clipped to ``[eps, 1 - eps]``, eps being that of their dtype.
    normalize : bool, default=True
        Whether to divide by the number (or weight) of samples.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    labels : array-like of shape (n_labels,), default=None
        All labels there are; those in `y_true` when None.
    y_pred : array-like
        The former name of `y_proba`; deprecated.

    Returns
    -------
    float
        ``sum(w * -log(p[true label])) / sum(w)`` in nats, both sums exact; or the first of them
        when `normalize` is False. Of indicators the loss of a sample is the sum over the labels
        it has.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.log_loss`` refuses, in the same words.

    References
    ----------
    C. M. Bishop, *Pattern Recognition and Machine Learning*, Springer, 2006, p. 209.

    Examples
    --------
    >>> from lstmetrics.metrics import log_loss
    >>> round(log_loss(["spam", "ham", "ham", "spam"], [0.9, 0.1, 0.2, 0.65]), 5)
    0.21616
    """
    function = "log_loss"
    parameters.check_flag(normalize, "normalize", function)
    return probability_metric(
        "log_loss" if normalize else "total_log_loss",
        function,
        y_true,
        probability_array(renamed(y_proba, y_pred), function),
        sample_weight,
        labels,
        divides=bool(normalize),
    )


def probability_metric(
    metric: str,
    function: str,
    y_true: Any,
    probabilities: Array,
    sample_weight: Any,
    labels: Any,
    *,
    divides: bool = True,
) -> float:
    """Ask the core for a metric of probabilities of each label; refuse and warn as scikit-learn."""
    truth = targets.coded_target(y_true, "y_true", function)
    weights = targets.weights(sample_weight, function)
    wanted = targets.labels_argument(labels, function)
    code = _arrays.PROBABILITY_METRICS[metric]
    try:
        value, sums_to_one, weights_cancel = (
            _arrays.indicator_metric(code, truth, probabilities, weights)
            if wanted is None and isinstance(truth, np.ndarray) and truth.ndim == 2
            else _arrays.probability_metric(code, truth, probabilities, weights, wanted)
        )
    except (InvalidValueError, InvalidTypeError) as error:
        said = targets.said_by(
            lambda: _refuse_input(targets.decoded(truth, "y_true"), probabilities, weights, wanted)
        )
        raise (said or error) from None
    if weights_cancel:
        refuse_cancelling(weights, function, divides)
    if wanted is not None:
        _warn_of_order(wanted, labels)
    if not sums_to_one:
        warn("The y_prob values do not sum to one. Make sure to pass probabilities.")
    return value


def refuse_cancelling(weights: Array | None, function: str, divides: bool) -> None:
    """Refuse weights that are all zero and, where they divide, those that add up to it."""
    targets.explain_cancelling(weights, function)
    if divides:
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")


def renamed(y_proba: Any, y_pred: Any) -> Any:
    """Return the probabilities under their present or, with a warning, their former name."""
    if isinstance(y_pred, str) and y_pred == "deprecated":
        return y_proba
    if y_proba is not None:
        raise InvalidValueError(
            "Cannot use both `y_pred` and `y_proba`. `y_pred` is deprecated, use `y_proba` instead."
        )
    warn(
        "`y_pred` was renamed to `y_proba` in version 1.9 and will be removed in 1.11. Use "
        "`y_proba` instead.",
        FutureWarning,
    )
    return y_pred


def probability_array(value: Any, function: str, parameter: str = "y_proba") -> Array:
    """Return probabilities as floats of at most 64 bits, of one or two dimensions."""
    array = targets.array_like(value, parameter, function)
    if array.ndim == 0:
        raise InvalidValueError(
            f"Expected 2D array, got scalar array instead:\narray={array}.\nReshape your data "
            "either using array.reshape(-1, 1) if your data has a single feature or "
            "array.reshape(1, -1) if it contains a single sample."
        )
    if array.ndim > 2:
        raise ShapeError(f"Found array with dim {array.ndim}, while dim <= 2 is required.")
    if array.dtype.kind in "biu" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
        return array.astype(np.float64)
    if array.dtype.kind in "OU":
        try:
            return array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise InvalidValueError(f"{parameter} must hold numbers: {error}") from None
    return array


def _warn_of_order(wanted: Sequence[Any], labels: Any) -> None:
    ordered = sorted(set(wanted))
    if list(wanted) != ordered:
        warn(
            f"Labels passed were {labels}. But this function assumes labels are ordered "
            f"lexicographically. Pass the ordered labels={ordered} and ensure that the columns of "
            "y_prob correspond to this ordering."
        )


def _refuse_input(
    truth: Array, probabilities: Array, weights: Array | None, wanted: Sequence[Any] | None
) -> None:
    targets.check_usable(probabilities)
    if probabilities.max() > 1:
        raise InvalidValueError(f"y_prob contains values greater than 1: {probabilities.max()}")
    if probabilities.min() < 0:
        raise InvalidValueError(f"y_prob contains values lower than 0: {probabilities.min()}")
    targets.check_lengths(probabilities, truth, weights)
    if weights is not None:
        targets.explain_weights(weights, len(truth))
    kind = targets.type_of_target(truth, "y")
    if "multioutput" in kind and wanted is None:
        raise InvalidValueError("Multioutput target data is not supported with label binarization")
    if kind == "multilabel-indicator":
        _refuse_indicators(truth, probabilities, wanted)
        return
    if kind not in ("binary", "multiclass"):
        raise InvalidValueError(f"Unknown label type: {(truth,)!r}")
    _refuse_classes(truth, probabilities, wanted)


def _refuse_indicators(truth: Array, probabilities: Array, wanted: Sequence[Any] | None) -> None:
    if wanted is not None:
        if len(set(wanted)) < 2:
            raise InvalidValueError(
                f"The labels array needs to contain at least two labels, got {np.unique(wanted)}."
            )
        raise InvalidValueError("The object was not fitted with multilabel input.")
    columns = max(probabilities.shape[1] if probabilities.ndim == 2 else 1, 2)
    if truth.shape[1] != columns:
        raise InvalidValueError(
            "y_true and y_prob contain different number of classes: "
            f"{truth.shape[1]} vs {columns}. Please provide the true labels explicitly through the "
            f"labels argument. Classes found in y_true: {np.arange(truth.shape[1])}"
        )


def _refuse_classes(truth: Array, probabilities: Array, wanted: Sequence[Any] | None) -> None:
    columns = probabilities.shape[1] if probabilities.ndim == 2 else 1
    columns = max(columns, 2)
    if wanted is not None:
        unknown = set(truth.tolist()) - set(wanted)
        if unknown:
            raise InvalidValueError(
                f"y_true contains values {unknown} not belonging to the passed labels {wanted}."
            )
    classes = np.unique(truth if wanted is None else np.asarray(wanted))
    if len(classes) < 2:
        raise InvalidValueError(
            f"y_true contains only one label ({classes[0]}). Please provide the list of all "
            "expected class labels explicitly through the labels argument."
            if wanted is None
            else f"The labels array needs to contain at least two labels, got {classes}."
        )
    if len(classes) != columns:
        raise InvalidValueError(
            f"y_true and y_prob contain different number of classes: {len(classes)} vs {columns}. "
            "Please provide the true labels explicitly through the labels argument. Classes found "
            f"in y_true: {classes}"
            if wanted is None
            else "The number of classes in labels is different from that in y_prob. Classes found "
            f"in labels: {classes}"
        )
