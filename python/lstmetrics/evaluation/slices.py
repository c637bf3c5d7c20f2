"""The same metrics for parts of the data: by a column's values, by the length of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidParameterError, ShapeError
from lstmetrics.evaluation.classification import ONE_LABEL, measured, rate_metrics
from lstmetrics.evaluation.labels import Indices
from lstmetrics.streaming import Confusion, Grouped
from lstmetrics.streaming._base import Streaming

__all__ = [
    "LENGTHS",
    "TOKENS",
    "SliceCounts",
    "SlicesBy",
    "StateSlices",
    "buckets_of",
    "length_buckets",
]

LENGTHS = "text length"  # in characters
TOKENS = "tokens"  # the length in tokens
_MOST = 1000  # values of one column
# Upper ends of the buckets of lengths: powers of two.
_EDGES = 1 << np.arange(3, 21)


def length_buckets(texts: Sequence[Any]) -> npt.NDArray[Any]:
    """Return for each text the bucket of its length in characters, such as ``"16-31"``.

    Parameters
    ----------
    texts : sequence of str or of sequences

    Returns
    -------
    ndarray of str, shape (n,)
    """
    return buckets_of(np.fromiter(map(len, texts), np.int64, len(texts)))


def buckets_of(lengths: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return for each length its bucket, such as ``"16-31"``."""
    names = ["0-7", *(f"{low}-{2 * low - 1}" for low in _EDGES.tolist())]
    return np.asarray(names)[np.searchsorted(_EDGES, lengths, side="right")]


class _Values:
    """The different values of a column, numbered as they come."""

    def __init__(self, column: str) -> None:
        self.column = column
        self.numbers: dict[Any, int] = {}

    def number(self, value: Any) -> int:
        number = self.numbers.setdefault(value, len(self.numbers))
        if number >= _MOST:
            raise InvalidParameterError(
                f"by: column {self.column!r} has more than {_MOST:,} values; group them first"
            )
        return number

    def coded(self, values: Any, rows: int) -> Indices:
        """Return the number of each row's value."""
        distinct, places = _coded(values)
        if places.shape != (rows,):
            raise ShapeError(
                f"by[{self.column!r}] must have {rows} values, got shape {places.shape}"
            )
        return np.asarray([self.number(value) for value in distinct], np.int64)[places]

    def ordered(self) -> list[tuple[Any, int]]:
        return sorted(self.numbers.items(), key=lambda item: _order(item[0]))


class StateSlices:
    """A state of any kind for each value of a column.

    Parameters
    ----------
    column : str
        The column's name.
    blank : streaming state
        What each value's state starts as.
    """

    def __init__(self, column: str, blank: Streaming) -> None:
        self._values = _Values(column)
        self._states = Grouped(blank)

    def update(
        self,
        values: npt.ArrayLike,
        rows: int,
        *arrays: Any,
        sizes: npt.NDArray[np.int64] | None = None,
        **named: Any,
    ) -> None:
        """Add a batch of so many rows: the column's values, and what the state's update takes.

        Where the state counts tokens, `sizes` says how many each row has.
        """
        codes = self._values.coded(values, rows)
        self._states.update(codes if sizes is None else np.repeat(codes, sizes), *arrays, **named)

    def rows(self, described: Callable[[Any], dict[str, Any]]) -> list[dict[str, Any]]:
        """Return for each value, in ascending order, what is to be said of its state.

        Parameters
        ----------
        described : callable
            Gives ``samples``, ``metrics`` and ``intervals`` of a state.

        Returns
        -------
        list of dict
            With ``column`` and ``value`` as well.
        """
        return [
            {"column": self._values.column, "value": value, **described(self._states[number])}
            for value, number in self._values.ordered()
        ]


