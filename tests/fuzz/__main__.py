"""Run it: ``python tests/fuzz COUNT [FIRST]``: so many inputs of states, and a
tenth as many of each other format.

Inputs follow from their numbers: ``worker.input_of`` makes one again. It needs Linux.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
_MOST_GROWTH = 64 << 20  # of memory, over all inputs of a format
_SHOWN = 5


def main() -> int:
    """Fuzz each format in a process of its own; print the table; 1 where something escaped."""
    sys.path.insert(0, str(TESTS))
    from fuzz.targets import FORMATS

    count = int(sys.argv[1])
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    print(f"{'format':20} {'inputs':>8} {'accepted':>9} {'largest':>9} {'peak':>9} {'late':>9}  s")
    return max(_fuzz(name, first, max(1, int(count * one.share))) for name, one in FORMATS.items())


def _fuzz(name: str, first: int, count: int) -> int:
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        progress = Path(folder) / "index"
        progress.write_bytes(bytes(8))
        command = [sys.executable, str(TESTS / "fuzz" / "worker.py"), name, str(first), str(count)]
        done = subprocess.run(
            [*command, str(progress)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | {"PYTHONPATH": str(TESTS), "TMPDIR": folder},
        )
        if done.returncode != 0:
            index = int.from_bytes(progress.read_bytes(), "little")
            kind = "hang" if done.returncode == -14 else "crash"
            print(f"{name}: {kind} ({done.returncode}) at input {index}\n{done.stderr[-2000:]}")
            return 1
    found = json.loads(done.stdout.splitlines()[-1])
    sizes = [f"{found[key] / 1024:>7.0f}kB" for key in ("largest", "peak", "leak")]
    seconds = time.monotonic() - start
    print(f"{name:20} {count:>8} {found['accepted']:>9} {' '.join(sizes)}  {seconds:.0f}")
    for index, text in found["escaped"][:_SHOWN]:
        print(f"  input {index} escaped:\n{text}")
    if found["escaped"]:
        print(f"  {len(found['escaped'])} inputs of {name} gave errors that are not ours")
    return int(bool(found["escaped"]) or max(found["peak"], found["leak"]) > _MOST_GROWTH)


if __name__ == "__main__":
    sys.exit(main())
