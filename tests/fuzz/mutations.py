"""Deterministic changes of bytes, some of which know how a format is built."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any

__all__ = [
    "Mutation",
    "changed_archive",
    "changed_bytes",
    "changed_json",
    "changed_state",
    "changed_tensors",
]

Mutation = Callable[[random.Random, bytes, bytes], bytes]
_NUMBERS = [0, 1, 2, 7, 127, 128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, 2**32 - 1, 2**40]
_NUMBERS += [2**48, 2**62, 2**63 - 1, 2**63, 2**64 - 1]
_VALUES: list[Any] = [None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 0.5, 1e308, float("nan")]
_VALUES += [
    "",
    "LSTM",
    "Dense",
    "GRU",
    "\ud800",
    "x" * 300,
    [],
    {},
    [[]],
    [None, None, 4],
    {"class_name": "LSTM"},
]


def changed_bytes(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Flip, set, cut, insert, repeat, splice with another input, or write a number."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        place = rng.randrange(len(found) + 1)
        length = rng.choice((1, 2, 4, 8, 16, 64))
        match rng.randrange(8):
            case 0 if place < len(found):
                found[place] ^= 1 << rng.randrange(8)
            case 1 if place < len(found):
                found[place] = rng.randrange(256)
            case 2:
                del found[place:]
            case 3:
                found[place:place] = rng.randbytes(length)
            case 4:
                del found[place : place + length]
            case 5:
                found[place:place] = found[place : place + length] * rng.choice((1, 2, 50))
            case 6:
                start = rng.randrange(len(other) + 1)
                found[place:] = other[start : start + len(found) - place + rng.randrange(9)]
            case _:
                size = rng.choice((1, 2, 4, 8))
                number = rng.choice(_NUMBERS) + rng.choice((-1, 0, 0, 1))
                found[place : place + size] = (number % 256**size).to_bytes(size, "little")
    return bytes(found)


def changed_state(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Change the payload, then mend length and checksum, so that the payload is what is read."""
    if rng.random() < 0.2:
        return changed_bytes(rng, data, other)
    head = bytearray(data[:14])
    if rng.random() < 0.1:
        head[10:14] = other[10:14]  # another type's tag and version
    payload = changed_bytes(rng, data[22:-4], other[22:-4])
    body = bytes(head) + len(payload).to_bytes(8, "little") + payload
    return body + _crc32c(body).to_bytes(4, "little")


def changed_json(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Change a value, a key or an entry somewhere in a document."""
    if rng.random() < 0.2:
        return changed_bytes(rng, data, other)
    return json.dumps(_changed_value(rng, json.loads(data))).encode()


def changed_tensors(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Change the header of a safetensors file, or the description inside it."""
    if rng.random() < 0.3:
        return changed_bytes(rng, data, other)
    size = 8 + int.from_bytes(data[:8], "little")
    header = json.loads(data[8:size])
    metadata = header.get("__metadata__", {})
    if metadata and rng.random() < 0.7:
        key = rng.choice(sorted(metadata))
        metadata[key] = json.dumps(_changed_value(rng, json.loads(metadata[key])))
    else:
        header = _changed_value(rng, header)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data[size:]


def changed_archive(rng: random.Random, data: bytes, other: bytes) -> bytes:
    """Change one entry of a zip archive and pack it anew."""
    if rng.random() < 0.3:
        return changed_bytes(rng, data, other)
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(packed, "w") as new:
        names = archive.namelist()
        chosen = rng.choice(names)
        for name in names:
            content = archive.read(name)
            if name == chosen:
                change = changed_archive if name.endswith(".npz") else changed_bytes
                change = changed_json if name.endswith(".json") else change
                content = change(rng, content, content)
            new.writestr(name, content)
    return packed.getvalue()


def _changed_value(rng: random.Random, value: Any) -> Any:
    """Return the document with a change at a random depth."""
    deeper = isinstance(value, dict | list) and value and rng.random() < 0.85
    if not deeper:
        return rng.choice(_VALUES)
    keys = sorted(value) if isinstance(value, dict) else list(range(len(value)))
    key = rng.choice(keys)
    match rng.randrange(12):
        case 0:
            del value[key]
        case 1 if isinstance(value, list):
            value.append(value[key])
        case 1:
            value[rng.choice(keys) + "_"] = value[key]
        case 2:
            value[key] = value[rng.choice(keys)]
        case _:
            value[key] = _changed_value(rng, value[key])
    return value


def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


_CRC = _table()


def _crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF
