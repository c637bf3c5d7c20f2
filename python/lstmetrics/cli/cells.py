"""Cells of a column as numbers and texts, and what is wrong with those that cannot be used."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lstmetrics.evaluation.plain import number_text

__all__ = [
    "LOGITS",
    "LOG_PROBABILITIES",
    "LOSSES",
    "PROBABILITIES",
    "SHOWN",
    "Bounds",
    "Problem",
    "decoded",
    "filled",
    "missing",
    "numbers",
    "shown",
    "texts",
]

SHOWN = 60  # characters of a value in an error


class Bounds(NamedTuple):
    """What numbers of a column may be."""

    low: float
    high: float
    otherwise: str  # what one is that lies outside


_INFINITY = float("inf")
PROBABILITIES = Bounds(0.0, 1.0, "not a probability in [0, 1]")
LOGITS = Bounds(-_INFINITY, _INFINITY, "not a number")
LOSSES = Bounds(0.0, _INFINITY, "not a loss, which is at least 0")
LOG_PROBABILITIES = Bounds(
    -_INFINITY, 0.0, "not the logarithm of a probability, which is at most 0"
)


class Problem(NamedTuple):
    """A cell that cannot be used."""

    row: int
    column: str
    kind: str
    value: str | None = None


def numbers(
    name: str, column: pa.Array, bounds: Bounds, problems: list[Problem]
) -> npt.NDArray[np.floating[Any]]:
    """Return a column as numbers, 0 for those that are told of."""
    values = decoded(column)
    before = len(problems)
    missing(name, values, problems)
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
        values = _parsed(name, values, problems)
    found = filled(values)
    if found.dtype.kind != "f":
        found = found.astype(np.float64)
    good = (found >= bounds.low) & (found <= bounds.high)
    if good.all():
        return np.asarray(found)
    told = {problem.row for problem in problems[before:]}
    for row in np.flatnonzero(~good).tolist():
        if row not in told:
            problems.append(Problem(row, name, bounds.otherwise, number_text(found[row].item())))
    cleaned: npt.NDArray[np.floating[Any]] = np.where(good, found, found.dtype.type(0))
    return cleaned


def _parsed(name: str, values: pa.Array, problems: list[Problem]) -> pa.Array:
    """Return text as numbers, with 0 for what is none."""
    words = values.cast(pa.string())
    try:
        return words.cast(pa.float64())
    except pa.ArrowInvalid:
        pass
    found = []
    for row, text in enumerate(words.to_pylist()):
        try:
            found.append(0.0 if text is None else float(text))
        except ValueError:
            problems.append(Problem(row, name, "not a number", repr(text[:SHOWN])))
            found.append(0.0)
    return pa.array(found, pa.float64())


def filled(values: pa.Array) -> npt.NDArray[Any]:
    """Return numbers as an array, with 0 for nulls, which have been told of."""
    if values.null_count:
        values = pc.fill_null(values, 0)
    # Not to_numpy, which imports pandas where that is installed.
    return np.from_dlpack(values)


def texts(values: pa.Array, default: str) -> pa.Array:
    """Return text with something else for nulls."""
    return pc.fill_null(values, default) if values.null_count else values


def missing(name: str, values: pa.Array, problems: list[Problem]) -> None:
    """Tell of the nulls of a column."""
    if values.null_count:
        rows = np.flatnonzero(np.asarray(pc.is_null(values).to_numpy(False), bool)).tolist()
        problems += [Problem(row, name, "the cell is empty") for row in rows]


def decoded(column: pa.Array) -> pa.Array:
    """Return a column without a dictionary."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def shown(values: pa.Array, row: int) -> str:
    """Return a cell for an error."""
    return repr(str(values[row].as_py())[:SHOWN])
