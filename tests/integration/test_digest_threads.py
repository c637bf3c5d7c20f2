"""The promise where threads share more than rows: the units of a step, products, losses.

The models are wide enough for that, the batches small enough for threads to be left over.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from lstmetrics import runtime
from lstmetrics.models import LSTM, Bidirectional, Conv1D, Dense, Embedding, Sequential
from support.digests import sha256
from support.random_models import build, random_ids

WORDS, STEPS = 50, 30
THREADS = (1, 2, 3, 5)


@cache
def classifier() -> Sequential:
    """Directions merged by sums, a convolution, a second layer."""
    layers = [
        Embedding(WORDS, 40),
        Bidirectional(LSTM(136, return_sequences=True), merge_mode="sum"),
        Conv1D(64, 3),
        LSTM(136),
        Dense(3, activation="softmax"),
    ]
    return build(layers, seed=1)


@cache
def language_model() -> Sequential:
    """A vocabulary of more than one tile of the log-sum-exp, a projected state."""
    layers = [LSTM(120, return_sequences=True), LSTM(136, return_sequences=True, proj_size=50)]
    return build([Embedding(600, 40), *layers, Dense(600, activation="softmax")], seed=3)


@cache
def large_model() -> Sequential:
    """Four million weights: worth waking threads for a single step."""
    layers = [LSTM(560, return_sequences=True), LSTM(560, return_sequences=True)]
    return build([Embedding(WORDS, 40), *layers, Dense(40, activation="softmax")], seed=5)


def classify(rows: int) -> list[Any]:
    ids = random_ids((rows, STEPS), WORDS, 2)
    lengths = np.arange(STEPS, STEPS - rows, -1)
    return [classifier().predict(ids), classifier().predict(ids, lengths=lengths)]


def losses(rows: int) -> list[Any]:
    ids = random_ids((rows, STEPS + 1), 600, 4)
    given, states = language_model().nll(ids[:, :-1], ids[:, 1:], return_state=True)
    return [given, *(array for state in states for array in state)]


def large(rows: int) -> list[Any]:
    """Rows that share a block though there are threads for each of them."""
    return [large_model().predict(random_ids((rows, 4), WORDS, 7))]


def stream(rows: int) -> list[Any]:
    steps = large_model().stream(rows)
    return [steps.step(ids) for ids in random_ids((2, rows), WORDS, 6)]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("way", [classify, losses, large, stream])
def test_any_number_of_threads(
    way: Callable[[int], list[Any]], rows: int, record_property: Callable[[str, object], None]
) -> None:
    runtime.set_num_threads(1)
    expected = sha256(way(rows))
    for level in runtime.available_isa_levels():
        runtime.set_isa(level)
        for threads in THREADS:
            runtime.set_num_threads(threads)
            assert sha256(way(rows)) == expected, (level, threads)
    first = f"{way.__name__} {rows} wide rows, on all levels, {THREADS} threads"
    record_property("digest table", f"{first:<60}{expected[:10]:>15}")
