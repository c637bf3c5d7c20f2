"""Top-k accuracy from its definition: sort the columns, look among the first k."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from reference.counts import Weights, weight_fractions


def among_first(scores: Sequence[Any], target: int, k: int) -> bool:
    """Whether a column is among the k of the highest scores; of equal ones the higher is first."""
    order = sorted(range(len(scores)), key=lambda column: (scores[column], column), reverse=True)
    return target in order[:k]


def decided(score: Any, scores: Sequence[Any], is_greater: bool) -> bool:
    """Whether one score for the greater of two labels says the right thing."""
    threshold = 0.5 if all(0 <= one <= 1 for one in scores) else 0
    return (score > threshold) == is_greater


def hit_weight(hits: Sequence[bool], weights: Weights = None) -> tuple[Fraction, Fraction]:
    """Weight of the hits and of all samples."""
    amounts = weight_fractions(len(hits), weights)
    hit = sum((w for w, right in zip(amounts, hits, strict=True) if right), Fraction(0))
    return hit, sum(amounts, Fraction(0))
