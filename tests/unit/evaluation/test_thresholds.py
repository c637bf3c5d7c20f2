"""Thresholds chosen on one split and measured on another; curves from counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score

from lstmetrics import evaluate_predictions
from lstmetrics.errors import InvalidParameterError, InvalidTypeError, InvalidValueError
from lstmetrics.evaluation import Rule, choose_threshold
from lstmetrics.evaluation.curves import MOST_POINTS, MOST_SCORES
from lstmetrics.streaming import Scores

RULES = ("f1", "f2", "f0.5", "precision>=0.8", "recall>=0.9", "cost fp=1 fn=5", "cost tp=-1 tn=-2")


def split(seed: int, rows: int = 2000) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    truth = (rng.random(rows) < 0.3).astype(int)
    scores = np.clip(truth * 0.3 + 0.35 + rng.normal(0, 0.2, rows), 0, 1)
    return truth, scores


def outcomes(truth: Any, scores: Any, threshold: float) -> tuple[int, int, int, int]:
    table = confusion_matrix(truth, np.asarray(scores) >= threshold, labels=[0, 1])
    tn, fp, fn, tp = table.ravel().tolist()
    return tn, fp, fn, tp


def merit(rule: Rule, truth: Any, scores: Any, threshold: float) -> float:
    """How much a rule likes a threshold, from its definition."""
    tn, fp, fn, tp = outcomes(truth, scores, threshold)
    if rule.kind == "cost":
        counts = {"tn": tn, "fp": fp, "fn": fn, "tp": tp}
        return -sum(cost * counts[name] for name, cost in rule.costs.items())
    precision = tp / (tp + fp) if tp + fp else 0.0
    recall = tp / (tp + fn)
    if rule.kind == "fbeta":
        below = rule.value**2 * precision + recall
        return (1 + rule.value**2) * precision * recall / below if below else 0.0
    held, sought = (precision, recall) if rule.kind == "precision" else (recall, precision)
    return sought if held >= rule.value else -np.inf


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=2, max_size=20).filter(
        lambda rows: len({truth for truth, _ in rows}) == 2
    ),
    st.sampled_from(RULES),
)
@settings(max_examples=150, deadline=None)
def test_no_threshold_is_better(rows: list[tuple[int, int]], text: str) -> None:
    truth, scores = zip(*rows, strict=True)
    rule = Rule.parse(text)
    chosen = choose_threshold(truth, np.array(scores, float), rule)
    best = max(merit(rule, truth, scores, threshold) for threshold in set(scores))
    if best == -np.inf:
        assert chosen == np.inf
    else:
        assert merit(rule, truth, scores, chosen) == pytest.approx(best)


def test_chosen_there_measured_here() -> None:
    validation, (truth, scores) = split(1), split(2)
    report = evaluate_predictions(truth, scores=scores, validation=validation, thresholds=RULES)
    assert [row["rule"] for row in report.thresholds] == list(RULES)
    for row in report.thresholds:
        assert row["threshold"] == choose_threshold(*validation, row["rule"])
        counted = tuple(row[name] for name in ("tn", "fp", "fn", "tp"))
        assert counted == outcomes(truth, scores, row["threshold"])
        _, fp, _, tp = counted
        assert row["precision"] == tp / (tp + fp)
        for name in ("precision", "recall", "f1"):
            interval = row["intervals"][name]
            assert interval.low <= row[name] <= interval.high
    by_rule = {row["rule"]: row for row in report.thresholds}
    assert by_rule["recall>=0.9"]["validation"]["recall"] >= 0.9
    dear = by_rule["cost fp=1 fn=5"]
    assert dear["cost"] == dear["fp"] + 5 * dear["fn"]
    interval = dear["intervals"]["cost"]
    # A mean cost's standard error, by hand; the total is that of as many samples.
    each = np.repeat([1.0, 5.0, 0.0], [dear["fp"], dear["fn"], dear["tn"] + dear["tp"]])
    reach = 1.96 * each.std() * len(each) ** 0.5
    assert interval.estimate == dear["cost"]
    assert interval.low == pytest.approx(dear["cost"] - reach, abs=0.25 * reach)
    assert interval.high == pytest.approx(dear["cost"] + reach, abs=0.25 * reach)


def test_positive_label_may_be_the_first() -> None:
    truth, scores = split(3)
    names = np.where(truth == 1, "a spam", "ham")
    report = evaluate_predictions(
        names, scores=scores, pos_label="a spam", validation=(names, scores)
    )
    plain = evaluate_predictions(truth, scores=scores, validation=(truth, scores))
    assert report.metrics["precision"] == plain.metrics["precision"]
    assert report.metrics["roc_auc"] == plain.metrics["roc_auc"]
    assert report.thresholds == plain.thresholds
    assert list(report.curves) == ["a spam"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_curves_are_those_of_the_scores(dtype: Any) -> None:
    truth, scores = split(4, 2000)
    scores = scores.astype(dtype)
    report = evaluate_predictions(truth, scores=scores)
    assert report.metrics["roc_auc"] == pytest.approx(roc_auc_score(truth, scores), rel=1e-14)
    expected = average_precision_score(truth, scores)
    assert report.metrics["average_precision"] == pytest.approx(expected, rel=1e-14)
    assert "roc_auc_error" not in report.metrics
    state = Scores(probabilities=True).update(truth, scores)
    interval = report.intervals["roc_auc"]
    assert interval == state.interval("roc_auc")
    assert interval.method == "delong"
    found = report.curves["1"]["outcomes"]
    assert len(found["thresholds"]) == MOST_POINTS
    for place in range(0, MOST_POINTS, 37):
        counted = tuple(found[name][place] for name in ("tn", "fp", "fn", "tp"))
        assert counted == outcomes(truth, scores, found["thresholds"][place])


def test_many_different_scores_come_with_the_bound_of_the_error() -> None:
    random = np.random.default_rng(8)
    truth = random.integers(0, 2, 3 * MOST_SCORES)
    scores = np.clip(0.4 + 0.2 * truth + random.normal(0, 0.2, len(truth)), 0, 1)
    report = evaluate_predictions(truth, scores=scores, replicates=0)
    exact, bound = roc_auc_score(truth, scores), report.metrics["roc_auc_error"]
    assert 0 < abs(report.metrics["roc_auc"] - exact) <= bound < 1e-4


def test_each_class_has_a_curve() -> None:
    rng = np.random.default_rng(5)
    table = rng.dirichlet([1, 1, 1], 400)
    truth = rng.integers(0, 3, 400)
    report = evaluate_predictions(truth, scores=table, labels=["a", "b", "c"])
    assert list(report.curves) == ["a", "b", "c"]
    expected = np.mean([roc_auc_score(truth == k, table[:, k]) for k in range(3)])
    assert report.metrics["roc_auc_ovr"] == pytest.approx(expected, rel=1e-14)


def test_a_class_without_samples_has_no_curve() -> None:
    table = np.random.default_rng(6).dirichlet([1, 1, 1], 40)
    truth = np.arange(40) % 2
    report = evaluate_predictions(truth, scores=table, labels=[0, 1, 2])
    assert list(report.curves) == ["0", "1"]
    expected = np.mean([roc_auc_score(truth == k, table[:, k]) for k in range(2)])
    assert report.metrics["roc_auc_ovr"] == pytest.approx(expected, rel=1e-14)
    one = evaluate_predictions(np.zeros(5, int), scores=np.linspace(0, 1, 5), labels=[0, 1])
    assert one.curves == {}
    assert "roc_auc" not in one.metrics | one.intervals


@pytest.mark.parametrize("text", ["", "accuracy", "precision>0.9", "f-1", "cost", "cost fp=x"])
def test_rules_that_are_none(text: str) -> None:
    with pytest.raises(InvalidParameterError, match="a rule is"):
        Rule.parse(text)


def test_refusals() -> None:
    with pytest.raises(InvalidParameterError, match="out of range"):
        Rule("recall", 1.5)
    with pytest.raises(InvalidParameterError, match="costs must be of"):
        Rule("cost", costs={"miss": 1.0})
    with pytest.raises(InvalidParameterError, match="kind must be"):
        Rule("auc")  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="both positive"):
        choose_threshold([1, 1], [0.5, 0.6], "f1")
    with pytest.raises(InvalidTypeError, match="validation is of scores"):
        evaluate_predictions([0, 1], y_pred=[0, 1], validation=([0, 1], [0.1, 0.9]))
