"""Intervals of streaming states: against definitions, and the same bits however they came to be."""

from __future__ import annotations

import math
import random
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sklearn_metrics

from lstmetrics import _arrays, runtime
from lstmetrics.streaming import Confusion, Interval, Loss, Tokens
from property.strategies import Columns, label_pairs
from reference import bootstrap
from reference import intervals as reference

SETTINGS = settings(max_examples=40)
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.999])
seeds = st.integers(0, 2**64 - 1)


# ---- formulas -------------------------------------------------------------------------------


@SETTINGS
@given(st.integers(1, 10**12), st.data(), levels)
def test_wilson(trials: int, data: st.DataObject, level: float) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = _arrays.wilson(successes, trials, level)
    exact_low, exact_high = reference.wilson(successes, trials, level)
    assert high == pytest.approx(float(exact_high), rel=1e-14)
    # The lower bound comes of a difference; so does what is left above the upper one.
    assert low == pytest.approx(float(exact_low), rel=1e-14, abs=1e-15)
    assert (low == 0.0) == (successes == 0)
    assert (high == 1.0) == (successes == trials)


@SETTINGS
@given(st.integers(1, 500), st.data(), levels)
def test_wilson_as_scipy_has_it(trials: int, data: st.DataObject, level: float) -> None:
    successes = data.draw(st.integers(0, trials))
    theirs = stats.binomtest(successes, trials).proportion_ci(level, method="wilson")
    ours = _arrays.wilson(successes, trials, level)
    assert ours == pytest.approx((theirs.low, theirs.high), rel=1e-11, abs=1e-12)


@SETTINGS
@given(st.lists(st.one_of(st.floats(), st.integers(-3, 3).map(float)), min_size=1), levels)
def test_percentiles(values: list[float], level: float) -> None:
    found, used = _arrays.percentile_bounds(np.array(values), level)
    kept = [value for value in values if not math.isnan(value)]
    assert used == len(kept)
    if kept:
        assert found == reference.percentiles(values, level)
    else:
        assert all(map(math.isnan, found))


@pytest.mark.parametrize("replicates", [1, 39, 99, 199, 999, 1000, 1999])
@pytest.mark.parametrize("level", [0.5, 0.8, 0.9, 0.95, 0.99])
def test_ranks_are_those_of_the_level_as_written(replicates: int, level: float) -> None:
    values = np.arange(float(replicates))
    assert _arrays.percentile_bounds(values, level)[0] == reference.percentiles(values, level)


# ---- replicates -----------------------------------------------------------------------------


