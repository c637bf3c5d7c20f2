"""The unit that is compiled once per instruction-set level: what it may include, and how.

If it saw an inline function of the standard library, the linker could keep the copy compiled for
the newest level and hand it to the whole program, which then crashes on an older machine.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from architecture.house import CORE, ROOT, code, includes, name_of, text

UNIT = CORE / "kernels" / "kernels.cpp"
LEVELS = sorted((CORE / "kernels" / "vec").glob("*.hpp"))
TABLE = ROOT / "cpp" / "cmake" / "isa_levels.cmake"
ALLOWED = {"cstddef", "cstdint", "emmintrin.h", "immintrin.h", "arm_neon.h"}


def _seen_by_the_unit() -> list[Path]:
    """The unit and every header it reaches, those of all levels included."""
    found: list[Path] = []
    waiting = [UNIT, *LEVELS]
    while waiting:
        path = waiting.pop()
        if path in found:
            continue
        found.append(path)
        waiting += [
            CORE.parent / include for include in includes(path) if include.startswith("lstmetrics/")
        ]
    return sorted(found)


SEEN = _seen_by_the_unit() if UNIT.exists() else []


def test_the_unit_is_there() -> None:
    assert len(SEEN) > len(LEVELS)


@pytest.mark.parametrize("path", SEEN, ids=name_of)
def test_includes_are_two_headers_intrinsics_and_our_own(path: Path) -> None:
    foreign = [
        include
        for include in includes(path)
        if include not in ALLOWED
        and not include.startswith("lstmetrics/kernels/")
        and include != "LSTMETRICS_VEC_HEADER"  # the level's own header
    ]
    assert not foreign


@pytest.mark.parametrize("path", SEEN, ids=name_of)
def test_nothing_of_the_standard_library_is_used(path: Path) -> None:
    used = set(re.findall(r"\bstd::\w+", code(path)))
    assert used <= {"std::size_t", "std::ptrdiff_t"} | {
        f"std::{sign}int{bits}_t" for sign in ("", "u") for bits in (8, 16, 32, 64)
    }


def _rows() -> dict[str, str]:
    return dict(re.findall(r'^\s*"(\w+)\s*\|.*\|(.*)"', text(TABLE), re.MULTILINE))


def test_a_level_is_one_row_and_one_header() -> None:
    headers = {path.stem for path in LEVELS if "inl" not in path.name and path.name != "common.hpp"}
    assert headers == set(_rows())


def test_no_level_touches_rounding_by_its_flags() -> None:
    flags = text(TABLE)
    assert "-ffp-contract=off" in flags
    assert "-fno-lto" in flags
    assert "INTERPROCEDURAL_OPTIMIZATION OFF" in flags


@pytest.mark.parametrize(
    "path",
    [
        ROOT / "CMakeLists.txt",
        ROOT / "cpp" / "CMakeLists.txt",
        ROOT / "CMakePresets.json",
        ROOT / "src" / "CMakeLists.txt",
        TABLE,
        ROOT / "tests" / "cpp" / "CMakeLists.txt",
        ROOT / "pyproject.toml",
    ],
    ids=name_of,
)
def test_no_build_file_asks_for_other_arithmetic(path: Path) -> None:
    unsafe = re.compile(
        r"(?<![\w-])-(?:ffast-math|Ofast|funsafe-math-optimizations|fassociative-math|"
        r"freciprocal-math|ffinite-math-only|fno-signed-zeros|march=native|mtune=native|flto)"
    )
    assert not unsafe.findall(text(path))


def test_the_core_itself_never_contracts() -> None:
    source = text(ROOT / "cpp" / "CMakeLists.txt")
    core = re.search(r"target_compile_options\(lstmetrics_core[^)]*\)", source)
    assert core is not None
    assert "-ffp-contract=off" in core.group()
