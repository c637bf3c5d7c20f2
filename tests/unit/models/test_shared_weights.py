"""An embedding's table in a native file is used where it lies: processes share its memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from lstmetrics import load_model
from lstmetrics.models import LSTM, Embedding, Sequential
from support.memory import needs_true_memory, printed_by
from support.random_models import random_ids, random_weights

CODE = """
import sys
import lstmetrics
from support.memory import kilobytes

lstmetrics.load_model(sys.argv[1]).predict([[1, 2, 3]])
before = kilobytes("RssAnon")
model = lstmetrics.load_model(sys.argv[2])
model.predict([list(range(0, 40000, 16))])
print(kilobytes("RssAnon") - before)
"""


PACKED = """
import numpy as np
from lstmetrics.models import LSTM, Dense, Embedding, Sequential
from support.memory import kilobytes

shapes = [(10, 4), (4, 256), (64, 256), (256,), (64, 65_536), (65_536,)]
weights = [np.ones(shape, np.float32) for shape in shapes]  # 16 MB
model = Sequential([Embedding(10, 4), LSTM(64, return_sequences=True), Dense(65_536, "softmax")])
before = kilobytes("VmHWM")
model.set_weights(weights)
print(kilobytes("VmHWM") - before)
"""


def model(vocabulary: int) -> Sequential:
    made = Sequential([Embedding(vocabulary, 100), LSTM(3)])
    made.set_weights(random_weights([(vocabulary, 100), (100, 12), (3, 12), (12,)], 1))
    return made


@needs_true_memory
def test_a_mapped_table_is_not_copied(tmp_path: Path) -> None:
    model(10).save(tmp_path / "small.safetensors")
    model(40_000).save(tmp_path / "large.safetensors")  # 16 MB
    (grown,) = printed_by(CODE, *sorted(tmp_path.iterdir(), reverse=True))
    assert grown < 4_000  # kilobytes


@needs_true_memory
def test_packed_weights_are_made_once_and_of_no_copy() -> None:
    (grown,) = printed_by(PACKED)
    assert grown < 22_000  # kilobytes


def test_weights_that_can_be_written_are_copied() -> None:
    made = model(20)
    ids = random_ids((2, 5), 20)
    before = made.predict(ids)
    for layer in made.layers:
        for weight in layer.weights.values():
            weight[:] = 0
    assert made.predict(ids).tobytes() == before.tobytes()


def test_a_model_outlives_its_file(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model(20).save(path)
    ids = random_ids((2, 5), 20)
    loaded = load_model(path)
    path.unlink()
    loaded.layers[0].weights.clear()
    expected = model(20).predict(ids)
    assert np.array_equal(loaded.predict(ids), expected)
