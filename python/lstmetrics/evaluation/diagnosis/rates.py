"""Findings from how often each class was predicted as each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmetrics import _arrays
from lstmetrics.evaluation.findings import Finding
from lstmetrics.evaluation.goals import BALANCED_RATIO, headline_names

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["RULES"]

# Accuracy that looks good, and so far above balanced accuracy that it says little.
_GOOD_ACCURACY, _PARADOX_GAP = 0.80, 0.15
_SEVERE_RATIO = 10.0
_LOW, _VERY_LOW = 0.80, 0.50
_FAR_APART = 0.20
_SIGNIFICANT = 0.01
_FEW, _FEW_OF_A_CLASS, _WIDE = 50, 30, 0.10
_LISTED = 5  # classes named in one finding


def percent(share: float) -> str:
    """Return a share as people read it."""
    return f"{100 * share:.3g} %"


def accuracy_paradox(report: Report) -> Iterator[Finding]:
    """Accuracy is high because one class is, not because the model is good."""
    accuracy = report.metrics.get("accuracy")
    balanced = report.metrics.get("balanced_accuracy")
    if accuracy is None or balanced is None or not accuracy >= _GOOD_ACCURACY:
        return
    if not accuracy - balanced >= _PARADOX_GAP:
        return
    share, label = report.baseline["majority_accuracy"], report.baseline["majority_label"]
    missed = _least_recall(report)
    yield Finding(
        "accuracy_paradox",
        "critical",
        {
            "accuracy": accuracy,
            "majority_accuracy": share,
            "balanced_accuracy": balanced,
            "recall": missed["recall"],
            "label": missed["label"],
        },
        f"Accuracy is {percent(accuracy)}, but always answering {label!r} would already give "
        f"{percent(share)}. Of the samples that are {missed['label']!r} only "
        f"{percent(missed['recall'])} are found; averaged over classes, {percent(balanced)} are. "
        "This is the accuracy paradox: accuracy says nothing here.",
        "Do not judge by accuracy: look at precision, recall and F1 of the rare class and at the "
        "confusion matrix. Lower the decision threshold, train with class weights or resampled "
        "data, and collect more samples of the rare class.",
    )


def _least_recall(report: Report) -> dict[str, Any]:
    return min(
        (row for row in report.per_class or [] if row["support"]), key=lambda row: row["recall"]
    )


def class_imbalance(report: Report) -> Iterator[Finding]:
    """Some classes are much rarer than others."""
    ratio = report.baseline.get("imbalance_ratio")
    if ratio is None or not ratio > BALANCED_RATIO:
        return
    rarest, share = report.baseline["minority_label"], report.baseline["minority_share"]
    yield Finding(
        "class_imbalance",
        "warning" if ratio >= _SEVERE_RATIO else "info",
        {"imbalance_ratio": ratio, "minority_label": rarest, "minority_share": share},
        f"Only {percent(share)} of the samples are {rarest!r}; the largest class is {ratio:.3g} "
        "times as frequent.",
        "Read precision, recall and F1 of the rare classes, not accuracy; make splits stratified; "
        "use class weights or resampling in training, never in the test data.",
    )


def low_rates(report: Report) -> Iterator[Finding]:
    """Precision or recall of a class is below what is usual in production."""
    rows = [row for row in report.per_class or [] if row["support"]]
    if report.task == "binary":
        rows = [row for row in rows if row["label"] == report.pos_label]
    for name in ("precision", "recall"):
        low = sorted((row for row in rows if row[name] < _LOW), key=lambda row: row[name])
        if low:
            yield _low_rate(name, low, report)


def _low_rate(name: str, low: list[dict[str, Any]], report: Report) -> Finding:
    worst = low[0]
    few = report.task == "binary" and worst[name] < _VERY_LOW
    listed = ", ".join(f"{percent(row[name])} of {row['label']!r}" for row in low[:_LISTED])
    more = f" and {len(low) - _LISTED} more" if len(low) > _LISTED else ""
    meaning = {
        "precision": "Of what is predicted as a class, too much is not: false alarms.",
        "recall": "Of the samples that are of a class, too many are not found: misses.",
    }[name]
    advice = {
        "precision": "Raise the decision threshold if misses cost less than false alarms; look at "
        "what is taken for the class (confusion matrix, worst mistakes) and add such samples to "
        "the training data.",
        "recall": "Lower the decision threshold if false alarms cost less than misses; weight the "
        "class in training; look at what it is mistaken for and collect more such samples.",
    }[name]
    return Finding(
        f"low_{name}",
        "critical" if few else "warning",
        {"classes": [{"label": row["label"], name: row[name]} for row in low[:_LISTED]]},
        f"{name.capitalize()} is low: {listed}{more}. {meaning}",
        advice,
    )


def precision_recall_gap(report: Report) -> Iterator[Finding]:
    """One of precision and recall was bought with the other."""
    precision, recall, _ = headline_names(report.metrics)
    if precision not in report.metrics:
        return
    of_precision, of_recall = report.metrics[precision], report.metrics[recall]
    if not abs(of_precision - of_recall) >= _FAR_APART:
        return
    timid = of_precision > of_recall
    yield Finding(
        "precision_recall_gap",
        "warning",
        {precision: of_precision, recall: of_recall},
        f"Precision is {percent(of_precision)} and recall {percent(of_recall)}: the model "
        + ("finds little, and is mostly right when it does." if timid else "cries wolf."),
        ("Lower" if timid else "Raise")
        + " the decision threshold: choose it on validation data, by what a miss and a false alarm "
        "cost, and report it on the test data.",
    )


def one_class_only(report: Report) -> Iterator[Finding]:
    """All samples are of one class: nothing can be told from the others."""
    if report.baseline.get("majority_accuracy") != 1:
        return
    label = report.baseline["majority_label"]
    yield Finding(
        "one_class_only",
        "warning",
        {"label": label, "samples": report.samples},
        f"Every sample is {label!r}: whether the model tells classes apart does not show.",
        "Evaluate on samples of every class; see whether the data were sorted before the split.",
    )


def near_chance(report: Report) -> Iterator[Finding]:
    """What is predicted has nothing to do with the truth, as far as these samples tell."""
    p_value = report.baseline.get("chance_p_value")
    if p_value is None or report.baseline["majority_accuracy"] == 1:
        return
    z = report.baseline["chance_z"]
    if p_value < _SIGNIFICANT and z > 0:
        return
    worse = p_value < _SIGNIFICANT
    evidence = {
        "z": z,
        "p_value": p_value,
        "accuracy": report.metrics["accuracy"],
        "majority_accuracy": report.baseline["majority_accuracy"],
    }
    if worse:
        meaning = "The predictions are right less often than the same ones handed out at random."
        advice = "Check the order of the labels: two classes are probably swapped."
    else:
        meaning = (
            "The predictions cannot be told from the same ones handed out at random "
            f"(p = {p_value:.2g})."
        )
        advice = (
            "Check that texts and labels belong together, that the vocabulary is the one of "
            "training, and that the model was trained at all; with few samples, get more."
        )
    severe = report.samples >= _FEW
    yield Finding("near_chance", "critical" if severe else "warning", evidence, meaning, advice)


def too_few_samples(report: Report) -> Iterator[Finding]:
    """The intervals are too wide for what is claimed."""
    interval = report.intervals.get("accuracy")
    rare = [row for row in report.per_class or [] if 0 < row["support"] < _FEW_OF_A_CLASS]
    wide = interval is not None and interval.high - interval.low > _WIDE
    if not wide and not rare:
        return
    evidence: dict[str, Any] = {"samples": report.samples}
    parts = []
    if interval is not None and wide:
        needed = samples_for(interval.estimate, _WIDE / 2, interval.level)
        evidence |= {"low": interval.low, "high": interval.high, "samples_needed": needed}
        parts.append(
            f"Accuracy may lie anywhere from {percent(interval.low)} to {percent(interval.high)}; "
            f"about {needed:,} samples would tell it to 5 points."
        )
    if rare:
        evidence["rare_classes"] = [
            {"label": row["label"], "support": row["support"]} for row in rare[:_LISTED]
        ]
        listed = ", ".join(f"{row['label']!r} ({row['support']})" for row in rare[:_LISTED])
        parts.append(f"Some classes have only a few samples: {listed}.")
    yield Finding(
        "too_few_samples",
        "warning",
        evidence,
        " ".join(parts),
        "Collect more test samples, of the rare classes above all, before deciding by these "
        "numbers.",
    )


def samples_for(share: float, reach: float, level: float) -> int:
    """Return about how many samples tell a share to plus or minus `reach`."""
    z = _arrays.critical_value(level)
    return int(z * z * share * (1 - share) / (reach * reach)) + 1


RULES = (
    accuracy_paradox,
    one_class_only,
    near_chance,
    low_rates,
    precision_recall_gap,
    class_imbalance,
    too_few_samples,
)
