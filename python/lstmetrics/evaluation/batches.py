"""Data as a stream of batches, whether it came as arrays or as an iterable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from lstmetrics.errors import InvalidTypeError, ShapeError

__all__ = ["as_batches", "is_stream", "row_count"]


def is_stream(data: Any) -> bool:
    """Whether data come batch by batch: an iterator, a generator, a loader of batches.

    A loader is what can be iterated over and neither has rows (a list, an array) nor is a text or a
    mapping.
    """
    if isinstance(data, str | bytes | Mapping) or not isinstance(data, Iterable):
        return False
    if isinstance(data, Iterator):
        return True
    return not hasattr(data, "__array__") and not hasattr(data, "__getitem__")


def row_count(columns: Mapping[str, Any], function: str) -> int:
    """Return how many rows the columns that are given have.

    Raises
    ------
    lstmetrics.errors.ShapeError
        They differ; the message names two.
    """
    counts = {name: len(column) for name, column in columns.items() if column is not None}
    (first, rows), *others = counts.items()
    for name, count in others:
        if count != rows:
            raise ShapeError(f"{function}: {rows} rows of {first} and {count} of {name}")
    return rows


def as_batches(columns: Mapping[str, Any], size: int, function: str) -> Iterator[dict[str, Any]]:
    """Cut columns into batches of rows; ``by`` is a mapping of columns of its own.

    Parameters
    ----------
    columns : mapping
        Columns by name; None where there is none.
    size : int
        Rows of a batch.
    function : str
        For errors.

    Yields
    ------
    dict
        The same names.
    """
    flat = {name: column for name, column in columns.items() if name != "by"}
    groups: Mapping[str, Any] = columns.get("by") or {}
    rows = row_count({**flat, **{f"by[{name!r}]": v for name, v in groups.items()}}, function)
    for first in range(0, max(rows, 1), size):
        part = slice(first, first + size)
        batch = {name: None if column is None else column[part] for name, column in flat.items()}
        batch["by"] = {name: column[part] for name, column in groups.items()}
        yield batch


def check_batch(batch: Any, known: frozenset[str], needed: str, function: str) -> dict[str, Any]:
    """Return a batch of a stream as a dict, with None for what it lacks.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError
        It is no mapping, lacks what is needed, or has names that nobody knows.
    """
    if not isinstance(batch, Mapping):
        raise InvalidTypeError(
            f"{function}: a batch must be a mapping with {needed!r}, got {type(batch).__name__}"
        )
    strange = sorted(map(str, batch.keys() - known))
    if strange or needed not in batch:
        raise InvalidTypeError(
            f"{function}: a batch has {needed!r} and some of {sorted(known - {needed})}, got "
            f"{sorted(map(str, batch))}"
        )
    return {name: batch.get(name) for name in known}


def refuse_beside_stream(
    function: str, columns: Mapping[str, Any], by: Mapping[str, Any] | None
) -> None:
    """Refuse columns that are given beside a stream, whose batches hold them all."""
    if by or any(column is not None for column in columns.values()):
        raise InvalidTypeError(f"{function}: of a stream, all columns come in its batches")


def as_columns(columns: Mapping[str, Any], by: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return columns whose rows can be sliced, for :func:`as_batches`."""
    found: dict[str, Any] = {name: as_rows(column) for name, column in columns.items()}
    found["by"] = {name: as_rows(column) for name, column in (by or {}).items()}
    return found


def as_rows(column: Any) -> Any:
    """Return something whose rows can be sliced: an array, or the list that it is."""
    if column is None or isinstance(column, list | tuple | np.ndarray):
        return column
    return np.asarray(column)
