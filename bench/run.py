"""One run: every workload on every engine that is there, on each number of threads."""

from __future__ import annotations

import gc
import platform
import sys
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

import lstmetrics
from bench.engines import ENGINES
from bench.lstm_workloads import LSTM_WORKLOADS
from bench.machine import Machine, processor
from bench.metric_workloads import METRIC_WORKLOADS
from bench.timing import Pace, take_turns
from bench.workload import Call, Workload

__all__ = ["run", "workloads"]

OURS = "lstmetrics"
LEAST = 1_000  # samples of a workload made smaller


def workloads(scale: float, only: str) -> list[Workload]:
    """Make every workload whose name contains a text, its size times a scale."""
    made = []
    for kind, size, *rest in (*METRIC_WORKLOADS, *LSTM_WORKLOADS):
        scaled = max(min(size, LEAST), int(size * scale))
        workload = kind(scaled, *rest)
        if only.lower() in workload.name.lower():
            made.append(workload)
    return made


def run(
    threads: Sequence[int], pace: Pace, scale: float = 1.0, only: str = "", probe: int = 256
) -> dict[str, Any]:
    """Run everything; return what there is to know of it, ready for JSON."""
    record: dict[str, Any] = {
        "processor": processor(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "engines": {engine.name: engine.version for engine in ENGINES},
        "isa": lstmetrics.info()["isa"],
        "contract_version": lstmetrics.info()["contract_version"],
        "pace": vars(pace),
        "runs": [],
    }
    for number in threads:
        for engine in ENGINES:
            engine.set_threads(number)
        machine = Machine(number, probe)
        machine.measure()
        rows = []
        for workload in workloads(scale, only):
            say(f"{number} threads: {workload.name}")
            rows.append(_row(workload, machine, pace))
            machine.measure(1)
            del workload
            gc.collect()
        for row in rows:
            row["floor"] = machine.floor(row["bytes"], row["operations"])
        record["runs"].append(
            {
                "threads": number,
                "bytes_a_second": machine.bytes_a_second,
                "operations_a_second": machine.operations_a_second,
                "workloads": rows,
            }
        )
    return record


def _row(workload: Workload, machine: Machine, pace: Pace) -> dict[str, Any]:
    row: dict[str, Any] = {"name": workload.name, "function": workload.function}
    row |= {"bytes": 0, "operations": 0, "times": {}, "differs": {}}
    if workload.function and not hasattr(lstmetrics.metrics, workload.function):
        return row | {"note": f"lstmetrics has no {workload.function} yet"}
    calls = _calls(workload)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in _disagreeing(workload, calls):
            row["differs"][name] = True
        resting = {engine.name for engine in ENGINES if engine.rests and machine.threads > 1}
        times = take_turns(calls, resting, pace)
    row |= {"bytes": workload.bytes, "operations": workload.operations}
    for name, taken in times.items():
        row["times"][name] = {"median": taken.median, "least": taken.least}
        row["times"][name]["calls"] = len(taken.seconds)
    return row


def _calls(workload: Workload) -> dict[str, Call]:
    found = {}
    for engine in ENGINES:
        if engine.version is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                call = workload.call(engine.package)
            if call is not None:
                found[engine.name] = call
    return found


def _disagreeing(workload: Workload, calls: dict[str, Call]) -> list[str]:
    """Return the engines whose result is not ours: what they do is no peer's work."""
    ours = _numbers(calls[OURS]())
    return [
        name
        for name, call in calls.items()
        if not np.allclose(_numbers(call()), ours, rtol=workload.tolerance, atol=1e-6)
    ]


def _numbers(result: Any) -> Any:
    return np.asarray(result, dtype=np.float64)


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)