class SlicesBy:
    """Slices by any columns, which are known when their first values come.

    Parameters
    ----------
    make : callable
        Gives the slices by a column of that name: :class:`StateSlices` or :class:`SliceCounts`.
    """

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._by_column: dict[str, Any] = {}

    def update(self, columns: Mapping[str, npt.ArrayLike], *arrays: Any, **named: Any) -> None:
        """Add a batch: values of the columns, and what else the slices' update takes."""
        for name, values in columns.items():
            if name not in self._by_column:
                self._by_column[name] = self._make(name)
            self._by_column[name].update(values, *arrays, **named)

    def rows(self, *how: Any) -> list[dict[str, Any]]:
        """Return the rows of all columns; `how` is what the slices' rows takes."""
        return [row for slices in self._by_column.values() for row in slices.rows(*how)]


class SliceCounts:
    """How often each class was predicted as each other, by the values of a column.

    It is one confusion over pairs (value, class), so memory goes by the cells that occur.

    Parameters
    ----------
    column : str
        The column's name.
    classes : int
        How many classes there are.
    """

    def __init__(self, column: str, classes: int) -> None:
        self.column = column
        self._classes = classes
        self._values = _Values(column)
        self._counts = Confusion()

    def update(self, values: npt.ArrayLike, truth: Indices, predicted: Indices) -> None:
        """Add a batch of the column's values, and of true and predicted classes by index."""
        offset = self._values.coded(values, len(truth)) * self._classes
        self._counts.update(offset + truth, offset + predicted)

    def merge(self, other: Self) -> Self:
        """Add what another instance, of the same column and classes, has seen."""
        if (self.column, self._classes) != (other.column, other._classes):
            raise InvalidParameterError("only slices of the same column and classes can merge")
        seen = other._counts.labels
        owner = {number: value for value, number in other._values.numbers.items()}
        moved = [
            self._values.number(owner[code // self._classes]) * self._classes + code % self._classes
            for code in map(int, seen)
        ]
        if moved:
            self._counts.merge(Confusion.from_matrix(other._counts.matrix(), moved))
        return self

    def confusions(self) -> dict[Any, Confusion]:
        """Return for each value, in ascending order, the confusion by class index."""
        seen = {int(code) for code in self._counts.labels}
        found = {}
        for value, number in self._values.ordered():
            first = number * self._classes
            codes = sorted(seen & set(range(first, first + self._classes)))
            matrix = self._counts.matrix(labels=codes)
            found[value] = Confusion.from_matrix(matrix, [code - first for code in codes])
        return found

    def rows(self, positive: int | None, level: float) -> list[dict[str, Any]]:
        """Return metrics and the intervals that are proportions, of each value.

        Parameters
        ----------
        positive : int or None
            Of two classes, the positive one.
        level : float
            The confidence level.

        Returns
        -------
        list of dict
            With ``column``, ``value``, ``samples``, ``metrics`` and ``intervals``.
        """
        return [
            {
                "column": self.column,
                "value": value,
                "samples": counts.samples,
                "metrics": measured(rate_metrics(positive), counts),
                "intervals": _proportions(counts, positive, level),
            }
            for value, counts in self.confusions().items()
        ]


def _coded(values: Any) -> tuple[list[Any], Indices]:
    """Return different values, and which of them each row has; of an Arrow dictionary, its own."""
    if hasattr(values, "dictionary") and hasattr(values, "indices"):
        return values.dictionary.to_pylist(), np.from_dlpack(values.indices).astype(np.intp)
    column = np.asarray(values)
    if column.dtype == object:
        column = np.asarray([str(value) for value in column])
    distinct, places = np.unique(column, return_inverse=True)
    return distinct.tolist(), places.reshape(column.shape)


def _proportions(counts: Confusion, positive: int | None, level: float) -> dict[str, Any]:
    found = {"accuracy": counts.interval("accuracy", level)}
    if positive is not None and positive in counts.labels:
        one: dict[str, Any] = {"labels": [positive]} | ONE_LABEL
        found |= {name: counts.interval(name, level, **one) for name in ("precision", "recall")}
    return found


def _order(value: Any) -> tuple[bool, Any, str]:
    """Numbers in their order, buckets of lengths by their lower end, then text."""
    if isinstance(value, str):
        low, dash, high = value.partition("-")
        if dash and low.isdigit() and high.isdigit():
            return False, int(low), value
        return True, value, value
    return False, value, ""