def naive_replicate(pairs: Columns, seed: int, index: int) -> dict[tuple[Any, Any], int]:
    """The cells of a replicate, by the description of the draws."""
    counts: dict[tuple[Any, Any], int] = {}
    for pair in zip(*pairs, strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    drawn = {
        pair: bootstrap.draw(seed, index, bootstrap.cell_hash(*pair), count)
        for pair, count in counts.items()
    }
    return {pair: count for pair, count in drawn.items() if count}


@SETTINGS
@given(label_pairs(max_size=30), seeds, st.integers(0, 2**40))
def test_replicates_are_the_described_ones(pairs: Columns, seed: int, index: int) -> None:
    state = Confusion().update(*pairs)
    (replicate,) = state._replicates(seed, index, 1)
    expected = naive_replicate(pairs, seed, index)
    if expected:
        rows, columns, counts = zip(
            *((*pair, count) for pair, count in expected.items()), strict=True
        )
        repeated = [
            [label for label, n in zip(side, counts, strict=True) for _ in range(n)]
            for side in (rows, columns)
        ]
        assert replicate == Confusion().update(*repeated)
    else:
        assert replicate == Confusion()


@SETTINGS
@given(label_pairs(), st.integers(0, 2**32))
def test_order_shards_and_form_never_show(pairs: Columns, seed: int) -> None:
    """Bits depend on the state alone: neither on how it was fed, nor on what is declared."""
    rows = list(zip(*pairs, strict=True))
    random.Random(seed).shuffle(rows)
    cut = seed % len(rows)
    shards = [
        Confusion().update(*zip(*part, strict=True)) for part in (rows[:cut], rows[cut:]) if part
    ]
    merged = shards[-1]
    for shard in shards[:-1]:
        merged = merged + shard
    options = {"average": "macro", "zero_division": 0, "seed": seed, "replicates": 40}
    whole = Confusion().update(*pairs)
    assert repr(merged.interval("f1", **options)) == repr(whole.interval("f1", **options))


def test_dense_and_hashed_cells_draw_the_same() -> None:
    generator = np.random.default_rng(3)
    y_true, y_pred = generator.integers(0, 90, (2, 500))
    small = Confusion().update(y_true, y_pred)
    # Three thousand labels more make it a hash table; their cells are of one sample each.
    large = Confusion(range(3090)).update(y_true, y_pred)
    for ours, theirs in zip(small._replicates(5, 0, 3), large._replicates(5, 0, 3), strict=True):
        labels = ours.labels
        assert (ours.matrix() == theirs.matrix(labels=labels)).all()
        assert ours.samples == theirs.samples


@pytest.mark.parametrize("level", runtime.available_isa_levels())
@pytest.mark.parametrize("threads", [1, 2])
def test_levels_and_threads_never_show(level: str, threads: int) -> None:
    generator = np.random.default_rng(4)
    y_true, y_pred = generator.integers(0, 4, (2, 100_000))
    state = Confusion().update(y_true, y_pred)
    expected = state.interval("matthews_corrcoef", seed=9, replicates=100)
    runtime.set_isa(level)
    runtime.set_num_threads(threads)
    assert state.interval("matthews_corrcoef", seed=9, replicates=100) == expected


def test_replicates_do_not_depend_on_how_many_are_asked_for() -> None:
    state = Confusion.from_matrix([[50, 60], [7, 80]], [0, 1])
    many = state._replicates(1, 0, 20)
    assert many[7:9] == state._replicates(1, 7, 2)
    assert many != state._replicates(2, 0, 20)
    assert len({replicate.to_bytes() for replicate in many}) == 20


def test_cells_are_drawn_independently_with_their_counts_as_means() -> None:
    matrix = np.array([[3, 40, 1000], [1, 0, 9], [200, 33, 100_000]])
    state = Confusion.from_matrix(matrix, ["a", "b", "c"])
    drawn = np.array(
        [r.matrix(labels=["a", "b", "c"]).reshape(-1) for r in state._replicates(0, 0, 4000)]
    )
    means = matrix.reshape(-1)
    assert (drawn[:, means == 0] == 0).all()
    drawn, means = drawn[:, means > 0], means[means > 0]
    assert (np.abs(drawn.mean(0) - means) <= 4.5 * np.sqrt(means / 4000)).all()
    off = np.corrcoef(drawn.T) - np.eye(len(means))
    assert np.abs(off).max() < 4.5 / math.sqrt(4000)


# ---- what they are for ----------------------------------------------------------------------


def test_as_wide_as_the_bootstrap_that_draws_rows() -> None:
    generator = np.random.default_rng(5)
    y_true = generator.integers(0, 3, 600)
    y_pred = np.where(generator.random(600) < 0.7, y_true, generator.integers(0, 3, 600))
    ours = Confusion().update(y_true, y_pred).interval("f1", average="macro", replicates=4000)
    scores = [
        sklearn_metrics.f1_score(y_true[rows], y_pred[rows], average="macro")
        for rows in generator.integers(0, 600, (1000, 600))
    ]
    low, high = np.quantile(scores, [0.025, 0.975])
    assert (ours.low, ours.high) == pytest.approx((low, high), abs=0.006)


@pytest.mark.parametrize(
    ("metric", "options", "truth"),
    [
        ("accuracy", {}, 0.8),
        ("recall", {"pos_label": 1}, 0.9),
        ("f1", {"pos_label": 1}, 2 * 0.36 / (0.4 + 0.52)),
        ("accuracy", {"method": "bootstrap"}, 0.8),
    ],
)
def test_coverage(metric: str, options: dict[str, Any], truth: float) -> None:
    """Of 400 samples of 500, 95 % of the intervals hold the truth: 380 of them, 13 off at most."""
    generator = np.random.default_rng(6)
    cells = [0.44, 0.16, 0.04, 0.36]
    hits = 0
    for counts in generator.multinomial(500, cells, 400):
        state = Confusion.from_matrix(counts.reshape(2, 2), [0, 1])
        found = state.interval(metric, replicates=199, **options)
        hits += found.low <= truth <= found.high
    assert 367 <= hits <= 393


@SETTINGS
@given(st.lists(st.integers(-800, 800).map(lambda k: k / 8), min_size=2, max_size=50), levels)
def test_mean_loss(losses: list[float], level: float) -> None:
    loss = Loss("user").update_losses(losses)
    found = loss.interval("value", level)
    z = float(reference.critical_value(level))
    reach = z * loss.standard_error()
    assert found == Interval(
        loss.value(),
        pytest.approx(loss.value() - reach),
        pytest.approx(loss.value() + reach),
        level,
        "normal",
    )
    if len(set(losses)) > 1:
        sem = stats.sem(losses)
        theirs = stats.norm.interval(level, np.mean(losses), sem)
        assert (found.low, found.high) == pytest.approx(theirs, rel=1e-6, abs=1e-6)


@SETTINGS
@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), min_size=2, max_size=40), levels)
def test_tokens(rows: list[tuple[float, bool]], level: float) -> None:
    nll, correct = map(list, zip(*rows, strict=True))
    tokens = Tokens().update_nll(nll, correct=correct, characters=7, bytes=9)
    entropy = tokens.interval("cross_entropy", level)
    assert (entropy.low, entropy.high) == Loss("user").update_losses(nll)._state.bounds(level)
    for name, of in {
        "perplexity": math.exp,
        "bits_per_token": lambda x: x / math.log(2),
        "bits_per_character": lambda x: x * len(nll) / math.log(2) / 7,
        "bits_per_byte": lambda x: x * len(nll) / math.log(2) / 9,
    }.items():
        found = tokens.interval(name, level)
        assert found.method == "normal"
        assert found.estimate == getattr(tokens, name)()
        assert (found.low, found.high) == pytest.approx((of(entropy.low), of(entropy.high)))
    accuracy = tokens.interval("token_accuracy", level)
    assert accuracy.method == "wilson"
    assert (accuracy.low, accuracy.high) == _arrays.wilson(sum(correct), len(correct), level)


@SETTINGS
@given(label_pairs(max_labels=2), levels)
def test_proportions(pairs: Columns, level: float) -> None:
    state = Confusion().update(*pairs)
    y_true, y_pred = pairs
    right = sum(t == p for t, p in zip(y_true, y_pred, strict=True))
    found = state.interval("accuracy", level)
    assert (found.low, found.high) == _arrays.wilson(right, len(y_true), level)
    wrong = state.interval("zero_one_loss", level)
    assert (wrong.low, wrong.high) == _arrays.wilson(len(y_true) - right, len(y_true), level)
    label = y_true[0]
    hits = sum(t == p == label for t, p in zip(y_true, y_pred, strict=True))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for options in ({"pos_label": label}, {"labels": [label], "average": "macro"}):
            recall = state.interval("recall", level, **options)
            assert (recall.low, recall.high) == _arrays.wilson(hits, y_true.count(label), level)
            precision = state.interval("precision", level, **options)
            if label in y_pred:
                expected = _arrays.wilson(hits, y_pred.count(label), level)
                assert (precision.low, precision.high) == expected
            else:
                assert math.isnan(precision.low)
