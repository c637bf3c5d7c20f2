"""MultilabelConfusion: results, the number of labels, and input that is refused whole."""

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
from lstmetrics.streaming import MultilabelConfusion

GENERATOR = np.random.default_rng(5)
Y_TRUE = (GENERATOR.random((200, 6)) < 0.4).astype(int)
Y_PRED = Y_TRUE ^ (GENERATOR.random((200, 6)) < 0.2)
Y_TRUE[:, 0] = Y_PRED[:, 0] = 1  # so that nothing is over zero
AVERAGES = (None, "micro", "macro", "weighted", "samples")


@pytest.fixture
def state() -> MultilabelConfusion:
    return MultilabelConfusion().update(Y_TRUE[:50], Y_PRED[:50]).update(Y_TRUE[50:], Y_PRED[50:])


def test_methods_are_the_functions(state: MultilabelConfusion) -> None:
    assert (state.samples, state.n_labels) == (200, 6)
    assert state.accuracy() == metrics.accuracy_score(Y_TRUE, Y_PRED)
    assert state.hamming_loss() == metrics.hamming_loss(Y_TRUE, Y_PRED)
    for normalize in (True, False):
        expected = metrics.zero_one_loss(Y_TRUE, Y_PRED, normalize=normalize)
        assert state.zero_one_loss(normalize=normalize) == expected
    for average in AVERAGES:
        for method, function in (
            (state.precision, metrics.precision_score),
            (state.recall, metrics.recall_score),
            (state.f1, metrics.f1_score),
            (state.jaccard, metrics.jaccard_score),
        ):
            np.testing.assert_array_equal(
                method(average=average), function(Y_TRUE, Y_PRED, average=average)
            )
        expected = metrics.fbeta_score(Y_TRUE, Y_PRED, beta=2.0, average=average)
        np.testing.assert_array_equal(state.fbeta(2.0, average=average), expected)
    assert state.support().tolist() == Y_TRUE.sum(axis=0).tolist()
    for labels in (None, [4, 0]):
        matrices = metrics.multilabel_confusion_matrix(Y_TRUE, Y_PRED, labels=labels)
        assert (state.against_rest(labels=labels) == matrices).all()
    assert state.against_rest().dtype == np.int64


def test_labels_are_columns(state: MultilabelConfusion) -> None:
    for average in AVERAGES[:-1]:
        np.testing.assert_array_equal(
            state.f1(labels=[5, 1], average=average),
            metrics.f1_score(Y_TRUE, Y_PRED, labels=[5, 1], average=average),
        )
    assert state.f1(labels=range(6), average="samples") == state.f1(average="samples")
    with pytest.raises(UnsupportedError, match="all labels together"):
        state.f1(labels=[5, 1], average="samples")
    with pytest.raises(UnsupportedError, match="all labels together"):
        state.jaccard(labels=[0, 0, 1, 2, 3, 4], average="samples")
    with pytest.raises(InvalidValueError, match=r"Got 6 of 6"):
        state.recall(labels=[6])
    with pytest.raises(InvalidTypeError, match="whole numbers"):
        state.recall(labels=[0.5])
    with pytest.raises(InvalidParameterError):
        state.recall(labels=[])


def test_weights() -> None:
    weights = GENERATOR.random(200)
    weights[::9] = 0
    state = MultilabelConfusion(6).update(Y_TRUE[:100], Y_PRED[:100], weights[:100])
    state.update(Y_TRUE[100:], Y_PRED[100:], weights[100:])
    keywords: dict[str, Any] = {"sample_weight": weights}
    assert state.accuracy() == metrics.accuracy_score(Y_TRUE, Y_PRED, **keywords)
    assert state.hamming_loss() == metrics.hamming_loss(Y_TRUE, Y_PRED, **keywords)
    for average in AVERAGES:
        np.testing.assert_array_equal(
            state.f1(average=average, zero_division=0),
            metrics.f1_score(Y_TRUE, Y_PRED, average=average, zero_division=0, **keywords),
        )
    # A sample without a weight counts as 1.
    mixed = MultilabelConfusion().update(Y_TRUE, Y_PRED).merge(MultilabelConfusion())
    mixed.update(Y_TRUE, Y_PRED, np.ones(200))
    assert mixed.against_rest().dtype == np.float64
    assert (mixed.against_rest() == 2 * metrics.multilabel_confusion_matrix(Y_TRUE, Y_PRED)).all()


def test_headlines(state: MultilabelConfusion) -> None:
    results = state.compute()
    assert list(results)[:3] == ["samples", "accuracy", "hamming_loss"]
    assert len(results) == 15
    assert results["f1_samples"] == metrics.f1_score(Y_TRUE, Y_PRED, average="samples")
    assert results["precision_micro"] == state.precision(average="micro")


