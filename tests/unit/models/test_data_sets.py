"""``predict_each``: what it takes, what it refuses, how far ahead it reads, what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedError
from lstmetrics.models import (
    LSTM,
    CharVocabulary,
    Concatenate,
    Dense,
    Embedding,
    Input,
    Model,
    Sequential,
    Tokenizer,
    WordVocabulary,
)
from support.memory import needs_true_memory, printed_by
from support.random_models import build

WORDS = WordVocabulary(["", "<unk>", "good", "bad", "film"])
CLASSIFIER = build([Embedding(5, 3), LSTM(4), Dense(2, "softmax")], text=WORDS)
FEATURES = build([LSTM(4, input_shape=(None, 3))], features=3)


def test_texts_in_their_order() -> None:
    texts = ["good film", "", "bad bad bad film", "a film so good that nothing is bad"] * 50
    found = list(CLASSIFIER.predict_each(iter(texts), window=33))
    assert np.array_equal(found, [CLASSIFIER.predict([text])[0] for text in texts])
    assert np.array_equal(found, CLASSIFIER.predict(texts))


def test_a_tokenizer_that_pads_before() -> None:
    text = Tokenizer({"good": 1, "bad": 2}, maxlen=6)
    model = build([Embedding(5, 3, mask_zero=True), LSTM(4)], text=text)
    texts = ["good bad", "bad", "good good good bad bad bad bad good"]
    found = list(model.predict_each(texts))
    assert np.array_equal(found, model.predict(text.encode(texts)[0]))


def test_nothing_gives_nothing() -> None:
    assert list(CLASSIFIER.predict_each([])) == []


def test_values_of_every_step_have_their_own_length() -> None:
    model = build([Embedding(5, 3), LSTM(4, return_sequences=True)])
    shapes = [one.shape for one in model.predict_each([[1, 2], [1], [3, 4, 1]])]
    assert shapes == [(2, 4), (1, 4), (3, 4)]


def texts_until(error: Exception | None, count: int, seen: list[int]) -> Iterator[str]:
    for number in range(count):
        seen.append(number)
        yield "good film"
    if error is not None:
        raise error


def test_what_the_iterable_raises_passes_through() -> None:
    error = OSError("the disk is gone")
    before = CLASSIFIER.predict(["good film"])[0]
    given: list[Any] = []
    with pytest.raises(OSError, match="the disk is gone") as caught:
        given.extend(CLASSIFIER.predict_each(texts_until(error, 200, []), window=64))
    assert caught.value is error
    assert len(given) in {128, 192}  # whole windows
    assert all(np.array_equal(value, before) for value in given)
    assert np.array_equal(CLASSIFIER.predict(["good film"])[0], before)


def test_it_reads_no_more_than_a_window_ahead() -> None:
    seen: list[int] = []
    results = CLASSIFIER.predict_each(texts_until(None, 10_000, seen), window=100)
    assert not seen  # nothing before the first result is asked for
    next(results)
    assert len(seen) <= 100 + 64  # texts are encoded 64 at a time


REFUSED: dict[str, tuple[Model, Any, type[Exception], str]] = {
    "one string": (CLASSIFIER, "good film", InvalidTypeError, "must be an iterable .*, got str"),
    "no iterable": (CLASSIFIER, 3, InvalidTypeError, "must be an iterable .*, got int"),
    "an id too large": (CLASSIFIER, [[1]] * 70 + [[1, 5]], InvalidValueError, "id 5 at row 70, st"),
    "a negative id": (CLASSIFIER, [[1], [0, -1]], InvalidValueError, "id -1 at row 1, step 1"),
    "floats as ids": (CLASSIFIER, [[1], [2], [0.5]], InvalidTypeError, "sequence 2 must be integ"),
    "an array of ids": (CLASSIFIER, [[1], [[1], [2]]], ShapeError, "sequence 1 must be ids "),
    "one id": (CLASSIFIER, [1, 2, 3], ShapeError, "sequence 0 must be ids .*, got 0 dim"),
    "None": (CLASSIFIER, [[1], None], ShapeError, "sequence 1 must be ids .*, got 0 dim"),
    "no text": (CLASSIFIER, ["good", 3], InvalidTypeError, "sequence 1: .* must be a string"),
    "text among ids": (CLASSIFIER, [[1], "good"], InvalidTypeError, "sequence 1 is a string"),
    "no vocabulary": (FEATURES, ["good"], InvalidTypeError, "got raw strings, but the model"),
    "no features": (FEATURES, [np.zeros((2, 3)), [1.0]], ShapeError, "sequence 1 must be features"),
    "other features": (FEATURES, [np.zeros((2, 4))], ShapeError, r"found shape \(1, 2, 4\)"),
    "uneven features": (
        FEATURES,
        [np.zeros((2, 3)), np.zeros((2, 2))],
        ShapeError,
        "sequences 0 to 1 must have as many features each, got 2, 3",
    ),
    "a character": (
        build([Embedding(3, 2), LSTM(2)], text=CharVocabulary("abc")),
        ["ab"] * 100 + ["abz"],
        InvalidValueError,
        "sequence 100: text: character 'z' at position 2",
    ),
    "other steps": (
        build([Embedding(5, 3, input_length=4), LSTM(2)]),
        [[1, 2, 3, 4], [1, 2]],
        ShapeError,
        "row 1 has 2 timesteps, the model takes 4",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    model, sequences, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        list(model.predict_each(sequences, window=64))


def test_a_row_is_named_by_its_place_in_the_data_set() -> None:
    rows = [[1]] * 1000 + [[7]]
    results = CLASSIFIER.predict_each(iter(rows), window=64)
    with pytest.raises(InvalidValueError, match="id 7 at row 1000, step 0"):
        assert len([next(results) for _ in range(1001)]) == 0


@pytest.mark.parametrize("option", ["window", "batch_size"])
def test_sizes_are_checked_at_once(option: str) -> None:
    with pytest.raises(InvalidValueError, match=f"{option} must be a positive integer, got 0"):
        CLASSIFIER.predict_each([], **{option: 0})


def test_models_that_sequences_are_not_for() -> None:
    stateful = Sequential([Embedding(5, 3), LSTM(4, stateful=True)])
    stateful.set_weights([np.zeros(s) for s in [(5, 3), (3, 16), (4, 16), (16,)]])
    with pytest.raises(UnsupportedError, match="rows of a stateful model go on"):
        stateful.predict_each([[1]])
    left, right = Input((None, 2), name="left"), Input((None, 2), name="right")
    two = Model([left, right], Concatenate()([left, right]))
    with pytest.raises(ShapeError, match=r"the model has 2 \(left, right\): use predict"):
        two.predict_each([[1]])


def test_rows_shorter_than_a_model_of_fixed_steps_are_padded_as_ever() -> None:
    model = build([Embedding(5, 3, input_length=4), LSTM(2)])
    assert model.predict([[1, 2, 3, 4], [1, 2]]).shape == (2, 2)


# The length of the one long sequence, then of the others. A process of its own: what other tests
# have left behind would hide what is taken.
CODE = """
import sys
import numpy as np
from lstmetrics.models import LSTM, Dense, Embedding, Sequential
from support.memory import kilobytes
from support.random_models import build

longest, short, count = map(int, sys.argv[1:])
model = build([Embedding(50, 8), LSTM(64, return_sequences=True), LSTM(16), Dense(2)])
one = np.ones(short, np.int64)

def rows(count):
    for number in range(count):
        yield np.ones(longest, np.int64) if number == 50 else one

list(model.predict_each(rows(100), window=256))
before = kilobytes("VmHWM")
for _ in model.predict_each(rows(count), window=256):
    pass
print(before, kilobytes("VmHWM") - before)
"""


@needs_true_memory
def test_memory_grows_neither_with_the_data_set_nor_with_the_longest_row() -> None:
    _, grown = printed_by(CODE, 20_000, 20, 20_000)
    assert grown < 1_500  # kilobytes; padded, a window alone would take 41 MB of ids
    long, _ = printed_by(CODE, 20_000, 20, 1)
    short, _ = printed_by(CODE, 512, 512, 1)
    # One row of 20,000 steps of 64 values takes 5 MB; 32 rows together would take 164.
    assert long < short + 20_000
