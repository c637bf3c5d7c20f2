"""Intervals of multilabel counts: as described, as wide as they must be, the same bits always."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import _arrays, runtime
from lstmetrics.errors import UnsupportedError
from lstmetrics.streaming import Interval, MultilabelConfusion
from property.strategies import Indicators, indicators
from reference import bootstrap
from reference import intervals as reference
from reference.exact import round_once, ulp_distance

SETTINGS = settings(max_examples=40)
RATES = ("precision", "recall", "f1", "jaccard")
seeds = st.integers(0, 2**64 - 1)
Cell = tuple[int, int, int]  # right, predicted, true


def cells_of(pair: Indicators) -> list[Cell]:
    return [
        (sum(a and b for a, b in zip(t, p, strict=True)), sum(p), sum(t))
        for t, p in zip(*pair, strict=True)
    ]


def in_order(cell: Cell, labels: int) -> tuple[list[int], list[int]]:
    """A sample that comes to this: right labels first, then those too many, then those missing."""
    right, predicted, true = cell
    missing = true - right
    return (
        [1] * right
        + [0] * (predicted - right)
        + [1] * missing
        + [0] * (labels - predicted - missing),
        [1] * predicted + [0] * (labels - predicted),
    )


def drawn_cells(pair: Indicators, seed: int, index: int) -> dict[Cell, int]:
    counts = Counter(cells_of(pair))
    drawn = {
        cell: bootstrap.draw(seed, index, bootstrap.hashed(*cell), count)
        for cell, count in counts.items()
    }
    return {cell: times for cell, times in drawn.items() if times}


@SETTINGS
@given(indicators(), seeds, st.integers(0, 2**40))
def test_replicates_are_the_described_ones(pair: Indicators, seed: int, index: int) -> None:
    (replicate,) = MultilabelConfusion().update(*pair)._replicates(seed, index, 1)
    drawn = drawn_cells(pair, seed, index)
    assert replicate.samples == sum(drawn.values())
    if drawn:
        labels = len(pair[0][0])
        rows = [in_order(cell, labels) for cell, times in drawn.items() for _ in range(times)]
        true, predicted = zip(*rows, strict=True)
        assert replicate == MultilabelConfusion().update(true, predicted)


@SETTINGS
@given(indicators(), seeds, st.data())
def test_replicates_of_weights(pair: Indicators, seed: int, data: st.DataObject) -> None:
    amounts = data.draw(st.lists(st.integers(1, 64), min_size=len(pair[0]), max_size=len(pair[0])))
    weights = [amount / 8 for amount in amounts]
    (replicate,) = MultilabelConfusion().update(*pair, weights)._replicates(seed, 3, 1)
    cells = cells_of(pair)
    right = predicted = Fraction(0)
    for cell, times in drawn_cells(pair, seed, 3).items():
        here = [weight for weight, one in zip(weights, cells, strict=True) if one == cell]
        share = Fraction(sum(here) * (times / len(here)))
        right += share * cell[0]
        predicted += share * cell[1]
    found = replicate.precision(average="micro", zero_division=0)
    expected = round_once(right / predicted) if predicted else 0.0
    assert ulp_distance(found, expected) <= 1


@SETTINGS
@given(indicators(), st.integers(0, 2**32), st.sampled_from(["micro", "macro", "samples"]))
def test_order_and_shards_never_show(pair: Indicators, seed: int, average: str) -> None:
    rows = list(zip(*pair, strict=True))
    random.Random(seed).shuffle(rows)
    cut = seed % len(rows)
    merged = MultilabelConfusion()
    for part in (rows[cut:], rows[:cut]):
        if part:
            merged = merged + MultilabelConfusion().update(*zip(*part, strict=True))
    options = {"average": average, "zero_division": 0, "seed": seed, "replicates": 40}
    whole = MultilabelConfusion().update(*pair)
    assert repr(merged.interval("f1", **options)) == repr(whole.interval("f1", **options))


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("level", runtime.available_isa_levels())
def test_levels_and_threads_never_show(level: str, threads: int) -> None:
    runtime.set_isa(level)
    runtime.set_num_threads(threads)
    state = MultilabelConfusion().update(*noisy(5000, 7, seed=4, together=0.5))
    found = [
        state.interval("f1", average=average, zero_division=0, replicates=64)
        for average in ("micro", "samples", "weighted")
    ]
    state = state.update(*noisy(500, 7, seed=5, together=0.5), np.full(500, 0.3))
    found.append(state.interval("recall", average="micro", zero_division=0, replicates=64))
    assert [(one.low.hex(), one.high.hex()) for one in found] == [
        ("0x1.95c16570595c1p-1", "0x1.9b05f1c02d6f0p-1"),
        ("0x1.7e9794bbae1a7p-1", "0x1.864f5de878453p-1"),
        ("0x1.90d77fff94c51p-1", "0x1.9e8126c8f9472p-1"),
        ("0x1.a43714a1485f2p-1", "0x1.aadd6e06b900ap-1"),
    ]


# ---- single labels, and averages over them --------------------------------------------------


@SETTINGS
@given(indicators(max_labels=9), st.sampled_from([0.5, 0.9, 0.95, 0.99]), st.data())
def test_a_label_is_a_proportion_of_samples(
    pair: Indicators, level: float, data: st.DataObject
) -> None:
    state = MultilabelConfusion().update(*pair)
    label = data.draw(st.integers(0, state.n_labels - 1))
    (_, fp), (fn, tp) = state.against_rest(labels=[label])[0].tolist()
    trials = {"precision": tp + fp, "recall": tp + fn}
    for rate in RATES:
        count = trials.get(rate, tp + fp + fn)
        options: Any = {"labels": [label], "average": "macro", "zero_division": 0}
        found = state.interval(rate, level, **options)
        if count == 0:
            assert (found.low, found.high) == (0.0, 0.0)
            continue
        bounds = [float(bound) for bound in reference.wilson(tp, count, level)]
        if rate == "f1":
            bounds = [2 * bound / (1 + bound) for bound in bounds]
        assert (found.low, found.high) == pytest.approx(bounds, rel=1e-13, abs=1e-14)
        assert found.low <= found.estimate + 1e-15
        assert found.estimate <= found.high + 1e-15


@SETTINGS
@given(indicators(max_labels=9), st.sampled_from(RATES), st.sampled_from(["macro", "weighted"]))
def test_averages_of_labels(pair: Indicators, rate: str, average: str) -> None:
    state = MultilabelConfusion().update(*pair)
    found = state.interval(rate, average=average, zero_division=0)
    each = [
        state.interval(rate, labels=[label], average="macro", zero_division=0)
        for label in range(state.n_labels)
    ]
    support = state.support().tolist()
    shares = support if average == "weighted" and any(support) else [1] * len(each)
    for side in ("low", "high"):
        products = [Fraction(getattr(one, side)) * n for one, n in zip(each, shares, strict=True)]
        expected = float(sum(products, Fraction(0)) / sum(shares))
        assert getattr(found, side) == pytest.approx(expected, rel=1e-13, abs=1e-300)
    assert found.method == "wilson"


def test_a_rate_over_nothing_is_what_it_is_said_to_be() -> None:
    state = MultilabelConfusion().update([[1, 0], [1, 0]], [[1, 0], [0, 0]])
    alone = state.interval("recall", labels=[0], average="macro")
    with_nan = state.interval("recall", average="macro", zero_division=np.nan)
    assert (with_nan.low, with_nan.high) == (alone.low, alone.high) == _arrays.wilson(1, 2, 0.95)
    with_one = state.interval("recall", average="macro", zero_division=1)
    assert with_one.low == pytest.approx((alone.low + 1) / 2)


# ---- how wide -------------------------------------------------------------------------------


def noisy(
    rows: int, labels: int, *, seed: int, together: float
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Labels that are often true, and often wrong, together where `together` is large."""
    generator = np.random.default_rng(seed)
    mood = generator.random((rows, 1)) < 0.5
    alike = generator.random((rows, labels)) < together
    own = generator.random((rows, labels)) < 0.5
    true = (generator.random((rows, labels)) < 0.4).astype(np.int8)
    wrong = generator.random((rows, labels)) < np.where(np.where(alike, mood, own), 0.3, 0.05)
    return true, true ^ wrong


