"""LSTM workloads beside the runtimes that a user would pick instead: ``python -m bench.lstm``.

Each engine runs in a process of its own, and they take turns for some rounds, so that a change of
the machine's pace meets all alike. On a machine that others use too, it is the least of many short
calls that says something; the medians tell how much there was of the others.

The floor of a workload is what its arithmetic takes at the peak that ``bench.machine`` finds in the
same run, or for one row alone what reading the recurrent weights takes at every step, from the
cache they fit in. The input part of an embedding's tokens counts where tokens are uniform; those of
Zipf's law can be known from before.

Engines of 8 bits stand beside the others and are not among the "best other": they answer otherwise.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.lstm_engines import EIGHT_BITS, SIXTEEN_BITS
from bench.lstm_jobs import JOBS, Job
from bench.machine import Machine, processor
from bench.report import scaled
from bench.timing import QUICK, Pace

OURS = "lstmetrics"
PEERS = {
    OURS + SIXTEEN_BITS: (OURS,),
    OURS + EIGHT_BITS: (OURS,),
    "torch": ("torch",),
    "onnxruntime": ("onnxruntime", "onnx"),
    "onnxruntime_int8": ("onnxruntime", "onnx"),
    "openvino": ("openvino", "onnx"),
    "tensorflow": ("tensorflow",),
    "litert": ("ai_edge_litert", "tensorflow", "tf_keras"),
}
RATIOS = ("best other", "int8")  # to ours, of engines in float32, and of those in bytes
QUICK_REVIEWS = 200
ROOT = Path(__file__).resolve().parents[1]


class Worker:
    """An engine's process with one job."""

    def __init__(self, engine: str, job: Job, threads: int) -> None:
        self.engine = engine
        self.seconds: list[float] = []
        self.kilobytes = 0
        command = [sys.executable, "-m", "bench.lstm_worker", engine, job.to_json(), str(threads)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        facts = self._hear()
        self.version = str(facts["version"])
        self.refused = facts.get("refused")  # why it cannot do the job
        self.result = np.array(facts.get("result", ()))

    def turn(self, pace: Pace) -> None:
        """Let it run for a while."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(dataclasses.asdict(pace)) + "\n")
        self._process.stdin.flush()
        facts = self._hear()
        self.seconds += facts["seconds"]
        self.kilobytes = facts["kilobytes"]

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.engine} ended before its job was done")
        return dict(json.loads(line))


def floor(job: Job, machine: Machine) -> float:
    """Return the seconds that float32 cannot go below."""
    arithmetic = machine.floor(0, job.operations)
    if job.batch > 1:
        return arithmetic
    return max(arithmetic, job.steps * machine.seconds_to_read_again(job.recurrent_bytes))


def measure(
    job: Job, threads: int, pace: Pace, machine: Machine, peers: Sequence[str]
) -> dict[str, Any]:
    """Time a job on our engine and on others."""
    print(f"{threads} threads: {job.title}", file=sys.stderr, flush=True)
    every = [Worker(name, job, threads) for name in (OURS, *peers)]
    workers = [worker for worker in every if worker.refused is None]
    for shift in range(min(pace.rounds, job.most_rounds)):
        for worker in workers[shift % len(workers) :] + workers[: shift % len(workers)]:
            worker.turn(pace)
            time.sleep(pace.rest if threads > 1 else 0.0)  # threads of some spin after work
    machine.measure(1)
    ours = workers[0].result
    row: dict[str, Any] = {"name": job.title, "floor": floor(job, machine), "engines": {}}
    for worker in every:
        worker.end()
        if worker.refused is not None:
            row["engines"][worker.engine] = {"version": worker.version, "refused": worker.refused}
            continue
        row["engines"][worker.engine] = {
            "version": worker.version,
            "least": min(worker.seconds),
            "median": statistics.median(worker.seconds),
            "megabytes": worker.kilobytes / 1024,
            "agrees": bool(np.allclose(worker.result, ours, rtol=1e-3, atol=1e-5)),
            "difference": float(np.abs(worker.result - ours).max()),
        }
    return row


def table(rows: list[dict[str, Any]], threads: int, machine: Machine) -> Iterator[str]:
    """Lines of Markdown."""
    names = list(rows[0]["engines"])
    versions = {name: rows[0]["engines"][name]["version"] for name in names}
    peers = [name for name in names if name != OURS]
    yield (
        f"**{threads} thread{'s' if threads > 1 else ''}**, {processor()}, at "
        f"{machine.operations_a_second / 1e9:.0f} GFLOP/s; "
        + ", ".join(f"{name} {version}" for name, version in versions.items())
        + ". Least times; in brackets the median."
    )
    yield ""
    yield f"| workload | {' | '.join([OURS, 'of the floor', *peers, *RATIOS, 'peak MB'])} |"
    yield "|---|" + "---:|" * (len(peers) + len(RATIOS) + 3)
    for row in rows:
        ours = row["engines"][OURS]
        cells = [_times(ours), f"{row['floor'] / ours['least']:.0%}"]
        cells += [_times(row["engines"][name]) for name in peers]
        alike = [name for name in peers if not name.endswith((SIXTEEN_BITS, EIGHT_BITS))]
        cells.append(_ratio(row["engines"], alike, OURS))
        bytes_too = [name for name in peers if name.endswith(EIGHT_BITS)]
        cells.append(_ratio(row["engines"], bytes_too, OURS + EIGHT_BITS))
        cells.append(" / ".join(_megabytes(row["engines"][name]) for name in names))
        yield f"| {row['name']} | {' | '.join(cells)} |"
    for row in rows:
        for name, engine in row["engines"].items():
            if "refused" in engine:
                yield f"\n{name} cannot run {row['name']}: {engine['refused']:.300}"


def _ratio(engines: dict[str, Any], names: list[str], ours: str) -> str:
    """How many times as long as ours the quickest of some engines takes."""
    others = [engines[one]["least"] for one in names if one != ours and "least" in engines[one]]
    if not others or ours not in engines:
        return ""
    return f"{min(others) / engines[ours]['least']:.2f}x"


def _megabytes(engine: dict[str, Any]) -> str:
    return "-" if "refused" in engine else f"{engine['megabytes']:.0f}"


def _times(engine: dict[str, Any]) -> str:
    if "refused" in engine:
        return "cannot"
    differs = "" if engine["agrees"] else " (differs)"
    return f"{scaled(engine['least'])} ({scaled(engine['median'])}){differs}"


def main() -> None:
    """Run what the arguments ask for; print the tables."""
    parser = argparse.ArgumentParser(prog="python -m bench.lstm", description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2], metavar="N")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", help="such as W1 W5")
    parser.add_argument("--rounds", type=int, default=12, help="turns of each engine")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=list(PEERS), metavar="NAME")
    parser.add_argument("--reviews", type=int, metavar="N", help="at most so many in W7 and W8")
    parser.add_argument("--quick", action="store_true", help="briefly, to see that it runs")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything there")
    chosen = parser.parse_args()

    pace = QUICK if chosen.quick else Pace(chosen.rounds, warm_up=0.02, turn=0.15)
    reviews = QUICK_REVIEWS if chosen.quick and chosen.reviews is None else chosen.reviews
    wanted = [job.of_reviews(reviews) for job in JOBS if not chosen.only or job.name in chosen.only]
    installed = [one for one, needed in PEERS.items() if all(map(importlib.util.find_spec, needed))]
    peers = [name for name in chosen.peers if name in installed]
    record = []
    for threads in chosen.threads:
        machine = Machine(threads, 64)
        machine.measure()
        rows = [measure(job, threads, pace, machine, peers) for job in wanted]
        print("\n".join(table(rows, threads, machine)) + "\n", flush=True)
        record.append({"threads": threads, "workloads": rows})
    if chosen.json:
        chosen.json.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
