"""Curves over thresholds and the areas under them, of what a state of scores has counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.evaluation.labels import Label
from lstmetrics.streaming import Interval, Scores

__all__ = ["MOST_POINTS", "Curves", "kept_places"]

MOST_POINTS = 512  # of a curve, or positions of the slider
# Scores are told apart exactly up to so many different ones of a class; then they lose lower bits.
MOST_SCORES = 1 << 15
_OUTCOMES = ("tn", "fp", "fn", "tp", "thresholds")


class Curves:
    """The scores of each class against the rest, of two classes those of the positive one.

    Memory goes by classes, not by samples, and no order shows.

    Parameters
    ----------
    labels : sequence of str or int
        The classes, in the order of the columns.
    positive : int or None
        Which of two classes is the positive one; None for labels of which a sample may have
        several, so that the truth is an indicator.
    """

    def __init__(self, labels: Sequence[Label], positive: int | None) -> None:
        self._labels = list(labels)
        self._positive = positive if len(self._labels) == 2 else None
        self._suffix = "" if self._positive is not None else "_ovr"
        classes: Any = range(len(self._labels))
        if positive is None:
            classes, self._suffix = None, "_macro"
        self._scores = Scores(
            classes,
            self._positive,
            n_labels=len(self._labels) if classes is None else None,
            max_points=MOST_SCORES,
            probabilities=True,
        )

    def update(self, truth: npt.NDArray[Any], table: npt.NDArray[Any]) -> None:
        """Add a batch: true classes or an indicator, and probabilities, a column for each."""
        self._scores.update(truth, table if self._positive is None else table[:, self._positive])

    def areas(self) -> dict[str, float]:
        """Return the area under the ROC curve and the average precision, means over classes.

        Classes without samples, or that every sample is of, are left out. Where scores have lost
        bits, ``roc_auc_error`` bounds how far the area can be from that of the exact scores.
        """
        told = self._told()
        if not told:
            return {}
        scores, suffix = self._scores, self._suffix
        found = {
            f"roc_auc{suffix}": _mean(scores.roc_auc(None), told),
            f"average_precision{suffix}": _mean(scores.average_precision(None), told),
        }
        error = _mean(scores.roc_auc_error(None), told)
        return found | ({f"roc_auc{suffix}_error": error} if error > 0 else {})

    def intervals(self, level: float) -> dict[str, Interval]:
        """Return DeLong's interval of the area, of two classes with two samples of each."""
        if self._positive is None or not self._told():
            return {}
        found = self._scores.interval("roc_auc", level)
        return {"roc_auc": found} if np.isfinite(found.low) else {}

    def curves(self) -> dict[str, Any]:
        """Return for each class ``roc``, ``precision_recall`` and ``outcomes`` by threshold."""
        found = {}
        for column in self._told():
            fpr, tpr, at = self._scores.roc_curve(column)
            precision, recall, cuts = self._scores.precision_recall_curve(
                column, drop_intermediate=True
            )
            points = {"precision": precision[:-1], "recall": recall[:-1], "thresholds": cuts}
            outcomes = dict(zip(_OUTCOMES, self._scores.outcomes(column), strict=True))
            found[str(self._label(column))] = {
                "roc": _thinned({"fpr": fpr, "tpr": tpr, "thresholds": at}),
                "precision_recall": _thinned(points),
                "outcomes": _whole(_thinned(outcomes)),
            }
        return found

    def _label(self, column: int) -> Label:
        return self._labels[column if self._positive is None else self._positive]

    def _told(self) -> list[int]:
        """Return the columns that have samples of the class and of the rest."""
        areas = np.asarray(self._scores.roc_auc(None))
        return [int(column) for column in np.flatnonzero(np.isfinite(areas))]


def kept_places(size: int) -> list[int]:
    """Return at most MOST_POINTS places of so many, evenly, the first and the last among them."""
    if size <= MOST_POINTS:
        return list(range(size))
    return [i * (size - 1) // (MOST_POINTS - 1) for i in range(MOST_POINTS)]


def _thinned(points: dict[str, npt.NDArray[np.float64]]) -> dict[str, list[float]]:
    kept = kept_places(len(points["thresholds"]))
    return {name: column[kept].tolist() for name, column in points.items()}


def _whole(outcomes: dict[str, list[float]]) -> dict[str, list[Any]]:
    return {
        name: values if name == "thresholds" else list(map(int, values))
        for name, values in outcomes.items()
    }


def _mean(values: Any, told: list[int]) -> float:
    return _arrays.exact_sum(np.asarray(values)[told]) / len(told)
