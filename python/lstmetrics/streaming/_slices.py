"""A batch cut into groups: sorted once, so that each group's rows lie together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.metrics import _targets as targets

__all__ = ["Key", "Label", "slices_of"]

Array = npt.NDArray[Any]
Label = int | str
Key = tuple[Label, ...]

_LEAST_TABLE = 1 << 16  # numbers within this range are looked up, beyond it sorted
_SORTED_BY_DIGITS = 1 << 16  # numpy sorts 16 bits by their digits
_TO_ALL = (type(None), str, bool)  # handed to every group as they are


def slices_of(
    columns: Sequence[tuple[str, Any]], arrays: Sequence[Any], named: Mapping[str, Any]
) -> Iterator[tuple[Key, list[Any], dict[str, Any]]]:
    """Yield each group of a batch with its rows of all arguments."""
    keys, groups = _groups_of(columns)
    if len(keys) <= _SORTED_BY_DIGITS:
        groups = groups.astype(np.uint16)
    order = np.argsort(groups, kind="stable")
    ends = np.searchsorted(groups[order], np.arange(len(keys)), side="right").tolist()
    rows = [_rows(value, f"argument {i}", order) for i, value in enumerate(arrays)]
    others = {name: _rows(value, name, order) for name, value in named.items()}
    begin = 0
    for key, end in zip(keys, ends, strict=True):
        some = [_part(value, begin, end) for value in rows]
        yield key, some, {name: _part(value, begin, end) for name, value in others.items()}
        begin = end


def _groups_of(columns: Sequence[tuple[str, Any]]) -> tuple[list[Key], Array]:
    """Return the groups that occur, sorted, and which of them each row is in."""
    coded = [_coded(value, name) for name, value in columns]
    if len({len(codes) for _, codes in coded}) > 1:
        raise ShapeError(
            "Found group columns with inconsistent numbers of samples: "
            f"{[len(codes) for _, codes in coded]}"
        )
    together = np.zeros(len(coded[0][1]), np.int64)
    size = 1
    for labels, codes in coded:
        size *= max(1, len(labels))
        if size >= 2**63:
            raise InvalidValueError("groups: more combinations of labels than 64 bits tell apart")
        together = together * max(1, len(labels)) + codes
    present, groups = _compact(together)
    keys = []
    for code in present.tolist():
        key: list[Label] = []
        for labels, _ in reversed(coded):
            code, place = divmod(code, len(labels))
            key.append(labels[place])
        keys.append(tuple(reversed(key)))
    return keys, groups


def _compact(numbers: Array) -> tuple[Array, Array]:
    """Return the sorted numbers that occur, and each one's place among them."""
    low, high = (int(numbers.min()), int(numbers.max())) if numbers.size else (0, 0)
    if high - low >= max(_LEAST_TABLE, 2 * numbers.size):
        present, places = np.unique(numbers, return_inverse=True)
        return present, places.reshape(-1)
    shifted = numbers - low
    occurs = np.zeros(high - low + 1, bool)
    occurs[shifted] = True
    present = np.flatnonzero(occurs)
    places = np.zeros(len(occurs), np.int64)
    places[present] = np.arange(len(present))
    return present + low, places[shifted]


def _coded(value: Any, name: str) -> tuple[list[Label], Array]:
    """Return the sorted labels of a column, and the place of each row's among them."""
    column = targets.coded_target(value, name, "Grouped.update")
    if isinstance(column, np.ndarray):
        if column.ndim != 1:
            raise ShapeError(f"{name} must have one dimension, got {column.ndim}")
        labels, codes = _unique(column, name)
        return labels, codes
    known: list[Label] = list(column.labels)
    labels = sorted(set(known))
    place = {label: i for i, label in enumerate(labels)}
    places = np.array([place[label] for label in known], np.int64)
    return labels, places[np.asarray(column.codes(name))]


def _unique(column: Array, name: str) -> tuple[list[Label], Array]:
    if column.dtype.kind == "f":
        targets.check_finite(column, name)
        whole = column.astype(np.int64)
        if (whole != column).any():
            raise InvalidValueError(f"{name} must hold integers or text, got {column.dtype}")
        column = whole
    if column.dtype.kind not in "biuOU":
        raise InvalidTypeError(f"{name} must hold integers or text, got {column.dtype}")
    if column.dtype.kind in "bi":
        numbers, places = _compact(column.astype(np.int64))
        return numbers.tolist(), places
    try:
        labels, codes = np.unique(column, return_inverse=True)
    except TypeError as error:
        raise InvalidTypeError(f"{name} must hold integers or text: {error}") from None
    found = [int(label) if isinstance(label, bool) else label for label in labels.tolist()]
    kinds = {type(label) for label in found}
    if not kinds <= {int} and not kinds <= {str}:
        raise InvalidTypeError(f"{name} must hold integers or text, got {found[:3]}")
    if any(isinstance(label, int) and not -(2**63) <= label < 2**63 for label in found):
        raise InvalidValueError(f"{name} holds an integer beyond 64 signed bits")
    return found, codes.reshape(-1)


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
