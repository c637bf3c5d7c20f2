"""A data set gives, to the last bit, what its sequences give one by one."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import runtime
from lstmetrics.models import (
    LSTM,
    Bidirectional,
    Conv1D,
    Dense,
    Embedding,
    GlobalAveragePooling1D,
    Input,
    Masking,
    Model,
)
from support.random_models import build

VOCABULARY = 30
FEATURES = 4
MODELS = {
    "classifier": [Embedding(VOCABULARY, 5, mask_zero=True), LSTM(19), Dense(3, "softmax")],
    "two layers": [
        Embedding(VOCABULARY, 5),
        Bidirectional(LSTM(9, return_sequences=True)),
        LSTM(33, go_backwards=True),
        Dense(1, "sigmoid"),
    ],
    "language model": [
        Embedding(VOCABULARY, 5),
        LSTM(20, return_sequences=True),
        Dense(VOCABULARY, "softmax"),
    ],
    "windows": [
        Embedding(VOCABULARY, 5),
        Conv1D(6, 3, strides=2, padding="same"),
        Bidirectional(LSTM(7, return_sequences=True)),
    ],
    "pooled features": [
        Masking(input_shape=(None, FEATURES)),
        LSTM(8, return_sequences=True),
        GlobalAveragePooling1D(),
    ],
}
BUILT = {
    name: build(layers, features=0 if isinstance(layers[0], Embedding) else FEATURES)
    for name, layers in MODELS.items()
}


def rows_of(name: str, lengths: list[int], seed: int) -> list[npt.NDArray[Any]]:
    """Sequences of so many steps, of ids or features."""
    generator = np.random.default_rng(seed)
    if isinstance(MODELS[name][0], Embedding):
        return [generator.integers(0, VOCABULARY, length) for length in lengths]
    return [generator.normal(size=(n, FEATURES)).astype(np.float32) for n in lengths]


def one_by_one(model: Model, rows: list[Any]) -> list[bytes]:
    return [model.predict(row[None])[0].tobytes() for row in rows]


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(MODELS)),
    st.lists(st.integers(1, 40), max_size=40),
    st.integers(1, 50),
    st.integers(1, 40),
    st.integers(1, 2),
    st.integers(0, 2**32 - 1),
)
def test_any_window_batch_and_threads(
    name: str, lengths: list[int], window: int, batch_size: int, threads: int, seed: int
) -> None:
    model, rows = BUILT[name], rows_of(name, lengths, seed)
    before = runtime.num_threads()
    runtime.set_num_threads(threads)
    try:
        found = list(model.predict_each(iter(rows), window=window, batch_size=batch_size))
    finally:
        runtime.set_num_threads(before)
    assert [value.tobytes() for value in found] == one_by_one(model, rows)


@given(st.lists(st.integers(0, 12), min_size=1, max_size=12), st.integers(0, 2**32 - 1))
def test_empty_sequences_are_those_of_no_length(lengths: list[int], seed: int) -> None:
    for name, model in BUILT.items():
        rows = rows_of(name, lengths, seed)
        longest = max(lengths)
        padded = np.zeros((len(rows), longest, *rows[0].shape[1:]), rows[0].dtype)
        for place, row in zip(padded, rows, strict=True):
            place[: len(row)] = row
        if longest == 0:
            continue  # an array without steps is no batch
        expected = model.predict(padded, lengths=lengths)
        for own, found in zip(expected, model.predict_each(rows), strict=True):
            assert found.tobytes() == (own[: len(found)] if found.ndim == 2 else own).tobytes()


@given(st.lists(st.integers(1, 30), min_size=1, max_size=20), st.integers(0, 2**32 - 1))
def test_several_outputs(lengths: list[int], seed: int) -> None:
    ids = Input((None,))
    sequences = LSTM(6, return_sequences=True)(Embedding(VOCABULARY, 5)(ids))
    model = Model(ids, [sequences, LSTM(4)(sequences)])
    generator = np.random.default_rng(seed)
    model.set_weights(
        [
            generator.normal(size=s).astype(np.float32)
            for s in [(VOCABULARY, 5), (5, 24), (6, 24), (24,), (6, 16), (4, 16), (16,)]
        ]
    )
    rows = [generator.integers(0, VOCABULARY, length) for length in lengths]
    for row, found in zip(rows, model.predict_each(rows, window=7), strict=True):
        expected = [value[0] for value in model.predict(row[None])]
        assert [one.tobytes() for one in found] == [one.tobytes() for one in expected]


@given(st.lists(st.integers(1, 30), min_size=2, max_size=20), st.integers(0, 2**32 - 1))
def test_rows_of_uneven_length_are_a_data_set_too(lengths: list[int], seed: int) -> None:
    for name, model in itertools.islice(BUILT.items(), 2):
        rows = rows_of(name, lengths, seed)
        found = model.predict([row.tolist() for row in rows])
        assert [value.tobytes() for value in found] == one_by_one(model, rows)
