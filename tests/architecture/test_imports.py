"""What an import costs: numpy alone, whatever else is installed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache

import pytest

OPTIONAL = """
    h5py hypothesis jinja2 keras matplotlib mlflow onnx onnxruntime pandas plotly pyarrow pytest
    rich safetensors scipy sklearn tensorflow tokenizers torch transformers typer
"""
MODULES = (
    "lstmetrics",
    "lstmetrics.metrics",
    "lstmetrics.models",
    "lstmetrics.runtime",
    "lstmetrics.streaming",
    "lstmetrics.errors",
    "lstmetrics.evaluation",
    "lstmetrics.integrations",
)


@cache
def _modules_after(statement: str) -> frozenset[str]:
    """Names of the top-level modules loaded after a statement in a fresh interpreter."""
    program = (
        f"import json, sys\n{statement}\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return frozenset(json.loads(run.stdout))


@pytest.mark.parametrize("module", MODULES)
def test_an_import_loads_no_optional_package(module: str) -> None:
    assert not _modules_after(f"import {module}") & set(OPTIONAL.split())


def test_an_import_adds_numpy_alone() -> None:
    before = _modules_after("import numpy")
    added = _modules_after("import lstmetrics") - before - {"lstmetrics"}
    foreign = {name for name in added if name not in sys.stdlib_module_names}
    # Both extension modules register these to share type information; they hold no code.
    foreign -= {name for name in foreign if name.startswith(("_cython_", "cython_runtime"))}
    assert not foreign


def test_models_load_no_readers_of_archives() -> None:
    """They take more than a megabyte, and files of others alone need them."""
    assert not _modules_after("import numpy, lstmetrics.models") & {"zipfile", "lzma", "bz2"}


def test_an_import_starts_no_thread() -> None:
    program = "import lstmetrics, os; print(len(os.listdir('/proc/self/task')))"
    run = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    if run.returncode != 0 and "/proc/self/task" in run.stderr:
        pytest.skip("no /proc here")
    assert run.returncode == 0, run.stderr
    assert run.stdout.split() == ["1"]
