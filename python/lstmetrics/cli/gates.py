"""Bounds on metrics, for continuous integration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation import Report
from lstmetrics.evaluation.goals import LOSSES

__all__ = ["GateError", "check_gates", "read_bounds"]


class GateError(Exception):
    """A gate was not passed: the command ends with 3."""


def read_bounds(texts: Iterable[str] | None, option: str) -> dict[str, float]:
    """Return the bounds that texts such as ``f1=0.8`` say.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        One says none.
    """
    found = {}
    for text in texts or ():
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            raise InvalidValueError(
                f"{option} takes NAME=NUMBER, such as f1=0.8, got {text!r}"
            ) from None
    return found


def check_gates(report: Report, bounds: Mapping[str, float], unless_ready: bool) -> None:
    """Raise GateError for the first bound that a report does not keep; NaN keeps none."""
    for name, bound in bounds.items():
        if name not in report.metrics:
            raise InvalidValueError(
                f"--fail-under: there is no metric {name!r}; there are {', '.join(report.metrics)}"
            )
        value = report.metrics[name]
        kept = value <= bound if name in LOSSES else value >= bound
        if not kept:
            side = "above" if name in LOSSES else "below"
            raise GateError(f"{name} is {value:.6g}, {side} {bound:g}")
    if unless_ready and report.verdict.status != "ready":
        raise GateError(f"the verdict is: {report.verdict.status}")
