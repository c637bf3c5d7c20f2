"""Models pickled, copied, and shared between threads and processes."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential, WordVocabulary
from support.random_models import build, random_ids, random_weights

IDS = random_ids((5, 8), 9)


def classifier() -> Sequential:
    return build(
        [Embedding(9, 4, mask_zero=True), Bidirectional(LSTM(5)), Dense(3, "softmax")],
        text=WordVocabulary(["", "?", "good"]),
        labels=["a", "b", "c"],
        name="small",
    )


@pytest.mark.parametrize(
    "copied",
    [copy.deepcopy, copy.copy, lambda model: pickle.loads(pickle.dumps(model))],
    ids=["deepcopy", "copy", "pickle"],
)
def test_copies_give_the_same_bits(copied: Any) -> None:
    model = classifier()
    expected = model.predict(IDS)
    again = copied(model)
    assert again.predict(IDS).tobytes() == expected.tobytes()
    assert again.get_config() == model.get_config()


def test_a_deep_copy_is_independent() -> None:
    model = classifier()
    expected = model.predict(IDS)
    again = copy.deepcopy(model)
    again.set_weights([weight * 2 for weight in model.get_weights()])
    assert model.predict(IDS).tobytes() == expected.tobytes()
    assert again.predict(IDS).tobytes() != expected.tobytes()


def test_one_model_runs_on_many_threads() -> None:
    model = build([Embedding(9, 4), LSTM(20, return_sequences=True), LSTM(7), Dense(3)])
    inputs = [random_ids((1 + seed % 5, 1 + seed % 7), 9, seed) for seed in range(60)]
    expected = [model.predict(ids).tobytes() for ids in inputs]
    with ThreadPoolExecutor(8) as pool:
        found = [values.tobytes() for values in pool.map(model.predict, inputs)]
    assert found == expected


def test_threads_may_build_the_model_at_once() -> None:
    expected = classifier().predict(IDS).tobytes()
    for _ in range(10):
        model = pickle.loads(pickle.dumps(classifier()))
        with ThreadPoolExecutor(8) as pool:
            found = [x.tobytes() for x in pool.map(model.predict, [IDS] * 8)]
        assert found == [expected] * 8


@pytest.fixture
def _eager_switching() -> Iterator[None]:
    """Let threads take turns a thousand times as often."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(5e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_eager_switching")
def test_weights_may_change_while_others_predict() -> None:
    layers = [Embedding(9, 4), LSTM(5)]
    shapes = [(9, 4), (4, 20), (5, 20), (20,)]
    model = Sequential(layers)
    versions = [random_weights(shapes, seed) for seed in (1, 2)]
    allowed = set()
    for weights in versions:
        model.set_weights(weights)
        allowed.add(model.predict(IDS).tobytes())
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(model.predict, IDS) for _ in range(100)]
        for turn in range(50):
            model.set_weights(versions[turn % 2])
        assert {run.result().tobytes() for run in runs} <= allowed


def test_results_do_not_share_memory() -> None:
    model = classifier()
    first = model.predict(IDS)
    kept = first.copy()
    model.predict(IDS + 0)
    first[:] = 0
    assert np.array_equal(model.predict(IDS), kept)
