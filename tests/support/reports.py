"""Reports of every kind, with text that tries to be markup."""

from __future__ import annotations

from typing import Any

import numpy as np

import lstmetrics
from lstmetrics.evaluation import Report

__all__ = [
    "HOSTILE",
    "POSITIVE",
    "binary_report",
    "binary_samples",
    "multilabel_report",
    "outcomes_by_hand",
    "tagging_report",
]

HOSTILE = (
    "</script><script>document.title = 'broken'</script>",
    "<img src=x onerror=\"document.title = 'broken'\">",
    "'\"><b>bold</b> &amp; &lt;i&gt; {{ 7 * 7 }} ${7} $x^2$",
    "]]> <!-- \u2028 \u202e right to left \x00 tail",
)
POSITIVE = "<i>spam</i>"


def outcomes_by_hand(thresholds: list[float], samples: int = 400) -> dict[str, list[int]]:
    """Count what each threshold gives, one threshold and one sample of the report at a time."""
    pairs = list(zip(*binary_samples(samples), strict=True))
    kinds = {"tn": (False, False), "fp": (False, True), "fn": (True, False), "tp": (True, True)}
    outcomes: dict[str, list[int]] = {name: [] for name in kinds}
    for threshold in thresholds:
        called = [(bool(hit), bool(score >= threshold)) for hit, score in pairs]
        for name, kind in kinds.items():
            outcomes[name].append(called.count(kind))
    return outcomes


def binary_samples(samples: int = 400) -> tuple[Any, Any]:
    """Return which samples are positive, and scores with ties."""
    random = np.random.default_rng(7)
    hits = random.random(samples) < 0.2
    scores = 1 / (1 + np.exp(-(2.4 * hits - 1.4 + random.normal(size=samples))))
    return hits, np.round(scores, 3)


def binary_report(samples: int = 400) -> Report:
    """Return a report of two classes whose names, texts and slices are hostile."""
    hits, scores = binary_samples(samples)
    names = np.array(["ham", POSITIVE])
    return lstmetrics.evaluate_predictions(
        names[hits.astype(int)],
        scores=scores,
        labels=["ham", POSITIVE],
        pos_label=POSITIVE,
        texts=[f"{i} {HOSTILE[i % len(HOSTILE)]}" for i in range(samples)],
        by={"<u>source</u>": np.array(HOSTILE[:2])[np.arange(samples) % 2]},
        history={"loss": [0.6, 0.4, 0.2], "val_loss": [0.6, 0.5, 0.9]},
    )


def multilabel_report(samples: int = 400) -> Report:
    """Return a report on several labels a sample, whose names and texts are hostile."""
    random = np.random.default_rng(8)
    truth = (random.random((samples, 3)) < 0.3).astype(int)
    scores = np.clip(0.3 + 0.4 * truth + random.normal(0, 0.2, truth.shape), 0, 1)
    return lstmetrics.evaluate_predictions(
        truth,
        scores=scores,
        labels=[POSITIVE, *HOSTILE[:2]],
        texts=[f"{i} {HOSTILE[i % len(HOSTILE)]}" for i in range(samples)],
        by={"<u>source</u>": np.array(HOSTILE[:2])[np.arange(samples) % 2]},
    )


def tagging_report() -> Report:
    """Return a report on tags, of tokens that are hostile."""
    truth = [["B-PER", "I-PER", "O", "B-<b>ORG</b>"]] * 40
    called = [["B-PER", "I-PER", "O", "O"], ["B-PER", "O", "O", "B-<b>ORG</b>"]] * 20
    return lstmetrics.evaluate_tags(
        truth, called, tokens=[list(HOSTILE)] * 40, by={"<u>source</u>": ["web", HOSTILE[0]] * 20}
    )
