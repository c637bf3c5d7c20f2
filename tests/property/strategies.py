"""Inputs for property tests: labels of every kind, weights of every size, arrays of any layout."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

INTEGER_DTYPES = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
FLOAT_DTYPES = ("float16", "float32", "float64")

# Combining marks, the astral plane, right-to-left text, and strings that differ by length alone.
TEXTS = ("", "a", "ab", "é", "e\u0301", "ß", "日本", "\U0001f600", "\U0001f600\u200d", "עברית")

Columns = tuple[list[Any], list[Any]]
Indicators = tuple[list[list[int]], list[list[int]]]  # of samples and labels


@st.composite
def label_pairs(draw: st.DrawFn, max_labels: int = 5, max_size: int = 40) -> Columns:
    """True and predicted labels of one kind, as Python lists of equal length."""
    pool = draw(
        st.one_of(
            st.lists(st.integers(-3, 12), min_size=1, max_size=max_labels, unique=True),
            st.lists(
                st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=max_labels, unique=True
            ),
            st.lists(st.sampled_from(TEXTS), min_size=1, max_size=max_labels, unique=True),
            st.just([False, True]),
        )
    )
    label = st.sampled_from(pool)
    pairs = draw(st.lists(st.tuples(label, label), min_size=1, max_size=max_size))
    return [true for true, _ in pairs], [pred for _, pred in pairs]


def weights(count: int) -> st.SearchStrategy[list[float]]:
    """Positive weights from tiny to huge, and zeros; never all zero."""
    sizes = st.one_of(
        st.just(0.0),
        st.integers(1, 9).map(float),
        st.floats(1e-3, 1e3),
        st.floats(1e-300, 1e-290),
        st.floats(1e290, 1e300),
    )
    return st.lists(sizes, min_size=count, max_size=count).filter(any)


@st.composite
def strided(draw: st.DrawFn, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The same items with another layout: spread out, reversed, or as a column of a matrix."""
    layout = draw(st.sampled_from(("plain", "spread", "reversed", "column", "readonly")))
    if layout == "spread":
        wide = np.zeros(3 * len(array), array.dtype)
        wide[::3] = array
        return wide[::3]
    if layout == "reversed":
        return array[::-1].copy()[::-1]
    if layout == "column":
        table = np.zeros((len(array), 4), array.dtype)
        table[:, 2] = array
        return table[:, 2]
    if layout == "readonly":
        array = array.copy()
        array.flags.writeable = False
    return array


@st.composite
def probability_tables(
    draw: st.DrawFn, classes: int, rows: int, dtype: str
) -> npt.NDArray[np.floating[Any]]:
    """Rows that sum to one, with certain and nearly certain ones among them."""
    weight = st.one_of(st.floats(0.01, 1.0), st.floats(1e-18, 1e-14), st.just(0.0))
    row = st.lists(weight, min_size=classes, max_size=classes).filter(lambda r: max(r) > 1e-3)
    table = np.array(draw(st.lists(row, min_size=rows, max_size=rows)))
    return (table / table.sum(axis=1, keepdims=True)).astype(dtype)


@st.composite
def indicators(draw: st.DrawFn, max_labels: int = 70, max_rows: int = 12) -> Indicators:
    """Two indicators: around the widths of words, dense and sparse, often alike."""
    labels = draw(st.integers(2, 9) | st.integers(2, max_labels))
    rows = draw(st.integers(1, max_rows))
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    density = draw(st.sampled_from((0.0, 0.05, 0.3, 0.5, 1.0)))
    flips = draw(st.sampled_from((0.0, 0.1, 0.5, 1.0)))
    true = (generator.random((rows, labels)) < density).astype(int)
    pred = true ^ (generator.random((rows, labels)) < flips)
    return true.tolist(), pred.tolist()
