"""A published bidirectional PyTorch model over 500 film reviews, with its known numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmetrics import evaluate
from lstmetrics.metrics import accuracy_score
from lstmetrics.models import LSTM, Dense, Embedding, Sequential, WordVocabulary
from lstmetrics.streaming import Confusion
from support.real_data import find, read_csv
from support.torch_checkpoints import read_checkpoint


@pytest.fixture(scope="module")
def folder() -> Path:
    return find("rt_bilstm_torch")


@pytest.fixture(scope="module")
def model(folder: Path) -> Sequential:
    checkpoint = read_checkpoint(folder / "sentlstm_rt.pt")
    ids: dict[str, int] = checkpoint["vocab_stoi"]
    words = sorted(ids, key=ids.__getitem__)
    words[0] = ""  # the padding, which no text holds
    weights = checkpoint["state_dict"]
    return Sequential(
        [
            Embedding.from_torch(weights, "embedding", mask_zero=True),
            LSTM.from_torch(weights, "lstm", bidirectional=True),
            Dense.from_torch(weights, "fc", activation="softmax"),
        ],
        text=WordVocabulary(words, max_length=200),
        labels=["negative", "positive"],
    )


@pytest.fixture(scope="module")
def rows(folder: Path) -> list[dict[str, str]]:
    return list(read_csv(folder / "sample_test.csv"))


@pytest.fixture(scope="module")
def probabilities(model: Sequential, rows: list[dict[str, str]]) -> Any:
    return model.predict([row["text"] for row in rows])


def test_probabilities(folder: Path, probabilities: Any) -> None:
    with np.load(folder / "expected.npz") as file:
        (expected,) = (file[name] for name in file.files if file[name].shape == (500, 2))
    np.testing.assert_allclose(probabilities, expected, rtol=0, atol=1e-6)


def test_published_metrics(rows: list[dict[str, str]], probabilities: Any) -> None:
    truth = [int(row["label"]) for row in rows]
    predicted = probabilities.argmax(axis=1)
    assert accuracy_score(truth, predicted) == 0.618
    assert Confusion().update(truth, predicted).accuracy() == 0.618
    assert round(float(probabilities.max(axis=1).astype(np.float64).mean()), 4) == 0.8764


@pytest.mark.parametrize(("precision", "most"), [("bf16", 0.02), ("int8", 0.1)])
def test_fewer_bits_are_nearly_as_good(
    precision: Any, most: float, model: Sequential, rows: list[dict[str, str]], probabilities: Any
) -> None:
    texts, truth = [row["text"] for row in rows], [int(row["label"]) for row in rows]
    found = model.with_precision(precision).predict(texts)
    assert 0 < np.abs(found - probabilities).max() < most
    assert abs(accuracy_score(truth, found.argmax(axis=1)) - 0.618) < 0.01


def test_one_sentence(model: Sequential) -> None:
    (probabilities,) = model.predict(["a heartfelt and beautifully acted film"])
    assert round(float(probabilities[1]), 3) == 0.764


def test_it_is_found_overfitted_and_over_confident(
    model: Sequential, rows: list[dict[str, str]], folder: Path
) -> None:
    def split(given: list[dict[str, str]]) -> tuple[list[str], list[int]]:
        return [row["text"] for row in given], [int(row["label"]) for row in given]

    train = split(list(read_csv(folder / "sample_train.csv")))
    texts, labels = split(rows)
    # Half of the test reviews stand in for validation data: the model has seen neither half.
    validation = (texts[::2], labels[::2])
    report = evaluate(model, texts[1::2], labels[1::2], train=train, validation=validation)
    whole = evaluate(model, texts, labels, train=train)
    found = {finding.code: finding for finding in whole.findings}
    assert whole.verdict.status == "not ready"
    assert found["overfitting"].severity == "critical"
    assert found["overfitting"].evidence["test_accuracy"] == 0.618
    assert round(whole.metrics["expected_calibration_error"], 4) == 0.2669
    assert round(whole.metrics["mean_confidence"], 4) == 0.8764
    assert "over_confidence" in found
    assert report.temperature is not None
    before, after = report.temperature["before"], report.temperature["after"]
    assert report.temperature["temperature"] > 2
    assert after["expected_calibration_error"] < before["expected_calibration_error"] / 2
    assert after["log_loss"] < before["log_loss"]
