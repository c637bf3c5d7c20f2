"""What must not change a single bit: how the rows are batched, threaded, ordered and computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import runtime
from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential
from support.random_models import build, random_ids, random_states

VOCABULARY = 30
MODELS = {
    "classifier": lambda: [LSTM(19), Dense(3, activation="softmax")],
    "bidirectional": lambda: [
        Bidirectional(LSTM(9, return_sequences=True)),
        LSTM(33),
        Dense(1, "sigmoid"),
    ],
    "language model": lambda: [
        LSTM(20, return_sequences=True),
        LSTM(17, return_sequences=True),
        Dense(VOCABULARY, activation="softmax"),
    ],
}


@dataclass
class Batch:
    model: Sequential
    ids: npt.NDArray[np.int64]
    mask: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.int64]
    states: list[Any]

    def run(self, rows: Any = slice(None), **options: Any) -> list[npt.NDArray[Any]]:
        """Outputs and final states of some rows, as one list of arrays."""
        values, states = self.model.predict(
            self.ids[rows],
            mask=self.mask[rows],
            lengths=self.lengths[rows],
            initial_state=[(hidden[rows], cell[rows]) for hidden, cell in self.states],
            return_state=True,
            **options,
        )
        return [values, *(array for pair in states for array in pair)]


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    """A model and up to nine rows, masked at random."""
    seed = draw(st.integers(0, 2**32 - 1))
    rows, steps = draw(st.integers(1, 9)), draw(st.integers(1, 12))
    layers = MODELS[draw(st.sampled_from(sorted(MODELS)))]()
    model = build([Embedding(VOCABULARY, 5, mask_zero=draw(st.booleans())), *layers], seed=seed)
    generator = np.random.default_rng(seed)
    return Batch(
        model,
        random_ids((rows, steps), VOCABULARY, seed),
        generator.random((rows, steps)) < 0.8,
        generator.integers(0, steps + 1, rows),
        random_states(model, rows, seed),
    )


def assert_same_bits(found: list[npt.NDArray[Any]], expected: list[npt.NDArray[Any]]) -> None:
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape
        assert a.tobytes() == b.tobytes()


@given(batches(), st.integers(1, 12))
def test_batch_size(batch: Batch, batch_size: int) -> None:
    assert_same_bits(batch.run(batch_size=batch_size), batch.run())


@given(batches(), st.integers(1, 6))
def test_threads(batch: Batch, threads: int) -> None:
    expected = batch.run()
    runtime.set_num_threads(threads)
    assert_same_bits(batch.run(), expected)


@pytest.mark.parametrize("level", runtime.available_isa_levels())
@settings(max_examples=40)
@given(batches())
def test_isa_level(level: str, batch: Batch) -> None:
    runtime.set_isa("auto")
    expected = batch.run()
    runtime.set_isa(level)
    assert_same_bits(batch.run(), expected)


@given(batches(), st.randoms(use_true_random=False))
def test_order_of_rows(batch: Batch, random: Any) -> None:
    order = list(range(len(batch.ids)))
    random.shuffle(order)
    assert_same_bits(batch.run(order), [array[order] for array in batch.run()])


@given(batches(), st.data())
def test_splitting_the_batch(batch: Batch, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(batch.ids)))
    parts = zip(batch.run(slice(0, cut)), batch.run(slice(cut, None)), strict=True)
    assert_same_bits([np.concatenate(pair) for pair in parts], batch.run())


@given(batches(), st.integers(1, 40))
def test_longer_padding(batch: Batch, more: int) -> None:
    padded = Batch(
        batch.model,
        np.pad(batch.ids, ((0, 0), (0, more))),
        np.pad(batch.mask, ((0, 0), (0, more)), constant_values=True),
        batch.lengths,
        batch.states,
    )
    values, *states = padded.run()
    if len(batch.model.output_shape) == 3:
        values = values[:, : batch.ids.shape[1]]
    assert_same_bits([values, *states], batch.run())


@pytest.mark.parametrize("threads", [1, 2])
def test_many_rows_of_uneven_length(threads: int) -> None:
    """Rows run beside others of like length, and come back to where they were."""
    runtime.set_num_threads(threads)
    rows, steps = 90, 40
    model = build([Embedding(VOCABULARY, 5), *MODELS["language model"]()], seed=3)
    generator = np.random.default_rng(3)
    ids = random_ids((rows, steps), VOCABULARY, 3)
    targets = random_ids((rows, steps), VOCABULARY, 4)
    ways: tuple[dict[str, Any], ...] = (
        {"lengths": generator.integers(0, steps + 1, rows)},
        {"mask": generator.random((rows, steps)) < generator.random((rows, 1))},
    )
    for way in ways:
        found = model.token_losses(ids, targets, **way)
        for row in range(rows):
            one = slice(row, row + 1)
            own = {name: array[one] for name, array in way.items()}
            alone = model.token_losses(ids[one], targets[one], **own)
            for all_rows, of_row in zip(found[:3], alone[:3], strict=True):
                assert all_rows[one].tobytes() == of_row.tobytes()
            for state, own_state in zip(found[3], alone[3], strict=True):
                for all_rows, of_row in zip(state, own_state, strict=True):
                    assert all_rows[one].tobytes() == of_row.tobytes()


def test_losses_of_many_positions_are_those_of_what_counts_alone() -> None:
    """More positions than logits are held for at once; padding in front, between and behind."""
    generator = np.random.default_rng(3)
    layers = [LSTM(20, return_sequences=True), Dense(VOCABULARY)]
    model = build([Embedding(VOCABULARY, 8), *layers], seed=3)
    rows, steps = 7, 150
    ids = generator.integers(0, VOCABULARY, (rows, steps))
    targets = generator.integers(0, VOCABULARY, (rows, steps))
    starts, ends = np.array([[0, 1, 0, 40, 149, 60, 0], [150, 150, 150, 90, 150, 60, 3]])[..., None]
    at = np.arange(steps)
    mask = (at >= starts) & (at < ends) & (at % 50 != 33)
    loss, counted, correct, _ = model.token_losses(ids, targets, mask=mask)
    assert counted.astype(bool).tobytes() == mask.tobytes()
    for row in np.flatnonzero(mask.any(axis=1)):
        kept = mask[row]
        alone = model.token_losses(ids[row, kept][None], targets[row, kept][None])
        for found, expected in zip((loss, counted, correct), alone[:3], strict=True):
            assert found[row, kept].tobytes() == expected.tobytes()
