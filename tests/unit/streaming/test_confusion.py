"""Confusion: results, labels, and input that is refused whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics.errors import (
    CountOverflowError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    MergeError,
    ShapeError,
)
from lstmetrics.streaming import Confusion

Y_TRUE = ["spam", "ham", "spam", "eggs", "ham", "ham"]
Y_PRED = ["spam", "spam", "ham", "eggs", "ham", "ham"]


def test_methods_are_the_functions() -> None:
    state = Confusion().update(Y_TRUE[:2], Y_PRED[:2]).update(Y_TRUE[2:], Y_PRED[2:])
    assert state.labels == ["eggs", "ham", "spam"]
    assert state.samples == 6
    assert state.accuracy() == metrics.accuracy_score(Y_TRUE, Y_PRED)
    for average in ("macro", "micro", "weighted"):
        assert state.f1(average=average) == metrics.f1_score(Y_TRUE, Y_PRED, average=average)
    for method, function in (
        (state.precision, metrics.precision_score),
        (state.recall, metrics.recall_score),
        (state.f1, metrics.f1_score),
    ):
        keywords: dict[str, Any] = {"average": None, "labels": ["spam", "ham"]}
        assert (method(**keywords) == function(Y_TRUE, Y_PRED, **keywords)).all()
    assert (state.matrix() == metrics.confusion_matrix(Y_TRUE, Y_PRED)).all()
    assert state.matrix().dtype == np.int64
    assert state.support().tolist() == [1, 3, 2]
    normalized = state.matrix(normalize="true", labels=["spam", "ham"])
    expected = metrics.confusion_matrix(Y_TRUE, Y_PRED, labels=["spam", "ham"], normalize="true")
    assert (normalized == expected).all()


def test_binary_scores() -> None:
    state = Confusion().update([0, 1, 1, 0], [1, 1, 1, 0])
    assert state.precision() == metrics.precision_score([0, 1, 1, 0], [1, 1, 1, 0])
    assert state.fbeta(2.0, pos_label=0) == metrics.fbeta_score(
        [0, 1, 1, 0], [1, 1, 1, 0], beta=2.0, pos_label=0
    )
    with pytest.raises(InvalidValueError, match="pos_label=7 is not a valid label"):
        state.f1(pos_label=7)
    with pytest.raises(InvalidValueError, match="Target is multiclass but average='binary'"):
        state.update([2], [2]).f1()


def test_headlines() -> None:
    results = Confusion().update([0, 0, 1, 1], [0, 0, 1, 0]).compute()
    assert list(results) == [
        "samples", "accuracy", "balanced_accuracy", "precision_macro", "recall_macro", "f1_macro",
        "precision_weighted", "recall_weighted", "f1_weighted",
    ]  # fmt: skip
    assert (results["samples"], results["accuracy"]) == (4, 0.75)
    assert results["balanced_accuracy"] == results["recall_macro"] == 0.75


def test_nothing_seen_gives_nan() -> None:
    state = Confusion()
    assert math.isnan(state.accuracy())
    assert math.isnan(state.balanced_accuracy())
    assert state.matrix().shape == (0, 0)
    assert state.labels == []
    assert state.update([], []) == Confusion()


def test_declared_labels_are_kept() -> None:
    state = Confusion([2, 0, 1]).update([0, 2], [0, 0])
    assert state.labels == [0, 1, 2]
    assert state.matrix().tolist() == [[1, 0, 0], [0, 0, 0], [1, 0, 0]]
    assert state.reset().labels == [0, 1, 2]


def test_weights_of_any_size_are_exact() -> None:
    amounts = [1e300, 1e-300, 1.0, 1e300]
    state = Confusion().update([0, 0, 1, 1], [0, 1, 1, 1], amounts)
    other = Confusion()
    for k in (2, 0, 3, 1):
        other.update([[0, 0, 1, 1][k]], [[0, 1, 1, 1][k]], [amounts[k]])
    assert state.digest() == other.digest()
    assert state.matrix().tolist() == [[1e300, 1e-300], [0.0, 1e300]]
    assert state.samples == 4


def test_a_matrix_from_elsewhere() -> None:
    state = Confusion.from_matrix([[5, 1], [2, 4]], ["no", "yes"])
    assert state.accuracy() == 0.75
    assert state.samples == 12
    more = state + Confusion().update(["yes"], ["yes"])
    assert more.matrix().tolist() == [[5, 1], [2, 5]]
    shuffled = Confusion.from_matrix(np.array([[4, 2], [1, 5]]), ["yes", "no"])
    assert shuffled == state


@pytest.mark.parametrize(
    ("matrix", "labels", "error"),
    [
        ([[1, 2]], ["a"], ShapeError),
        ([[1, 2], [3, 4]], ["a"], ShapeError),
        ([[1, -2], [3, 4]], ["a", "b"], InvalidValueError),
        ([[1, float("nan")], [3, 4]], ["a", "b"], InvalidValueError),
        ([[1, 2], [3, 4]], ["a", "a"], InvalidValueError),
        ([1, 2], ["a", "b"], ShapeError),
        ([["x"]], ["a"], InvalidTypeError),
    ],
)
def test_a_matrix_that_is_none(matrix: Any, labels: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Confusion.from_matrix(matrix, labels)


NAN = float("nan")
REFUSED: list[tuple[tuple[Any, ...], type[LstmetricsError], str]] = [
    (([0, 1], [0]), ShapeError, "inconsistent numbers of samples: .2, 1"),
    (([0, 1], [0, 1], [1.0]), ShapeError, "inconsistent numbers of samples"),
    (([0, 1.5], [0, 1]), InvalidValueError, r"y_true\[1\]"),
    (([0, NAN], [0, 1]), InvalidValueError, r"y_true\[1\]"),
    (([0, 1], [0, float("inf")]), InvalidValueError, r"y_pred\[1\]"),
    (([0, 9], [0, 1]), InvalidValueError, "9"),
    (([0, 1], [7, 1]), InvalidValueError, "7"),
    ((["a", "b"], [0, 1]), InvalidTypeError, "y_true"),
    (([0, 1], [0, 1], [1, -1]), InvalidValueError, r"sample_weight\[1\]"),
    (([0, 1], [0, 1], [1, NAN]), InvalidValueError, r"sample_weight\[1\]"),
    (([0, 1], [0, 1], [float("inf"), 1]), InvalidValueError, r"sample_weight\[0\]"),
    (([0, 1], [0, 1], ["a", "b"]), InvalidTypeError, "sample_weight must hold numbers"),
    (([[0, 1]], [[0, 1]]), ShapeError, "y_true: expected 1 dimension, got 2"),
    ((np.array([0, None]), [0, 1]), InvalidTypeError, r"y_true\[1\] is missing \(None\)"),
    ((np.array([0, "a"], object), [0, 1]), InvalidTypeError, "mixes text and whole numbers"),
    ((np.array([0, 2**70], object), [0, 1]), InvalidValueError, "does not fit a 64-bit integer"),
    (([0, 1 + 2j], [0, 1]), InvalidValueError, "Complex data not supported"),
    (([b"a", b"b"], [0, 1]), InvalidTypeError, "format '1s'"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_refused_updates_change_nothing(
    arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    state = Confusion([0, 1]).update([0, 1, 1], [0, 0, 1], [1.0, 2.0, 0.5])
    before = state.to_bytes()
    with pytest.raises(error, match=message):
        state.update(*arguments)
    assert state.to_bytes() == before


def test_merges_of_different_parameters_change_nothing() -> None:
    left = Confusion([0, 1]).update([0], [1])
    for right in (Confusion([0, 2]), Confusion().update([0], [0]), Confusion(["a", "b"])):
        before = left.to_bytes(), right.to_bytes()
        with pytest.raises(MergeError):
            left.merge(right)
        assert (left.to_bytes(), right.to_bytes()) == before


def test_text_and_numbers_do_not_merge() -> None:
    text, numbers = Confusion().update(["a"], ["a"]), Confusion().update([1], [1])
    before = text.to_bytes()
    with pytest.raises(LstmetricsError):
        text.merge(numbers)
    assert text.to_bytes() == before


def test_counts_do_not_overflow() -> None:
    state = Confusion.from_matrix([[2**62, 0], [0, 2**62 - 1]], [0, 1])
    before = state.to_bytes()
    with pytest.raises(CountOverflowError):
        state.merge(state)
    assert state.to_bytes() == before


@pytest.mark.parametrize("labels", [[], ["a", 1], [None], [[0, 1]], "ab", 3, [0.5, 1.0]])
def test_labels_that_are_none(labels: Any) -> None:
    with pytest.raises(LstmetricsError):
        Confusion(labels)


def test_unicode_labels_are_themselves() -> None:
    labels = ["e\u0301", "é", "\U0001f600", "\U0001f600\U0001f3fd", ""]
    for column in (np.array(labels), np.array(labels, object)):
        state = Confusion().update(column, column[::-1])
        assert state.labels == sorted(labels, key=lambda label: label.encode())
        assert state.samples == 5
    surrogate = np.array(["a", "\ud800"], object)
    with pytest.raises(InvalidValueError, match=r"y_true\[1\] is not valid Unicode text"):
        Confusion().update(surrogate, surrogate)


def test_column_vectors_and_other_byte_orders_are_read() -> None:
    expected = Confusion().update([1, 2, 3], [1, 2, 2])
    column = np.array([[1], [2], [3]], ">i4")
    assert Confusion().update(column, np.array([1, 2, 2], ">f8")) == expected
    unaligned = np.zeros(3, np.dtype([("pad", "i1"), ("label", "i8")]))
    unaligned["label"] = [1, 2, 3]
    assert Confusion().update(unaligned["label"], [1, 2, 2]) == expected


def test_repr() -> None:
    assert repr(Confusion()) == "Confusion(samples=0, labels=[])"
    many = Confusion(range(20))
    assert repr(many) == "Confusion(samples=0, labels=<20 labels>)"
