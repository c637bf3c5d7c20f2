"""Real texts: the duplicates of the SMS Spam Collection, the frequencies of WikiText-2."""

from __future__ import annotations

import csv
import math
from collections import Counter
from typing import Any

import numpy as np
import pytest

from lstmetrics import evaluate_predictions
from lstmetrics.evaluation import Duplicates, Unigrams
from support.real_data import find


@pytest.fixture(scope="module")
def messages() -> tuple[list[str], list[str]]:
    with (find("text") / "sms_spam.tsv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE) if row]
    rows = [row for row in rows if row[0] in ("ham", "spam")]
    labels, texts = zip(*((row[0], "\t".join(row[1:])) for row in rows), strict=True)
    assert len(texts) == 5574
    assert labels.count("spam") == 747
    return list(texts), list(labels)


def plain(text: str) -> str:
    return " ".join(text.casefold().split())


def test_messages_that_repeat(messages: Any) -> None:
    texts, labels = messages
    found = Duplicates()
    found.add_test(texts, labels)
    counts = found.counts()
    assert counts["samples"] == 5574
    assert counts["repeated"] == 5574 - len({plain(text) for text in texts})
    assert counts["repeated"] > 400
    by_text: dict[str, set[str]] = {}
    for text, label in zip(texts, labels, strict=True):
        by_text.setdefault(plain(text), set()).add(label)
    assert counts["conflicting"] == sum(len(given) > 1 for given in by_text.values())


def test_a_split_at_random_leaks(messages: Any) -> None:
    """Always answering ham, on a fifth of the messages: the paradox, and what leaks."""
    texts, labels = messages
    order = np.random.default_rng(0).permutation(len(texts)).tolist()
    train, test = order[1115:], order[:1115]
    report = evaluate_predictions(
        [labels[row] for row in test],
        y_pred=["ham"] * len(test),
        labels=["ham", "spam"],
        texts=[texts[row] for row in test],
        train_texts=[texts[row] for row in train],
    )
    seen = {plain(texts[row]) for row in train}
    leaked = sum(plain(texts[row]) in seen for row in test)
    found = {finding.code: finding for finding in report.findings}
    assert found["leakage"].evidence["in_train"] == leaked > 50
    assert found["leakage"].severity == "critical"
    assert found["accuracy_paradox"].evidence["accuracy"] > 0.85
    assert "duplicates" in found
    assert report.verdict.status == "not ready"


def test_nearly_the_same_messages(messages: Any) -> None:
    pytest.importorskip("datasketch", reason="near duplicates are an extra")
    texts, labels = messages
    spam = [text for text, label in zip(texts, labels, strict=True) if label == "spam"]
    found = Duplicates(near=True)
    found.add_train(spam[:400])
    found.add_test(spam[400:], [1] * len(spam[400:]))
    counts = found.counts()
    assert counts["in_train"] > 0
    assert counts["near_train"] > 10


def test_frequencies_of_words() -> None:
    """Of the test part under the valid part's frequencies, one added to each."""
    folder = find("text")
    parts = [
        (folder / f"wikitext2.{name}.txt").read_text(encoding="utf-8").splitlines()
        for name in ("valid", "test")
    ]
    valid, test = ([word for line in part for word in [*line.split(), "<eos>"]] for part in parts)
    assert len(test) == 245_569
    ids = {word: place for place, word in enumerate(sorted({*valid, *test}))}
    states = [Unigrams(len(ids)), Unigrams(len(ids))]
    for state, words in zip(states, (valid, test), strict=True):
        state.count([ids[word] for word in words])
    found = states[1].baseline(states[0])["unigram_perplexity"]
    counts, total = Counter(valid), len(valid) + len(ids)
    entropy = math.fsum(-math.log((counts[word] + 1) / total) for word in test) / len(test)
    assert found == pytest.approx(math.exp(entropy), rel=1e-12)
    assert 500 < found < len(ids)
