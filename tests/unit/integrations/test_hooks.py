"""The hooks for other frameworks, called as the frameworks call them; scikit-learn's for real."""

from __future__ import annotations

import pickle
from collections import namedtuple
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import GridSearchCV, cross_validate

from lstmetrics import evaluate_predictions, evaluate_tags
from lstmetrics.errors import InvalidParameterError, InvalidTypeError, ShapeError
from lstmetrics.integrations import (
    KerasReport,
    ReportScorer,
    TrainerMetrics,
    log_report,
    numbers,
)

EvalPrediction = namedtuple("EvalPrediction", ["predictions", "label_ids"])
NAMES = ["O", "B-PER", "I-PER"]


def _logits(rows: int, columns: int) -> Any:
    return np.random.default_rng(rows).normal(size=(rows, columns)).astype(np.float32)


# ---- Hugging Face -----------------------------------------------------------------------------


@pytest.mark.parametrize("classes", [2, 3])
def test_the_trainers_metrics_are_the_reports(classes: int) -> None:
    logits, truth = _logits(60, classes), np.arange(60) % classes
    metrics = TrainerMetrics(replicates=50)
    found = metrics(EvalPrediction(logits, truth))
    report = evaluate_predictions(truth, logits=logits, labels=range(classes), replicates=50)
    assert found == numbers(report)
    assert metrics.report is not None
    assert metrics.report.digest == report.digest
    assert {"accuracy", "accuracy_low", "accuracy_high", "log_loss"} <= found.keys()


@pytest.mark.parametrize("extra", [False, True])
def test_the_first_of_several_outputs_is_read(extra: bool) -> None:
    logits, truth = _logits(20, 2), np.arange(20) % 2
    given = (logits, np.zeros((20, 7))) if extra else logits
    object_of_names = SimpleNamespace(predictions=given, label_ids=truth[:, None])
    assert TrainerMetrics()(object_of_names) == TrainerMetrics()(EvalPrediction(logits, truth))


@pytest.mark.parametrize("shape", [(40,), (40, 1)])
def test_one_column_of_logits_is_of_the_positive_class(shape: tuple[int, ...]) -> None:
    logits, truth = _logits(40, 1).reshape(shape), np.arange(40) % 2
    found = TrainerMetrics(labels=["ham", "spam"])(EvalPrediction(logits, truth))
    positive = logits.ravel() > 0
    assert found["accuracy"] == np.count_nonzero(positive == truth) / 40
    assert found["f1"] == pytest.approx(f1_score(truth, positive))


def test_the_trainers_several_labels_at_once() -> None:
    logits = _logits(30, 4)
    truth = (_logits(31, 4)[:30] > 0).astype(np.float32)
    metrics = TrainerMetrics()
    metrics(EvalPrediction(logits, truth))
    assert metrics.report is not None
    assert metrics.report.task == "multilabel"


def test_tags_leave_out_what_the_trainer_ignores() -> None:
    truth = np.array([[-100, 1, 2, 0, -100], [-100, -100, -100, -100, -100], [1, -100, 2, 0, 1]])
    predicted = np.array([[2, 1, 2, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 1]])
    logits = (np.arange(3) == predicted[..., None]).astype(np.float32)
    found = TrainerMetrics(labels=NAMES)(EvalPrediction(logits, truth))
    true = [["B-PER", "I-PER", "O"], [], ["B-PER", "I-PER", "O", "B-PER"]]
    guess = [["B-PER", "I-PER", "O"], [], ["B-PER", "O", "O", "B-PER"]]
    assert found == numbers(evaluate_tags(true, guess))
    assert found["token_accuracy"] == 6 / 7


@pytest.mark.parametrize(
    ("labels", "given", "error", "message"),
    [
        (None, [1, 2, 3], InvalidTypeError, "EvalPrediction"),
        (None, EvalPrediction(_logits(2, 2), None), InvalidTypeError, "label_names"),
        (None, EvalPrediction(_logits(2, 2), np.array([0, 2])), ShapeError, "go from 0 to 2"),
        (None, EvalPrediction(np.zeros((1, 2, 3)), np.zeros((1, 2))), InvalidTypeError, "tags"),
        (NAMES, EvalPrediction(np.zeros((1, 2, 3)), np.zeros((1, 3))), ShapeError, "tokens"),
        (None, EvalPrediction(np.zeros((1, 2, 3, 4)), np.zeros(1)), ShapeError, "not those of"),
    ],
)
def test_what_the_trainer_cannot_mean(labels: Any, given: Any, error: Any, message: str) -> None:
    with pytest.raises(error, match=message):
        TrainerMetrics(labels=labels)(given)


# ---- Keras ------------------------------------------------------------------------------------


class _Model:
    """Gives better probabilities each time."""

    def __init__(self, truth: Any) -> None:
        self._truth, self._calls = truth, 0
        self.batch_sizes: list[int | None] = []

    def predict(self, inputs: Any, batch_size: int | None = None, verbose: Any = "auto") -> Any:
        assert verbose == 0
        self._calls += 1
        self.batch_sizes.append(batch_size)
        kept = inputs[:, 0] < self._calls / 3
        return np.where(kept, self._truth, 1 - self._truth)[:, None] * 0.8 + 0.1


