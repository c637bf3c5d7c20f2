"""Curves and areas against their definitions in fractions, and against scikit-learn."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstmetrics import metrics, runtime
from lstmetrics.streaming import Scores
from property.strategies import strided, weights
from reference import ranking as reference
from reference.exact import round_once, ulp_distance
from reference.outcome import outcome_of

SETTINGS = settings(max_examples=50)
PAIRS: tuple[tuple[Any, Any], ...] = (
    (0, 1),
    (-1, 1),
    (3, 7),
    ("ham", "spam"),
    (False, True),
    ("é", "日本"),
)
DTYPES = ("float16", "float32", "float64", "int8", "int64")
CURVES = ("roc_curve", "precision_recall_curve", "det_curve")


@st.composite
def scored(draw: st.DrawFn, both: bool = False, weighted: bool | None = None) -> Any:
    """Hits, scores with ties of any number type and layout, and weights or None."""
    dtype = draw(st.sampled_from(DTYPES))
    if dtype.startswith("float"):
        width = {"float16": 16, "float32": 32, "float64": 64}[dtype]
        score: Any = st.one_of(
            st.sampled_from([0.0, -0.0, 0.5, 1.0, -1.0]),
            st.floats(allow_nan=False, allow_infinity=False, width=width),
        )
    else:
        score = st.integers(-3, 3)
    pairs = draw(st.lists(st.tuples(st.booleans(), score), min_size=1, max_size=30))
    if both:
        pairs = [*pairs, (True, draw(score)), (False, draw(score))]
    hits = [hit for hit, _ in pairs]
    scores = draw(strided(np.array([value for _, value in pairs], dtype)))
    chosen = draw(st.booleans()) if weighted is None else weighted
    return hits, scores, draw(weights(len(hits))) if chosen else None


def _weighs_nothing(hits: list[bool], sample_weight: list[float] | None) -> bool:
    """Whether a class is there whose samples all weigh nothing: scikit-learn divides by zero."""
    return sample_weight is not None and any(
        own in hits and not any(w for hit, w in zip(hits, sample_weight, strict=True) if hit == own)
        for own in (False, True)
    )


def _without_numpys(warnings: tuple[tuple[type[Warning], str], ...]) -> Any:
    """Leave out what numpy says of a division by zero on scikit-learn's way."""
    return tuple(one for one in warnings if not issubclass(one[0], RuntimeWarning))


@SETTINGS
@given(scored(both=True, weighted=False))
def test_an_unweighted_area_is_the_correctly_rounded_one(given: Any) -> None:
    hits, scores, _ = given
    exact = reference.roc_auc(reference.weighted(hits, scores.tolist(), None))
    assert exact is not None
    assert metrics.roc_auc_score(hits, scores) == round_once(exact)


@SETTINGS
@given(scored(both=True, weighted=True))
def test_a_weighted_area_is_close_to_the_exact_one(given: Any) -> None:
    hits, scores, sample_weight = given
    exact = reference.roc_auc(reference.weighted(hits, scores.tolist(), sample_weight))
    ours = outcome_of(metrics.roc_auc_score, hits, scores, sample_weight=sample_weight)
    if exact is None:
        assert np.isnan(ours.value)
    else:
        assert ulp_distance(ours.value, round_once(exact)) <= 8


@SETTINGS
@given(scored(both=True, weighted=False), st.sampled_from([0.01, 0.1, 1 / 3, 0.5, 0.999, 1.0]))
def test_a_partial_area(given: Any, max_fpr: float) -> None:
    hits, scores, _ = given
    samples = reference.weighted(hits, scores.tolist(), None)
    exact = reference.partial_roc_auc(samples, Fraction(max_fpr))
    assert exact is not None
    ours = metrics.roc_auc_score(hits, scores, max_fpr=max_fpr)
    assert ours == pytest.approx(round_once(exact), rel=0, abs=2**-48)


