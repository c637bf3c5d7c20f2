"""What users hand to a model, as the arrays the engine takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models.text import Vocabulary, pad

__all__ = [
    "Arrays",
    "Batch",
    "Inputs",
    "Port",
    "as_array",
    "as_sequences",
    "optional_int",
    "positive_int",
    "take_inputs",
    "take_integers",
    "take_numbers",
    "take_state",
    "take_targets",
    "text_of",
]

FloatArray = npt.NDArray[np.float32]
Inputs = npt.ArrayLike | Sequence[str] | Sequence[Sequence[int]] | Mapping[str, Any]
# Ids, features, mask, lengths: one input of a call of the core.
Arrays = tuple[
    npt.NDArray[np.int64] | None,
    FloatArray | None,
    npt.NDArray[np.uint8] | None,
    npt.NDArray[np.int64] | None,
]


class Port(NamedTuple):
    """One of a model's inputs."""

    name: str
    takes_ids: bool
    text: Vocabulary | None  # what turns raw strings into its ids


class Batch:
    """One input of a call: ids or features, and which steps count."""

    def __init__(
        self,
        ids: npt.NDArray[np.int64] | None,
        features: FloatArray | None,
        mask: npt.NDArray[np.uint8] | None,
        lengths: npt.NDArray[np.int64] | None,
    ) -> None:
        self.ids = ids
        self.features = features
        self.mask = mask
        self.lengths = lengths

    def arrays(self) -> Arrays:
        """Return what a call of the core takes."""
        return self.ids, self.features, self.mask, self.lengths

    def __len__(self) -> int:
        given = self.features if self.ids is None else self.ids
        return 0 if given is None else len(given)

    def rows(self, rows: slice) -> Batch:
        """Return some of the rows."""
        parts = [None if array is None else array[rows] for array in self.arrays()]
        return Batch(*parts)  # type: ignore[arg-type]


def take_inputs(
    ports: Sequence[Port],
    inputs: Inputs,
    *,
    lengths: Any,
    mask: Any,
) -> list[Batch]:
    """Turn what the user gave into batches; errors say what the model takes."""
    names = [port.name for port in ports]
    given = _by_port("inputs", names, inputs)
    all_lengths = _by_port("lengths", names, lengths, optional=True)
    masks = _by_port("mask", names, mask, optional=True)
    return [
        _take_one(port, *one) for port, *one in zip(ports, given, all_lengths, masks, strict=True)
    ]


def _by_port(
    argument: str, names: Sequence[str], given: Any, *, optional: bool = False
) -> list[Any]:
    """Return one item for each input, from a mapping, a list, or the one there is."""
    if isinstance(given, Mapping):
        unknown = sorted(set(given) - set(names))
        missing = [] if optional else [name for name in names if name not in given]
        if unknown or missing:
            raise InvalidValueError(
                f"{argument}: the model's inputs are {', '.join(names)}; "
                + (
                    f"unknown: {', '.join(unknown)}"
                    if unknown
                    else f"missing: {', '.join(missing)}"
                )
            )
        return [given.get(name) for name in names]
    if len(names) == 1:
        return [given]
    if given is None and optional:
        return [None] * len(names)
    if not isinstance(given, list | tuple) or len(given) != len(names):
        raise InvalidTypeError(
            f"{argument}: the model takes {len(names)} inputs ({', '.join(names)}): give a list of "
            "one for each, or a mapping from their names"
        )
    return list(given)


def as_sequences(port: Port, inputs: Any) -> list[Any] | None:
    """Return texts, or rows of ids of uneven length, as a list; None where inputs are neither."""
    if _holds_text(inputs):
        return _strings(inputs)
    return list(inputs) if port.takes_ids and _is_ragged(inputs) else None


def _take_one(port: Port, inputs: Any, lengths: Any, mask: Any) -> Batch:
    if not isinstance(inputs, np.ndarray) and hasattr(inputs, "__array__"):
        inputs = np.asarray(inputs)  # a column of a table, a tensor
    if _holds_text(inputs):
        inputs, text_lengths = text_of(port).encode(_strings(inputs))
        lengths = text_lengths if lengths is None else lengths
    elif port.takes_ids and _is_ragged(inputs):
        inputs, ragged_lengths = pad(inputs)
        lengths = ragged_lengths if lengths is None else lengths
    ids, features = _take_values(port, inputs)
    return Batch(
        ids=ids,
        features=features,
        mask=None if mask is None else _take_mask(mask),
        lengths=None if lengths is None else take_integers("lengths", lengths),
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
    name = "initial_state"
    return [(take_numbers(name, hidden), take_numbers(name, cell)) for hidden, cell in pairs]


def take_targets(targets: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return target ids as int64, shape (batch, timesteps)."""
    array = take_integers("targets", targets)
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


def text_of(port: Port) -> Vocabulary:
    """Return what turns raw strings into an input's ids; an error where nothing does."""
    if port.text is None:
        first = "takes token ids" if port.takes_ids else "starts with an LSTM, which takes features"
        remedy = (
            "give the model a vocabulary (text=WordVocabulary(...)) or pass ids"
            if port.takes_ids
            else "put a tokenizer and an Embedding before it"
        )
        raise InvalidTypeError(f"inputs: got raw strings, but the model {first}; {remedy}")
    return port.text


def _strings(texts: Any) -> list[Any]:
    """Return texts as a list; a column of texts, (batch, 1), is what Keras's models take."""
    if isinstance(texts, np.ndarray) and texts.ndim == 2 and texts.shape[1] == 1:
        return list(texts[:, 0].tolist())
    return list(texts)


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
    port: Port, inputs: Any
) -> tuple[npt.NDArray[np.int64] | None, npt.NDArray[np.float32] | None]:
    array = as_array("inputs", inputs)
    if array.dtype.kind in "OSUV":
        raise InvalidTypeError(f"inputs must be numbers, got dtype {array.dtype}")
    if port.takes_ids:
        if array.size == 0 and array.ndim == 2:
            array = array.astype(np.int64)
        return take_integers("inputs: token ids", array), None
    if array.dtype.kind not in "fiub":
        raise InvalidTypeError(f"inputs: features must be numbers, got dtype {array.dtype}")
    return None, _core.float32_array(array)


def as_array(name: str, values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return an array; ShapeError for rows of uneven length."""
    try:
        return np.asarray(values)
    except ValueError as error:
        raise ShapeError(f"{name} must be a regular array: {error}") from None


def take_numbers(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return numbers as float32."""
    array = as_array(name, values)
    if array.dtype.kind not in "fiu":
        raise InvalidTypeError(f"{name} must hold numbers, got dtype {array.dtype}")
    return _core.float32_array(array)


def take_integers(name: str, values: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Return integers as int64."""
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
