"""The states of a classifier's evaluation: counts, losses, confidence."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from lstmetrics._warnings import silence
from lstmetrics.errors import InvalidParameterError, InvalidValueError
from lstmetrics.evaluation.diagnosis.confidence import SURE
from lstmetrics.evaluation.digests import combined
from lstmetrics.evaluation.goals import distances
from lstmetrics.evaluation.intervals import Drawn, bootstrapped
from lstmetrics.evaluation.labels import Indices, Label
from lstmetrics.streaming import Calibration, Confusion, Interval, Loss
from lstmetrics.streaming._base import Streaming

__all__ = [
    "CALIBRATION_BINS",
    "ONE_LABEL",
    "ClassificationStates",
    "measured",
    "rate_metrics",
    "reliability_of",
]

CALIBRATION_BINS = 10
_RATES = ("precision", "recall", "f1")
# The average over one label is that label's value, whichever label it is.
ONE_LABEL: dict[str, Any] = {"average": "macro", "zero_division": 0}


class ClassificationStates:
    """What an evaluation of predicted labels, or of probabilities, adds up.

    Classes go by their index here, so that their order is that of the probabilities' columns.
    Instances over parts of the data merge, in any order, into that of the whole.

    Parameters
    ----------
    labels : sequence of str or int
        The classes, in the order of the probabilities' columns.
    with_scores : bool
        Whether probabilities are given, so that there are losses and confidences.
    pos_label : str or int, optional
        Which of two classes is the positive one; the second by default.
    """

    def __init__(
        self, labels: Sequence[Label], *, with_scores: bool, pos_label: Label | None = None
    ) -> None:
        self.labels = list(labels)
        classes = range(len(self.labels))
        self.positive = _positive(self.labels, pos_label)
        self.confusion = Confusion(labels=classes)
        self._states: dict[str, Streaming] = {"confusion": self.confusion}
        self.with_scores = with_scores
        self.sure = self.sure_and_wrong = 0
        if with_scores:
            self.loss = Loss("log_loss", labels=classes)
            self.brier = Loss("brier", labels=classes)
            self.confidence = Loss("user")
            self.calibration = Calibration(CALIBRATION_BINS, kind="top_label", labels=classes)
            self._states |= {
                "loss": self.loss,
                "brier": self.brier,
                "confidence": self.confidence,
                "calibration": self.calibration,
            }

    @property
    def task(self) -> str:
        """Return ``"binary"`` or ``"multiclass"``."""
        return "binary" if len(self.labels) == 2 else "multiclass"

    def update_labels(self, truth: Indices, predicted: Indices) -> None:
        """Add a batch of true and predicted classes, by index."""
        self.confusion.update(truth, predicted)

    def update_scores(
        self, truth: Indices, scores: npt.NDArray[Any]
    ) -> tuple[npt.NDArray[Any], Indices]:
        """Add a batch of true classes and probabilities: (n, classes), or (n,) of the positive.

        Returns
        -------
        table : ndarray of float, shape (n, classes)
            The probabilities with a column for each class.
        predicted : ndarray of intp, shape (n,)
            The classes predicted: the most probable, the first on ties; of one column, the
            positive one where its probability is above one half.
        """
        if not self.with_scores:
            raise InvalidValueError("these states were made for labels without scores")
        table, predicted = self.read_scores(scores)
        sure = table[np.arange(len(table)), predicted] if len(table) else table[:, 0]
        with silence():
            self.loss.update(truth, table)
            self.brier.update(truth, table)
            self.calibration.update(truth, table)
        self.confidence.update_losses(sure)
        self.confusion.update(truth, predicted)
        above = sure >= SURE
        self.sure += int(np.count_nonzero(above))
        self.sure_and_wrong += int(np.count_nonzero(above & (truth != predicted)))
        return table, predicted

    def read_scores(self, scores: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], Indices]:
        """Return probabilities with a column for each class, and the classes predicted."""
        if scores.ndim == 2 and scores.shape[1] == 1:
            scores = scores[:, 0]
        if scores.ndim == 2:
            return scores, scores.argmax(axis=1)
        if scores.dtype.kind != "f":
            scores = scores.astype(np.float64)
        table = np.empty((len(scores), 2), scores.dtype)
        table[:, self.positive] = scores
        table[:, 1 - self.positive] = 1 - scores
        predicted = np.where(scores > 0.5, self.positive, 1 - self.positive)
        return table, predicted.astype(np.intp)

    def merge(self, other: Self) -> Self:
        """Add what another instance, with the same labels, has seen."""
        if other.labels != self.labels or other._states.keys() != self._states.keys():
            raise InvalidParameterError("only evaluations of the same labels and kind can merge")
        for name, state in self._states.items():
            state.merge(other._states[name])
        self.sure += other.sure
        self.sure_and_wrong += other.sure_and_wrong
        return self

    def digests(self) -> dict[str, str]:
        """Return the digest of each state by name, and of the labels."""
        names = json.dumps(self.labels, ensure_ascii=False).encode()
        found = {name: state.digest() for name, state in self._states.items()}
        return found | {"labels": sha256(names).hexdigest()}

    def digest(self) -> str:
        """Return one digest over all states."""
        return combined(self.digests())

    def metrics(self) -> dict[str, float]:
        """Return the headline metrics by name, in the order of a report."""
        found = measured(self._measures(), self.confusion)
        if self.with_scores:
            found |= {
                "log_loss": self.loss.value(),
                "brier_score": self.brier.brier_score(),
                "mean_confidence": self.confidence.value(),
                "expected_calibration_error": self.calibration.expected_error(),
                "maximum_calibration_error": self.calibration.maximum_error(),
            }
        return found

    def intervals(self, drawn: Drawn) -> dict[str, Interval]:
        """Return the intervals of the metrics that have one."""
        counts, level = self.confusion, drawn.level
        found = {"accuracy": counts.interval("accuracy", level)}
        if self.task == "binary":
            of_positive: dict[str, Any] = {"labels": [self.positive]} | ONE_LABEL
            for name in ("precision", "recall"):
                found[name] = counts.interval(name, level, **of_positive)
        found = bootstrapped(counts, self._drawn, drawn) | found
        if self.with_scores:
            found["log_loss"] = self.loss.interval("value", level)
            found["brier_score"] = self.brier.interval("brier_score", level)
            found["mean_confidence"] = self.confidence.interval("value", level)
        names = self.metrics()
        return {name: found[name] for name in (*names, *distances(names)) if name in found}

    def _drawn(self, counts: Confusion) -> dict[str, float]:
        """Return what a bootstrap is for."""
        found = measured(self._measures(), counts)
        return found | distances(found)

    def _measures(self) -> dict[str, Callable[[Confusion], float]]:
        return rate_metrics(self.positive if self.task == "binary" else None)

    def per_class(self, level: float) -> list[dict[str, Any]]:
        """Return precision, recall, F1, their bounds and the counts of each class."""
        counts = self.confusion
        predicted_right = counts.against_rest().tolist()
        columns = [getattr(counts, name)(average=None, zero_division=0).tolist() for name in _RATES]
        rows = []
        for index, label in enumerate(self.labels):
            (_, fp), (fn, tp) = predicted_right[index]
            one: dict[str, Any] = {"labels": [index]} | ONE_LABEL
            bounds = [counts.interval(name, level, **one) for name in ("precision", "recall")]
            rows.append(
                {
                    "label": label,
                    **{name: column[index] for name, column in zip(_RATES, columns, strict=True)},
                    "support": tp + fn,
                    "predicted": tp + fp,
                    "precision_interval": [bounds[0].low, bounds[0].high],
                    "recall_interval": [bounds[1].low, bounds[1].high],
                }
            )
        return rows

    def baseline(self) -> dict[str, Any]:
        """Return what knowing only the classes' frequencies would give, and the test of chance."""
        if not self.confusion.samples:
            return {}
        support = self.confusion.support().astype(np.int64)
        there = np.flatnonzero(support)
        most, least = int(support.argmax()), int(there[support[there].argmin()])
        samples = self.confusion.samples
        z, p_value = self.confusion.chance_test()
        return {
            "majority_label": self.labels[most],
            "majority_accuracy": int(support[most]) / samples,
            "minority_label": self.labels[least],
            "minority_share": int(support[least]) / samples,
            "imbalance_ratio": int(support[most]) / int(support[least]),
            "chance_z": z,
            "chance_p_value": p_value,
        }

    def reliability(self) -> dict[str, Any] | None:
        """Return the bins of the calibration of the likeliest class."""
        return reliability_of(self.calibration, "top_label") if self.with_scores else None