@pytest.fixture(scope="module")
def everything() -> dict[float, MultilabelConfusion]:
    """All that there is: what samples are drawn from."""
    return {
        together: MultilabelConfusion().update(*noisy(400_000, 6, seed=1, together=together))
        for together in (0.0, 1.0)
    }


def covered(everything: MultilabelConfusion, together: float, rate: str, average: str) -> float:
    """How often an interval of level 0.9 holds the truth, over 300 samples."""
    truth = everything.interval(rate, average=average, zero_division=0, replicates=1).estimate
    inside = 0
    for seed in range(300):
        state = MultilabelConfusion().update(*noisy(250, 6, seed=100 + seed, together=together))
        found: Interval = state.interval(
            rate, 0.9, average=average, zero_division=0, replicates=199
        )
        inside += found.low <= truth <= found.high
    return inside / 300


@pytest.mark.parametrize("together", [0.0, 1.0])
@pytest.mark.parametrize("average", ["micro", "samples"])
def test_coverage_of_whole_samples(
    everything: dict[float, MultilabelConfusion], together: float, average: str
) -> None:
    # Three standard errors of a share of 0.9 in 300.
    assert 0.848 <= covered(everything[together], together, "f1", average) <= 0.952


@pytest.mark.parametrize("together", [0.0, 1.0])
@pytest.mark.parametrize("rate", RATES)
def test_averages_of_labels_hold_at_least(
    everything: dict[float, MultilabelConfusion], together: float, rate: str
) -> None:
    assert covered(everything[together], together, rate, "macro") >= 0.9


def test_what_has_no_interval() -> None:
    state = MultilabelConfusion().update([[1, 0], [1, 1]], [[1, 0], [0, 1]])
    with pytest.raises(UnsupportedError, match="not for 'fbeta'"):
        state.interval("fbeta", beta=2.0, average="macro")
    with pytest.raises(UnsupportedError, match="not for 'f1'"):
        state.interval("f1", average="macro", method="bootstrap")
    with pytest.raises(UnsupportedError, match="metric of your own"):
        state.interval(lambda one: one.accuracy())
    state.update([[1, 1]], [[1, 0]], [0.5])
    with pytest.raises(UnsupportedError, match="not for 'f1'"):
        state.interval("f1", average="weighted")
