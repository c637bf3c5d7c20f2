"""Data sets of sequences: run window by window, in memory that does not grow with them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, LstmetricsError, ShapeError
from lstmetrics.models._inputs import Port, as_array, take_integers, take_numbers, text_of
from lstmetrics.models.engine import Engine
from lstmetrics.models.text import Vocabulary

__all__ = ["DataSet"]

Row = npt.NDArray[Any]

# Bounds of a window beside its number of sequences: steps that are read, and values of outputs that
# have steps too.
_STEPS = 1 << 20
_VALUES = 1 << 24
_TEXTS = 64  # encoded together


@dataclass(frozen=True)
class _Window:
    """Sequences end to end."""

    values: Row
    lengths: npt.NDArray[np.int64]
    first_row: int


class DataSet:
    """Sequences on their way through a model.

    Parameters
    ----------
    engine : Engine
        What runs; it has one input.
    window : int
        The most sequences that are held at once. They are sorted by length and cut into batches
        whose cost is bounded too.
    batch_size : int
        The most rows of a batch.

    Raises
    ------
    lstmetrics.errors.ShapeError
        The model has several inputs.

    See Also
    --------
    lstmetrics.models.Model.predict_each : The same, told to users.
    """

    def __init__(self, engine: Engine, window: int, batch_size: int) -> None:
        if len(engine.ports) != 1:
            names = ", ".join(port.name for port in engine.ports)
            raise ShapeError(
                f"sequences are run one input each, the model has {len(engine.ports)} ({names}): "
                "use predict"
            )
        self._engine = engine
        self._port = engine.ports[0]
        self._window = window
        self._batch_size = batch_size
        with_steps = [shape[-1] or 1 for shape in engine.graph.output_shapes if len(shape) == 3]
        self._steps = max(1, min(_STEPS, _VALUES // max(with_steps, default=1)))

    def each(self, sequences: Iterable[Any]) -> Iterator[Any]:
        """Return what the model gives for each sequence, one after the other."""
        if isinstance(sequences, str) or not isinstance(sequences, Iterable):
            raise InvalidTypeError(
                "sequences must be an iterable of texts, ids or features, got "
                f"{type(sequences).__name__}"
            )
        return itertools.chain.from_iterable(map(self._results, self._windows(sequences)))

    def together(self, sequences: Iterable[Any]) -> list[npt.NDArray[np.float32]]:
        """Return outputs without steps as arrays (sequences, features)."""
        found = [[values for values, _ in self._run(one)] for one in self._windows(sequences)]
        return [np.concatenate(arrays) for arrays in zip(*found, strict=True)]

    def _results(self, window: _Window) -> Iterable[Any]:
        parts = [_rows(*output) for output in self._run(window)]
        return parts[0] if len(parts) == 1 else map(list, zip(*parts, strict=True))

    def _run(self, window: _Window) -> list[Any]:
        ids = self._port.takes_ids
        return self._engine.session.run_sequences(
            ids=window.values if ids else None,
            features=None if ids else window.values,
            lengths=window.lengths,
            batch_size=self._batch_size,
            first_row=window.first_row,
        )

    def _windows(self, sequences: Iterable[Any]) -> Iterator[_Window]:
        rows: list[Row] = []
        first = steps = 0
        for row in _as_rows(self._port, sequences):
            if rows and (len(rows) == self._window or steps + len(row) > self._steps):
                yield _joined(rows, first)
                first, rows, steps = first + len(rows), [], 0
            rows.append(row)
            steps += len(row)
        if rows:
            yield _joined(rows, first)


def _joined(rows: list[Row], first: int) -> _Window:
    lengths = np.fromiter(map(len, rows), np.int64, len(rows))
    try:
        return _Window(np.concatenate(rows), lengths, first)
    except ValueError:
        found = sorted({row.shape[1:] for row in rows})
        raise ShapeError(
            f"sequences {first} to {first + len(rows) - 1} must have as many features each, got "
            f"{', '.join(str(shape[0]) for shape in found)}"
        ) from None


def _rows(values: Row, bounds: npt.NDArray[np.int64] | None) -> Iterable[Row]:
    """Cut an output into what belongs to each sequence."""
    if bounds is None:
        return values
    return (values[first:end] for first, end in itertools.pairwise(bounds.tolist()))


def _as_rows(port: Port, sequences: Iterable[Any]) -> Iterator[Row]:
    """Turn sequences into ids or features, one after the other."""
    items = iter(sequences)
    for first in items:
        items = itertools.chain([first], items)
        if isinstance(first, str):
            yield from _encoded(text_of(port), items)
        else:
            yield from map(partial(_as_row, port), items, itertools.count())


def _as_row(port: Port, item: Any, number: int) -> Row:
    name = f"sequence {number}"
    if isinstance(item, str):
        raise InvalidTypeError(f"{name} is a string, those before it are not")
    array = as_array(name, item)
    if array.ndim != (1 if port.takes_ids else 2):
        kind = "ids (timesteps,)" if port.takes_ids else "features (timesteps, features)"
        raise ShapeError(f"{name} must be {kind}, got {array.ndim} dimensions")
    return take_integers(name, array) if port.takes_ids else take_numbers(name, array)


def _encoded(vocabulary: Vocabulary, texts: Iterator[Any]) -> Iterator[Row]:
    number = 0
    while group := list(itertools.islice(texts, _TEXTS)):
        try:
            ids, lengths = vocabulary.encode(group)
        except LstmetricsError:
            _find_refused(vocabulary, group, number)
            raise
        for row, length in zip(ids, lengths.tolist(), strict=True):
            yield row[:length]
        number += len(group)


def _find_refused(vocabulary: Vocabulary, texts: list[Any], number: int) -> None:
    """Raise the error of the first text that is refused, with its number in the data set."""
    for place, text in enumerate(texts, number):
        try:
            vocabulary.encode([text])
        except LstmetricsError as error:
            raise type(error)(f"sequence {place}: {error}") from None
