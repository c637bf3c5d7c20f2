"""A published character model of TensorFlow 1 over Shakespeare, with its known numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from lstmetrics import evaluate
from lstmetrics.metrics import perplexity
from lstmetrics.models import LSTM, Dense, Embedding, Sequential
from lstmetrics.streaming import Tokens
from support.real_data import find

PREDICTIONS = 20_000


@pytest.fixture(scope="module")
def folder() -> Path:
    return find("ml5_charrnn_shakespeare")


@pytest.fixture(scope="module")
def model(folder: Path) -> Sequential:
    manifest = json.loads((folder / "manifest.json").read_text())
    read = {
        name: np.fromfile(folder / entry["filename"], "<f4").reshape(entry["shape"])
        for name, entry in manifest.items()
        if entry["shape"]
    }
    weights = [read["embedding"]]
    for cell in (0, 1):
        prefix = f"rnnlm/multi_rnn_cell/cell_{cell}/basic_lstm_cell"
        weights += of_tf1(read[f"{prefix}/weights"], read[f"{prefix}/biases"])
    weights += [read["rnnlm/softmax_w"], read["rnnlm/softmax_b"]]
    units = 128
    model = Sequential(
        [
            Embedding(65, units),
            LSTM(units, return_sequences=True),
            LSTM(units, return_sequences=True),
            Dense(65, activation="softmax"),
        ]
    )
    model.set_weights(weights)
    return model


@pytest.fixture(scope="module")
def ids(folder: Path) -> npt.NDArray[np.int64]:
    numbers = json.loads((folder / "vocab_fixed.json").read_text(encoding="utf-8"))
    text = (folder / "shakespeare.txt").read_text(encoding="utf-8")
    return np.array([numbers[character] for character in text[: PREDICTIONS + 1]])


def test_losses(model: Sequential, ids: Any) -> None:
    losses, _, correct, _ = model.token_losses(ids[None, :-1], ids[None, 1:])
    assert abs(losses.mean() - 1.320316) < 1e-5
    assert correct.mean() == 0.59095
    tokens = Tokens().update_nll(losses, correct=correct)
    assert tokens.tokens == PREDICTIONS
    assert abs(tokens.cross_entropy() - 1.320316) < 1e-5
    assert abs(tokens.perplexity() - 3.744606) < 1e-4
    assert abs(model.perplexity(ids) - 3.744606) < 1e-4


@pytest.mark.parametrize(("precision", "most"), [("bf16", 0.0005), ("int8", 0.005)])
def test_fewer_bits_are_nearly_as_good(
    precision: Any, most: float, model: Sequential, ids: Any
) -> None:
    small = model.with_precision(precision)
    assert 0 < abs(small.perplexity(ids) / 3.744606 - 1) < most


def test_text_read_piece_by_piece(model: Sequential, ids: Any) -> None:
    whole = model.nll(ids[:-1], ids[1:])
    state, pieces = None, []
    for begin in range(0, PREDICTIONS, 777):
        end = min(begin + 777, PREDICTIONS)
        losses, state = model.nll(
            ids[begin:end], ids[begin + 1 : end + 1], initial_state=state, return_state=True
        )
        pieces.append(losses)
    assert np.concatenate(pieces).tobytes() == whole.tobytes()


def test_perplexity_of_probabilities(model: Sequential, ids: Any) -> None:
    probabilities = model.predict(ids[None, :2000])[0]
    found = perplexity(np.log(probabilities.astype(np.float64)), ids[1:2001])
    assert abs(found - np.exp(model.nll(ids[:2000], ids[1:2001]).mean())) < 1e-5


def test_far_better_than_frequencies(model: Sequential, ids: Any) -> None:
    report = evaluate(model, ids, goals={"perplexity": 4})
    assert report.samples == PREDICTIONS
    assert abs(report.metrics["perplexity"] - 3.744606) < 1e-4
    assert report.baseline["uniform_perplexity"] == 65
    shares = np.bincount(ids[1:], minlength=65) / PREDICTIONS
    entropy = -sum(share * np.log(share) for share in shares if share)
    assert report.baseline["unigram_perplexity"] == pytest.approx(np.exp(entropy))
    assert 20 < report.baseline["unigram_perplexity"] < 40
    assert report.verdict.status == "ready"
    assert not report.findings
    assert [row["first"] for row in report.positions] == [1 << k for k in range(15)]
    assert sum(row["tokens"] for row in report.positions) == PREDICTIONS
    assert len(report.worst) == 20
    assert report.worst[0]["loss"] == max(row["loss"] for row in report.worst)


def of_tf1(kernel: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> list[Any]:
    """BasicLSTMCell's weights in Keras's layout.

    Its kernel holds the input's rows, then the state's; its gates are i, j, f, o, where j is g; and
    1 is added to the forget gate's bias when it runs.
    """
    units = bias.size // 4
    order = [0, 2, 1, 3]
    rows = kernel.reshape(-1, 4, units)[:, order].reshape(-1, 4 * units)
    biases = bias.reshape(4, units)[order] + np.array([[0], [1], [0], [0]], np.float32)
    return [rows[:-units], rows[-units:], biases.reshape(-1)]
