"""Agreement, errors, Jaccard and reports against exact arithmetic and against scikit-learn."""

from __future__ import annotations

import inspect
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import Confusion
from property.strategies import Columns, label_pairs, weights
from reference import agreement, counts
from reference.exact import round_once, ulp_distance
from reference.outcome import Outcome, outcome_of

SETTINGS = settings(max_examples=60)
KAPPAS = (None, "linear", "quadratic")
NAMES = (
    "balanced_accuracy_score",
    "class_likelihood_ratios",
    "classification_report",
    "cohen_kappa_score",
    "hamming_loss",
    "jaccard_score",
    "matthews_corrcoef",
    "multilabel_confusion_matrix",
    "zero_one_loss",
)


def modest_weights(count: int) -> st.SearchStrategy[list[float]]:
    """Weights within the range where differences of products stay exact."""
    size = st.one_of(
        st.just(0.0), st.integers(1, 9).map(float), st.floats(1e-40, 1e40), st.floats(0.1, 10)
    )
    return st.lists(size, min_size=count, max_size=count).filter(any)


def exact(value: Fraction | None) -> float:
    return math.nan if value is None else round_once(value)


def both(name: str, *arguments: Any, **keywords: Any) -> tuple[Outcome, Outcome]:
    """What ours and scikit-learn's say; the warnings must be the same, numpy's own left out."""
    ours = outcome_of(getattr(metrics, name), *arguments, **keywords)
    theirs = outcome_of(getattr(sklearn.metrics, name), *arguments, **keywords)
    assert ours.warnings == tuple(w for w in theirs.warnings if w[0] is not RuntimeWarning)
    assert (ours.error is None) == (theirs.error is None), (ours, theirs)
    return ours, theirs


def assert_near(ours: Any, theirs: Any, tolerance: float = 1e-12) -> None:
    np.testing.assert_allclose(
        np.ravel(ours), np.ravel(theirs), rtol=tolerance, atol=tolerance, equal_nan=True
    )


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_sklearn(name: str) -> None:
    ours, theirs = (
        inspect.signature(getattr(module, name)).parameters.values()
        for module in (metrics, sklearn.metrics)
    )
    assert [(p.name, p.kind, repr(p.default)) for p in ours] == [
        (p.name, p.kind, repr(p.default)) for p in theirs
    ]


@SETTINGS
@given(label_pairs())
def test_errors_are_the_correctly_rounded_quotient(columns: Columns) -> None:
    expected = exact(agreement.error_rate(*columns))
    wrong = sum(t != p for t, p in zip(*columns, strict=True))
    for name in ("zero_one_loss", "hamming_loss"):
        ours, theirs = both(name, *columns)
        assert ours.value == expected
        assert type(ours.value) is float
        assert_near(ours.value, theirs.value)
    ours, theirs = both("zero_one_loss", *columns, normalize=False)
    assert ours.value == theirs.value == wrong
    state = Confusion().update(*columns)
    assert state.zero_one_loss() == state.hamming_loss() == expected
    assert state.zero_one_loss(normalize=False) == wrong


@SETTINGS
@given(label_pairs(), st.data())
def test_weighted_errors(columns: Columns, data: st.DataObject) -> None:
    amounts = data.draw(weights(len(columns[0])))
    expected = exact(agreement.error_rate(*columns, amounts))
    assert ulp_distance(metrics.zero_one_loss(*columns, sample_weight=amounts), expected) <= 2
    assert ulp_distance(metrics.hamming_loss(*columns, sample_weight=amounts), expected) <= 2


@SETTINGS
@given(label_pairs(), st.booleans(), st.data())
def test_balanced_accuracy(columns: Columns, adjusted: bool, data: st.DataObject) -> None:
    amounts = data.draw(st.none() | modest_weights(len(columns[0])))
    ours, theirs = both(
        "balanced_accuracy_score", *columns, adjusted=adjusted, sample_weight=amounts
    )
    assert_near(ours.value, theirs.value)
    expected = agreement.balanced_accuracy(*columns, adjusted, amounts)
    if not adjusted:
        assert ulp_distance(ours.value, exact(expected)) <= 3
    elif expected is not None:
        # What is lost is the rounding of the recalls.
        assert abs(ours.value - round_once(expected)) <= 2.0**-52
        if amounts is None:
            ours_off = abs(Fraction(ours.value) - expected)
            assert ours_off <= abs(Fraction(theirs.value) - expected) + Fraction(2) ** -53


