"""What the constructors of layers take, and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import (
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    UnsupportedError,
)
from lstmetrics.models import (
    LSTM,
    Activation,
    Add,
    Average,
    BatchNormalization,
    Bidirectional,
    Concatenate,
    Conv1D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    LayerNormalization,
    Masking,
    MaxPooling1D,
    Multiply,
    SpatialDropout1D,
    TakeStep,
    TimeDistributed,
)
from lstmetrics.models import Sequential as Model

SUPPORTED = "linear, relu, sigmoid, tanh, exponential, hard_sigmoid, hard_sigmoid_02, "


def in_model(layer: Any) -> Model:
    return Model([Embedding(9, 4), layer])


REFUSED: dict[str, tuple[Callable[[], Any], type[LstmetricsError], str]] = {
    "units of 0": (lambda: LSTM(0), InvalidValueError, "LSTM: units must be a positive integer"),
    "negative units": (lambda: Dense(-3), InvalidValueError, "Dense: units .* got -3"),
    "units of 2.5": (lambda: LSTM(2.5), InvalidTypeError, "units .* got 2.5"),
    "units as text": (lambda: LSTM("64"), InvalidTypeError, "units .* got '64'"),
    "units of True": (lambda: LSTM(True), InvalidValueError, "units .* got True"),
    "too many units": (lambda: LSTM(2**64), InvalidValueError, "units"),
    "vocabulary of 0": (lambda: Embedding(0, 4), InvalidValueError, "input_dim"),
    "embedding of None": (lambda: Embedding(9, None), InvalidTypeError, "output_dim"),
    "length of 0": (lambda: Embedding(9, 4, input_length=0), InvalidValueError, "input_length"),
    "flag as text": (
        lambda: LSTM(3, return_sequences="yes"),
        InvalidTypeError,
        "return_sequences must be True or False",
    ),
    "unknown argument": (
        lambda: LSTM(3, return_sequence=True),
        InvalidTypeError,
        "LSTM got an unexpected keyword argument 'return_sequence'",
    ),
    "double precision": (
        lambda: Dense(3, dtype="float64"),
        UnsupportedError,
        "dtype must be float32, got 'float64'",
    ),
    "function as activation": (
        lambda: Dense(3, activation=np.tanh),
        InvalidTypeError,
        "must be the name of an activation",
    ),
    "zeros and states for masked steps": (
        lambda: LSTM(3, zero_output_for_mask=True, repeat_state_for_mask=True),
        InvalidValueError,
        "exclude one another",
    ),
    "negative clip": (
        lambda: LSTM(3, clip=-1.0),
        InvalidValueError,
        "clip must be a finite number",
    ),
    "clip of NaN": (lambda: LSTM(3, clip=np.nan), InvalidValueError, "clip .* got nan"),
    "negative projection": (lambda: LSTM(3, proj_size=-1), InvalidValueError, "proj_size"),
    "padding of text": (lambda: Conv1D(2, 3, padding="full"), InvalidValueError, "'valid', 'same'"),
    "causal pooling": (lambda: MaxPooling1D(padding="causal"), InvalidValueError, "padding"),
    "two kernel sizes": (lambda: Conv1D(2, (3, 3)), InvalidTypeError, "kernel_size"),
    "channels first": (
        lambda: GlobalMaxPooling1D(data_format="channels_first"),
        UnsupportedError,
        "data_format='channels_first'",
    ),
    "other axis": (lambda: LayerNormalization(axis=1), UnsupportedError, "axis must be -1"),
    "two axes": (lambda: LayerNormalization(axis=[1, 2]), UnsupportedError, "axis must be -1"),
    "rms": (lambda: LayerNormalization(rms_scaling=True), UnsupportedError, "rms_scaling"),
    "renorm": (lambda: BatchNormalization(renorm=True), UnsupportedError, "renorm"),
    "batch axis": (lambda: Concatenate(axis=0), UnsupportedError, "axis must be -1"),
    "unknown masks": (lambda: Add(masks="some"), InvalidValueError, "'any', 'all'"),
    "half a step": (lambda: TakeStep(0.5), InvalidTypeError, "index must be a whole number"),
    "far step": (lambda: TakeStep(2**80), InvalidValueError, "index is out of range"),
    "mask as text": (lambda: Masking("a"), InvalidTypeError, "mask_value must be a number"),
    "LSTM at each step": (
        lambda: TimeDistributed(LSTM(3)),
        UnsupportedError,
        "TimeDistributed of LSTM is not supported; supported are",
    ),
    "unknown merge": (
        lambda: in_model(Bidirectional(LSTM(3), "max")),
        UnsupportedError,
        '"max" is not supported; supported are concat, sum, mul, ave, none',
    ),
    "two dense directions": (
        lambda: Bidirectional(Dense(3)),
        InvalidTypeError,
        "takes LSTM layers, got Dense",
    ),
    "dropout above 1": (lambda: Dropout(1.5), InvalidValueError, "rate must be from 0 to 1"),
    "empty name": (lambda: LSTM(3, name=""), InvalidTypeError, "non-empty string"),
    "number as name": (lambda: LSTM(3, name=7), InvalidTypeError, "non-empty string"),
    "unknown activation": (
        lambda: in_model(LSTM(3, activation="sine")),
        UnsupportedError,
        f'"lstm": activation "sine" is not supported; supported are {SUPPORTED}',
    ),
    "unknown recurrent activation": (
        lambda: in_model(LSTM(3, recurrent_activation="step")),
        UnsupportedError,
        '"step"',
    ),
    "unknown activation of Dense": (
        lambda: in_model(Dense(3, activation="glu")),
        UnsupportedError,
        '"glu"',
    ),
    "unknown activation layer": (
        lambda: in_model(Activation("Tanh")),
        UnsupportedError,
        '"Tanh"',
    ),
    "too many parameters": (
        lambda: in_model(Activation("elu(1, 2)")),
        UnsupportedError,
        "elu takes 1 parameters, finite numbers",
    ),
    "parameter that is none": (
        lambda: in_model(Activation("leaky_relu(inf)")),
        UnsupportedError,
        "leaky_relu takes 1",
    ),
    "parameters of tanh": (lambda: in_model(Activation("tanh(1)")), UnsupportedError, "takes 0"),
    "softmax inside an LSTM": (
        lambda: in_model(LSTM(3, activation="softmax")),
        UnsupportedError,
        "softmax is not supported as an activation of an LSTM",
    ),
    "one number as shape": (lambda: LSTM(3, input_shape=100), InvalidTypeError, "tuple"),
    "input of one number": (lambda: Input(100), InvalidTypeError, "shape"),
    "input of a negative size": (lambda: Input((-1,)), InvalidValueError, "shape"),
    "input of text": (lambda: Input("ab"), InvalidTypeError, "shape"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    make, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        make()


def test_arguments_of_training_are_taken() -> None:
    layer = LSTM(
        3,
        dropout=0.2,
        recurrent_dropout=0.1,
        kernel_regularizer="l2",
        unroll=False,
        dtype="float32",
    )
    assert "dropout" not in layer.get_config()


def test_positional_arguments_are_those_of_keras() -> None:
    assert (
        LSTM(3, "relu", "hard_sigmoid", False).get_config() | {"units": 3}
        == LSTM(
            units=3, activation="relu", recurrent_activation="hard_sigmoid", use_bias=False
        ).get_config()
    )
    assert Dense(3, "relu").activation == "relu"


def test_none_is_linear() -> None:
    assert Dense(3, activation=None).activation == "linear"
    assert LSTM(3, activation=None).activation == "linear"


@pytest.mark.parametrize(
    "layer",
    [
        Embedding(9, 4, mask_zero=True, input_length=5, name="e"),
        LSTM(3, "relu", return_sequences=True, go_backwards=True, input_shape=(None, 4)),
        Bidirectional(LSTM(3, return_sequences=True), "ave", name="b"),
        Dense(3, "softmax", use_bias=False, input_shape=(4,)),
        LSTM(3, stateful=True, clip=2.0, proj_size=2, output_activation="relu"),
        Bidirectional(LSTM(3, go_backwards=True), None),
        Activation("leaky_relu(0.3)"),
        Add(masks="all"),
        Average(),
        BatchNormalization(epsilon=1e-5, center=False),
        Concatenate(axis=1),
        Conv1D(4, [3], padding="causal", dilation_rate=(2,), activation="relu"),
        Dropout(0.5),
        Flatten(),
        GlobalAveragePooling1D(keepdims=True),
        GlobalMaxPooling1D(),
        Input((5, None), batch_size=4),
        LayerNormalization(axis=[2], scale=False),
        Masking(-1.0, input_shape=(None, 3)),
        MaxPooling1D(3, padding="same"),
        Multiply(),
        SpatialDropout1D(0.2),
        TakeStep(-2),
        TimeDistributed(Dense(3, "relu"), name="t"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_config_makes_the_same_layer(layer: Any) -> None:
    again = type(layer).from_config(layer.get_config())
    assert again.get_config() == layer.get_config()
    assert repr(again) == repr(layer)
