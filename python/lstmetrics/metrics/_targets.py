"""Class labels, weights and scores on their way in, and why some are refused.

The path every good call takes is short: an array goes to the core as it is. Only when the core
refuses does :func:`explained` look at the input as scikit-learn does and say, in its words, what is
wrong; so nothing is computed twice and both libraries refuse alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import (
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    ShapeError,
    UnsupportedError,
)
from lstmetrics.metrics._columns import Column, as_array, as_column, decoded
from lstmetrics.metrics._delegation import OutOfTradeError

__all__ = [
    "Column",
    "array_like",
    "at_most_double",
    "check_finite",
    "check_lengths",
    "check_usable",
    "coded_target",
    "declared_labels",
    "decoded",
    "explain_cancelling",
    "explain_weights",
    "explained",
    "indicator",
    "labels_argument",
    "present_labels",
    "refuse_targets",
    "said_by",
    "scalar",
    "target",
    "type_of_target",
    "weights",
]

Array = npt.NDArray[Any]


def array_like(value: Any, parameter: str, function: str, also: str = "") -> Array:
    """Return `value` as an array in this machine's byte order; refuse what is not an array."""
    if not isinstance(value, np.ndarray):
        value = as_array(value, parameter)
    if not isinstance(value, np.ndarray):
        if hasattr(value, "tocsr"):
            raise OutOfTradeError(f"{function}: {parameter} is sparse, which is not supported")
        if isinstance(value, str | bytes) or not (
            hasattr(value, "__len__") or hasattr(value, "shape") or hasattr(value, "__array__")
        ):
            raise InvalidParameterError(
                f"The {parameter!r} parameter of {function} must be an array-like{also}. "
                f"Got {value!r} instead."
            )
        value = _converted(value, parameter)
    array: Array = value
    if array.dtype.kind == "c":
        raise InvalidValueError(f"Complex data not supported\n{array}\n")
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def _converted(value: Any, parameter: str) -> Array:
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ShapeError(f"{parameter} is not a rectangular array: {error}") from None


def target(value: Any, parameter: str, function: str) -> Array:
    """Return class labels as an array of one dimension where they are one."""
    if type(value) is np.ndarray and value.ndim == 1 and value.dtype.isnative:
        array = value
    else:
        array = _target_array(value, parameter, function)
        if array.ndim == 0:
            raise InvalidTypeError(
                "Input should have at least 1 dimension i.e. satisfy `len(x.shape) > 0`, "
                f"got scalar `{value!r}` instead."
            )
        if array.ndim == 2 and array.shape[1] == 1:
            array = array[:, 0]
    kind = array.dtype.kind
    if kind == "f":
        return at_most_double(array)
    return _fixed_width(array) if kind == "T" else array


def _fixed_width(array: Array) -> Array:
    """Return text of any length as what has a buffer; missing text, and long one, as objects."""
    longest = 0 if hasattr(array.dtype, "na_object") else np.strings.str_len(array).max(initial=1)
    return array.astype(f"U{longest}" if 0 < longest <= 64 else object)


def coded_target(value: Any, parameter: str, function: str) -> Array | Column:
    """Return class labels as :func:`target` does; codes of a dictionary stay codes."""
    if type(value) is np.ndarray:
        return target(value, parameter, function)
    column = as_column(value, parameter)
    if isinstance(column, Column) and column.has_labels:
        return column
    return target(value if isinstance(column, Column) else column, parameter, function)


def indicator(value: Any, parameter: str, function: str) -> Array:
    """Return an indicator: an array of numbers, of two dimensions."""
    array = array_like(value, parameter, function)
    if array.ndim != 2:
        raise ShapeError(
            f"{parameter} must have two dimensions, samples and labels, got {array.ndim}"
        )
    return at_most_double(array) if array.dtype.kind == "f" else array


