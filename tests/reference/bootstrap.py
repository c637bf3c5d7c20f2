"""The draws of the bootstrap from their description, in Python's integers and 60 digits."""

from __future__ import annotations

from functools import cache

import mpmath

_MASK = 2**64 - 1
_GOLDEN = 0x9E3779B97F4A7C15


def _mix(x: int) -> int:
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & _MASK
    return x ^ (x >> 31)


def hashed(*words: int | str) -> int:
    """Return the hash of words, one after another; text goes by eights of its bytes and its length.

    The start is zero.
    """
    value = 0
    for word in words:
        if isinstance(word, str):
            data = word.encode()
            parts = [int.from_bytes(data[i : i + 8], "little") for i in range(0, len(data), 8)]
            parts.append(len(data))
        else:
            parts = [word & _MASK]
        for part in parts:
            value = _mix(_mix((value + _GOLDEN) & _MASK) ^ part)
    return value


def then(value: int, *words: int) -> int:
    """Return a hash with more words."""
    for word in words:
        value = _mix(_mix((value + _GOLDEN) & _MASK) ^ word)
    return value


def label_hash(label: int | str) -> int:
    """Return the hash of a label: 1 stands before integers, 2 before text."""
    return hashed(2, label) if isinstance(label, str) else hashed(1, label)


def cell_hash(*labels: int | str) -> int:
    """Return the hash of a cell, whose labels are hashed first."""
    first, *others = map(label_hash, labels)
    return then(first, *others)


@cache
def _cumulative(mean: int, k: int) -> int:
    """``floor(2**64 P(X <= k))``."""
    with mpmath.workdps(60):
        terms = [mpmath.mpf(mean) ** i / mpmath.factorial(i) for i in range(k + 1)]
        return int(mpmath.floor(2**64 * mpmath.exp(-mean) * mpmath.fsum(terms)))


def draw(seed: int, replicate: int, cell: int, count: int) -> int:
    """Return how often the samples of a cell are drawn; up to 32 of them."""
    assert count <= 32
    bits = _mix((then(hashed(seed, replicate), cell) + _GOLDEN) & _MASK)
    k = 0
    while bits >= _cumulative(count, k):
        k += 1
    return k
