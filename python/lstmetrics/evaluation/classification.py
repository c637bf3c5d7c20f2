"""The states of a classifier's evaluation: counts, losses, confidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation.digests import combined
from lstmetrics.streaming import Confusion, Loss

__all__ = ["ClassificationStates", "label_indices"]

Label = str | int
Indices = npt.NDArray[np.intp]


class ClassificationStates:
    """What an evaluation of predicted labels, or of probabilities, adds up.

    Instances over parts of the data merge, in any order, into that of the whole.

    Parameters
    ----------
    labels : sequence of str or int
        The classes, in the order of the probabilities' columns.
    with_scores : bool
        Whether probabilities are given, so that there are losses and confidences.
    """

    def __init__(self, labels: Sequence[Label], *, with_scores: bool) -> None:
        self.labels = list(labels)
        self._names = np.asarray(self.labels)
        self.confusion = Confusion(labels=self.labels)
        # Losses are kept by the class's index, so that the columns need no sorting.
        self.loss = Loss("log_loss", labels=range(len(labels))) if with_scores else None
        self.confidence = Loss("user") if with_scores else None

    def update_labels(self, y_true: Indices, y_pred: Indices) -> None:
        """Add a batch of true and predicted classes, by index."""
        self.confusion.update(self._names[y_true], self._names[y_pred])

    def update_scores(self, y_true: Indices, scores: npt.NDArray[Any]) -> None:
        """Add a batch of true classes and probabilities: (n, classes), or (n,) of the second.

        The class predicted is the most probable, the first on ties; of one column, the second class
        where the probability is above one half.
        """
        if self.loss is None or self.confidence is None:
            raise InvalidValueError("these states were made for labels without scores")
        if scores.ndim == 2 and scores.shape[1] == 1:
            scores = scores[:, 0]
        self.loss.update(y_true, scores)
        if scores.ndim == 1:
            self.update_labels(y_true, (scores > 0.5).astype(np.intp))
        else:
            self.update_labels(y_true, scores.argmax(axis=1))
            self.confidence.update_losses(scores.max(axis=1))

    def merge(self, other: Self) -> Self:
        """Add what another instance, with the same labels, has seen."""
        self.confusion.merge(other.confusion)
        if self.loss is not None and self.confidence is not None:
            self.loss.merge(other.loss)  # type: ignore[arg-type]
            self.confidence.merge(other.confidence)  # type: ignore[arg-type]
        return self

    def digests(self) -> dict[str, str]:
        """Return the digest of each state by name."""
        states = {"confusion": self.confusion, "loss": self.loss, "confidence": self.confidence}
        return {name: state.digest() for name, state in states.items() if state is not None}

    def digest(self) -> str:
        """Return one digest over all states."""
        return combined(self.digests())

    def metrics(self) -> dict[str, float]:
        """Return the headline metrics by name, in the order of a report."""
        counts = self.confusion
        metrics = {
            "accuracy": counts.accuracy(),
            "balanced_accuracy": counts.compute()["balanced_accuracy"],
        }
        averages: dict[str, dict[str, Any]] = {
            "macro": {"average": "macro"},
            "weighted": {"average": "weighted"},
        }
        if len(self.labels) == 2:
            averages = {"": {"pos_label": self.labels[1]}} | averages
        for suffix, options in averages.items():
            for name in ("precision", "recall", "f1"):
                value = getattr(counts, name)(**options, zero_division=0)
                metrics[f"{name}_{suffix}" if suffix else name] = value
        if self.loss is not None and self.confidence is not None:
            metrics["log_loss"] = self.loss.value()
            metrics["log_loss_standard_error"] = self.loss.standard_error()
            if self.confidence.samples:
                metrics["mean_confidence"] = self.confidence.value()
        return metrics

    def per_class(self) -> list[dict[str, Any]]:
        """Return precision, recall, F1 and support of each class."""
        counts = self.confusion
        options: dict[str, Any] = {"labels": self.labels, "average": None, "zero_division": 0}
        names = ("precision", "recall", "f1")
        columns = [getattr(counts, name)(**options).tolist() for name in names]
        support = dict(zip(counts.labels, counts.support().tolist(), strict=True))
        return [
            {"label": label, **dict(zip(names, row, strict=True)), "support": int(support[label])}
            for label, row in zip(self.labels, zip(*columns, strict=True), strict=True)
        ]


def label_indices(targets: npt.ArrayLike, labels: Sequence[Label]) -> Indices:
    """Return the class index of each target.

    Parameters
    ----------
    targets : array_like of shape (n,)
        Labels of the same kind as `labels`; or, where those are text, class indices.
    labels : sequence of str or int
        The classes in order.

    Returns
    -------
    ndarray of intp, shape (n,)
        Positions in `labels`.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        A target is none of the labels; the message names the first and its row.
    """
    values = np.asarray(targets)
    if values.dtype == object:
        values = np.asarray(list(values))
    if values.ndim != 1:
        raise ShapeError(f"targets must have one dimension, got shape {values.shape}")
    if values.size == 0:
        return np.zeros(0, dtype=np.intp)
    names = np.asarray(labels)
    if names.dtype.kind == "U" and values.dtype.kind in "iub":
        names = np.arange(len(labels))
    if (names.dtype.kind == "U") != (values.dtype.kind == "U") or values.dtype.kind not in "iubUf":
        raise InvalidTypeError(
            f"targets must be labels like {list(labels)[:3]}, got values of dtype {values.dtype}"
        )
    order = np.argsort(names, kind="stable")
    places = np.searchsorted(names, values, sorter=order).clip(max=len(names) - 1)
    indices: Indices = order[places]
    wrong = np.flatnonzero(names[indices] != values)
    if wrong.size:
        row = int(wrong[0])
        raise InvalidValueError(
            f"targets: {values[row].item()!r} at row {row} is none of the labels {list(labels)}"
        )
    return indices
