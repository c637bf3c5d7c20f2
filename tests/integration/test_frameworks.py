"""The report in the hooks of the frameworks themselves: run by nox's session `integrations`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmetrics import evaluate_predictions
from lstmetrics.integrations import KerasReport, TrainerMetrics, log_report, numbers

# Other people's deprecations are no errors of ours.
pytestmark = pytest.mark.filterwarnings("default")
_REASON = "{} is not installed: this test is nox's session integrations"
CLASSES = 3


@pytest.fixture(scope="module")
def samples() -> tuple[Any, Any]:
    random = np.random.default_rng(5)
    truth = random.integers(0, CLASSES, 120)
    inputs = random.normal(size=(120, 4)) + 2.0 * (np.arange(4) == truth[:, None])
    return inputs.astype(np.float32), truth


def test_hugging_faces_trainer(samples: tuple[Any, Any], tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason=_REASON.format("PyTorch"))
    transformers = pytest.importorskip("transformers", reason=_REASON.format("transformers"))
    inputs, truth = samples

    class Classifier(torch.nn.Module):  # type: ignore[misc,name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.layer = torch.nn.Linear(4, CLASSES)

        def forward(self, inputs: Any, labels: Any = None) -> dict[str, Any]:
            logits = self.layer(inputs)
            return {"loss": torch.nn.functional.cross_entropy(logits, labels), "logits": logits}

    rows = [{"inputs": row, "labels": int(label)} for row, label in zip(inputs, truth, strict=True)]
    metrics = TrainerMetrics(replicates=0)
    trainer = transformers.Trainer(
        model=Classifier(),
        args=transformers.TrainingArguments(
            output_dir=str(tmp_path),
            eval_strategy="epoch",
            num_train_epochs=2,
            per_device_train_batch_size=16,
            learning_rate=0.1,
            save_strategy="epoch",
            load_best_model_at_end=True,
            metric_for_best_model="f1_macro",
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
        ),
        train_dataset=rows[:80],
        eval_dataset=rows[80:],
        compute_metrics=metrics,
    )
    trainer.train()
    found = trainer.evaluate()
    logits = trainer.predict(rows[80:]).predictions
    expected = numbers(
        evaluate_predictions(truth[80:], logits=logits, labels=range(CLASSES), replicates=0)
    )
    assert {name: found[f"eval_{name}"] for name in expected} == expected
    assert found["eval_accuracy"] > 1 / CLASSES
    assert [row["eval_f1_macro"] for row in trainer.state.log_history if "eval_f1_macro" in row]


def test_keras(samples: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", os.environ.get("KERAS_BACKEND", "torch"))
    pytest.importorskip("torch", reason=_REASON.format("PyTorch"))
    keras = pytest.importorskip("keras", reason=_REASON.format("Keras"))
    inputs, truth = samples
    keras.utils.set_random_seed(1)
    layers = [keras.Input((4,)), keras.layers.Dense(CLASSES, activation="softmax")]
    model = keras.Sequential(layers)
    model.compile("adam", "sparse_categorical_crossentropy")
    callback = KerasReport(inputs[80:], truth[80:], labels=range(CLASSES), replicates=0)
    stop = keras.callbacks.EarlyStopping(monitor="report_f1_macro", mode="max", patience=50)
    history = model.fit(
        inputs[:80],
        truth[:80],
        validation_data=(inputs[80:], truth[80:]),
        epochs=3,
        callbacks=[callback, stop],
        verbose=0,
    )
    scores = model.predict(inputs[80:], verbose=0)
    last = evaluate_predictions(truth[80:], scores=scores, labels=range(CLASSES), replicates=0)
    assert len(callback.reports) == 3
    assert callback.reports[-1].digest == last.digest
    assert history.history["report_accuracy"][-1] == last.metrics["accuracy"]
    assert callback.reports[-1].history == {
        name: history.history[name] for name in ("loss", "val_loss")
    }
    assert stop.best == max(history.history["report_f1_macro"])


def test_mlflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The small MLflow has no database, and asks that files in its place be allowed.
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    mlflow = pytest.importorskip("mlflow", reason=_REASON.format("MLflow"))
    mlflow.set_tracking_uri((tmp_path / "runs").as_uri())
    mlflow.create_experiment("reports", artifact_location=(tmp_path / "artifacts").as_uri())
    mlflow.set_experiment("reports")
    report = evaluate_predictions([0, 1, 1, 0] * 25, scores=[0.1, 0.9, 0.4, 0.2] * 25)
    with mlflow.start_run() as run:
        log_report(report, mlflow, html=True)
    logged = mlflow.get_run(run.info.run_id)
    assert logged.data.metrics == pytest.approx(numbers(report), rel=0, abs=0)
    assert logged.data.tags["verdict"] == report.verdict.status
    (file,) = (tmp_path / "artifacts").rglob("report.json")
    assert json.loads(file.read_text(encoding="utf-8"))["digest"] == report.digest
    assert file.with_name("report.html").exists()
