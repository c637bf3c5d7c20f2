"""The border between the core and Python: it carries data over and computes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from architecture.house import BORDER, code, cpp_files, files, includes, name_of, places, text

SOURCES = [*cpp_files(BORDER), *files(BORDER, ".pyx", ".pxd", ".pxi")]
FORBIDDEN_HEADERS = {
    "cmath",
    "math.h",
    "complex",
    "numeric",
    "numbers",
    "random",
    "valarray",
    "cfenv",
    "fenv.h",
    "immintrin.h",
    "arm_neon.h",
    "numpy/arrayobject.h",
}
ARITHMETIC = (
    r"\bstd::(?:exp2?|expm1|log(?:2|10|1p)?|sqrt|cbrt|pow|hypot|fma|tanh?|sinh?|cosh?|erfc?|"
    r"[tl]gamma|accumulate|reduce|transform_reduce|inner_product|partial_sum|"
    r"(?:in|ex)clusive_scan)\b"
    r"|\bfrom libc(?:pp)?\.(?:math|cmath|complex|numeric)\b|\bcimport numpy\b"
)


def test_the_border_is_there() -> None:
    assert {path.suffix for path in SOURCES} >= {".cpp", ".hpp", ".pyx"}


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_it_holds_no_arithmetic_on_data(path: Path) -> None:
    assert not set(includes(path)) & FORBIDDEN_HEADERS
    source = text(path) if path.suffix in {".pyx", ".pxd", ".pxi"} else code(path)
    assert not list(places(ARITHMETIC, source, path))


def test_both_modules_declare_that_they_run_without_the_gil() -> None:
    module = text(BORDER / "core" / "module.cpp")
    assert re.search(r"PYBIND11_MODULE\(_core, \w+, .*mod_gil_not_used\(\)\)", module)
    arrays = text(BORDER / "arrays" / "_arrays.pyx")
    assert re.search(r"^# cython:.*\bfreethreading_compatible=True", arrays, re.MULTILINE)


def test_states_get_their_class_from_one_template() -> None:
    """``py::class_`` of a guarded state is named in the template and nowhere else."""
    users = {
        name_of(path)
        for path in SOURCES
        if re.search(r"py::class_<\s*metrics::Guarded", code(path))
    }
    assert users == {"src/core/accumulators.hpp"}
