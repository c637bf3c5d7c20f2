"""A run as Markdown: medians, and beside each in brackets the least time."""

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
    first = {row["name"]: row for row in record["runs"][0]["workloads"]}
    for place, run in enumerate(record["runs"]):
        there = [name for name, version in engines.items() if version]
        yield from ("", *_table(run, there, first if place else {}))


def _table(
    run: dict[str, Any], engines: list[str], first: dict[str, dict[str, Any]]
) -> Iterator[str]:
    """Yield a table; where there is a first run, with how much faster than in that we are."""
    threads = run["threads"]
    rows = [row for row in run["workloads"] if row["times"]]
    peers = [name for name in engines[1:] if any(name in row["times"] for row in rows)]
    yield (
        f"**{threads} thread{'s' if threads > 1 else ''}**, on which memory is read at "
        f"{run['bytes_a_second'] / 1e9:.1f} GB/s and fused multiply-adds run at "
        f"{run['operations_a_second'] / 1e9:.0f} GFLOP/s; medians, and in brackets the least:"
    )
    yield ""
    titles = [OURS, "rate", "of the floor", *peers, "best other"]
    if first:
        titles.append("faster than in the first table")
    yield f"| workload | {' | '.join(titles)} |"
    yield "|---|" + "---:|" * len(titles)
    for row in rows:
        yield f"| {row['name']} | {' | '.join(_cells(row, peers, first))} |"
    notes = [f"{row['name']}: {row['note']}." for row in run["workloads"] if "note" in row]
    notes += [
        f"{row['name']}: {name} computes something else (its result differs)."
        for row in rows
        for name in row["differs"]
    ]
    if notes:
        yield from ("", *notes)


def _cells(
    row: dict[str, Any], peers: list[str], first: dict[str, dict[str, Any]]
) -> Iterator[str]:
    times = row["times"]
    ours = times[OURS]["median"]
    yield _both(times[OURS])
    if row["operations"]:
        yield f"{row['operations'] / ours / 1e9:.0f} GFLOP/s"
    else:
        yield f"{row['bytes'] / ours / 1e9:.1f} GB/s"
    yield f"{row['floor'] / ours:.0%}"
    for name in peers:
        yield _both(times[name]) if name in times else ""
    others = [times[name] for name in peers if name in times and name not in row["differs"]]
    yield _ratios(others, times[OURS]) if others else ""
    if first:
        before = first.get(row["name"], row)["times"].get(OURS)
        yield _ratios([before], times[OURS]) if before else ""


def _both(times: dict[str, float]) -> str:
    """Return the median and the least time, in one unit where they share it."""
    median, least = scaled(times["median"]), scaled(times["least"])
    number, unit = least.split()
    return f"{median} ({number if median.endswith(f' {unit}') else least})"


def _ratios(others: list[dict[str, float]], ours: dict[str, float]) -> str:
    """Return how many times as long the best of others takes, by medians and by least times."""
    median, least = (min(one[by] for one in others) / ours[by] for by in ("median", "least"))
    return f"{median:.1f}x ({least:.1f})"


def scaled(seconds: float) -> str:
    """Return a time in the unit that suits it, three digits of it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        digits = f"{seconds / size:.3g}"
        if float(digits) >= 1:  # also what rounds to 1
            return f"{digits if seconds < 999.5 else f'{seconds:.0f}'} {unit}"
    return f"{seconds * 1e6:.3g} us"
