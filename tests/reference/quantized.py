"""Weights and rows in fewer bits, from their definitions, in Python's fractions.

A float here is a Python float that float32 holds exactly; ``nearest`` rounds to one.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction

Vector = list[float]


def float32(bits: int) -> float:
    """The float32 of 32 bits."""
    return float(struct.unpack("<f", struct.pack("<I", bits))[0])


def bits32(value: float) -> int:
    return int(struct.unpack("<I", struct.pack("<f", value))[0])


def nearest(value: Fraction, significant: int = 24, *, up: bool = False) -> float:
    """A fraction rounded to so many significant bits: ties to even, or away from zero.

    Of float32's normal range, and zero.
    """
    if value == 0:
        return 0.0
    exponent = math.floor(math.log2(abs(value)))
    while Fraction(2) ** exponent > abs(value):
        exponent -= 1
    while Fraction(2) ** (exponent + 1) <= abs(value):
        exponent += 1
    unit = Fraction(2) ** (exponent - significant + 1)
    count = abs(value) / unit
    whole = math.ceil(count) if up else round(count)  # Python's round is to even
    return math.copysign(float(whole * unit), value)


def bfloat16(value: float) -> float:
    """The nearest number of 8 significant bits, ties to even."""
    return nearest(Fraction(value), 8)


def weight_scale(weights: Vector) -> float:
    """The largest magnitude over 127, rounded up to 17 bits."""
    largest = max(map(abs, weights), default=0.0)
    return nearest(Fraction(nearest(Fraction(largest) / 127)), 17, up=True)


def weight_bytes(weights: Vector, scale: float) -> list[int]:
    if scale == 0:
        return [0] * len(weights)
    return [round(Fraction(nearest(Fraction(weight) / Fraction(scale)))) for weight in weights]


def row_bytes(row: Vector) -> tuple[list[int], float]:
    """A row's bytes and scale."""
    largest = max(map(abs, row), default=0.0)
    if largest < 2.0**-100:
        return [0] * len(row), 0.0
    inverse = Fraction(nearest(127 / Fraction(largest)))
    whole = [round(Fraction(nearest(Fraction(x) * inverse))) for x in row]
    return whole, nearest(Fraction(largest) / 127)


def int8_product(row: Vector, weights: Vector, start: float) -> float:
    """``start`` and a row times an output's weights."""
    scale = weight_scale(weights)
    held = weight_bytes(weights, scale)
    whole, row_scale = row_bytes(row)
    total = nearest(Fraction(sum(a * b for a, b in zip(whole, held, strict=True))))
    both = Fraction(nearest(Fraction(row_scale) * Fraction(scale)))
    return nearest(Fraction(total) * both + Fraction(start))
