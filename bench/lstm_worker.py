"""A process that runs one job on one engine, as ``bench.lstm`` tells it to.

``python -m bench.lstm_worker ENGINE JOB THREADS`` prints one line of JSON about itself, then one
for each line it reads: the seconds of the calls of a turn.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import itertools
import json
import resource
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from bench.lstm_engines import EIGHT_BITS, ENGINES
from bench.lstm_jobs import JOBS
from bench.timing import Pace, turn

MOST_TIMES = 500  # of a turn


def main() -> None:
    """Say what there is; time a turn for each line that comes in."""
    engine, number, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    warnings.simplefilter("ignore")
    job = JOBS[number]
    library = engine.removesuffix(EIGHT_BITS)
    importlib.import_module(library)
    imported = _peak_kilobytes()
    run = ENGINES[engine](job, threads)
    first = np.asarray(run(job.batches[0]), dtype=np.float64)
    _say(version=importlib.metadata.version(library), result=first.ravel()[:1000].tolist())

    batches = itertools.cycle(job.batches)
    for line in sys.stdin:
        pace = Pace(**json.loads(line))
        seconds = turn(lambda: run(next(batches)), pace)
        _say(seconds=sorted(seconds)[:MOST_TIMES], kilobytes=_peak_kilobytes() - imported)


def _peak_kilobytes() -> int:
    """Return the most memory so far; what `getrusage` tells starts from the parent's."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = (one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
    return int(line.split()[1])


def _say(**facts: Any) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
