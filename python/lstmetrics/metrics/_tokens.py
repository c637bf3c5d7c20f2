"""Logits, targets and masks of language models on their way in."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidParameterError, InvalidTypeError, ShapeError, UnsupportedError
from lstmetrics.metrics import _targets as targets

__all__ = ["Inputs", "TokenInput", "flat", "log_probabilities", "token_input"]

Array = npt.NDArray[Any]
Inputs = Literal["logits", "log_probs"]


class TokenInput(NamedTuple):
    """One row of logits and one target per token; a mask and weights or None."""

    logits: Array
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


def token_input(
    logits: Any, target_ids: Any, mask: Any, sample_weight: Any, function: str
) -> TokenInput:
    """Bring (..., vocabulary) logits and (...) targets to rows and a column."""
    rows = targets.array_like(logits, "logits", function)
    ids = targets.array_like(target_ids, "targets", function)
    if rows.ndim < 2:
        raise ShapeError(
            f"logits must have shape (..., vocabulary) with at least two dimensions, got "
            f"{rows.shape}"
        )
    if rows.shape[:-1] != ids.shape:
        raise ShapeError(
            f"targets has shape {ids.shape}, expected {rows.shape[:-1]}: one per row of logits of "
            f"shape {rows.shape}"
        )
    if ids.dtype.kind not in "iu" and ids.size:
        raise InvalidTypeError(f"targets must be integers, got dtype {ids.dtype}")
    if rows.dtype.kind != "f":
        raise InvalidTypeError(f"logits must be floats, got dtype {rows.dtype}")
    if rows.dtype.itemsize not in (4, 8):
        raise UnsupportedError(
            f"logits: {rows.dtype} is not supported; pass logits.astype('float32')"
        )
    if rows.ndim > 2:
        rows = rows.reshape(-1, rows.shape[-1])
    weights = targets.weights(sample_weight, function)
    return TokenInput(
        rows,
        ids.reshape(-1) if ids.size else np.empty(0, np.int64),
        flat(mask, "mask", function, ids.shape),
        flat(weights, "sample_weight", function, ids.shape),
    )