def reliability_of(calibration: Calibration, kind: str) -> dict[str, Any]:
    """Return the bins of a state of calibration as plain data."""
    found = calibration.reliability()
    names = ("lower", "upper", "samples", "prob_true", "prob_pred")
    columns = [found[name].tolist() for name in names]
    bins = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return {"kind": kind, "n_bins": CALIBRATION_BINS, "bins": bins}


def _positive(labels: list[Label], pos_label: Label | None) -> int:
    if pos_label is None:
        return 1
    if len(labels) != 2 or pos_label not in labels:
        raise InvalidParameterError(
            f"pos_label must be one of two labels, got {pos_label!r} for {labels}"
        )
    return labels.index(pos_label)


def rate_metrics(positive: int | None) -> dict[str, Callable[[Confusion], float]]:
    """Return what computes each headline metric of a confusion by class index.

    Parameters
    ----------
    positive : int or None
        Of two classes, the positive one, whose precision, recall and F1 come without a suffix.
    """
    measures: dict[str, Callable[[Confusion], Any]] = {
        "accuracy": lambda counts: counts.accuracy(),
        "balanced_accuracy": lambda counts: counts.balanced_accuracy(),
    }
    averages: dict[str, dict[str, Any]] = {"macro": {"average": "macro"}}
    averages["weighted"] = {"average": "weighted"}
    if positive is not None:
        averages = {"": {"labels": [positive], "average": "macro"}} | averages
    for suffix, options in averages.items():
        for name in _RATES:
            full = f"{name}_{suffix}" if suffix else name
            measures[full] = _rate(name, options | {"zero_division": 0})
    measures["matthews_corrcoef"] = lambda counts: counts.matthews_corrcoef()
    measures["cohen_kappa"] = lambda counts: counts.cohen_kappa()
    return {name: _quiet(measure) for name, measure in measures.items()}


def measured(
    measures: Mapping[str, Callable[[Confusion], float]], counts: Confusion
) -> dict[str, float]:
    """Return the value of each metric."""
    return {name: measure(counts) for name, measure in measures.items()}


def _rate(name: str, options: dict[str, Any]) -> Callable[[Confusion], Any]:
    return lambda counts: getattr(counts, name)(**options)


def _quiet(measure: Callable[[Confusion], Any]) -> Callable[[Confusion], float]:
    def value(counts: Confusion) -> float:
        with silence():
            return float(measure(counts))

    return value
