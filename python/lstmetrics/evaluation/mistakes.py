"""The worst mistakes of a classifier: those it was surest of."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lstmetrics.evaluation.labels import Indices, Label

__all__ = ["WorstMistakes"]

_LONGEST = 2000  # characters of a text that are kept

Entry = tuple[float, str, str, Label, Label]


class WorstMistakes:
    """A bounded list of mistakes, whatever the order and the cutting of the data.

    Mistakes of the same confidence go by their text, then by their id.

    Parameters
    ----------
    limit : int
        How many are kept.
    labels : sequence of str or int, optional
        The classes in order, where they come by index rather than by name.
    """

    def __init__(self, limit: int, labels: Sequence[Label] | None = None) -> None:
        self._limit = limit
        self._labels = None if labels is None else list(labels)
        self._worst: list[Entry] = []

    def update(
        self,
        truth: npt.NDArray[Any],
        predicted: npt.NDArray[Any],
        confidence: npt.NDArray[Any] | None,
        texts: Sequence[str] | None,
        ids: Sequence[Any],
        owners: Indices | None = None,
    ) -> None:
        """Add a batch; without confidences, all mistakes are equally bad.

        `owners` says whose text and id each row has, where samples have several rows.
        """
        if not self._limit:
            return
        rows = np.flatnonzero(truth != predicted)
        if not rows.size:
            return
        sure = np.ones(len(truth)) if confidence is None else confidence
        rows = self._candidates(rows, sure)
        whose = rows if owners is None else owners[rows]
        found = [
            (
                -float(sure[row]),
                "" if texts is None else str(texts[owner])[:_LONGEST],
                str(ids[owner]),
                truth[row].item(),
                predicted[row].item(),
            )
            for row, owner in zip(rows.tolist(), whose.tolist(), strict=True)
        ]
        self._worst = heapq.nsmallest(self._limit, [*self._worst, *found])

    def _candidates(self, rows: Indices, sure: npt.NDArray[Any]) -> Indices:
        """Return the rows that can still be among the worst."""
        least = -self._worst[-1][0] if len(self._worst) == self._limit else 0.0
        if rows.size > self._limit:
            of_rows = sure[rows]
            least = max(least, float(np.partition(of_rows, -self._limit)[-self._limit]))
        return rows[sure[rows] >= least]

    def merge(self, other: Self) -> Self:
        """Add what another instance has seen."""
        self._worst = heapq.nsmallest(self._limit, [*self._worst, *other._worst])
        return self

    def rows(self, with_scores: bool) -> list[dict[str, Any]]:
        """Return them, the worst first: ``confidence``, ``text``, ``id``, ``true``, ``predicted``.

        Without scores a confidence is None; a text that is not known is, too.
        """
        return [
            {
                "confidence": -negative if with_scores else None,
                "text": text or None,
                "id": name,
                "true": self._name(true),
                "predicted": self._name(predicted),
            }
            for negative, text, name, true, predicted in self._worst
        ]

    def _name(self, label: Label) -> Label:
        return label if self._labels is None else self._labels[int(label)]
