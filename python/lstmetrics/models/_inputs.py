"""What users hand to a model, as the arrays the engine takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models.text import pad

if TYPE_CHECKING:
    from lstmetrics.models.sequential import Sequential

__all__ = [
    "Batch",
    "Inputs",
    "as_array",
    "optional_int",
    "positive_int",
    "take_inputs",
    "take_state",
    "take_targets",
]

FloatArray = npt.NDArray[np.float32]
Inputs = npt.ArrayLike | Sequence[str] | Sequence[Sequence[int]]


@dataclass(frozen=True)
class Batch:
    """One call's inputs: ids or features, and which steps count."""

    ids: npt.NDArray[np.int64] | None
    features: npt.NDArray[np.float32] | None
    mask: npt.NDArray[np.uint8] | None
    lengths: npt.NDArray[np.int64] | None

    def arguments(self) -> dict[str, Any]:
        """Return the keyword arguments of a session's calls."""
        return {
            "ids": self.ids,
            "features": self.features,
            "mask": self.mask,
            "lengths": self.lengths,
        }


def take_inputs(
    model: Sequential,
    inputs: Inputs,
    *,
    lengths: npt.ArrayLike | None,
    mask: npt.ArrayLike | None,
) -> Batch:
    """Turn what the user gave into a batch; errors say what the model takes."""
    if not isinstance(inputs, np.ndarray) and hasattr(inputs, "__array__"):
        inputs = np.asarray(inputs)  # a column of a table, a tensor
    if _holds_text(inputs):
        inputs, text_lengths = _encode(model, inputs)
        lengths = text_lengths if lengths is None else lengths
    elif model.takes_ids and _is_ragged(inputs):
        inputs, ragged_lengths = pad(inputs)  # type: ignore[arg-type]
        lengths = ragged_lengths if lengths is None else lengths
    ids, features = _take_values(model, inputs)
    return Batch(
        ids=ids,
        features=features,
        mask=None if mask is None else _take_mask(mask),
        lengths=None if lengths is None else _take_integers("lengths", lengths),
    )


def take_state(state: Any) -> list[tuple[FloatArray, FloatArray]] | None:
    """Return an initial state as pairs of float32 arrays; their shapes are the core's to check."""
    if state is None:
        return None
    try:
        pairs = [(hidden, cell) for hidden, cell in state]
    except (TypeError, ValueError):
        raise InvalidTypeError(
            "initial_state must be a list of (hidden, cell) pairs, as return_state=True gives it"
        ) from None
    return [(_take_numbers(hidden), _take_numbers(cell)) for hidden, cell in pairs]


def take_targets(targets: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return target ids as int64, shape (batch, timesteps)."""
    array = _take_integers("targets", targets)
    if array.ndim != 2:
        raise ShapeError(f"targets must have shape (batch, timesteps), got {array.ndim} dimensions")
    return array


def positive_int(argument: str, value: Any) -> int:
    """Return the value as a positive int."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidTypeError(f"{argument} must be a positive integer, got {value!r}")
    if value < 1:
        raise InvalidValueError(f"{argument} must be a positive integer, got {value!r}")
    return int(value)


def optional_int(argument: str, value: Any) -> int | None:
    """Return the value as an int, or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise InvalidTypeError(f"{argument} must be an integer or None, got {value!r}")
    return int(value)


def _holds_text(inputs: Any) -> bool:
    if isinstance(inputs, str):
        raise InvalidTypeError("inputs must be a list of texts, got one string; put it in a list")
    if isinstance(inputs, np.ndarray):
        objects = inputs.dtype == object and inputs.size > 0
        return bool(inputs.dtype.kind in "UT" or (objects and isinstance(inputs.flat[0], str)))
    return isinstance(inputs, Sequence) and len(inputs) > 0 and isinstance(inputs[0], str)


def _encode(model: Sequential, texts: Any) -> tuple[npt.NDArray[np.int64], npt.ArrayLike]:
    if model.text is None:
        first = (
            "takes token ids" if model.takes_ids else "starts with an LSTM, which takes features"
        )
        remedy = (
            "give the model a vocabulary (text=WordVocabulary(...)) or pass ids"
            if model.takes_ids
            else "put a tokenizer and an Embedding before it"
        )
        raise InvalidTypeError(f"inputs: got raw strings, but the model {first}; {remedy}")
    return model.text.encode(list(texts))


def _is_ragged(inputs: Any) -> bool:
    """Whether inputs are rows of their own, which may be uneven."""
    if isinstance(inputs, np.ndarray):
        return bool(inputs.dtype == object)
    return (
        isinstance(inputs, Sequence)
        and len(inputs) > 0
        and all(isinstance(row, Sequence | np.ndarray) for row in inputs)
        and len({len(row) for row in inputs}) > 1
    )


def _take_values(
    model: Sequential, inputs: Any
) -> tuple[npt.NDArray[np.int64] | None, npt.NDArray[np.float32] | None]:
    array = as_array("inputs", inputs)
    if array.dtype.kind in "OSUV":
        raise InvalidTypeError(f"inputs must be numbers, got dtype {array.dtype}")
    if model.takes_ids:
        if array.size == 0 and array.ndim == 2:
            array = array.astype(np.int64)
        return _take_integers("inputs: token ids", array), None
    if array.dtype.kind not in "fiub":
        raise InvalidTypeError(f"inputs: features must be numbers, got dtype {array.dtype}")
    return None, _core.float32_array(array)


def as_array(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return an array; ShapeError for rows of uneven length."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"{name} must be a regular array: {error}") from None


def _take_numbers(values: npt.ArrayLike) -> FloatArray:
    array = as_array("initial_state", values)
    if array.dtype.kind not in "fiu":
        raise InvalidTypeError(f"initial_state must hold numbers, got dtype {array.dtype}")
    return _core.float32_array(array)


def _take_integers(name: str, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    array = as_array(name, values)
    if array.size == 0 and array.dtype.kind == "f":
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise InvalidTypeError(f"{name} must be integers, got dtype {array.dtype}")
    if array.dtype == np.uint64 and array.size and array.max() > np.iinfo(np.int64).max:
        raise InvalidValueError(f"{name} must fit 64-bit signed integers, got {array.max()}")
    return np.ascontiguousarray(array, dtype=np.int64)


def _take_mask(mask: npt.ArrayLike) -> npt.NDArray[np.uint8]:
    array = as_array("mask", mask)
    if array.dtype != np.bool_:
        raise InvalidTypeError(f"mask must be boolean, got dtype {array.dtype}")
    return np.ascontiguousarray(array).view(np.uint8)
