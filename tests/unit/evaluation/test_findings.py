"""Every finding: when it is made, how grave it is, what numbers it rests on, and when it is not."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics import evaluate_predictions, evaluate_tags, evaluate_token_losses
from lstmetrics.evaluation import Finding, Report
from lstmetrics.evaluation.classifying import with_data
from lstmetrics.models import LSTM, Dense, Embedding, Sequential, WordVocabulary

ROOT = Path(__file__).resolve().parents[3]
Maker = Callable[[], Report]


def counted(tn: int, fp: int, fn: int, tp: int, **options: Any) -> Report:
    truth, predicted = [0] * (tn + fp) + [1] * (fn + tp), [0] * tn + [1] * fp + [0] * fn + [1] * tp
    return evaluate_predictions(truth, y_pred=predicted, replicates=50, **options)


def scored(confidence: float, right: int, wrong: int, **options: Any) -> Report:
    """Samples of both classes, the model as sure of each and right so often."""
    truth = np.arange(right + wrong) % 2
    hit = np.arange(right + wrong) >= wrong
    called = np.where(hit, truth, 1 - truth)
    scores = np.where(called == 1, confidence, 1 - confidence)
    return evaluate_predictions(truth, scores=scores, replicates=50, **options)


@pytest.mark.parametrize(
    ("cells", "times", "outcome"),
    [
        ((45, 4, 2, 28), 1, "unclear"),  # 0.03 from both, of 79 samples
        ((45, 4, 2, 28), 200, "met"),
        ((40, 10, 0, 10), 200, "missed"),
    ],
)
def test_the_distance_of_f1_is_judged_by_its_interval(
    cells: tuple[int, int, int, int], times: int, outcome: str
) -> None:
    report = counted(*(times * count for count in cells))
    checks = {check.metric: check for check in report.verdict.checks}
    for other in ("precision", "recall"):
        check = checks[f"distance of f1 and {other}"]
        assert check.value == abs(report.metrics["f1"] - report.metrics[other])
        assert check.low < check.value < check.high
        assert check.outcome == outcome


def two_groups() -> Report:
    """Half of the samples far too sure, half far too unsure: right on average."""
    parts = [(0.95, 140, 60), (0.55, 170, 30)]
    truth = np.concatenate([np.arange(right + wrong) % 2 for _, right, wrong in parts])
    hit = np.concatenate([np.arange(right + wrong) >= wrong for _, right, wrong in parts])
    sure = np.concatenate([np.full(right + wrong, p) for p, right, wrong in parts])
    called = np.where(hit, truth, 1 - truth)
    return evaluate_predictions(truth, scores=np.where(called == 1, sure, 1 - sure), replicates=50)


def over_texts(texts: list[str], **options: Any) -> Report:
    truth = [row % 2 for row in range(len(texts))]
    return evaluate_predictions(truth, y_pred=truth, texts=texts, replicates=50, **options)


def many(count: int, first: int = 0) -> list[str]:
    return [f"message number {row}" for row in range(first, first + count)]


def of_model(words: list[str], longest: int | None) -> Report:
    model = Sequential(
        [Embedding(4, 2), LSTM(2), Dense(1, activation="sigmoid")],
        text=WordVocabulary(["", "[UNK]", "good", "bad"], unknown=1, max_length=longest),
    )
    shapes = [(4, 2), (2, 8), (2, 8), (8,), (2, 1), (1,)]
    model.set_weights([np.ones(shape, np.float32) for shape in shapes])
    return lstmetrics.evaluate(model, words, [row % 2 for row in range(len(words))])


def surprised(loss: float, tokens: int = 2000, **options: Any) -> Report:
    half = [["a", "b"]] * (tokens // 2)
    return evaluate_token_losses([[loss, loss]] * (tokens // 2), tokens=half, **options)


# Code, severity, what makes it, what its evidence says, and what does not make it.
CASES: list[tuple[str, str, Maker, dict[str, Any], Maker]] = [
    (
        "accuracy_paradox",
        "critical",
        lambda: counted(9776, 4, 194, 26),
        {"accuracy": 0.9802, "majority_accuracy": 0.978, "recall": 26 / 220},
        lambda: counted(9776, 4, 40, 180),
    ),
    (
        "near_chance",
        "critical",
        lambda: counted(250, 250, 250, 250),
        {"z": 0.0, "p_value": 1.0, "accuracy": 0.5, "majority_accuracy": 0.5},
        lambda: counted(300, 200, 200, 300),
    ),
    (
        "one_class_only",
        "warning",
        lambda: counted(500, 5, 0, 0),
        {"label": 0, "samples": 505},
        lambda: counted(500, 5, 1, 0),
    ),
    (
        "low_precision",
        "warning",
        lambda: counted(900, 100, 10, 290),
        {"classes": [{"label": 1, "precision": 290 / 390}]},
        lambda: counted(900, 60, 10, 290),
    ),
    (
        "low_precision",
        "critical",
        lambda: counted(900, 400, 10, 290),
        {"classes": [{"label": 1, "precision": 290 / 690}]},
        lambda: counted(900, 60, 10, 290),
    ),
    (
        "low_recall",
        "critical",
        lambda: counted(900, 10, 200, 100),
        {"classes": [{"label": 1, "recall": 1 / 3}]},
        lambda: counted(900, 10, 50, 250),
    ),
    (
        "precision_recall_gap",
        "warning",
        lambda: counted(900, 10, 100, 200),
        {"precision": 200 / 210, "recall": 2 / 3},
        lambda: counted(900, 10, 50, 250),
    ),
    (
        "class_imbalance",
        "warning",
        lambda: counted(1000, 0, 10, 90),
        {"imbalance_ratio": 10.0, "minority_label": 1, "minority_share": 100 / 1100},
        lambda: counted(300, 0, 10, 90),
    ),
    (
        "class_imbalance",
        "info",
        lambda: counted(500, 0, 10, 90),
        {"imbalance_ratio": 5.0},
        lambda: counted(300, 0, 10, 90),
    ),
    (
        "too_few_samples",
        "warning",
        lambda: counted(45, 5, 5, 45),
        {"samples": 100},
        lambda: counted(450, 50, 50, 450),
    ),
    (
        "too_few_samples",
        "warning",
        lambda: surprised(2.0, tokens=998),
        {"tokens": 998},
        lambda: surprised(2.0, tokens=1000),
    ),
    (
        "overfitting",
        "critical",
        lambda: scored(0.8, 900, 100, train={"log_loss": 0.02}),
        {"train_log_loss": 0.02},
        lambda: scored(0.8, 900, 100, train={"log_loss": 0.3}),
    ),
    (
        "over_confidence",
        "warning",
        lambda: scored(0.95, 700, 300),
        {"mean_confidence": 0.95, "accuracy": 0.7, "expected_calibration_error": 0.25},
        lambda: scored(0.73, 700, 300),
    ),
    (
        "under_confidence",
        "warning",
        lambda: scored(0.6, 900, 100),
        {"mean_confidence": 0.6, "accuracy": 0.9, "expected_calibration_error": 0.3},
        lambda: scored(0.87, 900, 100),
    ),
    (
        "miscalibration",
        "warning",
        two_groups,
        {"mean_confidence": 0.75, "accuracy": 310 / 400, "expected_calibration_error": 0.275},
        lambda: scored(0.87, 900, 100),
    ),
    (
        "label_noise_suspects",
        "info",
        lambda: scored(0.97, 970, 30),
        {"samples": 1000, "wrong": 30},
        lambda: scored(0.97, 940, 60),
    ),
    (
        "leakage",
        "critical",
        lambda: over_texts(many(100), train_texts=many(50, first=98)),
        {"in_train": 2, "samples": 100},
        lambda: over_texts(many(100), train_texts=many(50, first=100)),
    ),
    (
        "leakage",
        "warning",
        lambda: over_texts(many(200), train_texts=many(50, first=199)),
        {"in_train": 1, "samples": 200},
        lambda: over_texts(many(200), train_texts=many(50, first=200)),
    ),
    (
        "duplicates",
        "warning",
        lambda: over_texts(many(98) + many(2)),
        {"repeated": 2, "share": 0.02},
        lambda: over_texts(many(100)),
    ),
    (
        "conflicting_labels",
        "warning",
        lambda: over_texts([*many(100), "Message  NUMBER 1"]),
        {"conflicting": 1, "examples": ["Message  NUMBER 1"]},
        lambda: over_texts([*many(100), "message number 0"]),
    ),
    (
        "out_of_vocabulary",
        "warning",
        lambda: of_model(["good bad good", "bad what"] * 20, None),
        {"out_of_vocabulary": 0.2, "tokens": 100},
        lambda: of_model(["good bad good", "bad"] * 20, None),
    ),
    (
        "truncation",
        "warning",
        lambda: of_model(["good bad good", "bad bad"] * 20, 2),
        {"truncated": 0.5, "longest": 2},
        lambda: of_model(["good bad good", "bad bad"] * 20, 3),
    ),
    (
        "no_better_than_uniform",
        "critical",
        lambda: surprised(2.5, vocabulary_size=12),
        {"perplexity": pytest.approx(12.18, abs=0.01), "uniform_perplexity": 12.0},
        lambda: surprised(0.5, vocabulary_size=12),
    ),
    (
        "high_perplexity",
        "critical",
        lambda: surprised(0.6, vocabulary_size=12),
        {"perplexity": pytest.approx(1.822, abs=0.001), "unigram_perplexity": pytest.approx(2.0)},
        lambda: surprised(0.5, vocabulary_size=12),
    ),
    (
        "weak_slice",
        "warning",
        lambda: counted(900, 100, 100, 900, by={"part": _parts()}),
        {"accuracy": 0.9},
        lambda: counted(900, 100, 100, 900, by={"part": ["a", "b"] * 1000}),
    ),
    (
        "rows_skipped",
        "warning",
        lambda: with_data(counted(90, 10, 10, 90), {"rows_skipped": 3, "skip_reasons": {"x": 3}}),
        {"rows_skipped": 3, "reasons": {"x": 3}},
        lambda: with_data(counted(90, 10, 10, 90), {"rows_skipped": 0}),
    ),
]


def _parts() -> list[str]:
    """The mistakes of the first class are in one part, with a hundred samples that are right."""
    return ["b"] * 800 + ["a"] * 200 + ["b"] * 1000


def named(report: Report, code: str) -> list[Finding]:
    return [finding for finding in report.findings if finding.code == code]


@pytest.mark.parametrize(
    ("code", "severity", "made", "evidence", "not_made"),
    CASES,
    ids=[f"{code}-{severity}-{at}" for at, (code, severity, *_) in enumerate(CASES)],
)
def test_finding(
    code: str, severity: str, made: Maker, evidence: dict[str, Any], not_made: Maker
) -> None:
    report = made()
    (finding,) = named(report, code)
    assert finding.severity == severity
    for name, value in evidence.items():
        close = pytest.approx(value, abs=1e-12) if isinstance(value, float) else value
        assert finding.evidence[name] == close, name
    assert len(finding.meaning.split()) > 6
    assert finding.meaning[-1] == "."
    assert len(finding.advice.split()) > 3
    assert finding.meaning in repr(report).replace("\n    ", " ")
    assert not named(not_made(), code)
    critical = severity == "critical" and code != "leakage"
    assert (report.verdict.status == "not ready") >= critical


def test_every_code_has_a_case_and_a_line_in_the_document() -> None:
    folder = ROOT / "python/lstmetrics/evaluation/diagnosis"
    source = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    codes = set(re.findall(r'Finding\(\s*"(\w+)"', source)) | {"low_precision", "low_recall"}
    assert {code for code, *_ in CASES} == codes
    document = (ROOT / "docs/evaluation.md").read_text(encoding="utf-8")
    table = document.partition("## What is found")[2].partition("## From")[0]
    assert set(re.findall(r"`(\w+)`", table)) - {"train", "history"} >= codes


def test_chance_is_what_shuffled_predictions_reach() -> None:
    rng = np.random.default_rng(8)
    truth = rng.choice(3, 400, p=[0.5, 0.3, 0.2])
    predicted = np.where(rng.random(400) < 0.06, truth, rng.choice(3, 400, p=[0.6, 0.3, 0.1]))
    report = evaluate_predictions(truth, y_pred=predicted, replicates=0)
    right = np.count_nonzero(truth == predicted)
    shuffled = [np.count_nonzero(truth == rng.permutation(predicted)) for _ in range(4000)]
    z = (right - np.mean(shuffled)) / np.std(shuffled)
    assert report.baseline["chance_z"] == pytest.approx(z, abs=0.15)
    as_far = np.abs(np.asarray(shuffled) - np.mean(shuffled)) >= abs(right - np.mean(shuffled))
    assert report.baseline["chance_p_value"] == pytest.approx(as_far.mean(), abs=0.03)


def test_tags_have_findings_too() -> None:
    report = evaluate_tags([["B-PER", "O"]] * 50, [["O", "O"]] * 50, replicates=0)
    assert {"low_recall"} <= {finding.code for finding in report.findings}
