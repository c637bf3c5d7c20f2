"""What is wrong with a model or its data, from the numbers of a report alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from lstmetrics.evaluation.diagnosis import confidence, data, fit, language, parts, rates
from lstmetrics.evaluation.findings import Finding

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["diagnose"]

Rule = Callable[["Report"], Iterable[Finding]]

# In the order in which findings of one severity are told.
RULES: tuple[Rule, ...] = (
    *rates.RULES,
    *language.RULES,
    *fit.RULES,
    *data.RULES,
    *confidence.RULES,
    *parts.RULES,
)
_SEVERITIES = ("critical", "warning", "info")


def diagnose(report: Report) -> list[Finding]:
    """Return what a person should know about a report, the gravest first.

    Parameters
    ----------
    report : Report
        Nothing but its numbers is read.

    Returns
    -------
    list of Finding
    """
    findings = [finding for rule in RULES for finding in rule(report)]
    return sorted(findings, key=lambda finding: _SEVERITIES.index(finding.severity))
