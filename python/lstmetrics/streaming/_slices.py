"""A batch cut into groups by the core, so that each group's rows lie together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.metrics import _targets as targets

__all__ = ["Key", "Label", "slices_of"]

Array = npt.NDArray[Any]
Label = int | str
Key = tuple[Label, ...]

_TO_ALL = (type(None), str, bool)  # handed to every group as they are


def slices_of(
    columns: Sequence[tuple[str, Any]], arrays: Sequence[Any], named: Mapping[str, Any]
) -> Iterator[tuple[Key, list[Any], dict[str, Any]]]:
    """Yield each group of a batch with its rows of all arguments."""
    labels, places, order, ends = _split(columns)
    keys = [tuple(map(list.__getitem__, labels, key)) for key in places.tolist()]
    rows = [_rows(value, f"argument {i}", order) for i, value in enumerate(arrays)]
    others = {name: _rows(value, name, order) for name, value in named.items()}
    begin = 0
    for key, end in zip(keys, ends.tolist(), strict=True):
        some = [_part(value, begin, end) for value in rows]
        yield key, some, {name: _part(value, begin, end) for name, value in others.items()}
        begin = end


def _split(columns: Sequence[tuple[str, Any]]) -> tuple[list[Any], Array, Array, Array]:
    """Ask the core for labels, groups, rows by group and ends; explain what it refuses."""
    names = [name for name, _ in columns]
    found = [targets.coded_target(value, name, "Grouped.update") for name, value in columns]
    try:
        return _arrays.slices(found, names)
    except (InvalidTypeError, InvalidValueError, ShapeError) as error:
        for name, column in zip(names, found, strict=True):
            _check(column, name)
        if isinstance(error, InvalidTypeError):
            raise InvalidTypeError(f"groups must hold integers or text: {error}") from None
        raise


def _check(column: Any, name: str) -> None:
    """Refuse what the core refuses in other words."""
    if not isinstance(column, np.ndarray):
        return
    if column.ndim != 1:
        raise ShapeError(f"{name} must have one dimension, got {column.ndim}")
    if column.dtype.kind == "f":
        targets.check_finite(column, name)
        if (column != column.astype(np.int64)).any():
            raise InvalidValueError(f"{name} must hold integers or text, got {column.dtype}")
    if column.dtype.kind not in "biufOU":
        raise InvalidTypeError(f"{name} must hold integers or text, got {column.dtype}")


def _rows(value: Any, name: str, order: Array) -> Any:
    """Return the rows of an argument in the order of the groups."""
    if isinstance(value, _TO_ALL):
        return value
    if not hasattr(value, "__len__"):
        raise InvalidTypeError(
            f"Grouped.update: {name} is {value!r}, which stands for the whole batch and cannot be "
            "split by group"
        )
    nested = isinstance(value, list | tuple) and len(value) and isinstance(value[0], list | tuple)
    if nested and not isinstance(value[0][0] if value[0] else None, int | float):
        rows = np.fromiter(value, object, len(value))  # sequences of a length of their own
    else:
        rows = targets.array_like(value, name, "Grouped.update")
    if rows.ndim == 0 or len(rows) != len(order):
        raise ShapeError(
            f"Found input variables with inconsistent numbers of samples: {name} has "
            f"{len(rows) if rows.ndim else 'no'} rows, the groups {len(order)}"
        )
    ordered = rows[order]
    return ordered.tolist() if nested and rows.dtype == object else ordered


def _part(value: Any, begin: int, end: int) -> Any:
    return value if isinstance(value, _TO_ALL) else value[begin:end]
