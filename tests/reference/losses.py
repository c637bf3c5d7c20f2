"""Losses of probabilistic classifiers from their definitions."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from reference.exact import round_to_float32

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
