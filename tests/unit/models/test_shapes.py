"""Shapes as Keras says them, and layers that do not fit together."""

from __future__ import annotations

from typing import Any

import pytest

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models import (
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Input,
    Sequential,
    Stack,
)

SHAPES: dict[str, tuple[list[Any], tuple[Any, ...], tuple[Any, ...]]] = {
    "classifier": ([Embedding(1000, 64, input_length=10), LSTM(32)], (None, 10), (None, 32)),
    "any length": ([Embedding(1000, 64), LSTM(32)], (None, None), (None, 32)),
    "embedding alone": ([Embedding(9, 4, input_length=3)], (None, 3), (None, 3, 4)),
    "sequences": (
        [Embedding(9, 4), LSTM(5, return_sequences=True)],
        (None, None),
        (None, None, 5),
    ),
    "features": ([LSTM(32, input_shape=(10, 8))], (None, 10, 8), (None, 32)),
    "stacked": (
        [LSTM(32, return_sequences=True, input_shape=(None, 8)), LSTM(16)],
        (None, None, 8),
        (None, 16),
    ),
    "concat": ([Bidirectional(LSTM(16), input_shape=(7, 3))], (None, 7, 3), (None, 32)),
    "sum": ([Bidirectional(LSTM(16, input_shape=(7, 3)), "sum")], (None, 7, 3), (None, 16)),
    "dense on sequences": (
        [Embedding(50, 8, input_length=6), LSTM(4, return_sequences=True), Dense(50, "softmax")],
        (None, 6),
        (None, 6, 50),
    ),
    "dense alone": ([Dense(4, input_shape=(8,))], (None, 8), (None, 4)),
    "input of ids": ([Input((12,)), Embedding(9, 4), LSTM(3)], (None, 12), (None, 3)),
    "input of features": ([Input((None, 5)), LSTM(3)], (None, None, 5), (None, 3)),
    "no weights": (
        [Embedding(9, 4), Dropout(0.5), LSTM(3), Activation("relu")],
        (None, None),
        (None, 3),
    ),
    "a stack": (
        [Embedding(9, 4), Stack([LSTM(5, return_sequences=True), LSTM(6)])],
        (None, None),
        (None, 6),
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes(name: str) -> None:
    layers, taken, given = SHAPES[name]
    model = Sequential(layers)
    assert model.input_shape == taken
    assert model.output_shape == given


def test_layers_get_names_as_in_keras() -> None:
    model = Sequential([Embedding(9, 4), LSTM(5, return_sequences=True), LSTM(5), Dense(2)])
    assert [entry["config"]["name"] for entry in model.get_config()["layers"]] == [
        "embedding",
        "lstm",
        "lstm_1",
        "dense",
    ]


def test_summary_tells_names_shapes_and_sizes() -> None:
    summary = Sequential([Embedding(9, 4), LSTM(5, name="reader")], name="small").summary()
    assert 'Model "small"' in summary
    assert "reader (LSTM)" in summary
    assert "(None, None, 4)" in summary


MISFITS: dict[str, tuple[Any, list[str]]] = {
    "one dimension": (
        lambda: LSTM(64, input_shape=(100,)),
        ["expected (timesteps, features)", "(100,)", "(None, 100)", "Embedding"],
    ),
    "three dimensions": (
        lambda: LSTM(64, input_shape=(1, 2, 3)),
        ["expected (timesteps, features)"],
    ),
    "dense on a sequence": (lambda: Dense(4, input_shape=(3, 8)), ["expected (features,)"]),
    "negative size": (lambda: LSTM(4, input_shape=(None, -1)), ["positive or None"]),
    "unknown features": (
        lambda: Sequential([LSTM(4, input_shape=(5, None))]),
        ["(timesteps, features)"],
    ),
    "two LSTMs": (
        lambda: Sequential([Embedding(9, 4), LSTM(5), LSTM(6)]),
        ["expected ndim=3", "found shape (None, 5)", "return_sequences=True", "lstm_1"],
    ),
    "ids into an LSTM": (
        lambda: Sequential([Input((5,)), LSTM(3)]),
        ["ndim=3", "(timesteps, features)"],
    ),
    "embedding after an LSTM": (
        lambda: Sequential([LSTM(3, input_shape=(5, 2)), Embedding(9, 4)]),
        ["integer ids", "comes first"],
    ),
    "ids with features": (
        lambda: Sequential([Input((5, 2)), Embedding(9, 4)]),
        ["(timesteps,)", "(5, 2)"],
    ),
    "input in the middle": (
        lambda: Sequential([Embedding(9, 4), Input((5,)), LSTM(3)]),
        ["first layer"],
    ),
    "no layers": (lambda: Sequential([]), ["at least one layer"]),
    "an input alone": (lambda: Sequential([Input((5,))]), ["at least one layer"]),
    "states in the middle": (
        lambda: Sequential([Embedding(9, 4), LSTM(3, return_state=True), Dense(2)]),
        ["return_state=True", "last"],
    ),
    "unequal directions": (
        lambda: Sequential([
            Embedding(9, 4),
            Bidirectional(LSTM(3), backward_layer=LSTM(4, go_backwards=True)),
        ]),
        ["same units", "(None, 3)", "(None, 4)"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", MISFITS)
def test_misfits(name: str) -> None:
    make, said = MISFITS[name]
    with pytest.raises(ShapeError) as caught:
        make()
    for part in said:
        assert part in str(caught.value)


def test_input_shape_unknown_until_there_are_weights() -> None:
    model = Sequential([LSTM(3)])
    with pytest.raises(ShapeError, match=r"input shape of LSTM is not known.*input_shape="):
        _ = model.output_shape


def test_directions_must_differ() -> None:
    same = Bidirectional(LSTM(3), backward_layer=LSTM(3))
    with pytest.raises(InvalidValueError, match="backward layer go_backwards=True"):
        Sequential([Embedding(9, 4), same])


def test_names_must_not_repeat() -> None:
    layers = [Embedding(9, 4, name="a"), LSTM(3, name="a")]
    with pytest.raises(InvalidValueError, match="two layers are named 'a'"):
        Sequential(layers)


def test_layers_must_be_layers() -> None:
    with pytest.raises(InvalidTypeError, match="layers must be layers, got 'LSTM'"):
        Sequential([Embedding(9, 4), "LSTM"])  # type: ignore[list-item]
