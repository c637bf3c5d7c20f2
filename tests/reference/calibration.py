"""Calibration from its definitions: bins, gaps between what was said and what came true."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from reference.exact import round_once


class Bin(NamedTuple):
    """What lies in one bin."""

    samples: int
    weight: Fraction
    hits: Fraction  # weight of those that came true
    probability: Fraction  # sum of the weighted probabilities, each product rounded once


def uniform_edges(bins: int) -> list[float]:
    """Multiples of the rounded width, and 1."""
    return [index * (1 / bins) for index in range(bins)] + [1.0]


def place(p: float, edges: Sequence[float]) -> int:
    """The bin with edges[i] < p <= edges[i + 1]; the first takes all below, the last all above."""
    inside = [i for i in range(1, len(edges) - 1) if edges[i] < p]
    return len(inside)


def binned(
    pairs: Sequence[tuple[float, bool]],
    edges: Sequence[float],
    weights: Sequence[float] | None = None,
) -> list[Bin]:
    """Sort pairs of a probability and whether it came true into bins."""
    amounts = [1.0] * len(pairs) if weights is None else list(weights)
    bins = [Bin(0, Fraction(0), Fraction(0), Fraction(0))] * (len(edges) - 1)
    for (p, hit), w in zip(pairs, amounts, strict=True):
        at = place(p, edges)
        old = bins[at]
        bins[at] = Bin(
            old.samples + 1,
            old.weight + Fraction(w),
            old.hits + (Fraction(w) if hit else 0),
            old.probability + Fraction(w * p),
        )
    return bins


def curve(bins: Sequence[Bin]) -> list[tuple[Fraction, Fraction]]:
    """Share that came true and mean probability of each bin that weighs something."""
    return [(b.hits / b.weight, b.probability / b.weight) for b in bins if b.weight]


def error(bins: Sequence[Bin], norm: str) -> float | None:
    """The calibration error of one set of bins; None where nothing weighs anything."""
    total = sum((b.weight for b in bins), Fraction(0))
    if not total:
        return None
    gaps = [(b.weight, abs(b.hits - b.probability) / b.weight) for b in bins if b.weight]
    if norm == "max":
        return round_once(max(gap for _, gap in gaps))
    if norm == "l1":
        return round_once(sum((w * gap for w, gap in gaps), Fraction(0)) / total)
    return math.sqrt(sum((w * gap**2 for w, gap in gaps), Fraction(0)) / total)


def top_label(row: Sequence[float]) -> int:
    """The column of the largest probability, the lowest of equal ones."""
    return list(row).index(max(row))


def closed_on_the_left(pairs: Sequence[tuple[float, bool]], bins: int) -> float:
    """The expected calibration error as torchmetrics has it: [edge, next edge), and p = 1 apart."""
    edges = uniform_edges(bins)
    groups: dict[int, list[tuple[float, bool]]] = {}
    for p, hit in pairs:
        groups.setdefault(sum(edge <= p for edge in edges), []).append((p, hit))
    gaps = (abs(sum(hit for _, hit in g) - math.fsum(p for p, _ in g)) for g in groups.values())
    return math.fsum(gaps) / len(pairs)


def percentile_edges(values: Sequence[float], bins: int) -> list[Fraction]:
    """Quantiles by linear interpolation between the two nearest ranks, in exact arithmetic."""
    ordered = sorted(map(Fraction, values))
    edges = []
    for index in range(bins + 1):
        rank = Fraction(index, bins) * (len(ordered) - 1)
        below = math.floor(rank)
        above = min(below + 1, len(ordered) - 1)
        edges.append(ordered[below] + (ordered[above] - ordered[below]) * (rank - below))
    return edges
