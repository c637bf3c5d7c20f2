"""Intervals of many metrics of one state, from the same replicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lstmetrics.streaming import Interval
from lstmetrics.streaming._base import Streaming
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
    state: Any, measures: Mapping[str, Callable[[Any], float]], drawn: Drawn
) -> dict[str, Interval]:
    """Return the bootstrap interval of each metric, all over one set of replicates.

    Parameters
    ----------
    state : Streaming
        One that has replicates.
    measures : mapping from str to callable
        What computes each metric of an instance.
    drawn : Drawn
        Level, seed and number of replicates.

    Returns
    -------
    dict of Interval
        The same that ``state.interval(measure, method="bootstrap")`` gives one by one.
    """
    if not drawn.replicates or not isinstance(state, Streaming):
        return {}
    values = np.empty((len(measures), drawn.replicates))
    for first in range(0, drawn.replicates, _CHUNK):
        count = min(_CHUNK, drawn.replicates - first)
        for offset, replicate in enumerate(state._replicates(drawn.seed, first, count)):
            values[:, first + offset] = [measure(replicate) for measure in measures.values()]
    return {
        name: bootstrap_interval(measure(state), row, drawn.level)
        for (name, measure), row in zip(measures.items(), values, strict=True)
    }
