"""Entities of tagged sequences against the definitions and against seqeval."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from seqeval import metrics as seqeval
from seqeval import scheme as seqeval_schemes
from seqeval.metrics.sequence_labeling import precision_recall_fscore_support as seqeval_scores
from seqeval.metrics.v1 import precision_recall_fscore_support as seqeval_strict

from lstmetrics import metrics
from lstmetrics.streaming import Entities
from reference import entities as reference
from reference.exact import ulp_distance

SETTINGS = settings(max_examples=30)
LETTERS = {
    None: "BIES",
    "IOB1": "BI",
    "IOB2": "BI",
    "IOE1": "IE",
    "IOE2": "IE",
    "IOBES": "BIES",
    "BILOU": "BILU",
}
SCHEMES = [name for name in LETTERS if name]
TYPES = ["PER", "LOC", "é\U0001f600", "A-B", "_"]
Tags = list[list[str]]
schemes = pytest.mark.parametrize("scheme", LETTERS)


@st.composite
def pairs(draw: st.DrawFn, scheme: str | None) -> tuple[Tags, Tags]:
    """Tags of few types and, in most places, predictions that are right."""
    letters, types = LETTERS[scheme], TYPES[: draw(st.integers(1, len(TYPES)))]
    tag = st.one_of(
        st.just("O"),
        st.builds(
            lambda letter, kind: f"{letter}-{kind}",
            st.sampled_from(letters),
            st.sampled_from(types),
        ),
        st.sampled_from(letters),
    )
    truth = draw(st.lists(st.lists(tag, max_size=9), min_size=1, max_size=5))
    predicted = [[draw(st.one_of(st.just(one), tag)) for one in tags] for tags in truth]
    return truth, predicted


def options(scheme: str | None) -> dict[str, Any]:
    return {} if scheme is None else {"mode": "strict", "scheme": scheme}


def of_seqeval(y_true: Tags, y_pred: Tags, scheme: str | None, **keywords: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if scheme is None:
            return seqeval_scores(y_true, y_pred, **keywords)
        kind = getattr(seqeval_schemes, scheme)
        return seqeval_strict(y_true, y_pred, scheme=kind, **keywords)


@pytest.mark.parametrize("scheme", [None, *reference.SHAPES])
@SETTINGS
@given(data=st.data())
def test_counts_by_the_definitions(scheme: str | None, data: st.DataObject) -> None:
    pair = data.draw(pairs(scheme))
    expected = reference.counts(*pair, scheme)
    state = Entities(**options(scheme)).update(*pair)
    assert state.types == list(expected)
    assert [tuple(row) for row in state.counts().tolist()] == list(expected.values())
    scores = [reference.scores(*row) for row in expected.values()]
    got = zip(
        *(
            metric(average=None, zero_division=0)
            for metric in (state.precision, state.recall, state.f1)
        ),
        strict=True,
    )
    assert [tuple(row) for row in got] == scores
    total = np.array(list(expected.values()), np.int64).reshape(-1, 3).sum(axis=0).tolist()
    micro = (
        state.precision(zero_division=0),
        state.recall(zero_division=0),
        state.f1(zero_division=0),
    )
    assert micro == reference.scores(*total)
    assert state.support().tolist() == [tp + fn for tp, _, fn in expected.values()]


@schemes
@SETTINGS
@given(data=st.data())
def test_scores_of_seqeval(scheme: str | None, data: st.DataObject) -> None:
    pair = data.draw(pairs(scheme))
    for average in (None, "micro", "macro", "weighted"):
        for zero_division in (0, 1):
            keywords = {"average": average, "zero_division": zero_division}
            got = metrics.entity_precision_recall_fscore_support(
                *pair, **keywords, **options(scheme)
            )
            expected = of_seqeval(*pair, scheme, **keywords)
            assert np.array_equal(got[3], expected[3])
            for one, other in zip(got[:3], expected[:3], strict=True):
                distances = map(ulp_distance, np.atleast_1d(one), np.atleast_1d(other))
                assert max(distances, default=0) <= 4


@SETTINGS
@given(data=st.data(), beta=st.sampled_from([0.25, 0.5, 1.7, 3.0, float("inf")]))
def test_fbeta_of_seqeval(data: st.DataObject, beta: float) -> None:
    pair = data.draw(pairs(None))
    got = Entities().update(*pair).fbeta(beta, average=None, zero_division=0)
    expected = of_seqeval(*pair, None, average=None, zero_division=0, beta=beta)[2]
    assert np.allclose(got, expected, rtol=1e-14, atol=0)


@schemes
@SETTINGS
@given(data=st.data())
def test_reports_of_seqeval(scheme: str | None, data: st.DataObject) -> None:
    pair = data.draw(pairs(scheme))
    state = Entities(**options(scheme)).update(*pair)
    if not state.types:
        return  # seqeval's report fails
    keywords = {**options(scheme), "zero_division": 0, "digits": 4}
    theirs = dict(keywords)
    if scheme:
        theirs["scheme"] = getattr(seqeval_schemes, scheme)
    got = metrics.entity_classification_report(*pair, **keywords)
    assert got == seqeval.classification_report(*pair, **theirs)
    assert got == state.report(zero_division=0, digits=4)
    table = metrics.entity_classification_report(*pair, **keywords, output_dict=True)
    expected = seqeval.classification_report(*pair, **theirs, output_dict=True)
    assert isinstance(table, dict)
    assert list(table) == list(expected)
    for name, row in expected.items():
        assert list(table[name]) == list(row)
        assert all(ulp_distance(table[name][key], float(row[key])) <= 4 for key in row)


@SETTINGS
@given(data=st.data())
def test_the_accuracy_of_tokens(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(pairs(None))
    state = Entities().update(y_true, y_pred)
    right = [
        a == b
        for tags, other in zip(y_true, y_pred, strict=True)
        for a, b in zip(tags, other, strict=True)
    ]
    assert state.tokens == len(right)
    if right:
        assert state.token_accuracy() == sum(right) / len(right)
    else:
        assert np.isnan(state.token_accuracy())


@SETTINGS
@given(data=st.data())
def test_suffixes_are_prefixes_turned_around(data: st.DataObject) -> None:
    pair = data.draw(pairs(None))
    turned = [
        [["-".join([*tag.split("-", 1)[1:], tag[0]]) for tag in tags] for tags in side]
        for side in pair
    ]
    expected = Entities().update(*pair)
    assert Entities().update(*turned, suffix=True) == expected
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = seqeval.f1_score(*turned, suffix=True, average=None, zero_division=0)
    got = expected.f1(average=None, zero_division=0)
    assert max(map(ulp_distance, got, theirs), default=0) <= 4


@SETTINGS
@given(data=st.data())
def test_every_way_in_is_the_same(data: st.DataObject) -> None:
    y_true, y_pred = data.draw(pairs(None))
    expected = Entities().update(y_true, y_pred)
    lengths = [len(tags) for tags in y_true]
    sides = y_true, y_pred
    assert Entities().update(tuple(map(tuple, y_true)), y_pred) == expected
    columns = [pa.array(side, pa.list_(pa.string())) for side in sides]
    assert Entities().update(*columns) == expected
    assert Entities().update(*(pa.chunked_array([column] * 1) for column in columns)) == expected
    flat = [[tag for tags in side for tag in tags] for side in sides]
    assert Entities().update(*flat, lengths=lengths) == expected
    text = [np.array(side, "U8") for side in flat]
    assert Entities().update(*text, lengths=np.array(lengths, np.uint8)) == expected
    names = sorted({"O", *flat[0], *flat[1]})
    codes = [[[names.index(tag) for tag in tags] for tags in side] for side in sides]
    assert Entities().update(*codes, tags=names) == expected
    steps = max(lengths, default=0) + 2
    tables = [np.full((len(side), steps), -100) for side in sides]
    for table, side in zip(tables, codes, strict=True):
        for row, tags in zip(table, side, strict=True):
            row[: len(tags)] = tags
    assert Entities().update(*tables, lengths=lengths, tags=names) == expected
