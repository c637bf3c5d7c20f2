"""Entities: results by hand, intervals, and input that is refused whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import seqeval.scheme

from lstmetrics import metrics
from lstmetrics.errors import (
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    MergeError,
    ShapeError,
)
from lstmetrics.streaming import Entities

TRUE = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"]]
PRED = [["B-PER", "I-PER", "O", "B-PER"], ["B-LOC", "O"]]


def test_a_stream_by_hand() -> None:
    state = Entities()
    for one, other in zip(TRUE, PRED, strict=True):
        state.update([one], [other])
    assert (state.types, state.tokens) == (["LOC", "PER"], 6)
    assert state.counts().tolist() == [[1, 0, 1], [1, 1, 0]]
    assert state.token_accuracy() == 5 / 6
    assert state.precision() == state.recall() == state.f1() == 2 / 3
    assert state.precision(average=None).tolist() == [1.0, 0.5]  # type: ignore[union-attr]
    assert state.support().tolist() == [2, 1]
    assert state.fbeta(0.0, average=None).tolist() == [1.0, 0.5]  # type: ignore[union-attr]
    assert state.compute()["f1_macro"] == 2 / 3
    assert state.compute()["entities"] == 3


def test_functions_are_the_state() -> None:
    state = Entities().update(TRUE, PRED)
    for average in (None, "micro", "macro", "weighted"):
        keywords: dict[str, Any] = {"average": average}
        scores = metrics.entity_precision_recall_fscore_support(TRUE, PRED, **keywords)
        assert np.array_equal(metrics.entity_precision_score(TRUE, PRED, **keywords), scores[0])
        assert np.array_equal(metrics.entity_recall_score(TRUE, PRED, **keywords), scores[1])
        assert np.array_equal(metrics.entity_f1_score(TRUE, PRED, **keywords), scores[2])
        assert np.array_equal(state.f1(**keywords), scores[2])


def test_schemes() -> None:
    stray = [["I-PER", "I-PER", "O"]]
    assert Entities().update(stray, stray).f1() == 1.0
    strict = Entities("strict", "IOB2")
    assert (strict.mode, strict.scheme) == ("strict", "IOB2")
    assert strict.update(stray, stray).types == []
    assert Entities("strict", seqeval.scheme.IOBES) == Entities("strict", "BIOES")
    assert Entities("strict", "BIO").scheme == "IOB2"
    assert repr(strict) == "Entities(tokens=3, types=[], scheme='IOB2')"
    assert Entities.from_bytes(strict.to_bytes()).scheme == "IOB2"
    with pytest.raises(MergeError, match="the same scheme"):
        strict.merge(Entities())


def test_nothing_seen() -> None:
    state = Entities()
    assert math.isnan(state.token_accuracy())
    with pytest.warns(match="no predicted samples"):
        assert state.precision() == 0.0
    for average in ("micro", "weighted"):
        assert state.f1(average=average, zero_division=1) == 1.0
    assert math.isnan(state.f1(average="macro"))  # type: ignore[arg-type]
    assert state.f1(average=None).shape == (0,)  # type: ignore[union-attr]
    assert state.update([], []).update([[]], [[]]).tokens == 0
    assert "micro avg" in state.report(zero_division=0)


def test_a_ratio_over_zero_warns() -> None:
    with pytest.warns(match="Precision is ill-defined"):
        metrics.entity_precision_score([["B-A"]], [["O"]])
    assert metrics.entity_precision_score([["B-A"]], [["O"]], zero_division=1) == 1.0
    with pytest.warns(match="Recall is ill-defined"):
        metrics.entity_recall_score([["O"]], [["B-A"]], average=None)


def test_intervals() -> None:
    state = Entities().update(TRUE * 50, PRED * 50)
    for metric in ("precision", "recall", "token_accuracy"):
        assert state.interval(metric).method == "wilson"
    bootstrap = state.interval("f1", average="macro", replicates=200)
    assert bootstrap.method == "bootstrap"
    assert bootstrap.low < bootstrap.estimate < bootstrap.high
    assert bootstrap == (Entities().update(PRED[::-1], PRED[::-1]).reset() + state).interval(
        "f1", average="macro", replicates=200
    )
    precision = state.interval("precision", average="macro", replicates=50)
    assert precision.method == "bootstrap"
    wilson = state.interval("token_accuracy")
    drawn = state.interval("token_accuracy", method="bootstrap", replicates=400)
    assert abs(wilson.low - drawn.low) < 0.02
    assert abs(wilson.high - drawn.high) < 0.02


def test_columns_of_lists() -> None:
    expected = Entities().update(TRUE, PRED)
    assert Entities().update(pl.Series(TRUE), pl.Series(PRED)) == expected
    assert Entities().update(pd.Series(TRUE), pd.Series(PRED)) == expected
    objects = np.empty(2, object)
    objects[:] = TRUE
    assert Entities().update(objects, PRED) == expected
    arrays = [np.array(tags) for tags in TRUE]
    assert Entities().update(arrays, PRED) == expected
    flat = pl.Series([tag for tags in PRED for tag in tags])
    assert (
        Entities().update([tag for tags in TRUE for tag in tags], flat, lengths=[4, 2]) == expected
    )
    table = np.array(TRUE[:1])
    assert Entities().update(table, table).tokens == 4


REFUSED: list[tuple[Any, Any, dict[str, Any], type[LstmetricsError], str]] = [
    (TRUE, PRED[:1], {}, ShapeError, "y_true has 2 sequences, but y_pred has 1"),
    (TRUE, [PRED[0], ["O"]], {}, ShapeError, "sequence 1 has 2 tags in y_true, but 1 in y_pred"),
    (TRUE, [PRED[0], ["O", "X-A"]], {}, InvalidValueError, r"y_pred\[1\]\[1\] is 'X-A'"),
    ([["BPER"]], [["O"]], {}, InvalidValueError, "'BPER', which is no tag: expected O, or one of"),
    ([["O"], [""]], [["O"], ["O"]], {}, InvalidValueError, r"y_true\[1\]\[0\] is ''"),
    ([["O-PER"]], [["O"]], {}, InvalidValueError, "'O-PER'"),
    ([["B-PER"]], [["O"]], {"suffix": True}, InvalidValueError, "after a type, as in PER-B"),
    ([["L-PER"]], [["O"]], {}, InvalidValueError, "'L-PER'"),
    ([[1]], [[0]], {}, InvalidTypeError, "y_true holds numbers"),
    ([[1]], [[0]], {"tags": ["O"]}, InvalidValueError, r"y_true\[0\]"),
    ([[0]], [[0]], {"tags": [1]}, InvalidParameterError, "tags"),
    ([["O"]], [["O"]], {"suffix": 1}, InvalidParameterError, "suffix"),
    (["O"], [["O"]], {}, InvalidTypeError, "y_true must be a sequence of sequences"),
    ("O", [["O"]], {}, InvalidParameterError, "y_true"),
    (3, [["O"]], {}, InvalidParameterError, "y_true"),
    ([np.array(["O"]), ["O"]], [["O"]], {}, InvalidTypeError, "mixes"),
    (["O", "O"], ["O", "O"], {"lengths": [1]}, ShapeError, "add up to 1, but there are 2 tags"),
    (
        ["O", "O"],
        ["O", "O"],
        {"lengths": [1, 2]},
        ShapeError,
        r"lengths of y_true\[1\] is 2, but 1",
    ),
    (["O"], ["O"], {"lengths": [-1]}, ShapeError, r"\[0\] is -1"),
    (["O"], ["O"], {"lengths": [1.0]}, InvalidTypeError, "lengths must hold a whole number"),
    (np.full((2, 3), "O"), np.full((2, 3), "O"), {"lengths": [1]}, ShapeError, "2 rows"),
    (
        np.full((1, 3), "O"),
        np.full((1, 3), "O"),
        {"lengths": [4]},
        ShapeError,
        r"lengths\[0\] is 4",
    ),
    ([["B-A", None]], [["O", "O"]], {}, InvalidTypeError, "missing"),
    (pl.Series([["O", None]]), [["O", "O"]], {}, InvalidValueError, "null"),
]


@pytest.mark.parametrize(("y_true", "y_pred", "keywords", "error", "message"), REFUSED)
def test_refused_input_changes_nothing(
    y_true: Any, y_pred: Any, keywords: Any, error: type[LstmetricsError], message: str
) -> None:
    state = Entities().update(TRUE, PRED)
    before = state.to_bytes()
    with pytest.raises(error, match=message):
        state.update(y_true, y_pred, **keywords)
    assert state.to_bytes() == before


def test_other_letters_than_the_scheme_has() -> None:
    with pytest.raises(
        InvalidValueError, match="'S-A', which is no tag of IOB2: expected O, or one"
    ):
        Entities("strict", "IOB2").update([["S-A"]], [["O"]])


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"mode": "lenient"}, "'mode' parameter"),
        ({"mode": "strict"}, "'scheme' parameter"),
        ({"mode": "strict", "scheme": "IOB3"}, "'scheme' parameter"),
        ({"mode": "strict", "scheme": "conlleval"}, "'scheme' parameter"),
        ({"scheme": "IOB2"}, "mode='strict' alone"),
        ({"average": "samples"}, "'average' parameter"),
        ({"average": "binary"}, "'average' parameter"),
        ({"zero_division": 0.5}, "'zero_division' parameter"),
    ],
)
def test_parameters(keywords: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError, match=message):
        metrics.entity_f1_score(TRUE, PRED, **keywords)
