"""The Brier score, and D2 scores, against exact arithmetic and against scikit-learn."""

from __future__ import annotations

import inspect
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.errors import UnsupportedError
from lstmetrics.streaming import Loss
from property.strategies import probability_tables
from reference import losses
from reference.exact import round_once, round_to_float32, ulp_distance
from reference.outcome import outcome_of

SETTINGS = settings(max_examples=60)
LABELS: tuple[list[Any], ...] = ([0, 1], [-1, 1], ["a", "é", "\U0001f600"], [3, 5, 7, 2**40])
NAMES = ("brier_score_loss", "d2_brier_score", "d2_log_loss_score")
UNIT = 2.0**-53

Given = tuple[list[Any], Any, list[Any], list[float] | None]


@st.composite
def predictions(draw: st.DrawFn) -> Given:
    labels = draw(st.sampled_from(LABELS))
    rows = draw(st.integers(2, 20))
    table = draw(probability_tables(len(labels), rows, draw(st.sampled_from(["f4", "f8"]))))
    truth = draw(st.lists(st.sampled_from(labels), min_size=rows, max_size=rows))
    weight = st.one_of(st.just(0.0), st.integers(1, 9).map(float), st.floats(1e-3, 1e3))
    amounts = draw(st.none() | st.lists(weight, min_size=rows, max_size=rows).filter(any))
    return truth, table, labels, amounts


def fractions(table: Any) -> list[list[Fraction]]:
    return [[Fraction(p) for p in row] for row in table.tolist()]


def tolerance(table: Any) -> float:
    return 1e-11 if table.dtype == np.float64 else 1e-4


@pytest.mark.parametrize("name", NAMES)
def test_signatures_are_those_of_sklearn(name: str) -> None:
    ours, theirs = (
        inspect.signature(getattr(module, name)).parameters.values()
        for module in (metrics, sklearn.metrics)
    )
    assert [(p.name, p.kind, p.default) for p in ours] == [
        (p.name, p.kind, p.default) for p in theirs
    ]


@SETTINGS
@given(predictions(), st.sampled_from((True, False, "auto")))
def test_brier_score(given_: Given, scale: bool | str) -> None:
    truth, table, labels, amounts = given_
    keywords: dict[str, Any] = {"labels": labels, "sample_weight": amounts, "scale_by_half": scale}
    ours = outcome_of(metrics.brier_score_loss, truth, table, **keywords)
    theirs = outcome_of(sklearn.metrics.brier_score_loss, truth, table, **keywords)
    assert ours.warnings == theirs.warnings
    assert type(ours.value) is float
    assert ours.value == pytest.approx(theirs.value, rel=tolerance(table), abs=1e-30)
    exact = losses.brier(truth, fractions(table), labels, amounts)
    assert exact is not None
    half = scale is True or (scale == "auto" and len(labels) == 2)
    assert ulp_distance(ours.value, round_once(exact / 2 if half else exact)) <= 5 + len(labels)
    state = Loss("brier", labels=labels).update(truth, table, amounts)
    assert state.brier_score(scale_by_half=scale) == ours.value


@SETTINGS
@given(predictions())
def test_d2_brier(given_: Given) -> None:
    truth, table, labels, amounts = given_
    keywords: dict[str, Any] = {"labels": labels, "sample_weight": amounts}
    value = metrics.d2_brier_score(truth, table, **keywords)
    assert type(value) is float
    exact = losses.d2_brier(truth, fractions(table), labels, amounts)
    if exact is None:
        with np.errstate(all="ignore"):
            theirs = sklearn.metrics.d2_brier_score(truth, table, **keywords)
        assert repr(value) in ("nan", "-inf")
        assert math.isfinite(theirs) or repr(value) == repr(theirs)
    else:
        # The losses of the samples are rounded; nothing is lost after that.
        saved = max(1.0, abs(round_once(1 - exact)))
        assert abs(value - round_once(exact)) <= (6 + len(labels)) * UNIT * saved
        theirs = sklearn.metrics.d2_brier_score(truth, table, **keywords)
        assert value == pytest.approx(theirs, rel=tolerance(table), abs=tolerance(table) * saved)
    assert repr(Loss("brier", labels=labels).update(truth, table, amounts).d2()) == repr(value)


