"""Evaluating language models: tokens, targets, lengths."""

from __future__ import annotations

import math

import numpy as np
import pytest

import lstmetrics
from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.evaluation.language_model import next_tokens, tokens_of
from lstmetrics.models import LSTM, CharVocabulary, Dense, Embedding, Sequential


def uniform(vocabulary: int, **options: object) -> Sequential:
    """A language model that knows nothing: every token has probability 1 / vocabulary."""
    model = Sequential(
        [
            Embedding(vocabulary, 2),
            LSTM(3, return_sequences=True),
            Dense(vocabulary, activation="softmax"),
        ],
        **options,  # type: ignore[arg-type]
    )
    shapes = [(vocabulary, 2), (2, 12), (3, 12), (12,), (3, vocabulary), (vocabulary,)]
    model.set_weights([np.zeros(shape, np.float32) for shape in shapes])
    return model


def test_perplexity_of_knowing_nothing() -> None:
    model = uniform(7)
    ids = [0, 3, 6, 2, 2]
    assert model.perplexity(ids) == pytest.approx(7, rel=1e-6)
    report = lstmetrics.evaluate(model, [ids])
    assert report.kind == "language model"
    assert report.samples == 4
    assert report.metrics["cross_entropy"] == pytest.approx(math.log(7), rel=1e-7)
    # All logits are equal: the lowest id counts as the likeliest.
    assert report.metrics["token_accuracy"] == 0


def test_a_model_that_knows_nothing_is_told_so() -> None:
    model = uniform(7)
    ids = [[0, 1, 0, 1, 0, 0, 0, 1] * 20]
    report = lstmetrics.evaluate(model, ids, train=(ids, None))
    assert report.baseline["uniform_perplexity"] == 7
    assert report.baseline["unigram_from"] == "training data"
    assert 1.9 < report.baseline["unigram_perplexity"] < 2.1
    assert report.train is not None
    assert report.train["perplexity"] == report.metrics["perplexity"]
    codes = {finding.code: finding.severity for finding in report.findings}
    assert codes == {"no_better_than_uniform": "critical", "too_few_samples": "warning"}
    assert report.verdict.status == "not ready"
    alone = lstmetrics.evaluate(model, ids, goals={"perplexity": 8})
    share = ids[0][1:].count(1) / 159
    entropy = -share * math.log(share) - (1 - share) * math.log(1 - share)
    assert alone.baseline["unigram_perplexity"] == pytest.approx(math.exp(entropy))
    assert alone.baseline["unigram_from"] == "these texts"
    assert [check.outcome for check in alone.verdict.checks] == ["met"]


def test_positions_and_surprises() -> None:
    model = uniform(3, text=CharVocabulary("abc"))
    report = lstmetrics.evaluate(model, ["abcabc", "cb"], worst=2)
    assert [(row["first"], row["last"], row["tokens"]) for row in report.positions] == [
        (1, 1, 2),
        (2, 3, 2),
        (4, 7, 2),
    ]
    assert [(row["token"], row["text"], row["row"]) for row in report.worst] == [
        ("b", "a", 0),
        ("c", "ab", 0),
    ]


def test_uneven_texts_and_single_tokens() -> None:
    model = uniform(5)
    assert tokens_of(model, [[1, 2, 3], [4], [0, 1]]).tokens == 3
    assert math.isnan(model.perplexity([2]))


def test_next_tokens() -> None:
    model = uniform(3, text=CharVocabulary("abc"))
    ids, targets, lengths = next_tokens(model, ["abca", "cb"])
    assert ids.tolist() == [[0, 1, 2], [2, 1, 0]]
    assert targets.tolist() == [[1, 2, 0], [1, 0, 0]]
    assert lengths.tolist() == [3, 1]
    alone = next_tokens(model, "ab")
    assert [part.tolist() for part in alone] == [[[0]], [[1]], [1]]


def test_given_targets_and_lengths() -> None:
    model = uniform(4)
    report = lstmetrics.evaluate(
        model, [[1, 2, 3], [1, 1, 1]], [[0, 0, 0], [0, -100, 0]], lengths=[2, 3]
    )
    assert report.samples == 4


def test_batches_change_nothing() -> None:
    model = uniform(11)
    texts = [list(row) for row in np.random.default_rng(3).integers(0, 11, (9, 30))]
    digests = {
        (report.digest, report.digests["outputs"])
        for report in (lstmetrics.evaluate(model, texts, batch_size=size) for size in (1, 2, 9))
    }
    assert len(digests) == 1


def test_text_without_a_vocabulary_is_refused() -> None:
    with pytest.raises(InvalidTypeError, match="no vocabulary"):
        uniform(3).perplexity("abc")


def test_classifiers_have_no_perplexity() -> None:
    model = Sequential([Dense(2, input_shape=(2,))])
    model.set_weights([np.eye(2, dtype=np.float32), np.zeros(2, np.float32)])
    with pytest.raises(ShapeError, match="for each step"):
        model.nll([[0, 1]], [[1, 0]])
