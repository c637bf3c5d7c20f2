"""What several of the house's rules look at: the objects of the instruction-set levels."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from architecture.house import ROOT


@pytest.fixture(scope="session")
def objects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return the object of each level that fits this machine, built as the package builds it."""
    build = tmp_path_factory.mktemp("levels")
    subprocess.run(
        ["cmake", "-S", ROOT, "-B", build, "-G", "Ninja", "-DLSTMETRICS_BUILD_PYTHON=OFF"],
        check=True,
        capture_output=True,
    )
    rows = (build / "generated" / "isa_levels.inc").read_text()
    levels = re.findall(r"LSTMETRICS_ISA_LEVEL\((\w+),", rows)
    targets = [f"lstmetrics_kernels_{level}" for level in levels]
    subprocess.run(
        ["cmake", "--build", build, "--target", *targets], check=True, capture_output=True
    )
    found = {}
    for level, target in zip(levels, targets, strict=True):
        (found[level],) = build.rglob(f"{target}.dir/**/kernels.cpp.*")
    return found
