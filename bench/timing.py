"""Timing in turns, so that a change of the machine's pace meets all candidates alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.workload import Call

__all__ = ["QUICK", "Pace", "Times", "take_turns", "turn"]


@dataclass(frozen=True)
class Pace:
    """How long to measure: seconds, but for the number of rounds."""

    rounds: int = 5
    # Calls that are not timed, at the start of a turn: by then the caches are the candidate's own,
    # and the system has spread its threads over the cores.
    warm_up: float = 0.1
    turn: float = 0.25
    # Short calls are timed by the many, for the clock takes time itself.
    tick: float = 1e-3
    # Before the turn that follows one of an engine whose threads spin after work.
    rest: float = 0.3


QUICK = Pace(rounds=2, warm_up=0.005, turn=0.01, rest=0.0)


@dataclass
class Times:
    """Seconds of one candidate's calls."""

    seconds: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def least(self) -> float:
        return min(self.seconds)


def take_turns(calls: Mapping[str, Call], resting: set[str], pace: Pace) -> dict[str, Times]:
    """Time every call, each in its turn, for some rounds; the first in turn changes."""
    names = list(calls)
    times = {name: Times() for name in names}
    before = ""
    for number in range(pace.rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            if before in resting and before != name:
                time.sleep(pace.rest)
            times[name].seconds += turn(calls[name], pace)
            before = name
    return times


def turn(call: Call, pace: Pace) -> list[float]:
    """Return the seconds of the calls of one turn."""
    begin = time.perf_counter()
    call()
    first = time.perf_counter() - begin
    if first > pace.turn:  # so long a call has warmed itself up
        return [first]
    calls = 1
    while time.perf_counter() - begin < pace.warm_up:
        call()
        calls += 1
    once = (time.perf_counter() - begin) / calls
    many = max(1, round(pace.tick / once))
    found = []
    begin = time.perf_counter()
    while not found or time.perf_counter() - begin < pace.turn:
        start = time.perf_counter()
        for _ in range(many):
            call()
        found.append((time.perf_counter() - start) / many)
    return found
