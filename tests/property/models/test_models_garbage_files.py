"""Garbage in a file of a model is refused as such, or makes another model that runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstmetrics.errors import FormatError
from support.model_files import described, join, outcome, small_file, split, with_description


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def good(folder: Path) -> bytes:
    return small_file(folder)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner: Any = enumerate(value) if isinstance(value, list) else []
    if isinstance(value, dict):
        inner = value.items()
    return [path, *(place for key, one in inner for place in places(one, (*path, key)))]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


@given(data=st.data())
@settings(max_examples=300)
def test_garbage_anywhere_in_the_description(
    data: st.DataObject, good: bytes, folder: Path
) -> None:
    description = described(good)
    path = data.draw(st.sampled_from(places(description)))
    garbage = data.draw(JSON | st.sampled_from([2**31, 2**63, 2**64, -1, 1e300, "\ud800"]))
    outcome(folder, with_description(good, replaced(description, path, garbage)))


@given(data=st.data())
@settings(max_examples=200)
def test_garbage_anywhere_in_the_header(data: st.DataObject, good: bytes, folder: Path) -> None:
    header, tensors = split(good)
    path = data.draw(st.sampled_from(places(header)))
    outcome(folder, join(replaced(header, path, data.draw(JSON)), tensors))


@given(data=st.binary(max_size=200))
@example(data=b"")
@example(data=b"\x02" + b"\0" * 7 + b"{}")
def test_garbage(data: bytes, folder: Path) -> None:
    assert outcome(folder, data) is FormatError
