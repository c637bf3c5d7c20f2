"""Evaluating classifiers: from a model, from labels, from scores."""

from __future__ import annotations

import math

import numpy as np
import pytest

import lstmetrics
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation.classification import ClassificationStates
from lstmetrics.evaluation.labels import label_indices
from lstmetrics.models import Dense, Sequential

LABELS = ["ham", "spam"]


def scorer(classes: int, activation: str = "softmax") -> Sequential:
    """A model that passes its features through the activation."""
    model = Sequential([Dense(classes, activation=activation, input_shape=(classes,))])
    model.set_weights([np.eye(classes, dtype=np.float32), np.zeros(classes, np.float32)])
    return model


def test_worked_case_of_the_domain() -> None:
    """TP 80, FP 10, FN 20, TN 90."""
    y_true = [1] * 100 + [0] * 100
    y_pred = [1] * 80 + [0] * 20 + [1] * 10 + [0] * 90
    report = lstmetrics.evaluate_predictions(y_true, y_pred=y_pred)
    assert report.metrics["precision"] == 80 / 90
    assert report.metrics["recall"] == 0.8
    assert report.metrics["f1"] == 160 / 190
    assert report.metrics["accuracy"] == 0.85
    assert report.confusion is not None
    assert report.confusion.tolist() == [[90, 10], [20, 80]]
    assert report.samples == 200


def test_scores_of_two_classes_in_one_column() -> None:
    report = lstmetrics.evaluate_predictions([0, 1, 1], scores=[0.25, 0.5, 0.75])
    # One half is not above one half.
    assert report.confusion is not None
    assert report.confusion.tolist() == [[1, 0], [1, 1]]
    expected = -(math.log(0.75) + math.log(0.5) + math.log(0.75)) / 3
    assert report.metrics["log_loss"] == pytest.approx(expected, rel=1e-15)
    assert report.metrics["mean_confidence"] == (0.75 + 0.5 + 0.75) / 3


def test_logits_of_two_classes_in_one_column() -> None:
    flat = lstmetrics.evaluate_predictions([0, 1, 1], logits=[-2.0, 0.5, -0.25])
    column = lstmetrics.evaluate_predictions([0, 1, 1], logits=[[-2.0], [0.5], [-0.25]])
    assert flat.confusion is not None
    assert flat.confusion.tolist() == [[1, 0], [1, 1]]
    assert column.digest == flat.digest


def test_labels_may_be_an_array() -> None:
    given = lstmetrics.evaluate_predictions([0, 1], scores=[0.1, 0.9], labels=np.arange(2))
    plain = lstmetrics.evaluate_predictions([0, 1], scores=[0.1, 0.9], labels=[0, 1])
    assert given.digest == plain.digest
    assert given.to_dict()["labels"] == [0, 1]
    assert given.to_json(indent=None).count('"pos_label": 1') == 1


def test_ties_go_to_the_first_class() -> None:
    report = lstmetrics.evaluate_predictions(["b", "a"], scores=[[0.5, 0.5], [0.5, 0.5]])
    assert report.confusion is not None
    assert report.confusion.tolist() == [[1, 0], [1, 0]]
    assert report.metrics["mean_confidence"] == 0.5


def test_columns_need_no_sorting() -> None:
    """Labels in the model's order, which is not the alphabet's."""
    scores = [[0.9, 0.1], [0.2, 0.8]]
    report = lstmetrics.evaluate_predictions(["z", "a"], scores=scores, labels=["z", "a"])
    assert report.metrics["accuracy"] == 1.0
    assert report.metrics["log_loss"] == pytest.approx(-(math.log(0.9) + math.log(0.8)) / 2)
    assert report.per_class is not None
    assert [row["label"] for row in report.per_class] == ["z", "a"]
    assert [row["support"] for row in report.per_class] == [1, 1]


def test_model_and_its_scores_agree() -> None:
    features = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    targets = features.argmax(axis=1) * np.arange(50) % 3
    model = scorer(3)
    by_model = lstmetrics.evaluate(model, features, targets, batch_size=7)
    by_scores = lstmetrics.evaluate_predictions(
        targets, scores=model.predict(features), labels=[0, 1, 2]
    )
    assert by_model.digest == by_scores.digest
    assert by_model.metrics == by_scores.metrics
    assert "outputs" in by_model.digests
    assert "outputs" not in by_scores.digests


