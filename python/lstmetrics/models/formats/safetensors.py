"""The safetensors container, read strictly: every byte of a file is accounted for.

Eight bytes of header length (little-endian), a JSON header that names each tensor's dtype, shape
and place, then the tensors without gaps (https://github.com/huggingface/safetensors#format). The
base installation has numpy alone, hence a reader of its own. A native file holds float32 tensors,
and where its precision says so bfloat16 or bytes; PyTorch's state_dicts hold other numbers too.
"""

from __future__ import annotations

import json
import mmap
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, UnsupportedError

__all__ = [
    "NATIVE",
    "STATE_DICT",
    "let_go",
    "mapped",
    "read_tensors",
    "tensors_of",
    "write_tensors",
]

FloatArray = npt.NDArray[np.float32]

_LARGEST_HEADER = 100_000_000  # safetensors' own limit
_WRITTEN = {np.dtype(np.float32): "F32", np.dtype(np.uint16): "BF16", np.dtype(np.int8): "I8"}
# The numbers that a file may hold, and how numpy reads them.
STATE_DICT: Mapping[str, str] = {
    "F32": "<f4",
    "F64": "<f8",
    "F16": "<f2",
    "BF16": "<u2",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "i1",
    "U8": "u1",
    "BOOL": "?",
}
NATIVE: Mapping[str, str] = {kind: STATE_DICT[kind] for kind in ("F32", "BF16", "I8")}


def write_tensors(
    path: str, tensors: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str]
) -> None:
    """Write the file beside its place, then move it there.

    Arrays are float32, uint16 for the upper halves of floats (bfloat16), or int8.
    """
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + tensor.nbytes
        header[name] = {
            "dtype": _WRITTEN[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, end],
        }
        offset = end
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % 8)  # tensors start at a multiple of 8
    from pathlib import Path

    temporary = Path(f"{path}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(len(text).to_bytes(8, "little"))
            file.write(text)
            for tensor in tensors.values():
                file.write(_in_file(tensor).tobytes())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _in_file(tensor: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return np.ascontiguousarray(tensor, dtype=tensor.dtype.newbyteorder("<"))


def read_tensors(
    path: str, kinds: Mapping[str, str] = NATIVE
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return a file's tensors, as read-only views of it, and metadata."""
    return tensors_of(path, mapped(path), kinds)


def mapped(path: str) -> mmap.mmap:
    """Return a file's bytes, which are in memory as far as they have been read."""
    with open(path, "rb") as file:  # noqa: PTH123 (pathlib takes 0.6 MB)
        size = os.fstat(file.fileno()).st_size
        if size < 8:
            raise FormatError(f"{path}: {size} bytes are too few for a safetensors file")
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def let_go(file: mmap.mmap) -> None:
    """Take a mapped file out of the process's memory; what is read again comes again."""
    if hasattr(mmap, "MADV_DONTNEED"):
        file.madvise(mmap.MADV_DONTNEED)


def tensors_of(
    path: str, file: mmap.mmap, kinds: Mapping[str, str] = NATIVE
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return tensors, as read-only views of the mapped file, and metadata.

    Parameters
    ----------
    path : str
        The file's, for messages.
    file : mmap
        Its bytes.
    kinds : mapping
        :data:`NATIVE` or :data:`STATE_DICT`: what the tensors may hold.
    """
    data, size = memoryview(file), len(file)
    header_size = int.from_bytes(data[:8], "little")
    if header_size > min(size - 8, _LARGEST_HEADER):
        if data[0] == 0x80:
            raise FormatError(
                f"{path}: this is a pickle, whatever its name; pickles can run any code and are "
                "never loaded"
            )
        raise FormatError(
            f"{path}: the header claims {header_size} bytes, the file has {size - 8} left"
        )
    header = _parse(path, bytes(data[8 : 8 + header_size]))
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(v, str) for v in metadata.values()):
        raise FormatError(f"{path}: __metadata__ must map strings to strings")
    return _views(path, header, data[8 + header_size :], kinds), metadata


def _parse(path: str, text: bytes) -> dict[str, Any]:
    def no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        if len(set(keys)) != len(keys):
            raise FormatError(f"{path}: the header repeats a key")
        return dict(pairs)

    if not text.startswith(b"{"):
        raise FormatError(f"{path}: the header is not a JSON object")
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=no_repeats)
    except FormatError:
        raise
    except (ValueError, RecursionError) as error:  # also a number of too many digits
        raise FormatError(f"{path}: the header is not valid JSON: {error}") from None
    if not isinstance(header, dict):
        raise FormatError(f"{path}: the header is not a JSON object")
    return header


def _views(
    path: str, header: dict[str, Any], data: memoryview, kinds: Mapping[str, str]
) -> dict[str, Any]:
    tensors: dict[str, Any] = {}
    places: list[tuple[int, int]] = []
    for name, entry in header.items():
        shape, begin, end = _entry(path, name, entry, kinds)
        dtype = np.dtype(kinds[entry["dtype"]])
        count = dtype.itemsize
        for length in shape:
            count *= length
        if end - begin != count or not 0 <= begin <= end <= len(data):
            raise FormatError(
                f"{path}: tensor {name!r} of shape {shape} does not fit its place {begin} to {end}"
            )
        tensor = np.frombuffer(data[begin:end], dtype=dtype).reshape(shape)
        tensor = np.require(tensor, requirements="A")  # a header of odd size shifts them
        if entry["dtype"] == "BF16":  # the upper half of a float32
            tensor = (tensor.astype(np.uint32) << 16).view(np.float32)
        tensors[name] = tensor
        places.append((begin, end))
    position = 0
    for begin, end in sorted(places):
        if begin != position:
            raise FormatError(f"{path}: tensors overlap or leave a gap at byte {position}")
        position = end
    if position != len(data):
        raise FormatError(f"{path}: {len(data) - position} bytes follow the last tensor")
    return tensors


def _entry(
    path: str, name: str, entry: Any, kinds: Mapping[str, str]
) -> tuple[tuple[int, ...], int, int]:
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise FormatError(f"{path}: tensor {name!r} needs dtype, shape and data_offsets")
    if not isinstance(entry["dtype"], str) or entry["dtype"] not in kinds:
        holds = "a native model holds" if kinds is NATIVE else "supported are"
        raise UnsupportedError(
            f"{path}: tensor {name!r} has dtype {entry['dtype']!r}; {holds} {', '.join(kinds)}"
        )
    shape, offsets = entry["shape"], entry["data_offsets"]
    lists = (shape, offsets)
    if (
        not all(isinstance(numbers, list) for numbers in lists)
        or not all(type(n) is int and 0 <= n < 2**48 for numbers in lists for n in numbers)
        or len(offsets) != 2
        or len(shape) > 8
    ):
        raise FormatError(f"{path}: tensor {name!r}: bad shape {shape!r} or offsets {offsets!r}")
    return tuple(shape), offsets[0], offsets[1]
