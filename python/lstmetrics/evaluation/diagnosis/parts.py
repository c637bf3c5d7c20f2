"""Findings from slices: parts of the data where the model is worse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmetrics.evaluation.diagnosis.rates import percent
from lstmetrics.evaluation.findings import Finding

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["RULES"]

_ENOUGH, _POINTS, _LISTED = 30, 0.05, 5


def weak_slice(report: Report) -> Iterator[Finding]:
    """Parts whose accuracy lies surely, and by much, below that of the whole."""
    whole = report.intervals.get("accuracy")
    if whole is None:
        return
    weak: list[dict[str, Any]] = []
    for row in report.slices:
        interval = row["intervals"]["accuracy"]
        if row["samples"] < _ENOUGH or whole.estimate - interval.estimate < _POINTS:
            continue
        if interval.high < whole.low:
            named = {name: row[name] for name in ("column", "value", "samples")}
            weak.append(named | {"accuracy": interval.estimate, "high": interval.high})
    if not weak:
        return
    weak.sort(key=lambda row: row["accuracy"])
    listed = "; ".join(
        f"{row['column']} = {row['value']}: {percent(row['accuracy'])} of {row['samples']:,}"
        for row in weak[:_LISTED]
    )
    more = f"; and {len(weak) - _LISTED} more" if len(weak) > _LISTED else ""
    yield Finding(
        "weak_slice",
        "warning",
        {"accuracy": whole.estimate, "slices": weak[:_LISTED]},
        f"The model is worse for parts of the data than as a whole, where {percent(whole.estimate)}"
        f" are right: {listed}{more}.",
        "Look at mistakes of these parts, and whether the training data hold enough like them; "
        "of many slices a few look weak by chance.",
    )


RULES = (weak_slice,)