def test_sigmoid_model_has_two_classes() -> None:
    model = scorer(1, "sigmoid")
    model.labels = list(LABELS)
    report = lstmetrics.evaluate(model, [[-2.0], [3.0]], ["ham", "spam"])
    assert report.labels == LABELS
    assert report.metrics["accuracy"] == 1.0


def test_shards_merge_to_the_whole() -> None:
    rng = np.random.default_rng(2)
    scores = rng.dirichlet([1, 1, 1], 200)
    truth = rng.integers(0, 3, 200)
    whole = ClassificationStates([0, 1, 2], with_scores=True)
    whole.update_scores(truth, scores)
    parts = []
    for rows in np.array_split(rng.permutation(200), 17):
        part = ClassificationStates([0, 1, 2], with_scores=True)
        part.update_scores(truth[rows], scores[rows])
        parts.append(part)
    merged = parts[0]
    for part in parts[1:]:
        merged.merge(part)
    assert merged.digest() == whole.digest()
    assert merged.metrics() == whole.metrics()


@pytest.mark.parametrize(
    ("targets", "labels", "expected"),
    [
        (["b", "a"], ["a", "b"], [1, 0]),
        (["b", "a"], ["b", "a"], [0, 1]),
        ([1, 0], ["no", "yes"], [1, 0]),
        (np.array([True, False]), [0, 1], [1, 0]),
        ([5, 3], [3, 5], [1, 0]),
        ([], ["a"], []),
        (np.array(["é", "e"], dtype=object), ["e", "é"], [1, 0]),
    ],
)
def test_label_indices(targets: object, labels: list[str | int], expected: list[int]) -> None:
    assert label_indices(targets, labels).tolist() == expected


def test_unknown_label_is_named() -> None:
    with pytest.raises(InvalidValueError, match=r"'c' at row 1 is none of the labels"):
        label_indices(["a", "c"], ["a", "b"])
    with pytest.raises(InvalidTypeError, match="must be labels like"):
        label_indices(["a"], [0, 1])
    with pytest.raises(ShapeError, match="one dimension"):
        label_indices([[0]], [0, 1])


def test_bad_predictions_are_refused() -> None:
    with pytest.raises(InvalidTypeError, match="one of y_pred, scores and logits"):
        lstmetrics.evaluate_predictions([0, 1])
    with pytest.raises(ShapeError, match="2 true and 1 predicted"):
        lstmetrics.evaluate_predictions([0, 1], y_pred=[0])
    with pytest.raises(ShapeError, match="scores are for 3 classes"):
        lstmetrics.evaluate_predictions([0, 1], scores=np.full((2, 3), 1 / 3))
    with pytest.raises(InvalidValueError, match="NaN at row 1"):
        lstmetrics.evaluate_predictions([0, 1], scores=[0.5, float("nan")])
    with pytest.raises(InvalidValueError, match="no rows"):
        lstmetrics.evaluate_predictions([], y_pred=[])
    with pytest.raises(InvalidTypeError, match="both be text"):
        lstmetrics.evaluate_predictions([0], y_pred=["a"])


def test_bad_evaluations_are_refused() -> None:
    model = scorer(2)
    with pytest.raises(InvalidTypeError, match="needs targets"):
        lstmetrics.evaluate(model, [[0.0, 1.0]])
    with pytest.raises(ShapeError, match="1 inputs and 2 targets"):
        lstmetrics.evaluate(model, [[0.0, 1.0]], [0, 1])
    with pytest.raises(ShapeError, match="tells 2 classes apart"):
        lstmetrics.evaluate(model, [[0.0, 1.0]], [0], labels=["a", "b", "c"])
    with pytest.raises(InvalidTypeError, match="must be a Model"):
        lstmetrics.evaluate("model.h5", [[0.0, 1.0]], [0])  # type: ignore[arg-type]
