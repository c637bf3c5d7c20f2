"""Metrics at all thresholds at once: each value is what the metric gives for that one."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from property.strategies import strided, weights
from reference.outcome import outcome_of

SETTINGS = settings(max_examples=60)
TRUTHS = ((0, 1), (0, 1), (1,), (0,), (False, True), (0.0, 1.0), (-1, 1), (0, 1, 2), (3, 7))
ZERO_DIVISIONS = ("warn", 0.0, 1.0)
DISAGREEMENTS = (None, "linear", "quadratic")


def averaged(**more: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Options of scores by label: an average, a label, some labels."""
    return st.fixed_dictionaries(
        {
            "average": st.sampled_from(["binary", "micro", "macro", "weighted", None]),
            "zero_division": st.sampled_from(ZERO_DIVISIONS),
            **more,
        },
        optional={
            "pos_label": st.sampled_from([0, 1, 2]),
            "labels": st.sampled_from([[1], [0, 1], [1, 0], [1, 1, 0], [5, 1]]),
        },
    )


def flagged(name: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={name: st.booleans()})


LABELS = st.sampled_from([None, [0, 1], [1, 0], [1], [1, 0, 1], [4, 1]])
NOTHING = st.just({})
OPTIONS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "accuracy_score": flagged("normalize"),
    "balanced_accuracy_score": flagged("adjusted"),
    "class_likelihood_ratios": st.fixed_dictionaries(
        {"replace_undefined_by": st.sampled_from([np.nan, 1.0, {"LR+": 2.0, "LR-": 0.5}])}
    ),
    "cohen_kappa_score": st.fixed_dictionaries(
        {
            "weights": st.sampled_from(DISAGREEMENTS),
            "labels": LABELS,
            "replace_undefined_by": st.sampled_from([np.nan, 0.0, -0.5]),
        }
    ),
    "confusion_matrix": st.fixed_dictionaries(
        {"labels": LABELS, "normalize": st.sampled_from([None, "true", "pred", "all"])}
    ),
    "f1_score": averaged(),
    "fbeta_score": averaged(beta=st.sampled_from([0.0, 0.3, 0.5, 2.0, np.inf])),
    "hamming_loss": NOTHING,
    "jaccard_score": averaged(),
    "matthews_corrcoef": NOTHING,
    "multilabel_confusion_matrix": st.fixed_dictionaries({"labels": LABELS}),
    "precision_recall_fscore_support": averaged(beta=st.just(0.5)),
    "precision_score": averaged(),
    "recall_score": averaged(),
    "zero_one_loss": flagged("normalize"),
}
COUNTED = {"confusion_matrix", "multilabel_confusion_matrix"}


@st.composite
def asked(draw: st.DrawFn) -> Any:
    """True labels, scores with ties, weights or None."""
    labels = draw(st.sampled_from(TRUTHS))
    score = st.one_of(
        st.sampled_from([0.0, -0.0, 0.5, 1.0]), st.floats(-2, 2, width=32), st.integers(-2, 2)
    )
    rows = draw(st.lists(st.tuples(st.sampled_from(labels), score), min_size=1, max_size=20))
    scores = np.array([value for _, value in rows], draw(st.sampled_from(["f4", "f8"])))
    sample_weight = draw(st.none() | weights(len(rows)))
    return np.array([label for label, _ in rows]), draw(strided(scores)), sample_weight


def one_by_one(truth: Any, scores: Any, metric: Any, sample_weight: Any, options: Any) -> Any:
    """Call the metric at each threshold, the greatest first."""
    if sample_weight is not None:
        kept = np.array(sample_weight) != 0
        truth, scores = truth[kept], scores[kept]
        options = {**options, "sample_weight": np.array(sample_weight)[kept]}
    thresholds = np.unique(scores)[::-1]
    values = [metric(truth, (scores >= at).astype(np.int32), **options) for at in thresholds]
    return np.asarray(values), thresholds


