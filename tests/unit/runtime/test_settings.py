"""Instruction sets, threads, versions, the environment variables that set them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import lstmetrics
from lstmetrics import runtime
from lstmetrics.errors import InvalidTypeError, InvalidValueError, IsaError
from lstmetrics.models import LSTM, Dense, Embedding, Sequential


def in_a_new_process(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code where the variables are set from the start."""
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environment,
    )


def small_model() -> Sequential:
    rng = np.random.default_rng(5)
    model = Sequential([Embedding(9, 5), LSTM(7), Dense(3, activation="softmax")])
    shapes = [(9, 5), (5, 28), (7, 28), (28,), (7, 3), (3,)]
    model.set_weights([rng.normal(size=shape).astype(np.float32) for shape in shapes])
    return model


def test_info_tells_what_is_in_force() -> None:
    facts = lstmetrics.info()
    assert facts["version"] == lstmetrics.__version__
    assert facts["isa"] == runtime.current_isa()
    assert facts["isa"] in facts["isa_available"]
    assert set(facts["isa_available"]) <= set(facts["isa_compiled"])
    assert facts["threads"] == lstmetrics.num_threads()
    assert facts["numpy"] == np.__version__


@pytest.mark.parametrize("level", runtime.available_isa_levels())
def test_a_level_can_be_forced(level: str) -> None:
    runtime.set_isa(level)
    assert runtime.current_isa() == level
    done = in_a_new_process(
        "from lstmetrics import runtime; print(runtime.current_isa())", LSTMETRICS_ISA=level
    )
    assert done.stdout.strip() == level


def test_unknown_and_missing_levels_are_errors() -> None:
    before = runtime.current_isa()
    with pytest.raises(IsaError, match="sse9"):
        runtime.set_isa("sse9")
    assert runtime.current_isa() == before
    done = in_a_new_process("import lstmetrics", LSTMETRICS_ISA="sse9")
    assert done.returncode != 0
    assert "IsaError" in done.stderr
    assert "LSTMETRICS_ISA" in done.stderr
    assert "generic" in done.stderr


def test_threads_by_environment() -> None:
    code = "import lstmetrics; print(lstmetrics.num_threads())"
    assert in_a_new_process(code, LSTMETRICS_NUM_THREADS="3").stdout.strip() == "3"
    for bad in ("0", "many", "-1", "9999999"):
        done = in_a_new_process(code, LSTMETRICS_NUM_THREADS=bad)
        assert done.returncode != 0
        assert "LSTMETRICS_NUM_THREADS" in done.stderr


@pytest.mark.parametrize("count", [0, -1, 1025, 1.5, True, "2"])
def test_bad_thread_counts_change_nothing(count: object) -> None:
    before = lstmetrics.num_threads()
    with pytest.raises((InvalidValueError, InvalidTypeError), match="1024"):
        lstmetrics.set_num_threads(count)  # type: ignore[arg-type]
    assert lstmetrics.num_threads() == before


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity on this system")
def test_affinity_limits_the_threads() -> None:
    code = (
        "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
        "import lstmetrics; print(lstmetrics.num_threads())"
    )
    environment = {k: v for k, v in os.environ.items() if k != "LSTMETRICS_NUM_THREADS"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_models_run_after_fork() -> None:
    code = """
import os, sys
import numpy as np
import lstmetrics
from tests_model import small_model
lstmetrics.set_num_threads(2)
model = small_model()
ids = np.arange(64).reshape(16, 4) % 9
before = model.predict(ids, 1).tobytes()
child = os.fork()
if child == 0:
    os._exit(0 if model.predict(ids, 1).tobytes() == before else 1)
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
assert model.predict(ids, 1).tobytes() == before
"""
    source = "\n".join(
        [
            "import numpy as np",
            "import warnings; warnings.simplefilter('ignore')",
            "from lstmetrics.models import LSTM, Dense, Embedding, Sequential",
            "import types, sys",
            "tests_model = types.ModuleType('tests_model')",
            "sys.modules['tests_model'] = tests_model",
            "def small_model():",
            "    rng = np.random.default_rng(5)",
            "    model = Sequential([Embedding(9, 5), LSTM(7), Dense(3, activation='softmax')])",
            "    shapes = [(9, 5), (5, 28), (7, 28), (28,), (7, 3), (3,)]",
            "    model.set_weights([rng.normal(size=s).astype(np.float32) for s in shapes])",
            "    return model",
            "tests_model.small_model = small_model",
        ]
    )
    done = in_a_new_process(source + code)
    assert done.returncode == 0, done.stderr


def test_many_threads_share_a_model() -> None:
    lstmetrics.set_num_threads(2)
    model = small_model()
    ids = np.random.default_rng(6).integers(0, 9, (40, 6))
    expected = model.predict(ids).tobytes()
    results: list[bytes] = []

    def work() -> None:
        for size in (1, 3, 40):
            results.append(model.predict(ids, size).tobytes())

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [expected] * 24


def test_importing_brings_numpy_alone() -> None:
    code = (
        "import sys, lstmetrics, lstmetrics.models, lstmetrics.metrics, lstmetrics.streaming\n"
        "heavy = {'sklearn', 'torch', 'scipy', 'pandas', 'pyarrow', 'typer', 'rich', 'h5py'}\n"
        "print(sorted(heavy & {name.partition('.')[0] for name in sys.modules}))"
    )
    assert in_a_new_process(code).stdout.strip() == "[]"
