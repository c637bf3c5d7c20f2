"""Which options a configuration has: random ones that cover every pair of choices."""

from __future__ import annotations

import itertools
import random
from typing import Any

Options = dict[str, Any]

CHOICES: dict[str, list[Any]] = {
    "form": ["sequential", "functional", "nested", "shared", "states", "branches", "two inputs"],
    "file": [".keras", ".h5"],
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
_CANDIDATES = 30


def options_of(count: int, seed: int) -> list[Options]:
    """Draw configurations; each is the one of some that covers most pairs not covered yet."""
    generator = random.Random(seed)
    missing = set(_pairs(dict.fromkeys(CHOICES), every=True))
    drawn: list[Options] = []
    for index in range(count):
        candidates = [
            {name: generator.choice(choices) for name, choices in CHOICES.items()}
            for _ in range(_CANDIDATES)
        ]
        best = max(candidates, key=lambda one: len(missing & set(_pairs(one))))
        missing -= set(_pairs(best))
        drawn.append(best | {"seed": seed * 100_000 + index})
    return drawn


def uncovered(drawn: list[Options]) -> int:
    """Return how many pairs of choices no configuration has."""
    every = set(_pairs(dict.fromkeys(CHOICES), every=True))
    return len(every.difference(*(set(_pairs(one)) for one in drawn)))


def _pairs(options: Options, every: bool = False) -> list[Any]:
    found: list[Any] = []
    for a, b in itertools.combinations(CHOICES, 2):
        if every:
            found += [(a, x, b, y) for x in CHOICES[a] for y in CHOICES[b]]
        else:
            found.append((a, options[a], b, options[b]))
    return found
