"""TopK: results, and input that is refused whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics.errors import (
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    MergeError,
    ShapeError,
    UnsupportedError,
)
from lstmetrics.streaming import TopK

NAN, INFINITY = float("nan"), float("inf")
TABLE = [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]]


def test_a_stream_by_hand() -> None:
    state = TopK((2, 1))
    for label, row in zip([0, 1, 2, 2], TABLE, strict=True):
        state.update([label], [row])
    assert (state.k, state.samples, state.labels) == ((1, 2), 4, [])
    assert [state.accuracy(k) for k in (1, 2)] == [0.5, 0.75]
    assert [state.hits(k) for k in (1, 2)] == [2.0, 3.0]
    assert state.compute() == {"samples": 4, "top_1_accuracy": 0.5, "top_2_accuracy": 0.75}
    assert state.accuracy(2) == metrics.top_k_accuracy_score([0, 1, 2, 2], TABLE, k=2)
    interval = state.interval("accuracy", k=2)
    assert interval.method == "wilson"
    assert interval.low < 0.75 < interval.high


def test_of_equal_scores_the_higher_column_is_first() -> None:
    rows = [[1.0, 1.0, 1.0]] * 3
    for k, hits in ((1, 1), (2, 2), (3, 3)):
        assert TopK(k).update([0, 1, 2], rows).hits() == hits
    assert TopK(1).update([1], [[0.0, -0.0, -1.0]]).hits() == 1


def test_infinite_scores() -> None:
    rows = [[-INFINITY, -INFINITY, 0.0], [INFINITY, 1.0, INFINITY]]
    for dtype in ("f4", "f8"):
        for table in (np.array(rows, dtype), np.asfortranarray(np.array(rows, dtype))):
            assert TopK(2).update([0, 0], table).hits() == 1
            assert TopK(2).update([1, 1], table).hits() == 1


def test_labels_of_the_columns() -> None:
    state = TopK(1, labels=["spam", "ham", "eggs"]).update(["spam", "eggs"], np.eye(3)[[2, 1]])
    assert state.labels == ["eggs", "ham", "spam"]
    assert state.hits() == 1
    assert repr(state) == "TopK(k=(1,), samples=2, labels=['eggs', 'ham', 'spam'])"


def test_nothing_seen_gives_nan() -> None:
    state = TopK()
    assert math.isnan(state.accuracy())
    assert state.hits() == 0.0
    assert state.update([], np.empty((0, 3))).samples == 0


def test_weights() -> None:
    state = TopK(1).update([0, 1], np.eye(3)[[0, 0]], [3.0, 1.0])
    assert (state.accuracy(), state.hits(), state.samples) == (0.75, 3.0, 2)
    with pytest.raises(UnsupportedError, match="weights"):
        state.interval("accuracy")
    assert state.update([1], np.eye(3)[[1]]).hits() == 4.0


REFUSED: list[tuple[tuple[Any, ...], type[LstmetricsError], str]] = [
    (([0, 1, 2], TABLE), ShapeError, "inconsistent"),
    (([0, 1, 2, 2], TABLE, [1.0]), ShapeError, "inconsistent"),
    (([0, 1], [[0.5, 0.5, 0.0], [0.5, NAN, 0.0]]), InvalidValueError, r"NaN \(row 1, column 1\)"),
    (([0, 3], TABLE[:2]), InvalidValueError, r"y_true\[1\] is 3, but there are columns 0 to 2"),
    (([0, -1], TABLE[:2]), InvalidValueError, r"y_true\[1\] is -1"),
    (([0, 1], [0.5, 0.5]), ShapeError, "two or more, got 1"),
    (([0, 1], TABLE[:2], [1, -1]), InvalidValueError, r"sample_weight\[1\]"),
    (([0, 1], TABLE[:2], [1, INFINITY]), InvalidValueError, "sample_weight"),
    ((["0", "1"], TABLE[:2]), InvalidTypeError, "numbers of columns, got text"),
    (([0.5, 1], TABLE[:2]), InvalidValueError, "continuous"),
    (([0, 1], [["x", "y"]] * 2), InvalidValueError, "y_score must hold numbers"),
    (([0, 1], np.zeros((2, 2), "c8")), InvalidValueError, "Complex"),
    (([0, 1], np.zeros((2, 2), "M8[s]")), InvalidTypeError, "datetime64"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_refused_updates_change_nothing(
    arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    state = TopK().update([0, 1, 2, 2], TABLE)
    before = state.to_bytes()
    with pytest.raises(error, match=message):
        state.update(*arguments)
    assert state.to_bytes() == before


def test_labels_that_are_not_declared() -> None:
    state = TopK(labels=["a", "b", "c"])
    with pytest.raises(InvalidValueError, match=r"\['d'\] not belonging .* \(y_true\[1\]\)"):
        state.update(["a", "d"], TABLE[:2])
    with pytest.raises(ShapeError, match=r"for each label of \['a', 'b', 'c'\], got 2"):
        state.update(["a", "b"], [[1, 2], [3, 4]])


BAD: list[tuple[dict[str, Any], str]] = [
    ({"k": 0}, "'k' parameter"),
    ({"k": 1.5}, "'k' parameter"),
    ({"k": "2"}, "'k' parameter"),
    ({"k": None}, "'k' parameter"),
    ({"k": []}, "at least one number"),
    ({"k": (2, 2)}, "given once, got 2"),
    ({"labels": ["a"]}, "two or more"),
    ({"labels": []}, "must not be empty"),
]


@pytest.mark.parametrize(("keywords", "message"), BAD)
def test_parameters_that_are_refused(keywords: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidValueError, match=message):
        TopK(**keywords)


def test_ks_that_are_not_there() -> None:
    with pytest.raises(InvalidParameterError, match=r"k must be one of \(1, 2\), got 3"):
        TopK((1, 2)).accuracy(3)
    with pytest.raises(InvalidParameterError, match="got None"):
        TopK((1, 2)).hits()


@pytest.mark.parametrize("other", [TopK(3), TopK((2, 3)), TopK(labels=[0, 1, 2])], ids=repr)
def test_other_parameters_do_not_merge(other: TopK) -> None:
    with pytest.raises(MergeError, match="different k or labels"):
        TopK().merge(other)
