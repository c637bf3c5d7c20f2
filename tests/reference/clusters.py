"""The bootstrap of clusters from its description: one loop over samples, exact arithmetic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from reference.bootstrap import draw, label_hash

Label = int | str


def times(ids: Sequence[Label], seed: int, replicate: int) -> dict[Label, int]:
    """How often a replicate has each cluster."""
    return {name: draw(seed, replicate, label_hash(name), 1) for name in set(ids)}


def counts(
    ids: Sequence[Label],
    y_true: Sequence[Label],
    y_pred: Sequence[Label],
    seed: int,
    replicate: int,
) -> Counter[tuple[Label, Label]]:
    """(true, predicted) of a replicate, whole clusters being drawn."""
    often = times(ids, seed, replicate)
    found: Counter[tuple[Label, Label]] = Counter()
    for name, true, predicted in zip(ids, y_true, y_pred, strict=True):
        found[true, predicted] += often[name]
    return +found


def mean(
    ids: Sequence[Label],
    losses: Sequence[float],
    weights: Sequence[float],
    seed: int | None = None,
    replicate: int = 0,
) -> Fraction | None:
    """The weighted mean of a replicate, or of all; nothing when no weight was drawn."""
    often = dict.fromkeys(ids, 1) if seed is None else times(ids, seed, replicate)
    amounts = [often[name] * Fraction(w) for name, w in zip(ids, weights, strict=True)]
    total = sum(amounts, Fraction(0))
    terms = (a * Fraction(x) for a, x in zip(amounts, losses, strict=True))
    return sum(terms, Fraction(0)) / total if total else None