def _target_array(value: Any, parameter: str, function: str) -> Array:
    try:
        return array_like(value, parameter, function, " or a sparse array or matrix")
    except ShapeError:
        _refuse_legacy(next(iter(value), None))
        raise


def _refuse_legacy(first: Any) -> None:
    """Refuse sequences of the labels of each sample."""
    if isinstance(first, Sequence) and not isinstance(first, str | bytes):
        raise InvalidValueError(
            "You appear to be using a legacy multi-label data representation. Sequence of "
            "sequences are no longer supported; use a binary array or sparse matrix instead - "
            "the MultiLabelBinarizer transformer can convert to this format."
        )


def weights(value: Any, function: str) -> Array | None:
    """Return sample weights as a numeric array; None stays None."""
    if value is None:
        return None
    array = array_like(value, "sample_weight", function, " or None")
    if array.dtype.kind == "O":
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise InvalidTypeError(f"sample_weight must hold numbers: {error}") from None
    if array.dtype.kind not in "biuf":
        raise InvalidTypeError(f"sample_weight must hold numbers, got dtype {array.dtype}")
    return at_most_double(array) if array.dtype.kind == "f" else array


def at_most_double(array: Array) -> Array:
    """Round extended precision, which the core does not read."""
    return array if array.dtype.itemsize <= 8 else array.astype(np.float64)


def labels_argument(value: Any, function: str) -> list[Any] | None:
    """Return the `labels` argument as a list of Python scalars; None stays None."""
    if value is None:
        return None
    array = array_like(value, "labels", function, " or None")
    if array.ndim != 1:
        raise ShapeError(f"labels must have one dimension, got {array.ndim}")
    return list(array.tolist())


def declared_labels(value: Any, function: str) -> list[Any] | None:
    """Return labels as a list of Python scalars, each of the kind it was given as."""
    if isinstance(value, list | tuple | range):
        # Not by way of an array: numpy would turn ["a", 1] into text.
        return list(map(scalar, value))
    return labels_argument(value, function)


def scalar(value: Any) -> Any:
    """Return a numpy scalar as Python's own; anything else as it is."""
    return value.item() if isinstance(value, np.generic) else value


def check_lengths(*arrays: Array | None) -> None:
    """Refuse arrays with different numbers of rows."""
    lengths = [len(array) for array in arrays if array is not None]
    if len(set(lengths)) > 1:
        raise ShapeError(f"Found input variables with inconsistent numbers of samples: {lengths}")


def _is_multilabel(array: Array) -> bool:
    if array.ndim != 2 or array.shape[1] < 2:
        return False
    values = np.unique(array)
    return len(values) < 3 and (
        array.dtype.kind in "biu" or (array.dtype.kind == "f" and _all_integral(values))
    )


def _all_integral(array: Array) -> bool:
    with np.errstate(invalid="ignore"):
        return bool((array.astype(np.int64).astype(array.dtype) == array).all())


def type_of_target(array: Array, parameter: str) -> str:
    """Name the kind of target, as ``sklearn.utils.multiclass.type_of_target`` does."""
    if _is_multilabel(array):
        return "multilabel-indicator"
    first = array.flat[0] if array.size else None
    if isinstance(first, bytes):
        raise InvalidTypeError(
            "Support for labels represented as bytes is not supported. Convert the labels to a "
            "string or integer format."
        )
    _refuse_legacy(first)
    if array.ndim == 1 and not array.size:
        return "binary"
    if array.ndim not in (1, 2) or not array.size:
        return "unknown"
    if array.dtype.kind == "O" and not isinstance(first, str):
        return "unknown"
    suffix = "-multioutput" if array.ndim == 2 and array.shape[1] > 1 else ""
    if array.dtype.kind == "f" and not _all_integral(array):
        check_finite(array, parameter)
        return "continuous" + suffix
    many = bool(suffix) or len(np.unique(array)) > 2
    return ("multiclass" if many else "binary") + suffix


