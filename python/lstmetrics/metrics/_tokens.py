"""Logits, targets and masks of language models on their way in."""

from __future__ import annotations

from numbers import Real
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import (
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    ShapeError,
    UnsupportedError,
)
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._columns import Column, as_column

__all__ = [
    "Inputs",
    "TokenInput",
    "check_ignore_index",
    "flat",
    "judged",
    "log_probabilities",
    "token_input",
    "whole_numbers",
]

Array = npt.NDArray[Any]
Inputs = Literal["logits", "log_probs"]


class TokenInput(NamedTuple):
    """One row of logits and one target per token; a mask and weights or None."""

    logits: Array | Column
    targets: Array
    mask: Array | None
    sample_weight: Array | None


def log_probabilities(inputs: str, function: str) -> bool:
    """Say what the rows are: stated by the caller, never guessed."""
    if inputs not in ("logits", "log_probs"):
        raise InvalidParameterError(
            f"The 'inputs' parameter of {function} must be a str among {{'logits', 'log_probs'}}. "
            f"Got {inputs!r} instead."
        )
    return inputs == "log_probs"


def check_ignore_index(value: Any, function: str) -> int | None:
    """Accept an integer or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidParameterError(
            f"The 'ignore_index' parameter of {function} must be an int or None. "
            f"Got {value!r} instead."
        )
    return int(value)


def flat(value: Any, name: str, function: str, shape: tuple[int, ...]) -> Array | None:
    """Return an array of the tokens' shape as one dimension; None stays None."""
    if value is None:
        return None
    array = targets.array_like(value, name, function, " or None")
    if array.shape != shape:
        raise ShapeError(f"{name} has shape {array.shape}, expected {shape}: one per token")
    return array.reshape(-1)


def whole_numbers(value: Any, name: str, function: str) -> Array:
    """Return an integer, or an array of them, as an array; none is negative."""
    single = isinstance(value, Real) and not isinstance(value, bool)
    array = np.asarray(value) if single else targets.array_like(value, name, function, " or an int")
    if array.dtype.kind not in "iu" and array.size:
        raise InvalidTypeError(
            f"{function}: {name} must be whole numbers, got {value!r}"
            if single
            else f"{function}: {name} must be whole numbers, got dtype {array.dtype}"
        )
    if array.size and array.min() < 0:
        raise InvalidValueError(f"{function}: {name} must not be negative, got {array.min()}")
    return array if array.size else np.empty(array.shape, np.int64)


def judged(mask: Any, context: Any, function: str, shape: tuple[int, ...]) -> Array | None:
    """Return the mask with the first `context` tokens of each sequence left out too."""
    kept = flat(mask, "mask", function, shape)
    if context is None:
        return kept
    skipped = whole_numbers(context, "context", function)
    if not shape or skipped.shape not in ((), shape[:-1]):
        raise ShapeError(
            f"context has shape {skipped.shape}, expected () or {shape[:-1]}: one per sequence"
        )
    counts = np.broadcast_to(np.arange(shape[-1]) >= skipped[..., np.newaxis], shape).reshape(-1)
    return counts if kept is None else counts & (kept != 0)


def token_input(
    logits: Any,
    target_ids: Any,
    mask: Any,
    sample_weight: Any,
    function: str,
    context: Any = None,
) -> tuple[TokenInput, tuple[int, ...]]:
    """Bring (..., vocabulary) logits and (...) targets to rows and a column; and tell their shape.

    bfloat16, which numpy has not, stays a column where it lies.
    """
    rows = _rows(logits, function)
    ids = targets.array_like(target_ids, "targets", function)
    shape = tuple(rows.shape)
    if len(shape) < 2:
        raise ShapeError(
            f"logits must have shape (..., vocabulary) with at least two dimensions, got {shape}"
        )
    if shape[:-1] != ids.shape:
        raise ShapeError(
            f"targets has shape {ids.shape}, expected {shape[:-1]}: one per row of logits of "
            f"shape {shape}"
        )
    if ids.dtype.kind not in "iu" and ids.size:
        raise InvalidTypeError(f"targets must be integers, got dtype {ids.dtype}")
    if len(shape) > 2:
        # A column of another library has rows by that library's own reshape.
        rows = _rows(
            (rows if isinstance(rows, np.ndarray) else logits).reshape(-1, shape[-1]), function
        )
    weights = targets.weights(sample_weight, function)
    given = TokenInput(
        rows,
        ids.reshape(-1) if ids.size else np.empty(0, np.int64),
        judged(mask, context, function, ids.shape),
        flat(weights, "sample_weight", function, ids.shape),
    )
    return given, ids.shape


def _rows(logits: Any, function: str) -> Array | Column:
    column = as_column(logits, "logits")
    if isinstance(column, Column) and column.dtype == "bfloat16":
        return column
    rows = targets.array_like(column, "logits", function)
    if rows.dtype.kind != "f":
        raise InvalidTypeError(f"logits must be floats, got dtype {rows.dtype}")
    if rows.dtype.itemsize > 8:
        raise UnsupportedError(
            f"logits: {rows.dtype} is not supported; pass logits.astype('float64')"
        )
    return rows
