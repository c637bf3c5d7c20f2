"""Losses of probabilistic classifiers from their definitions."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from fractions import Fraction

from reference.counts import Weights, ratio, weight_fractions
from reference.exact import round_once, round_to_float32

EPSILON = {"float64": 2.0**-52, "float32": 2.0**-23}


def positive_rows(probabilities: Sequence[float], dtype: str) -> list[list[float]]:
    """(1 - p, p) for each probability of the positive class, rounded to the dtype."""
    rows = [[1.0 - p, p] for p in probabilities]
    if dtype == "float32":
        return [[round_to_float32(value) for value in row] for row in rows]
    return rows


def sample_losses(
    y_true: Sequence[Hashable],
    rows: Sequence[Sequence[float]],
    labels: Sequence[Hashable],
    dtype: str = "float64",
) -> list[float]:
    """-log of the probability given to each true label, clipped to [eps, 1 - eps]."""
    eps = EPSILON[dtype]
    place = {label: index for index, label in enumerate(labels)}
    return [
        -math.log(min(max(row[place[label]], eps), 1.0 - eps))
        for label, row in zip(y_true, rows, strict=True)
    ]


def log_loss(losses: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Weighted mean: exact sums of fl(w * loss) and of w, divided once."""
    amounts = [1.0] * len(losses) if weights is None else list(weights)
    return math.fsum(w * x for w, x in zip(amounts, losses, strict=True)) / math.fsum(amounts)


def one_hot(y_true: Sequence[Hashable], labels: Sequence[Hashable]) -> list[list[int]]:
    """1 in the column of the true label."""
    return [[int(label == true) for label in labels] for true in y_true]


def brier(
    y_true: Sequence[Hashable],
    rows: Sequence[Sequence[Fraction]],
    labels: Sequence[Hashable],
    weights: Weights = None,
) -> Fraction | None:
    """Weighted mean of the squared distances of rows from what came true."""
    amounts = weight_fractions(len(y_true), weights)
    distances = [
        sum(((hit - p) ** 2 for hit, p in zip(hits, row, strict=True)), Fraction(0))
        for hits, row in zip(one_hot(y_true, labels), rows, strict=True)
    ]
    total = sum((w * d for w, d in zip(amounts, distances, strict=True)), Fraction(0))
    return ratio(total, sum(amounts, Fraction(0)))


def shares(
    y_true: Sequence[Hashable], labels: Sequence[Hashable], weights: Weights = None
) -> list[Fraction]:
    """Each label's share of the weight."""
    amounts = weight_fractions(len(y_true), weights)
    total = sum(amounts, Fraction(0))
    pairs = list(zip(y_true, amounts, strict=True))
    return [sum((w for t, w in pairs if t == label), Fraction(0)) / total for label in labels]


def d2_brier(
    y_true: Sequence[Hashable],
    rows: Sequence[Sequence[Fraction]],
    labels: Sequence[Hashable],
    weights: Weights = None,
) -> Fraction | None:
    """What is saved of the score of predicting the shares; nothing where that has none."""
    null = brier(y_true, [shares(y_true, labels, weights)] * len(y_true), labels, weights)
    score = brier(y_true, rows, labels, weights)
    saved = None if score is None or null is None else ratio(score, null)
    return None if saved is None else 1 - saved


def d2_log_loss(
    y_true: Sequence[Hashable],
    losses: Sequence[float],
    labels: Sequence[Hashable],
    weights: Weights = None,
) -> float:
    """What is saved of the log loss of predicting the shares, as doubles and clipped."""
    row = [round_once(share) for share in shares(y_true, labels, weights)]
    null = sample_losses(y_true, [row] * len(y_true), labels)
    return 1 - log_loss(losses, weights) / log_loss(null, weights)


def indicator_log_losses(
    y_true: Sequence[Sequence[int]], rows: Sequence[Sequence[float]], dtype: str = "float64"
) -> list[float]:
    """Of each sample, the sum of -log(p) over the labels that it has, p being clipped."""
    eps = EPSILON[dtype]
    return [
        math.fsum(
            -math.log(min(max(p, eps), 1.0 - eps)) for hit, p in zip(hits, row, strict=True) if hit
        )
        for hits, row in zip(y_true, rows, strict=True)
    ]


def indicator_brier_losses(
    y_true: Sequence[Sequence[int]], rows: Sequence[Sequence[Fraction]]
) -> list[Fraction]:
    """Of each sample, the squared distance of its probabilities from its indicators."""
    return [
        sum(((hit - p) ** 2 for hit, p in zip(hits, row, strict=True)), Fraction(0))
        for hits, row in zip(y_true, rows, strict=True)
    ]


def indicator_shares(y_true: Sequence[Sequence[int]], weights: Weights = None) -> list[Fraction]:
    """Of each label, the share of the weight that has it."""
    amounts = weight_fractions(len(y_true), weights)
    total = sum(amounts, Fraction(0))
    return [
        sum((w for w, hit in zip(amounts, hits, strict=True) if hit), Fraction(0)) / total
        for hits in zip(*y_true, strict=True)
    ]