def check_finite(array: Array, name: str) -> None:
    """Refuse NaN and infinities in floats, in scikit-learn's words."""
    if array.dtype.kind != "f" or np.isfinite(array).all():
        return
    label = f"Input {name}" if name else "Input"
    if np.isnan(array).any():
        raise InvalidValueError(f"{label} contains NaN.")
    raise InvalidValueError(f"{label} contains infinity or a value too large for {array.dtype!r}.")


def check_usable(array: Array) -> None:
    """Refuse NaN, infinities, and no rows at all, in scikit-learn's words."""
    check_finite(array, "")
    if not len(array):
        raise InvalidValueError(
            f"Found array with 0 sample(s) (shape={array.shape}) while a minimum of 1 is required."
        )


def explain_weights(sample_weight: Array, rows: int) -> None:
    """Refuse weights that cannot be used, in scikit-learn's words."""
    check_finite(sample_weight, "sample_weight")
    if sample_weight.ndim != 1:
        raise ShapeError(
            f"Sample weights must be 1D array or scalar, got {sample_weight.ndim}D array. "
            f"Expected either a scalar value or a 1D array of length {rows}."
        )
    if not sample_weight.any():
        raise InvalidValueError("Sample weights must contain at least one non-zero number.")


def explain_cancelling(sample_weight: Any, function: str) -> None:
    """Refuse weights that are all zero; let pass those that only add up to it."""
    array = weights(sample_weight, function)
    if array is not None:
        explain_weights(array, len(array))


def explained(
    cause: Exception,
    y_true: Array | Column,
    y_pred: Array | Column,
    sample_weight: Array | None = None,
) -> Exception:
    """Return what scikit-learn says of targets that the core refused; else the core's own error."""

    def refuse() -> None:
        truth, predicted = decoded(y_true, "y_true"), decoded(y_pred, "y_pred")
        refuse_targets(truth, predicted, sample_weight)

    return said_by(refuse) or cause


def said_by(refuse: Callable[[], None]) -> Exception | None:
    """Return the error of ours that a function raises.

    None where it raises none, or cannot look at the input: objects need not be comparable.
    """
    try:
        refuse()
    except LstmetricsError as error:
        return error.with_traceback(None)
    except TypeError:
        return None
    return None


def refuse_targets(
    y_true: Array, y_pred: Array, sample_weight: Array | None, *, multilabel: bool = False
) -> None:
    """Raise what scikit-learn says of targets that it does not take, indicators only if told to."""
    check_lengths(y_true, y_pred, sample_weight)
    kinds = [type_of_target(y_true, "y_true"), type_of_target(y_pred, "y_pred")]
    if not (len(y_true) and len(y_pred)):
        raise InvalidValueError(
            "Found empty input array (e.g., `y_true` or `y_pred`) while a minimum of 1 sample is "
            "required."
        )
    if sample_weight is not None:
        explain_weights(sample_weight, len(y_true))
    classes = ("binary", "multiclass")
    if kinds[0] != kinds[1] and not all(kind in classes for kind in kinds):
        raise InvalidValueError(
            f"Classification metrics can't handle a mix of {kinds[0]} and {kinds[1]} targets"
        )
    indicators = kinds[0] == "multilabel-indicator"
    if indicators and y_true.shape[1] != y_pred.shape[1]:
        raise ShapeError("Multi-label binary indicator input with different numbers of labels")
    if indicators and multilabel:
        return
    if kinds[0] not in classes:
        raise UnsupportedError(f"{kinds[0]} is not supported")
    if (y_true.dtype.kind in "UO") != (y_pred.dtype.kind in "UO"):
        raise InvalidValueError(
            "Mix of label input types (string and number); Got "
            f"{np.unique(y_true)} and {np.unique(y_pred)}."
        )


def present_labels(y_true: Array, y_pred: Array) -> Array:
    """Return every label seen, sorted, for messages."""
    return np.unique(np.concatenate([np.unique(y_true), np.unique(y_pred)]))
