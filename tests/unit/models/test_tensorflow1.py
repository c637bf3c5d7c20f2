"""TensorFlow 1's BasicLSTMCell from raw arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import InvalidValueError, ShapeError
from lstmetrics.models import LSTM, Sequential
from support.random_models import random_features

FEATURES, UNITS = 3, 5
WEIGHTS = random_features((FEATURES + UNITS, 4 * UNITS), 1)
BIASES = random_features((4 * UNITS,), 2)


def basic_lstm_cell(x: Any, hidden: Any, cell: Any, forget_bias: float) -> tuple[Any, Any]:
    """``BasicLSTMCell.call`` of TensorFlow 1, in double."""
    gates = np.concatenate([x, hidden], axis=1) @ WEIGHTS.astype(np.float64) + BIASES
    i, j, f, o = np.split(gates, 4, axis=1)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))  # noqa: E731
    new_cell = cell * sigmoid(f + forget_bias) + sigmoid(i) * np.tanh(j)
    return np.tanh(new_cell) * sigmoid(o), new_cell


@pytest.mark.parametrize("forget_bias", [1.0, 0.0, 2.5])
def test_the_cell(forget_bias: float) -> None:
    layer = LSTM.from_tensorflow1(
        WEIGHTS, BIASES, forget_bias=forget_bias, return_sequences=True, name="cell"
    )
    model = Sequential([layer])
    x = random_features((2, 6, FEATURES), 3)
    found, ((hidden, cell),) = model.predict(x, return_state=True)
    h = c = np.zeros((2, UNITS))
    for t in range(6):
        h, c = basic_lstm_cell(x[:, t], h, c, forget_bias)
        np.testing.assert_allclose(found[:, t], h, rtol=0, atol=1e-6)
    np.testing.assert_allclose(hidden, h, rtol=0, atol=1e-6)
    np.testing.assert_allclose(cell, c, rtol=0, atol=1e-6)
    assert model.state_names == ["cell"]


def test_arrays_that_do_not_fit() -> None:
    with pytest.raises(ShapeError, match=r"\(features \+ units, 4 units\), got \(8, 19\)"):
        LSTM.from_tensorflow1(WEIGHTS[:, :-1], BIASES)
    with pytest.raises(ShapeError, match=r"got \(5, 20\)"):
        LSTM.from_tensorflow1(WEIGHTS[:UNITS], BIASES)
    with pytest.raises(ShapeError, match=r"biases must have shape \(20,\), got \(5,\)"):
        LSTM.from_tensorflow1(WEIGHTS, BIASES[:UNITS])
    with pytest.raises(InvalidValueError, match="forget_bias"):
        LSTM.from_tensorflow1(WEIGHTS, BIASES, forget_bias=np.nan)
