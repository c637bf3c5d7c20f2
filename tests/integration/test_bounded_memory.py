"""States stay as small as they are, however many rows go through them."""

from __future__ import annotations

from pathlib import Path

import pytest

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


# What a command adds to the memory that it took for few rows, in bytes a row.
COMMAND = """
import contextlib, io, sys
from pathlib import Path
import numpy as np, pyarrow as pa, pyarrow.parquet
from lstmetrics.cli.commands import app
from support.memory import kilobytes

folder, rows = Path(sys.argv[1]), int(sys.argv[2])

def written(name, rows, seed):
    rng = np.random.default_rng(seed)
    path = folder / name
    table = {"label": np.arange(rows) % 2, "p": rng.random(rows)}
    table |= {"name": [f"sample {row}" for row in range(rows)], "by": ["web", "mail"] * (rows // 2)}
    pa.parquet.write_table(pa.table(table), path, row_group_size=50_000)
    return str(path)

def run(size):
    files = [written(f"{size}-{seed}.parquet", size, seed) for seed in (1, 2)]
    yield
    options = ["--label", "label", "--score", "p", "--replicates", "10", "--json"]
    if sys.argv[3] == "compare":
        arguments = ["compare", *files, *options, "--by", "by", "--id", "name"]
    elif sys.argv[3] == "thresholds":
        arguments = ["thresholds", "--validation", files[0], "--test", files[1], *options]
    else:
        arguments = ["evaluate", "--predictions", files[0], *options, "--by", "by", "--id", "name"]
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        app(arguments)
    yield

few, many = run(40_000), run(rows)
next(few), next(many), next(few)
before = kilobytes("VmHWM")
next(many)
print((kilobytes("VmHWM") - before) * 1024 // rows)
"""


@needs_true_memory
@pytest.mark.parametrize(
    ("command", "rows", "most"),
    # Both files' classes, scores, names and slices are 54 bytes, the pairs of scores 24; the rest
    # is what sorting takes. Thresholds keep 9 bytes, and sort them. An evaluation keeps nothing of
    # a row: batches read ahead take some megabytes more or less, so there are rows enough.
    [("compare", 400_000, 400), ("thresholds", 400_000, 150), ("evaluate", 1_600_000, 20)],
)
def test_what_a_command_keeps_of_a_row(command: str, rows: int, most: int, tmp_path: Path) -> None:
    pytest.importorskip("typer", reason="the command line is an extra")
    (found,) = printed_by(COMMAND, tmp_path, rows, command)
    assert found < most


def test_what_is_kept_for_comparing(tmp_path: Path) -> None:
    pytest.importorskip("typer", reason="the command line is an extra")
    import pyarrow as pa
    import pyarrow.csv

    from lstmetrics.cli.kept import predictions_of
    from lstmetrics.cli.source import Source

    rows = 5000
    columns = {
        "label": ["ham", "spam"] * (rows // 2),
        "p": [0.25] * rows,
        "by": ["a", "b"] * (rows // 2),
    }
    columns["name"] = [f"a name that is very long indeed {row}" for row in range(rows)]
    pa.csv.write_csv(pa.table(columns), tmp_path / "p.csv")
    source = Source(tmp_path / "p.csv", label="label", scores=["p"], name="name", by=["by"])
    kept, _ = predictions_of(source, ["ham", "spam"])
    sizes = {name: getattr(kept, name).nbytes for name in ("y_true", "scores", "ids")}
    assert sizes == {"y_true": rows, "scores": 8 * rows, "ids": 16 * rows}
    assert kept.by["by"].indices.nbytes == 2 * rows  # type: ignore[union-attr]
