"""Curves over thresholds and the areas under them, from their definitions, in fractions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

Samples = Sequence[tuple[bool, float, Fraction]]  # positive, score, weight


def weighted(
    hits: Sequence[bool], scores: Sequence[float], weights: Sequence[float] | None
) -> Samples:
    """Put samples together; those of weight zero are left out."""
    all_weights = [1.0] * len(hits) if weights is None else list(weights)
    rows = zip(hits, scores, all_weights, strict=True)
    return [(bool(hit), float(score), Fraction(w)) for hit, score, w in rows if w]


def outcomes(samples: Samples) -> list[tuple[Fraction, Fraction, Fraction, Fraction, float]]:
    """Count tn, fp, fn, tp at each different score, descending."""
    thresholds = sorted({score for _, score, _ in samples}, reverse=True)
    rows = []
    for at in thresholds:

        def count(hit: bool, called: bool, at: float = at) -> Fraction:
            kept = [w for h, s, w in samples if h == hit and (s >= at) == called]
            return sum(kept, Fraction(0))

        rows.append(
            (count(False, False), count(False, True), count(True, False), count(True, True), at)
        )
    return rows


def roc_points(samples: Samples) -> list[tuple[Fraction | None, Fraction | None, float]]:
    """False and true positive rates from (0, 0) on; None where a class is missing."""
    rows = outcomes(samples)
    negatives = sum((w for hit, _, w in samples if not hit), Fraction(0))
    positives = sum((w for hit, _, w in samples if hit), Fraction(0))
    points = [(Fraction(0), Fraction(0), math.inf)] + [(fp, tp, at) for _, fp, _, tp, at in rows]
    return [
        (fp / negatives if negatives else None, tp / positives if positives else None, at)
        for fp, tp, at in points
    ]


def roc_auc(samples: Samples) -> Fraction | None:
    """The chance that a positive's score is above a negative's, ties counting half."""
    positives = [(score, w) for hit, score, w in samples if hit]
    negatives = [(score, w) for hit, score, w in samples if not hit]
    above = Fraction(0)
    for p, p_weight in positives:
        for n, n_weight in negatives:
            above += p_weight * n_weight * (2 if p > n else 1 if p == n else 0)
    pairs = sum((w for _, w in positives), Fraction(0)) * sum(
        (w for _, w in negatives), Fraction(0)
    )
    return above / (2 * pairs) if pairs else None


def partial_roc_auc(samples: Samples, max_fpr: Fraction) -> Fraction | None:
    """McClish's standardised area up to a false positive rate."""
    points = roc_points(samples)
    area = Fraction(0)
    for (x0, y0, _), (x1, y1, _) in pairwise(points):
        if x0 is None or x1 is None or y0 is None or y1 is None:
            return None
        if x0 >= max_fpr:
            break
        if x1 > max_fpr:
            y1 = y0 + (y1 - y0) * (max_fpr - x0) / (x1 - x0)
            x1 = max_fpr
        area += (x1 - x0) * (y0 + y1) / 2
    if max_fpr == 1:
        return area
    least = max_fpr * max_fpr / 2
    return (1 + (area - least) / (max_fpr - least)) / 2


def average_precision(samples: Samples) -> Fraction:
    """The sum of recall's steps times precision; 0 without positives."""
    positives = sum((w for hit, _, w in samples if hit), Fraction(0))
    total, before = Fraction(0), Fraction(0)
    for _, fp, _, tp, _ in outcomes(samples):
        if tp + fp and positives:
            total += (tp - before) / positives * (tp / (tp + fp))
        before = tp
    return total


def hand_till(truth: Sequence[int], table: Sequence[Sequence[float]], by_size: bool) -> Fraction:
    """One against one: the mean over pairs of classes of the two areas' mean."""
    shown = sorted(set(truth))
    terms, sizes = [], []
    for place, a in enumerate(shown):
        for b in shown[place + 1 :]:
            both = []
            for own, other in ((a, b), (b, a)):
                rows = [
                    (t == own, row[own], Fraction(1))
                    for t, row in zip(truth, table, strict=True)
                    if t in (own, other)
                ]
                area = roc_auc(rows)
                assert area is not None
                both.append(area)
            terms.append(sum(both, Fraction(0)) / 2)
            sizes.append(sum(1 for t in truth if t in (a, b)) if by_size else 1)
    return sum((t * n for t, n in zip(terms, sizes, strict=True)), Fraction(0)) / sum(sizes)
