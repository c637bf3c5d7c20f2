"""Checks of the arguments that layers share."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedError

FloatArray = npt.NDArray[np.float32]

# Arguments of Keras's layers that only training uses: taken, so that code written for Keras runs,
# and without effect here.
TRAINING_ONLY = frozenset(
    {
        "activity_regularizer",
        "beta_constraint",
        "beta_initializer",
        "beta_regularizer",
        "autocast",
        "bias_constraint",
        "bias_initializer",
        "bias_regularizer",
        "dropout",
        "embeddings_constraint",
        "embeddings_initializer",
        "embeddings_regularizer",
        "implementation",
        "gamma_constraint",
        "gamma_initializer",
        "gamma_regularizer",
        "kernel_constraint",
        "kernel_initializer",
        "kernel_regularizer",
        "momentum",
        "moving_mean_initializer",
        "moving_variance_initializer",
        "noise_shape",
        "recurrent_constraint",
        "recurrent_dropout",
        "recurrent_initializer",
        "recurrent_regularizer",
        "seed",
        "synchronized",
        "trainable",
        "unit_forget_bias",
        "unroll",
        "use_cudnn",
    }
)


# Other names that Keras has for activations.
_ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}

_LARGEST_SIZE = 2**31 - 1  # the core's own limit


def refuse_unknown(layer: str, arguments: Mapping[str, Any]) -> None:
    """Let pass what only training uses; refuse everything else by name."""
    for name, value in arguments.items():
        if name == "dtype":
            if value not in (None, "float32", np.float32):
                raise UnsupportedError(f"{layer}: dtype must be float32, got {value!r}")
        elif name not in TRAINING_ONLY:
            raise InvalidTypeError(f"{layer} got an unexpected keyword argument {name!r}")


def positive(layer: str, argument: str, value: Any) -> int:
    """Return the value as a positive int, or say which argument of which layer is none."""
    try:
        number = operator.index(value)
    except TypeError:
        raise InvalidTypeError(
            f"{layer}: {argument} must be a positive integer, got {value!r}"
        ) from None
    if number <= 0 or isinstance(value, bool):
        raise InvalidValueError(f"{layer}: {argument} must be a positive integer, got {value!r}")
    if number > _LARGEST_SIZE:
        raise InvalidValueError(f"{layer}: {argument} must be below 2^31, got {value!r}")
    return number


def whole(layer: str, argument: str, value: Any) -> int:
    """Return a whole number of any sign."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidTypeError(f"{layer}: {argument} must be a whole number, got {value!r}")
    if not -(2**62) < value < 2**62:
        raise InvalidValueError(f"{layer}: {argument} is out of range: {value}")
    return int(value)


def flag(layer: str, argument: str, value: Any) -> bool:
    """Return the value as a bool; anything but a bool is refused."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidTypeError(f"{layer}: {argument} must be True or False, got {value!r}")
    return bool(value)


def number(layer: str, argument: str, value: Any, *, low: float | None = None) -> float:
    """Return the value as a finite float, not below low."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InvalidTypeError(f"{layer}: {argument} must be a number, got {value!r}")
    found = float(value)
    if not np.isfinite(found) or (low is not None and found < low):
        at_least = "" if low is None else f" of at least {low}"
        raise InvalidValueError(
            f"{layer}: {argument} must be a finite number{at_least}, got {value!r}"
        )
    return found


def choice(layer: str, argument: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return the value, which must be one of the choices."""
    if not isinstance(value, str) or value not in choices:
        named = ", ".join(map(repr, choices))
        raise InvalidValueError(f"{layer}: {argument} must be one of {named}, got {value!r}")
    return value


def one_size(layer: str, argument: str, value: Any) -> int:
    """Return a size that may come as a tuple of one, as Keras has them for one dimension."""
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    return positive(layer, argument, value)


def last_axis(layer: str, value: Any) -> None:
    """Accept the last of the axes alone; Keras may write it as a list of one."""
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, bool) or value not in (-1, 2):
        raise UnsupportedError(f"{layer}: axis must be -1, the features, got {value!r}")


def activation_name(layer: str, argument: str, value: Any) -> str:
    """Return the name of an activation; None is linear, as in Keras."""
    if value is None:
        return "linear"
    if not isinstance(value, str):
        raise InvalidTypeError(
            f"{layer}: {argument} must be the name of an activation, got {value!r}; functions "
            "cannot be run by the engine"
        )
    return _ALIASES.get(value, value)


def sizes_of(owner: str, shape: Any, expected: str) -> tuple[int | None, ...]:
    """Return a shape as a tuple of sizes, each positive or None."""
    try:
        sizes = tuple(None if size is None else operator.index(size) for size in shape)
    except TypeError:
        raise InvalidTypeError(f"{owner} must be a tuple {expected}, got {shape!r}") from None
    if any(size is not None and not 0 < size <= _LARGEST_SIZE for size in sizes):
        raise ShapeError(f"{owner}: sizes must be positive or None, and below 2^31, got {sizes}")
    return sizes


def sample_shape(layer: str, shape: Any, dimensions: tuple[str, ...]) -> tuple[int | None, ...]:
    """Return the shape of one sample, checked to have the dimensions named."""
    expected = f"({', '.join(dimensions)}{',' if len(dimensions) == 1 else ''})"
    sizes = sizes_of(f"{layer}: input_shape", shape, expected)
    if len(sizes) != len(dimensions):
        advice = ""
        if dimensions == ("timesteps", "features") and len(sizes) == 1:
            advice = (
                f"; for sequences of {sizes[0]} features a step use (None, {sizes[0]}), for "
                f"{sizes[0]} steps of one feature ({sizes[0]}, 1), for {sizes[0]} token ids put an "
                "Embedding first"
            )
        raise ShapeError(f"{layer}: input_shape: expected {expected}, got {sizes}{advice}")
    return sizes


def float_weight(owner: str, value: Any) -> FloatArray:
    """Return a weight as contiguous float32; other kinds of numbers are refused."""
    array = np.asarray(value)
    if array.dtype.kind != "f":
        raise InvalidTypeError(
            f"{owner}: weights must be floating-point arrays, got dtype {array.dtype}"
        )
    return _core.float32_array(array)


def torch_weight(state_dict: Mapping[str, Any], name: str) -> FloatArray:
    """Fetch a weight of a PyTorch state_dict, saying what there is when it is missing."""
    if name not in state_dict:
        prefix = name.split(".")[0]
        near = sorted(key for key in state_dict if key.split(".")[0] == prefix) or sorted(
            state_dict
        )
        shown = ", ".join(near[:12]) + (", ..." if len(near) > 12 else "")
        raise InvalidValueError(f"state_dict has no weight {name!r}; it has {shown or 'none'}")
    return float_weight(f"state_dict[{name!r}]", state_dict[name])
