"""PairedOutcomes and PairedScores: known cases, and what they refuse."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import (
    CountOverflowError,
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    MergeError,
    ShapeError,
    UnsupportedError,
)
from lstmetrics.streaming import PairedOutcomes, PairedScores


@pytest.fixture
def airways() -> PairedOutcomes:
    """Airway hyper-responsiveness before and after transplantation (Bentur et al., 2009)."""
    return PairedOutcomes().update([1] * 21, [1] * 2 + [0] * 19, [1, 0] + [1] * 7 + [0] * 12)


def test_published_values(airways: PairedOutcomes) -> None:
    """Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014), tables III and V."""
    assert airways.table().tolist() == [[1, 1], [7, 12]]
    assert airways.difference() == pytest.approx(-0.286, abs=5e-4)
    newcombe = airways.interval()
    assert (newcombe.low, newcombe.high) == pytest.approx((-0.507, -0.026), abs=5e-4)
    wald = airways.interval(method="normal")
    assert (wald.low, wald.high) == pytest.approx((-0.520, -0.052), abs=5e-4)
    assert airways.mcnemar().p_value == pytest.approx(0.070, abs=5e-4)
    assert airways.mcnemar(exact=False).p_value == pytest.approx(0.077, abs=5e-4)


def test_headlines(airways: PairedOutcomes) -> None:
    assert airways.compute() == {
        "samples": 21,
        "accuracy_a": 2 / 21,
        "accuracy_b": 8 / 21,
        "accuracy_difference": -6 / 21,
        "p_value": 0.0703125,
    }
    assert repr(airways) == "PairedOutcomes(samples=21, labels=[0, 1])"
    assert repr(PairedOutcomes(range(9))) == "PairedOutcomes(samples=0, labels=<9 labels>)"


def test_the_numbers_of_today_are_those_of_ever(airways: PairedOutcomes) -> None:
    found = airways.interval("f1", average="macro", seed=4)
    assert (found.low.hex(), found.high.hex()) == ("-0x1.5555555555555p-2", "-0x1.58ed2308158f0p-5")
    pair = PairedScores().update([0, 0, 1, 1] * 9, np.arange(36) % 7, np.arange(36) % 5)
    drawn = pair.interval(method="bootstrap", seed=4)
    assert (drawn.low.hex(), drawn.high.hex()) == ("-0x1.bf5a814afd6a0p-3", "0x1.3be20ef883be2p-2")


def test_nothing_seen() -> None:
    for state in (PairedOutcomes(), PairedScores()):
        for method in (None, "bootstrap"):
            found = state.interval(method=method)
            assert all(map(math.isnan, (found.estimate, found.low, found.high)))
    assert PairedOutcomes().mcnemar().p_value == 1.0
    assert PairedOutcomes().mcnemar(exact=False).p_value == 1.0
    assert math.isnan(PairedScores().delong().p_value)
    one_class = PairedScores().update([1, 1], [0.1, 0.2], [0.3, 0.1])
    assert math.isnan(one_class.roc_auc_a())
    assert math.isnan(one_class.difference())
    few = PairedScores().update([0, 1, 1], [0.1, 0.2, 0.0], [0.3, 0.1, 0.2])
    assert few.roc_auc_a() == 0.5
    assert math.isnan(few.standard_error())
    assert math.isnan(few.delong().p_value)


def test_models_that_agree() -> None:
    state = PairedOutcomes().update([0, 1, 1], [0, 0, 1], [0, 0, 1])
    assert state.difference() == 0.0
    assert state.mcnemar().p_value == 1.0
    scores = PairedScores().update([0, 1, 1, 0], [1, 2, 3, 4], [10, 20, 30, 40])
    assert scores.delong().p_value == 1.0
    assert (scores.interval().low, scores.interval().high) == (0.0, 0.0)


def test_labels_of_scores() -> None:
    plain = PairedScores().update([0, 1, 1], [0.1, 0.2, 0.0], [0.3, 0.1, 0.2])
    text = PairedScores(["ham", "spam"], "ham").update(
        ["spam", "ham", "ham"], [0.1, 0.2, 0.0], [0.3, 0.1, 0.2]
    )
    assert (text.pos_label, plain.pos_label) == ("ham", 1)
    assert text.roc_auc_a() == plain.roc_auc_a()
    assert text.labels == ["ham", "spam"]
    with pytest.raises(MergeError, match="positive label 'ham' cannot be merged"):
        text.merge(PairedScores(["ham", "spam"], "spam"))
    with pytest.raises(MergeError, match="cannot be merged"):
        plain.merge(text)


def test_dtypes_and_strides_of_scores() -> None:
    truth, a = np.array([0, 1, 1, 0]), np.array([1, 3, 2, 2])
    expected = PairedScores().update(truth, a, a * 2)
    wide = np.zeros((4, 3))
    wide[:, 1] = a
    for same in (a.astype("f4"), a.astype("u1"), wide[:, 1], a[::-1].copy()[::-1], a.tolist()):
        assert PairedScores().update(truth, same, a * 2) == expected
    zeros = PairedScores().update([0, 1], [0.0, -0.0], [-0.0, 0.0])
    assert zeros.to_bytes() == PairedScores().update([0, 1], [0.0, 0.0], [0.0, 0.0]).to_bytes()


@pytest.mark.parametrize(
    ("columns", "error", "words"),
    [
        (([0, 1], [0, 1], [0]), ShapeError, r"\[2, 2, 1\] \(y_true, y_pred_a, y_pred_b\)"),
        (([0, 1], [0, 1], ["a", "b"]), InvalidTypeError, "y_pred_b holds text"),
        (([0, 1], [0, 0.5], [0, 1]), InvalidValueError, r"y_pred_a\[1\] is 0.5"),
        (([[0, 1]], [0], [0]), ShapeError, "y_true"),
        (("spam", [0], [0]), InvalidParameterError, "y_true"),
    ],
)
def test_outcomes_refuse(columns: Any, error: type[Exception], words: str) -> None:
    state = PairedOutcomes().update([1], [1], [0])
    before = state.to_bytes()
    with pytest.raises(error, match=words):
        state.update(*columns)
    assert state.to_bytes() == before


def test_undeclared_labels_are_named() -> None:
    state = PairedOutcomes(["a", "b"])
    with pytest.raises(InvalidValueError, match=r"y_pred_b\[1\] is 'c', which is not among"):
        state.update(["a", "b"], ["a", "a"], ["b", "c"])
    assert state == PairedOutcomes(["b", "a"])
    with pytest.raises(MergeError, match="declare the same labels in both"):
        state.merge(PairedOutcomes())
    with pytest.raises(MergeError, match="text and integers do not mix"):
        PairedOutcomes().update([1], [1], [1]).merge(PairedOutcomes().update(["a"], ["a"], ["a"]))
    with pytest.raises(InvalidValueError, match="at least one label"):
        PairedOutcomes([])


@pytest.mark.parametrize(
    ("columns", "error", "words"),
    [
        (([0, 1], [0, 1], [0]), ShapeError, r"\(y_true, y_score_a, y_score_b\)"),
        (([0, 1], [0, math.nan], [0, 1]), InvalidValueError, r"y_score_a\[1\] is NaN"),
        (([0, 1], [0, 1], [math.nan, 1]), InvalidValueError, r"y_score_b\[0\] is NaN"),
        (([0, 2], [0, 1], [0, 1]), InvalidValueError, r"y_true contains values \[2\]"),
        (([0, 1], ["a", "b"], [0, 1]), InvalidTypeError, "y_score_a must be numbers"),
        (([0, 1], [0, 2**53], [0, 1]), UnsupportedError, r"y_score_a\[1\] is an integer of 2\^53"),
        (([0, 1], [[0, 1]], [0, 1]), ShapeError, "y_score_a"),
    ],
)
def test_scores_refuse(columns: Any, error: type[Exception], words: str) -> None:
    state = PairedScores().update([1], [1], [0])
    before = state.to_bytes()
    with pytest.raises(error, match=words):
        state.update(*columns)
    assert state.to_bytes() == before


@pytest.mark.parametrize(
    ("labels", "pos_label", "words"),
    [([0], 0, "two labels"), ([0, 1, 2], 1, "two labels"), ([0, 1], 2, "pos_label=2 is not")],
)
def test_labels_of_scores_refuse(labels: list[int], pos_label: int, words: str) -> None:
    with pytest.raises(InvalidValueError, match=words):
        PairedScores(labels, pos_label)


def test_counts_that_do_not_fit() -> None:
    outcomes, scores = PairedOutcomes().update([1], [1], [0]), PairedScores().update([1], [1], [0])
    for state in (outcomes, scores):
        for _ in range(62):
            state.merge(state)
        before = state.to_bytes()
        with pytest.raises(CountOverflowError):
            state.merge(state)
        assert state.to_bytes() == before
    with pytest.raises(CountOverflowError, match="at most 2\\^61"):
        outcomes.interval("f1")
    scores.update([0], [0], [0])
    with pytest.raises(UnsupportedError, match="at most 2\\^40 samples of a class"):
        scores.compute()


def test_parameters(airways: PairedOutcomes) -> None:
    with pytest.raises(InvalidParameterError, match=r"parameter of PairedOutcomes\.difference"):
        airways.difference("f2")
    with pytest.raises(InvalidParameterError, match=r"parameter of PairedOutcomes\.interval"):
        airways.interval("likelihood_ratios")
    with pytest.raises(InvalidParameterError, match="The 'exact' parameter"):
        airways.mcnemar(exact=1)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="The 'method' parameter"):
        airways.interval("f1", method="newcombe")
    scores = PairedScores()
    with pytest.raises(TypeError, match="roc_auc takes no options"):
        scores.interval(average="macro")
    with pytest.raises(UnsupportedError, match="no bootstrap of a metric of your own"):
        scores.interval(lambda pair: pair.difference())
