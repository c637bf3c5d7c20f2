"""Columns of a table as labels, scores and texts, with every cell that cannot be used named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lstmetrics.cli.cells import (
    LOGITS,
    PROBABILITIES,
    Bounds,
    Problem,
    decoded,
    filled,
    missing,
    numbers,
    shown,
    texts,
)
from lstmetrics.cli.lists import (
    check_tags,
    holds_lists,
    indicators,
    lists_of_numbers,
    lists_of_text,
    matrix,
    same_lengths,
)
from lstmetrics.cli.tables import Table
from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation.labels import Label

__all__ = ["Columns", "find_labels"]

_MOST_LABELS = 10_000


class Columns:
    """Turns the batches of a table into arrays.

    Parameters
    ----------
    table : Table
        Which is read.
    labels : list of str or int
        All classes there are; none, where the table has no labels.
    classes : sequence of str
        Columns with a class, which come as their indices.
    several : sequence of str
        Columns with any number of classes, which come as indicators.
    lists : sequence of str
        Columns with lists of text, which come as Arrow's.
    numbers : mapping from str to Bounds
        Columns with numbers; lists of probabilities and logits, one for each class, come as rows of
        a matrix, other lists as Arrow's.
    texts : sequence of str
        Columns with texts, which come as lists.
    ids : sequence of str
        Columns with token ids, which come as lists of lists.
    groups : sequence of str
        Columns to slice by, which come as Arrow's dictionary arrays.
    tags : sequence of str
        Those of `lists` that must hold tags.
    alike : sequence of str
        Columns of lists that must be of the same length in each row.
    """

    def __init__(
        self,
        table: Table,
        labels: list[Label],
        *,
        classes: Sequence[str] = (),
        several: Sequence[str] = (),
        lists: Sequence[str] = (),
        numbers: Mapping[str, Bounds] | None = None,
        texts: Sequence[str] = (),
        ids: Sequence[str] = (),
        groups: Sequence[str] = (),
        tags: Sequence[str] = (),
        alike: Sequence[str] = (),
    ) -> None:
        self._table = table
        self._labels = labels
        self._index: dict[Any, int] = {label: place for place, label in enumerate(labels)}
        self._places_are_labels = labels == list(range(len(labels)))
        self._classes, self._several, self._lists = classes, several, lists
        self._numbers, self._texts = numbers or {}, texts
        self._ids, self._groups = ids, groups
        self._tags, self._alike = tags, alike
        self._listed: dict[str, bool] = {}

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

    def _read(self, batch: pa.RecordBatch) -> tuple[dict[str, Any], list[Problem]]:
        found: dict[str, Any] = {}
        problems: list[Problem] = []
        for name in self._classes:
            found[name] = self._indices(name, batch.column(name), problems)
        for name in self._several:
            lists = self._list(name, batch, problems)
            found[name] = indicators(name, lists, self._place, len(self._labels), problems)
        for name in self._lists:
            found[name] = self._list(name, batch, problems)
        for name in self._tags:
            check_tags(name, found[name], problems)
        for name, bounds in self._numbers.items():
            found[name] = self._read_numbers(name, batch.column(name), bounds, problems)
        same_lengths(self._alike, found, problems)
        for name in self._texts:
            words = decoded(batch.column(name)).cast(pa.string())
            missing(name, words, problems)
            found[name] = texts(words, "").to_pylist()
        for name in self._ids:
            found[name] = _token_ids(name, batch.column(name), problems)
        for name in self._groups:
            values = texts(decoded(batch.column(name)).cast(pa.string()), "(none)")
            found[f"by {name}"] = values.dictionary_encode()
        return found, problems

    def _list(self, name: str, batch: pa.RecordBatch, problems: list[Problem]) -> pa.Array:
        column = batch.column(name)
        if self._table.kind == "csv":
            column = texts(column, "")  # no items: a CSV has no other way to say it
        return lists_of_text(name, column, problems)

    def _read_numbers(
        self, name: str, column: pa.Array, bounds: Bounds, problems: list[Problem]
    ) -> Any:
        # What the first batch says holds for all.
        if not self._listed.setdefault(name, holds_lists(column)):
            return numbers(name, column, bounds, problems)
        lists = lists_of_numbers(name, column, bounds, problems)
        if bounds not in (PROBABILITIES, LOGITS):
            return lists
        return matrix(name, lists, len(self._labels), problems)

    def _indices(
        self, name: str, column: pa.Array, problems: list[Problem]
    ) -> npt.NDArray[np.int64]:
        missing(name, column, problems)
        if pa.types.is_integer(column.type) and self._places_are_labels:
            indices = np.asarray(filled(column), np.int64)
            wrong = (indices < 0) | (indices >= len(self._labels))
        else:
            coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            places = [self._place(value) for value in coded.dictionary.to_pylist()]
            codes = filled(coded.indices)
            indices = np.asarray([*places, -1], np.int64)[codes if places else codes * 0 - 1]
            wrong = indices < 0
        if wrong.any():
            empty = np.asarray(pc.is_null(column).to_numpy(zero_copy_only=False), bool)
            problems += [
                Problem(row, name, "unknown label", shown(column, row))
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
        self, rows: int, first: int, problems: list[Problem]
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


def find_labels(table: Table, columns: list[str], *, several: bool = False) -> list[Label]:
    """Return all classes that occur, sorted: whole numbers if all are, else text.

    Parameters
    ----------
    table : Table
        With these columns.
    columns : list of str
        Where classes stand.
    several : bool
        Whether cells are lists of them.

    Raises
    ------
    lstmetrics.errors.EmptyInputError
        There are none.
    lstmetrics.errors.InvalidValueError
        There are far too many, or numbers and text together.
    """
    found: set[Any] = set()
    rows = 0
    for batch in table.batches():
        rows += batch.num_rows
        for name in columns:
            values = decoded(batch.column(name))
            if several:
                values = lists_of_text(name, values, []).flatten()
            elif pa.types.is_boolean(values.type):
                values = values.cast(pa.int8())
            found |= set(pc.unique(values).to_pylist())
        if len(found) > _MOST_LABELS:
            raise InvalidValueError(
                f"{table.path}: columns {', '.join(columns)} have more than {_MOST_LABELS:,} "
                "different values: they must hold labels"
            )
    found -= {None}
    if not found and rows and several:
        raise InvalidValueError(
            f"{table.path}: columns {', '.join(columns)} hold no label; name all classes by "
            "--labels"
        )
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


def _token_ids(name: str, column: pa.Array, problems: list[Problem]) -> list[list[int]]:
    found: list[list[int]] = []
    for row, cell in enumerate(lists_of_text(name, column, problems).to_pylist()):
        try:
            found.append([int(token) for token in cell])
        except ValueError:
            words = "ids must be integers separated by blanks"
            problems.append(Problem(row, name, words, shown(column, row)))
            found.append([])
    return found


def _take(column: Any, rows: npt.NDArray[np.intp]) -> Any:
    if isinstance(column, pa.Array):
        return column.take(pa.array(rows))
    if isinstance(column, list):
        return [column[row] for row in rows.tolist()]
    return column[rows]
