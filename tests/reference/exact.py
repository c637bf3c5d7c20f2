"""Exact sums and the distance between floats, from the definitions."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from fractions import Fraction


def exact_sum(values: Iterable[float]) -> float:
    """Sum floats exactly and round once; NaN and infinities by IEEE 754's rules."""
    items = [float(value) for value in values]
    special = [value for value in items if not math.isfinite(value)]
    if special:
        signs = {math.copysign(1.0, value) for value in special if math.isinf(value)}
        if any(math.isnan(value) for value in special) or len(signs) == 2:
            return math.nan
        return special[0]
    return round_once(sum((Fraction(value) for value in items), Fraction(0)))


def round_once(value: Fraction) -> float:
    """Return the double nearest to `value`, infinity where it lies beyond the largest one."""
    try:
        return value.numerator / value.denominator
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def ordinal(value: float) -> int:
    """Count doubles from zero: neighbours differ by one, -0.0 and 0.0 are both 0."""
    (bits,) = struct.unpack("<q", struct.pack("<d", value))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)


def ulp_distance(left: float, right: float) -> float:
    """How many doubles lie between two; two NaNs are equal, NaN and a number infinitely far."""
    if math.isnan(left) or math.isnan(right):
        return 0 if math.isnan(left) and math.isnan(right) else math.inf
    return abs(ordinal(left) - ordinal(right))


def round_to_float32(value: float) -> float:
    """Return the float32 nearest to a double, as a double."""
    return float(struct.unpack("<f", struct.pack("<f", value))[0])
