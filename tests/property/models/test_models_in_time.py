"""Sequences cut in time with the state carried on, and losses against probabilities."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lstmetrics.models import LSTM, Activation, Dense, Embedding, Sequential
from support.random_models import build, random_features, random_ids

VOCABULARY = 300  # more than one tile of the log-sum-exp


def language_model(seed: int = 0, **options: Any) -> Sequential:
    layers = [
        Embedding(VOCABULARY, 6, **options),
        LSTM(18, return_sequences=True),
        LSTM(7, return_sequences=True),
        Dense(VOCABULARY, activation="softmax"),
    ]
    return build(layers, seed=seed)


LANGUAGE_MODEL = language_model()


def flat(states: Any) -> list[bytes]:
    return [array.tobytes() for pair in states for array in pair]


@st.composite
def cuts(draw: st.DrawFn) -> list[int]:
    """Places where a sequence begins, is cut, and ends."""
    total = draw(st.integers(1, 30))
    inner = draw(st.lists(st.integers(0, total), max_size=4))
    return [0, *sorted(inner), total]


@given(cuts(), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_cut_predictions(places: list[int], rows: int, seed: int) -> None:
    ids = random_ids((rows, places[-1]), VOCABULARY, seed)
    whole, final = LANGUAGE_MODEL.predict(ids, return_state=True)
    state, parts = None, []
    for begin, end in pairwise(places):
        values, state = LANGUAGE_MODEL.predict(
            ids[:, begin:end], initial_state=state, return_state=True
        )
        parts.append(values)
    assert np.concatenate(parts, axis=1).tobytes() == whole.tobytes()
    assert flat(state) == flat(final)


@given(cuts(), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_cut_losses(places: list[int], rows: int, seed: int) -> None:
    ids, targets = random_ids((2, rows, places[-1]), VOCABULARY, seed)
    whole = LANGUAGE_MODEL.nll(ids, targets)
    state, parts = None, []
    for begin, end in pairwise(places):
        losses, state = LANGUAGE_MODEL.nll(
            ids[:, begin:end], targets[:, begin:end], initial_state=state, return_state=True
        )
        parts.append(losses)
    assert np.concatenate(parts, axis=1).tobytes() == whole.tobytes()


@settings(max_examples=15)
@given(st.integers(1, 1100), st.integers(0, 2**32 - 1))
@example(512, 0)
@example(513, 0)
@example(1025, 0)
def test_long_texts_are_the_same_cut_anywhere(steps: int, seed: int) -> None:
    model = build([Embedding(9, 3), LSTM(5, return_sequences=True), Dense(9)], seed=1)
    ids, targets = random_ids((2, 2, steps), 9, seed)
    lengths = np.array([steps, steps // 2])
    whole, state = model.nll(ids, targets, lengths=lengths, return_state=True)
    _, from_predict = model.predict(ids, lengths=lengths, return_state=True)
    assert flat(state) == flat(from_predict)
    cut = steps // 3
    first, state = model.nll(
        ids[:, :cut], targets[:, :cut], lengths=np.minimum(lengths, cut), return_state=True
    )
    second = model.nll(
        ids[:, cut:], targets[:, cut:], lengths=np.maximum(lengths - cut, 0), initial_state=state
    )
    assert np.concatenate([first, second], axis=1).tobytes() == whole.tobytes()


@given(st.integers(1, 4), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_losses_are_those_of_the_probabilities(rows: int, steps: int, seed: int) -> None:
    ids, targets = random_ids((2, rows, steps), VOCABULARY, seed)
    losses = LANGUAGE_MODEL.nll(ids, targets)
    probabilities = LANGUAGE_MODEL.predict(ids).astype(np.float64)
    chosen = np.take_along_axis(probabilities, targets[..., None], axis=-1)[..., 0]
    # A float32 probability is good to some 1e-7 of itself, hence its logarithm to some 1e-7.
    np.testing.assert_allclose(losses, -np.log(chosen), rtol=0, atol=2e-6)


def heads() -> dict[str, list[Any]]:
    return {
        "logits": [Dense(VOCABULARY)],
        "softmax": [Dense(VOCABULARY, activation="softmax")],
        "separate softmax": [Dense(VOCABULARY), Activation("softmax")],
    }


@pytest.mark.parametrize("head", heads())
def test_every_head_gives_the_same_losses(head: str) -> None:
    ids, targets = random_ids((2, 3, 8), VOCABULARY)
    layers = [Embedding(VOCABULARY, 4), LSTM(9, return_sequences=True)]
    expected = build([*layers, *heads()["logits"]]).nll(ids, targets)
    model = build([*layers, *heads()[head]])
    assert model.is_language_model
    assert model.nll(ids, targets).tobytes() == expected.tobytes()


def masked(values: npt.NDArray[Any], mask: npt.NDArray[np.bool_]) -> bytes:
    return values[mask].tobytes()


@given(st.integers(1, 4), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_what_masked_steps_hold_does_not_matter(rows: int, steps: int, seed: int) -> None:
    model = build([LSTM(6, return_sequences=True, input_shape=(None, 3)), LSTM(5)], features=3)
    features = random_features((rows, steps, 3), seed)
    mask = np.random.default_rng(seed).random((rows, steps)) < 0.5
    spoilt = features.copy()
    spoilt[~mask] = np.nan
    expected, found = (model.predict(x, mask=mask) for x in (features, spoilt))
    assert found.tobytes() == expected.tobytes()


@given(st.integers(1, 4), st.integers(1, 9), st.integers(0, 2**32 - 1))
def test_masked_losses_are_zero_and_the_others_unchanged(rows: int, steps: int, seed: int) -> None:
    ids, targets = random_ids((2, rows, steps), VOCABULARY, seed)
    ignored = np.random.default_rng(seed).random((rows, steps)) < 0.3
    losses = LANGUAGE_MODEL.nll(ids, np.where(ignored, -100, targets))
    assert not losses[ignored].any()
    assert masked(losses, ~ignored) == masked(LANGUAGE_MODEL.nll(ids, targets), ~ignored)
