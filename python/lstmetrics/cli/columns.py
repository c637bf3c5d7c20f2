"""Columns of a table as labels, scores and texts, with every cell that cannot be used named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lstmetrics.cli.tables import Table
from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation.labels import Label

__all__ = ["Columns", "find_labels"]

_MOST_LABELS = 10_000
_SHOWN = 60


class Columns:
    """Turns the batches of a table into arrays.

    Parameters
    ----------
    table : Table
        Which is read.
    labels : list of str or int
        All classes there are; none, where the table has no labels.
    label_columns : list of str
        Columns with classes, which come as their indices.
    number_columns : list of str
        Columns with probabilities.
    text_columns : list of str
        Columns with texts, which come as lists.
    id_columns : list of str
        Columns with token ids, separated by blanks, which come as lists of lists.
    group_columns : list of str
        Columns to slice by, which come as Arrow's dictionary arrays.
    """

    def __init__(
        self,
        table: Table,
        labels: list[Label],
        *,
        label_columns: list[str],
        number_columns: list[str],
        text_columns: list[str],
        id_columns: list[str],
        group_columns: list[str],
    ) -> None:
        self._table = table
        self._labels = labels
        self._index: dict[Any, int] = {label: place for place, label in enumerate(labels)}
        self._places_are_labels = labels == list(range(len(labels)))
        self._label_columns = label_columns
        self._number_columns = number_columns
        self._text_columns = text_columns
        self._id_columns = id_columns
        self._group_columns = group_columns

    def batches(self) -> Iterator[dict[str, Any]]:
        """Yield the columns by name, rows that are skipped left out."""
        first = 0
        for batch in self._table.batches():
            found, problems = self._read(batch)
            good = self._good_rows(batch.num_rows, first, problems)
            first += batch.num_rows
            if good is not None:
                found = {name: _take(column, good) for name, column in found.items()}
            if any(len(column) for column in found.values()):
                yield found

    def _read(self, batch: pa.RecordBatch) -> tuple[dict[str, Any], list[_Problem]]:
        found: dict[str, Any] = {}
        problems: list[_Problem] = []
        for name in self._label_columns:
            found[name] = self._indices(name, batch.column(name), problems)
        for name in self._number_columns:
            found[name] = _numbers(name, batch.column(name), problems)
        for name in self._text_columns:
            texts = batch.column(name).cast(pa.string())
            _missing(name, texts, problems)
            found[name] = _texts(texts, "").to_pylist()
        for name in self._id_columns:
            found[name] = _token_ids(name, batch.column(name).cast(pa.string()), problems)
        for name in self._group_columns:
            values = _texts(_decoded(batch.column(name)).cast(pa.string()), "(none)")
            found[f"by {name}"] = values.dictionary_encode()
        return found, problems

    def _indices(
        self, name: str, column: pa.Array, problems: list[_Problem]
    ) -> npt.NDArray[np.int64]:
        _missing(name, column, problems)
        if pa.types.is_integer(column.type) and self._places_are_labels:
            indices = np.asarray(_filled(column), np.int64)
            wrong = (indices < 0) | (indices >= len(self._labels))
        else:
            coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            places = [self._place(value) for value in coded.dictionary.to_pylist()]
            codes = _filled(coded.indices)
            indices = np.asarray([*places, -1], np.int64)[codes if places else codes * 0 - 1]
            wrong = indices < 0
        if wrong.any():
            empty = np.asarray(pc.is_null(column).to_numpy(zero_copy_only=False), bool)
            problems += [
                _Problem(row, name, "unknown label", _shown(column, row))
                for row in np.flatnonzero(wrong & ~empty).tolist()
            ]
            indices = np.where(wrong, 0, indices)
        return indices

    def _place(self, value: Any) -> int:
        """Return the index of a label as the file has it, -1 for none."""
        if value in self._index:
            return self._index[value]
        number = None if isinstance(self._labels[0], str) else _whole(value)
        return self._index.get(str(value) if number is None else number, -1)

    def _good_rows(
        self, rows: int, first: int, problems: list[_Problem]
    ) -> npt.NDArray[np.intp] | None:
        """Return the rows that can be used, None for all; the first problem of each is told."""
        if not problems:
            return None
        good = np.ones(rows, bool)
        for problem in sorted(problems, key=lambda one: one.row):
            if good[problem.row]:
                good[problem.row] = False
                self._table.refuse(first + problem.row, *problem[1:])
        return np.flatnonzero(good)


class _Problem(NamedTuple):
    """A cell that cannot be used."""

    row: int
    column: str
    kind: str
    value: str | None = None


def find_labels(table: Table, columns: list[str]) -> list[Label]:
    """Return all classes that occur, sorted: whole numbers if all are, else text.

    Raises
    ------
    lstmetrics.errors.EmptyInputError
        There are none.
    lstmetrics.errors.InvalidValueError
        There are far too many, or numbers and text together.
    """
    found: set[Any] = set()
    for batch in table.batches():
        for name in columns:
            values = _decoded(batch.column(name))
            if pa.types.is_boolean(values.type):
                values = values.cast(pa.int8())
            found |= set(pc.unique(values).to_pylist())
        if len(found) > _MOST_LABELS:
            raise InvalidValueError(
                f"{table.path}: columns {', '.join(columns)} have more than {_MOST_LABELS:,} "
                "different values: they must hold labels"
            )
    found -= {None}
    if not found:
        raise table.nothing()
    return _of_one_kind(table, columns, found)


def _of_one_kind(table: Table, columns: list[str], found: set[Any]) -> list[Label]:
    numbers = {value: _whole(value) for value in found}
    words = sorted(str(value) for value, number in numbers.items() if number is None)
    if not words:
        return sorted({number for number in numbers.values() if number is not None})
    if all(not isinstance(value, str) for value in found):
        raise InvalidValueError(
            f"{table.path}: columns {', '.join(columns)} must hold labels, text or whole numbers, "
            f"got {words[0]}"
        )
    whole = sorted(number for number in numbers.values() if number is not None)
    if whole:
        raise InvalidValueError(
            f"{table.path}: columns {', '.join(columns)} mix numbers and text, such as {whole[0]} "
            f"and {words[0]!r}; if that is meant, name all classes by --labels"
        )
    return list(words)


def _whole(value: Any) -> int | None:
    try:
        number = float(value)
        return int(number) if number == int(number) else None
    except (TypeError, ValueError, OverflowError):
        return None


def _numbers(
    name: str, column: pa.Array, problems: list[_Problem]
) -> npt.NDArray[np.floating[Any]]:
    values = _decoded(column)
    before = len(problems)
    _missing(name, values, problems)
    if not (pa.types.is_floating(values.type) or pa.types.is_integer(values.type)):
        values = _parsed(name, values, problems)
    numbers = _filled(values)
    if numbers.dtype.kind != "f":
        numbers = numbers.astype(np.float64)
    good = (numbers >= 0) & (numbers <= 1)
    if good.all():
        return np.asarray(numbers)
    told = {problem.row for problem in problems[before:]}
    for row in np.flatnonzero(~good).tolist():
        if row not in told:
            value = numbers[row].item()
            problems.append(_Problem(row, name, "not a probability in [0, 1]", _number(value)))
    cleaned: npt.NDArray[np.floating[Any]] = np.where(good, numbers, numbers.dtype.type(0))
    return cleaned


def _parsed(name: str, values: pa.Array, problems: list[_Problem]) -> pa.Array:
    """Return text as numbers, with 0 for what is none."""
    texts = values.cast(pa.string())
    try:
        return texts.cast(pa.float64())
    except pa.ArrowInvalid:
        pass
    numbers = []
    for row, text in enumerate(texts.to_pylist()):
        try:
            numbers.append(0.0 if text is None else float(text))
        except ValueError:
            problems.append(_Problem(row, name, "not a number", repr(text[:_SHOWN])))
            numbers.append(0.0)
    return pa.array(numbers, pa.float64())


def _token_ids(name: str, texts: pa.Array, problems: list[_Problem]) -> list[list[int]]:
    _missing(name, texts, problems)
    found: list[list[int]] = []
    for row, cell in enumerate(_texts(texts, "").to_pylist()):
        try:
            found.append([int(token) for token in cell.split()])
        except ValueError:
            words = "ids must be integers separated by blanks"
            problems.append(_Problem(row, name, words, repr(cell[:_SHOWN])))
            found.append([])
    return found


def _filled(numbers: pa.Array) -> npt.NDArray[Any]:
    """Return numbers as an array, with 0 for nulls, which have been told of."""
    if numbers.null_count:
        numbers = pc.fill_null(numbers, 0)
    # Not to_numpy, which imports pandas where that is installed.
    return np.from_dlpack(numbers)


def _texts(values: pa.Array, default: str) -> pa.Array:
    return pc.fill_null(values, default) if values.null_count else values


def _missing(name: str, values: pa.Array, problems: list[_Problem]) -> None:
    if values.null_count:
        rows = np.flatnonzero(np.asarray(pc.is_null(values).to_numpy(False), bool)).tolist()
        problems += [_Problem(row, name, "the cell is empty") for row in rows]


def _decoded(column: pa.Array) -> pa.Array:
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _shown(values: pa.Array, row: int) -> str:
    return repr(str(values[row].as_py())[:_SHOWN])


def _number(value: float) -> str:
    return "NaN" if value != value else repr(value)


def _take(column: Any, rows: npt.NDArray[np.intp]) -> Any:
    if isinstance(column, pa.Array):
        return column.take(pa.array(rows))
    if isinstance(column, list):
        return [column[row] for row in rows.tolist()]
    return column[rows]
