"""Which columns of a file hold what, and its batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lstmetrics.cli.cells import (
    LOG_PROBABILITIES,
    LOGITS,
    LOSSES,
    PROBABILITIES,
    Bounds,
)
from lstmetrics.cli.columns import Columns, find_labels
from lstmetrics.cli.tables import Table, open_table
from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation.labels import Label

__all__ = ["TASKS", "Progress", "Source", "facts_of", "names_of", "values_of", "with_total"]

Progress = Callable[[int, int | None], object]
TASKS = ("classes", "multilabel", "tags")


@dataclass(frozen=True)
class Source:
    """Which columns of a file hold what."""

    path: Path
    label: str | None = None
    pred: str | None = None
    scores: Sequence[str] = ()
    logits: Sequence[str] = ()
    text: str | None = None
    ids: str | None = None  # token ids
    name: str | None = None  # names of the samples
    by: Sequence[str] = ()
    labels: Sequence[str] | None = None
    skip: bool = False
    task: str = "classes"
    loss: str | None = None  # of tokens
    log_prob: str | None = None
    token: str | None = None
    of_lists: bool = True  # whether a row has the losses of many tokens

    def __post_init__(self) -> None:
        if self.task not in TASKS:
            raise InvalidValueError(f"--task must be one of {', '.join(TASKS)}, got {self.task!r}")

    @property
    def numbers(self) -> dict[str, Bounds]:
        """What the columns of numbers may hold."""
        found = dict.fromkeys(self.scores, PROBABILITIES) | dict.fromkeys(self.logits, LOGITS)
        if self.loss is not None:
            found[self.loss] = LOSSES
        if self.log_prob is not None:
            found[self.log_prob] = LOG_PROBABILITIES
        return found

    def table(self) -> Table:
        """Open the file, and see that the columns are there."""
        columns = [self.label, self.pred, *self.numbers, self.text, self.ids, self.token]
        wanted = [column for column in (*columns, self.name, *self.by) if column is not None]
        return open_table(self.path, wanted, skip=self.skip)

    def alike(self, path: Path, **changes: Any) -> Source:
        """Return the same of another file."""
        return replace(self, path=path, **changes)

    def find_labels(self) -> list[Label]:
        """Return the classes: those named, as numbers where all are, else those that occur."""
        if self.labels is not None:
            if all(_is_whole(label) for label in self.labels):
                return [int(label) for label in self.labels]
            return list(self.labels)
        columns = _there(self.label, self.pred)
        table = open_table(self.path, columns, skip=self.skip)
        return find_labels(table, columns, several=self.task == "multilabel")

    def batches(self, table: Table, labels: list[Label]) -> Iterator[dict[str, Any]]:
        """Yield batches of the columns by name."""
        judged = _there(self.label, self.pred)
        texts, lists = _there(self.text, self.name), _there(self.token)
        alike = _there(self.loss, self.log_prob, self.token)
        if self.task == "tags":
            texts, lists = _there(self.name), _there(self.label, self.pred, self.text)
            alike = lists if self.pred is not None else []
        elif not self.of_lists:
            texts, lists, alike = [*texts, *lists], [], []
        return Columns(
            table,
            labels,
            classes=judged if self.task == "classes" else (),
            several=judged if self.task == "multilabel" else (),
            lists=lists,
            numbers=self.numbers,
            texts=texts,
            ids=_there(self.ids),
            groups=self.by,
            tags=judged if self.task == "tags" else (),
            alike=alike,
        ).batches()


def _there(*columns: str | None) -> list[str]:
    return [column for column in columns if column is not None]


def facts_of(table: Table, samples: int) -> dict[str, Any]:
    """Return what was skipped, once the table has been read and has given so many samples.

    Raises
    ------
    lstmetrics.errors.EmptyInputError
        There are none.
    """
    if not samples:
        raise table.nothing()
    return {"rows_skipped": table.skipped.total(), "skip_reasons": dict(table.skipped)}


def names_of(labels: list[Label]) -> Any:
    """Return what indices stand for; None where they can stand for themselves."""
    if isinstance(labels[0], str) or labels == list(range(len(labels))):
        return None
    return np.asarray(labels)


def values_of(names: Any, indices: Any) -> Any:
    """Return what indices stand for."""
    return indices if names is None else names[indices]


def with_total(progress: Progress | None, table: Table) -> Progress | None:
    """Return a progress that knows how many rows there are, where the file says it."""
    if progress is None:
        return None
    return lambda done, _: progress(done, table.rows)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdigit()
