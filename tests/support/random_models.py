"""Random models with random weights, the inputs they take, and the same models as an oracle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential
from reference import lstm as reference

Floats = npt.NDArray[np.float32]


def random_weights(
    shapes: Sequence[tuple[int, ...]], seed: int, scale: float = 1.0
) -> list[Floats]:
    """Weights as training starts from: spread like 1 / sqrt(inputs), so that no gate saturates."""
    generator = np.random.default_rng(seed)
    return [
        (scale * generator.normal(size=shape) / max(shape[0], 1) ** 0.5).astype(np.float32)
        if len(shape) == 2
        else (scale * generator.uniform(-0.5, 0.5, size=shape)).astype(np.float32)
        for shape in shapes
    ]


def weight_shapes(layer: Any, features: int) -> tuple[list[tuple[int, ...]], int]:
    """The shapes of a layer's weights in Keras's order, and the size of its output."""
    match layer:
        case Embedding():
            return [(layer.input_dim, layer.output_dim)], layer.output_dim
        case LSTM():
            bias = [(4 * layer.units,)] if layer.use_bias else []
            return [(features, 4 * layer.units), (layer.units, 4 * layer.units), *bias], layer.units
        case Bidirectional():
            forward, units = weight_shapes(layer.layer, features)
            return [*forward, *forward], units * (2 if layer.merge_mode == "concat" else 1)
        case Dense():
            bias = [(layer.units,)] if layer.use_bias else []
            return [(features, layer.units), *bias], layer.units
    return [], features


def build(
    layers: Sequence[Any], *, features: int = 0, seed: int = 0, scale: float = 1.0, **options: Any
) -> Sequential:
    """A model of these layers with random weights."""
    shapes: list[tuple[int, ...]] = []
    for layer in layers:
        own, features = weight_shapes(layer, features)
        shapes += own
    model = Sequential(layers, **options)
    model.set_weights(random_weights(shapes, seed, scale))
    return model


def random_ids(shape: tuple[int, ...], vocabulary: int, seed: int = 0) -> npt.NDArray[np.int64]:
    return np.random.default_rng(seed).integers(0, vocabulary, shape)


def random_features(shape: tuple[int, ...], seed: int = 0) -> Floats:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def random_states(model: Sequential, rows: int, seed: int = 0) -> list[tuple[Floats, Floats]]:
    """An initial state for each of the model's recurrent directions."""
    generator = np.random.default_rng(seed)
    return [
        tuple(generator.uniform(-1, 1, (rows, units)).astype(np.float32) for _ in range(2))
        for units in direction_units(model)
    ]


def direction_units(model: Sequential) -> list[int]:
    """Units of each recurrent direction, in the order of the states."""
    units: list[int] = []
    for layer in model.layers:
        if isinstance(layer, LSTM):
            units.append(layer.units)
        elif isinstance(layer, Bidirectional):
            units += [layer.layer.units] * 2
    return units


# ---- the same model as an oracle -----------------------------------------------------------------


def oracle_layers(model: Sequential) -> list[Any]:
    """The model's layers as the reference has them, with the same weights as doubles."""
    return [_oracle(layer) for layer in model.layers]


def _oracle(layer: Any) -> Any:
    if isinstance(layer, Embedding):
        return reference.Embedding(layer.weights["embeddings"].tolist(), layer.mask_zero)
    if isinstance(layer, Dense):
        bias = layer.weights.get("bias", np.zeros(layer.units)).tolist()
        return reference.Dense(layer.weights["kernel"].tolist(), bias, layer.activation)
    if isinstance(layer, LSTM):
        return _oracle_lstm(layer)
    zeros = layer.layer.return_sequences
    return reference.Bidirectional(
        _oracle_lstm(layer.layer, zero_output_for_mask=zeros),
        _oracle_lstm(layer.backward_layer, zero_output_for_mask=zeros, go_backwards=True),
        layer.merge_mode,
    )


def _oracle_lstm(layer: LSTM, **changes: Any) -> reference.Lstm:
    options = {
        "activation": layer.activation,
        "recurrent_activation": layer.recurrent_activation,
        "return_sequences": layer.return_sequences,
        "go_backwards": layer.go_backwards,
        "zero_output_for_mask": layer.zero_output_for_mask,
    }
    return reference.Lstm(
        layer.weights["kernel"].tolist(),
        layer.weights["recurrent_kernel"].tolist(),
        layer.weights.get("bias", np.zeros(4 * layer.units)).tolist(),
        **(options | changes),
    )


def oracle_run(
    model: Sequential,
    inputs: npt.NDArray[Any],
    counts: npt.NDArray[np.bool_],
    states: list[tuple[Floats, Floats]],
) -> tuple[list[Any], list[list[reference.State]]]:
    """Outputs per row (lists of steps, or one vector), and final states per row and direction."""
    layers = oracle_layers(model)
    outputs, finals = [], []
    for row in range(len(inputs)):
        mine = [(hidden[row].tolist(), cell[row].tolist()) for hidden, cell in states]
        rest = layers
        sample = reference.Sample(inputs[row].tolist(), counts[row].tolist())
        if isinstance(layers[0], reference.Embedding):
            sample, rest = layers[0].run(sample.steps, sample.counts), layers[1:]
        result, final = reference.run(rest, sample, mine)
        outputs.append(result.steps if len(model.output_shape) == 3 else result.steps[0])
        finals.append(final)
    return outputs, finals
