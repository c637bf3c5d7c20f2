"""The error function and the normal distribution against arbitrary precision."""

from __future__ import annotations

import math

import mpmath
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstmetrics import numeric
from reference import intervals as reference

SETTINGS = settings(max_examples=300)


def ulps(got: float, exact: mpmath.mpf) -> float:
    """Distance in units in the last place of the exact value."""
    with mpmath.workdps(reference.DIGITS):
        return abs(float((mpmath.mpf(got) - exact) / mpmath.mpf(math.ulp(float(exact)))))


@SETTINGS
@given(st.floats(-6, 6))
@example(0.5)
@example(-0.49999999999999994)
def test_erf(x: float) -> None:
    with mpmath.workdps(reference.DIGITS):
        exact = mpmath.erf(mpmath.mpf(x))
    assert ulps(numeric.erf(x).item(), exact) <= 2


@SETTINGS
@given(st.floats(-6, 26.5))
@example(2.0)
@example(1.9999999999999998)
def test_erfc(x: float) -> None:
    with mpmath.workdps(reference.DIGITS):
        exact = mpmath.erfc(mpmath.mpf(x))
    assert ulps(numeric.erfc(x).item(), exact) <= 6


@SETTINGS
@given(st.floats(-37.5, 9))
def test_normal_cdf(x: float) -> None:
    assert ulps(numeric.normal_cdf(x).item(), reference.normal_cdf(x)) <= 7


PROBABILITIES = st.one_of(
    st.floats(5e-324, 1, exclude_max=True),
    st.floats(0.3, 0.7),
    st.floats(1e-310, 1e-290),
    st.integers(1, 999).map(lambda k: k / 1000),
).filter(lambda p: p != 0.5)


@SETTINGS
@given(PROBABILITIES)
@example(5e-324)
@example(1 - 2**-53)
@example(0.5 + 2**-53)
def test_normal_quantile(p: float) -> None:
    assert ulps(numeric.normal_quantile(p).item(), reference.normal_quantile(p)) <= 4
