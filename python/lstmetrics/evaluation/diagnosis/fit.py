"""Findings from the training data or the course of training beside the test data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmetrics.evaluation.diagnosis.rates import percent
from lstmetrics.evaluation.findings import Finding

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["RULES"]

# A loss on the test data so many times that of training, and at least so much more (nats).
_TIMES, _NATS = 1.5, 0.10
_POINTS = 0.05  # of accuracy
_RISE = 0.05  # of the validation loss over its least, relative
LOSSES = ("log_loss", "loss", "cross_entropy")


def overfitting(report: Report) -> Iterator[Finding]:
    """Much better on the training data than on the test data."""
    evidence: dict[str, Any] = {}
    parts: list[str] = []
    train = report.train or {}
    for name in LOSSES:
        if name in train and name in report.metrics:
            _compare_losses(report, name, train[name], evidence, parts)
    if "accuracy" in train and "accuracy" in report.metrics:
        _compare_accuracies(report, train["accuracy"], evidence, parts)
    epoch = _best_epoch(report.history, evidence, parts)
    if not parts:
        return
    stop = f"stop at epoch {epoch}" if epoch else "stop when the validation loss stops falling"
    yield Finding(
        "overfitting",
        "critical",
        evidence,
        " ".join(parts) + " The model has learnt its training data by heart.",
        f"Train for less ({stop}), with dropout or weight decay, a smaller model, or more data; "
        "choose by the validation loss, never by that of training.",
    )


def _compare_losses(
    report: Report, name: str, of_train: float, evidence: dict[str, Any], parts: list[str]
) -> None:
    of_test = report.metrics[name]
    interval = report.intervals.get(name)
    low = of_test if interval is None or interval.low != interval.low else interval.low
    if low > of_train and of_test > _TIMES * of_train and of_test - of_train >= _NATS:
        evidence |= {f"train_{name}": of_train, f"test_{name}": of_test}
        parts.append(f"The loss is {of_train:.3g} on the training data and {of_test:.3g} here.")


def _compare_accuracies(
    report: Report, of_train: float, evidence: dict[str, Any], parts: list[str]
) -> None:
    of_test = report.metrics["accuracy"]
    interval = report.intervals.get("accuracy")
    high = of_test if interval is None else interval.high
    if high < of_train and of_train - of_test >= _POINTS:
        evidence |= {"train_accuracy": of_train, "test_accuracy": of_test}
        parts.append(
            f"Accuracy is {percent(of_train)} on the training data and {percent(of_test)} here."
        )


def _best_epoch(
    history: dict[str, list[float]] | None, evidence: dict[str, Any], parts: list[str]
) -> int | None:
    """Return the epoch, counted from 1, after which the validation loss rose for good."""
    if not history or not history.get("loss") or not history.get("val_loss"):
        return None
    validation, training = history["val_loss"], history["loss"]
    least = min(validation)
    epoch = validation.index(least) + 1
    rose = validation[-1] > (1 + _RISE) * least and training[-1] < training[epoch - 1]
    apart = validation[-1] > _TIMES * training[-1] and validation[-1] - training[-1] >= _NATS
    if not rose and not apart:
        return None
    evidence |= {
        "last_loss": training[-1],
        "last_val_loss": validation[-1],
        "least_val_loss": least,
        "best_epoch": epoch,
    }
    parts.append(
        f"In training the loss fell to {training[-1]:.3g}, while the validation loss was least, "
        f"{least:.3g}, at epoch {epoch} and ended at {validation[-1]:.3g}."
    )
    return epoch


RULES = (overfitting,)
