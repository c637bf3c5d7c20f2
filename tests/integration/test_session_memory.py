"""What a session adds to a process that has numpy: its weights once, and little beside them.

A classifier with a table of 20,000 x 100, 128 units and 2 classes, in a native file of 8.5 MB, runs
1,100 texts of 100 tokens, which touch all of the table. What is whose is told in bench/NOTES.md.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics.models import LSTM, Dense, Embedding, Sequential
from support.memory import needs_true_memory
from support.random_models import random_weights

SHAPES = [(20_000, 100), (100, 512), (128, 512), (512,), (128, 2), (2,)]
TABLE = 20_000 * 100 * 4 // 1024  # kilobytes, as all that follow
WEIGHTS = sum(4 * np.zeros(shape).size for shape in SHAPES) // 1024

# It loads no module before but numpy: what a helper of the tests loads would not be counted.
CODE = """
import sys, time
import numpy as np

def memory(path):
    resident = anonymous = of_file = of_code = 0
    with open("/proc/self/smaps") as file:
        for line in file:
            first, value, *_ = line.split()
            if not first.endswith(":"):
                mapped, code = line.rstrip().endswith(path), ".so" in line
            elif first == "Rss:":
                resident += int(value)
                of_file += int(value) if mapped else 0
                of_code += int(value) if code else 0
            elif first == "Anonymous:":
                anonymous += int(value)
    return resident, anonymous, of_file, of_code

path = sys.argv[1]
memory(path)
before, known, start = memory(path), set(sys.modules), time.process_time()
import lstmetrics
seconds = time.process_time() - start
model = lstmetrics.load_model(path)
for call in range(1100):
    model.predict(((np.arange(100) + 100 * call) % 20_000)[None])
resident, anonymous, of_file, of_code = (b - a for a, b in zip(before, memory(path)))
added = sorted(set(sys.modules) - known)
before, streams = memory(path), [model.stream() for _ in range(16)]
for stream in streams:
    stream.step(np.array([1]))
stream = (memory(path)[1] - before[1]) / 16
import json
print(json.dumps(dict(resident=resident, anonymous=anonymous, of_file=of_file, of_code=of_code,
                      seconds=seconds, stream=stream, modules=added)))
"""


def as_installed(folder: Path) -> str:
    """A search path where an editable install is one that looks for nothing to compile."""
    package = folder / "lstmetrics"
    package.mkdir()
    for part in [
        *Path(lstmetrics.__file__).parent.iterdir(),
        *Path(lstmetrics._core.__file__).parent.glob("*.so"),
    ]:
        if part.name != "__pycache__" and not (package / part.name).exists():
            (package / part.name).symlink_to(part)
    return os.pathsep.join([str(folder), str(Path(np.__file__).parents[1])])


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What such a process says of itself."""
    folder = tmp_path_factory.mktemp("session")
    model = Sequential([Embedding(20_000, 100), LSTM(128), Dense(2, "softmax")])
    model.set_weights(random_weights(SHAPES, 1))
    model.save(folder / "model.safetensors")
    environment = os.environ | {
        "PYTHONPATH": as_installed(folder),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "PYTHONDONTWRITEBYTECODE": "",
        "OPENBLAS_NUM_THREADS": "1",
    }
    printed = ""
    for _ in ("compiles Python's files", "finds them compiled"):
        printed = subprocess.run(
            [sys.executable, "-S", "-c", CODE, str(folder / "model.safetensors")],
            capture_output=True,
            text=True,
            check=True,
            env=environment,
        ).stdout
    told: dict[str, Any] = json.loads(printed)
    print("\n", {name: value for name, value in told.items() if name != "modules"})
    return told


@needs_true_memory
def test_weights_are_there_once(session: dict[str, Any]) -> None:
    """The table where it lies in the file; what is packed is not in memory as it was read too."""
    assert TABLE <= session["of_file"] < TABLE + 200


@needs_true_memory
def test_what_a_session_takes(session: dict[str, Any]) -> None:
    """The table, packed weights, the cache of projected rows (2 MB), Python's modules.

    Without the code of libraries: how much of it is mapped depends on how their files have come
    into the system's memory.
    """
    assert session["anonymous"] < 5_500
    assert session["resident"] - session["of_code"] < 1.6 * WEIGHTS


@needs_true_memory
def test_what_one_more_stream_takes(session: dict[str, Any]) -> None:
    """Memory for the steps that it takes, not for those that a session may be given."""
    assert session["stream"] < 64


@needs_true_memory
def test_modules_of_a_native_run(session: dict[str, Any]) -> None:
    """A model of a table, an LSTM and a Dense loads what it runs with, and no reader of others."""
    foreign = {name for name in session["modules"] if not name.startswith("lstmetrics")}
    foreign = {name.partition(".")[0] for name in foreign}
    hidden = {name for name in foreign if name.startswith(("_cython_", "cython_runtime"))}
    assert foreign - hidden <= {"__future__", "_json", "copy", "errno", "json", "mmap", "numpy"}
    ours = {name for name in session["modules"] if name.startswith("lstmetrics.")}
    for part in ("metrics", "streaming", "evaluation", "runtime"):
        assert f"lstmetrics.{part}" not in ours
    for part in ("data_sets", "text_lists", "text_keras", "layers.windows", "formats.keras"):
        assert f"lstmetrics.models.{part}" not in ours
