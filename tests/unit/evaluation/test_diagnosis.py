"""The worked cases of the domain: what is said of a model, and what it rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics import evaluate_predictions
from lstmetrics.errors import InvalidParameterError, InvalidTypeError
from lstmetrics.evaluation import Goal


def labels_of(tn: int, fp: int, fn: int, tp: int) -> dict[str, list[int]]:
    return {
        "y_true": [0] * (tn + fp) + [1] * (fn + tp),
        "y_pred": [0] * tn + [1] * fp + [0] * fn + [1] * tp,
    }


def codes(report: lstmetrics.Report) -> dict[str, str]:
    return {finding.code: finding.severity for finding in report.findings}


def test_two_hundred_samples_are_too_few_for_the_worked_case() -> None:
    """TP 80, FP 10, FN 20, TN 90: the numbers are good, the intervals reach below."""
    report = evaluate_predictions(**labels_of(90, 10, 20, 80))
    rounded = {name: round(report.metrics[name], 3) for name in ("precision", "recall", "f1")}
    assert rounded == {"precision": 0.889, "recall": 0.8, "f1": 0.842}
    assert report.metrics["accuracy"] == 0.85
    assert report.verdict.status == "cannot tell"
    outcomes = {check.metric: check.outcome for check in report.verdict.checks}
    assert outcomes["accuracy"] == outcomes["recall"] == "unclear"
    assert outcomes["precision"] == "met"
    assert not [f for f in report.findings if f.severity == "critical"]


def test_ten_thousand_better_ones_are_enough() -> None:
    report = evaluate_predictions(**labels_of(4600, 400, 800, 4200))
    assert report.verdict.status == "ready"
    assert not report.findings


def test_spam_that_is_not_found() -> None:
    """98 % accuracy, 12 % recall: the accuracy paradox."""
    report = evaluate_predictions(**labels_of(9776, 4, 194, 26))
    assert round(report.metrics["accuracy"], 2) == 0.98
    assert round(report.metrics["recall"], 2) == 0.12
    assert report.verdict.status == "not ready"
    assert any("accuracy_paradox" in reason for reason in report.verdict.reasons)
    paradox = report.findings[0]
    assert (paradox.code, paradox.severity) == ("accuracy_paradox", "critical")
    assert paradox.evidence["majority_accuracy"] == 9780 / 10000
    assert "accuracy paradox" in paradox.meaning
    for advice in ("precision, recall and F1", "threshold", "class weights"):
        assert advice in paradox.advice
    assert codes(report)["low_recall"] == "critical"
    assert codes(report)["class_imbalance"] == "warning"
    assert codes(report)["precision_recall_gap"] == "warning"
    # Accuracy is no goal where classes are not balanced.
    assert "accuracy" not in {check.metric for check in report.verdict.checks}


def test_majority_class_alone() -> None:
    report = evaluate_predictions(**labels_of(900, 0, 100, 0))
    assert report.metrics["accuracy"] == 0.9
    assert report.verdict.status == "not ready"
    found = codes(report)
    assert found["accuracy_paradox"] == found["near_chance"] == "critical"
    assert report.baseline["majority_accuracy"] == 0.9
    assert report.baseline["chance_p_value"] == 1


def test_chance_and_worse() -> None:
    rng = np.random.default_rng(3)
    report = evaluate_predictions(rng.integers(0, 2, 500), y_pred=rng.integers(0, 2, 500))
    assert codes(report)["near_chance"] == "critical"
    swapped = evaluate_predictions(**labels_of(10, 90, 90, 10))
    (finding,) = [f for f in swapped.findings if f.code == "near_chance"]
    assert "swapped" in finding.advice


@pytest.mark.parametrize(
    "evidence",
    [
        {"train": {"log_loss": 0.02}},
        {"history": {"loss": [0.6, 0.2, 0.02], "val_loss": [0.65, 0.5, 0.9]}},
    ],
)
def test_train_loss_far_below_test_loss(evidence: dict[str, Any]) -> None:
    """A loss of 0.02 in training and of 0.9 here."""
    rng = np.random.default_rng(4)
    truth = rng.integers(0, 2, 1000)
    # Right for 7 of 10 samples, and sure all the time: -(0.7 log 0.96 + 0.3 log 0.04) = 0.99.
    scores = np.where(rng.random(1000) < 0.72, truth, 1 - truth) * 0.92 + 0.04
    report = evaluate_predictions(truth, scores=scores, **evidence)
    assert abs(report.metrics["log_loss"] - 0.9) < 0.1
    (finding,) = [f for f in report.findings if f.code == "overfitting"]
    assert finding.severity == "critical"
    assert report.verdict.status == "not ready"
    if "history" in evidence:
        assert finding.evidence["best_epoch"] == 2
        assert "stop at epoch 2" in finding.advice
    else:
        assert finding.evidence["train_log_loss"] == 0.02
    assert codes(report)["over_confidence"] == "warning"


def test_the_same_in_training_is_no_overfitting() -> None:
    fine = evaluate_predictions(**labels_of(90, 10, 20, 80), train={"accuracy": 0.86})
    assert "overfitting" not in codes(fine)
    worse = evaluate_predictions(**labels_of(90, 10, 20, 80), train={"accuracy": 0.99})
    assert codes(worse)["overfitting"] == "critical"


def sure_and_half_right(rows: int, seed: int) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, rows)
    right = rng.random(rows) < 0.7
    return truth, np.where(right, truth, 1 - truth) * 0.9 + 0.05


def test_temperature_is_fitted_on_other_data() -> None:
    truth, scores = sure_and_half_right(2000, 1)
    alone = evaluate_predictions(truth, scores=scores)
    (finding,) = [f for f in alone.findings if f.code == "over_confidence"]
    assert "validation=" in finding.advice
    assert alone.temperature is None
    scaled = evaluate_predictions(truth, scores=scores, validation=sure_and_half_right(2000, 2))
    assert scaled.digest == alone.digest
    assert scaled.temperature is not None
    assert 3 < scaled.temperature["temperature"] < 4
    before, after = scaled.temperature["before"], scaled.temperature["after"]
    assert before["expected_calibration_error"] > 0.2
    assert after["expected_calibration_error"] < 0.03
    assert after["log_loss"] < before["log_loss"]
    (finding,) = [f for f in scaled.findings if f.code == "over_confidence"]
    assert f"temperature {scaled.temperature['temperature']:.3g}" in finding.advice


def test_suspected_labels() -> None:
    truth = np.array([0, 1] * 500)
    scores = np.where(truth == 1, 0.99, 0.01)
    truth[:5] = 1 - truth[:5]
    report = evaluate_predictions(truth, scores=scores)
    (finding,) = [f for f in report.findings if f.code == "label_noise_suspects"]
    assert finding.evidence == {"samples": 1000, "wrong": 5}
    assert [row["id"] for row in report.worst] == ["0", "1", "2", "3", "4"]


def test_leakage_makes_it_impossible_to_tell() -> None:
    texts = [f"message number {row}" for row in range(1000)]
    truth = [0, 1] * 500
    report = evaluate_predictions(
        truth, y_pred=truth, texts=texts, train_texts=["Message  NUMBER 7", *texts[:20]]
    )
    (finding,) = report.findings
    assert (finding.code, finding.evidence["in_train"]) == ("leakage", 20)
    assert report.verdict.status == "cannot tell"


def test_duplicates_and_conflicting_labels() -> None:
    texts = ["win now", "WIN  now", "see you", "see you", "alone"]
    report = evaluate_predictions([1, 1, 0, 1, 0], y_pred=[1, 1, 0, 0, 0], texts=texts)
    assert report.duplicates is not None
    assert report.duplicates["repeated"] == 2
    assert report.duplicates["conflicts"] == ["see you"]
    assert {"duplicates", "conflicting_labels"} <= codes(report).keys()


def test_near_duplicates() -> None:
    pytest.importorskip("datasketch", reason="near duplicates are an extra")
    train = ["congratulations, you have won a prize of 1000 pounds, call now to claim it"]
    texts = [train[0].replace("1000", "2000"), "are you coming home for dinner tonight?"]
    report = evaluate_predictions(
        [1, 0], y_pred=[1, 0], texts=texts, train_texts=train, near_duplicates=True
    )
    assert report.duplicates is not None
    assert (report.duplicates["in_train"], report.duplicates["near_train"]) == (0, 1)


def test_a_slice_that_is_worse() -> None:
    rng = np.random.default_rng(9)
    truth = rng.integers(0, 2, 3000)
    source = rng.choice(["web", "mail", "chat"], 3000)
    right = rng.random(3000) < np.where(source == "chat", 0.6, 0.95)
    report = evaluate_predictions(
        truth, y_pred=np.where(right, truth, 1 - truth), by={"source": source}
    )
    (finding,) = [f for f in report.findings if f.code == "weak_slice"]
    assert [row["value"] for row in finding.evidence["slices"]] == ["chat"]
    assert "source = chat" in finding.meaning
    even = rng.random(3000) < 0.9
    same = evaluate_predictions(
        truth, y_pred=np.where(even, truth, 1 - truth), by={"source": source}
    )
    assert "weak_slice" not in codes(same)


@pytest.mark.parametrize(
    "columns",
    [{"y_pred": [1] * 500}, {"scores": [0.9] * 500}, {"scores": [0.2] * 500}],
)
def test_one_class_tells_nothing(columns: dict[str, Any]) -> None:
    report = evaluate_predictions([1] * 500, labels=[0, 1], **columns)
    assert codes(report)["one_class_only"] == "warning"
    assert "near_chance" not in codes(report)
    assert report.baseline["imbalance_ratio"] == 1
    assert report.verdict.status != "ready"


@pytest.mark.parametrize("columns", [{"y_pred": []}, {"scores": []}])
def test_no_samples_tell_nothing(columns: dict[str, Any]) -> None:
    report = evaluate_predictions([], labels=[0, 1], **columns)
    assert report.verdict.status == "cannot tell"
    assert report.verdict.reasons == ["there are no samples"]
    assert report.to_json()


def test_goals_of_the_user() -> None:
    columns = labels_of(9000, 1000, 2000, 8000)
    strict = evaluate_predictions(**columns, goals={"precision": 0.95})
    assert strict.verdict.status == "not ready"
    assert "below the goal of 0.95" in strict.verdict.reasons[0]
    easy = evaluate_predictions(
        **columns, goals=[Goal("recall", 0.75), Goal("f1", 0.99, "at most")]
    )
    assert easy.verdict.status == "ready"
    loss = evaluate_predictions([0, 1], scores=[0.1, 0.9], goals={"log_loss": 0.5})
    assert [check.relation for check in loss.verdict.checks] == ["at most"]
    with pytest.raises(InvalidParameterError, match="no metric 'f2'"):
        evaluate_predictions(**columns, goals={"f2": 0.5})
    with pytest.raises(InvalidParameterError, match=r"goals\['f1'\] must be a number"):
        evaluate_predictions(**columns, goals={"f1": "high"})  # type: ignore[dict-item]


def test_multilabel() -> None:
    truth = np.array([[1, 0, 1], [0, 1, 0], [1, 1, 0], [0, 0, 0]] * 50)
    scores = np.where(truth, 0.8, 0.3)
    scores[::4, 2] = 0.4
    report = evaluate_predictions(truth, scores=scores, labels=["toxic", "rude", "spam"])
    assert report.task == "multilabel"
    assert report.metrics["accuracy"] == 0.75
    assert report.per_class is not None
    assert [row["recall"] for row in report.per_class] == [1.0, 1.0, 0.0]
    assert codes(report)["low_recall"] == "warning"
    assert report.verdict.status == "not ready"
    assert report.to_dict()["task"] == "multilabel"


def test_streams_are_checked() -> None:
    with pytest.raises(InvalidTypeError, match="needs labels="):
        evaluate_predictions(iter([{"y_true": [0], "y_pred": [0]}]))
    with pytest.raises(InvalidTypeError, match="in its batches"):
        evaluate_predictions(iter([]), y_pred=[0], labels=[0, 1])
    with pytest.raises(InvalidTypeError, match="a batch has 'y_true'"):
        evaluate_predictions(iter([{"y_pred": [0]}]), labels=[0, 1])
    with pytest.raises(InvalidTypeError, match="must be a mapping"):
        evaluate_predictions(iter([([0], [0])]), labels=[0, 1])  # type: ignore[list-item]
    with pytest.raises(InvalidTypeError, match="history must be"):
        evaluate_predictions([0], y_pred=[0], history=3)


def test_progress_is_told() -> None:
    told: list[tuple[int, int | None]] = []
    columns = labels_of(90, 10, 20, 80)
    evaluate_predictions(**columns, progress=lambda *done: told.append(done))
    batches = iter([columns, columns])
    evaluate_predictions(batches, labels=[0, 1], progress=lambda *done: told.append(done))
    assert told == [(200, 200), (200, None), (400, None)]