@SETTINGS
@given(scored())
def test_average_precision(given: Any) -> None:
    hits, scores, sample_weight = given
    samples = reference.weighted(hits, scores.tolist(), sample_weight)
    ours = outcome_of(metrics.average_precision_score, hits, scores, sample_weight=sample_weight)
    assert ulp_distance(ours.value, round_once(reference.average_precision(samples))) <= 40
    theirs = outcome_of(
        sklearn.metrics.average_precision_score, hits, scores, sample_weight=sample_weight
    )
    assert ours.warnings == theirs.warnings


@SETTINGS
@given(scored(weighted=False))
def test_points_of_unweighted_curves_are_the_correctly_rounded_ones(given: Any) -> None:
    hits, scores, _ = given
    samples = reference.weighted(hits, scores.tolist(), None)
    fpr, tpr, at = outcome_of(metrics.roc_curve, hits, scores, drop_intermediate=False).value
    points = reference.roc_points(samples)
    assert at.tolist() == [threshold for _, _, threshold in points]
    for ours, exact in zip(
        [*fpr, *tpr], [x for x, _, _ in points] + [y for _, y, _ in points], strict=True
    ):
        assert np.isnan(ours) if exact is None else ours == round_once(exact)
    counts = metrics.confusion_matrix_at_thresholds(hits, scores)
    for row, ours_row in zip(reference.outcomes(samples), zip(*counts, strict=True), strict=True):
        assert list(ours_row) == [float(value) for value in row]


@pytest.mark.parametrize("name", CURVES)
@SETTINGS
@given(scored(), st.sampled_from(PAIRS), st.booleans(), st.data())
def test_curves_are_scikit_learns(
    name: str, given: Any, labels: tuple[Any, Any], drop: bool, data: st.DataObject
) -> None:
    hits, scores, sample_weight = given
    truth = [labels[hit] for hit in hits]
    options: dict[str, Any] = {"sample_weight": sample_weight, "drop_intermediate": drop}
    if labels[1] != 1 or data.draw(st.booleans()):
        options["pos_label"] = data.draw(st.sampled_from(labels))
    ours = outcome_of(getattr(metrics, name), truth, scores, **options)
    theirs = outcome_of(getattr(sklearn.metrics, name), truth, scores, **options)
    assert ours.message == theirs.message
    assert ours.warnings == _without_numpys(theirs.warnings)
    if theirs.error is not None or _weighs_nothing(hits, sample_weight):
        return
    exact_weights = sample_weight is None or all(w == int(w) and w < 2**20 for w in sample_weight)
    for mine, other in zip(ours.value, theirs.value, strict=True):
        if not exact_weights and (drop or len(mine) != len(other)):
            return  # what lies on a line, or adds nothing, is a matter of rounding there
        assert mine.dtype == other.dtype
        np.testing.assert_allclose(mine, other, rtol=1e-9, atol=1e-12)


@SETTINGS
@given(scored(), st.sampled_from(PAIRS), st.sampled_from([None, 0.3, 1.0]))
def test_binary_areas_are_scikit_learns(given: Any, labels: tuple[Any, Any], max_fpr: Any) -> None:
    hits, scores, sample_weight = given
    truth = [labels[hit] for hit in hits]
    options = {"sample_weight": sample_weight, "max_fpr": max_fpr}
    ours = outcome_of(metrics.roc_auc_score, truth, scores, **options)
    theirs = outcome_of(sklearn.metrics.roc_auc_score, truth, scores, **options)
    if _weighs_nothing(hits, sample_weight) and max_fpr == 0.3:
        return
    assert ours.message == theirs.message
    assert ours.warnings == _without_numpys(theirs.warnings)
    if theirs.error is None:
        assert ours.value == pytest.approx(theirs.value, rel=1e-9, abs=1e-9, nan_ok=True)


