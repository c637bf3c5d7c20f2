"""Where a vector is two registers, none of it passes through memory on its way to a product.

A copy of a whole vector looks harmless, and is where a vector is one register. Where it is two, GCC
copied it by pieces of 16 bytes through the stack, once for every line of weights, which made the
engine eight times as slow without any test failing.
"""

from __future__ import annotations

import os
import platform
import re
import shlex
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from architecture.house import ROOT

COMPILER = shutil.which(os.environ.get("CXX", "g++"))
FLAGS = (
    "-O3 -std=c++20 -fPIC -mavx2 -mfma -ffp-contract=off -fno-fast-math -fno-exceptions -fno-rtti "
    "-fno-math-errno -fno-trapping-math -Wno-psabi -DLSTMETRICS_ISA=avx2"
)
TILE = re.compile(r"^(_ZN\w*(?:lstm_step_tile|matmul_tile)\w*):")
STORE = re.compile(r"\svmov\w+\s+%xmm\d+, .*\(")
MOST = 4  # before and behind the loop


@pytest.mark.slow
@pytest.mark.skipif(
    COMPILER is None or platform.machine() != "x86_64", reason="needs g++ for x86-64"
)
def test_tiles_keep_weights_in_registers(tmp_path: Path) -> None:
    assembly = tmp_path / "kernels.s"
    header = '-DLSTMETRICS_VEC_HEADER="lstmetrics/kernels/vec/avx2.hpp"'
    source = ROOT / "cpp" / "lstmetrics" / "kernels" / "kernels.cpp"
    command = [str(COMPILER), *shlex.split(FLAGS), header, f"-I{ROOT / 'cpp'}", "-S", str(source)]
    subprocess.run([*command, "-o", str(assembly)], check=True)
    stores: Counter[str] = Counter()
    tile = None
    for line in assembly.read_text(encoding="utf-8").splitlines():
        if found := TILE.match(line):
            tile = found[1]
            stores[tile] = 0
        elif line.startswith("\t.size"):
            tile = None
        elif tile is not None and STORE.search(line):
            stores[tile] += 1
    assert len(stores) > 20
    assert {name: count for name, count in stores.items() if count > MOST} == {}
