"""The models whose native files are kept: small, with weights that need no random numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstmetrics.models import (
    LSTM,
    Activation,
    Bidirectional,
    CharVocabulary,
    Dense,
    Dropout,
    Embedding,
    Input,
    Sequential,
    WordVocabulary,
)


def filled(model: Any, shapes: list[tuple[int, ...]]) -> Any:
    """Give it weights: multiples of 1/64 that look random."""
    numbers = (np.arange(10_000) * 48_271 % 65_537 % 97 - 48).astype(np.float32) / 64
    weights, place = [], 0
    for shape in shapes:
        size = int(np.prod(shape))
        weights.append(numbers[place : place + size].reshape(shape))
        place += size
    model.set_weights(weights)
    return model


def classifier() -> Any:
    layers = [
        Embedding(4, 3, mask_zero=True, name="words"),
        Bidirectional(LSTM(2, "relu", "hard_sigmoid_02"), "ave"),
        Dropout(0.25),
        Dense(2, "softmax"),
    ]
    model = Sequential(
        layers,
        name="café",
        text=WordVocabulary(["", "?", "größe", "字"], pattern=r"\w+", max_length=3),
        labels=["böse", "gut"],
    )
    direction = [(3, 8), (2, 8), (8,)]
    return filled(model, [(4, 3), *direction, *direction, (2, 2), (2,)])


def language_model() -> Any:
    layers = [
        Embedding(5, 3, input_length=4),
        LSTM(3, return_sequences=True, use_bias=False),
        LSTM(2, return_sequences=True, go_backwards=True, zero_output_for_mask=True),
        Dense(5),
        Activation("softmax"),
    ]
    model = Sequential(layers, text=CharVocabulary("ab\ncd", unknown=1))
    return filled(model, [(5, 3), (3, 12), (3, 12), (3, 8), (2, 8), (8,), (2, 5), (5,)])


def from_torch() -> Any:
    arrays = {
        "weight_ih_l0": (8, 3),
        "weight_hh_l0": (8, 2),
        "bias_ih_l0": (8,),
        "bias_hh_l0": (8,),
    }
    weights = {
        f"lstm.{name}": (np.arange(np.prod(shape)) % 7 - 3).reshape(shape).astype(np.float32) / 8
        for name, shape in arrays.items()
    }
    lstm = LSTM.from_torch(weights, "lstm", return_sequences=True)
    return Sequential([Input((None, 3)), lstm], labels=[3, -1])


def in_bytes() -> Any:
    return language_model().with_precision("int8")


def in_halves() -> Any:
    return classifier().with_precision("bf16")


# Those of version 1 were written before there was another; version 3 is of fewer bits alone.
MODELS: dict[str, Callable[[], Any]] = {
    "model_classifier": classifier,
    "model_language": language_model,
    "model_torch": from_torch,
    "model_bf16": in_halves,
    "model_int8": in_bytes,
}


def inputs_of(model: Any) -> Any:
    """What the model is run on: two rows."""
    if model.takes_ids:
        return np.array([[1, 2, 0, 3], [3, 0, 1, 1]])
    steps = np.arange(24, dtype=np.float32).reshape(2, 4, 3)
    return steps / 8 - 1
