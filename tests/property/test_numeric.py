"""The kernels over arrays against the definitions."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import numeric
from reference import tokens as reference
from reference.exact import exact_sum, round_to_float32, ulp_distance

SETTINGS = settings(max_examples=60)
anything = st.floats(allow_nan=False, allow_infinity=False)


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x)) if x > -700 else math.exp(x)


SINGLE: list[tuple[Callable[[Any], Any], Callable[[float], float], float]] = [
    (numeric.exp, math.exp, 2),
    (numeric.sigmoid, _sigmoid, 4),
    (numeric.tanh, math.tanh, 4),
]


def float32_ulps(got: np.float32, expected: float) -> float:
    """Error in units of the last place of a float32 near the exact value."""
    spacing = float(np.spacing(np.float32(abs(expected))))
    return abs(float(got) - expected) / spacing


@SETTINGS
@given(st.lists(st.floats(-87, 88), min_size=1, max_size=40), st.sampled_from(SINGLE))
def test_single_precision(values: list[float], case: Any) -> None:
    ours, definition, bound = case
    array = np.array([round_to_float32(x) for x in values], np.float32)
    for x, got in zip(array.tolist(), ours(array), strict=True):
        assert float32_ulps(got, definition(x)) <= bound + 0.5


@SETTINGS
@given(st.lists(st.floats(-700, 709), min_size=1, max_size=40))
def test_exp_in_double(values: list[float]) -> None:
    for x, got in zip(values, numeric.exp(values).tolist(), strict=True):
        assert ulp_distance(got, reference.perplexity(x)) <= 1


@SETTINGS
@given(st.lists(st.floats(min_value=5e-324, allow_infinity=False), min_size=1, max_size=40))
def test_log_in_double(values: list[float]) -> None:
    for x, got in zip(values, numeric.log(values).tolist(), strict=True):
        assert ulp_distance(got, float(Decimal(x).ln())) <= 1


@SETTINGS
@given(st.lists(anything, max_size=200), st.randoms())
def test_exact_sum(values: list[float], random: Any) -> None:
    expected = exact_sum(values)
    assert numeric.exact_sum(np.array(values, np.float64)) == expected
    random.shuffle(values)
    assert numeric.exact_sum(np.array(values, np.float64)[::-1]) == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], 0.0),
        ([math.inf, 1.0], math.inf),
        ([-math.inf, 1e300], -math.inf),
        ([math.inf, -math.inf], math.nan),
        ([math.nan, math.inf], math.nan),
        ([1e308] * 3, math.inf),
        ([5e-324] * 3, 1.5e-323),
        ([1e308, 1e308, -1e308], 1e308),
    ],
)
def test_exact_sum_of_special_values(values: list[float], expected: float) -> None:
    assert ulp_distance(numeric.exact_sum(np.array(values)), expected) == 0


@SETTINGS
@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=300))
def test_log_sum_exp_and_softmax(values: list[float]) -> None:
    expected = reference.log_sum_exp(values)
    got = float(numeric.log_sum_exp(values))
    assert abs(got - expected) <= 2**-50 * (abs(expected) + 1)
    probabilities = numeric.softmax(values)
    assert abs(numeric.exact_sum(probabilities) - 1) < 1e-13
    for x, p in zip(values, probabilities.tolist(), strict=True):
        assert math.isclose(p, math.exp(x - expected), rel_tol=1e-11, abs_tol=1e-300)


@pytest.mark.parametrize("shape", [(), (0,), (3, 0), (2, 3), (2, 3, 4)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_shapes_and_dtypes_are_kept(shape: tuple[int, ...], dtype: str) -> None:
    array = np.ones(shape, dtype)
    for verb in (numeric.exp, numeric.log):
        out = verb(array)
        assert (out.shape, out.dtype) == (shape, dtype)
    if shape:
        out = numeric.softmax(array)
        assert (out.shape, out.dtype) == (shape, dtype)
    if shape and shape[-1]:
        assert numeric.log_sum_exp(array).shape == shape[:-1]


def test_any_layout_gives_the_same_bits() -> None:
    table = np.linspace(-5, 5, 60).reshape(6, 10)
    views = [table, np.asfortranarray(table), table[::-1].copy()[::-1], table.astype(">f8")]
    for verb in (numeric.exp, numeric.softmax, numeric.log_sum_exp):
        expected = verb(table)
        for view in views:
            assert (verb(view) == expected).all()
    assert len({numeric.exact_sum(view) for view in views}) == 1


@pytest.mark.parametrize("verb", [numeric.sigmoid, numeric.tanh])
def test_single_precision_alone(verb: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="expected float32, got dtype float64"):
        verb([1.0])


@pytest.mark.parametrize(
    "verb", [numeric.exp, numeric.log, numeric.softmax, numeric.log_sum_exp, numeric.exact_sum]
)
def test_text_is_refused(verb: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="got dtype <U1"):
        verb(["a"])
