"""One process that reads inputs one after the other, within limits."""

from __future__ import annotations

import json
import mmap
import random
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from fuzz.targets import FORMATS
from lstmetrics.errors import LstmetricsError

__all__ = ["input_of", "run"]

_SECONDS = 10.0  # for one input; longer is a hang, and the alarm ends the process
_ROOM = 512 << 20  # more than this beyond what is there at the start cannot be had
_WARM = 200  # inputs after which memory is compared
_PAGE = resource.getpagesize()


def input_of(name: str, index: int, seeds: list[bytes]) -> bytes:
    """Return one input, which follows from its number alone."""
    rng = random.Random(f"{name} {index}")
    return FORMATS[name].change(rng, rng.choice(seeds), rng.choice(seeds))


def run(name: str, first: int, count: int, progress: Path) -> dict[str, Any]:
    """Read inputs; return how many were accepted, what escaped, and how memory grew."""
    chosen, seeds = FORMATS[name], FORMATS[name].seeds()
    for seed in seeds:
        chosen.read(seed)
    largest, accepted, escaped = max(map(len, seeds)), 0, []
    pages = _memory()[0]
    resource.setrlimit(resource.RLIMIT_AS, (pages * _PAGE + _ROOM,) * 2)
    middle = warm = 0
    with progress.open("r+b") as file:
        place = mmap.mmap(file.fileno(), 8)  # it outlives a crash
    for done in range(count):
        place[:] = (first + done).to_bytes(8, "little")
        data = input_of(name, first + done, seeds)
        largest = max(largest, len(data))
        signal.setitimer(signal.ITIMER_REAL, _SECONDS)
        try:
            chosen.read(data)
            accepted += 1
        except LstmetricsError:
            pass
        except BaseException:
            escaped.append([first + done, traceback.format_exc(limit=-3)])
        signal.setitimer(signal.ITIMER_REAL, 0)
        if done == min(_WARM, count - 1):
            warm = _memory()[1]
        if done == count // 2:
            middle = _memory()[1]
    end = _memory()[1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "accepted": accepted,
        "escaped": escaped,
        "largest": largest,
        "peak": max(0, peak - warm * _PAGE),
        "leak": max(0, end - max(middle, warm)) * _PAGE,
    }


def _memory() -> tuple[int, int]:
    """Return the pages that the process has mapped, and those in memory."""
    total, resident, *_ = Path("/proc/self/statm").read_text().split()
    return int(total), int(resident)


if __name__ == "__main__":
    _, name, first, count, place = sys.argv
    print(json.dumps(run(name, int(first), int(count), Path(place))))