@SETTINGS
@given(predictions())
def test_d2_log_loss(given_: Given) -> None:
    truth, table, labels, amounts = given_
    keywords: dict[str, Any] = {"labels": labels, "sample_weight": amounts}
    value = metrics.d2_log_loss_score(truth, table, **keywords)
    assert type(value) is float
    samples = losses.sample_losses(truth, table.tolist(), labels, table.dtype.name)
    exact = losses.d2_log_loss(truth, samples, labels, amounts)
    saved = max(1.0, abs(1 - exact))
    one_label = any(share == 1 for share in losses.shares(truth, labels, amounts))
    if amounts is None or one_label:
        assert abs(value - exact) <= 12 * UNIT * saved
    theirs = sklearn.metrics.d2_log_loss_score(truth, table, **keywords)
    assert value == pytest.approx(theirs, rel=tolerance(table), abs=tolerance(table) * saved)
    state = Loss("log_loss", labels=labels).update(truth, table, amounts)
    assert state.d2() == value


@SETTINGS
@given(
    st.sampled_from([[0, 1], [-1, 1], [3, 7], [-1.0, 4.0], [False, True], ["no", "yes"]]),
    st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=25),
    st.sampled_from(["float32", "float64"]),
    st.data(),
)
def test_probabilities_of_one_label(
    classes: list[Any], pairs: list[tuple[bool, float]], dtype: str, data: st.DataObject
) -> None:
    truth = [classes[hit] for hit, _ in pairs]
    column = [round_to_float32(p) if dtype == "float32" else p for _, p in pairs]
    default = [] if isinstance(classes[0], str) else [None]
    pos_label = data.draw(st.sampled_from([*classes, *default]))
    shape = data.draw(st.sampled_from([(-1,), (-1, 1)]))
    table = np.array(column, dtype).reshape(shape)
    ours = outcome_of(metrics.brier_score_loss, truth, table, pos_label=pos_label)
    theirs = outcome_of(sklearn.metrics.brier_score_loss, truth, table, pos_label=pos_label)
    assert ours.value == pytest.approx(theirs.value, rel=1e-5, abs=1e-7)
    if pos_label is None:
        return
    rows = [[1 - Fraction(p), Fraction(p)] for p in column]
    hits = [label == pos_label for label in truth]
    exact = losses.brier(hits, rows, [False, True])
    assert exact is not None
    if exact > 1e-280:
        assert ulp_distance(ours.value, round_once(exact / 2)) <= 7
    saved = metrics.d2_brier_score(truth, table, pos_label=pos_label)
    expected = losses.d2_brier(hits, rows, [False, True])
    if expected is not None:
        bound = 8 * UNIT * max(1.0, abs(round_once(1 - expected)))
        assert abs(saved - round_once(expected)) <= bound


def test_fewer_than_two_samples() -> None:
    for name in ("d2_brier_score", "d2_log_loss_score"):
        ours = outcome_of(getattr(metrics, name), [1], [0.5])
        theirs = outcome_of(getattr(sklearn.metrics, name), [1], [0.5])
        assert math.isnan(ours.value)
        assert ours.warnings == theirs.warnings
    state = Loss("brier", labels=[0, 1]).update([1], [0.5])
    streamed = outcome_of(state.d2)
    assert math.isnan(streamed.value)
    assert len(streamed.warnings) == 1


def test_what_a_loss_does_not_have() -> None:
    with pytest.raises(UnsupportedError, match=r"Loss\('brier'\)"):
        Loss("log_loss").brier_score()
    with pytest.raises(UnsupportedError, match=r"Loss\.d2"):
        Loss("user").d2()


def test_a_single_label() -> None:
    assert metrics.d2_brier_score([1, 1], [0.5, 1.0]) == -math.inf
    assert math.isnan(metrics.d2_brier_score([1, 1], [1.0, 1.0]))


@pytest.mark.parametrize("times", [1, 3, 1000])
def test_the_shares_themselves_score_zero(times: int) -> None:
    assert metrics.d2_log_loss_score([0, 1] * times, [[0.5, 0.5]] * 2 * times) == 0
    assert metrics.d2_log_loss_score([0, 1, 1, 1] * times, [[0.25, 0.75]] * 4 * times) == 0
