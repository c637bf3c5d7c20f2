"""Where a vector is two registers, none of it passes through memory on its way to a product.

A copy of a whole vector looks harmless, and is where a vector is one register. Where it is two, GCC
copied it by pieces of 16 bytes through the stack, once for every line of weights, which made the
engine eight times as slow without any test failing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

OBJDUMP = shutil.which("objdump")
TILE = re.compile(r"^[0-9a-f]+ <(_ZN\w*(?:lstm_step_tile|matmul_tile)\w*)>:")
STORE = re.compile(r"\svmov\w+\s+%xmm\d+,.*\(")
MOST = 4  # before and behind the loop


@pytest.mark.slow
@pytest.mark.skipif(OBJDUMP is None, reason="objdump is not installed")
def test_tiles_keep_weights_in_registers(objects: dict[str, Path]) -> None:
    if "avx2" not in objects:
        pytest.skip("avx2 is not a level of this machine")
    command = [str(OBJDUMP), "--disassemble", "--no-show-raw-insn", objects["avx2"]]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    stores: Counter[str] = Counter()
    tile = None
    for line in shown.splitlines():
        if found := TILE.match(line):
            tile = found[1]
            stores[tile] = 0
        elif not line:
            tile = None
        elif tile is not None and STORE.search(line):
            stores[tile] += 1
    assert len(stores) > 20
    assert {name: count for name, count in stores.items() if count > MOST} == {}