def test_nothing_seen_gives_nan() -> None:
    for empty in (MultilabelConfusion(), MultilabelConfusion(2)):
        assert math.isnan(empty.accuracy())
        assert math.isnan(empty.hamming_loss())
        assert math.isnan(empty.f1(average="samples", zero_division=0))
        assert empty.zero_one_loss(normalize=False) == 0
    assert MultilabelConfusion(2).f1(zero_division=0).tolist() == [0, 0]  # type: ignore[union-attr]
    assert MultilabelConfusion().support().tolist() == []


def test_warnings_speak_of_labels_or_of_samples() -> None:
    state = MultilabelConfusion().update([[1, 0], [0, 0]], [[1, 0], [1, 0]])
    with pytest.warns(UserWarning, match="in labels with no true nor predicted samples"):
        state.f1()
    with pytest.warns(UserWarning, match="in samples with no true labels"):
        state.recall(average="samples")
    with pytest.warns(UserWarning, match="due to no true labels"):
        MultilabelConfusion().update([[0, 0]], [[1, 0]]).recall(average="samples")


def test_the_number_of_labels_comes_with_the_first_sample() -> None:
    state = MultilabelConfusion()
    state.update(np.zeros((0, 4)), np.zeros((0, 4)))
    assert state.n_labels == 0
    state.update([[1, 0]], [[1, 0]])
    assert state.n_labels == 2
    with pytest.raises(ShapeError, match="3 labels, but 2 came before"):
        state.update([[1, 0, 1]], [[1, 0, 1]])
    with pytest.raises(ShapeError, match="2 labels, but 3 are declared"):
        MultilabelConfusion(3).update([[1, 0]], [[1, 0]])
    assert state.reset().n_labels == 0
    assert MultilabelConfusion(3).update([[1, 0, 0]], [[1, 0, 0]]).reset().n_labels == 3


@pytest.mark.parametrize("n_labels", [0, -1, 2**21, True, 1.5, "3"])
def test_numbers_of_labels_that_are_none(n_labels: Any) -> None:
    with pytest.raises(LstmetricsError):
        MultilabelConfusion(n_labels)


def test_merging_needs_the_same_labels() -> None:
    two = MultilabelConfusion().update([[1, 0]], [[1, 0]])
    three = MultilabelConfusion().update([[1, 0, 1]], [[1, 0, 1]])
    for left, right in ((two, three), (two, MultilabelConfusion(2)), (MultilabelConfusion(2), two)):
        before = left.to_bytes()
        with pytest.raises(MergeError, match="declare the same number in both, or none"):
            left.merge(right)
        assert left.to_bytes() == before


BAD: dict[str, tuple[Any, ...]] = {
    "another value": ([[1, 0], [0, 2]], [[1, 0], [0, 1]]),
    "minus one": ([[1, 0], [0, 1]], [[1, 0], [-1, 1]]),
    "a half": ([[1, 0], [0, 1]], [[1, 0.5], [0, 1]]),
    "nan": ([[1, 0], [0, np.nan]], [[1, 0], [0, 1]]),
    "one dimension": ([1, 0], [1, 0]),
    "three": (np.zeros((1, 2, 2)), np.zeros((1, 2, 2))),
    "other widths": ([[1, 0]], [[1, 0, 1]]),
    "other lengths": ([[1, 0]], [[1, 0], [1, 0]]),
    "no labels": (np.zeros((3, 0)), np.zeros((3, 0))),
    "text": ([["1", "0"]], [["1", "0"]]),
    "objects": (np.array([[1, 0]], object), [[1, 0]]),
    "ragged": ([[1, 0], [1]], [[1, 0], [1]]),
    "a negative weight": ([[1, 0], [0, 1]], [[1, 0], [0, 1]], [1, -1]),
    "a weight of nan": ([[1, 0], [0, 1]], [[1, 0], [0, 1]], [np.nan, 1]),
    "too many weights": ([[1, 0], [0, 1]], [[1, 0], [0, 1]], [1, 1, 1]),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_refused_leaves_the_state_as_it_was(case: str) -> None:
    for one in (MultilabelConfusion(), MultilabelConfusion().update([[1, 0]], [[0, 0]])):
        before = one.to_bytes()
        with pytest.raises(LstmetricsError):
            one.update(*BAD[case])
        assert one.to_bytes() == before


def test_an_average_of_two_labels_is_none(state: MultilabelConfusion) -> None:
    with pytest.raises(UnsupportedError, match="Target is multilabel-indicator but average='bin"):
        state.f1(average="binary")
    with pytest.raises(InvalidParameterError, match="average"):
        state.f1(average="median")


def test_the_report_names_labels(state: MultilabelConfusion) -> None:
    names = ["a", "b", "c", "d", "e", "f"]
    expected = metrics.classification_report(Y_TRUE, Y_PRED, target_names=names)
    assert state.report(target_names=names) == expected
    with pytest.raises(InvalidValueError, match="does not match size of target_names"):
        state.report(target_names=["a"])
