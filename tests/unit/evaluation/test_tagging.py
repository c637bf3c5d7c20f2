"""Reports on tagged sequences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics import evaluate_tags
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models import LSTM, Dense, Embedding, Sequential, WordVocabulary
from lstmetrics.models.text import pad
from lstmetrics.streaming import Entities
from reference.intervals import wilson

TRUE = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-ORG"]] * 200
PREDICTED = [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-LOC"]] * 200


def test_entities_and_tokens() -> None:
    report = evaluate_tags(TRUE, PREDICTED, replicates=50)
    counts = Entities().update(TRUE, PREDICTED)
    assert (report.kind, report.samples) == ("tagging", 1200)
    assert report.metrics["f1"] == counts.f1() == 2 / 3
    assert report.metrics["f1_macro"] == counts.f1(average="macro")
    assert report.metrics["token_accuracy"] == 1000 / 1200
    assert report.intervals["recall"] == counts.interval("recall", average="micro")
    assert report.intervals["f1"] == counts.interval("f1", replicates=50)
    assert report.per_class is not None
    assert {row["label"]: row["recall"] for row in report.per_class} == {
        "LOC": 1.0,
        "ORG": 0.0,
        "PER": 1.0,
    }
    shown = {row["label"]: (row["support"], row["predicted"]) for row in report.per_class}
    assert shown == {"LOC": (200, 400), "ORG": (200, 0), "PER": (200, 200)}
    of_location = next(row for row in report.per_class if row["label"] == "LOC")
    assert of_location["precision"] == 0.5
    assert of_location["precision_interval"] == pytest.approx(
        [float(end) for end in wilson(200, 400, 0.95)]
    )
    assert of_location["recall_interval"] == pytest.approx(
        [float(end) for end in wilson(200, 200, 0.95)]
    )
    assert report.verdict.status == "not ready"
    low = {finding.code: finding for finding in report.findings}
    assert low["low_recall"].evidence["classes"] == [{"label": "ORG", "recall": 0.0}]
    assert "1,200 tokens" in repr(report)


def test_a_stream_of_batches() -> None:
    told: list[Any] = []
    batches = (
        {"y_true": TRUE[first : first + 7], "y_pred": PREDICTED[first : first + 7]}
        for first in range(0, 400, 7)
    )
    stream = evaluate_tags(batches, progress=lambda *done: told.append(done))
    whole = evaluate_tags(TRUE, PREDICTED)
    assert stream.digest == whole.digest
    assert stream.intervals == whole.intervals
    assert told[-1] == (400, None)


def test_a_good_tagger_is_ready() -> None:
    assert evaluate_tags(TRUE, TRUE, goals={"f1": 0.9}).verdict.status == "ready"
    over = evaluate_tags(TRUE, PREDICTED, history={"loss": [0.5, 0.02], "val_loss": [0.4, 0.9]})
    assert "overfitting" in {finding.code for finding in over.findings}


TOKENS = [["Angela", "Merkel", "visited", "Paris"], ["the", "UN"]] * 200
SOURCES = ["web", "mail"] * 200


@pytest.mark.parametrize("arrow", [False, True])
def test_slices_and_worst_mistakes(arrow: bool) -> None:
    true, predicted = TRUE, PREDICTED
    if arrow:
        pa = pytest.importorskip("pyarrow")
        true, predicted = pa.array(TRUE), pa.array(PREDICTED)
    report = evaluate_tags(
        true, predicted, tokens=TOKENS, by={"source": SOURCES}, ids=range(1000, 1400), worst=2
    )
    by_source = {row["value"]: row for row in report.slices if row["column"] == "source"}
    alone = evaluate_tags(TRUE[1::2], PREDICTED[1::2])
    assert by_source["mail"]["metrics"] == {
        name: alone.metrics[name] for name in ("f1", "precision", "recall", "token_accuracy")
    }
    assert by_source["mail"]["intervals"]["recall"] == alone.intervals["recall"]
    assert (by_source["web"]["samples"], by_source["web"]["metrics"]["f1"]) == (800, 1.0)
    (of_length,) = (row for row in report.slices if row["column"] == "tokens")
    assert (of_length["value"], of_length["samples"]) == ("0-7", 1200)
    assert report.worst == [
        {
            "confidence": None,
            "text": "the [UN]",
            "id": f"{row}, token 2",
            "true": "B-ORG",
            "predicted": "B-LOC",
        }
        for row in (1001, 1003)
    ]
    (weak,) = (finding for finding in report.findings if finding.code == "weak_slice")
    assert [row["value"] for row in weak.evidence["slices"]] == ["mail"]


def test_an_order_of_the_batches_changes_nothing() -> None:
    def batches(order: Any) -> Any:
        for at in order:
            part = slice(at, at + 50)
            yield {
                "y_true": TRUE[part],
                "y_pred": PREDICTED[part],
                "tokens": TOKENS[part],
                "by": {"source": SOURCES[part]},
                "ids": list(range(400))[part],
            }

    there = evaluate_tags(batches(range(0, 400, 50)), replicates=0)
    back = evaluate_tags(batches(range(350, -1, -50)), replicates=0)
    for name in ("digest", "worst", "slices", "metrics"):
        assert getattr(there, name) == getattr(back, name), name


def tagger(text: Any = None) -> Sequential:
    model = Sequential(
        [Embedding(5, 3), LSTM(3, return_sequences=True), Dense(3, activation="softmax")],
        text=text,
        labels=["O", "B-PER", "B-LOC"],
    )
    rng = np.random.default_rng(1)
    shapes = [(5, 3), (3, 12), (3, 12), (12,), (3, 3), (3,)]
    model.set_weights([rng.normal(size=shape).astype(np.float32) for shape in shapes])
    return model


def test_a_tagger_is_run() -> None:
    model = tagger()
    rng = np.random.default_rng(4)
    ids = [rng.integers(1, 5, length).tolist() for length in (3, 1, 6, 2, 0, 4)]
    truth = [rng.choice(["O", "B-PER", "B-LOC"], len(row)).tolist() for row in ids]
    outputs = [model.predict([row])[0] for row in ids if row]
    predicted = [[["O", "B-PER", "B-LOC"][int(step.argmax())] for step in rows] for rows in outputs]
    predicted.insert(4, [])
    source = {"source": list("ababab")}
    report = lstmetrics.evaluate(model, ids, truth, by=source, train=(ids[:2], truth[:2]))
    expected = evaluate_tags(truth, predicted, by=source)
    assert report.digest == expected.digest
    assert report.metrics == expected.metrics
    assert str(report.slices) == str(expected.slices)  # NaN among them
    sure = {
        f"{row}, token {step + 1}": float(outputs[row - (row > 4)][step].max())
        for row, tags in enumerate(truth)
        for step in range(len(tags))
    }
    assert {row["id"]: row["confidence"] for row in report.worst} == {
        name: sure[name] for name in (row["id"] for row in report.worst)
    }
    assert [row["confidence"] for row in report.worst] == sorted(
        (row["confidence"] for row in report.worst), reverse=True
    )
    assert report.train is not None
    assert (
        report.train["token_accuracy"]
        == (evaluate_tags(truth[:2], predicted[:2]).metrics["token_accuracy"])
    )
    numbers = [[["O", "B-PER", "B-LOC"].index(tag) for tag in row] for row in truth]
    batches = ((ids[at : at + 2], numbers[at : at + 2]) for at in (0, 2, 4))
    assert lstmetrics.evaluate(model, batches).digests == report.digests
    padded, ends = pad(ids)
    again = lstmetrics.evaluate(model, padded, pad(numbers)[0], lengths=ends, batch_size=2)
    assert again.digests == report.digests


def test_a_tagger_of_words() -> None:
    model = tagger(WordVocabulary(["", "[UNK]", "anna", "in", "rom"], unknown=1))
    words = [["anna", "sleeps", "in", "rom"], ["rom"]]
    truth = [["B-PER", "O", "O", "B-LOC"], ["B-LOC"]]
    report = lstmetrics.evaluate(model, words, truth)
    assert report.data["out_of_vocabulary"] == 0.2
    assert lstmetrics.evaluate(model, [" ".join(row) for row in words], truth).digests == (
        report.digests
    )
    assert all("[" in row["text"] for row in report.worst)
    with pytest.raises(ShapeError, match="row 1 has 2 tags, the model sees 1 tokens"):
        lstmetrics.evaluate(model, words, [truth[0], ["O", "O"]])
    with pytest.raises(InvalidTypeError, match="needs targets"):
        lstmetrics.evaluate(model, words)
    with pytest.raises(InvalidTypeError, match="takes no validation="):
        lstmetrics.evaluate(model, words, truth, validation=(words, truth))
    with pytest.raises(ShapeError, match="there are 2 labels"):
        lstmetrics.evaluate(model, words, truth, labels=["O", "B-PER"])
    with pytest.raises(InvalidValueError, match="row 0 has a tag outside 0 to 2"):
        lstmetrics.evaluate(model, words, [[0, 1, 2, 3], [0]])


def test_refusals() -> None:
    with pytest.raises(ShapeError, match="row 1 has 2 tags and 1 tokens"):
        evaluate_tags(TRUE[:2], PREDICTED[:2], tokens=[["a"] * 4, ["b"]])
    with pytest.raises(InvalidTypeError, match="a batch needs y_pred"):
        evaluate_tags(iter([{"y_true": TRUE}]))
    with pytest.raises(InvalidTypeError, match="y_pred is missing"):
        evaluate_tags(TRUE)
    with pytest.raises(InvalidTypeError, match="in its batches"):
        evaluate_tags(iter([]), TRUE)
    with pytest.raises(ShapeError, match="400 rows of y_true and 1 of y_pred"):
        evaluate_tags(TRUE, [["O"]])
