"""Confidence intervals from their definitions, in 50 digits."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import mpmath

DIGITS = 50


def normal_cdf(x: float) -> mpmath.mpf:
    """P(Z <= x)."""
    with mpmath.workdps(DIGITS):
        return mpmath.erfc(-mpmath.mpf(x) / mpmath.sqrt(2)) / 2


def normal_quantile(p: float | Fraction) -> mpmath.mpf:
    """Return the x with P(Z <= x) = p, by bisection and Newton's steps."""
    with mpmath.workdps(DIGITS):
        wanted = mpmath.mpf(Fraction(p).numerator) / Fraction(p).denominator
        if wanted > mpmath.mpf(1) / 2:
            return -normal_quantile(1 - Fraction(p))
        low, high = mpmath.mpf(-40), mpmath.mpf(0)
        for _ in range(24):
            middle = (low + high) / 2
            if mpmath.erfc(-middle / mpmath.sqrt(2)) / 2 < wanted:
                low = middle
            else:
                high = middle
        x = (low + high) / 2
        for _ in range(8):
            density = mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)
            x -= (mpmath.erfc(-x / mpmath.sqrt(2)) / 2 - wanted) / density
        return x


def critical_value(level: float) -> mpmath.mpf:
    """Return the z of a level."""
    return -normal_quantile((1 - Fraction(level)) / 2)


def wilson(successes: int, trials: int, level: float) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Solve ``|p - s/n| = z sqrt(p (1 - p) / n)`` for p."""
    with mpmath.workdps(DIGITS):
        z = critical_value(level)
        s, n = mpmath.mpf(successes), mpmath.mpf(trials)
        a, b, c = n + z * z, -(2 * s + z * z), s * s / n
        root = mpmath.sqrt(b * b - 4 * a * c)
        return (-b - root) / (2 * a), (-b + root) / (2 * a)


def percentiles(values: Sequence[float], level: float) -> tuple[float, float]:
    """Return the order statistics of ranks r and B + 1 - r; the level as it is written."""
    kept = sorted(value for value in values if not math.isnan(value))
    rank = max(1, math.floor((1 - Fraction(str(level))) / 2 * (len(kept) + 1)))
    return kept[rank - 1], kept[-rank]
