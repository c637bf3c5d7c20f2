"""A process that runs one job on one engine, as ``bench.lstm`` tells it to.

``python -m bench.lstm_worker ENGINE JOB THREADS`` prints one line of JSON about itself, then one
for each line it reads: the seconds of the calls of a turn. An engine that cannot do the job says
why, and ends.
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

from bench.lstm_engines import ENGINES, LIBRARIES
from bench.lstm_jobs import Job
from bench.timing import Pace, turn

MOST_TIMES = 500  # of a turn


def main() -> None:
    """Say what there is; time a turn for each line that comes in."""
    engine, job, threads = sys.argv[1], Job.from_json(sys.argv[2]), int(sys.argv[3])
    warnings.simplefilter("ignore")
    package, module = LIBRARIES.get(engine, (engine, engine))
    importlib.import_module(module)
    imported = _peak_kilobytes()
    try:
        run = ENGINES[engine](job, threads)
        first = np.asarray(run(job.batches[0]), dtype=np.float64)
    except Exception as error:
        _say(
            version=importlib.metadata.version(package), refused=f"{type(error).__name__}: {error}"
        )
        return
    _say(version=importlib.metadata.version(package), result=first.ravel()[:1000].tolist())

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
