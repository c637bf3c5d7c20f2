"""Arrow's and DLPack's structures: released once, and refused when anything is wrong with them."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics._core import Column
from lstmetrics.errors import (
    FormatError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    ShapeError,
    UnsupportedError,
)
from lstmetrics.metrics._columns import as_array, as_column
from support.capsules import Exporter, StreamExporter, TensorExporter, coded, integers, text

HUGE = 2**62


def bits(*flags: int) -> Any:
    return np.packbits(np.array(flags, np.uint8), bitorder="little")


def numbers(array: Any, letter: str) -> Exporter:
    return Exporter(letter, [None, array], len(array))


@pytest.mark.parametrize(
    ("letter", "dtype"),
    [
        *zip("cCsSiIlLefg", ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"],
             strict=True),
    ],
)  # fmt: skip
def test_numbers_are_read_where_they_lie(letter: str, dtype: str) -> None:
    array = np.arange(1, 8).astype(dtype)
    source = numbers(array, letter)
    source.array.offset, source.array.length = 2, 4
    read = as_column(source, "x")
    assert read.dtype == array.dtype
    assert read.tolist() == [3, 4, 5, 6]
    assert read.ctypes.data == array.ctypes.data + 2 * array.itemsize
    assert source.released == {"schema": 0, "array": 0, "stream": 0}
    del read
    gc.collect()
    assert source.released == {"schema": 1, "array": 1, "stream": 0}


@pytest.mark.parametrize("offset", range(9))
@pytest.mark.parametrize("length", [0, 1, 7, 8, 17])
def test_bits_begin_anywhere(offset: int, length: int) -> None:
    flags = np.random.default_rng(length).integers(0, 2, offset + length + 3)
    source = Exporter("b", [None, np.append(bits(*flags), np.uint8(255))], length)
    source.array.offset = offset
    assert as_array(source, "x").tolist() == flags[offset : offset + length].astype(bool).tolist()
    valid = np.ones(offset + length, np.uint8)
    for null in range(0, length, 3):
        valid[offset + null] = 0
        source = Exporter("c", [bits(*valid), np.zeros(64, np.int8)], length)
        source.array.offset, source.array.null_count = offset, -1
        with pytest.raises(InvalidValueError, match=rf"^x\[{null}\] is null"):
            as_column(source, "x")
        valid[offset + null] = 1


def test_nulls_that_are_none() -> None:
    source = Exporter("c", [bits(1, 1, 1), np.array([1, 2, 3], np.int8)], 3)
    source.array.null_count = -1
    assert as_array(source, "x").tolist() == [1, 2, 3]
    unused = text("a", "b")
    unused.array.buffers[0] = np.array([1], np.uint8).ctypes.data
    unused.array.null_count = 1
    assert as_array(coded([0, 0], unused), "x").tolist() == ["a", "a"]


def test_a_null_in_a_dictionary_is_found_by_its_code() -> None:
    keep = np.array([0b01], np.uint8)
    labels = text("a", "b")
    labels.array.buffers[0], labels.array.null_count = keep.ctypes.data, -1
    with pytest.raises(InvalidValueError, match=r"^y\[2\] is null"):
        as_column(coded([0, 0, 1], labels), "y")


def test_dictionaries_of_numbers_and_of_the_same_label_twice() -> None:
    assert as_array(coded([1, 0, 1], integers(7, -3)), "y").tolist() == [-3, 7, -3]
    assert as_array(coded([1, 0], numbers(np.array([2.0, 5.0]), "g")), "y").tolist() == [5, 2]
    assert as_array(coded([1, 0, 2], text("a", "a", "b")), "y").tolist() == ["a", "a", "b"]
    with pytest.raises(InvalidValueError, match=r"y: the dictionary holds 2\.5"):
        as_column(coded([0], numbers(np.array([2.5]), "g")), "y")


def test_tables_and_lists() -> None:
    column = numbers(np.arange(12, dtype=np.int16), "s")
    column.array.offset, column.array.length = 1, 11
    lists = Exporter("+w:2", [None], 4, children=[column])
    lists.array.offset = 1
    table = Exporter("+s", [None], 3, children=[lists])
    table.array.offset = 1
    assert as_array(table, "x").tolist() == [[5, 6], [7, 8], [9, 10]]
    gc.collect()
    assert table.released == {"schema": 1, "array": 1, "stream": 0}
    two = Exporter("+s", [None], 1, children=[integers(1), integers(2)])
    with pytest.raises(ShapeError, match="one column, got a table of 2"):
        Column(two, "x")


def test_streams_put_chunks_together() -> None:
    chunks = [integers(1, 2), integers(), integers(3)]
    source = StreamExporter(chunks)
    assert as_array(source, "x").tolist() == [1, 2, 3]
    gc.collect()
    assert source.released == 1
    assert [chunk.released["array"] for chunk in chunks] == [1, 1, 1]
    assert chunks[0].released["schema"] == 1
    assert as_array(StreamExporter([coded([0, 1], text("a", "b")), coded([0], text("b"))]), "x"
                    ).tolist() == ["a", "b", "b"]  # fmt: skip
    valid = np.array([0b01], np.uint8)
    late = Exporter("l", [valid, np.zeros(2, np.int64)], 2)
    late.array.null_count = 1
    with pytest.raises(InvalidValueError, match=r"x\[4\] is null"):
        as_column(StreamExporter([integers(1, 2, 3), late]), "x")


def test_a_stream_that_fails() -> None:
    source = StreamExporter([integers(1), integers(2)], fails_at=1)
    with pytest.raises(InvalidValueError, match="failed with error 5: out of ink"):
        as_column(source, "x")
    assert (source.released, source.chunks[0].released["array"]) == (1, 1)


def _set(**fields: Any) -> Callable[[Exporter], None]:
    def change(source: Exporter) -> None:
        for name, value in fields.items():
            setattr(source.array, name, value)

    return change


def _no_values(source: Exporter) -> None:
    source.array.buffers[1] = None


def _offsets(*values: int) -> Callable[[Exporter], None]:
    def change(source: Exporter) -> None:
        array = np.array(values, np.int32)
        source.kept.append(array)
        source.array.buffers[1] = array.ctypes.data

    return change


MALFORMED: dict[str, tuple[Callable[[], Exporter], Callable[[Exporter], Any]]] = {
    "negative length": (lambda: integers(1, 2), _set(length=-1)),
    "negative offset": (lambda: integers(1, 2), _set(offset=-1)),
    "huge length": (lambda: integers(1, 2), _set(length=HUGE)),
    "huge offset": (lambda: integers(1, 2), _set(offset=HUGE)),
    "too few buffers": (lambda: integers(1, 2), _set(n_buffers=1)),
    "too many buffers": (lambda: integers(1, 2), _set(n_buffers=3)),
    "no buffers": (lambda: integers(1, 2), _set(buffers=None)),
    "no values": (lambda: integers(1, 2), _no_values),
    "no text": (lambda: text("a", "b"), _no_values),
    "nulls without bits": (lambda: integers(1, 2), _set(null_count=1)),
    "more nulls than rows": (lambda: integers(1, 2), _set(null_count=3)),
    "nulls below -1": (lambda: integers(1, 2), _set(null_count=-2)),
    "offsets that fall": (lambda: text("ab", "c"), _offsets(0, 3, 2)),
    "offsets below zero": (lambda: text("ab", "c"), _offsets(-1, 2, 3)),
    "no dictionary": (lambda: coded([0, 1], text("a", "b")), _set(dictionary=None)),
    "no list items": (
        lambda: Exporter("+w:2", [None], 2, children=[integers(1, 2, 3, 4)]),
        _set(n_children=0),
    ),
    "lists beyond their items": (
        lambda: Exporter("+w:2", [None], 3, children=[integers(1, 2, 3, 4)]),
        lambda _: None,
    ),
    "lists wider than memory": (
        lambda: Exporter("+w:999999999", [None], 2**40, children=[integers(1)]),
        lambda _: None,
    ),
    "a table beyond its column": (
        lambda: Exporter("+s", [None], 3, children=[integers(1, 2)]),
        lambda _: None,
    ),
    "a view without lengths": (
        lambda: Exporter("vu", [None, np.zeros(4, np.int32), None, None], 1),
        lambda _: None,
    ),
    "a view outside": (
        lambda: Exporter(
            "vu",
            [None, np.array([20, 0, 0, 5], np.int32), np.zeros(24, np.uint8), np.array([24])],
            1,
        ),
        lambda _: None,
    ),
    "a view of no buffer": (
        lambda: Exporter(
            "vu",
            [None, np.array([20, 0, 1, 0], np.int32), np.zeros(24, np.uint8), np.array([24])],
            1,
        ),
        lambda _: None,
    ),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_arrays_are_refused_and_released(what: str) -> None:
    make, change = MALFORMED[what]
    source = make()
    change(source)
    with pytest.raises(FormatError, match=r"^weights: malformed Arrow data: "):
        as_column(source, "weights")
    assert source.released == {"schema": 1, "array": 1, "stream": 0}


@pytest.mark.parametrize(
    "format", ["", "+l", "+L", "+vl", "+m", "+r", "+ud:0", "z", "vz", "d:19,10", "tdD", "w:4", "xx",
               "+w:", "+w:x", "+w:99999999999"]
)  # fmt: skip
def test_other_types_are_refused_by_name(format: str) -> None:
    source = Exporter(format, [None, np.zeros(4, np.int64)], 1)
    with pytest.raises(InvalidTypeError, match=r"^y_true: expected a column of booleans"):
        metrics.accuracy_score(source, [1])
    assert source.released == {"schema": 1, "array": 1, "stream": 0}


def test_capsules_that_are_none_or_spent() -> None:
    class Returns:
        def __init__(self, result: Any) -> None:
            self.result = result

        def __arrow_c_array__(self) -> Any:
            return self.result

    column = integers(1)
    schema, array = column.capsules()
    for result in (None, (schema,), (schema, schema), (array, schema), ("a", "b"), [schema, array]):
        with pytest.raises(FormatError):
            Column(Returns(result), "x")
    assert column.released["array"] == 0
    with pytest.raises(ZeroDivisionError):
        Column(type("Raises", (), {"__arrow_c_array__": lambda _: 1 // 0})(), "x")
    again = integers(1)
    Column(again, "x")
    with pytest.raises(FormatError, match="released before"):
        Column(again, "x")
    assert again.released == {"schema": 1, "array": 1, "stream": 0}


# ---- DLPack -------------------------------------------------------------------------------------

TABLE = np.arange(24, dtype=np.float32).reshape(4, 6)


@pytest.mark.parametrize("array", [TABLE, TABLE.T, TABLE[::-1, 1::2], TABLE[0], TABLE[:0]])
def test_tensors_are_read_where_they_lie(array: Any) -> None:
    source = TensorExporter(array, 2)
    read = as_column(source, "x")
    np.testing.assert_array_equal(read, array)
    assert array.size == 0 or read.ctypes.data == array.ctypes.data
    assert source.deleted == 0
    del read
    gc.collect()
    assert source.deleted == 1


def test_tensors_with_an_offset_and_without_strides() -> None:
    source = TensorExporter(TABLE, 2)
    source.tensor.strides = None
    source.tensor.shape = (ctypes.c_int64 * 2)(2, 6)
    source.tensor.byte_offset = 8
    assert as_array(source, "x").tolist() == TABLE.reshape(-1)[2:14].reshape(2, 6).tolist()


def test_bfloat16_is_the_upper_half_of_a_float() -> None:
    values = np.array([1.5, -0.0, 2.0**-133, np.inf, -3.0e38, 0.1], np.float32)
    upper = (values.view(np.uint32) >> 16).astype(np.uint16)
    exact = (upper.astype(np.uint32) << 16).view(np.float32)
    source = TensorExporter(upper, 4)
    np.testing.assert_array_equal(as_array(source, "x"), exact)
    weights = TensorExporter(upper[[0, 0, 2]], 4)
    assert metrics.accuracy_score([1, 0, 1], [1, 1, 1], sample_weight=weights) == (
        metrics.accuracy_score([1, 0, 1], [1, 1, 1], sample_weight=exact[[0, 0, 2]])
    )


REFUSED: list[tuple[dict[str, Any], type[LstmetricsError], str]] = [
    ({"device_type": 2}, UnsupportedError, r"not the CPU \(DLPack device 2\): copy it over first"),
    ({"code": 5}, InvalidTypeError, "type code 5 with 32 bits"),
    ({"code": 10, "bits": 8}, InvalidTypeError, "type code 10 with 8 bits"),
    ({"code": 2, "bits": 8}, InvalidTypeError, "type code 2 with 8 bits"),
    ({"code": 4, "bits": 32}, InvalidTypeError, "type code 4 with 32 bits"),
    ({"lanes": 4}, InvalidTypeError, "type code 2"),
    ({"ndim": -1}, FormatError, "number of dimensions"),
    ({"ndim": 10**6}, FormatError, "number of dimensions"),
    ({"shape": None}, FormatError, "number of dimensions"),
    ({"data": None}, FormatError, "no data"),
    ({"shape": (-1, 6)}, FormatError, "shape or strides"),
    ({"shape": (2**40, 2**40)}, FormatError, "shape or strides"),
    ({"strides": (2**62, 1)}, FormatError, "shape or strides"),
]


@pytest.mark.parametrize(("fields", "error", "message"), REFUSED)
def test_tensors_that_are_refused(
    fields: dict[str, Any], error: type[LstmetricsError], message: str
) -> None:
    source = TensorExporter(TABLE, 2)
    for name, value in fields.items():
        given = (ctypes.c_int64 * 2)(*value) if isinstance(value, tuple) else value
        setattr(source.tensor, name, given)
    with pytest.raises(error, match=f"^y_true.*{message}"):
        metrics.accuracy_score(source, [1])
    assert source.deleted == 1


def test_devices_are_asked_before_anything_is_exported() -> None:
    source = TensorExporter(TABLE, 2)
    for device in ((2, 0), (4, 1), (99, 0)):
        source.device = device
        with pytest.raises(UnsupportedError, match="not the CPU"):
            as_column(source, "x")
    source.device = "cpu"
    with pytest.raises(FormatError, match="must return a pair"):
        as_column(source, "x")
    assert source.deleted == 0
    source.device = (3, 0)  # pinned memory is the CPU's as well
    assert as_array(source, "x").shape == (4, 6)


def test_exporters_that_refuse_are_quoted() -> None:
    class Tensor:
        requires_grad = False

        def __dlpack_device__(self) -> tuple[int, int]:
            return 1, 0

        def __dlpack__(self) -> Any:
            raise BufferError("not today")

    with pytest.raises(InvalidValueError, match="x: the tensor cannot be read: not today"):
        Column(Tensor(), "x")
    Tensor.requires_grad = True
    with pytest.raises(InvalidValueError, match=r"requires gradients: pass x\.detach\(\)"):
        Column(Tensor(), "x")
    Tensor.__dlpack__ = lambda _: None  # type: ignore[method-assign]
    with pytest.raises(FormatError, match="fresh capsule"):
        Column(Tensor(), "x")


def test_a_capsule_is_used_once() -> None:
    capsule = TABLE.__dlpack__()

    class Same:
        def __dlpack_device__(self) -> tuple[int, int]:
            return 1, 0

        def __dlpack__(self) -> Any:
            return capsule

    assert len(Column(Same(), "x")) == 4
    with pytest.raises(FormatError, match="fresh capsule"):
        Column(Same(), "x")
