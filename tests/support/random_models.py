"""Random models with random weights, and the inputs they take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.models import (
    LSTM,
    BatchNormalization,
    Bidirectional,
    Conv1D,
    Dense,
    Embedding,
    LayerNormalization,
    Model,
    Sequential,
    TimeDistributed,
)

Floats = npt.NDArray[np.float32]


def random_weights(
    shapes: Sequence[tuple[int, ...]], seed: int, scale: float = 1.0
) -> list[Floats]:
    """Weights as training starts from: spread like 1 / sqrt(inputs), so that no gate saturates."""
    generator = np.random.default_rng(seed)
    return [
        (scale * generator.normal(size=shape) / max(int(np.prod(shape[:-1])), 1) ** 0.5).astype(
            np.float32
        )
        if len(shape) >= 2
        else (scale * generator.uniform(-0.5, 0.5, size=shape)).astype(np.float32)
        for shape in shapes
    ]


def weight_shapes(layer: Any, features: int) -> tuple[list[tuple[int, ...]], int]:
    """The shapes of a layer's weights in Keras's order, and the size of its output."""
    match layer:
        case Embedding():
            return [(layer.input_dim, layer.output_dim)], layer.output_dim
        case LSTM():
            outputs = layer.proj_size or layer.units
            bias = [(4 * layer.units,)] if layer.use_bias else []
            projection = [(layer.units, outputs)] if layer.proj_size else []
            kernels = [(features, 4 * layer.units), (outputs, 4 * layer.units)]
            return [*kernels, *bias, *projection], outputs
        case Bidirectional():
            forward, units = weight_shapes(layer.layer, features)
            return [*forward, *forward], units * (2 if layer.merge_mode == "concat" else 1)
        case Dense():
            bias = [(layer.units,)] if layer.use_bias else []
            return [(features, layer.units), *bias], layer.units
        case Conv1D():
            kernel = (layer.kernel_size, features // layer.groups, layer.filters)
            return [kernel, *([(layer.filters,)] if layer.use_bias else [])], layer.filters
        case LayerNormalization():
            return [(features,)] * (layer.scale + layer.center), features
        case BatchNormalization():
            return [(features,)] * (layer.scale + layer.center + 2), features
        case TimeDistributed():
            return weight_shapes(layer.layer, features)
    return [], features


def give_weights(layer: Any, features: int, seed: int, scale: float = 1.0) -> int:
    """Set random weights; return the size of the layer's output."""
    shapes, outputs = weight_shapes(layer, features)
    weights = random_weights(shapes, seed, scale)
    if isinstance(getattr(layer, "layer", layer), BatchNormalization):
        weights[-1] = abs(weights[-1]) + np.float32(0.1)  # a variance
    layer.set_weights(weights)
    return outputs


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


def random_states(model: Model, rows: int, seed: int = 0) -> list[tuple[Floats, Floats]]:
    """An initial state for each of the model's recurrent directions."""
    generator = np.random.default_rng(seed)
    return [
        tuple(generator.uniform(-1, 1, (rows, size)).astype(np.float32) for size in sizes)
        for sizes in model.state_sizes
    ]
