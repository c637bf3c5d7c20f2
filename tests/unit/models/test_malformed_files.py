"""Files that are not what they say: FormatError or UnsupportedError, never anything else."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmetrics.errors import FormatError, UnsupportedError
from support.model_files import join, outcome, small_file, split


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def good(folder: Path) -> bytes:
    return small_file(folder)


def test_truncated_at_every_length(good: bytes, folder: Path) -> None:
    for length in range(len(good)):
        assert outcome(folder, good[:length]) is FormatError, length


def test_bytes_after_the_end(good: bytes, folder: Path) -> None:
    assert outcome(folder, good + b"\0") is FormatError


def test_every_byte_of_the_header_changed(good: bytes, folder: Path) -> None:
    """A change either is refused, or is in a name or a value that another model may have."""
    size = 8 + int.from_bytes(good[:8], "little")
    generator = random.Random(0)
    loaded = 0
    for place in range(size):
        for value in {good[place] ^ 1 << generator.randrange(8), generator.randrange(256), 0, 34}:
            changed = good[:place] + bytes([value]) + good[place + 1 :]
            loaded += isinstance(outcome(folder, changed), bytes)
    assert 0 < loaded < size


CHANGES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no tensors": lambda header: {"__metadata__": header["__metadata__"]},
    "unknown tensor": lambda header: header | {"x.kernel": header["dense.kernel"]},
    "missing tensor": lambda header: {k: v for k, v in header.items() if k != "dense.bias"},
    "transposed": lambda header: change(header, shape=[1, 4]),
    "negative size": lambda header: change(header, shape=[-2, -2]),
    "size as text": lambda header: change(header, shape="22"),
    "size as float": lambda header: change(header, shape=[2.0, 2.0]),
    "size as bool": lambda header: change(header, shape=[True, 4]),
    "huge size": lambda header: change(header, shape=[2**40, 2**40]),
    "beyond 64 bits": lambda header: change(header, shape=[2**64 + 4]),
    "huge place": lambda header: change(header, data_offsets=[0, 2**62]),
    "reversed place": lambda header: change(header, data_offsets=[40, 24]),
    "three offsets": lambda header: change(header, data_offsets=[24, 40, 56]),
    "many dimensions": lambda header: change(header, shape=[1] * 100 + [4]),
    "overlap": lambda header: change(header, data_offsets=[0, 16]),
    "half precision": lambda header: change(header, dtype="F16"),
    "unknown dtype": lambda header: change(header, dtype=["F32"]),
    "extra field": lambda header: change(header, strides=[2, 1]),
    "tensor as list": lambda header: header | {"dense.kernel": [1, 2]},
    "metadata as list": lambda header: header | {"__metadata__": ["lstmetrics"]},
    "metadata of numbers": lambda header: header | {"__metadata__": {"lstmetrics": 1}},
    "no metadata": lambda header: {k: v for k, v in header.items() if k != "__metadata__"},
    "a list": lambda header: [header],
    "a number": lambda header: 7,  # noqa: ARG005
    "not UTF-8": lambda header: json.dumps(header).encode() + b"\xff",
    "nested": lambda header: b'{"a":' * 20000,  # noqa: ARG005
    "huge number": lambda header: b'{"a":' + b"9" * 5000 + b"}",  # noqa: ARG005
    "repeated key": lambda header: (
        json.dumps(header).encode()[:-1]
        + b', "dense.bias": '
        + json.dumps(header["dense.bias"]).encode()
        + b"}"
    ),
    "repeated field": lambda header: (
        json.dumps(header).encode().replace(b'"dtype"', b'"dtype": "F32", "dtype"', 1)
    ),
}


def change(header: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return header | {"dense.kernel": header["dense.kernel"] | fields}


@pytest.mark.parametrize("name", CHANGES)
def test_malformed_header(name: str, good: bytes, folder: Path) -> None:
    header, tensors = split(good)
    found = outcome(folder, join(CHANGES[name](header), tensors))
    assert found in (FormatError, UnsupportedError)


@pytest.mark.parametrize("claim", [0, 1, 2**31, 2**63, 2**64 - 1])
def test_claims_about_the_header(claim: int, good: bytes, folder: Path) -> None:
    assert outcome(folder, claim.to_bytes(8, "little") + good[8:]) is FormatError


def test_tensors_may_stand_anywhere(good: bytes, folder: Path) -> None:
    """Other writers pad the header by any number of blanks, so tensors may be unaligned."""
    header, tensors = split(good)
    expected = outcome(folder, good)
    for blanks in range(8):
        text = json.dumps(header).encode() + b" " * blanks
        assert outcome(folder, join(text, tensors)) == expected
