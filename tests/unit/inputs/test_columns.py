"""Columns of pandas, polars and pyarrow: nulls and other kinds are refused by name and index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from lstmetrics import metrics
from lstmetrics.errors import InvalidTypeError, InvalidValueError, LstmetricsError
from lstmetrics.metrics._columns import Column, as_array, as_column, decoded
from lstmetrics.streaming import Confusion, Loss
from support import columns
from support.columns import Tensor

TEXT = ["a", "b", None, "a", None]
NUMBERS = [1, 0, None, 1, None]
WITH_NULLS: dict[str, Any] = {
    "pandas str": pd.Series(TEXT, dtype="str"),
    "pandas category": pd.Series(TEXT, dtype="category"),
    "pandas string[pyarrow]": pd.Series(TEXT, dtype="string[pyarrow]"),
    "pandas Int64": pd.Series(NUMBERS, dtype="Int64"),
    "pandas boolean": pd.Series(NUMBERS, dtype="boolean"),
    "pandas ArrowDtype": pd.Series(NUMBERS, dtype="int64[pyarrow]"),
    "polars String": pl.Series(TEXT),
    "polars Categorical": pl.Series(TEXT, dtype=pl.Categorical),
    "polars Int64": pl.Series(NUMBERS),
    "polars null": pl.Series([None] * 5).head(0).extend(pl.Series([None] * 5)),
    "pyarrow utf8": pa.array(TEXT),
    "pyarrow view": pa.array(TEXT, pa.string_view()),
    "pyarrow dictionary": pa.array(TEXT).dictionary_encode(),
    "pyarrow null in the dictionary": pa.DictionaryArray.from_arrays(
        pa.array([0, 1, 2, 0, 2]), pa.array(["a", "b", None])
    ),
    "pyarrow double": pa.array(NUMBERS, pa.float64()),
    "pyarrow chunks": pa.chunked_array([NUMBERS[:2], NUMBERS[2:]]),
}


@pytest.mark.parametrize("kind", WITH_NULLS)
def test_nulls_in_labels(kind: str) -> None:
    labels = WITH_NULLS[kind]
    at = 0 if kind == "polars null" else 2
    good = ["a", "b", "b", "a", "a"] if "a" in str(labels) else [1, 0, 0, 1, 1]
    with pytest.raises(InvalidValueError, match=rf"^y_true\[{at}\] is null"):
        metrics.accuracy_score(labels, good)
    with pytest.raises(InvalidValueError, match=rf"^y_pred\[{at}\] is null"):
        metrics.f1_score(good, labels, average="macro")
    state = Confusion()
    with pytest.raises(InvalidValueError, match=rf"y_pred\[{at}\] (is null|has no label)"):
        state.update(good, labels)
    assert state == Confusion()


@pytest.mark.parametrize("kind", WITH_NULLS)
def test_nulls_in_numbers(kind: str) -> None:
    column = WITH_NULLS[kind]
    for refused in (
        lambda: metrics.accuracy_score([1] * 5, [1] * 5, sample_weight=column),
        lambda: Loss("user").update_losses(column),
        lambda: metrics.log_loss([0, 1, 0, 1, 0], column),
    ):
        with pytest.raises(
            LstmetricsError,
            match=r"(sample_weight|losses|y_proba)(\[\d\] is null|.*numbers|: expected)",
        ):
            refused()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (["a", None], r"y_true\[1\] is missing \(None\)"),
        (["a", float("nan")], r"y_true\[1\] is missing \(NaN\)"),
        (["a", pd.NA], r"y_true\[1\] is of type 'NAType'"),
    ],
)
def test_objects_that_are_missing(values: list[Any], message: str) -> None:
    with pytest.raises(InvalidTypeError, match=message):
        Confusion().update(pd.Series(values, dtype=object), ["a", "b"])


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 2], pa.timestamp("s")),
        pl.Series([[1], [2]]),
        pa.array([b"a", b"b"]),
        pa.array([{"a": 1, "b": 2}] * 2),
        pa.array([1, 2], pa.decimal128(5)),
    ],
)
def test_columns_that_are_no_labels(column: Any) -> None:
    with pytest.raises(LstmetricsError, match=r"^y_true: expected "):
        metrics.accuracy_score(column, [1, 2])


def test_categories_that_are_no_labels() -> None:
    stamps = pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02"])).astype("category")
    with pytest.raises(LstmetricsError):
        Confusion().update(stamps, [1, 2])
    for series in (pd.Series([True, False, True]), pd.Series([1.0, 2.0, 1.0])):
        report = metrics.classification_report(
            series.astype("category"), series.astype("category"), output_dict=True
        )
        assert report == metrics.classification_report(series, series, output_dict=True)


def test_text_is_not_a_number() -> None:
    for column in (pa.array(["x", "2"]), pd.Series(["x", "2"], dtype="category")):
        with pytest.raises(InvalidTypeError, match="sample_weight must hold numbers"):
            metrics.accuracy_score([1, 1], [1, 1], sample_weight=column)


def test_tables_of_several_columns_are_matrices() -> None:
    truth = ["a", "b", "c", "a"]
    matrix = np.array([[0.5, 0.25, 0.25], [0.25, 0.75, 0], [0, 0, 1], [0.25, 0.5, 0.25]])
    expected = metrics.log_loss(truth, matrix)
    names = ["a", "b", "c"]
    frame = pd.DataFrame(matrix, columns=names)
    lists = pa.FixedSizeListArray.from_arrays(pa.array(matrix.ravel()), 3)
    for table in (
        frame,
        frame.astype("Float64"),
        frame.astype("double[pyarrow]"),
        pl.DataFrame(matrix, schema=names),
        pa.table(dict(zip(names, matrix.T, strict=True))),
        lists,
        pl.Series(matrix, dtype=pl.Array(pl.Float64, 3)),
        Tensor(np.asfortranarray(matrix)),
    ):
        assert metrics.log_loss(pl.Series(truth), table) == expected
    frame = frame.astype("Float64")
    frame.loc[2, "b"] = pd.NA
    with pytest.raises(InvalidValueError, match=r"^y_proba\[2\] is null"):
        metrics.log_loss(truth, frame)


def test_a_class_that_only_converts() -> None:
    class Wrapped:
        def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
            return np.array([1, 0, 1])

    assert metrics.accuracy_score(Wrapped(), [1, 1, 1]) == 2 / 3


def test_numpy_arrays_are_passed_through() -> None:
    array = np.arange(3)
    assert as_column(array, "x") is array
    assert as_array(array, "x") is array
    assert as_array((1, 2), "x") == (1, 2)


def test_memory_is_shared_where_it_can_be() -> None:
    array = np.arange(8, dtype=np.float32)
    arrow, nullable = pa.array(array), pd.array(array, "Float32")
    for column, address in (
        (arrow, arrow.buffers()[1].address),
        (arrow[3:], arrow.buffers()[1].address + 12),
        (pd.Series(arrow, dtype="float[pyarrow]"), arrow.buffers()[1].address),
        (pl.from_arrow(arrow), arrow.buffers()[1].address),
        (nullable, nullable._data.ctypes.data),
        (Tensor(array[::2]), array.ctypes.data),
    ):
        assert as_array(column, "x").ctypes.data == address
    assert not as_array(arrow, "x").flags.writeable


@pytest.mark.parametrize("kind", columns.TEXT)
def test_both_ways_round(kind: str) -> None:
    """What was decoded is what was put in."""
    values = ["b", "a", "a longer text, of more than sixteen bytes", "b", "é"]
    read = as_array(columns.TEXT[kind](values), "x")
    assert np.asarray(read).reshape(-1).tolist() == values


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, -3], [2**63 - 1, -(2**63)], [2**63, 1], [2**64], [True, False], [1, True], [1, 2.5],
        [1.5, float("nan"), -0.0], [1.5, 1], [], [[1, 2], [3, 4]], [np.int8(1), 2], [None, 1],
        ["a", "b"], ["a", 1], ["a", None], ["a\0", "a"], ["a", "\0"], [""], ["\ud800"],
    ],
)  # fmt: skip
def test_lists_are_what_numpy_makes_of_them(values: list[Any]) -> None:
    expected, read = np.asarray(values), np.asarray(as_array(values, "x"))
    assert read.dtype == expected.dtype
    assert repr(read) == repr(expected)
    column = as_column(values, "x")
    if isinstance(column, Column):
        assert decoded(column, "x").tolist() == expected.tolist()
    elif isinstance(column, np.ndarray):
        assert column.dtype == expected.dtype


def test_lists_that_zeros_make_alike() -> None:
    assert metrics.accuracy_score(["a\0", "b"], ["a", "b"]) == 1.0


@pytest.mark.parametrize("width", range(1, 20))
def test_text_of_every_width(width: int) -> None:
    """Texts that differ in one place, or in their length alone."""
    texts = ["x" * length for length in range(width + 1)]
    texts += ["x" * at + "y" + "x" * (width - at - 1) for at in range(width)]
    texts += ["x" * (width - 1) + chr(ord("x") + shift) for shift in (1 << 8, 1 << 16)]
    predicted = texts[::-1]
    expected = Confusion().update(np.array(texts, object), np.array(predicted, object))
    arrays = np.array(texts), np.array(predicted)
    assert arrays[0].dtype == f"<U{width}"
    assert Confusion().update(*arrays) == expected
    wide = np.zeros((len(texts), 3), f"U{width}")
    wide[:, 1] = texts
    assert Confusion().update(wide[:, 1], arrays[1]) == expected
    assert Confusion().update(arrays[0], np.array(predicted, f"U{width + 40}")) == expected
    assert expected.samples == len(texts)
    assert len(expected.labels) == len(set(texts))


def test_text_of_any_length() -> None:
    kind = np.dtypes.StringDType()
    short, long = np.array(["a", "bb", ""], kind), np.array(["a", "b" * 100, "a"], kind)
    assert metrics.accuracy_score(short, ["a", "bb", "a"]) == 2 / 3
    assert metrics.accuracy_score(long, ["a", "b" * 100, "c"]) == 2 / 3
    missing = np.array(["a", None], np.dtypes.StringDType(na_object=None))
    with pytest.raises(LstmetricsError):
        metrics.accuracy_score(missing, ["a", "b"])


def test_codes_outside_their_dictionary() -> None:
    good = np.array([0, 1, 1, 0], np.int8)
    for code in (-1, 2, 127):
        bad = good.copy()
        bad[2] = code
        coded = [Column.coded(codes, ["no", "yes"], "y") for codes in (good, bad)]
        for pair, name in ((coded, "y_pred"), (coded[::-1], "y_true")):
            for weights in (None, np.ones(4)):
                state = Confusion()
                with pytest.raises(InvalidValueError, match=rf"{name}\[2\] has no label: its code"):
                    state._state.update(*pair, weights)
                assert state == Confusion()
        with pytest.raises(InvalidValueError, match=r"y_true\[2\] is null"):
            metrics.accuracy_score(
                pd.Categorical.from_codes([0, 1, -1, 0], ["no", "yes"]), coded[0]
            )


def test_dictionaries_that_differ() -> None:
    truth = Column.coded(np.array([0, 1, 2, 2], np.int8), ["c", "a", "b"], "y")
    names = [*map(str, range(299)), "b", "a"]
    predicted = Column.coded(np.array([300, 1, 2, 300], np.int16), names, "y")
    state = Confusion().update(["c", "a", "b", "b"], ["a", "1", "2", "a"])
    assert Confusion().update(truth, predicted) == state
    numbers = Column.coded(np.array([0, 1, 1, 0]), [7, 8], "y")
    with pytest.raises(LstmetricsError, match="text"):
        Confusion().update(truth, numbers)
    assert Confusion().update(numbers, numbers).labels == [7, 8]
    declared = Confusion(["a", "b", "c"])
    with pytest.raises(InvalidValueError, match=r"y_pred\[1\] is '1'"):
        declared.update(truth, predicted)
