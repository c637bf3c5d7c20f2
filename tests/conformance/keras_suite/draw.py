"""Which options a configuration has."""

from __future__ import annotations

from typing import Any

from support.pairwise import Pairwise

CHOICES: dict[str, list[Any]] = {
    "form": ["sequential", "functional", "nested", "shared", "states", "branches", "two inputs"],
    "file": [".keras", ".h5", ".keras with npz"],
    "input": ["ids", "ids with zero masked", "features", "features with Masking"],
    "mask": ["none", "left", "right", "random", "all", "all but one"],
    "steps": [1, 2, 5, 8],
    "dtype": ["float32", "float64"],
    "layer": ["LSTM", "Bidirectional"],
    "sequences": [True, False],
    "backwards": [True, False],
    "bias": [True, False],
    "activation": ["tanh", "relu", "softsign", "linear", "elu", "sigmoid"],
    "recurrent": ["sigmoid", "hard_sigmoid", "tanh"],
    "merge": ["concat", "sum", "mul", "ave", None],
    "stateful": [True, False],
    "before": ["none", "Dropout", "SpatialDropout1D", "Conv1D", "Dense", "LayerNormalization"],
    "behind": [
        "none",
        "LSTM",
        "Bidirectional",
        "BatchNormalization",
        "TimeDistributed",
        "Activation",
        "MaxPooling1D",
        "causal Conv1D",
        "LeakyReLU",
    ],
    "end": ["none", "GlobalMaxPooling1D", "GlobalAveragePooling1D", "Flatten", "last"],
    "join": ["Concatenate", "Add", "Average", "Multiply", "steps"],
    "head": ["softmax", "sigmoid", "gelu", "selu", "swish"],
    "trainable": [True, False],
}
CONFIGURATIONS = Pairwise(CHOICES)
