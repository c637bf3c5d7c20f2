"""Confusion counts of long columns, whose labels spread as they go on, in every dtype and layout.

Counting changes its ways with the range of the labels so far, block by block; the oracle counts
pairs one by one.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import Confusion
from property.strategies import INTEGER_DTYPES, strided
from reference.exact import round_once

pytestmark = pytest.mark.filterwarnings("ignore:A single label was found")
SETTINGS = settings(max_examples=150, deadline=None)
BLOCK = 2048  # samples the core reads at a time
SIZES = (5, 64, 72, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK + 7)
Array = npt.NDArray[Any]
Columns = tuple[Array, Array]


@st.composite
def _pool(draw: st.DrawFn, least: int, most: int, middle: int) -> list[int]:
    """Labels of one piece of a column: two, a range, or a few anywhere."""
    anywhere = st.integers(least, most)
    near = st.integers(max(least, middle - 3), min(most, middle + 9))
    shape = draw(st.sampled_from(("zero one", "two", "near", "range", "anywhere")))
    if shape == "zero one":
        return [0, 1]
    if shape == "two":
        return draw(st.lists(near, min_size=2, max_size=2))
    if shape == "near":
        return draw(st.lists(near, min_size=1, max_size=6))
    if shape == "range":
        first = draw(near)
        return list(range(first, min(most, first + draw(st.integers(1, 1500))) + 1))
    return draw(st.lists(anywhere, min_size=1, max_size=4))


@st.composite
def columns_in_pieces(draw: st.DrawFn) -> Columns:
    """Two columns, made of pieces with labels of their own."""
    dtype = np.dtype(draw(st.sampled_from((*INTEGER_DTYPES, "bool", "float32", "float64"))))
    if dtype.kind in "iu":
        limits = np.iinfo(dtype)
        least, most = int(limits.min), min(int(limits.max), 2**63 - 1)
    elif dtype.kind == "b":
        least, most = 0, 1
    else:
        least, most = -(2**20), 2**20
    middle = draw(st.sampled_from([at for at in (0, 1, 5, 90, -1, -90) if least <= at <= most]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    pieces: tuple[list[Array], list[Array]] = ([], [])
    for _ in range(draw(st.integers(1, 4))):
        size = draw(st.sampled_from(SIZES))
        for piece in pieces:
            labels = np.array(
                [label for label in draw(_pool(least, most, middle)) if label <= most]
            )
            piece.append(rng.choice(labels, size))
    y_true, y_pred = (np.concatenate(piece).astype(dtype) for piece in pieces)
    return draw(strided(y_true)), draw(strided(y_pred))


def _expected(columns: Columns, amounts: list[int]) -> tuple[list[int], Counter[Any], Counter[Any]]:
    pairs = list(zip(*(column.astype(np.int64).tolist() for column in columns), strict=True))
    sums: Counter[Any] = Counter()
    for pair, amount in zip(pairs, amounts, strict=True):
        sums[pair] += amount
    return sorted({label for pair in pairs for label in pair}), Counter(pairs), sums


@SETTINGS
@given(columns_in_pieces())
def test_every_sample_is_counted(columns: Columns) -> None:
    labels, counts, _ = _expected(columns, [1] * len(columns[0]))
    matrix = metrics.confusion_matrix(*columns)
    place = {label: index for index, label in enumerate(labels)}
    assert matrix.shape == (len(labels), len(labels))
    assert matrix.sum() == len(columns[0])
    assert all(matrix[place[t], place[p]] == n for (t, p), n in counts.items())
    right = sum(n for (t, p), n in counts.items() if t == p)
    assert metrics.accuracy_score(*columns, normalize=False) == right
    assert metrics.accuracy_score(*columns) == round_once(Fraction(right, len(columns[0])))
    whole, pieces = Confusion().update(*columns), Confusion()
    for begin in range(0, len(columns[0]), 1500):
        pieces.update(*(column[begin : begin + 1500] for column in columns))
    assert whole.digest() == pieces.digest()


@SETTINGS
@given(columns_in_pieces(), st.sampled_from((0, 10, 49, 90, 200)), st.integers(0, 2**32))
def test_every_weight_is_added(columns: Columns, spread: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = len(columns[0])
    # Whole multiples of one power of two, some of them far larger than others, some zero.
    mantissas = rng.integers(0, 2**53, n) * rng.integers(0, 2, n)
    shifts = rng.integers(0, spread + 1, n)
    mantissas[0] |= 1
    amounts = [int(m) << int(s) for m, s in zip(mantissas, shifts, strict=True)]
    weights = np.ldexp(mantissas.astype(np.float64), shifts - 60)
    labels, _, sums = _expected(columns, amounts)
    matrix = metrics.confusion_matrix(*columns, sample_weight=weights)
    place = {label: index for index, label in enumerate(labels)}
    assert matrix.shape == (len(labels), len(labels))
    for (true, predicted), amount in sums.items():
        assert matrix[place[true], place[predicted]] == round_once(Fraction(amount, 2**60))
    assert np.count_nonzero(matrix) == sum(amount != 0 for amount in sums.values())
    right = sum(amount for (t, p), amount in sums.items() if t == p)
    expected = round_once(Fraction(right, 2**60))
    assert metrics.accuracy_score(*columns, sample_weight=weights, normalize=False) == expected