@pytest.mark.parametrize("name", OPTIONS)
@SETTINGS
@given(st.data())
def test_each_value_is_that_of_the_metric_itself(name: str, data: Any) -> None:
    truth, scores, sample_weight = data.draw(asked())
    options = data.draw(OPTIONS[name])
    metric = getattr(metrics, name)
    at_once = outcome_of(
        metrics.metric_at_thresholds,
        truth,
        scores,
        metric,
        sample_weight=sample_weight,
        metric_params=options,
    )
    called = outcome_of(one_by_one, truth, scores, metric, sample_weight, options)
    assert at_once.message == called.message
    assert set(at_once.warnings) == set(called.warnings)
    if called.error is not None:
        return
    values, thresholds = called.value
    assert at_once.value[0].dtype == values.dtype
    np.testing.assert_array_equal(at_once.value[0], values, strict=True)
    np.testing.assert_array_equal(at_once.value[1], thresholds)


@SETTINGS
@given(asked(), st.sampled_from(sorted(set(OPTIONS) - {"fbeta_score"})))
def test_values_and_warnings_are_those_of_scikit_learn(given: Any, name: str) -> None:
    truth, scores, sample_weight = given
    ours, theirs = (
        outcome_of(
            library.metric_at_thresholds,
            truth,
            scores,
            getattr(library, name),
            sample_weight=sample_weight,
        )
        for library in (metrics, sklearn.metrics)
    )
    if theirs.error is not None or ours.error is not None:
        assert (theirs.error is None) == (ours.error is None)
        return
    assert set(ours.warnings) == {
        one for one in theirs.warnings if not issubclass(one[0], RuntimeWarning)
    }
    assert ours.value[1].dtype == theirs.value[1].dtype
    np.testing.assert_array_equal(ours.value[1], theirs.value[1])
    used = [w for w in sample_weight or [1.0] if w]
    if min(used) < 1e-6 * max(used) or ours.value[0].dtype == object:
        return  # there its sums of products round away or overflow
    known = np.isfinite(theirs.value[0])
    np.testing.assert_allclose(ours.value[0][known], theirs.value[0][known], rtol=1e-9, atol=1e-9)


class Counting:
    """One of our metrics in scikit-learn's place, which counts how often it is called."""

    def __init__(self, metric: Any) -> None:
        self._ours, self.calls = metric, 0

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        self.calls += 1
        return self._ours(*arguments, **options)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("weighted", [False, True])
def test_our_metrics_are_not_called_at_each_threshold(name: str, weighted: bool) -> None:
    rng = np.random.default_rng(5)
    truth, scores = rng.integers(0, 2, 3000), rng.random(3000)
    sample_weight = rng.random(3000) if weighted else None
    metric = Counting(getattr(metrics, name))
    options = {"beta": 2.0} if name == "fbeta_score" else {}
    values, thresholds = metrics.metric_at_thresholds(
        truth, scores, metric, sample_weight=sample_weight, metric_params=options
    )
    assert len(values) == len(thresholds) == 3000
    assert metric.calls <= 4


def test_a_partial_of_our_metric_is_one() -> None:
    truth, scores = np.array([0, 1, 1, 0, 1]), np.array([0.1, 0.4, 0.35, 0.8, 0.9])
    given = partial(metrics.fbeta_score, beta=2.0)
    found = metrics.metric_at_thresholds(truth, scores, given)
    expected = metrics.metric_at_thresholds(
        truth, scores, metrics.fbeta_score, metric_params={"beta": 2.0}
    )
    np.testing.assert_array_equal(found[0], expected[0])


def test_what_is_not_ours_is_called_at_each_threshold() -> None:
    truth, scores = np.array([0, 1, 1]), np.array([0.1, 0.4, 0.3])
    values, thresholds = metrics.metric_at_thresholds(
        truth, scores, lambda y_true, y_pred: int((y_true == y_pred).sum())
    )
    assert values.tolist() == [2, 3, 2]
    assert thresholds.tolist() == [0.4, 0.3, 0.1]
