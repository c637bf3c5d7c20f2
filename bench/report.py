"""A run as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["markdown"]

OURS = "lstmetrics"


def markdown(record: dict[str, Any]) -> str:
    """Return a table for each number of threads."""
    return "\n".join(_lines(record))


def _lines(record: dict[str, Any]) -> Iterator[str]:
    engines = record["engines"]
    present = ", ".join(f"{name} {version}" for name, version in engines.items() if version)
    yield f"{record['processor']}, {record['isa']}; Python {record['python']}, {present}."
    absent = [name for name, version in engines.items() if not version]
    if absent:
        yield f"Not installed, and therefore not timed: {', '.join(absent)}."
    for run in record["runs"]:
        yield from ("", *_table(run, [name for name, version in engines.items() if version]))


def _table(run: dict[str, Any], engines: list[str]) -> Iterator[str]:
    threads = run["threads"]
    rows = [row for row in run["workloads"] if row["times"]]
    peers = [name for name in engines[1:] if any(name in row["times"] for row in rows)]
    yield (
        f"**{threads} thread{'s' if threads > 1 else ''}**, on which memory is read at "
        f"{run['bytes_a_second'] / 1e9:.1f} GB/s and fused multiply-adds run at "
        f"{run['operations_a_second'] / 1e9:.0f} GFLOP/s:"
    )
    yield ""
    yield f"| workload | {' | '.join([OURS, 'rate', 'of the floor', *peers, 'best other'])} |"
    yield "|---|" + "---:|" * (len(peers) + 4)
    for row in rows:
        yield f"| {row['name']} | {' | '.join(_cells(row, peers))} |"
    notes = [f"{row['name']}: {row['note']}." for row in run["workloads"] if "note" in row]
    notes += [
        f"{row['name']}: {name} computes something else (its result differs)."
        for row in rows
        for name in row["differs"]
    ]
    if notes:
        yield from ("", *notes)


def _cells(row: dict[str, Any], peers: list[str]) -> Iterator[str]:
    medians = {name: times["median"] for name, times in row["times"].items()}
    ours = medians[OURS]
    yield scaled(ours)
    if row["operations"]:
        yield f"{row['operations'] / ours / 1e9:.0f} GFLOP/s"
    else:
        yield f"{row['bytes'] / ours / 1e9:.1f} GB/s"
    yield f"{row['floor'] / ours:.0%}"
    for name in peers:
        yield scaled(medians[name]) if name in medians else ""
    others = [medians[name] for name in peers if name in medians and name not in row["differs"]]
    yield f"{min(others) / ours:.1f}x" if others else ""


def scaled(seconds: float) -> str:
    """Return a time in the unit that suits it, three digits of it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds:.0f} s"
    return f"{seconds * 1e6:.3g} us"
