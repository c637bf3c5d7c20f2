"""Losses of the probabilities of indicators, against exact arithmetic and scikit-learn."""

from __future__ import annotations

import warnings
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from reference import losses
from reference.counts import weight_fractions
from reference.exact import round_once, ulp_distance
from reference.outcome import outcome_of

SETTINGS = settings(max_examples=60)
UNIT = 2.0**-53

Given = tuple[Any, Any, list[float] | None]


@st.composite
def indicators(draw: st.DrawFn) -> Given:
    """Indicators of any dtype and layout, probabilities that need not sum to one, weights."""
    rows, labels = draw(st.integers(2, 12)), draw(st.integers(2, 6))
    hits = st.lists(st.integers(0, 1), min_size=labels, max_size=labels)
    truth = np.array(draw(st.lists(hits, min_size=rows, max_size=rows)))
    truth = truth.astype(draw(st.sampled_from(["?", "i1", "u2", "i8", "f4", "f8"])))
    dtype = draw(st.sampled_from(["f4", "f8"]))
    chances = st.floats(0, 1, width=32) if dtype == "f4" else st.floats(0, 1)
    row = st.lists(chances | st.sampled_from([0.0, 1.0]), min_size=labels, max_size=labels)
    table = np.array(draw(st.lists(row, min_size=rows, max_size=rows)), dtype)
    if draw(st.booleans()):
        truth, table = np.asfortranarray(truth), np.asfortranarray(table)
    weight = st.just(0.0) | st.integers(1, 9).map(float) | st.floats(1e-3, 1e3)
    return (
        truth,
        table,
        draw(st.none() | st.lists(weight, min_size=rows, max_size=rows).filter(any)),
    )


def exact_mean(terms: list[Fraction], weights: list[float] | None) -> Fraction:
    amounts = weight_fractions(len(terms), weights)
    total = sum((w * t for w, t in zip(amounts, terms, strict=True)), Fraction(0))
    return total / sum(amounts, Fraction(0))


def ones(truth: Any) -> list[list[int]]:
    return [[int(hit) for hit in row] for row in truth.tolist()]


def fractions(table: Any) -> list[list[Fraction]]:
    return [[Fraction(p) for p in row] for row in table.tolist()]


@SETTINGS
@given(indicators(), st.booleans())
def test_log_loss(given_: Given, normalize: bool) -> None:
    truth, table, weights = given_
    keywords: dict[str, Any] = {"sample_weight": weights, "normalize": normalize}
    ours = outcome_of(metrics.log_loss, truth, table, **keywords)
    theirs = outcome_of(sklearn.metrics.log_loss, truth, table, **keywords)
    assert ours.warnings == theirs.warnings
    assert type(ours.value) is float
    rel = 1e-12 if table.dtype == np.float64 else 1e-4
    assert ours.value == pytest.approx(theirs.value, rel=rel, abs=1e-6 if rel > 1e-5 else 1e-14)
    samples = losses.indicator_log_losses(ones(truth), table.tolist(), table.dtype.name)
    exact = exact_mean([Fraction(loss) for loss in samples], weights)
    if not normalize:
        exact *= sum(weight_fractions(len(samples), weights), Fraction(0))
    assert abs(Fraction(ours.value) - exact) <= (6 + truth.shape[1]) * Fraction(UNIT) * exact


@SETTINGS
@given(indicators(), st.sampled_from((True, False, "auto")))
def test_brier_score(given_: Given, scale: bool | str) -> None:
    truth, table, weights = given_
    keywords: dict[str, Any] = {"sample_weight": weights, "scale_by_half": scale}
    ours = outcome_of(metrics.brier_score_loss, truth, table, **keywords)
    theirs = outcome_of(sklearn.metrics.brier_score_loss, truth, table, **keywords)
    assert ours.warnings == theirs.warnings
    rel = 1e-12 if table.dtype == np.float64 else 1e-4
    assert ours.value == pytest.approx(theirs.value, rel=rel, abs=1e-30)
    exact = exact_mean(losses.indicator_brier_losses(ones(truth), fractions(table)), weights)
    half = scale is True or (scale == "auto" and truth.shape[1] == 2)
    wanted = round_once(exact / 2 if half else exact)
    assert ulp_distance(ours.value, wanted) <= 5 + truth.shape[1]


@SETTINGS
@given(indicators())
def test_d2_brier(given_: Given) -> None:
    truth, table, weights = given_
    ours = quietly(metrics.d2_brier_score, truth, table, weights)
    shares = losses.indicator_shares(ones(truth), weights)
    rows = [shares] * len(truth)
    null = exact_mean(losses.indicator_brier_losses(ones(truth), rows), weights)
    loss = exact_mean(losses.indicator_brier_losses(ones(truth), fractions(table)), weights)
    if null == 0:
        assert repr(ours) == ("nan" if loss == 0 else "-inf")
        return
    exact = 1 - loss / null
    saved = max(Fraction(1), loss / null)
    assert abs(Fraction(ours) - exact) <= (8 + truth.shape[1]) * Fraction(UNIT) * saved


@SETTINGS
@given(indicators())
def test_d2_log_loss(given_: Given) -> None:
    truth, table, weights = given_
    ours = quietly(metrics.d2_log_loss_score, truth, table, weights)
    row = [round_once(share) for share in losses.indicator_shares(ones(truth), weights)]
    null = losses.indicator_log_losses(ones(truth), [row] * len(truth))
    samples = losses.indicator_log_losses(ones(truth), table.tolist(), table.dtype.name)
    below = exact_mean([Fraction(loss) for loss in null], weights)
    above = exact_mean([Fraction(loss) for loss in samples], weights)
    if below == 0:
        assert repr(ours) == "nan"
    elif weights is None or max(row) < 1 - 2.0**-40:
        exact = float(1 - above / below)
        assert ours == pytest.approx(exact, rel=1e-11, abs=1e-11 * max(1.0, float(above / below)))


def quietly(function: Any, truth: Any, table: Any, weights: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(function(truth, table, sample_weight=weights))


@pytest.mark.parametrize("name", ["log_loss", "d2_log_loss_score"])
def test_one_column_is_of_two_labels(name: str) -> None:
    truth = [[0, 1], [1, 1], [1, 0], [0, 0]]
    for column in ([0.25, 0.5, 0.75, 0.125], [[0.25], [0.5], [0.75], [0.125]]):
        ours = getattr(metrics, name)(truth, column)
        assert ours == pytest.approx(getattr(sklearn.metrics, name)(truth, column), rel=1e-14)


def test_rows_in_many_blocks() -> None:
    random = np.random.default_rng(5)
    truth = random.integers(0, 2, (3000, 40))
    table = random.random((3000, 40))
    for name in ("log_loss", "brier_score_loss", "d2_log_loss_score", "d2_brier_score"):
        ours = quietly(getattr(metrics, name), truth, table, None)
        assert ours == pytest.approx(
            quietly(getattr(sklearn.metrics, name), truth, table, None), rel=1e-12
        )
