"""Multilabel metrics against exact rational arithmetic and against scikit-learn."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import MultilabelConfusion
from property.strategies import INTEGER_DTYPES, Indicators, indicators, weights
from reference import multilabel
from reference.exact import round_once, ulp_distance
from reference.outcome import outcome_of

AVERAGES = (None, "micro", "macro", "weighted", "samples")
FUNCTIONS = ("precision_score", "recall_score", "f1_score", "jaccard_score")
DTYPES = (*INTEGER_DTYPES, "bool", "float16", "float32", "float64")
SETTINGS = settings(max_examples=60)

Array = npt.NDArray[Any]
averages = pytest.mark.parametrize("average", AVERAGES)


@st.composite
def laid_out(draw: st.DrawFn, rows: list[list[int]]) -> Array:
    """The same indicator in another type and layout."""
    array = np.array(rows, draw(st.sampled_from(DTYPES)))
    layout = draw(st.sampled_from(("C", "F", "spread", "reversed", "apart")))
    if layout in "CF":
        return np.asarray(array, order=layout)  # type: ignore[call-overload, no-any-return]
    if layout == "reversed":
        return array[::-1, ::-1].copy()[::-1, ::-1]
    wide = np.zeros((2 * array.shape[0], 3 * array.shape[1]), array.dtype)
    where = np.s_[::2, ::3] if layout == "spread" else np.s_[: array.shape[0], : array.shape[1]]
    wide[where] = array
    return wide[where]


def exact(value: Fraction | None) -> float:
    return math.nan if value is None else round_once(value)


def assert_close(ours: Any, expected: list[Fraction | None], ulps: float) -> None:
    got = [float(value) for value in np.ravel(ours)]
    assert len(got) == len(expected)
    for left, right in zip(got, expected, strict=True):
        assert ulp_distance(left, exact(right)) <= ulps, (got, expected)


@SETTINGS
@given(indicators(), st.data())
def test_whole_samples(pair: Indicators, data: st.DataObject) -> None:
    assert metrics.accuracy_score(*pair) == exact(multilabel.accuracy(*pair))
    error = 1 - (multilabel.accuracy(*pair) or 0)
    assert metrics.zero_one_loss(*pair) == exact(error)
    assert metrics.zero_one_loss(*pair, normalize=False) == exact(error * len(pair[0]))
    assert metrics.hamming_loss(*pair) == exact(multilabel.hamming_loss(*pair))
    amounts = data.draw(weights(len(pair[0])))
    for name, oracle in (
        ("accuracy_score", multilabel.accuracy),
        ("hamming_loss", multilabel.hamming_loss),
    ):
        value = getattr(metrics, name)(*pair, sample_weight=amounts)
        assert_close(value, [oracle(*pair, amounts)], 2)


@averages
@SETTINGS
@given(pair=indicators(), beta=st.sampled_from((0.0, 0.5, 1.0, 2.0, math.inf)), data=st.data())
def test_scores(pair: Indicators, average: str | None, beta: float, data: st.DataObject) -> None:
    zero_division = data.draw(st.sampled_from((0.0, 1.0, math.nan)))
    undefined = None if math.isnan(zero_division) else Fraction(zero_division)
    *scores, _ = metrics.precision_recall_fscore_support(
        *pair, beta=beta, average=average, zero_division=zero_division
    )
    expected = multilabel.precision_recall_fscore(
        *pair, beta=beta, average=average, undefined=undefined
    )
    single = average in (None, "micro")
    for k in range(3):
        # A single ratio is correctly rounded; an average is a rounded sum over a whole number.
        assert_close(scores[k], [row[k] for row in expected], 0 if single else 1)


@averages
@SETTINGS
@given(pair=indicators(max_labels=20), data=st.data())
def test_weighted_scores(pair: Indicators, average: str | None, data: st.DataObject) -> None:
    amounts = data.draw(weights(len(pair[0])))
    *scores, support = metrics.precision_recall_fscore_support(
        *pair, average=average, sample_weight=amounts, zero_division=0.0
    )
    expected = multilabel.precision_recall_fscore(*pair, average=average, weights=amounts)
    for k in range(3):
        assert_close(scores[k], [row[k] for row in expected], 4)
    if average is None:
        assert support is not None
        true = [one[2] for one in multilabel.by_label(*pair, amounts)]
        assert_close(support, [*true], 0)


@averages
@SETTINGS
@given(pair=indicators(), data=st.data())
def test_jaccard(pair: Indicators, average: str | None, data: st.DataObject) -> None:
    amounts = data.draw(st.none() | weights(len(pair[0])))
    value = metrics.jaccard_score(*pair, average=average, sample_weight=amounts, zero_division=1)
    expected = multilabel.jaccard(*pair, average=average, weights=amounts, undefined=Fraction(1))
    assert_close(value, expected, 4 if amounts else average not in (None, "micro"))


@SETTINGS
@given(pair=indicators(), samplewise=st.booleans(), data=st.data())
def test_matrices(pair: Indicators, samplewise: bool, data: st.DataObject) -> None:
    amounts = data.draw(st.none() | weights(len(pair[0])))
    got = metrics.multilabel_confusion_matrix(*pair, sample_weight=amounts, samplewise=samplewise)
    expected = multilabel.matrices(*pair, amounts, samplewise=samplewise)
    assert got.dtype == (np.int64 if amounts is None else np.float64)
    assert_close(got, [*np.ravel(np.array(expected, object))], 0)


def everything(*pair: Any, **keywords: Any) -> list[Any]:
    functions = [
        (metrics.accuracy_score, {}),
        (metrics.hamming_loss, {}),
        (metrics.multilabel_confusion_matrix, {}),
        *((metrics.f1_score, {"average": average, "zero_division": 0}) for average in AVERAGES),
    ]
    return [function(*pair, **options, **keywords) for function, options in functions]


@SETTINGS
@given(indicators(), st.data())
def test_type_and_layout_do_not_matter(pair: Indicators, data: st.DataObject) -> None:
    moved = data.draw(laid_out(pair[0])), data.draw(laid_out(pair[1]))
    for ours, plain in zip(everything(*moved), everything(*pair), strict=True):
        assert np.array_equal(ours, plain)
    assert MultilabelConfusion().update(*moved) == MultilabelConfusion().update(*pair)


ARGUMENTS = st.fixed_dictionaries(
    {
        "average": st.sampled_from(AVERAGES),
        "zero_division": st.sampled_from(("warn", 0, 1)),
        "labels": st.none() | st.lists(st.integers(0, 2), min_size=1, max_size=4),
    }
)


@SETTINGS
@given(indicators(max_labels=6), ARGUMENTS, st.data())
def test_values_types_and_warnings_are_those_of_sklearn(
    pair: Indicators, arguments: dict[str, Any], data: st.DataObject
) -> None:
    if len(pair[0][0]) < 3:
        arguments["labels"] = None
    amounts = data.draw(st.none() | weights(len(pair[0])).map(lambda w: [min(x, 9) for x in w]))
    if amounts is not None and max(amounts) < 1e-3:
        amounts = None  # scikit-learn loses such
    for name in FUNCTIONS:
        ours = outcome_of(getattr(metrics, name), *pair, sample_weight=amounts, **arguments)
        theirs = outcome_of(
            getattr(sklearn.metrics, name), *pair, sample_weight=amounts, **arguments
        )
        assert theirs.error is None
        assert ours.error is None, ours.error
        assert ours.warnings == theirs.warnings
        assert type(ours.value) is type(theirs.value)
        np.testing.assert_allclose(ours.value, theirs.value, rtol=1e-9, atol=1e-9)


@SETTINGS
@given(indicators(max_labels=6), st.booleans(), st.sampled_from(("warn", 0, 1, np.nan)))
def test_reports_are_those_of_sklearn(pair: Indicators, as_dict: bool, zero_division: Any) -> None:
    arguments = {"output_dict": as_dict, "zero_division": zero_division, "digits": 3}
    ours = outcome_of(metrics.classification_report, *pair, **arguments)
    theirs = outcome_of(sklearn.metrics.classification_report, *pair, **arguments)
    assert ours.warnings == theirs.warnings
    streamed = MultilabelConfusion().update(*pair)
    again = outcome_of(streamed.report, **arguments)
    assert again.warnings == theirs.warnings
    assert str(again.value) == str(ours.value)
    if not as_dict:
        assert ours.value == theirs.value
        return
    assert list(ours.value) == list(theirs.value)
    for name, row in theirs.value.items():
        np.testing.assert_allclose(list(ours.value[name].values()), list(row.values()), rtol=1e-12)


@SETTINGS
@given(indicators(max_labels=8), st.sampled_from(((-1, 1), (0, 3), (2, 5), (0, -1))))
def test_any_two_whole_numbers_make_an_indicator(pair: Indicators, values: tuple[int, int]) -> None:
    """What is not zero is a label; where samples are compared whole, equality counts."""
    true, pred = (np.array(values)[np.array(rows)] for rows in pair)
    for name in ("accuracy_score", "zero_one_loss", "hamming_loss"):
        for other in (pred, np.array(pair[1])):
            expected = getattr(sklearn.metrics, name)(true, other)
            assert getattr(metrics, name)(true, other) == pytest.approx(expected, abs=1e-15)
    matrices = sklearn.metrics.multilabel_confusion_matrix(true, pred)
    assert (metrics.multilabel_confusion_matrix(true, pred) == matrices).all()
    ours = metrics.f1_score(true, pred, average="samples", zero_division=0)
    theirs = sklearn.metrics.f1_score(true, pred, average="samples", zero_division=0)
    assert ours == pytest.approx(theirs, rel=1e-14)


def test_averages_of_tiny_weights_are_not_lost() -> None:
    # Precisions of about 1e-291 and supports of as much: their products are below every double.
    pair = [[1, 1], [0, 0]], [[0, 1], [1, 1]]
    found = metrics.precision_score(*pair, average="weighted", sample_weight=[1e-291, 1.0])
    assert_close([found], [Fraction(1e-291) / (Fraction(1e-291) + 1) / 2], 4)
