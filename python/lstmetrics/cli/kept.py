"""What commands keep of a file of predictions that they cannot stream: so many bytes a row.

| what | bytes a row |
|---|---:|
| a true or a predicted class | 1, of more than 256 classes 2 |
| a score of two classes | 8, or 4 where the file has them as float32 |
| a name of `--id`, however long | 16 |
| a column of `--by` | 2 |
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lstmetrics.cli.from_predictions import prediction_batch, smallest
from lstmetrics.cli.source import Source, facts_of
from lstmetrics.errors import InvalidParameterError, InvalidValueError
from lstmetrics.evaluation import Predictions
from lstmetrics.evaluation.labels import Label

__all__ = ["predictions_of"]

_MOST_VALUES = 1000  # of a column to slice by


def predictions_of(source: Source, labels: list[Label]) -> tuple[Predictions, dict[str, Any]]:
    """Return what one model said, all of it, classes by index, and what was skipped."""
    if source.skip and source.name is None:
        raise InvalidValueError(
            "--on-error skip needs --id: without names, what is skipped in one file would shift "
            "its rows against those of the other"
        )
    table = source.table()
    kept = _Rows(source, labels)
    for batch in source.batches(table, labels):
        kept.add(batch)
    facts = facts_of(table, kept.rows)

    def called(row: int) -> str:
        return (
            f"{table.place(row)} of {source.path}" if source.name is None else _named(source, row)
        )

    return replace(kept.predictions(), called=called), facts


def _named(source: Source, row: int) -> str:
    """Return the name of a row among those that can be used: looked up for errors alone."""
    name = str(source.name)
    for batch in source.batches(source.table(), source.find_labels()):
        if row < len(batch[name]):
            return f"id {batch[name][row]!r}"
        row -= len(batch[name])
    return "a row"


class _Rows:
    """Rows as small as they can be kept."""

    def __init__(self, source: Source, labels: list[Label]) -> None:
        self.rows = 0
        self._source = source
        self._labels = labels
        self._columns: dict[str, list[npt.NDArray[Any]]] = {}
        self._by = {name: _Codes(name) for name in source.by}

    def add(self, batch: dict[str, Any]) -> None:
        """Keep a batch."""
        found = prediction_batch(self._source, batch, None)
        self.rows += len(found["y_true"])
        self._keep("y_true", smallest(found["y_true"], self._labels))
        if "y_pred" in found:
            self._keep("y_pred", smallest(found["y_pred"], self._labels))
        elif len(self._labels) == 2:
            self._keep("scores", found["scores"])
        else:  # of more classes only the likeliest is compared
            self._keep("y_pred", smallest(found["scores"].argmax(axis=1), self._labels))
        if found["ids"] is not None:
            self._keep("ids", np.asarray(list(map(_digest, found["ids"])), "S16"))
        for name, codes in self._by.items():
            codes.add(found["by"][name])

    def _keep(self, name: str, column: npt.NDArray[Any]) -> None:
        self._columns.setdefault(name, []).append(column)

    def predictions(self) -> Predictions:
        """Return all rows; nothing is kept here after."""
        joined: dict[str, Any] = {}
        for name in list(self._columns):
            joined[name] = np.concatenate(self._columns.pop(name))
        by: dict[str, Any] = {name: codes.column() for name, codes in self._by.items()}
        return Predictions(**joined, by=by)


class _Codes:
    """The values of a column as numbers of two bytes."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._places: dict[str, int] = {}
        self._parts: list[npt.NDArray[np.int16]] = []

    def add(self, values: pa.DictionaryArray) -> None:
        known = [
            self._places.setdefault(value, len(self._places))
            for value in values.dictionary.to_pylist()
        ]
        if len(self._places) > _MOST_VALUES:
            raise InvalidParameterError(
                f"--by: column {self._name!r} has more than {_MOST_VALUES:,} values; group them "
                "first"
            )
        self._parts.append(np.asarray(known, np.int16)[np.asarray(values.indices)])

    def column(self) -> pa.DictionaryArray:
        codes = np.concatenate(self._parts)
        return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(list(self._places)))


def _digest(name: str) -> bytes:
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
