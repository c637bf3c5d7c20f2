"""States stay as small as they are, however many rows go through them."""

from __future__ import annotations

from support.memory import needs_true_memory, printed_by

# A process of its own: what other tests have left behind would hide what a stream takes.
CODE = """
import sys
import numpy as np
from lstmetrics.streaming import Confusion, Loss, Scores
from support.memory import kilobytes

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
before = kilobytes("VmHWM")
for _ in range(turns):
    turn()
assert states[0].samples == (turns + 5) * rows
print(before, kilobytes("VmHWM") - before)
"""


@needs_true_memory
def test_a_stream_of_many_rows() -> None:
    whole, grown = printed_by(CODE, "20_000_000")  # kilobytes
    assert whole < 100_000
    assert grown < 2_000
