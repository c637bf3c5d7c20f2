"""What is refused or warned about, and in which words: scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics

from lstmetrics import metrics
from lstmetrics.errors import CountOverflowError, InvalidParameterError, LstmetricsError
from reference.outcome import outcome_of

NAN, INF = float("nan"), float("inf")
TARGETS: dict[str, tuple[Any, Any]] = {
    "lengths": ([0, 1], [0]),
    "empty": ([], []),
    "text and numbers": (["a", "b"], [1, 2]),
    "continuous and binary": ([0.5, 1], [0, 1]),
    "multiclass and continuous": ([0, 1, 2], [0.5, 1, 0.3]),
    "continuous": ([0.5, 0.25], [0.5, 0.75]),
    "nan": ([0, 1, NAN], [0, 1, 2]),
    "infinity": ([0, 1, INF], [0, 1, 2]),
    "numbers as objects": (np.array([0, 1], object), [0, 1]),
    "multioutput": ([[0, 1], [1, 2]], [[0, 1], [1, 2]]),
    "indicator and binary": ([[0, 1], [1, 1]], [0, 1]),
    "indicator and multioutput": ([[0, 1], [1, 1]], [[0, 1], [1, 2]]),
    "indicator and continuous": ([[0, 1], [1, 1]], [[0, 0.5], [1, 0.25]]),
    "indicators of other widths": ([[0, 1], [1, 1]], [[0, 1, 0], [1, 1, 0]]),
    "indicators of other lengths": ([[0, 1], [1, 1]], [[0, 1]]),
    "indicators of nan": ([[0, 1], [1, NAN]], [[0, 1], [1, 1]]),
    "no indicators": (np.zeros((0, 3), int), np.zeros((0, 3), int)),
    "sequences of sequences": ([[0, 1], [2]], [[0], [1, 2]]),
    "bytes": ([b"a", b"b"], [b"a", b"b"]),
    "complex": ([1 + 2j], [1]),
    "3d": ([[[0]]], [[[0]]]),
}
WEIGHTS: dict[str, Any] = {
    "nan": [1, NAN],
    "infinite": [1, INF],
    "zero": [0, 0],
    "too many": [1, 2, 3],
    "2d": [[1], [2]],
}
FUNCTIONS = (
    "accuracy_score",
    "balanced_accuracy_score",
    "class_likelihood_ratios",
    "classification_report",
    "cohen_kappa_score",
    "confusion_matrix",
    "f1_score",
    "hamming_loss",
    "jaccard_score",
    "matthews_corrcoef",
    "multilabel_confusion_matrix",
    "precision_score",
    "recall_score",
    "zero_one_loss",
)


def assert_refused_alike(name: str, *arguments: Any, **keywords: Any) -> None:
    theirs = outcome_of(getattr(sklearn.metrics, name), *arguments, **keywords)
    ours = outcome_of(getattr(metrics, name), *arguments, **keywords)
    assert theirs.error is not None
    assert ours.error is not None, f"{name} let it pass; scikit-learn says {theirs.message}"
    assert ours.message == theirs.message
    assert isinstance(ours.error, LstmetricsError)
    builtin = next(kind for kind in (ValueError, TypeError) if isinstance(theirs.error, kind))
    assert isinstance(ours.error, builtin)


# scikit-learn's confusion_matrix counts weights that were not given, and speaks of features.
# So do those that are built on it.
OVER_A_MATRIX = ("confusion_matrix", "balanced_accuracy_score", "cohen_kappa_score")
OTHER_WORDS = {
    (name, case)
    for name in OVER_A_MATRIX
    for case in ("lengths", "3d", "indicators of other lengths", "sequences of sequences")
}


@pytest.mark.parametrize(
    ("name", "case"), sorted({(n, c) for n in FUNCTIONS for c in TARGETS} - OTHER_WORDS)
)
def test_targets(name: str, case: str) -> None:
    assert_refused_alike(name, *TARGETS[case])


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("case", WEIGHTS)
def test_weights(name: str, case: str) -> None:
    assert_refused_alike(name, [0, 1], [0, 1], sample_weight=WEIGHTS[case])


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("argument", ["ab", 3, None])
def test_what_is_no_array(name: str, argument: Any) -> None:
    ours = outcome_of(getattr(metrics, name), argument, argument)
    theirs = outcome_of(getattr(sklearn.metrics, name), argument, argument)
    assert isinstance(ours.error, InvalidParameterError)
    assert ours.message.replace(" or a sparse array or matrix", "") == theirs.message.replace(
        " or a sparse array or matrix", ""
    )


@pytest.mark.parametrize(
    ("y_true", "y_pred", "keywords"),
    [
        ([0, 1, 2], [0, 1, 1], {}),
        (["a", "b"], ["a", "b"], {}),
        (["a", "b"], ["a", "b"], {"pos_label": "c"}),
        ([0, 1], [1, 1], {"pos_label": 3}),
        ([0, 1], [1, 1], {"pos_label": None}),
        ([0, 1], [1, 1], {"pos_label": "1"}),
        ([0, 1, 2], [0, 1, 1], {"average": "samples"}),
        ([0, 1], [0, 1], {"pos_label": [1]}),
    ],
)
def test_averages_and_positive_labels(y_true: Any, y_pred: Any, keywords: Any) -> None:
    assert_refused_alike("f1_score", y_true, y_pred, **keywords)


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"average": "x"}, "'average' parameter of f1_score must be a str among {'binary', "),
        ({"average": 1}, "'average' parameter of f1_score must be a str among"),
        ({"zero_division": 2}, "'zero_division' parameter of f1_score must be a float among"),
        ({"zero_division": "x"}, "'zero_division' parameter of f1_score must be"),
    ],
)
def test_keywords(keywords: Any, message: str) -> None:
    with pytest.raises(InvalidParameterError) as caught:
        metrics.f1_score([0, 1], [0, 1], **keywords)
    assert message in str(caught.value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, TypeError)


def test_other_keywords() -> None:
    with pytest.raises(InvalidParameterError, match=r"'beta' .* in the range \[0.0, inf\]"):
        metrics.fbeta_score([0, 1], [0, 1], beta=-1)
    with pytest.raises(InvalidParameterError, match="'normalize' parameter of accuracy_score"):
        metrics.accuracy_score([0, 1], [0, 1], normalize=2)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterError, match="'normalize' parameter of confusion_matrix"):
        metrics.confusion_matrix([0, 1], [0, 1], normalize="rows")
    with pytest.raises(InvalidParameterError, match="'warn_for' parameter"):
        metrics.precision_recall_fscore_support([0], [0], warn_for="recall")  # type: ignore[arg-type]


@pytest.mark.parametrize("labels", [[], [5], ["a"]])
def test_labels_of_a_confusion_matrix(labels: Any) -> None:
    assert_refused_alike("confusion_matrix", [0, 1], [0, 1], labels=labels)


@pytest.mark.parametrize("labels", [[1, 5, 5], [5, 5, 1], [0, 1, 1], [1], [1.0, 0.5], [True]])
def test_odd_labels_pass_as_in_sklearn(labels: Any) -> None:
    for name in ("confusion_matrix", "f1_score"):
        keywords = {"labels": labels} | ({"average": None} if name == "f1_score" else {})
        ours = outcome_of(getattr(metrics, name), [0, 1, 1], [0, 1, 0], **keywords)
        theirs = outcome_of(getattr(sklearn.metrics, name), [0, 1, 1], [0, 1, 0], **keywords)
        assert ours.value.tolist() == theirs.value.tolist()
        assert ours.warnings == theirs.warnings


@pytest.mark.parametrize(
    ("arguments", "keywords"),
    [
        (([0, 1], [1, 1]), {"average": None}),
        (([0, 1], [1, 1]), {"average": "macro"}),
        (([0, 0], [0, 0]), {}),
        (([0, 1], [0, 1]), {"labels": [5], "average": "macro"}),
        (([0, 1], [0, 1]), {"labels": ["a"], "average": "macro"}),
        (([0, 1], [0, 1]), {"labels": [], "average": "macro"}),
        (([0, 1], [0, 1]), {"average": "macro", "pos_label": 2}),
        (([0, 1, 2], [1, 1, 1]), {"average": "macro", "labels": [2, 3], "zero_division": NAN}),
        (([0, 1], [1, 1]), {"average": "weighted", "labels": [3], "zero_division": 1}),
        (([0, 1], [1, 1]), {"beta": INF, "average": None}),
        (([0, 1], [1, 1]), {"beta": 0, "average": None}),
        (([0, 1], [1, 1]), {"average": "binary", "warn_for": ("f-score",)}),
        (([5, 5], [5, 5]), {"average": "binary"}),
        ((["a", "a"], ["a", "a"]), {"average": "binary"}),
        (([0, 1], [0, 1]), {"average": None, "sample_weight": [1, 2]}),
        (([0, 1], [0, 1]), {"average": None, "sample_weight": [-1, 2]}),
        (([0, 1], [1, 1]), {"average": "binary", "pos_label": np.True_}),
    ],
)
def test_values_and_warnings_of_edge_cases(arguments: Any, keywords: Any) -> None:
    name = "precision_recall_fscore_support"
    ours = outcome_of(getattr(metrics, name), *arguments, **keywords)
    theirs = outcome_of(getattr(sklearn.metrics, name), *arguments, **keywords)
    assert theirs.error is None
    assert ours.error is None
    assert ours.warnings == theirs.warnings
    assert str(ours.value) == str(theirs.value)


def test_weights_that_cancel() -> None:
    for library in (metrics, sklearn.metrics):
        with pytest.raises(ZeroDivisionError, match="Weights sum to zero, can't be normalized"):
            library.accuracy_score([0, 1], [0, 1], sample_weight=[1, -1])
    assert metrics.accuracy_score([0, 1], [0, 1], sample_weight=[-1, 2]) == 1.0


def test_warnings_are_sklearns_class_and_point_at_the_caller() -> None:
    with pytest.warns(sklearn.exceptions.UndefinedMetricWarning) as caught:
        metrics.recall_score([0, 0], [0, 1])
    assert caught[0].filename == __file__


def test_integer_weights_beyond_64_bits() -> None:
    weights = np.full(2, 2**63 - 1)
    with pytest.raises(CountOverflowError, match="sample_weight"):
        metrics.confusion_matrix([0, 0], [0, 0], sample_weight=weights, labels=[0, 1])
