"""Reports on a language model by what it said of each token."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics import evaluate_token_losses
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models import LSTM, CharVocabulary, Dense, Embedding, Sequential

TOKENS = [["the", "cat", "sat"], ["the", "dog"], ["a", "cat", "and", "a", "dog"]]
LOSSES = [[0.5, 2.0, 3.0], [0.25, 4.0], [1.0, 2.5, 0.125, 1.5, 6.0]]
FLAT = [loss for row in LOSSES for loss in row]


def test_metrics_from_the_definition() -> None:
    report = evaluate_token_losses(LOSSES, tokens=TOKENS, vocabulary_size=9)
    mean = float(sum(map(Fraction, FLAT)) / len(FLAT))
    assert (report.kind, report.samples) == ("language model", 10)
    assert report.metrics["cross_entropy"] == mean
    assert report.metrics["perplexity"] == pytest.approx(math.exp(mean), rel=1e-15)
    assert report.metrics["bits_per_token"] == pytest.approx(mean / math.log(2), rel=1e-15)
    assert "token_accuracy" not in report.metrics
    assert set(report.intervals) == {"cross_entropy", "perplexity", "bits_per_token"}
    counts = Counter(token for row in TOKENS for token in row)
    entropy = -sum(n / 10 * math.log(n / 10) for n in counts.values())
    assert report.baseline["uniform_perplexity"] == 9
    assert report.baseline["unigram_perplexity"] == pytest.approx(math.exp(entropy))


def test_positions_and_the_most_surprising_tokens() -> None:
    report = evaluate_token_losses(LOSSES, tokens=TOKENS, ids=["x", "y", "z"], worst=2)
    assert [(row["first"], row["last"], row["tokens"]) for row in report.positions] == [
        (1, 1, 3),
        (2, 3, 5),
        (4, 7, 2),
    ]
    assert report.positions[0]["cross_entropy"] == pytest.approx((0.5 + 0.25 + 1) / 3)
    assert report.worst == [
        {"loss": 6.0, "text": "a cat and a", "token": "dog", "row": "z", "position": 5},
        {"loss": 4.0, "text": "the", "token": "dog", "row": "y", "position": 2},
    ]


@pytest.mark.parametrize("form", ["lists", "arrays", "column", "log_probs"])
def test_forms_of_the_same_losses(form: str) -> None:
    given: dict[str, Any] = {"losses": LOSSES}
    if form == "arrays":
        given = {"losses": [np.asarray(row) for row in LOSSES]}
    elif form == "column":
        given = {"losses": pytest.importorskip("pyarrow").array(LOSSES)}
    elif form == "log_probs":
        given = {"log_probs": [[-loss for loss in row] for row in LOSSES]}
    report = evaluate_token_losses(**given, tokens=TOKENS)
    expected = evaluate_token_losses(LOSSES, tokens=TOKENS)
    assert report.digest == expected.digest
    assert report.positions == expected.positions
    assert report.worst == expected.worst


def test_a_number_for_each_token() -> None:
    source = [name for name, row in zip("aba", LOSSES, strict=True) for _ in row]
    report = evaluate_token_losses(np.asarray(FLAT), by={"source": source}, correct=[1, 0] * 5)
    assert report.digest != evaluate_token_losses(LOSSES).digest  # which were right is known
    assert report.metrics["cross_entropy"] == evaluate_token_losses(LOSSES).metrics["cross_entropy"]
    assert report.positions == []
    assert report.metrics["token_accuracy"] == 0.5
    of_a, of_b = report.slices
    assert (of_a["value"], of_a["samples"], of_b["samples"]) == ("a", 8, 2)
    assert of_b["metrics"]["cross_entropy"] == (0.25 + 4) / 2
    assert set(of_b["intervals"]) == {"perplexity", "cross_entropy", "token_accuracy"}


def test_texts_tell_characters_and_bytes() -> None:
    texts = ["the cät sat", "the dog", "a cat and a dog"]
    report = evaluate_token_losses(LOSSES, texts=texts)
    bits = report.metrics["bits_per_token"] * 10
    assert report.metrics["bits_per_character"] == pytest.approx(bits / len("".join(texts)))
    assert report.metrics["bits_per_byte"] == pytest.approx(bits / len("".join(texts).encode()))


def test_a_stream_and_its_batches() -> None:
    told: list[Any] = []
    batches = (
        {"losses": LOSSES[at : at + 1], "tokens": TOKENS[at : at + 1], "by": {"s": ["ab"[at % 2]]}}
        for at in range(3)
    )
    stream = evaluate_token_losses(batches, progress=lambda *done: told.append(done))
    whole = evaluate_token_losses(LOSSES, tokens=TOKENS, by={"s": ["a", "b", "a"]})
    ours, theirs = stream.to_dict(), whole.to_dict()
    for name in ("metrics", "digest", "positions", "worst", "slices", "baseline"):
        assert ours[name] == theirs[name], name
    assert told == [(1, None), (2, None), (3, None)]


def test_what_a_model_said_gives_the_models_report() -> None:
    model = Sequential(
        [Embedding(5, 4), LSTM(6, return_sequences=True), Dense(5, activation="softmax")],
        text=CharVocabulary("abcde"),
    )
    rng = np.random.default_rng(2)
    shapes = [(5, 4), (4, 24), (6, 24), (24,), (6, 5), (5,)]
    model.set_weights([rng.normal(size=shape).astype(np.float32) for shape in shapes])
    texts = ["abcabcade", "edcba", "aabbccddee"]
    source = {"source": ["x", "y", "x"]}
    report = lstmetrics.evaluate(model, texts, by=source, ids=["p", "q", "r"])
    losses = [model.nll([ids[:-1]], [ids[1:]])[0] for ids in map(_ids, texts)]
    found = evaluate_token_losses(
        losses, tokens=[list(text[1:]) for text in texts], by=source, ids=["p", "q", "r"]
    )
    assert found.metrics["perplexity"] == report.metrics["perplexity"]
    assert found.positions == report.positions
    for ours, theirs in zip(found.slices, report.slices, strict=True):
        assert ours["metrics"]["perplexity"] == theirs["metrics"]["perplexity"]
        assert ours["samples"] == theirs["samples"]
    shown = ("loss", "token", "row", "position")
    assert [[row[n] for n in shown] for row in found.worst] == [
        [row[n] for n in shown] for row in report.worst
    ]
    assert report.duplicates is not None
    assert report.duplicates["repeated"] == 0


def _ids(text: str) -> list[int]:
    return ["abcde".index(character) for character in text]


def test_findings() -> None:
    rng = np.random.default_rng(5)
    losses = rng.exponential(2.0, (200, 20))
    losses[100:] *= 2
    source = np.repeat(["near", "far"], 100)
    report = evaluate_token_losses(
        losses,
        by={"source": source},
        vocabulary_size=10,
        train={"cross_entropy": 0.02},
        goals={"perplexity": 5},
    )
    codes = {finding.code: finding for finding in report.findings}
    assert set(codes) == {"no_better_than_uniform", "overfitting", "weak_slice"}
    assert [row["value"] for row in codes["weak_slice"].evidence["slices"]] == ["far"]
    assert "nats" in codes["weak_slice"].meaning
    assert report.verdict.status == "not ready"


def test_refusals() -> None:
    with pytest.raises(InvalidTypeError, match="give one of losses and log_probs"):
        evaluate_token_losses()
    with pytest.raises(InvalidTypeError, match="give one of losses and log_probs"):
        evaluate_token_losses(LOSSES, log_probs=LOSSES)
    with pytest.raises(InvalidTypeError, match="in its batches"):
        evaluate_token_losses(iter([]), tokens=TOKENS)
    with pytest.raises(InvalidValueError, match=r"at least 0, got NaN at row 1, token 2"):
        evaluate_token_losses([[1.0], [1.0, math.nan]])
    with pytest.raises(InvalidValueError, match=r"log_probs must be at most 0, got 0.5 at row 0"):
        evaluate_token_losses(log_probs=[[0.5]])
    with pytest.raises(ShapeError, match="row 1 has 2 losses and 1 of tokens"):
        evaluate_token_losses(LOSSES, tokens=[["a"] * 3, ["b"], ["c"] * 5])
    with pytest.raises(ShapeError, match="3 rows of losses and 2 of tokens"):
        evaluate_token_losses(iter([{"losses": LOSSES, "tokens": TOKENS[:2]}]))
