"""Columns whose cells are lists: labels, tags, tokens, numbers.

A cell is a list of Arrow's or of JSON, or text whose items are separated by blanks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lstmetrics.cli.cells import SHOWN, Bounds, Problem, decoded, missing, shown
from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation.plain import number_text
from lstmetrics.streaming import Entities

__all__ = [
    "check_tags",
    "holds_lists",
    "indicators",
    "lists_of_numbers",
    "lists_of_text",
    "matrix",
    "same_lengths",
]


def holds_lists(column: pa.Array) -> bool:
    """Whether cells are lists: of Arrow, of JSON, or text with blanks between."""
    if _is_list(column.type):
        return True
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return False
    found = pc.any(pc.match_substring_regex(column, r"^\s*\[|\S\s+\S"))
    return bool(found.as_py())


def lists_of_text(name: str, column: pa.Array, problems: list[Problem]) -> pa.Array:
    """Return a column of lists of text; empty ones for cells that are told of."""
    values = decoded(column)
    missing(name, values, problems)
    if not _is_list(values.type):
        cells = _parsed(name, values.cast(pa.string()), problems)
        return pa.array([[_word(item) for item in cell] for cell in cells], pa.list_(pa.string()))
    return _filled(name, values.cast(pa.list_(pa.string())), "", problems)


def lists_of_numbers(
    name: str, column: pa.Array, bounds: Bounds, problems: list[Problem]
) -> pa.Array:
    """Return a column of lists of numbers; empty ones for cells that are told of."""
    values = decoded(column)
    missing(name, values, problems)
    if _is_list(values.type):
        found = _filled(name, values.cast(pa.list_(pa.float64())), 0.0, problems)
    else:
        found = _numbers(name, _parsed(name, values.cast(pa.string()), problems), problems)
    flat, sizes = np.asarray(found.flatten()), np.asarray(found.value_lengths())
    wrong = np.flatnonzero(~((flat >= bounds.low) & (flat <= bounds.high)))
    told: set[int] = set()
    owners = np.repeat(np.arange(len(sizes)), sizes)
    for place in wrong.tolist():
        row = int(owners[place])
        if row not in told:
            told.add(row)
            problems.append(Problem(row, name, bounds.otherwise, number_text(flat[place].item())))
    return found


def _is_list(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def _filled(name: str, values: pa.Array, blank: Any, problems: list[Problem]) -> pa.Array:
    """Return lists without nulls, neither for lists nor in them."""
    if values.null_count:
        values = pc.fill_null(values, pa.scalar([], values.type))
    flat = values.flatten()
    if not flat.null_count:
        return values
    sizes = np.asarray(values.value_lengths(), np.int64)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    empty = np.asarray(pc.is_null(flat).to_numpy(zero_copy_only=False), bool)
    problems += [
        Problem(row, name, "an item of the list is empty")
        for row in np.unique(owners[empty]).tolist()
    ]
    ends = np.searchsorted(owners, np.arange(len(sizes) + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(ends), pc.fill_null(flat, blank))


def _parsed(name: str, values: pa.Array, problems: list[Problem]) -> list[list[Any]]:
    found: list[list[Any]] = []
    for row, cell in enumerate(values.to_pylist()):
        text = "" if cell is None else cell.strip()
        if not text.startswith("["):
            found.append(text.split())
            continue
        try:
            found.append(json.loads(text))
        except json.JSONDecodeError:
            problems.append(Problem(row, name, "not a list", repr(text[:SHOWN])))
            found.append([])
    return found


def _word(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item)


def _numbers(name: str, cells: list[list[Any]], problems: list[Problem]) -> pa.Array:
    found: list[list[float]] = []
    for row, cell in enumerate(cells):
        try:
            found.append([float(item) for item in cell])
        except (TypeError, ValueError):
            words = "a list of something else than numbers"
            problems.append(Problem(row, name, words, repr(str(cell)[:SHOWN])))
            found.append([])
    return pa.array(found, pa.list_(pa.float64()))


def indicators(
    name: str,
    lists: pa.Array,
    place: Callable[[Any], int],
    labels: int,
    problems: list[Problem],
) -> npt.NDArray[np.uint8]:
    """Return a row for each list: 1 where a label is in it, by the place that it has."""
    sizes = np.asarray(lists.value_lengths(), np.int64)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    coded = lists.flatten().dictionary_encode()
    known = [place(word) for word in coded.dictionary.to_pylist()]
    columns = np.asarray([*known, -1], np.int64)[np.asarray(coded.indices)]
    problems += [
        Problem(int(owners[at]), name, "unknown label", shown(coded, at))
        for at in np.flatnonzero(columns < 0).tolist()
    ]
    found = np.zeros((len(sizes), labels), np.uint8)
    good = columns >= 0
    found[owners[good], columns[good]] = 1
    return found


def matrix(
    name: str, lists: pa.Array, columns: int, problems: list[Problem]
) -> npt.NDArray[np.float64]:
    """Return a row for each list of numbers, one for each class; zeros for those told of."""
    sizes = np.asarray(lists.value_lengths(), np.int64)
    wrong = np.flatnonzero(sizes != columns)
    told = {problem.row for problem in problems if problem.column == name}
    problems += [
        Problem(row, name, "not as many numbers as classes", f"{sizes[row]}, not {columns}")
        for row in wrong.tolist()
        if row not in told
    ]
    found = np.zeros((len(sizes), columns))
    good = sizes == columns
    flat = np.asarray(lists.flatten(), np.float64)
    found[good] = flat[np.repeat(good, sizes)].reshape(-1, columns)
    return found


def same_lengths(names: Sequence[str], found: dict[str, Any], problems: list[Problem]) -> None:
    """Tell of rows whose lists differ in length from those of the first column."""
    if not names:
        return
    first, *others = names
    wanted = np.asarray(found[first].value_lengths(), np.int64)
    for name in others:
        sizes = np.asarray(found[name].value_lengths(), np.int64)
        problems += [
            Problem(
                row, name, f"not as many items as in {first!r}", f"{sizes[row]}, not {wanted[row]}"
            )
            for row in np.flatnonzero(sizes != wanted).tolist()
        ]


def check_tags(name: str, lists: pa.Array, problems: list[Problem]) -> None:
    """Tell of rows with text that is no tag."""
    coded = lists.flatten().dictionary_encode()
    bad = [not _is_tag(word) for word in coded.dictionary.to_pylist()]
    if not any(bad):
        return
    sizes = np.asarray(lists.value_lengths(), np.int64)
    owners = np.repeat(np.arange(len(sizes)), sizes)
    problems += [
        Problem(int(owners[at]), name, "not a tag", shown(coded, at))
        for at in np.flatnonzero(np.asarray(bad)[np.asarray(coded.indices)]).tolist()
    ]


def _is_tag(word: str) -> bool:
    try:
        Entities().update([[word]], [[word]])
    except InvalidValueError:
        return False
    return True
