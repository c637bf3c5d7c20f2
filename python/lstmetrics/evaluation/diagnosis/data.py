"""Findings about the test data themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmetrics.evaluation.diagnosis.rates import percent
from lstmetrics.evaluation.findings import Finding, Severity

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["RULES"]

_MUCH_LEAKAGE, _SOME = 0.01, 0.0
_MANY_UNKNOWN, _MANY_CUT = 0.05, 0.05


def leakage(report: Report) -> Iterator[Finding]:
    """Test texts that are in the training data, too."""
    found = report.duplicates
    if not found or found.get("in_train") is None:
        return
    shared = found["in_train"] + (found.get("near_train") or 0)
    if not shared:
        return
    share = shared / found["samples"]
    near = found.get("near_train")
    also = f", {near:,} more nearly so" if near else ""
    yield Finding(
        "leakage",
        "critical" if share >= _MUCH_LEAKAGE else "warning",
        {"in_train": found["in_train"], "near_train": near, "samples": found["samples"]},
        f"{found['in_train']:,} of {found['samples']:,} test texts ({percent(share)}) are in the "
        f"training data as well{also}: the model may only remember them, and every number of this "
        "report is too good.",
        "Take these texts out of one of the two sets, split by source or date rather than at "
        "random, and evaluate again.",
    )


def duplicates(report: Report) -> Iterator[Finding]:
    """Texts that occur more than once in the test data."""
    found = report.duplicates
    if not found:
        return
    repeated = found["repeated"]
    if repeated:
        share = repeated / found["samples"]
        yield Finding(
            "duplicates",
            "warning" if share >= _MUCH_LEAKAGE else "info",
            {"repeated": repeated, "near_repeated": found.get("near_repeated"), "share": share},
            f"{repeated:,} of {found['samples']:,} test texts ({percent(share)}) repeat an earlier "
            "one: they count twice, and intervals are narrower than they should be.",
            "Keep one of each, before the data are split.",
        )
    if found["conflicting"]:
        yield Finding(
            "conflicting_labels",
            "warning",
            {"conflicting": found["conflicting"], "examples": found["conflicts"]},
            f"{found['conflicting']:,} texts occur with different labels: no model can get all of "
            "them right.",
            "Decide on one label for each, and write down the rule for those who label.",
        )


def unknown_words(report: Report) -> Iterator[Finding]:
    """Tokens that the vocabulary lacks."""
    share = report.data.get("out_of_vocabulary")
    if share is None or not share > _SOME:
        return
    severity: Severity = "warning" if share >= _MANY_UNKNOWN else "info"
    yield Finding(
        "out_of_vocabulary",
        severity,
        {"out_of_vocabulary": share, "tokens": report.data["tokens"]},
        f"{percent(share)} of the tokens are not in the vocabulary: the model cannot see them.",
        "Use the vocabulary that was used in training; where it is, train on text like this, with "
        "a larger vocabulary or with parts of words.",
    )


def truncation(report: Report) -> Iterator[Finding]:
    """Texts whose end the model never sees."""
    share = report.data.get("truncated")
    if share is None or not share > _SOME:
        return
    severity: Severity = "warning" if share >= _MANY_CUT else "info"
    yield Finding(
        "truncation",
        severity,
        {"truncated": share, "longest": report.data["longest"]},
        f"{percent(share)} of the texts are longer than the {report.data['longest']:,} tokens that "
        "the model reads: the rest is cut off.",
        "Train and run with longer sequences, or look at the slices by length: if long texts are "
        "no worse, nothing needs to be done.",
    )


def skipped(report: Report) -> Iterator[Finding]:
    """Rows of the input that were left out."""
    rows = report.data.get("rows_skipped")
    if not rows:
        return
    yield Finding(
        "rows_skipped",
        "warning",
        {"rows_skipped": rows, "reasons": report.data.get("skip_reasons")},
        f"{rows:,} rows could not be read and are in none of the numbers.",
        "Mend the input: rows that fail are seldom like the others.",
    )


RULES = (leakage, duplicates, unknown_words, truncation, skipped)
