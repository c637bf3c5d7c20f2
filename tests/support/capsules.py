"""Arrow and DLPack structures made by hand, so that any field of them can be wrong."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_NEW = ctypes.pythonapi.PyCapsule_New
_NEW.restype = ctypes.py_object
_NEW.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
_RELEASE = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_EXPORTED: list[Any] = []  # what was handed out must outlive whoever holds it: kept for good


class Schema(ctypes.Structure):
    """ArrowSchema."""


class Array(ctypes.Structure):
    """ArrowArray."""


class Stream(ctypes.Structure):
    """ArrowArrayStream."""


_NEXT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(Stream), ctypes.c_void_p)
_ERROR = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(Stream))

Schema._fields_ = [
    ("format", ctypes.c_char_p),
    ("name", ctypes.c_char_p),
    ("metadata", ctypes.c_char_p),
    ("flags", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("children", ctypes.POINTER(ctypes.POINTER(Schema))),
    ("dictionary", ctypes.POINTER(Schema)),
    ("release", _RELEASE),
    ("private_data", ctypes.c_void_p),
]
Array._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(Array))),
    ("dictionary", ctypes.POINTER(Array)),
    ("release", _RELEASE),
    ("private_data", ctypes.c_void_p),
]
Stream._fields_ = [
    ("get_schema", _NEXT),
    ("get_next", _NEXT),
    ("get_last_error", _ERROR),
    ("release", _RELEASE),
    ("private_data", ctypes.c_void_p),
]


class Exporter:
    """A column whose structures are its attributes, and which counts their releases.

    `schema` and `array` may be changed before the export. Their children are in `kept`.
    """

    def __init__(
        self,
        format: str,
        buffers: Sequence[npt.NDArray[Any] | None],
        length: int,
        *,
        children: Sequence[Exporter] = (),
        dictionary: Exporter | None = None,
    ) -> None:
        self.released = {"schema": 0, "array": 0, "stream": 0}
        self.kept: list[Any] = [*buffers, *children, dictionary]
        pointers = [None if b is None else b.ctypes.data for b in buffers]
        self.buffers = (ctypes.c_void_p * max(len(pointers), 1))(*pointers)
        schemas = [ctypes.pointer(child.schema) for child in children]
        arrays = [ctypes.pointer(child.array) for child in children]
        self.schema = Schema(
            format=format.encode(),
            n_children=len(children),
            children=(ctypes.POINTER(Schema) * max(len(children), 1))(*schemas),
            dictionary=ctypes.pointer(dictionary.schema) if dictionary else None,
            release=self._release("schema", Schema),
        )
        self.array = Array(
            length=length,
            n_buffers=len(buffers),
            n_children=len(children),
            buffers=self.buffers,
            children=(ctypes.POINTER(Array) * max(len(children), 1))(*arrays),
            dictionary=ctypes.pointer(dictionary.array) if dictionary else None,
            release=self._release("array", Array),
        )

    def _release(self, what: str, kind: Any) -> Any:
        # No reference to self: it would keep what this callback is waited for.
        released = self.released

        def release(address: int) -> None:
            released[what] += 1
            kind.from_address(address).release = _RELEASE()

        callback = _RELEASE(release)
        self.kept.append(callback)
        return callback

    def capsules(self) -> tuple[Any, Any]:
        _EXPORTED.append(self)
        return (
            _NEW(ctypes.addressof(self.schema), b"arrow_schema", None),
            _NEW(ctypes.addressof(self.array), b"arrow_array", None),
        )

    def __arrow_c_array__(self, requested_schema: Any = None) -> tuple[Any, Any]:
        return self.capsules()


class StreamExporter:
    """A stream over exporters, which may fail at a chunk."""

    def __init__(self, chunks: Sequence[Exporter], *, fails_at: int = -1) -> None:
        self.chunks = list(chunks)
        self.released = 0
        self.given = 0
        self.fails_at = fails_at
        self.error = ctypes.create_string_buffer(b"out of ink")
        told = _ERROR(lambda _: ctypes.addressof(self.error))
        self.keep = [_NEXT(self._schema), _NEXT(self._next), told, _RELEASE(self._release)]
        self.stream = Stream(*self.keep)

    def _schema(self, _: Any, out: int) -> int:
        ctypes.memmove(out, ctypes.addressof(self.chunks[0].schema), ctypes.sizeof(Schema))
        return 0

    def _next(self, _: Any, out: int) -> int:
        if self.given == self.fails_at:
            return 5
        if self.given == len(self.chunks):
            ctypes.memset(out, 0, ctypes.sizeof(Array))
            return 0
        array = self.chunks[self.given].array
        ctypes.memmove(out, ctypes.addressof(array), ctypes.sizeof(Array))
        self.given += 1
        return 0

    def _release(self, address: int) -> None:
        self.released += 1
        Stream.from_address(address).release = _RELEASE()

    def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
        _EXPORTED.append(self)
        return _NEW(ctypes.addressof(self.stream), b"arrow_array_stream", None)


def integers(*values: int) -> Exporter:
    array = np.array(values, np.int64)
    return Exporter("l", [None, array], len(array))


def text(*values: str) -> Exporter:
    data = "".join(values).encode()
    offsets = np.array([0, *np.cumsum([len(v.encode()) for v in values])], np.int32)
    return Exporter("u", [None, offsets, np.frombuffer(data + b"\0", np.uint8)], len(values))


def coded(codes: Sequence[int], labels: Exporter) -> Exporter:
    array = np.array(codes, np.int32)
    return Exporter("i", [None, array], len(array), dictionary=labels)


# ---- DLPack -------------------------------------------------------------------------------------


class Tensor(ctypes.Structure):
    """DLTensor and what manages it, of before version 1."""

    _fields_ = [
        ("data", ctypes.c_void_p),
        ("device_type", ctypes.c_int32),
        ("device_id", ctypes.c_int32),
        ("ndim", ctypes.c_int32),
        ("code", ctypes.c_uint8),
        ("bits", ctypes.c_uint8),
        ("lanes", ctypes.c_uint16),
        ("shape", ctypes.POINTER(ctypes.c_int64)),
        ("strides", ctypes.POINTER(ctypes.c_int64)),
        ("byte_offset", ctypes.c_uint64),
        ("context", ctypes.c_void_p),
        ("deleter", _RELEASE),
    ]


class TensorExporter:
    """A tensor whose structure is an attribute, and which counts its deletions."""

    def __init__(self, array: npt.NDArray[Any], code: int) -> None:
        self.deleted = 0
        self.device: Any = (1, 0)
        self.array = array
        self.deleter = _RELEASE(self._delete)
        self.tensor = Tensor(
            data=array.ctypes.data,
            device_type=1,
            ndim=array.ndim,
            code=code,
            bits=8 * array.itemsize,
            lanes=1,
            shape=(ctypes.c_int64 * array.ndim)(*array.shape),
            strides=(ctypes.c_int64 * array.ndim)(*(s // array.itemsize for s in array.strides)),
            deleter=self.deleter,
        )

    def _delete(self, _: int) -> None:
        self.deleted += 1

    def __dlpack_device__(self) -> Any:
        return self.device

    def __dlpack__(self) -> Any:
        _EXPORTED.append(self)
        return _NEW(ctypes.addressof(self.tensor), b"dltensor", None)
