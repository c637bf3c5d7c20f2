"""TensorFlow 1's ``BasicLSTMCell`` from its raw arrays.

The kernel is (inputs + units, 4 units): the rows of the input, then of the state; side by side the
gates i, j, f, o, where j is the candidate. The forget bias is no weight: the cell adds it when it
runs (tensorflow/python/ops/rnn_cell_impl.py, ``BasicLSTMCell.call``).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import ShapeError
from lstmetrics.models._arguments import float_weight
from lstmetrics.models.formats.gates import in_our_order
from lstmetrics.models.layers.lstm import LSTM

__all__ = ["read_cell"]

_GATES = "igfo"  # TensorFlow calls the candidate j


def read_cell(
    weights: npt.ArrayLike,
    biases: npt.ArrayLike,
    *,
    forget_bias: float,
    return_sequences: bool,
    name: str | None,
) -> LSTM:
    """Rebuild a cell; see :meth:`lstmetrics.models.LSTM.from_tensorflow1`."""
    kernel = float_weight("LSTM.from_tensorflow1: weights", weights)
    bias = float_weight("LSTM.from_tensorflow1: biases", biases)
    if kernel.ndim != 2 or kernel.shape[1] % 4 or kernel.shape[0] <= kernel.shape[1] // 4:
        raise ShapeError(
            "LSTM.from_tensorflow1: weights must have shape (features + units, 4 units), got "
            f"{kernel.shape}"
        )
    if bias.shape != kernel.shape[1:]:
        raise ShapeError(
            f"LSTM.from_tensorflow1: biases must have shape {kernel.shape[1:]}, got {bias.shape}"
        )
    units = kernel.shape[1] // 4
    gates = np.zeros((4, units), np.float32)
    gates[1] = forget_bias
    layer = LSTM(units, return_sequences=return_sequences, name=name)
    layer.weights = {
        "kernel": in_our_order(kernel[:-units], _GATES),
        "recurrent_kernel": in_our_order(kernel[-units:], _GATES),
        "bias": in_our_order(bias, _GATES),
        "recurrent_bias": gates.reshape(-1),
    }
    return layer
