"""The rooms of the core: who may see whom, and that nobody in it has heard of Python."""

from __future__ import annotations

from pathlib import Path

import pytest

from architecture.house import BORDER, CORE, cpp_files, includes, name_of

# Each room may include itself and the rooms named here, and no other. `metrics` and `lstm` do not
# see each other: they meet in the evaluation, in Python.
MAY_SEE = {
    "base": set(),
    "runtime": {"base"},
    "kernels": {"base", "runtime"},
    "numeric": {"base", "runtime", "kernels"},
    "metrics": {"base", "runtime", "kernels", "numeric"},
    "lstm": {"base", "runtime", "kernels"},
}
PYTHON_HEADERS = ("Python.h", "pybind11", "numpy", "structmember.h", "datetime.h", "nanobind")


def _room(include: str) -> str | None:
    parts = Path(include).parts
    return parts[1] if len(parts) > 2 and parts[0] == "lstmetrics" else None


def test_every_file_of_the_core_is_in_a_room() -> None:
    strays = [path for path in cpp_files(CORE) if path.relative_to(CORE).parts[0] not in MAY_SEE]
    assert not strays


@pytest.mark.parametrize("room", MAY_SEE)
def test_a_room_sees_only_the_rooms_below_it(room: str) -> None:
    sources = cpp_files(CORE / room)
    assert sources
    allowed = MAY_SEE[room] | {room}
    trespasses = [
        f"{name_of(path)} includes {include}"
        for path in sources
        for include in includes(path)
        if (seen := _room(include)) is not None and seen not in allowed
    ]
    assert not trespasses


def test_rooms_have_no_circle_of_headers() -> None:
    graph = {
        path.relative_to(CORE.parent).as_posix(): [i for i in includes(path) if _room(i)]
        for path in cpp_files(CORE)
    }
    done: set[str] = set()

    def visit(header: str, way: tuple[str, ...]) -> None:
        assert header not in way, " -> ".join([*way, header])
        if header not in done:
            for below in graph.get(header, []):
                visit(below, (*way, header))
            done.add(header)

    for header in graph:
        visit(header, ())


def test_the_core_includes_its_own_headers_by_their_full_path() -> None:
    known = {path.relative_to(CORE.parent).as_posix() for path in cpp_files(CORE)}
    known.add("isa_levels.inc")  # written by CMake from the table of levels
    unknown = [
        f"{name_of(path)} includes {include}"
        for path in cpp_files(CORE)
        for include in includes(path)
        if include.endswith((".hpp", ".inc")) and include not in known
    ]
    assert not unknown


def test_the_core_knows_nothing_of_python() -> None:
    found = [
        f"{name_of(path)} includes {include}"
        for path in cpp_files(CORE)
        for include in includes(path)
        if include.startswith(PYTHON_HEADERS)
    ]
    assert not found


def test_the_border_enters_by_public_headers() -> None:
    """The per-level kernels and the vectors below them are nobody's to include but the core's."""
    found = [
        f"{name_of(path)} includes {include}"
        for path in cpp_files(BORDER)
        for include in includes(path)
        if "/vec/" in include or include.endswith(".inl.hpp")
    ]
    assert not found
