"""A report as the flat numbers that loggers of experiments take."""

from __future__ import annotations

from lstmetrics.evaluation import Report
from lstmetrics.evaluation.goals import LOSSES

__all__ = ["better_when_higher", "numbers"]


def numbers(report: Report, prefix: str = "") -> dict[str, float]:
    """Return a report's metrics and the ends of their intervals by name.

    Parameters
    ----------
    report : Report
    prefix : str, default=''
        What every name starts with.

    Returns
    -------
    dict of float
        ``accuracy``, and where it has an interval ``accuracy_low`` and ``accuracy_high``.

    Examples
    --------
    >>> from lstmetrics import evaluate_predictions
    >>> from lstmetrics.integrations import numbers
    >>> found = numbers(evaluate_predictions([0, 1, 1, 0], y_pred=[0, 1, 0, 0]), "test_")
    >>> found["test_accuracy"], found["test_accuracy_low"] < 0.75 < found["test_accuracy_high"]
    (0.75, True)
    """
    found = {f"{prefix}{name}": float(value) for name, value in report.metrics.items()}
    for name, interval in report.intervals.items():
        if name not in report.metrics:  # a distance, which a goal is about
            continue
        found[f"{prefix}{name}_low"] = float(interval.low)
        found[f"{prefix}{name}_high"] = float(interval.high)
    return found


def better_when_higher(metric: str) -> bool:
    """Return whether more of a metric is better; of losses it is not."""
    return metric not in LOSSES
