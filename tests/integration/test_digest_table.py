"""The promise, as a table: whatever the machine and the way it was run, the same digests.

``pytest -rP`` or ``-s`` shows every run; the end of any test run shows them grouped.
"""

from __future__ import annotations

import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest

from lstmetrics import runtime
from lstmetrics.models import LSTM, Embedding, Sequential
from support.digests import Digests, Workload, evaluate, make_workload
from support.hostile import MODES, HostileCaller
from support.random_models import random_weights

THREADS = (1, 2)
BATCH_SIZES = (1, 7, 64)
SHARDS = (1, 3, 17)
LEVELS = runtime.available_isa_levels()

Tell = Callable[[str], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Have a line shown at the end of the test run."""
    return lambda line: record_property("digest table", line)


@pytest.fixture(scope="module")
def work() -> Workload:
    return make_workload()


@pytest.fixture(scope="module")
def expected(work: Workload) -> Digests:
    """The digests of one run, whichever it is."""
    return evaluate(work)


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> HostileCaller:
    try:
        return HostileCaller(tmp_path_factory.mktemp("hostile"))
    except RuntimeError as error:
        pytest.skip(f"cannot change the floating-point environment: {error}")


def row(first: str, digests: Digests) -> str:
    return f"{first:<45}" + "".join(f"{digest[:10]:>15}" for digest in digests.values())


def header(first: str, digests: Digests) -> str:
    return f"{first:<45}" + "".join(f"{name:>15}" for name in digests)


@pytest.mark.parametrize("level", LEVELS)
def test_every_way_to_run(level: str, work: Workload, expected: Digests, tell: Tell) -> None:
    runtime.set_isa(level)
    ways = list(itertools.product(THREADS, BATCH_SIZES, SHARDS))
    print("\n" + header("isa      threads  batch  shards", expected))
    for threads, batch_size, shards in ways:
        runtime.set_num_threads(threads)
        found = evaluate(work, batch_size, shards)
        print(row(f"{level:<9}{threads:<9}{batch_size:<7}{shards}", found))
        assert found == expected
    if level == LEVELS[0]:
        tell(header("", expected))
    tell(row(f"{level}: threads, batches, shards in {len(ways)} ways", expected))


@pytest.mark.parametrize("mode", MODES)
def test_hostile_callers(
    mode: str, caller: HostileCaller, work: Workload, expected: Digests, tell: Tell
) -> None:
    print("\n" + header(f"isa      threads  caller: {mode}", expected))
    for level, threads in itertools.product(LEVELS, THREADS):
        runtime.set_isa(level)
        runtime.set_num_threads(threads)
        with caller.mode(mode):
            found = evaluate(work, 7, 3)
        print(row(f"{level:<9}{threads}", found))
        assert found == expected
    tell(row(f"caller's mode: {mode}", expected))


@pytest.mark.parametrize("mode", MODES)
def test_weights_set_by_hostile_callers(mode: str, caller: HostileCaller) -> None:
    shapes = [(9, 4), (4, 12), (3, 12), (12,)]
    weights = [weight.astype(np.float64) / 3 for weight in random_weights(shapes, 1)]
    weights[0][0] = 1e-40
    models = [Sequential([Embedding(9, 4), LSTM(3)]) for _ in range(2)]
    models[0].set_weights(weights)
    with caller.mode(mode):
        models[1].set_weights(weights)
    for a, b in zip(*(model.get_weights() for model in models), strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("mode", MODES)
def test_hostile_callers_are_hostile(mode: str, caller: HostileCaller) -> None:
    denormal, third = 2.0**-140, float(np.float32(1 / 3))
    assert caller.multiply(denormal, 1.0) == denormal
    right = caller.add(third, 1.0), caller.add(-third, -1.0)
    with caller.mode(mode):
        product = caller.multiply(denormal, 1.0)
        found = caller.add(third, 1.0), caller.add(-third, -1.0)
    assert (product == 0.0) == ("flush" in mode)
    assert (found != right) == (mode != "flush")


def test_the_denormals_are_there(work: Workload) -> None:
    tiny = work.denormal_model.predict(work.denormals)
    smallest = np.finfo(np.float32).tiny
    assert ((tiny != 0) & (np.abs(tiny) < smallest)).any()


def test_a_processor_without_fma(expected: Digests, tell: Tell) -> None:
    """The generic level, emulated: this very Python on a processor of 2008 (SSE4.2, no AVX)."""
    emulator = shutil.which("qemu-x86_64")
    if emulator is None or platform.machine() != "x86_64":
        pytest.skip("needs an x86-64 machine with qemu-user")
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "OPENBLAS_CORETYPE": "Nehalem",  # its own choice crashes under the emulator
        "OPENBLAS_NUM_THREADS": "1",
        "LSTMETRICS_ISA": "generic",
    }
    command = [emulator, "-cpu", "Nehalem", sys.executable, "-W", "ignore", "-m", "support.digests"]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    print("\n" + header("", found) + "\n" + row("generic, emulated without FMA", found))
    assert found == expected
    tell(row("generic, emulated without FMA", found))
