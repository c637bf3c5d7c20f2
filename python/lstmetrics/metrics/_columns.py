"""Columns and tensors of other libraries on their way in, as they lie.

pandas, polars, pyarrow and all that exports Arrow's capsules or DLPack are read by the core,
without importing them: numbers become numpy arrays over the same memory, nulls are refused by
index. What numpy cannot hold stays a :class:`lstmetrics._core.Column`: labels that are codes of a
dictionary, as categories and text come, and bfloat16.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics._core import Column
from lstmetrics.errors import InvalidValueError

__all__ = ["Column", "as_array", "as_column", "decoded"]

Array = npt.NDArray[Any]

_PROTOCOLS = ("__arrow_c_stream__", "__arrow_c_array__", "__dlpack__")


def as_column(value: Any, parameter: str) -> Any:
    """Return a column or tensor as a numpy array or a Column; anything else as it is."""
    if type(value) is list:
        read = Column.of_list(value)
        return value if read is None else _plain(read)
    if isinstance(value, np.ndarray | list | tuple):
        return value
    if type(value).__module__.partition(".")[0] == "pandas":
        return _of_pandas(value, parameter)
    if not any(hasattr(value, name) for name in _PROTOCOLS):
        return value
    if _columns(value) != 1 and not hasattr(value, "__dlpack__"):
        return np.asarray(value)
    if hasattr(value, "resolve_neg"):
        value = value.resolve_neg()  # torch exports memory that waits for a change of sign
    return _plain(Column(value, parameter))


def as_array(value: Any, parameter: str) -> Any:
    """Return a column or tensor as a numpy array, decoded or widened; anything else as it is."""
    if isinstance(value, list) and value and isinstance(value[0], str):
        return value  # text that is wanted as an array is numpy's to make
    column = as_column(value, parameter)
    if not isinstance(column, Column):
        return column
    return decoded(column, parameter) if column.has_labels else _widened(column)


def decoded(column: Array | Column, parameter: str) -> Array:
    """Return labels as an array: of integers, or of objects that are text."""
    if not isinstance(column, Column):
        return column
    labels = column.labels
    kind = object if isinstance((labels or [0])[0], str) else np.int64
    array: Array = np.array(labels, kind)[np.asarray(column.codes(parameter))]
    return array


def _plain(column: Column) -> Array | Column:
    return np.asarray(column) if column.has_buffer else column


def _widened(column: Column) -> Array:
    """Return bfloat16 as float32, whose upper half it is."""
    bits = np.asarray(column.bits)
    return (bits.astype(np.uint32) << np.uint32(16)).view(np.float32)


def _columns(value: Any) -> int:
    """How many columns a table has; 1 for all that is no table."""
    shape = getattr(value, "shape", None)
    return shape[1] if isinstance(shape, tuple) and len(shape) == 2 else 1


def _of_pandas(value: Any, parameter: str) -> Any:
    if getattr(value, "ndim", 1) == 2:
        return _of_frame(value, parameter)
    dtype = getattr(value, "dtype", None)
    if dtype is None or isinstance(dtype, np.dtype):
        return np.asarray(value) if dtype is not None else value
    held = getattr(value, "array", value)
    if hasattr(dtype, "categories"):
        if held.categories.inferred_type not in ("string", "integer"):
            return np.asarray(value)
        return Column.coded(held.codes, held.categories.tolist(), parameter)
    if hasattr(dtype, "pyarrow_dtype") or getattr(dtype, "storage", None) == "pyarrow":
        return _plain(Column(held.__arrow_array__(), parameter))
    if hasattr(dtype, "numpy_dtype"):
        _refuse_missing(np.asarray(value.isna()), parameter)
        return np.asarray(held.to_numpy(dtype=dtype.numpy_dtype))
    return np.asarray(value)


def _of_frame(frame: Any, parameter: str) -> Any:
    if frame.shape[1] == 1:
        return _of_pandas(frame.iloc[:, 0], parameter)
    if all(isinstance(dtype, np.dtype) for dtype in frame.dtypes):
        return np.asarray(frame)
    _refuse_missing(np.asarray(frame.isna().any(axis=1)), parameter)
    columns = [as_array(frame.iloc[:, i], parameter) for i in range(frame.shape[1])]
    return np.column_stack(columns)


def _refuse_missing(missing: npt.NDArray[np.bool_], parameter: str) -> None:
    if missing.any():
        raise InvalidValueError(
            f"{parameter}[{missing.argmax()}] is null: drop or fill missing values first"
        )
