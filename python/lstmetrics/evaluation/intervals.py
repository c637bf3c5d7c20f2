"""Intervals of many metrics of one state, from the same replicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmetrics.streaming import Interval
from lstmetrics.streaming._interval import bootstrap_interval, check_draws, check_level

__all__ = ["Drawn", "bootstrapped"]

_CHUNK = 16  # replicates in memory at a time


@dataclass(frozen=True)
class Drawn:
    """How intervals are found.

    Parameters
    ----------
    level : float, default=0.95
        The confidence level.
    replicates : int, default=1000
        Of the bootstrap; 0 leaves out the intervals that need one.
    seed : int, default=0
        Of the bootstrap.
    """

    level: float = 0.95
    replicates: int = 1000
    seed: int = 0

    def __post_init__(self) -> None:
        check_level(self.level, "evaluate")
        check_draws(self.seed, max(self.replicates, 1), "evaluate")


def bootstrapped(
    state: Any, measures: Callable[[Any], Mapping[str, float]], drawn: Drawn
) -> dict[str, Interval]:
    """Return the bootstrap interval of each metric, all over one set of replicates.

    Parameters
    ----------
    state : Streaming
        One that has replicates.
    measures : callable
        What computes all metrics of an instance, by name.
    drawn : Drawn
        Level, seed and number of replicates.

    Returns
    -------
    dict of Interval
        The same that ``state.interval(measure, method="bootstrap")`` gives one by one.
    """
    if not drawn.replicates:
        return {}
    found = measures(state)
    values = np.empty((len(found), drawn.replicates))
    for first in range(0, drawn.replicates, _CHUNK):
        count = min(_CHUNK, drawn.replicates - first)
        for offset, replicate in enumerate(state._replicates(drawn.seed, first, count)):
            values[:, first + offset] = list(measures(replicate).values())
    return {
        name: bootstrap_interval(value, row, drawn.level)
        for (name, value), row in zip(found.items(), values, strict=True)
    }
