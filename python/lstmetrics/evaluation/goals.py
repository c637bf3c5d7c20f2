"""Goals that a model must reach, and the verdict on a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Literal

from lstmetrics.errors import InvalidParameterError
from lstmetrics.evaluation.findings import Check, Finding, Verdict

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report
    from lstmetrics.streaming import Interval

__all__ = ["BALANCED_RATIO", "Goal", "distances", "judge", "read_goals"]

# Up to so many samples of the largest class for one of the smallest, accuracy says something.
BALANCED_RATIO = 3.0
# How far F1 may be from precision and from recall.
F1_REACH = 0.05

Relation = Literal["at least", "at most"]


@dataclass(frozen=True)
class Goal:
    """What a metric must reach.

    Parameters
    ----------
    metric : str
        Its name in the report.
    value : float
        The bound.
    relation : {'at least', 'at most'}, default='at least'
        On which side of it the metric must be.

    Examples
    --------
    >>> from lstmetrics.evaluation import Goal
    >>> Goal("log_loss", 0.3, "at most").relation
    'at most'
    """

    metric: str
    value: float
    relation: Relation = "at least"


# Metrics of which less is better.
LOSSES = frozenset(
    [
        "log_loss",
        "brier_score",
        "expected_calibration_error",
        "maximum_calibration_error",
        "hamming_loss",
        "roc_auc_error",
        "roc_auc_ovr_error",
        "roc_auc_macro_error",
        "cross_entropy",
        "perplexity",
        "bits_per_token",
        "bits_per_character",
        "bits_per_byte",
    ]
)


def read_goals(goals: Mapping[str, float] | Iterable[Goal] | None) -> list[Goal] | None:
    """Return goals in the one form; of a mapping, losses must be at most what it says.

    Parameters
    ----------
    goals : mapping from str to float, iterable of Goal, or None
        None stays None: the defaults.

    Returns
    -------
    list of Goal, or None
    """
    if goals is None:
        return None
    if isinstance(goals, Mapping):
        return [_goal(name, value) for name, value in goals.items()]
    return list(goals)


def _goal(name: str, value: float) -> Goal:
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InvalidParameterError(f"goals[{name!r}] must be a number, got {value!r}")
    return Goal(name, float(value), "at most" if name in LOSSES else "at least")


def judge(report: Report, findings: Sequence[Finding], goals: list[Goal] | None) -> Verdict:
    """Hold a report against goals.

    Parameters
    ----------
    report : Report
        Metrics and intervals are read.
    findings : sequence of Finding
        A critical one makes the model not ready; leakage makes its numbers worthless.
    goals : list of Goal or None
        None stands for the defaults: accuracy 0.85 where classes are balanced, precision and
        recall 0.80, F1 within 0.05 of both.

    Returns
    -------
    Verdict
    """
    if not report.samples:
        return Verdict("cannot tell", ["there are no samples"])
    chosen = _defaults(report) if goals is None else goals
    checks = [_check(report, goal) for goal in chosen]
    if goals is None:
        checks += _f1_checks(report)
    reasons = [_reason(check) for check in checks if check.outcome == "missed"]
    reasons += [_headline(finding) for finding in _blocking(findings)]
    if reasons:
        return Verdict("not ready", reasons, checks)
    if not checks:
        return Verdict("cannot tell", ["there is no goal for these metrics: set some"], checks)
    doubts = [_reason(check) for check in checks if check.outcome == "unclear"]
    doubts += [_headline(finding) for finding in findings if _spoils(finding)]
    if doubts:
        return Verdict("cannot tell", doubts, checks)
    return Verdict("ready", ["every goal is met, intervals included"], checks)


def _headline(finding: Finding) -> str:
    """Return the code and the first sentence of a finding."""
    return f"{finding.code}: {finding.meaning.partition('. ')[0].rstrip('.')}."


def _spoils(finding: Finding) -> bool:
    """Whether a finding says that the test data cannot be trusted."""
    return finding.code == "one_class_only" or (
        finding.code == "leakage" and finding.severity == "critical"
    )


def _blocking(findings: Sequence[Finding]) -> list[Finding]:
    return [f for f in findings if f.severity == "critical" and not _spoils(f)]


def _defaults(report: Report) -> list[Goal]:
    names = report.metrics
    if report.kind == "language model":
        return []
    precision, recall, _ = headline_names(report.metrics)
    chosen = [Goal(precision, 0.80), Goal(recall, 0.80)]
    if "accuracy" in names and report.task != "multilabel" and not _is_imbalanced(report):
        chosen.insert(0, Goal("accuracy", 0.85))
    return chosen


def headline_names(metrics: Mapping[str, float]) -> tuple[str, str, str]:
    """Return the names of the precision, recall and F1 that a verdict looks at."""
    suffix = "" if "precision" in metrics else "_macro"
    return f"precision{suffix}", f"recall{suffix}", f"f1{suffix}"


def _is_imbalanced(report: Report) -> bool:
    ratio = report.baseline.get("imbalance_ratio")
    return ratio is None or not ratio <= BALANCED_RATIO


def _check(report: Report, goal: Goal) -> Check:
    if goal.metric not in report.metrics:
        raise InvalidParameterError(
            f"goals: there is no metric {goal.metric!r}; the report has {', '.join(report.metrics)}"
        )
    return _checked(goal, report.metrics[goal.metric], report.intervals.get(goal.metric))


def _checked(goal: Goal, value: float, interval: Interval | None) -> Check:
    low, high = (interval.low, interval.high) if interval is not None else (value, value)
    sign = 1.0 if goal.relation == "at least" else -1.0
    worst, best = sorted((sign * low, sign * high))
    outcome: Literal["met", "missed", "unclear"] = "unclear"
    if worst >= sign * goal.value:
        outcome = "met"
    elif best < sign * goal.value:
        outcome = "missed"
    return Check(goal.metric, goal.value, goal.relation, value, low, high, outcome)


def _f1_checks(report: Report) -> list[Check]:
    """F1 far from precision or recall means that the two are far apart."""
    return [
        _checked(Goal(name, F1_REACH, "at most"), distance, report.intervals.get(name))
        for name, distance in distances(report.metrics).items()
    ]


def distances(metrics: Mapping[str, float]) -> dict[str, float]:
    """Return how far F1 is from precision and from recall, by names that say so.

    Parameters
    ----------
    metrics : mapping from str to float
        Those of a report; what a verdict looks at is taken.
    """
    *others, f1 = headline_names(metrics)
    if f1 not in metrics:
        return {}
    return {f"distance of {f1} and {other}": abs(metrics[f1] - metrics[other]) for other in others}


def _reason(check: Check) -> str:
    relation = "below" if check.relation == "at least" else "above"
    where = f"{check.metric} {check.value:.4g}"
    if check.low != check.high:
        where += f" [{check.low:.4g}, {check.high:.4g}]"
    if check.outcome == "missed":
        return f"{where} is {relation} the goal of {check.goal:g}"
    return f"{where} cannot be told from the goal of {check.goal:g}: more samples are needed"
