"""Clusters: counts, sums and replicates against loops over samples in exact arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics.streaming import (
    ClusteredConfusion,
    ClusteredLoss,
    ClusteredPairedLoss,
    ClusteredPairedOutcomes,
    Confusion,
    Loss,
    PairedOutcomes,
)
from reference import clusters

SETTINGS = settings(max_examples=40)
UNIT = 2.0**-53
SEED = 11

names = st.sampled_from([["", "a", "é"], [-7, 0, 2**40]])
classes = st.sampled_from([["x", "y"], [0, 1, -1]])


@st.composite
def outcomes(draw: st.DrawFn) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    ids, labels = st.sampled_from(draw(names)), st.sampled_from(draw(classes))
    rows = draw(st.lists(st.tuples(ids, labels, labels, labels), min_size=1, max_size=25))
    return tuple(map(list, zip(*rows, strict=True)))  # type: ignore[return-value]


@st.composite
def weighted(draw: st.DrawFn) -> tuple[list[Any], list[float], list[float], list[float]]:
    ids = st.sampled_from(draw(names))
    loss = st.floats(-1e6, 1e6)
    weight = st.just(0.0) | st.floats(1e-3, 1e3)
    rows = draw(st.lists(st.tuples(ids, loss, loss, weight), min_size=1, max_size=25))
    return tuple(map(list, zip(*rows, strict=True)))  # type: ignore[return-value]


def cells(confusion: Confusion) -> dict[tuple[Any, Any], int]:
    labels, matrix = confusion.labels, confusion.matrix()
    return {
        (labels[i], labels[j]): int(matrix[i, j]) for i, j in zip(*np.nonzero(matrix), strict=True)
    }


@SETTINGS
@given(outcomes())
def test_counts(given_: Any) -> None:
    ids, true, a, b = given_
    one = ClusteredConfusion().update(true, a, ids=ids)
    two = ClusteredPairedOutcomes().update(true, a, b, ids=ids)
    assert one.ids == two.ids == sorted(set(ids))
    assert one.confusion == Confusion().update(true, a)
    pair = PairedOutcomes().update(true, a, b)
    assert two.a.matrix(labels=pair.labels).tolist() == pair.a.matrix(labels=pair.labels).tolist()
    assert two.b.matrix(labels=pair.labels).tolist() == pair.b.matrix(labels=pair.labels).tolist()
    assert two.difference() == pytest.approx(pair.difference(), abs=1e-15)
    assert one.compute()["accuracy"] == pair.a.accuracy()
    for replicate, drawn in enumerate(one._replicates(SEED, 0, 5)):
        assert cells(drawn) == clusters.counts(ids, true, a, SEED, replicate)
    for replicate, (of_a, of_b) in enumerate(two._replicates(SEED, 0, 5)):
        assert cells(of_a) == clusters.counts(ids, true, a, SEED, replicate)
        assert cells(of_b) == clusters.counts(ids, true, b, SEED, replicate)


@SETTINGS
@given(weighted(), st.booleans())
def test_losses(given_: Any, use_weights: bool) -> None:
    ids, a, b, drawn_weights = given_
    weights = drawn_weights if use_weights else None
    amounts = drawn_weights if use_weights else [1.0] * len(ids)
    one = ClusteredLoss().update(a, weights, ids=ids)
    two = ClusteredPairedLoss().update(a, b, weights, ids=ids)
    plain = Loss("user").update_losses(a, weights)
    assert repr(one.value()) == repr(two.a()) == repr(plain.value())
    close(two.b(), clusters.mean(ids, b, amounts), b)
    differences = [Fraction(x) - Fraction(y) for x, y in zip(a, b, strict=True)]
    close(two.difference(), clusters.mean(ids, differences, amounts), a + b)  # type: ignore[arg-type]
    for replicate, means in enumerate(two._state.cluster_replicates(SEED, 0, 4)):
        close(means[0], clusters.mean(ids, a, amounts, SEED, replicate), a)
        close(means[1], clusters.mean(ids, b, amounts, SEED, replicate), b)


def close(value: float, exact: Fraction | None, losses: list[float]) -> None:
    """Terms and sums of clusters are rounded once each."""
    if exact is None:
        assert math.isnan(value)
    else:
        largest = max(Fraction(abs(loss)) for loss in losses)
        assert abs(Fraction(value) - exact) <= 8 * Fraction(UNIT) * largest


@SETTINGS
@given(outcomes(), st.randoms(use_true_random=False))
def test_intervals_do_not_depend_on_shards(given_: Any, random: Any) -> None:
    """The same id in several shards is one cluster."""
    rows = list(zip(*given_, strict=True))
    whole = ClusteredPairedOutcomes().update(*given_[1:], ids=given_[0])
    random.shuffle(rows)
    cut = random.randrange(len(rows) + 1)
    shards = [
        ClusteredPairedOutcomes().update(*columns[1:], ids=columns[0])
        for part in (rows[:cut], rows[cut:])
        if part
        for columns in [list(map(list, zip(*part, strict=True)))]
    ]
    total = ClusteredPairedOutcomes()
    for shard in shards:
        total = shard + total
    ours, theirs = (s.interval("accuracy", replicates=50, seed=SEED) for s in (total, whole))
    assert repr(ours) == repr(theirs)


def test_clusters_widen_intervals() -> None:
    """Samples that repeat one outcome a cluster say no more than one sample a cluster."""
    random = np.random.default_rng(3)
    right = random.integers(0, 2, 60)
    ids = np.repeat(np.arange(60), 20)
    clustered = ClusteredConfusion().update(np.ones(1200, int), np.repeat(right, 20), ids=ids)
    apart = ClusteredConfusion().update(np.ones(60, int), right, ids=np.arange(60))
    wide, same = (s.interval("accuracy", replicates=400) for s in (clustered, apart))
    assert (wide.low, wide.high) == (same.low, same.high)
    naive = clustered.confusion.interval("accuracy", method="bootstrap", replicates=400)
    assert wide.high - wide.low > 3 * (naive.high - naive.low)