@st.composite
def tables(draw: st.DrawFn) -> Any:
    """True classes and rows of probabilities."""
    classes = draw(st.integers(3, 5))
    truth = draw(st.lists(st.integers(0, classes - 1), min_size=classes, max_size=20))
    truth = [*range(classes), *truth]
    parts = draw(
        st.lists(
            st.lists(st.integers(1, 8), min_size=classes, max_size=classes),
            min_size=len(truth),
            max_size=len(truth),
        )
    )
    table = np.array(parts, np.float64)
    return truth, table / table.sum(axis=1, keepdims=True)


@SETTINGS
@given(tables(), st.booleans())
def test_one_against_one_is_hand_and_tills(given: Any, by_size: bool) -> None:
    truth, table = given
    average = "weighted" if by_size else "macro"
    ours = metrics.roc_auc_score(truth, table, multi_class="ovo", average=average)
    exact = reference.hand_till(truth, table.tolist(), by_size)
    assert ulp_distance(ours, round_once(exact)) <= 8


@SETTINGS
@given(
    tables(),
    st.sampled_from(["ovr", "ovo", "raise"]),
    st.sampled_from(["micro", "macro", "weighted", "samples", None]),
    st.booleans(),
    st.data(),
)
def test_multiclass_areas_are_scikit_learns(
    given: Any, multi_class: str, average: Any, named: bool, data: st.DataObject
) -> None:
    truth, table = given
    names = ["a", "b", "c", "d", "é"][: table.shape[1]]
    labels = data.draw(st.sampled_from([None, sorted(set(truth)), [0, 1], [2, 1, 0]]))
    if named:
        truth = [names[t] for t in truth]
        labels = None if labels is None else names
    sample_weight = data.draw(st.one_of(st.none(), weights(len(truth))))
    options = {
        "multi_class": multi_class,
        "average": average,
        "labels": labels,
        "sample_weight": sample_weight,
    }
    ours = outcome_of(metrics.roc_auc_score, truth, table, **options)
    theirs = outcome_of(sklearn.metrics.roc_auc_score, truth, table, **options)
    assert ours.message == theirs.message
    if theirs.error is None:
        np.testing.assert_allclose(ours.value, theirs.value, rtol=1e-9, atol=1e-9)
    ap = {"average": average, "sample_weight": sample_weight}
    mine = outcome_of(metrics.average_precision_score, truth, table, **ap)
    other = outcome_of(sklearn.metrics.average_precision_score, truth, table, **ap)
    assert mine.message == other.message
    if other.error is None:
        np.testing.assert_allclose(mine.value, other.value, rtol=1e-9, atol=1e-9)


@SETTINGS
@given(st.data(), st.sampled_from(["micro", "macro", "weighted", "samples", None]))
def test_multilabel_areas_are_scikit_learns(data: st.DataObject, average: Any) -> None:
    rows, columns = data.draw(st.integers(2, 10)), data.draw(st.integers(2, 4))
    size = rows * columns
    bits = data.draw(st.lists(st.integers(0, 1), min_size=size, max_size=size))
    scores = data.draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    truth = np.array(bits).reshape(rows, columns)
    if len(np.unique(truth)) < 2:
        truth[0, 0] = 1 - truth[0, 0]
    table = np.array(scores, np.float64).reshape(rows, columns)
    sample_weight = data.draw(st.one_of(st.none(), weights(rows)))
    max_fpr = data.draw(st.sampled_from([None, 0.4]))
    if average == "weighted" and sample_weight is not None:
        assume(np.dot(truth.sum(axis=1), sample_weight) > 1e-7)  # less counts as nothing there
    for name, options in (
        ("roc_auc_score", {"max_fpr": max_fpr}),
        ("average_precision_score", {}),
    ):
        options = options | {"average": average, "sample_weight": sample_weight}
        ours = outcome_of(getattr(metrics, name), truth, table, **options)
        theirs = outcome_of(getattr(sklearn.metrics, name), truth, table, **options)
        if theirs.message.startswith("At least 2 points"):
            continue  # of NaN, which stands where a class weighs nothing; ours is NaN
        assert ours.message == theirs.message
        assert {kind for kind, _ in ours.warnings} == {
            kind for kind, _ in _without_numpys(theirs.warnings)
        }
        if theirs.error is None:
            np.testing.assert_allclose(ours.value, theirs.value, rtol=1e-8, atol=1e-8)


