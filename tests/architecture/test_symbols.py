"""What the objects that are compiled once per instruction-set level show the linker.

A weak symbol in one of them (an inline function, a template's instance) may be the copy that the
linker keeps for the whole program: compiled for AVX-512, it would crash an older machine. So each
object defines exactly one global, its table of kernels, and asks for next to nothing.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

NM = shutil.which("nm")

# The C library's: fma where the level has no instruction for it, and what compilers make of loops
# that copy. The table of offsets is no function.
ALLOWED_UNDEFINED = {"fma", "memcpy", "memmove", "memset", "_GLOBAL_OFFSET_TABLE_"}

pytestmark = [
    pytest.mark.slow,  # it compiles the kernels
    pytest.mark.skipif(NM is None, reason="nm is not installed"),
]


def _symbols(path: Path) -> list[tuple[str, str]]:
    """Return (kind, name) of every symbol; lower-case kinds are local to the object."""
    assert NM is not None
    lines = subprocess.run([NM, path], check=True, capture_output=True, text=True).stdout
    return [(line.split()[-2], line.split()[-1]) for line in lines.splitlines()]


def test_the_generic_level_is_among_them(objects: dict[str, Path]) -> None:
    assert "generic" in objects


def test_each_object_defines_one_global_its_table(objects: dict[str, Path]) -> None:
    for level, path in objects.items():
        symbols = _symbols(path)
        strong = [name for kind, name in symbols if kind.isupper() and kind not in "UWV"]
        assert [name.lstrip("_") for name in strong] == [f"lstmetrics_kernels_table_{level}"]


def test_no_object_has_a_weak_symbol(objects: dict[str, Path]) -> None:
    for level, path in objects.items():
        weak = [name for kind, name in _symbols(path) if kind in "WwVvu"]
        assert not weak, level


def test_no_object_asks_for_more_than_the_c_library(objects: dict[str, Path]) -> None:
    for level, path in objects.items():
        undefined = {name for kind, name in _symbols(path) if kind == "U"}
        assert undefined <= ALLOWED_UNDEFINED, level


def test_a_weak_symbol_would_be_seen(tmp_path: Path) -> None:
    compiler = shutil.which("c++") or shutil.which("g++") or shutil.which("clang++")
    if compiler is None:
        pytest.skip("no C++ compiler by a common name")
    source = tmp_path / "leak.cpp"
    source.write_text("inline int leak() { return 1; }\nextern int (*const taken)() = leak;\n")
    subprocess.run([compiler, "-std=c++20", "-c", source, "-o", tmp_path / "leak.o"], check=True)
    assert "W" in {kind for kind, _ in _symbols(tmp_path / "leak.o")}