@SETTINGS
@given(label_pairs(), st.data())
def test_matthews(columns: Columns, data: st.DataObject) -> None:
    amounts = data.draw(st.none() | modest_weights(len(columns[0])))
    ours, theirs = both("matthews_corrcoef", *columns, sample_weight=amounts)
    assert type(ours.value) is float
    assert ulp_distance(ours.value, agreement.matthews(*columns, amounts)) <= 3
    if amounts is None:
        assert_near(ours.value, theirs.value, 1e-9)
        assert Confusion().update(*columns).matthews_corrcoef() == ours.value
    if columns[0] == columns[1] and ours.value:
        assert ours.value == 1.0


@SETTINGS
@given(label_pairs(), st.sampled_from(KAPPAS), st.data())
def test_kappa(columns: Columns, how: str | None, data: st.DataObject) -> None:
    present = counts.present_labels(*columns)
    labels = data.draw(st.none() | st.lists(st.sampled_from(present), min_size=1, unique=True))
    replacement = data.draw(st.sampled_from([math.nan, -1.0, 0.5]))
    ours, theirs = both(
        "cohen_kappa_score",
        *columns,
        weights=how,
        labels=labels,
        replace_undefined_by=replacement,
    )
    if ours.error is not None:
        assert ours.message == str(theirs.error)
        return
    expected = agreement.kappa(*columns, how, labels)
    if expected is None:
        assert repr(ours.value) == repr(replacement) == repr(theirs.value)
        return
    assert ours.value == exact(expected)
    assert type(ours.value) is float
    assert_near(ours.value, theirs.value)
    state = Confusion().update(*columns)
    assert state.cohen_kappa(weights=how, labels=labels) == ours.value


@SETTINGS
@given(label_pairs(), st.sampled_from(KAPPAS), st.data())
def test_weighted_kappa(columns: Columns, how: str | None, data: st.DataObject) -> None:
    amounts = data.draw(modest_weights(len(columns[0])))
    ours = outcome_of(metrics.cohen_kappa_score, *columns, weights=how, sample_weight=amounts)
    expected = agreement.kappa(*columns, how, weights=amounts)
    assert ulp_distance(ours.value, exact(expected)) <= 3


@pytest.mark.parametrize("how", KAPPAS)
def test_kappa_and_correlation_of_many_samples(how: str | None) -> None:
    """Counts whose products pass 64 bits, and with many labels 128."""
    cells = [[2**60, 2**40 + 1, 3], [5, 2**61 - 1, 7], [2**59 + 1, 11, 2**58]]
    state = Confusion.from_matrix(cells, [0, 1, 2])
    y1, y2, amounts = zip(*((i, j, cells[i][j]) for i in range(3) for j in range(3)), strict=True)
    expected = agreement.kappa(y1, y2, how, weights=amounts)
    got = state.cohen_kappa(weights=how)
    assert ulp_distance(got, exact(expected)) <= (0 if how is None else 2)
    assert ulp_distance(state.matthews_corrcoef(), agreement.matthews(y1, y2, amounts)) <= 3


@SETTINGS
@given(
    label_pairs(),
    st.sampled_from((None, "micro", "macro", "weighted")),
    st.sampled_from(("warn", 0, 1)),
    st.data(),
)
def test_jaccard(
    columns: Columns, average: str | None, zero_division: Any, data: st.DataObject
) -> None:
    amounts = data.draw(st.none() | modest_weights(len(columns[0])))
    ours, theirs = both(
        "jaccard_score",
        *columns,
        average=average,
        sample_weight=amounts,
        zero_division=zero_division,
    )
    assert type(ours.value) is type(theirs.value)
    undefined = Fraction(0 if zero_division == "warn" else zero_division)
    expected = agreement.jaccard(*columns, average, amounts, undefined)
    bound = 0 if amounts is None and average in (None, "micro") else 4
    for left, right in zip(np.ravel(ours.value), expected, strict=True):
        assert ulp_distance(float(left), exact(right)) <= bound
    if amounts is None:
        assert_near(ours.value, theirs.value)
        state = Confusion().update(*columns)
        streamed = outcome_of(state.jaccard, average=average, zero_division=zero_division)
        assert np.array_equal(streamed.value, ours.value)
        assert streamed.warnings == ours.warnings


