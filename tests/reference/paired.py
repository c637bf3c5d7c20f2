"""Comparing two models on the same samples, from the definitions."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import mpmath

from reference import intervals


class Table(NamedTuple):
    """Samples that both, only A, only B and neither had right."""

    both: int
    only_a: int
    only_b: int
    neither: int


def mcnemar_exact(b: int, c: int) -> Fraction:
    """Twice the smaller tail of b of b + c tosses of a fair coin, at most 1."""
    tail = term = 1
    for k in range(min(b, c)):
        term = term * (b + c - k) // (k + 1)
        tail += term
    return min(Fraction(2 * tail, 2 ** (b + c)), Fraction(1))


def chi_square(b: int, c: int) -> tuple[Fraction, mpmath.mpf]:
    """The statistic with Edwards's correction, and its tail of one degree of freedom."""
    if b == c:
        return Fraction(0), mpmath.mpf(1)
    statistic = Fraction((abs(b - c) - 1) ** 2, b + c)
    with mpmath.workdps(intervals.DIGITS):
        return statistic, mpmath.erfc(
            mpmath.sqrt(mpmath.mpf(statistic.numerator) / statistic.denominator / 2)
        )


def newcombe(table: Table, level: float) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Method 10 of Newcombe (1998), in its own letters."""
    e, f, g, h = table
    n = e + f + g + h
    with mpmath.workdps(intervals.DIGITS):
        l1, u1 = intervals.wilson(e + f, n, level)
        l2, u2 = intervals.wilson(e + g, n, level)
        p1, p2 = mpmath.mpf(e + f) / n, mpmath.mpf(e + g) / n
        product = (e + f) * (g + h) * (e + g) * (f + h)
        phi = mpmath.mpf(0)
        if product:
            above = mpmath.mpf(e * h - f * g)
            if above > 0:
                above = max(above - mpmath.mpf(n) / 2, mpmath.mpf(0))
            phi = above / mpmath.sqrt(product)
        dl1, du1, dl2, du2 = p1 - l1, u1 - p1, p2 - l2, u2 - p2
        below = mpmath.sqrt(dl1**2 - 2 * phi * dl1 * du2 + du2**2)
        over = mpmath.sqrt(du1**2 - 2 * phi * du1 * dl2 + dl2**2)
        return p1 - p2 - below, p1 - p2 + over


def placements(
    truth: Sequence[bool], scores: Sequence[float]
) -> tuple[list[Fraction], list[Fraction]]:
    """Of each positive, the share of negatives below it; of each negative, of positives above."""
    positives = [s for t, s in zip(truth, scores, strict=True) if t]
    negatives = [s for t, s in zip(truth, scores, strict=True) if not t]

    def psi(x: float, y: float) -> Fraction:
        return Fraction(1) if x > y else Fraction(1, 2) if x == y else Fraction(0)

    return (
        [sum((psi(x, y) for y in negatives), Fraction(0)) / len(negatives) for x in positives],
        [sum((psi(x, y) for x in positives), Fraction(0)) / len(positives) for y in negatives],
    )


def _covariance(x: Sequence[Fraction], y: Sequence[Fraction]) -> Fraction:
    mean_x, mean_y = sum(x, Fraction(0)) / len(x), sum(y, Fraction(0)) / len(y)
    products = ((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True))
    return sum(products, Fraction(0)) / (len(x) - 1)


def area(truth: Sequence[bool], scores: Sequence[float]) -> Fraction:
    """The area under the ROC curve."""
    of_positives, _ = placements(truth, scores)
    return sum(of_positives, Fraction(0)) / len(of_positives)


def delong_variance(truth: Sequence[bool], a: Sequence[float], b: Sequence[float]) -> Fraction:
    """The variance of the difference of two areas, by the covariances of placements."""
    (a10, a01), (b10, b01) = placements(truth, a), placements(truth, b)
    total = Fraction(0)
    for x, y in ((a10, b10), (a01, b01)):
        total += (_covariance(x, x) + _covariance(y, y) - 2 * _covariance(x, y)) / len(x)
    return total
