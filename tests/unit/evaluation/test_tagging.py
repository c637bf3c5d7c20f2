"""Reports on tagged sequences."""

from __future__ import annotations

from typing import Any

import pytest

from lstmetrics import evaluate_tags
from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.streaming import Entities

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


def test_refusals() -> None:
    with pytest.raises(InvalidTypeError, match="y_pred is missing"):
        evaluate_tags(TRUE)
    with pytest.raises(InvalidTypeError, match="in its batches"):
        evaluate_tags(iter([]), TRUE)
    with pytest.raises(ShapeError, match="400 rows of y_true and 1 of y_pred"):
        evaluate_tags(TRUE, [["O"]])
