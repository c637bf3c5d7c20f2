"""Two models on the same samples: against the definitions, statsmodels' words and scipy."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sklearn_metrics

from lstmetrics import runtime
from lstmetrics.streaming import Confusion, PairedOutcomes, PairedScores
from property.strategies import TEXTS
from reference import bootstrap
from reference import intervals as reference_intervals
from reference import paired as reference
from reference.exact import round_once

SETTINGS = settings(max_examples=60)
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])
Rows = list[tuple[Any, Any, Any]]


@st.composite
def triples(draw: st.DrawFn, max_size: int = 40) -> Rows:
    """Rows of (true label, prediction of A, prediction of B)."""
    pools = st.one_of(
        st.just([0, 1]),
        st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=4, unique=True),
        st.lists(st.sampled_from(TEXTS), min_size=1, max_size=5, unique=True),
    )
    label = st.sampled_from(draw(pools))
    return draw(st.lists(st.tuples(label, label, label), min_size=1, max_size=max_size))


def paired(rows: Rows) -> PairedOutcomes:
    return PairedOutcomes().update(*zip(*rows, strict=True))


def table_of(rows: Rows) -> reference.Table:
    right = [(t == a, t == b) for t, a, b in rows]
    return reference.Table(
        right.count((True, True)),
        right.count((True, False)),
        right.count((False, True)),
        right.count((False, False)),
    )


def of_table(table: reference.Table) -> PairedOutcomes:
    """A state with such a table, without as many rows: by doubling."""
    state = PairedOutcomes([0, 1])
    for count, (a, b) in zip(table, ((1, 1), (1, 0), (0, 1), (0, 0)), strict=True):
        power = PairedOutcomes([0, 1]).update([1], [a], [b])
        while count:
            if count % 2:
                state.merge(power)
            power.merge(power)
            count //= 2
    return state


counts = st.one_of(st.integers(0, 40), st.integers(0, 10**6))
tables = st.builds(reference.Table, counts, counts, counts, counts).filter(any)


# ---- outcomes -------------------------------------------------------------------------------


@SETTINGS
@given(triples())
def test_each_model_is_a_confusion_of_its_own(rows: Rows) -> None:
    truth, a, b = zip(*rows, strict=True)
    state = paired(rows)
    assert state.a == Confusion().update(truth, a)
    assert state.b == Confusion().update(truth, b)
    assert state.a.to_bytes() == Confusion().update(truth, a).to_bytes()
    assert reference.Table(*state.table().reshape(-1).tolist()) == table_of(rows)
    assert state.samples == len(rows)


@SETTINGS
@given(triples())
def test_differences(rows: Rows) -> None:
    truth, a, b = zip(*rows, strict=True)
    state, table = paired(rows), table_of(rows)
    exact = Fraction(table.only_a - table.only_b, len(rows))
    assert state.difference() == round_once(exact)
    assert state.difference("f1", average="macro", zero_division=0) == (
        Confusion().update(truth, a).f1(average="macro", zero_division=0)
        - Confusion().update(truth, b).f1(average="macro", zero_division=0)
    )
    assert state.difference(lambda c: c.accuracy()) == pytest.approx(float(exact), abs=2**-52)


@SETTINGS
@given(st.integers(0, 600), st.integers(0, 600))
def test_mcnemar_exact(b: int, c: int) -> None:
    found = of_table(reference.Table(1, b, c, 1)).mcnemar()
    assert found.statistic == min(b, c)
    assert found.p_value == round_once(reference.mcnemar_exact(b, c))
    if b + c:
        assert found.p_value == pytest.approx(stats.binomtest(b, b + c).pvalue, rel=1e-9)


@pytest.mark.parametrize(("b", "c"), [(30_000, 30_500), (5_000, 95_000)])
def test_mcnemar_exact_of_many(b: int, c: int) -> None:
    found = of_table(reference.Table(0, b, c, 0)).mcnemar()
    assert found.p_value == round_once(reference.mcnemar_exact(b, c))


@pytest.mark.parametrize("z", [0.3, 1.0, 2.5, 6.0, 12.0, 25.0, 37.0])
@pytest.mark.parametrize("n", [2**20 + 2, 10**8])
def test_mcnemar_of_more_than_can_be_summed(n: int, z: float) -> None:
    """Against the tail summed from its largest term down, in 30 digits."""
    least = int((n - z * math.sqrt(n)) / 2)
    found = of_table(reference.Table(0, least, n - least, 0)).mcnemar().p_value
    with mpmath.workdps(30):
        largest = mpmath.exp(
            mpmath.loggamma(n + 1)
            - mpmath.loggamma(least + 1)
            - mpmath.loggamma(n - least + 1)
            - n * mpmath.log(2)
        )
        tail, term, k = mpmath.mpf(1), mpmath.mpf(1), least
        while term > mpmath.mpf(10) ** -20:
            term = term * k / (n - k + 1)
            tail += term
            k -= 1
        exact = 2 * largest * tail
    assert found == pytest.approx(float(exact), rel=1e-8)


@SETTINGS
@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_mcnemar_chi_square(b: int, c: int) -> None:
    found = of_table(reference.Table(3, b, c, 0)).mcnemar(exact=False)
    statistic, p_value = reference.chi_square(b, c)
    assert found.statistic == pytest.approx(float(statistic), rel=1e-15)
    # The p-value is as far off as its z is.
    spread = 1e-15 * (1 + float(statistic))
    assert found.p_value == pytest.approx(float(p_value), rel=3 * spread, abs=1e-300)


@SETTINGS
@given(tables, levels)
def test_newcombe(table: reference.Table, level: float) -> None:
    found = of_table(table).interval("accuracy", level)
    exact = reference.newcombe(table, level)
    assert found.method == "newcombe"
    assert (found.low, found.high) == pytest.approx(tuple(map(float, exact)), rel=1e-7, abs=1e-9)
    assert -1 <= found.low <= found.estimate <= found.high <= 1


@SETTINGS
@given(tables, levels)
def test_normal(table: reference.Table, level: float) -> None:
    found = of_table(table).interval("accuracy", level, method="normal")
    n, b, c = sum(table), table.only_a, table.only_b
    variance = Fraction(b + c, n**2) - Fraction((b - c) ** 2, n**3)
    with mpmath.workdps(30):
        reach = reference_intervals.critical_value(level) * mpmath.sqrt(
            mpmath.mpf(variance.numerator) / variance.denominator
        )
    low, high = (
        Fraction(b - c, n) - Fraction(float(reach)),
        Fraction(b - c, n) + Fraction(float(reach)),
    )
    assert (found.low, found.high) == pytest.approx((float(low), float(high)), abs=1e-14)


@SETTINGS
@given(triples(max_size=30), st.integers(0, 2**64 - 1), st.integers(0, 2**40))
def test_a_sample_is_drawn_with_both_its_predictions(rows: Rows, seed: int, index: int) -> None:
    drawn: Rows = []
    for row in sorted(set(rows), key=repr):
        drawn += [row] * bootstrap.draw(seed, index, bootstrap.cell_hash(*row), rows.count(row))
    (replicate,) = paired(rows)._replicates(seed, index, 1)
    assert replicate == (paired(drawn) if drawn else PairedOutcomes())
    assert replicate.to_bytes() == PairedOutcomes.from_bytes(replicate.to_bytes()).to_bytes()


@SETTINGS
@given(triples(), st.integers(0, 2**32))
def test_outcomes_of_shards_have_the_same_intervals(rows: Rows, seed: int) -> None:
    shuffled = random.Random(seed).sample(rows, len(rows))
    shards = [paired(shuffled[i::3]) for i in range(3) if shuffled[i::3]]
    total = shards[0]
    for shard in shards[1:]:
        total = shard + total
    arguments = {"average": "micro", "seed": seed, "replicates": 30}
    ours = [state.interval("precision", **arguments) for state in (total, paired(rows))]
    assert repr(ours[0]) == repr(ours[1])


def test_pairing_narrows_the_interval() -> None:
    """Where both models err on the same samples, the difference is better known than either."""
    generator = np.random.default_rng(1)
    truth = generator.integers(0, 3, 2000)
    a = np.where(generator.random(2000) < 0.7, truth, 0)
    b = np.where(generator.random(2000) < 0.95, a, truth)
    state = PairedOutcomes().update(truth, a, b)
    for metric, options in (("accuracy", {}), ("f1", {"average": "macro"})):
        found = state.interval(metric, method="bootstrap", **options)
        of_a = state.a.interval(metric, method="bootstrap", **options)
        assert found.high - found.low < 0.6 * (of_a.high - of_a.low)
    newcombe = state.interval()
    drawn = state.interval(method="bootstrap", replicates=4000)
    assert (drawn.low, drawn.high) == pytest.approx((newcombe.low, newcombe.high), abs=0.002)


# ---- scores ---------------------------------------------------------------------------------

some_scores = st.one_of(
    st.integers(-3, 3).map(float),
    st.floats(-1, 1),
    st.sampled_from([-math.inf, math.inf, 0.0, -0.0, 5e-324, 1e308]),
)


@st.composite
def scored(draw: st.DrawFn) -> tuple[list[bool], list[float], list[float]]:
    rows = draw(
        st.lists(st.tuples(st.booleans(), some_scores, some_scores), min_size=4, max_size=25)
    )
    truth, a, b = map(list, zip(*rows, strict=True))
    assume(2 <= sum(truth) <= len(truth) - 2)
    return truth, a, b


@SETTINGS
@given(scored())
def test_areas_and_delong(columns: tuple[list[bool], list[float], list[float]]) -> None:
    truth, a, b = columns
    state = PairedScores().update(truth, a, b)
    area_a, area_b = reference.area(truth, a), reference.area(truth, b)
    assert state.roc_auc_a() == round_once(area_a)
    assert state.roc_auc_b() == round_once(area_b)
    assert state.difference() == round_once(area_a - area_b)
    variance = reference.delong_variance(truth, a, b)
    assert state.standard_error() == pytest.approx(math.sqrt(variance), rel=1e-15)
    assert (state.standard_error() == 0) == (variance == 0)
    found = state.delong()
    if area_a == area_b:
        assert (found.statistic, found.p_value) == (0.0, 1.0)
    elif variance == 0:
        assert (abs(found.statistic), found.p_value) == (math.inf, 0.0)
    else:
        z = float(area_a - area_b) / math.sqrt(variance)
        assert found.statistic == pytest.approx(z, rel=1e-14)
        assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-12)
        interval = state.interval(level=0.9)
        assert interval.low == pytest.approx(
            max(-1.0, float(area_a - area_b) - 1.6448536269514722 * math.sqrt(variance)), abs=1e-14
        )


def test_a_published_comparison() -> None:
    """Areas as scikit-learn has them; scores with ties."""
    generator = np.random.default_rng(2)
    truth = generator.integers(0, 2, 3000)
    a = (truth + generator.normal(size=3000)).round(1)
    b = (truth * 0.8 + generator.normal(size=3000)).round(1)
    state = PairedScores().update(truth, a, b)
    assert state.roc_auc_a() == pytest.approx(sklearn_metrics.roc_auc_score(truth, a), rel=1e-14)
    assert state.roc_auc_b() == pytest.approx(sklearn_metrics.roc_auc_score(truth, b), rel=1e-14)
    delong, drawn = state.interval(), state.interval(method="bootstrap", replicates=3000)
    assert drawn.replicates == 3000
    assert (drawn.low, drawn.high) == pytest.approx((delong.low, delong.high), abs=0.003)


@SETTINGS
@given(scored(), st.integers(0, 2**32))
def test_score_replicates_are_the_described_ones(
    columns: tuple[list[bool], list[float], list[float]], seed: int
) -> None:
    truth, a, b = columns
    state = PairedScores().update(truth, a, b)
    rows = [(int(t), x + 0.0, y + 0.0) for t, x, y in zip(truth, a, b, strict=True)]
    for index, found in enumerate(state._state.area_difference_replicates(seed, 4)):
        drawn = []
        for row in sorted(set(rows)):
            label, *both = row
            bits = np.array(both).view(np.uint64).tolist()
            cell = bootstrap.then(bootstrap.label_hash(label), *bits)
            drawn += [row] * bootstrap.draw(seed, index, cell, rows.count(row))
        if len({label for label, _, _ in drawn}) < 2:
            assert math.isnan(found)
        else:
            labels, xs, ys = zip(*drawn, strict=True)
            assert found == round_once(
                reference.area([bool(t) for t in labels], xs)
                - reference.area([bool(t) for t in labels], ys)
            )


@pytest.mark.parametrize("level", runtime.available_isa_levels())
@pytest.mark.parametrize("threads", [1, 2])
def test_levels_threads_and_batches_never_show(level: str, threads: int) -> None:
    generator = np.random.default_rng(3)
    truth, a, b = generator.integers(0, 2, 5000), *generator.random((2, 5000)).round(3)
    whole = PairedScores().update(truth, a, b)
    expected = whole.interval(method="bootstrap", replicates=50)
    runtime.set_isa(level)
    runtime.set_num_threads(threads)
    parts = PairedScores()
    for begin in range(4500, -500, -500):
        rows = slice(begin, begin + 500)
        parts.update(truth[rows], a[rows], b[rows])
    assert parts == whole
    assert parts.to_bytes() == whole.to_bytes()
    assert parts.interval(method="bootstrap", replicates=50) == expected