@SETTINGS
@given(
    st.lists(st.tuples(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6)), min_size=2, max_size=20),
    st.booleans(),
)
def test_area_under_given_points(points: list[tuple[float, float]], descending: bool) -> None:
    points = sorted(points, reverse=descending)
    x, y = [p for p, _ in points], [p for _, p in points]
    assert metrics.auc(x, y) == pytest.approx(sklearn.metrics.auc(x, y), rel=1e-9, abs=1e-3)


@SETTINGS
@given(scored(both=True), st.floats(0, 1))
def test_operating_points_keep_their_promise(given: Any, least: float) -> None:
    hits, scores, sample_weight = given
    options: dict[str, Any] = {"sample_weight": sample_weight}
    with np.errstate(all="ignore"):
        precision, recall, at = outcome_of(
            metrics.precision_recall_curve, hits, scores, **options
        ).value
    found = outcome_of(
        metrics.recall_at_precision, hits, scores, min_precision=least, **options
    ).value
    good = [
        (r, p, float(t))
        for r, p, t in zip(recall[:-1], precision[:-1], at, strict=True)
        if p >= least
    ]
    expected = max(good, default=(0.0, 0.0, float("inf")))
    assert (found.value, found.threshold) == (expected[0], expected[2])


@SETTINGS
@given(scored(both=True, weighted=False))
def test_errors_and_distances_by_their_definitions(given: Any) -> None:
    hits, scores, _ = given
    points = reference.roc_points(reference.weighted(hits, scores.tolist(), None))
    at = {threshold: (fpr, tpr) for fpr, tpr, threshold in points}
    error = metrics.equal_error_rate(hits, scores)
    fpr, tpr = at[error.threshold]
    least = min(abs(x - (1 - y)) for x, y, _ in points)
    assert float(abs(fpr - (1 - tpr)) - least) < 1e-12
    assert error.value == pytest.approx(float((fpr + 1 - tpr) / 2), abs=1e-15)
    distance = metrics.ks_statistic(hits, scores)
    fpr, tpr = at[distance.threshold]
    assert distance.value == pytest.approx(float(abs(tpr - fpr)), abs=1e-15)
    assert float(max(abs(y - x) for x, y, _ in points)) == pytest.approx(distance.value, abs=1e-15)


@SETTINGS
@given(scored(both=True, weighted=False), st.integers(0, 16))
def test_operating_points_by_their_definitions(given: Any, sixteenths: int) -> None:
    """Each point: the best value, then the best of what is promised, then the highest threshold."""
    hits, scores, _ = given
    samples = reference.weighted(hits, scores.tolist(), None)
    least = Fraction(sixteenths, 16)
    rates = [(tpr, 1 - fpr, t) for fpr, tpr, t in reference.roc_points(samples)]
    shares = [
        (tp / (tp + fp), tp / (tp + fn), t)
        for _, fp, fn, tp, t in reference.outcomes(samples)
        if tp + fp
    ]
    for function, argument, points in (
        (metrics.precision_at_recall, "min_recall", shares),
        (metrics.recall_at_precision, "min_precision", [(r, p, t) for p, r, t in shares]),
        (metrics.sensitivity_at_specificity, "min_specificity", rates),
        (metrics.specificity_at_sensitivity, "min_sensitivity", [(y, x, t) for x, y, t in rates]),
    ):
        good = [one for one in points if one[1] >= least]
        value, _, threshold = max(good, default=(Fraction(0), Fraction(0), float("inf")))
        found = function(hits, scores, **{argument: float(least)})
        assert found.value == pytest.approx(float(value), abs=1e-15), function
        assert found.threshold == threshold, function