def test_the_callback_reports_each_epoch_and_logs() -> None:
    truth = np.arange(30) % 2
    callback = KerasReport(np.linspace(0, 0.99, 30)[:, None], truth, batch_size=8, replicates=0)
    callback.set_params({"epochs": 3})
    callback.set_model(model := _Model(truth))
    for _ in range(2):  # a second fit starts anew
        callback.on_train_begin()
        model._calls = 0
        for epoch, (loss, test) in enumerate([(0.6, 0.6), (0.2, 0.5), (0.02, 0.9)]):
            callback.on_epoch_begin(epoch, {})
            callback.on_train_batch_end(0, {})
            logs: dict[str, Any] = {"loss": loss, "val_loss": test}
            callback.on_epoch_end(epoch, logs)
    assert [report.metrics["accuracy"] for report in callback.reports] == [1 / 3, 2 / 3, 1.0]
    assert logs["report_accuracy"] == 1.0
    assert logs["report_accuracy_low"] < 1.0
    assert callback.reports[2].history == {"loss": [0.6, 0.2, 0.02], "val_loss": [0.6, 0.5, 0.9]}
    assert "overfitting" in [finding.code for finding in callback.reports[2].findings]
    assert set(model.batch_sizes) == {8}


def test_the_callback_without_logs_and_what_it_lacks() -> None:
    callback = KerasReport(np.zeros((4, 1)), [0, 1, 0, 1], prefix="held_out_")
    callback.set_model(_Model(np.array([0, 1, 0, 1])))
    callback.on_epoch_end(0)
    assert callback.reports[0].history is None
    with pytest.raises(AttributeError, match="no attribute 'weights'"):
        _ = callback.weights


# ---- scikit-learn -----------------------------------------------------------------------------


@pytest.fixture
def data() -> tuple[Any, Any]:
    random = np.random.default_rng(3)
    truth = np.where(random.random(200) < 0.4, "spam", "ham")
    return random.normal(size=(200, 3)) + (truth == "spam")[:, None], truth


def test_the_scorer_agrees_with_scikit_learns(data: tuple[Any, Any]) -> None:
    inputs, truth = data
    found = cross_validate(
        LogisticRegression(), inputs, truth, scoring=ReportScorer(["f1_macro", "log_loss"]), cv=4
    )
    own = cross_validate(
        LogisticRegression(), inputs, truth, scoring=["f1_macro", "neg_log_loss"], cv=4
    )
    np.testing.assert_allclose(found["test_f1_macro"], own["test_f1_macro"], rtol=1e-14)
    np.testing.assert_allclose(found["test_log_loss"], own["test_neg_log_loss"], rtol=1e-12)


def test_the_scorer_chooses_a_model(data: tuple[Any, Any]) -> None:
    scorer = pickle.loads(pickle.dumps(ReportScorer("log_loss")))
    search = GridSearchCV(LogisticRegression(), {"C": [1e-4, 1.0]}, scoring=scorer, cv=3)
    assert search.fit(*data).best_params_ == {"C": 1.0}


def test_the_scorer_of_labels_alone(data: tuple[Any, Any]) -> None:
    inputs, truth = data
    fitted = LogisticRegression().fit(inputs, truth)
    labels_only = SimpleNamespace(classes_=fitted.classes_, predict=fitted.predict)
    predicted = fitted.predict(inputs)
    scorer = ReportScorer("f1", pos_label="ham")
    assert scorer(labels_only, inputs, truth) == pytest.approx(
        f1_score(truth, predicted, pos_label="ham")
    )
    assert scorer.report(fitted, inputs, truth).metrics["log_loss"] == pytest.approx(
        log_loss(truth, fitted.predict_proba(inputs))
    )
    with pytest.raises(InvalidParameterError, match=r"no metric 'auc'; there are accuracy"):
        ReportScorer("auc")(fitted, inputs, truth)


# ---- MLflow -----------------------------------------------------------------------------------


class _Run:
    """What MLflow's module does, remembered."""

    def __init__(self) -> None:
        self.logged: dict[str, Any] = {}

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None:
        self.logged["metrics"], self.logged["step"] = metrics, step

    def set_tags(self, tags: dict[str, str]) -> None:
        self.logged["tags"] = tags

    def log_dict(self, dictionary: Any, artifact_file: str) -> None:
        self.logged[artifact_file] = dictionary

    def log_text(self, text: str, artifact_file: str) -> None:
        self.logged[artifact_file] = text


def test_a_report_is_logged() -> None:
    report = evaluate_predictions([0, 1, 1, 0] * 25, scores=[0.1, 0.9, 0.4, 0.2] * 25)
    report.metrics["undefined"] = float("nan")
    run = _Run()
    log_report(report, run, prefix="test_", step=3, html=True)
    expected = numbers(report, "test_")
    del expected["test_undefined"]
    assert run.logged["metrics"] == expected
    assert run.logged["step"] == 3
    assert run.logged["tags"]["test_verdict"] == report.verdict.status
    assert run.logged["tags"]["test_digest"] == report.digest
    assert run.logged["test_report.json"]["metrics"]["undefined"] is None
    assert run.logged["test_report.html"].startswith("<!")


def test_without_the_page() -> None:
    run = _Run()
    log_report(evaluate_predictions([0, 1], y_pred=[0, 1]), run)
    assert run.logged.keys() == {"metrics", "step", "tags", "report.json"}
