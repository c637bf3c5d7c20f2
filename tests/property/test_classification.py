"""Classification metrics against exact rational arithmetic and against scikit-learn."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import Confusion
from property.strategies import INTEGER_DTYPES, Columns, label_pairs, strided, weights
from reference import counts
from reference.exact import round_once, ulp_distance
from reference.outcome import outcome_of

AVERAGES = (None, "micro", "macro", "weighted")
FUNCTIONS = ("precision_score", "recall_score", "f1_score")
SETTINGS = settings(max_examples=60)


def exact(value: Fraction | None) -> float:
    """The double nearest to an exact value; NaN for an undefined one."""
    return math.nan if value is None else round_once(value)


def flat(values: Any) -> list[float]:
    return [float(value) for value in np.ravel(values)]


def assert_close(ours: Any, expected: list[float], ulps: float) -> None:
    got = flat(ours)
    assert len(got) == len(expected)
    for left, right in zip(got, expected, strict=True):
        assert ulp_distance(left, right) <= ulps, (got, expected)


@SETTINGS
@given(label_pairs())
def test_accuracy_is_the_correctly_rounded_quotient(columns: Columns) -> None:
    value = metrics.accuracy_score(*columns)
    assert value == exact(counts.accuracy(*columns))
    assert type(value) is float
    assert value == sklearn.metrics.accuracy_score(*columns)
    agreeing = metrics.accuracy_score(*columns, normalize=False)
    assert agreeing == sum(t == p for t, p in zip(*columns, strict=True))


@SETTINGS
@given(label_pairs(), st.data())
def test_weighted_accuracy(columns: Columns, data: st.DataObject) -> None:
    amounts = data.draw(weights(len(columns[0])))
    value = metrics.accuracy_score(*columns, sample_weight=amounts)
    # Two exact sums, each rounded once, and one division.
    assert ulp_distance(value, exact(counts.accuracy(*columns, amounts))) <= 2


@SETTINGS
@given(label_pairs(), st.sampled_from((0.5, 1.0, 2.0)))
def test_scores_per_label_are_correctly_rounded(columns: Columns, beta: float) -> None:
    expected, support = counts.precision_recall_fscore(*columns, beta=beta)
    *scores, amounts = metrics.precision_recall_fscore_support(
        *columns, beta=beta, zero_division=0.0
    )
    for k in range(3):
        assert_close(scores[k], [exact(row[k]) for row in expected], 0)
    assert amounts is not None
    # As in scikit-learn, counts are floats when no sample at all is right.
    any_right = any(t == p for t, p in zip(*columns, strict=True))
    assert amounts.dtype == (np.int64 if any_right else np.float64)
    assert amounts.tolist() == support


@SETTINGS
@given(label_pairs(), st.sampled_from(AVERAGES), st.sampled_from((0.0, 1.0, math.nan)), st.data())
def test_averages(
    columns: Columns, average: str | None, zero_division: float, data: st.DataObject
) -> None:
    beta = data.draw(st.sampled_from((0.0, 0.3, 1.0, 7.0, math.inf)))
    amounts = data.draw(st.none() | weights(len(columns[0])))
    expected, _ = counts.precision_recall_fscore(
        *columns,
        beta=beta,
        average=average,
        weights=amounts,
        undefined=None if math.isnan(zero_division) else Fraction(zero_division),
    )
    scores = metrics.precision_recall_fscore_support(
        *columns, beta=beta, average=average, sample_weight=amounts, zero_division=zero_division
    )
    for k in range(3):
        assert_close(scores[k], [exact(row[k]) for row in expected], 4)


@SETTINGS
@given(label_pairs(), st.sampled_from(AVERAGES), st.sampled_from(("warn", 0, 1, np.nan)))
def test_values_types_and_warnings_are_those_of_sklearn(
    columns: Columns, average: str | None, zero_division: Any
) -> None:
    for name in FUNCTIONS:
        arguments = {"average": average, "zero_division": zero_division}
        ours = outcome_of(getattr(metrics, name), *columns, **arguments)
        theirs = outcome_of(getattr(sklearn.metrics, name), *columns, **arguments)
        assert theirs.error is None
        assert ours.warnings == theirs.warnings
        assert type(ours.value) is type(theirs.value)
        assert_close(ours.value, flat(theirs.value), 4)


@SETTINGS
@given(label_pairs(max_labels=2), st.data())
def test_binary_average(columns: Columns, data: st.DataObject) -> None:
    pos_label = data.draw(st.sampled_from(sorted({*columns[0], *columns[1]})))
    expected, _ = counts.precision_recall_fscore(*columns, pos_label=pos_label, average="binary")
    for name, value in zip(FUNCTIONS, expected[0], strict=True):
        got = getattr(metrics, name)(*columns, pos_label=pos_label, zero_division=0)
        assert got == exact(value)
        assert type(got) is float


@SETTINGS
@given(label_pairs(), st.data())
def test_labels_select_and_order(columns: Columns, data: st.DataObject) -> None:
    present = counts.present_labels(*columns)
    wanted = data.draw(st.lists(st.sampled_from(present), min_size=1, unique=True))
    expected, _ = counts.precision_recall_fscore(*columns, labels=wanted)
    got = metrics.f1_score(*columns, labels=wanted, average=None, zero_division=0)
    assert_close(got, [exact(row[2]) for row in expected], 0)
    if set(wanted) & set(columns[0]):
        ours = outcome_of(metrics.confusion_matrix, *columns, labels=wanted)
        assert ours.value.tolist() == counts.confusion(*columns, wanted)


@SETTINGS
@given(label_pairs(), st.sampled_from((None, "true", "pred", "all")), st.data())
def test_confusion_matrix(columns: Columns, normalize: str | None, data: st.DataObject) -> None:
    amounts = data.draw(
        st.none() | weights(len(columns[0])) | st.just([2] * len(columns[0])).map(np.int32)
    )
    arguments = {"normalize": normalize, "sample_weight": amounts}
    ours = outcome_of(metrics.confusion_matrix, *columns, **arguments)
    theirs = outcome_of(sklearn.metrics.confusion_matrix, *columns, **arguments)
    assert ours.warnings == theirs.warnings
    assert ours.value.dtype == theirs.value.dtype
    exact_weights = None if amounts is None else [float(w) for w in amounts]
    cells = counts.confusion(*columns, weights=exact_weights)
    expected = [exact(cell) for row in counts.normalized(cells, normalize) for cell in row]
    assert_close(ours.value, expected, 0 if exact_weights is None else 2)


@SETTINGS
@given(label_pairs(), st.data())
def test_layout_and_dtype_do_not_matter(columns: Columns, data: st.DataObject) -> None:
    arrays = [np.array(column) for column in columns]
    moved = [data.draw(strided(array)) for array in arrays]
    assert Confusion().update(*moved).digest() == Confusion().update(*arrays).digest()
    assert metrics.accuracy_score(*moved) == metrics.accuracy_score(*arrays)


@SETTINGS
@given(
    st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=1, max_size=30),
    st.sampled_from((*INTEGER_DTYPES, "float16", "float32", "float64", "object")),
    st.sampled_from((*INTEGER_DTYPES, "float32", "float64")),
)
def test_every_numeric_dtype_counts_the_same(
    pairs: list[tuple[int, int]], true_dtype: str, pred_dtype: str
) -> None:
    y_true, y_pred = ([pair[k] for pair in pairs] for k in range(2))
    state = Confusion().update(np.array(y_true, true_dtype), np.array(y_pred, pred_dtype))
    assert state == Confusion().update(y_true, y_pred)
    assert state.digest() == Confusion().update(y_true, y_pred).digest()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_counts_beyond_the_exact_doubles(name: str) -> None:
    """A count above 2**53 is divided exactly, where double(a) / double(b) rounds three times."""
    true_negative, other, hits = 5, 2**53 + 1, 2**60 + 3
    state = Confusion.from_matrix([[true_negative, other], [other + 2, hits]], [0, 1])
    fractions = {
        "precision_score": Fraction(hits, hits + other),
        "recall_score": Fraction(hits, hits + other + 2),
        "f1_score": Fraction(2 * hits, 2 * hits + 2 * other + 2),
    }
    method = {"precision_score": "precision", "recall_score": "recall", "f1_score": "f1"}[name]
    assert getattr(state, method)() == round_once(fractions[name])