@SETTINGS
@given(label_pairs(max_labels=2), st.data())
def test_binary_jaccard(columns: Columns, data: st.DataObject) -> None:
    pos_label = data.draw(st.sampled_from(sorted({*columns[0], *columns[1]})))
    ours, theirs = both("jaccard_score", *columns, pos_label=pos_label)
    assert ours.value == theirs.value
    assert type(ours.value) is float
    assert Confusion().update(*columns).jaccard(pos_label=pos_label) == ours.value


@SETTINGS
@given(
    label_pairs(max_labels=2),
    st.sampled_from([np.nan, 1.0, {"LR+": 7.0, "LR-": 0.25}, {"LR+": np.nan, "LR-": 1}]),
    st.data(),
)
def test_likelihood_ratios(columns: Columns, replacement: Any, data: st.DataObject) -> None:
    present = counts.present_labels(*columns)
    assume(len(present) == 2)
    amounts = data.draw(st.none() | modest_weights(len(columns[0])))
    labels = data.draw(st.sampled_from([None, present, present[::-1]]))
    ours, theirs = both(
        "class_likelihood_ratios",
        *columns,
        labels=labels,
        sample_weight=amounts,
        replace_undefined_by=replacement,
    )
    assert_near(ours.value, theirs.value)
    expected = agreement.likelihood_ratios(*columns, *(labels or present), amounts)
    for left, right in zip(ours.value, expected, strict=True):
        assert type(left) is float
        if right is not None:
            assert ulp_distance(left, exact(right)) <= (0 if amounts is None else 6)
    if amounts is None:
        state = Confusion().update(*columns)
        streamed = outcome_of(
            state.likelihood_ratios, labels=labels, replace_undefined_by=replacement
        )
        assert np.array_equal(streamed.value, ours.value, equal_nan=True)
        assert streamed.warnings == tuple(w for w in ours.warnings if "single label" not in w[1])


@SETTINGS
@given(label_pairs(), st.booleans(), st.data())
def test_against_rest(columns: Columns, weighted: bool, data: st.DataObject) -> None:
    present = counts.present_labels(*columns)
    labels = data.draw(st.none() | st.lists(st.sampled_from(present), min_size=1))
    amounts = data.draw(modest_weights(len(columns[0]))) if weighted else None
    ours, theirs = both(
        "multilabel_confusion_matrix", *columns, labels=labels, sample_weight=amounts
    )
    assert ours.value.dtype == theirs.value.dtype
    assert ours.value.shape == theirs.value.shape
    expected = agreement.against_rest(*columns, labels or present, amounts)
    assert ours.value.tolist() == [
        [[exact(cell) for cell in row] for row in table] for table in expected
    ]
    if amounts is None:
        assert np.array_equal(ours.value, theirs.value)
    state = Confusion().update(*columns, sample_weight=amounts)
    assert np.array_equal(state.against_rest(labels=labels), ours.value)


@SETTINGS
@given(
    label_pairs(),
    st.sampled_from(("warn", 0, 1, math.nan)),
    st.sampled_from((0, 2, 5, 20)),
    st.data(),
)
def test_report(columns: Columns, zero_division: Any, digits: int, data: st.DataObject) -> None:
    present = counts.present_labels(*columns)
    keywords: dict[str, Any] = {
        "labels": data.draw(
            st.none() | st.lists(st.sampled_from(present), min_size=1, unique=True)
        ),
        "zero_division": zero_division,
    }
    if data.draw(st.booleans()):
        keywords["target_names"] = [f"name {n} {'x' * n}" for n in range(len(present))]
    if data.draw(st.booleans()):
        keywords["sample_weight"] = data.draw(
            st.lists(st.integers(1, 9), min_size=len(columns[0]), max_size=len(columns[0]))
        )
    ours, theirs = both("classification_report", *columns, digits=digits, **keywords)
    if digits <= 5:
        assert ours.value == theirs.value
    as_dict, their_dict = both("classification_report", *columns, output_dict=True, **keywords)
    assert list(as_dict.value) == list(their_dict.value)
    for name, row in as_dict.value.items():
        theirs_row = their_dict.value[name]
        assert_near(
            list(row.values()) if isinstance(row, dict) else row,
            list(theirs_row.values()) if isinstance(theirs_row, dict) else theirs_row,
        )
    if keywords["labels"] is None and "target_names" not in keywords:
        state = Confusion().update(*columns, sample_weight=keywords.get("sample_weight"))
        if columns[0][0] not in (True, False) or not isinstance(columns[0][0], bool):
            streamed = outcome_of(state.report, zero_division=zero_division, digits=digits)
            assert streamed.value == ours.value
            assert streamed.warnings == ours.warnings
