"""NaN, infinities and denormals: the same canonical bits on every instruction set."""

from __future__ import annotations

import numpy as np
import pytest

from lstmetrics import runtime
from lstmetrics.models import LSTM, Activation, Bidirectional, Dense
from support.random_models import build, random_features

CANONICAL = np.array(np.nan, np.float32).view(np.uint32)
SPECIAL = {
    "nan": np.nan,
    "negative nan": np.copysign(np.float32(np.nan), np.float32(-1)),
    "signalling nan": np.array(0xFFA12345, np.uint32).view(np.float32)[()],
    "inf": np.inf,
    "-inf": -np.inf,
    "largest": np.finfo(np.float32).max,
    "denormal": np.finfo(np.float32).smallest_subnormal,
    "-0": -0.0,
}
HEADS = {
    "relu": [LSTM(5), Dense(4, "relu")],
    "softmax": [Dense(4), Activation("softmax")],
    "mul": [Bidirectional(LSTM(5), "mul")],
    "sum": [Bidirectional(LSTM(5, return_sequences=True), "sum"), LSTM(3)],
    "hard_sigmoid": [LSTM(17, "linear", "hard_sigmoid", return_sequences=True), Dense(3)],
    "exponential": [LSTM(3, "relu", "hard_sigmoid_02"), Dense(3, "exponential")],
}


def outputs(head: str, value: float, level: str) -> list[np.ndarray]:
    runtime.set_isa(level)
    first = LSTM(6, return_sequences=True, input_shape=(None, 3))
    model = build([first, *HEADS[head]], features=3)
    features = random_features((2, 4, 3))
    features[0, 1, 2] = value
    values, states = model.predict(features, return_state=True)
    return [values, *(array for pair in states for array in pair)]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("name", SPECIAL)
def test_same_canonical_bits_on_every_level(name: str, head: str) -> None:
    first, *others = (
        outputs(head, SPECIAL[name], level) for level in runtime.available_isa_levels()
    )
    for other in others:
        for a, b in zip(first, other, strict=True):
            assert a.tobytes() == b.tobytes()
    for array in first:
        assert (array[np.isnan(array)].view(np.uint32) == CANONICAL).all()


def test_a_nan_stays_in_its_row() -> None:
    model = build([LSTM(6, input_shape=(None, 3)), Dense(2)], features=3)
    features = random_features((2, 4, 3))
    expected = model.predict(features)
    features[0, 1, 2] = np.nan
    found = model.predict(features)
    assert np.isnan(found[0]).all()
    assert found[1].tobytes() == expected[1].tobytes()


@pytest.mark.parametrize("level", runtime.available_isa_levels())
def test_losses_of_nan_logits_are_canonical(level: str) -> None:
    runtime.set_isa(level)
    layers = [LSTM(6, return_sequences=True, input_shape=(None, 3)), Dense(4, "softmax")]
    model = build(layers, features=3)
    features = random_features((1, 4, 3))
    features[0, 2, 0] = SPECIAL["negative nan"]
    losses = model.nll(features, np.zeros((1, 4), int))
    assert np.isfinite(losses[0, :2]).all()
    assert losses[0, 2:].tobytes() == np.full(2, np.nan).tobytes()
