"""Scores of labels and of entities by their own functions, with every option, in fractions."""

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
from lstmetrics.streaming import Confusion, Entities
from property.strategies import Columns, label_pairs, weights
from reference import counts
from reference import entities as reference
from reference.exact import round_once, ulp_distance

SETTINGS = settings(max_examples=60)
PLACES = {"precision_score": 0, "recall_score": 1, "f1_score": 2, "fbeta_score": 2}
AVERAGES = (None, "micro", "macro", "weighted")
# Of these the square is a fraction of small integers, so that the quotient is rounded once.
ROUND_BETAS = (0.25, 0.5, 1.0, 1.5, 2.0, 3.0)
BETAS = st.one_of(
    st.sampled_from((0.0, math.inf, 1e-9, 1e9, *ROUND_BETAS)), st.floats(2.0**-20, 2.0**20)
)


def exact(value: Fraction | None) -> float:
    """The double nearest to an exact value; NaN for an undefined one."""
    return math.nan if value is None else round_once(value)


def assert_close(ours: Any, expected: list[float], ulps: float) -> None:
    got = [float(value) for value in np.ravel(ours)]
    assert len(got) == len(expected)
    for left, right in zip(got, expected, strict=True):
        assert ulp_distance(left, right) <= ulps, (got, expected)


@pytest.mark.parametrize("name", PLACES)
@SETTINGS
@given(
    columns=label_pairs(),
    average=st.sampled_from(AVERAGES),
    beta=BETAS,
    zero_division=st.sampled_from((0.0, 1.0, math.nan)),
    data=st.data(),
)
def test_scores_of_labels(
    name: str,
    columns: Columns,
    average: str | None,
    beta: float,
    zero_division: float,
    data: st.DataObject,
) -> None:
    present = counts.present_labels(*columns)
    labels = data.draw(
        st.none() | st.lists(st.sampled_from(present), min_size=1, max_size=6, unique=True)
    )
    amounts = data.draw(st.none() | weights(len(columns[0])))
    squared = beta if name == "fbeta_score" else 1.0
    expected, _ = counts.precision_recall_fscore(
        *columns,
        beta=squared,
        labels=labels,
        average=average,
        weights=amounts,
        undefined=None if math.isnan(zero_division) else Fraction(zero_division),
    )
    options: dict[str, Any] = {"average": average, "labels": labels, "sample_weight": amounts}
    if name == "fbeta_score":
        options["beta"] = beta
    ours = getattr(metrics, name)(*columns, zero_division=zero_division, **options)
    single = average in (None, "micro") and amounts is None
    rounded_once = single and (name != "fbeta_score" or squared in (0.0, math.inf, *ROUND_BETAS))
    values = [exact(row[PLACES[name]]) for row in expected]
    assert_close(ours, values, 0 if rounded_once else 4)
    state = Confusion().update(*columns, *([] if amounts is None else [amounts]))
    keywords: dict[str, Any] = {"average": average, "labels": labels}
    how = getattr(state, name.removesuffix("_score"))
    streamed = how(
        *([beta] if name == "fbeta_score" else []), zero_division=zero_division, **keywords
    )
    np.testing.assert_array_equal(streamed, ours)


@SETTINGS
@given(label_pairs(max_labels=2), BETAS, st.data())
def test_the_score_of_the_positive_label(
    columns: Columns, beta: float, data: st.DataObject
) -> None:
    pos_label = data.draw(st.sampled_from(counts.present_labels(*columns)))
    amounts = data.draw(st.none() | weights(len(columns[0])))
    expected, _ = counts.precision_recall_fscore(
        *columns, beta=beta, pos_label=pos_label, average="binary", weights=amounts
    )
    ours = metrics.fbeta_score(
        *columns, beta=beta, pos_label=pos_label, sample_weight=amounts, zero_division=0
    )
    assert_close(ours, [exact(expected[0][2])], 4)
    if amounts is None and beta in (0.0, math.inf, *ROUND_BETAS):
        assert_close(ours, [exact(expected[0][2])], 0)
        theirs = sklearn.metrics.fbeta_score(
            *columns, beta=beta, pos_label=pos_label, zero_division=0
        )
        # Ours is the nearest double, so nothing can lie closer.
        value = expected[0][2]
        assert value is not None
        assert abs(Fraction(ours) - value) <= abs(Fraction(float(theirs)) - value)


TAGS = st.sampled_from(("O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-ORG"))


@st.composite
def tagged(draw: st.DrawFn) -> tuple[list[list[str]], list[list[str]]]:
    """True and predicted tags, most of which are right."""
    truth = draw(st.lists(st.lists(TAGS, max_size=10), min_size=1, max_size=5))
    predicted = [[draw(st.one_of(st.just(tag), TAGS)) for tag in tags] for tags in truth]
    return truth, predicted


@pytest.mark.parametrize("scheme", [None, "IOB2"])
@SETTINGS
@given(
    pair=tagged(),
    average=st.sampled_from(AVERAGES),
    beta=BETAS,
    zero_division=st.sampled_from((0.0, 1.0)),
)
def test_scores_of_entities(
    scheme: str | None, pair: Any, average: str | None, beta: float, zero_division: float
) -> None:
    rows = [tuple(map(Fraction, row)) for row in reference.counts(*pair, scheme).values()]
    table = [(tp, tp + fp, tp + fn) for tp, fp, fn in rows]
    supports = [actual for _, _, actual in table]
    if average == "micro":
        zero = Fraction(0)
        table = [tuple(sum((row[k] for row in table), zero) for k in range(3))]  # type: ignore[misc]
    undefined = Fraction(zero_division)

    def expected(place: int, beta: float) -> list[float]:
        values = [counts.scores_of(*row, beta, undefined)[place] for row in table]
        if average not in ("macro", "weighted"):
            return [exact(value) for value in values]
        amounts = supports if average == "weighted" else [Fraction(1)] * len(values)
        return [exact(counts.mean(values, amounts))]

    options: dict[str, Any] = {"average": average, "zero_division": zero_division}
    strictly = {} if scheme is None else {"mode": "strict", "scheme": scheme}
    state = Entities(**strictly).update(*pair)
    if not rows and average in ("macro", "weighted"):
        return  # the mean of nothing
    bound = 4 if average in ("macro", "weighted") else 0
    for place, name in enumerate(("precision", "recall", "f1")):
        ours = getattr(metrics, f"entity_{name}_score")(*pair, **options, **strictly)
        assert_close(ours, expected(place, 1.0), bound)
        np.testing.assert_array_equal(getattr(state, name)(**options), ours)
    once = bound == 0 and beta in (0.0, math.inf, *ROUND_BETAS)
    assert_close(state.fbeta(beta, **options), expected(2, beta), 0 if once else 4)
