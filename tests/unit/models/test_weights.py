"""Weights: shapes, order, and all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential
from support.random_models import build, random_ids, random_weights

SHAPES = [(9, 4), (4, 12), (3, 12), (12,), (3, 2), (2,)]
IDS = random_ids((2, 5), 9)


def small_model() -> Sequential:
    return Sequential([Embedding(9, 4), LSTM(3), Dense(2)])


def changed(index: int, weight: Any) -> list[Any]:
    weights: list[Any] = random_weights(SHAPES, 1)
    weights[index] = weight
    return weights


def test_weights_come_back_as_they_were_set() -> None:
    model = small_model()
    weights = random_weights(SHAPES, 1)
    model.set_weights(weights)
    for a, b in zip(model.get_weights(), weights, strict=True):
        assert np.array_equal(a, b)
    assert model.count_params() == 9 * 4 + 4 * 12 + 3 * 12 + 12 + 3 * 2 + 2


def test_double_precision_weights_are_rounded() -> None:
    model, rounded = small_model(), small_model()
    weights = [weight.astype(np.float64) + 1e-12 for weight in random_weights(SHAPES, 1)]
    model.set_weights(weights)
    rounded.set_weights([weight.astype(np.float32) for weight in weights])
    assert model.predict(IDS).tobytes() == rounded.predict(IDS).tobytes()


def test_new_weights_are_used_by_the_next_call() -> None:
    model = small_model()
    model.set_weights(random_weights(SHAPES, 1))
    first = model.predict(IDS)
    model.set_weights(random_weights(SHAPES, 2))
    assert not np.array_equal(model.predict(IDS), first)


REFUSED: dict[str, tuple[list[Any], type[Exception], str]] = {
    "transposed": (
        changed(1, np.zeros((12, 4), np.float32)),
        ShapeError,
        r'layer "lstm": kernel must have shape \(4, 12\), got \(12, 4\)',
    ),
    "transposed recurrent": (
        changed(2, np.zeros((12, 3), np.float32)),
        ShapeError,
        r"recurrent_kernel must have shape \(3, 12\), got \(12, 3\)",
    ),
    "short bias": (
        changed(3, np.zeros(3, np.float32)),
        ShapeError,
        r"bias must have shape \(12,\), got \(3,\)",
    ),
    "bias of Dense": (changed(5, np.zeros((2, 1))), ShapeError, r'"dense": bias .* got \(2, 1\)'),
    "another vocabulary": (
        changed(0, np.zeros((8, 4))),
        ShapeError,
        r"embeddings must have shape \(9, 4\), got \(8, 4\)",
    ),
    "scalar": (changed(1, np.float32(1)), ShapeError, "kernel"),
    "too few": (random_weights(SHAPES[:-1], 1), ShapeError, "takes 2 arrays .kernel, bias., got 1"),
    "none": ([], ShapeError, "takes 1 arrays .embeddings., got 0"),
    "too many": (random_weights([*SHAPES, (1,)], 1), ShapeError, "got 7 arrays, the model takes 6"),
    "integers": (
        changed(3, np.zeros(12, int)),
        InvalidTypeError,
        "floating-point .* got dtype int64",
    ),
    "text": (changed(3, ["a"] * 12), InvalidTypeError, "floating-point"),
    "complex": (changed(3, np.zeros(12, complex)), InvalidTypeError, "floating-point"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_weights_change_nothing(name: str) -> None:
    weights, error, message = REFUSED[name]
    model = small_model()
    model.set_weights(random_weights(SHAPES, 1))
    before = model.predict(IDS)
    with pytest.raises(error, match=message):
        model.set_weights(weights)
    assert model.predict(IDS).tobytes() == before.tobytes()
    for a, b in zip(model.get_weights(), random_weights(SHAPES, 1), strict=True):
        assert np.array_equal(a, b)


def test_refused_weights_of_a_new_model_leave_it_without() -> None:
    model = small_model()
    with pytest.raises(ShapeError):
        model.set_weights(random_weights(SHAPES[:-1], 1))
    assert model.get_weights() == []


NEEDS_WEIGHTS: dict[str, Callable[[Sequential, Path], Any]] = {
    "predict": lambda model, _: model.predict(IDS),
    "build": lambda model, _: model.build(),
    "save": lambda model, folder: model.save(folder / "model.safetensors"),
    "state_names": lambda model, _: model.state_names,
}


@pytest.mark.parametrize("call", NEEDS_WEIGHTS)
def test_missing_weights(call: str, tmp_path: Path) -> None:
    model = small_model()
    with pytest.raises(ShapeError, match=r'"embedding" has no weights: .* of shape \(9, 4\)'):
        NEEDS_WEIGHTS[call](model, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_bidirectional_takes_forward_then_backward() -> None:
    shapes = [(9, 4), (4, 12), (3, 12), (12,), (4, 12), (3, 12), (12,)]
    model = Sequential([Embedding(9, 4), Bidirectional(LSTM(3))])
    weights = random_weights(shapes, 1)
    model.set_weights(weights)
    forward = Sequential([Embedding(9, 4), LSTM(3)])
    forward.set_weights(weights[:4])
    backward = Sequential([Embedding(9, 4), LSTM(3, go_backwards=True)])
    backward.set_weights([weights[0], *weights[4:]])
    both = np.concatenate([forward.predict(IDS), backward.predict(IDS)], axis=1)
    assert model.predict(IDS).tobytes() == both.tobytes()


def test_bidirectional_takes_both_or_none() -> None:
    layer = Bidirectional(LSTM(3))
    with pytest.raises(ShapeError, match="as many arrays for the backward layer"):
        layer.set_weights(random_weights(SHAPES[1:4], 1))
    assert layer.get_weights() == []


def test_without_biases() -> None:
    layers = [Embedding(9, 4), LSTM(3, use_bias=False), Dense(2, use_bias=False)]
    model = build(layers, seed=1)
    assert [weight.shape for weight in model.get_weights()] == [(9, 4), (4, 12), (3, 12), (3, 2)]
    zeros = small_model()
    a, b, c, d = model.get_weights()
    zeros.set_weights([a, b, c, np.zeros(12), d, np.zeros(2)])
    assert model.predict(IDS).tobytes() == zeros.predict(IDS).tobytes()
