"""Temperature scaling and the test of chance, from their definitions."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from fractions import Fraction


def chance_z(y_true: Sequence[int], y_pred: Sequence[int]) -> float:
    """How far the number right lies above its mean over all orders of the predictions."""
    orders = list(itertools.permutations(y_pred))
    right = [sum(a == b for a, b in zip(y_true, order, strict=True)) for order in orders]
    mean = Fraction(sum(right), len(right))
    variance = sum((count - mean) ** 2 for count in right) / Fraction(len(right))
    if not variance:
        return 0.0
    seen = sum(a == b for a, b in zip(y_true, y_pred, strict=True))
    return float(seen - mean) / math.sqrt(variance)


def scaled_loss(
    y_true: Sequence[int], probabilities: Sequence[Sequence[float]], temperature: float
) -> float:
    """The mean log loss of softmax(log p / temperature)."""
    losses = []
    for target, row in zip(y_true, probabilities, strict=True):
        scaled = [math.log(p) / temperature for p in row]
        most = max(scaled)
        total = math.fsum(math.exp(z - most) for z in scaled)
        losses.append(math.log(total) - (scaled[target] - most))
    return math.fsum(losses) / len(losses)