def test_no_thread_changes_a_bit() -> None:
    random = np.random.default_rng(3)
    hits = random.random(200_000) < 0.3
    scores = random.random(200_000).astype(np.float32)
    found = set()
    before = runtime.num_threads()
    try:
        for threads in (1, 2):
            runtime.set_num_threads(threads)
            found.add(
                (
                    metrics.roc_auc_score(hits, scores),
                    metrics.average_precision_score(hits, scores),
                    metrics.roc_auc_score(hits[::-1], scores[::-1]),
                )
            )
    finally:
        runtime.set_num_threads(before)
    assert len(found) == 1


SPREADS = (
    "even",
    "near one",
    "near zero",
    "last bits",
    "few",
    "single",
    "half",
    "two heaps",
    "signs",
    "sorted",
    "same",
    "one apart",
    "float signs",
    "float ends",
    "float last bits",
    "float crowd",
)


def _spread(kind: str, random: np.random.Generator, count: int) -> Any:
    """Scores that lie evenly, crowd together, repeat, or differ in their last bits alone."""
    even = random.random(count)
    kinds: dict[str, Any] = {
        "even": even,
        "near one": 1 - 10.0 ** (-16 * even),
        "near zero": 10.0 ** (-300 * even),
        "last bits": 1 + random.integers(0, 4096, count) * 2.0**-52,
        "few": np.round(even * 50) / 50,
        "single": even.astype(np.float32),
        "half": even.astype(np.float16),
        "two heaps": np.where(even < 0.5, even * 1e-12, 1e12 + even * 1e-3),
        "signs": even - 0.5,
        "sorted": np.sort(even),
        "same": np.full(count, 0.25),
        "one apart": np.where(np.arange(count) == count // 3, 1e300, 0.25),
        "float signs": (even - 0.5).astype(np.float32),
        "float ends": ((even - 0.5) * 10.0 ** (38 - 83 * random.random(count))).astype(np.float32),
        "float last bits": np.float32(1) + random.integers(0, 4096, count) * np.float32(2**-23),
        "float crowd": np.where(even < 0.9, even * 1e-41, 1.5 - even).astype(np.float32),
    }
    return kinds[kind]


@pytest.mark.parametrize("kind", SPREADS)
@pytest.mark.parametrize("count", [40_000, 300_000])
def test_areas_of_many_scores_however_they_lie(kind: str, count: int) -> None:
    random = np.random.default_rng(len(kind) + count)
    scores = _spread(kind, random, count)
    hits = random.random(count) < 0.3
    positives, negatives = np.sort(scores[hits]), np.sort(scores[~hits])
    twice = [int(np.searchsorted(negatives, positives, side).sum()) for side in ("left", "right")]
    exact = Fraction(twice[0] + twice[1], 2 * len(positives) * len(negatives))
    right = len(positives) - np.searchsorted(positives, positives)
    predicted = right + len(negatives) - np.searchsorted(negatives, positives)
    precision = math.fsum(right / predicted) / len(positives)
    before = runtime.num_threads()
    try:
        for threads in (1, 2):
            runtime.set_num_threads(threads)
            assert metrics.roc_auc_score(hits, scores) == round_once(exact)
            assert metrics.average_precision_score(hits, scores) == precision
            whole = Scores().update(hits, scores)
    finally:
        runtime.set_num_threads(before)
    pieces = Scores()
    for part in np.array_split(np.arange(count), 5):
        pieces.update(hits[part], scores[part])
    assert pieces.digest() == whole.digest()
    doubles = scores.astype(np.float64)
    assert Scores().update(hits, doubles).digest() == whole.digest()
    third = count // 3
    mixed = Scores().update(hits[:third], doubles[:third]).update(hits[third:], scores[third:])
    assert mixed.digest() == whole.digest()
    apart = Scores(labels=[False, True]).update(hits[hits], scores[hits])
    apart.update(hits[~hits], doubles[~hits])
    assert apart.roc_auc() == round_once(exact)
    assert apart.average_precision() == precision
