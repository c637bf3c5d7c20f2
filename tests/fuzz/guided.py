"""Run it: ``python tests/fuzz/guided.py FORMAT COUNT``: inputs that libFuzzer finds by coverage.

atheris (https://github.com/google/atheris) watches which lines of our Python an input reaches and
keeps those that reach new ones; changes are its own and, every other time, those of the format.
libFuzzer's limits on time and memory end the process.
"""

from __future__ import annotations

import contextlib
import random
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
with atheris.instrument_imports(include=["lstmetrics"]):
    from fuzz.targets import FORMATS
    from lstmetrics.errors import LstmetricsError

    for _seed in FORMATS[sys.argv[1]].seeds():
        FORMATS[sys.argv[1]].read(_seed)  # readers are imported when they are needed

_LIMITS = ["-rss_limit_mb=1024", "-malloc_limit_mb=512", "-timeout=10", "-print_final_stats=1"]


def main() -> None:
    """Fuzz one format; libFuzzer ends the process, with 0 when nothing escaped."""
    name, count = sys.argv[1], int(sys.argv[2])
    chosen, seeds = FORMATS[name], FORMATS[name].seeds()
    longest = 2 * max(map(len, seeds))

    def change(data: bytes, most: int, seed: int) -> bytes:
        rng = random.Random(seed)
        if rng.random() < 0.5:
            # Not every input can still be taken apart as the format is.
            with contextlib.suppress(Exception):
                return chosen.change(rng, data, rng.choice(seeds))[:most]
        return bytes(atheris.Mutate(data, most))

    def read(data: bytes) -> None:
        with contextlib.suppress(LstmetricsError):
            chosen.read(data)

    with tempfile.TemporaryDirectory() as corpus:
        for index, seed in enumerate(seeds):
            (Path(corpus) / str(index)).write_bytes(seed)
        options = [f"-runs={count}", f"-max_len={longest}", *_LIMITS, corpus]
        atheris.Setup([sys.argv[0], *options], read, custom_mutator=change)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
