"""Curves over thresholds, from counts of probabilities in narrow bins."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidParameterError
from lstmetrics.evaluation.labels import Indices, Label

__all__ = ["ScoreGrid"]

# A power of two, so that which bin a probability falls into is exact: p is at least k / BINS
# exactly where floor(p BINS) is at least k.
BINS = 1 << 14
_POINTS = 500  # of a curve in a report
_ROC, _PRECISION_RECALL = 0, 1


class ScoreGrid:
    """How many samples of each class, and of the rest, have a probability in each of 16,384 bins.

    Memory goes by classes, not by samples, and no order shows. Thresholds at the bins' edges give
    exact counts; the areas are those of probabilities rounded down to an edge.

    Parameters
    ----------
    labels : sequence of str or int
        The classes, in the order of the columns.
    columns : sequence of int
        The classes whose columns are counted: of two, the positive one is enough.
    """

    def __init__(self, labels: Sequence[Label], columns: Sequence[int]) -> None:
        self._labels = list(labels)
        self._columns = list(columns)
        self._counts = np.zeros((len(self._columns), 2, BINS + 1), np.int64)

    def update(self, truth: Indices, table: npt.NDArray[Any]) -> None:
        """Add a batch: true classes, and probabilities with a column for each class."""
        for place, column in enumerate(self._columns):
            # Scaling by a power of two is exact.
            bins = (table[:, column] * table.dtype.type(BINS)).astype(np.intp)
            bins += (truth == column) * (BINS + 1)
            counted = np.bincount(bins, minlength=2 * (BINS + 1))
            self._counts[place] += counted.reshape(2, BINS + 1)

    def merge(self, other: Self) -> Self:
        """Add what another instance, of the same classes, has seen."""
        if (self._labels, self._columns) != (other._labels, other._columns):
            raise InvalidParameterError("only curves of the same classes can merge")
        self._counts += other._counts
        return self

    def areas(self) -> dict[str, float]:
        """Return the area under the ROC curve and the average precision, means over classes.

        Classes without samples, or that every sample is of, are left out.
        """
        found = [
            (
                _arrays.roc_auc(truth, scores, counts, 1.0)[0],
                _arrays.average_precision(truth, scores, counts, 1)[0],
            )
            for truth, scores, counts in map(self._samples, range(len(self._columns)))
            if len(set(truth.tolist())) == 2
        ]
        if not found:
            return {}
        means = [_mean([row[which] for row in found]) for which in range(2)]
        suffix = "" if len(self._columns) == 1 else "_ovr"
        return {f"roc_auc{suffix}": means[0], f"average_precision{suffix}": means[1]}

    def curves(self) -> dict[str, Any]:
        """Return for each class ``roc``, ``precision_recall`` and ``outcomes`` by threshold."""
        found = {}
        for place, column in enumerate(self._columns):
            truth, scores, counts = self._samples(place)
            if len(set(truth.tolist())) != 2:
                continue
            fpr, tpr, at, _ = _arrays.ranking_curve(_ROC, True, truth, scores, counts, 1)
            roc = _thinned({"fpr": fpr, "tpr": tpr, "thresholds": at})
            precision, recall, at, _ = _arrays.ranking_curve(
                _PRECISION_RECALL, True, truth, scores, counts, 1
            )
            points = {"precision": precision[:-1], "recall": recall[:-1], "thresholds": at}
            rows, _ = _arrays.ranking_outcomes(truth, scores, counts, 1)
            names = ("tn", "fp", "fn", "tp", "thresholds")
            outcomes = {} if rows is None else dict(zip(names, rows, strict=True))
            found[str(self._labels[column])] = {
                "roc": roc,
                "precision_recall": _thinned(points),
                "outcomes": _whole(_thinned(outcomes)),
            }
        return found

    def _samples(
        self, place: int
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the bins that are not empty as samples: 0 or 1, lower edge, count."""
        truth, bins = np.nonzero(self._counts[place])
        counts = self._counts[place][truth, bins]
        return truth.astype(np.int64), bins / BINS, counts.astype(np.float64)


def _thinned(points: dict[str, npt.NDArray[np.float64]]) -> dict[str, list[float]]:
    """Return at most so many points, the first and the last among them."""
    size = len(points["thresholds"])
    kept = np.arange(size)
    if size > _POINTS:
        kept = np.arange(_POINTS) * (size - 1) // (_POINTS - 1)
    return {name: column[kept].tolist() for name, column in points.items()}


def _whole(outcomes: dict[str, list[float]]) -> dict[str, list[Any]]:
    return {
        name: values if name == "thresholds" else list(map(int, values))
        for name, values in outcomes.items()
    }


def _mean(values: list[float]) -> float:
    return _arrays.exact_sum(np.asarray(values)) / len(values)
