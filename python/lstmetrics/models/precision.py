"""In how many bits a model holds its tables and matrices, and what files hold of them.

The engine computes the same numbers whether weights were rounded when the model was made ready or
when its file was written: rounding them once more changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import FormatError, InvalidValueError

__all__ = ["PRECISIONS", "Precision", "as_precision", "in_precision", "widened"]

Precision = Literal["float32", "bf16", "int8"]
PRECISIONS: tuple[Precision, ...] = ("float32", "bf16", "int8")

FloatArray = npt.NDArray[np.float32]
_SCALE = ".scale"


def as_precision(value: Any) -> Precision:
    """Return one of :data:`PRECISIONS`; InvalidValueError for anything else."""
    for one in PRECISIONS:
        if isinstance(value, str) and value == one:
            return one
    raise InvalidValueError(
        f"precision must be one of {', '.join(map(repr, PRECISIONS))}, got {value!r}"
    )


def in_precision(weights: Mapping[str, FloatArray], precision: Precision) -> dict[str, Any]:
    """Return what a file holds of named weights.

    Vectors, such as biases, stay float32. In bf16 other weights are ``uint16``, the upper halves of
    floats; in int8 they are ``int8``, with a tensor ``<name>.scale`` beside them: a scale for each
    output, or for each token of an embedding.
    """
    held: dict[str, Any] = {}
    for name, weight in weights.items():
        if precision == "float32" or weight.ndim < 2:
            held[name] = weight
        elif precision == "bf16":
            held[name] = _core.bfloat16_weights(weight)
        else:
            held[name], held[name + _SCALE] = _core.int8_weights(weight, by_row=_by_row(name))
    return held


def widened(path: str, tensors: Mapping[str, npt.NDArray[Any]]) -> dict[str, FloatArray]:
    """Return the weights that a file's tensors stand for, exactly; bf16 is widened already.

    Raises
    ------
    FormatError
        Bytes without their scales, or scales of another number.
    """
    weights: dict[str, FloatArray] = {}
    for name, tensor in tensors.items():
        if name.endswith(_SCALE) and name.removesuffix(_SCALE) in tensors:
            continue
        if tensor.dtype == np.int8:
            weights[name] = _from_bytes(path, name, tensor, tensors.get(name + _SCALE))
        else:
            weights[name] = tensor
    return weights


def _from_bytes(
    path: str, name: str, tensor: npt.NDArray[np.int8], scales: npt.NDArray[Any] | None
) -> FloatArray:
    count = 0 if tensor.ndim == 0 else tensor.shape[0 if _by_row(name) else -1]
    if scales is None or scales.dtype != np.float32 or scales.shape != (count,) or count == 0:
        raise FormatError(
            f"{path}: tensor {name!r} holds bytes and needs a float32 tensor {name + _SCALE!r} of "
            f"{count} scales"
        )
    each = scales.reshape(-1, *[1] * (tensor.ndim - 1)) if _by_row(name) else scales
    weights: FloatArray = tensor.astype(np.float32) * each
    weights.setflags(write=False)  # the engine need not copy them
    return weights


def _by_row(name: str) -> bool:
    return name.rpartition(".")[2] == "embeddings"
