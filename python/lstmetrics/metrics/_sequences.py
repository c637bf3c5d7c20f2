"""Sequences of tags on their way in: lists of lists, arrays with lengths, columns of lists."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidParameterError, InvalidTypeError, ShapeError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics._columns import Column, as_column
from lstmetrics.metrics._targets import coded_target

__all__ = ["SCHEMES", "Tagged", "counted", "feed", "scheme_number", "tagged"]

Array = npt.NDArray[Any]

# By number, as the core counts them; the first is what mode=None reads.
SCHEMES: list[str] = _core.EntityCounts.schemes()
_ALIASES = {"BIO": "IOB2", "BIOES": "IOBES"}


class Tagged(NamedTuple):
    """Tags of sequences that lie one after the other, and the length of each."""

    tags: Array | Column
    lengths: Array


def scheme_number(mode: Any, scheme: Any, function: str) -> int:
    """Return the number of the way tags are read in; seqeval's classes go by their names."""
    if mode is None:
        if scheme is not None:
            raise InvalidParameterError(
                f"{function}: scheme={scheme!r} is used with mode='strict' alone; add that, or "
                "leave scheme out"
            )
        return 0
    if mode != "strict":
        raise parameters.refuse("mode", function, "'strict' or None", mode)
    name = getattr(scheme, "__name__", scheme)
    name = _ALIASES.get(name, name) if isinstance(name, str) else name
    if name not in SCHEMES[1:]:
        known = sorted([*SCHEMES[1:], *_ALIASES])
        raise parameters.refuse("scheme", function, f"one of {known} in mode 'strict'", scheme)
    return SCHEMES.index(name)


def counted(
    y_true: Any,
    y_pred: Any,
    mode: Any,
    scheme: Any,
    suffix: Any,
    lengths: Any,
    tags: Any,
    function: str,
) -> _core.EntityCounts:
    """Return the state of one batch."""
    state = _core.EntityCounts(scheme_number(mode, scheme, function))
    feed(state, y_true, y_pred, suffix, lengths, tags, function)
    return state


def feed(
    state: _core.EntityCounts,
    y_true: Any,
    y_pred: Any,
    suffix: Any,
    lengths: Any,
    tags: Any,
    function: str,
) -> None:
    """Update a state by a batch."""
    parameters.check_flag(suffix, "suffix", function)
    truth = tagged(y_true, "y_true", function, lengths, tags)
    predicted = tagged(y_pred, "y_pred", function, lengths, tags)
    state.update(truth.tags, truth.lengths, predicted.tags, predicted.lengths, bool(suffix))


def tagged(value: Any, name: str, function: str, lengths: Any, tags: Any) -> Tagged:
    """Lay sequences out one after the other."""
    if hasattr(value, "to_arrow"):
        value = value.to_arrow()  # of polars
    if hasattr(value, "combine_chunks"):
        value = value.combine_chunks()
    if lengths is not None:
        flat, sizes = _cut(value, name, function, _lengths(lengths, function))
    elif hasattr(value, "value_lengths"):
        flat, sizes = value.flatten(), np.asarray(_plain(value.value_lengths(), name))
    elif isinstance(value, np.ndarray) and value.ndim == 2:
        flat, sizes = value.reshape(-1), np.full(value.shape[0], value.shape[1])
    else:
        flat, sizes = _of_lists(value, name, function)
    return Tagged(_named(flat, name, function, tags), sizes)


def _plain(value: Any, name: str) -> Any:
    return as_column(value, f"lengths of {name}")


def _lengths(lengths: Any, function: str) -> Array:
    array = np.asarray(_plain(lengths, "sequences"))
    if array.ndim != 1 or (array.dtype.kind not in "iu" and array.size):
        raise InvalidTypeError(
            f"{function}: lengths must hold a whole number for each sequence, got an array of "
            f"shape {array.shape} and dtype {array.dtype}"
        )
    return array if array.size else np.empty(0, np.int64)


def _cut(value: Any, name: str, function: str, lengths: Array) -> tuple[Any, Array]:
    """Take tags that lie one after the other, or rows of which only the first tags count."""
    if not (isinstance(value, np.ndarray) and value.ndim == 2):
        return value, lengths
    rows, steps = value.shape
    if rows != lengths.size:
        raise ShapeError(f"{name} has {rows} rows, but there are {lengths.size} lengths")
    bad = np.flatnonzero((lengths < 0) | (lengths > steps))
    if bad.size:
        raise ShapeError(
            f"{function}: lengths[{bad[0]}] is {lengths[bad[0]]}, but rows of {name} have {steps}"
        )
    return value[np.arange(steps) < lengths[:, np.newaxis]], lengths


def _of_lists(value: Any, name: str, function: str) -> tuple[Any, Array]:
    if hasattr(value, "tolist"):
        value = value.tolist()  # of an array of objects, or of pandas
    expected = (
        "a sequence of sequences of tags, such as [['B-PER', 'O'], ['O']]; tags in one row need "
        "lengths=..."
    )
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise parameters.refuse(name, function, expected, value)
    kinds = set(map(type, value))
    if np.ndarray in kinds:
        if len(kinds) > 1:
            raise InvalidTypeError(
                f"{name} mixes arrays and other sequences: {sorted(kinds, key=str)}"
            )
        return np.concatenate(value), np.fromiter(map(len, value), np.int64, len(value))
    if not kinds <= {list, tuple}:
        raise InvalidTypeError(f"{function}: {name} must be {expected}")
    return list(chain.from_iterable(value)), np.fromiter(map(len, value), np.int64, len(value))


def _named(flat: Any, name: str, function: str, tags: Any) -> Array | Column:
    """Return tags as labels: text, or numbers that stand for what `tags` says."""
    if not len(flat):
        return np.empty(0, "U1")
    column = coded_target(flat, name, function)
    if tags is None or isinstance(column, Column) or column.dtype.kind not in "iu":
        return column
    names = list(tags)
    if not names or set(map(type, names)) != {str}:
        raise parameters.refuse("tags", function, "a sequence of text, a name per number", tags)
    return Column.coded(column, names, name)
