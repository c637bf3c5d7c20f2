"""Keyword arguments: what each accepts, and scikit-learn's words when it is something else."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np

from lstmetrics.errors import InvalidParameterError

__all__ = [
    "check_average",
    "check_beta",
    "check_digits",
    "check_disagreement",
    "check_flag",
    "check_normalize",
    "check_pos_label",
    "check_replacement",
    "check_scale",
    "check_warn_for",
    "refuse",
    "zero_division_value",
]

_AVERAGES = frozenset({"binary", "macro", "micro", "samples", "weighted"})
_DISAGREEMENTS = frozenset({"linear", "quadratic"})
_NORMALIZATIONS = frozenset({"all", "pred", "true"})
_PLAIN_LABELS = frozenset({int, str, bool, float, type(None)})


def refuse(parameter: str, function: str, expected: str, got: object) -> InvalidParameterError:
    """Return the error that says what a parameter must be."""
    return InvalidParameterError(
        f"The {parameter!r} parameter of {function} must be {expected}. Got {got!r} instead."
    )


def _one_of(parameter: str, options: frozenset[str]) -> Callable[[Any, str], None]:
    expected = f"a str among {{{', '.join(map(repr, sorted(options)))}}} or None"

    def check(value: Any, function: str) -> None:
        if value is not None and not (isinstance(value, str) and value in options):
            raise refuse(parameter, function, expected, value)

    return check


check_average = _one_of("average", _AVERAGES)
check_disagreement = _one_of("weights", _DISAGREEMENTS)
check_normalize = _one_of("normalize", _NORMALIZATIONS)


def check_flag(value: Any, parameter: str, function: str) -> None:
    """Accept booleans alone."""
    if not isinstance(value, bool | np.bool_):
        raise refuse(
            parameter, function, "an instance of 'bool' or an instance of 'numpy.bool'", value
        )


def check_beta(value: Any, function: str) -> None:
    """Accept real numbers from 0 to infinity."""
    if not isinstance(value, Real) or not float(value) >= 0:
        raise refuse("beta", function, "a float in the range [0.0, inf]", value)


def check_digits(value: Any, function: str) -> None:
    """Accept integers from 0."""
    if not isinstance(value, Integral) or value < 0:
        raise refuse("digits", function, "an int in the range [0, inf)", value)


def check_scale(value: Any, function: str) -> None:
    """Accept booleans and 'auto'."""
    if not isinstance(value, bool | np.bool_) and not (isinstance(value, str) and value == "auto"):
        expected = "an instance of 'bool' or an instance of 'numpy.bool' or a str among {'auto'}"
        raise refuse("scale_by_half", function, expected, value)


def check_replacement(value: Any, function: str) -> None:
    """Accept real numbers from -1 to 1, and NaN."""
    if not isinstance(value, Real) or not (-1 <= value <= 1 or value != value):  # type: ignore[operator]
        expected = "a float in the range [-1.0, 1.0] or numpy.nan"
        raise refuse("replace_undefined_by", function, expected, value)


def check_pos_label(value: Any, function: str) -> None:
    """Accept a real number, a string, a boolean or None."""
    if type(value) in _PLAIN_LABELS:
        return
    if not isinstance(value, Real | str | np.bool_):
        expected = (
            "an instance of 'float', an instance of 'str', an instance of 'bool' or an instance "
            "of 'numpy.bool' or None"
        )
        raise refuse("pos_label", function, expected, value)


def check_warn_for(value: Any, function: str) -> Iterable[str]:
    """Accept a list, a tuple or a set."""
    if not isinstance(value, list | tuple | set):
        expected = "an instance of 'list', an instance of 'tuple' or an instance of 'set'"
        raise refuse("warn_for", function, expected, value)
    return value


def zero_division_value(value: Any, function: str, nan: bool = True) -> float:
    """Return what stands for a ratio over zero: 0, 1 or, where allowed, NaN ("warn" gives 0)."""
    if isinstance(value, str):
        if value == "warn":
            return 0.0
    elif isinstance(value, Real) and (value in (0, 1) or (nan and value != value)):
        return float(value)
    expected = "a float among {0.0, 1.0}, numpy.nan or a str among {'warn'}"
    if not nan:
        expected = "a float among {0, 1} or a str among {'warn'}"
    raise refuse("zero_division", function, expected, value)
