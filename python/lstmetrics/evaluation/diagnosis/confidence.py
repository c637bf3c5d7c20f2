"""Findings from how sure a model is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmetrics.evaluation.diagnosis.rates import percent
from lstmetrics.evaluation.findings import Finding

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["RULES"]

_LARGE_GAP, _LARGE_ERROR = 0.05, 0.05
_ENOUGH = 100  # below, bins are too thin for their error to mean something
# Samples at least so sure; of them at most so many may be wrong for the rest to be suspects.
SURE = 0.95


def miscalibration(report: Report) -> Iterator[Finding]:
    """Probabilities that do not come true as often as they say."""
    error = report.metrics.get("expected_calibration_error")
    sure = report.metrics.get("mean_confidence")
    accuracy = report.intervals.get("accuracy")
    if error is None or sure is None or accuracy is None or report.samples < _ENOUGH:
        return
    gap = sure - accuracy.estimate
    evidence: dict[str, Any] = {
        "expected_calibration_error": error,
        "mean_confidence": sure,
        "accuracy": accuracy.estimate,
    }
    remedy = _remedy(report, evidence)
    if sure > accuracy.high and gap >= _LARGE_GAP:
        yield Finding(
            "over_confidence",
            "warning",
            evidence,
            f"On average the model is {percent(sure)} sure and {percent(accuracy.estimate)} right; "
            f"its probabilities are off by {percent(error)} on average.",
            f"Do not take its probabilities as such. {remedy} Over-confidence often comes with "
            "overfitting: stop training earlier, add dropout or label smoothing.",
        )
    elif sure < accuracy.low and -gap >= _LARGE_GAP:
        yield Finding(
            "under_confidence",
            "warning",
            evidence,
            f"On average the model is {percent(sure)} sure and {percent(accuracy.estimate)} right: "
            "it is better than it says.",
            remedy,
        )
    elif error >= _LARGE_ERROR:
        yield Finding(
            "miscalibration",
            "warning",
            evidence,
            f"Probabilities are off by {percent(error)} on average, too high for some samples and "
            "too low for others.",
            remedy,
        )


def _remedy(report: Report, evidence: dict[str, Any]) -> str:
    found = report.temperature
    if found is None:
        return (
            "Scale its logits by a temperature that is fitted on validation data: pass "
            "validation= to see what that gives."
        )
    before, after = found["before"], found["after"]
    evidence |= {
        "temperature": found["temperature"],
        "expected_calibration_error_after": after["expected_calibration_error"],
        "log_loss": before["log_loss"],
        "log_loss_after": after["log_loss"],
    }
    return (
        f"Divide its logits by the temperature {found['temperature']:.3g}, fitted on the "
        f"validation data: the calibration error on the test data goes from "
        f"{percent(before['expected_calibration_error'])} to "
        f"{percent(after['expected_calibration_error'])}, log loss from {before['log_loss']:.3g} "
        f"to {after['log_loss']:.3g}."
    )


def label_noise(report: Report) -> Iterator[Finding]:
    """Samples the model contradicts where it is otherwise right: their labels may be wrong."""
    found = report.sure
    if not found or not found["wrong"] or found["samples"] < _ENOUGH:
        return
    if found["wrong"] > (1 - SURE) * found["samples"]:
        return
    yield Finding(
        "label_noise_suspects",
        "info",
        dict(found),
        f"Where the model is at least {percent(SURE)} sure it is nearly always right; the "
        f"{found['wrong']:,} samples where it is not may have wrong labels.",
        "Look at the worst mistakes first: correct the labels that are wrong, and evaluate again.",
    )


RULES = (miscalibration, label_noise)
