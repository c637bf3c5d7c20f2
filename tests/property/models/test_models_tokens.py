"""A token's row is computed once and kept: the bits are those of computing it at each step."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from lstmetrics import runtime
from lstmetrics.models import (
    LSTM,
    Bidirectional,
    Dropout,
    Embedding,
    Input,
    Layer,
    Model,
    Sequential,
)
from support.random_models import build, random_ids

FEATURES = 3
ROWS, STEPS = 40, 60
LAYERS = {
    "forward": lambda: LSTM(66, return_sequences=True),
    "backward": lambda: LSTM(66, return_sequences=True, go_backwards=True),
    "both": lambda: Bidirectional(LSTM(66, return_sequences=True)),
}
# All tokens in one chunk, kept; more than one chunk holds; more than are kept.
VOCABULARIES = (20, 700, 3000)


def models(vocabulary: int, layer: Layer) -> tuple[Sequential, Sequential]:
    """A model of ids, and one of the features that its embedding would give."""
    by_token = build([Embedding(vocabulary, FEATURES), layer], seed=vocabulary)
    by_step = Sequential([Input((None, FEATURES)), type(layer).from_config(layer.get_config())])
    by_step.set_weights(by_token.get_weights()[1:])
    return by_token, by_step


def results(model: Sequential, inputs: npt.NDArray[Any], **options: Any) -> list[bytes]:
    values, states = model.predict(inputs, return_state=True, **options)
    return [array.tobytes() for array in (values, *(one for pair in states for one in pair))]


@pytest.mark.parametrize("level", runtime.available_isa_levels())
@pytest.mark.parametrize("vocabulary", VOCABULARIES)
@pytest.mark.parametrize("kind", LAYERS)
def test_tokens_against_features(level: str, vocabulary: int, kind: str) -> None:
    runtime.set_isa(level)
    by_token, by_step = models(vocabulary, LAYERS[kind]())
    table = by_token.get_weights()[0]
    for seed in range(3):  # nothing is kept, some, most
        ids = random_ids((ROWS, STEPS), vocabulary, seed)
        lengths = np.random.default_rng(seed).integers(0, STEPS + 1, ROWS)
        for options in ({}, {"lengths": lengths}, {"batch_size": 1 + seed}):
            assert results(by_token, ids, **options) == results(by_step, table[ids], **options)


def test_an_embedding_that_others_want_too() -> None:
    ids = Input((None,), dtype="int32")
    features = Embedding(700, FEATURES)(ids)
    model = Model(ids, [features, LSTM(20)(Dropout(0.5)(features)), LSTM(9)(features)])
    generator = np.random.default_rng(0)
    shapes = [(700, 3), *((3, 80), (20, 80), (80,)), *((3, 36), (9, 36), (36,))]
    weights = [generator.normal(size=shape).astype(np.float32) for shape in shapes]
    model.set_weights(weights)
    given = random_ids((ROWS, STEPS), 700, 0)
    values, *others = model.predict(given)
    assert values.tobytes() == weights[0][given].tobytes()
    for found, units, part in ((others[0], 20, weights[1:4]), (others[1], 9, weights[4:])):
        alone = Sequential([Input((None, FEATURES)), LSTM(units)])
        alone.set_weights(part)
        assert found.tobytes() == alone.predict(values).tobytes()
