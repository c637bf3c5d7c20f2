"""States stay as small as they are, however many rows go through them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# A process of its own: what other tests have left behind would hide what a stream takes.
CODE = """
import sys
import numpy as np
from lstmetrics.streaming import Confusion, Loss, Scores

def resident():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))

rng = np.random.default_rng(0)
rows, turns = 100_000, int(sys.argv[1]) // 100_000
truth, guess = rng.integers(0, 20, (2, rows))
hits, scores = rng.integers(0, 2, rows), rng.random(rows)
states = Confusion(range(20)), Loss("log_loss", [0, 1]), Scores(max_points=4096, probabilities=True)

def turn():
    states[0].update(truth, guess)
    states[1].update(hits, scores)
    states[2].update(hits, scores)

for _ in range(5):
    turn()
before = resident()
for _ in range(turns):
    turn()
assert states[0].samples == (turns + 5) * rows
print(before, resident() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_a_stream_of_many_rows() -> None:
    command = [sys.executable, "-c", CODE, "20_000_000"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    whole, grown = map(int, done.stdout.split())  # kilobytes
    assert whole < 100_000
    assert grown < 2_000
