"""What a diagnosis consists of: findings, checks against goals, a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

__all__ = ["Check", "Finding", "Severity", "Verdict"]

Severity = Literal["critical", "warning", "info"]


@dataclass(frozen=True)
class Finding:
    """Something about a model or its data that a person should know.

    Parameters
    ----------
    code : str
        What it is, for machines: ``"accuracy_paradox"``.
    severity : {'critical', 'warning', 'info'}
        Critical ones keep a model from being called ready.
    evidence : dict
        The numbers that it rests on, by name.
    meaning : str
        What that means, in plain words.
    advice : str
        What to do about it.

    Examples
    --------
    >>> from lstmetrics import evaluate_predictions
    >>> report = evaluate_predictions([0] * 98 + [1] * 2, y_pred=[0] * 100)
    >>> finding = report.findings[0]
    >>> finding.code, finding.severity, finding.evidence["accuracy"]
    ('accuracy_paradox', 'critical', 0.98)
    """

    code: str
    severity: Severity
    evidence: dict[str, Any]
    meaning: str
    advice: str


@dataclass(frozen=True)
class Check:
    """One metric held against its goal.

    Parameters
    ----------
    metric : str
        Its name in the report.
    goal : float
        What it must reach; of a `relation` "at most", must not exceed.
    relation : {'at least', 'at most'}
        Which of the two.
    value, low, high : float
        The metric and the bounds of its interval, the value itself where it has none.
    outcome : {'met', 'missed', 'unclear'}
        Whether the whole interval lies on the one side of the goal, on the other, or on both.

    Examples
    --------
    >>> from lstmetrics import evaluate_predictions
    >>> report = evaluate_predictions([0, 1] * 500, y_pred=[0, 1] * 500)
    >>> report.verdict.checks[0].metric, report.verdict.checks[0].outcome
    ('accuracy', 'met')
    """

    metric: str
    goal: float
    relation: Literal["at least", "at most"]
    value: float
    low: float
    high: float
    outcome: Literal["met", "missed", "unclear"]


@dataclass(frozen=True)
class Verdict:
    """Whether a model is good enough.

    Parameters
    ----------
    status : {'ready', 'not ready', 'cannot tell'}
        Not ready, if a goal is missed or a finding is critical; ready, if every goal is met;
        else the samples are too few, or the data not fit, to tell.
    reasons : list of str
        Why, in plain words.
    checks : list of Check
        Each goal with its outcome.

    Examples
    --------
    >>> from lstmetrics import evaluate_predictions
    >>> evaluate_predictions([0, 1] * 500, y_pred=[0, 1] * 500).verdict.status
    'ready'
    """

    status: Literal["ready", "not ready", "cannot tell"]
    reasons: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
