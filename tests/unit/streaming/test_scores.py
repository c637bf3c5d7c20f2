"""Scores: results, parameters, and what is refused."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics.errors import (
    InvalidParameterError,
    InvalidValueError,
    MergeError,
    UnsupportedError,
)
from lstmetrics.streaming import PairedScores, Scores

TRUTH, SCORES = [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]


def test_binary() -> None:
    state = Scores().update(TRUTH[:2], SCORES[:2]).update(TRUTH[2:], SCORES[2:])
    assert state.roc_auc() == metrics.roc_auc_score(TRUTH, SCORES) == 0.75
    assert state.roc_auc(max_fpr=0.5) == metrics.roc_auc_score(TRUTH, SCORES, max_fpr=0.5)
    assert state.average_precision() == metrics.average_precision_score(TRUTH, SCORES)
    assert state.compute() == {
        "samples": 4,
        "roc_auc": 0.75,
        "average_precision": state.average_precision(),
    }
    assert (state.labels, state.columns, state.max_points) == ([0, 1], 1, None)
    assert repr(state) == "Scores(samples=4, labels=[0, 1])"


def test_curves_and_outcomes_are_those_of_the_functions() -> None:
    state = Scores().update(TRUTH, SCORES)
    for name in ("roc_curve", "precision_recall_curve", "det_curve"):
        for drop in (False, True):
            ours = getattr(state, name)(drop_intermediate=drop)
            theirs = getattr(metrics, name)(TRUTH, SCORES, drop_intermediate=drop)
            for one, other in zip(ours, theirs, strict=True):
                np.testing.assert_array_equal(one, other)
    counts = metrics.confusion_matrix_at_thresholds(TRUTH, SCORES)
    np.testing.assert_array_equal(state.outcomes(), counts)


def test_the_positive_label_is_the_greater_one_or_the_named_one() -> None:
    truth = ["spam", "ham", "spam"]
    scores = [0.9, 0.2, 0.1]
    of_spam = Scores(["ham", "spam"]).update(truth, scores)
    of_ham = Scores(["ham", "spam"], "ham").update(truth, scores)
    assert of_spam.roc_auc() == 0.5
    assert of_ham.roc_auc() == 0.5
    assert of_spam != of_ham
    with pytest.raises(MergeError):
        of_spam.merge(of_ham)


def test_multiclass_and_indicators() -> None:
    random = np.random.default_rng(5)
    table = random.dirichlet([1, 1, 1], 60)
    truth = random.integers(0, 3, 60)
    state = Scores([0, 1, 2]).update(truth, table)
    for average in ("macro", "micro", "weighted", None):
        expected = metrics.roc_auc_score(truth, table, multi_class="ovr", average=average)
        np.testing.assert_array_equal(state.roc_auc(average), expected)
        expected = metrics.average_precision_score(truth, table, average=average)
        np.testing.assert_array_equal(state.average_precision(average), expected)
    for average in ("macro", "weighted"):
        expected = metrics.roc_auc_score(truth, table, multi_class="ovo", average=average)
        assert state.roc_auc(average, multi_class="ovo") == expected
    indicator = np.eye(3, dtype=int)[truth]
    labels = Scores(labels=None, n_labels=3).update(indicator, table)
    assert labels.roc_auc() == metrics.roc_auc_score(indicator, table)
    assert repr(labels) == "Scores(samples=60, n_labels=3)"
    with pytest.raises(UnsupportedError, match="one against one"):
        state.roc_auc(None, multi_class="ovo")


def test_no_samples() -> None:
    state = Scores()
    assert math.isnan(state.roc_auc())  # type: ignore[arg-type]
    assert state.average_precision() == 0
    assert math.isnan(state.standard_error())
    assert state.samples == 0


def test_bounded_states_tell_how_far_off_they_may_be() -> None:
    random = np.random.default_rng(9)
    truth = random.integers(0, 2, 5000)
    scores = np.clip(random.random(5000) * 0.8 + 0.2 * truth, 0, 1)
    exact = Scores(probabilities=True).update(truth, scores)
    bounded = Scores(probabilities=True, max_points=64).update(truth, scores)
    assert exact.roc_auc_error() == 0
    error = bounded.roc_auc_error()
    assert 0 < error < 0.1  # type: ignore[operator]
    assert abs(bounded.roc_auc() - exact.roc_auc()) <= error  # type: ignore[operator]
    assert len(bounded.outcomes()[0]) <= 64
    assert bounded.compute()["roc_auc_error"] == error
    assert "max_points=64" in repr(bounded)
    assert len(bounded.to_bytes()) < len(exact.to_bytes()) / 20


def test_the_interval_is_delongs() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 2, 200)
    scores = (random.random(200) + 0.3 * truth).round(2)
    state = Scores().update(truth, scores)
    # Against a model whose scores are all alike the difference has the variance of the one.
    pair = PairedScores().update(truth, scores, np.zeros(200))
    assert state.standard_error() == pytest.approx(pair.standard_error(), rel=1e-12)
    interval = state.interval("roc_auc")
    assert interval.method == "delong"
    assert interval.low < interval.estimate < interval.high
    assert interval.estimate == state.roc_auc()
    weighted = Scores().update(truth, scores, np.full(200, 0.5))
    assert weighted.interval("roc_auc", replicates=50).method == "bootstrap"
    with pytest.raises(InvalidParameterError, match="average_precision"):
        state.interval("precision")


def naive_replicate(
    truth: Any, scores: Any, draw: Callable[[int, float, int], int]
) -> tuple[list[int], list[float]]:
    """Each score of each class as often as it is drawn."""
    cells = Counter(zip(truth.tolist(), scores.tolist(), strict=True))
    drawn = {cell: draw(*cell, count) for cell, count in cells.items()}
    rows = [cell for cell, count in drawn.items() for _ in range(count)]
    return [row[0] for row in rows], [row[1] for row in rows]


def test_the_bootstrap_draws_each_score_of_each_class() -> None:
    random = np.random.default_rng(4)
    truth = random.integers(0, 2, 300)
    scores = (random.random(300) + 0.4 * truth).round(1)
    state = Scores().update(truth, scores)
    for metric, function in (
        ("average_precision", metrics.average_precision_score),
        ("roc_auc", metrics.roc_auc_score),
    ):
        found = state.interval(metric, method="bootstrap", replicates=400)
        values = []
        for _ in range(400):
            rows = naive_replicate(truth, scores, lambda _t, _s, n: int(random.poisson(n)))
            values.append(float(function(*rows)))
        low, high = np.quantile(values, [0.025, 0.975])
        assert found.low == pytest.approx(low, abs=0.012)
        assert found.high == pytest.approx(high, abs=0.012)
        assert found.low < found.estimate < found.high


def test_the_bootstrap_depends_on_nothing_but_the_counts() -> None:
    random = np.random.default_rng(5)
    truth, scores = random.integers(0, 2, 500), random.random(500).round(2)
    weights = random.random(500)
    for weight in (None, weights):
        whole = Scores(max_points=40, probabilities=True).update(truth, scores, weight)
        parts = [
            Scores(max_points=40, probabilities=True).update(
                truth[part], scores[part], None if weight is None else weight[part]
            )
            for part in (slice(300, None), slice(0, 300))
        ]
        merged = parts[0] + parts[1]
        one = whole.interval("average_precision", replicates=60)
        assert merged.interval("average_precision", replicates=60) == one
        assert whole.interval("average_precision", replicates=60, seed=1) != one


def test_a_bootstrap_of_a_function_of_the_state() -> None:
    state = Scores().update([0, 0, 1, 1, 0, 1], [0.1, 0.4, 0.35, 0.8, 0.2, 0.9])
    found = state.interval(lambda scores: float(scores.samples), replicates=200)
    assert found.low < 6 < found.high


def test_several_columns_have_no_bootstrap() -> None:
    state = Scores(labels=[0, 1, 2]).update([0, 1, 2], np.eye(3) * 0.4 + 0.2)
    with pytest.raises(UnsupportedError, match="several columns"):
        state.interval("average_precision")


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"labels": [0]}, "at least two"),
        ({"labels": None}, "n_labels"),
        ({"n_labels": 2}, "n_labels"),
        ({"labels": None, "n_labels": 0}, "n_labels"),
        ({"pos_label": 2}, "pos_label"),
        ({"labels": [0, 1, 2], "pos_label": 1}, "pos_label"),
        ({"max_points": 1}, "max_points"),
        ({"max_points": 2.5}, "max_points"),
        ({"probabilities": 1}, "probabilities"),
        ({"labels": ["a", 1]}, "mixes"),
    ],
)
def test_parameters_that_cannot_be_used(keywords: dict[str, Any], message: str) -> None:
    with pytest.raises((InvalidValueError, TypeError), match=message):
        Scores(**keywords)


def test_arguments_that_cannot_be_used() -> None:
    state = Scores().update(TRUTH, SCORES)
    for call in (
        lambda: state.roc_auc("samples"),
        lambda: state.roc_auc(max_fpr=0.0),
        lambda: state.roc_auc(multi_class="both"),
        lambda: state.roc_curve(1),
        lambda: state.roc_curve(drop_intermediate=1),  # type: ignore[arg-type]
    ):
        with pytest.raises(InvalidParameterError):
            call()
