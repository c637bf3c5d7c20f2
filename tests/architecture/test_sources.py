"""Habits of every file: short, finished, and each fact in one place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from architecture.house import (
    BORDER,
    CORE,
    PACKAGE,
    ROOT,
    code,
    cpp_files,
    files,
    name_of,
    places,
    python_files,
    text,
    tree,
)

MOST_LINES = 500
GENERATED = {"LICENSE", "python/lstmetrics/_core.pyi"}
DATA = (PACKAGE / "demo", ROOT / "tests" / "golden")
SOURCES = [
    path
    for path in tree()
    if name_of(path) not in GENERATED
    and (path.parent not in DATA or path.suffix == ".py")
    and b"\0" not in path.read_bytes()
]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_file_is_long(path: Path) -> None:
    assert len(text(path).splitlines()) < MOST_LINES


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_is_left_for_later(path: Path) -> None:
    if path != Path(__file__):
        assert not list(places(r"\b(?:TODO|FIXME|XXX|HACK)\b", text(path), path))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_text_is_tidy(path: Path) -> None:
    source = text(path)
    assert not source or source.endswith("\n")
    assert not list(places(r"(?m)[ \t]+$|\t", source, path))


def test_the_version_is_stated_once() -> None:
    version = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]["version"]
    literal = rf"(?<![\d.]){re.escape(version)}(?![\d.])"
    stated = [
        place
        for path in [
            *cpp_files(ROOT),
            *python_files(ROOT),
            *files(ROOT, ".pyx", ".pxi", ".cmake", ".txt"),
        ]
        for place in places(literal, text(path), path)
        if re.search(r"version", text(path).splitlines()[int(place.split(":")[1]) - 1], re.I)
    ]
    assert not stated


def test_the_version_has_an_entry_in_the_changelog() -> None:
    version = tomllib.loads(text(ROOT / "pyproject.toml"))["project"]["version"]
    assert re.search(rf"^## \[{re.escape(version)}\]", text(ROOT / "CHANGELOG.md"), re.MULTILINE)


@pytest.mark.parametrize(
    ("what", "pattern", "home"),
    [
        (
            "the version of the numeric contract",
            r"\bkContractVersion\s*=",
            "cpp/lstmetrics/base/contract.hpp",
        ),
        ("the gates of an LSTM", r"\bkGates\s*=", "cpp/lstmetrics/lstm/spec.hpp"),
        ("the width of a vector", r"\bkLanes\s*=", "cpp/lstmetrics/kernels/table.hpp"),
        ("a tile of log-sum-exp", r"\bkLogSumTile\s*=", "cpp/lstmetrics/kernels/table.hpp"),
        ("the tags of the states", r"\benum class Tag\b", "cpp/lstmetrics/metrics/accumulator.hpp"),
        ("the kinds of label", r"\benum class LabelKind\b", "cpp/lstmetrics/metrics/labels.hpp"),
        (
            "the concept of a state",
            r"\bconcept Accumulator\b",
            "cpp/lstmetrics/metrics/accumulator.hpp",
        ),
    ],
)
def test_a_fact_has_one_home(what: str, pattern: str, home: str) -> None:
    homes = {
        name_of(path)
        for path in [*cpp_files(CORE), *cpp_files(BORDER)]
        if re.search(pattern, code(path))
    }
    assert homes == {home}, what


def test_the_instruction_set_levels_are_one_table() -> None:
    """Flags of a level stand in the table alone."""
    flags = re.compile(r"(?<![\w-])-m(?:avx|fma|sse|neon|arch)")
    users = {
        name_of(path)
        for path in files(ROOT, ".cmake", ".txt", ".json", ".toml")
        if flags.search(text(path))
    }
    assert users == {"cpp/cmake/isa_levels.cmake"}


def test_every_c_plus_plus_header_is_included_once() -> None:
    lacking = [
        name_of(path)
        for path in [*cpp_files(CORE), *cpp_files(BORDER)]
        if path.suffix == ".hpp"
        and "#pragma once" not in text(path)
        and not path.name.endswith(".inl.hpp")
    ]
    assert not lacking


def test_the_package_is_typed() -> None:
    assert (PACKAGE / "py.typed").is_file()
