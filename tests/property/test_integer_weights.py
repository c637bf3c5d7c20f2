"""Confusion matrices of integer weights: every digit of a sum, or a refusal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics.errors import CountOverflowError
from lstmetrics.metrics import confusion_matrix

DTYPES = ("?", "i1", "u1", "i4", "u4", "i8", "u8", ">i8")

Row = tuple[int, int, int]


@st.composite
def weighted(draw: st.DrawFn) -> tuple[list[Row], Any]:
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    low, high = (0, 1) if dtype.kind == "b" else (np.iinfo(dtype).min, np.iinfo(dtype).max)
    edges = [x for x in (0, 1, 2**53 + 1, 2**62 + 1, -(2**53) - 1) if low <= x <= high]
    weights = st.integers(low, high) | st.sampled_from(edges)
    rows = draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), weights), min_size=1))
    return rows, np.array([weight for *_, weight in rows], dtype)


@settings(max_examples=200)
@given(weighted())
def test_sums_are_exact(given_: tuple[list[Row], Any]) -> None:
    rows, weights = given_
    if not weights.any():
        return
    labels = [0, 1, 2]
    sums = {(t, p): sum(w for *at, w in rows if at == [t, p]) for t in labels for p in labels}
    truth, predicted, _ = zip(*rows, strict=True)
    if all(-(2**63) <= total < 2**63 for total in sums.values()):
        matrix = confusion_matrix(truth, predicted, sample_weight=weights, labels=labels)
        assert matrix.dtype == np.int64
        assert matrix.tolist() == [[sums[t, p] for p in labels] for t in labels]
        theirs = sklearn.metrics.confusion_matrix(
            truth, predicted, sample_weight=weights.astype("=i8"), labels=labels
        )
        assert matrix.tolist() == theirs.tolist()
    else:
        with pytest.raises(CountOverflowError, match="more than 64 bits"):
            confusion_matrix(truth, predicted, sample_weight=weights, labels=labels)


@pytest.mark.parametrize("weight", [2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63)])
def test_one_large_weight(weight: int) -> None:
    weights = np.array([weight, 1, 0])
    assert confusion_matrix([0, 1, 1], [0, 1, 0], sample_weight=weights).tolist() == [
        [weight, 0],
        [0, 1],
    ]


def test_normalized_ones_are_ratios() -> None:
    weights = np.array([3, 1], np.int64)
    shares = confusion_matrix([0, 0], [0, 1], sample_weight=weights, normalize="true")
    assert shares.tolist() == [[0.75, 0.25], [0, 0]]
