"""The promise, continued: however a model is used, its outputs have the same digests.

Rows alone or together and in any order, whole sequences or single steps, tokens that share their
part of the work or features that share nothing, caches that are cold or warm.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lstmetrics import runtime
from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential
from lstmetrics.models.precision import PRECISIONS, Precision, in_precision, widened
from support.digests import CHARACTERS, CLASSES, WORDS, sha256
from support.memory import kilobytes, needs_true_memory
from support.precision import as_read
from support.random_models import build, random_ids

ROWS, STEPS, SIZE = 40, 24, 12
LEVELS = runtime.available_isa_levels()
Tell = Callable[[str], None]
Way = Callable[["Models"], list[Any]]


class Models:
    """A classifier of words, a language model of characters, and both without their embeddings."""

    def __init__(self, precision: Precision) -> None:
        tail = [
            Bidirectional(LSTM(19, return_sequences=True)),
            LSTM(33),
            Dense(CLASSES, activation="softmax"),
        ]
        classifier = build([Embedding(WORDS, SIZE), *tail], seed=1)
        self.classifier = classifier.with_precision(precision)
        steps = [
            LSTM(21, return_sequences=True),
            LSTM(7, return_sequences=True),
            Dense(CHARACTERS, activation="softmax"),
        ]
        language_model = build([Embedding(CHARACTERS, SIZE), *steps], seed=2)
        self.language_model = language_model.with_precision(precision)
        generator = np.random.default_rng(11)
        common = generator.zipf(1.3, (ROWS, STEPS)) % WORDS  # many tokens again and again
        self.words = common.astype(np.int64)
        self.lengths = generator.integers(1, STEPS + 1, ROWS)
        self.texts = random_ids((ROWS, STEPS), CHARACTERS, 3)

    def featured(self, model: Sequential) -> tuple[Sequential, Any]:
        """The same layers behind an input of features, and the embedding's table as it is held."""
        first, *others = model.layers
        copy = Sequential(
            [type(one).from_config(one.get_config()) for one in others]  # type: ignore[misc]
        )
        copy.layers[0].input_shape = (None, SIZE)  # type: ignore[attr-defined]
        copy.set_weights([weight for one in others for weight in one.get_weights()])
        table = {"embeddings": first.get_weights()[0]}
        held = widened("", as_read(in_precision(table, model.precision)))
        return copy.with_precision(model.precision), held["embeddings"]


def together(models: Models) -> list[Any]:
    return [
        models.classifier.predict(models.words, lengths=models.lengths),
        models.language_model.predict(models.texts),
    ]


def warm(models: Models) -> list[Any]:
    together(models)
    return together(models)


def each_row_alone(models: Models) -> list[Any]:
    rows = zip(models.words, models.lengths, strict=True)
    return [
        np.concatenate([models.classifier.predict(row[None, :end]) for row, end in rows]),
        np.concatenate([models.language_model.predict(row[None]) for row in models.texts]),
    ]


def another_order(models: Models) -> list[Any]:
    order = np.random.default_rng(4).permutation(ROWS)
    back = np.argsort(order)
    found = models.classifier.predict(models.words[order], lengths=models.lengths[order])
    return [found[back], models.language_model.predict(models.texts[order])[back]]


def as_data_sets(models: Models) -> list[Any]:
    rows = (row[:end] for row, end in zip(models.words, models.lengths, strict=True))
    return [
        np.stack(list(models.classifier.predict_each(rows, window=17))),
        np.stack(list(models.language_model.predict_each(models.texts, window=23, batch_size=5))),
    ]


def nothing_shared(models: Models) -> list[Any]:
    classifier, words = models.featured(models.classifier)
    language_model, characters = models.featured(models.language_model)
    return [
        classifier.predict(words[models.words], lengths=models.lengths),
        language_model.predict(characters[models.texts]),
    ]


def step_by_step(models: Models) -> list[Any]:
    stream = models.language_model.stream(ROWS)
    steps = [stream.step(models.texts[:, step]) for step in range(STEPS)]
    whole = models.classifier.predict(models.words, lengths=models.lengths)
    return [whole, np.stack(steps, axis=1)]


def in_two_halves(models: Models) -> list[Any]:
    half = STEPS // 2
    first, state = models.language_model.predict(models.texts[:, :half], return_state=True)
    second = models.language_model.predict(models.texts[:, half:], initial_state=state)
    whole = models.classifier.predict(models.words, lengths=models.lengths)
    return [whole, np.concatenate([first, second], axis=1)]


WAYS: dict[str, Way] = {
    "rows together": together,
    "caches warm": warm,
    "each row alone": each_row_alone,
    "rows in another order": another_order,
    "data sets in windows": as_data_sets,
    "features: no token shared": nothing_shared,
    "step by step": step_by_step,
    "in two halves": in_two_halves,
}


@pytest.mark.parametrize("precision", PRECISIONS)
def test_every_way_to_use_a_model(
    precision: Precision, record_property: Callable[[str, object], None]
) -> None:
    expected = sha256(together(Models(precision)))
    for name, way in WAYS.items():
        for level, threads in itertools.product(LEVELS, (1, 2)):
            runtime.set_isa(level)
            runtime.set_num_threads(threads)
            assert sha256(way(Models(precision))) == expected, (name, level, threads)
        what = f"{name}, on all levels, 1 and 2 threads, {precision}"
        line = f"{what:<60}{expected[:10]:>15}"
        record_property("digest table", line)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_a_large_call_keeps_more_rows(precision: Precision) -> None:
    words = 3000
    layers = [Embedding(words, 8), LSTM(128), Dense(CLASSES, activation="softmax")]
    model = build(layers, seed=6).with_precision(precision)
    few = random_ids((5, STEPS), words, 7)
    many = random_ids((600, STEPS), words, 8)  # more tokens than a small call's cache has room for
    expected = [model.predict(few), np.concatenate([model.predict(row[None]) for row in many])]
    for threads in (1, 2):
        runtime.set_num_threads(threads)
        fresh = build(layers, seed=6).with_precision(precision)
        for _ in ("cold", "warm"):
            assert sha256([fresh.predict(few), fresh.predict(many)]) == sha256(expected)
            assert sha256(np.stack(list(fresh.predict_each(many)))) == sha256(expected[1])


@pytest.mark.slow
@needs_true_memory
def test_a_million_streamed_steps_take_no_memory() -> None:
    model = build([Embedding(50, 8), LSTM(16), Dense(4)], seed=5)
    stream = model.stream()
    ids = [np.array([index % 50]) for index in range(50)]

    def run(steps: int) -> None:
        for index in range(steps):
            stream.step(ids[index % 50])

    run(20_000)
    gc.collect()
    before = kilobytes("VmRSS")
    run(1_000_000)
    assert kilobytes("VmRSS") - before < 256
