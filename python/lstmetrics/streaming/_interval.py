"""Confidence intervals of streaming metrics, by methods that no order of the data can change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import silence
from lstmetrics.errors import InvalidParameterError, UnsupportedError
from lstmetrics.metrics._parameters import refuse

if TYPE_CHECKING:
    from lstmetrics.streaming._base import Streaming

__all__ = [
    "BOOTSTRAP",
    "Bounds",
    "Interval",
    "Way",
    "Ways",
    "bootstrap_interval",
    "check_draws",
    "check_level",
    "interval_of",
    "proportion",
    "replicate_values",
]

Bounds = tuple[float, float]
Options = dict[str, Any]

_CHUNK = 16  # replicates drawn at a time
_MOST_SEED = 2**64


@dataclass(frozen=True, slots=True)
class Interval:
    """A confidence interval.

    Parameters
    ----------
    estimate : float
        The metric itself.
    low, high : float
        The bounds; NaN where they are not defined.
    level : float
        The confidence level.
    method : str
        How the bounds were found: "wilson", "normal", "delong", "bootstrap" and so on.
    replicates : int, default=0
        How many replicates of a bootstrap were used: those for which the metric is not NaN.

    Examples
    --------
    >>> from lstmetrics.streaming import Confusion
    >>> confusion = Confusion.from_matrix([[90, 10], [20, 80]], labels=["ham", "spam"])
    >>> interval = confusion.interval("accuracy")
    >>> interval.estimate, round(interval.low, 4), round(interval.high, 4), interval.method
    (0.85, 0.7939, 0.8929, 'wilson')
    """

    estimate: float
    low: float
    high: float
    level: float
    method: str
    replicates: int = 0


class Way(NamedTuple):
    """How a metric gets its interval."""

    method: str
    # The bounds for a snapshot of the state, a level and the metric's own options; None where the
    # method is not for these options.
    bounds: Callable[[Any, float, Options], Bounds | None] | None
    # Whether a bootstrap, which has no such bounds, knows the metric with these options.
    applies: Callable[[Options], bool] = lambda _: True


# By metric, which is the name of a method: the ways it can be done, the default first.
Ways = Mapping[str, tuple[Way, ...]]

BOOTSTRAP = Way("bootstrap", None)


def proportion(counts: Callable[[Any, Options], tuple[float, float] | None]) -> Way:
    """Wilson's interval, given what tells (successes, trials)."""

    def bounds(snapshot: Any, level: float, options: Options) -> Bounds | None:
        found = counts(snapshot, options)
        return None if found is None else _arrays.wilson(*found, level)

    return Way("wilson", bounds)


def check_level(level: Any, function: str) -> float:
    """Accept real numbers between 0 and 1."""
    if isinstance(level, bool | np.bool_) or not isinstance(level, Real) or not 0 < level < 1:  # type: ignore[operator]
        raise refuse("level", function, "a float in the range (0.0, 1.0)", level)
    return float(level)


def check_draws(seed: Any, replicates: Any, function: str) -> None:
    """Accept a seed of 64 bits, and at least one replicate."""
    if isinstance(seed, bool) or not isinstance(seed, Integral) or not 0 <= int(seed) < _MOST_SEED:
        raise refuse("seed", function, "an int in the range [0, 2**64)", seed)
    if isinstance(replicates, bool) or not isinstance(replicates, Integral) or replicates < 1:
        raise refuse("replicates", function, "an int in the range [1, inf)", replicates)


def _number(value: Any, metric: object) -> float:
    if isinstance(value, Real):
        return float(value)
    raise InvalidParameterError(
        f"an interval is of one number, but {metric!r} gave {type(value).__name__}: "
        "choose an average or one label"
    )


def interval_of(
    snapshot: Streaming,
    metric: str | Callable[[Any], float],
    level: Any,
    method: str | None,
    seed: Any,
    replicates: Any,
    options: Options,
) -> Interval:
    """Find the interval of a metric of a state that nobody else changes."""
    function = f"{type(snapshot).__name__}.interval"
    level = check_level(level, function)
    check_draws(seed, replicates, function)
    ways = _ways(snapshot, metric, method, function)
    measure = snapshot._measure(metric, options)
    estimate = _number(measure(snapshot), metric)
    for way in ways:
        if not way.applies(options):
            continue
        if way.bounds is None:
            return bootstrap_interval(
                estimate,
                snapshot._replicate_values(measure, int(seed), int(replicates)),
                level,
            )
        bounds = way.bounds(snapshot, level, options)
        if bounds is not None:
            return Interval(estimate, *bounds, level, way.method)
    raise UnsupportedError(
        f"{function}: {ways[0].method!r} is not for {metric!r} with these options and weights"
    )


def _ways(
    snapshot: Streaming, metric: str | Callable[[Any], float], method: str | None, function: str
) -> tuple[Way, ...]:
    known = snapshot._intervals
    if callable(metric):
        if not hasattr(snapshot._state, "replicates"):
            raise UnsupportedError(
                f"{function}: this state has no bootstrap of a metric of your own; "
                f"name one of {sorted(known)}"
            )
        ways: tuple[Way, ...] = (BOOTSTRAP,)
    elif metric in known:
        ways = known[metric]
    else:
        raise refuse("metric", function, f"one of {sorted(known)}, or a callable", metric)
    if method is None:
        return ways
    chosen = tuple(way for way in ways if way.method == method)
    if not chosen:
        names = [way.method for way in ways]
        raise refuse("method", function, f"one of {names} for {metric!r}, or None", method)
    return chosen


def replicate_values(
    draw: Callable[[int, int, int], list[Any]],
    measure: Callable[[Any], Any],
    seed: int,
    replicates: int,
) -> npt.NDArray[np.float64]:
    """Return a metric's value for each replicate, given what draws some of them."""
    values: list[float] = []
    with silence():
        for first in range(0, replicates, _CHUNK):
            drawn = draw(seed, first, min(_CHUNK, replicates - first))
            values += [float(measure(replicate)) for replicate in drawn]
    return np.array(values, np.float64)


def bootstrap_interval(estimate: float, values: npt.NDArray[np.float64], level: float) -> Interval:
    """Percentile interval of the values of a metric for replicates."""
    (low, high), used = _arrays.percentile_bounds(values, level)
    return Interval(estimate, low, high, level, "bootstrap", used)
