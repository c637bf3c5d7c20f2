"""Tags of a published chunker, scored as seqeval scores them."""

from __future__ import annotations

import numpy as np
import pytest
import seqeval.metrics as seqeval
from seqeval.scheme import IOB2

from lstmetrics import evaluate_tags, metrics
from lstmetrics.streaming import Entities
from reference import entities as reference
from support.real_data import find

Tags = list[list[str]]


@pytest.fixture(scope="module")
def chunks() -> tuple[Tags, Tags]:
    text = (find("predictions") / "conll2000_sample.txt").read_text(encoding="utf-8")
    sentences = [
        [line.split()[-2:] for line in sentence.splitlines()]
        for sentence in text.strip().split("\n\n")
    ]
    return tuple([[row[side] for row in rows] for rows in sentences] for side in (0, 1))  # type: ignore[return-value]


def test_token_accuracy(chunks: tuple[Tags, Tags]) -> None:
    state = Entities().update(*chunks)
    assert state.tokens == 961
    assert state.token_accuracy() == 808 / 961 == seqeval.accuracy_score(*chunks)


def test_report(chunks: tuple[Tags, Tags]) -> None:
    report = evaluate_tags(*chunks)
    assert report.metrics["token_accuracy"] == 808 / 961
    assert report.metrics["f1"] == seqeval.f1_score(*chunks)
    assert report.metrics["f1_macro"] == pytest.approx(seqeval.f1_score(*chunks, average="macro"))
    assert report.verdict.status == "not ready"
    low = next(finding for finding in report.findings if finding.code == "low_recall")
    assert low.evidence["classes"]


def test_scores_are_those_of_seqeval(chunks: tuple[Tags, Tags]) -> None:
    for average in ("micro", "macro", "weighted", None):
        for ours, theirs in (
            (metrics.entity_precision_score, seqeval.precision_score),
            (metrics.entity_recall_score, seqeval.recall_score),
            (metrics.entity_f1_score, seqeval.f1_score),
        ):
            for mode, ours_scheme, their_scheme in ((None, None, None), ("strict", "IOB2", IOB2)):
                got = ours(*chunks, average=average, mode=mode, scheme=ours_scheme, zero_division=0)
                expected = theirs(
                    *chunks, average=average, mode=mode, scheme=their_scheme, zero_division=0
                )
                np.testing.assert_allclose(got, expected, rtol=1e-15, atol=0)


def test_reports_are_those_of_seqeval(chunks: tuple[Tags, Tags]) -> None:
    assert metrics.entity_classification_report(*chunks, digits=4) == (
        seqeval.classification_report(*chunks, digits=4)
    )


@pytest.mark.parametrize("scheme", [None, "IOB2"])
def test_counts_are_those_of_the_definition(chunks: tuple[Tags, Tags], scheme: str | None) -> None:
    state = Entities("strict" if scheme else None, scheme).update(*chunks)
    expected = reference.counts(*chunks, scheme)
    assert dict(zip(state.types, map(tuple, state.counts().tolist()), strict=True)) == expected


def test_sentence_by_sentence(chunks: tuple[Tags, Tags]) -> None:
    merged = Entities()
    for one, other in zip(*chunks, strict=True):
        merged += Entities().update([one], [other])
    assert merged.digest() == Entities().update(*chunks).digest()
