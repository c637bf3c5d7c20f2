"""Findings from slices: parts of the data where the model is worse."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmetrics.evaluation.diagnosis.rates import percent
from lstmetrics.evaluation.findings import Finding

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["RULES"]

_ENOUGH, _POINTS, _NATS, _LISTED = 30, 0.05, 0.10, 5
_WORDS = {
    "accuracy": "accuracy is",
    "recall": "recall is",
    "cross_entropy": "the loss of a token is",
}


def weak_slice(report: Report) -> Iterator[Finding]:
    """Parts that are surely, and by much, worse than the whole."""
    judged = _judged(report)
    if judged is None:
        return
    name, sign, least = judged
    whole = report.intervals[name]
    weak: list[dict[str, Any]] = []
    for row in report.slices:
        here = row["intervals"].get(name)
        if here is None or row["samples"] < _ENOUGH:
            continue
        if not sign * (whole.estimate - here.estimate) >= least:
            continue
        apart = here.high < whole.low if sign > 0 else here.low > whole.high
        if apart:
            named = {key: row[key] for key in ("column", "value", "samples")}
            bound = "high" if sign > 0 else "low"
            weak.append(named | {name: here.estimate, bound: getattr(here, bound)})
    if not weak:
        return
    weak.sort(key=lambda row: sign * row[name])
    spoken = percent if sign > 0 else _nats
    listed = "; ".join(
        f"{row['column']} = {row['value']}: {spoken(row[name])} of {row['samples']:,}"
        for row in weak[:_LISTED]
    )
    more = f"; and {len(weak) - _LISTED} more" if len(weak) > _LISTED else ""
    yield Finding(
        "weak_slice",
        "warning",
        {name: whole.estimate, "slices": weak[:_LISTED]},
        f"The model is worse for parts of the data than as a whole, where {_WORDS[name]} "
        f"{spoken(whole.estimate)}: {listed}{more}.",
        "Look at mistakes of these parts, and whether the training data hold enough like them; "
        "of many slices a few look weak by chance.",
    )


def _judged(report: Report) -> tuple[str, float, float] | None:
    """Return the metric that slices are held against, whether more is better, and how much is much.

    Of tags that is the recall of entities: most tokens are in none.
    """
    name = {"tagging": "recall", "language model": "cross_entropy"}.get(report.kind, "accuracy")
    if name not in report.intervals:
        return None
    return (name, -1.0, _NATS) if name == "cross_entropy" else (name, 1.0, _POINTS)


def _nats(loss: float) -> str:
    return f"{loss:.3g} nats"


RULES = (weak_slice,)
