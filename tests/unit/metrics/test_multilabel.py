"""Indicators in the functions: choosing labels, refusals, and what is left to scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse
import sklearn.metrics

from lstmetrics import metrics
from lstmetrics.errors import InvalidValueError, UnsupportedError
from lstmetrics.metrics import _delegation
from reference.outcome import outcome_of

Y_TRUE = np.array([[1, 0, 1], [0, 1, 0], [0, 0, 0]])
Y_PRED = np.array([[1, 0, 0], [0, 1, 1], [0, 0, 0]])
SCORES = ("precision_score", "recall_score", "f1_score", "jaccard_score")
SINGLE_ONLY = (
    "balanced_accuracy_score",
    "class_likelihood_ratios",
    "cohen_kappa_score",
    "confusion_matrix",
    "matthews_corrcoef",
)


def both(name: str, *arguments: Any, **keywords: Any) -> tuple[Any, Any]:
    ours = outcome_of(getattr(metrics, name), *arguments, **keywords)
    theirs = outcome_of(getattr(sklearn.metrics, name), *arguments, **keywords)
    return ours, theirs


def assert_alike(name: str, *arguments: Any, **keywords: Any) -> None:
    ours, theirs = both(name, *arguments, **keywords)
    assert ours.message == theirs.message
    assert ours.warnings == theirs.warnings
    if theirs.error is None:
        np.testing.assert_allclose(ours.value, theirs.value, rtol=1e-14)
        assert getattr(ours.value, "dtype", None) == getattr(theirs.value, "dtype", None)


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("average", [None, "micro", "macro", "weighted", "samples"])
@pytest.mark.parametrize(
    "labels", [[2, 0], [1], [0, 1, 2], [2, 2], [1.0], [3], [-1], [0, 7], np.array([1, 2])]
)
def test_labels_are_columns(name: str, average: str | None, labels: Any) -> None:
    assert_alike(name, Y_TRUE, Y_PRED, average=average, labels=labels)


@pytest.mark.parametrize("labels", [["a"], [0.5], []])
def test_what_is_no_column(labels: Any) -> None:
    with pytest.raises(InvalidValueError):
        metrics.f1_score(Y_TRUE, Y_PRED, average=None, labels=labels)


@pytest.mark.parametrize("name", SCORES)
def test_one_label_of_two_is_no_average(name: str) -> None:
    assert_alike(name, Y_TRUE, Y_PRED)
    assert_alike(name, Y_TRUE, Y_TRUE * 3 + Y_PRED)
    assert_alike(name, [0, 1, 1], [0, 1, 0], average="samples")
    assert_alike(name, Y_TRUE, Y_PRED, average="macro", pos_label=0)


@pytest.mark.parametrize("name", SINGLE_ONLY)
def test_metrics_of_single_labels_refuse_indicators(name: str) -> None:
    assert_alike(name, Y_TRUE, Y_PRED)


@pytest.mark.parametrize("weights", [None, [1, 2, 3], [0.5, 0.25, 0.0], [True, False, True]])
@pytest.mark.parametrize("labels", [None, [2, 0]])
@pytest.mark.parametrize("samplewise", [False, True])
def test_matrices(weights: Any, labels: Any, samplewise: bool) -> None:
    arguments = {"sample_weight": weights, "labels": labels, "samplewise": samplewise}
    assert_alike("multilabel_confusion_matrix", Y_TRUE, Y_PRED, **arguments)


def test_matrices_of_samples_are_of_indicators() -> None:
    assert_alike("multilabel_confusion_matrix", [0, 1], [1, 1], samplewise=True)
    assert_alike("multilabel_confusion_matrix", Y_TRUE, Y_PRED, samplewise=True, labels=[4])


@pytest.mark.parametrize("weights", [[0, 0, 0], [1, np.nan, 1], [1, 2], [1, -1, 0]])
@pytest.mark.parametrize(
    "name", ["accuracy_score", "zero_one_loss", "multilabel_confusion_matrix", "jaccard_score"]
)
def test_weights_that_cannot_be_used(name: str, weights: Any) -> None:
    keywords = {"average": "samples", "zero_division": 0} if name == "jaccard_score" else {}
    assert_alike(name, Y_TRUE, Y_PRED, sample_weight=weights, **keywords)


def test_weights_that_cancel_in_a_hamming_loss() -> None:
    weights = [1, -2, 1]
    loss = metrics.hamming_loss(Y_TRUE, Y_PRED, sample_weight=weights)
    with np.errstate(all="ignore"):
        assert loss == sklearn.metrics.hamming_loss(Y_TRUE, Y_PRED, sample_weight=weights)
    with pytest.raises(InvalidValueError, match="at least one non-zero"):
        metrics.hamming_loss(Y_TRUE, Y_PRED, sample_weight=[0, 0, 0])


@pytest.mark.parametrize("name", ["precision_score", "recall_score", "f1_score"])
def test_a_sample_of_no_weight_is_undefined_as_in_sklearn(name: str) -> None:
    for zero_division in ("warn", 1, np.nan):
        keywords = {"average": "samples", "zero_division": zero_division}
        assert_alike(name, Y_TRUE[:2], Y_TRUE[:2], sample_weight=[1, 0], **keywords)
    assert_alike("jaccard_score", Y_TRUE[:2], Y_PRED[:2], sample_weight=[1, 0], average="samples")
    assert_alike("f1_score", Y_TRUE, Y_PRED, sample_weight=[1, -2, 1], average="samples")


def test_one_sample_and_one_column() -> None:
    for name in SCORES:
        assert_alike(name, Y_TRUE[:1], 0 * Y_PRED[:1], average="samples")
    # One column is a list of single labels.
    assert metrics.accuracy_score(Y_TRUE[:, :1], Y_PRED[:, :1]) == 1.0
    assert metrics.f1_score(Y_TRUE[:, :1], Y_PRED[:, 0]) == 1.0


@pytest.mark.parametrize("keywords", [{"target_names": ["a", "b"]}, {"labels": [2, 1]}])
def test_reports(keywords: dict[str, Any]) -> None:
    ours, theirs = both("classification_report", Y_TRUE, Y_PRED, **keywords)
    assert (ours.value, ours.message, ours.warnings) == (
        theirs.value,
        theirs.message,
        theirs.warnings,
    )
    weighted = both("classification_report", Y_TRUE, Y_PRED, sample_weight=[0.5, 1, 0])
    assert weighted[0].value == weighted[1].value
    assert weighted[0].warnings == weighted[1].warnings


def test_a_beta_of_zero_or_infinity_never_divides() -> None:
    for beta in (0, np.inf):
        keywords = {"beta": beta, "average": "samples", "sample_weight": [1, 0, 2]}
        assert_alike("fbeta_score", Y_TRUE, Y_PRED, **keywords)


def test_text_is_no_indicator() -> None:
    with pytest.raises(UnsupportedError, match="multiclass-multioutput is not supported"):
        metrics.accuracy_score([["a", "b"]], [["a", "b"]])


CALLS: dict[str, dict[str, Any]] = {
    "accuracy_score": {"normalize": False},
    "zero_one_loss": {"normalize": True},
    "hamming_loss": {"sample_weight": [1, 2, 3]},
    "precision_score": {"average": "samples", "zero_division": 0},
    "recall_score": {"average": "macro", "labels": [0, 2]},
    "f1_score": {"average": None},
    "fbeta_score": {"beta": 2.0, "average": "micro"},
    "precision_recall_fscore_support": {"beta": 0.5, "average": "macro", "warn_for": ()},
    "jaccard_score": {"average": "micro"},
    "multilabel_confusion_matrix": {"samplewise": True},
    "classification_report": {"output_dict": True, "zero_division": 1},
}


@pytest.mark.parametrize("name", CALLS)
def test_sparse_indicators_go_to_sklearn(name: str) -> None:
    truth, predicted = map(scipy.sparse.csr_matrix, (Y_TRUE, Y_PRED))
    before = _delegation.delegations()
    for pair in ((truth, predicted), (Y_TRUE, predicted), (truth, Y_PRED)):
        ours, theirs = both(name, *pair, **CALLS[name])
        assert theirs.error is None
        np.testing.assert_equal(ours.value, theirs.value)
        assert ours.warnings == theirs.warnings
    assert _delegation.delegations() == before + 3
    getattr(metrics, name)(Y_TRUE, Y_PRED, **CALLS[name])
    assert _delegation.delegations() == before + 3


@pytest.mark.parametrize("name", SINGLE_ONLY)
def test_sparse_labels_are_refused_by_sklearn(name: str) -> None:
    sparse = scipy.sparse.csr_matrix(Y_TRUE)
    ours, theirs = both(name, sparse, sparse)
    assert type(ours.error) is type(theirs.error)
    assert ours.message == theirs.message
