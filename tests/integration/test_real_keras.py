"""Real models of Keras: a classifier of app reviews, and the segmentation of Thai into words."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics.models import (
    LSTM,
    Bidirectional,
    CharVocabulary,
    Dense,
    Embedding,
    Sequential,
    TimeDistributed,
    Tokenizer,
)
from support import real_data


def tokenizer(word_index: dict[str, int]) -> Tokenizer:
    return Tokenizer(word_index, num_words=5000, oov_token="<OOV>", maxlen=20)


def test_a_classifier_of_app_reviews() -> None:
    folder = real_data.find("spotify_lstm_keras29")
    model = lstmetrics.load_model(folder / "model.h5")
    word_index = json.loads((folder / "word_index.json").read_text(encoding="utf-8"))
    ids, _ = tokenizer(word_index).encode(["Great music service,"])
    (probability,) = model.predict(ids)[0]
    assert round(float(probability), 6) == 0.784992


def test_it_loads_in_no_time() -> None:
    """1.4 MB with the optimizer's state, in the processor's time: machines have other work, too."""
    path = real_data.find("spotify_lstm_keras29") / "model.h5"
    lstmetrics.load_model(path)  # what the first import of h5py takes is not the model's
    times = []
    for _ in range(20):
        start = time.thread_time()
        lstmetrics.load_model(path)
        times.append(time.thread_time() - start)
    assert min(times) < 0.020


def thai_model(given: dict[str, Any]) -> Sequential:
    mats = {k: np.array(given[f"mat{k}"], np.float32) for k in range(1, 10)}
    characters = sorted(given["dic"], key=given["dic"].get)
    (rows, size), units = mats[1].shape, mats[3].shape[0]
    # The row behind the characters is that of all others; the model may have more of them.
    unknown = len(characters)
    vocabulary = CharVocabulary([*characters, *([""] * (rows - unknown))], unknown=unknown)
    model = Sequential(
        [
            Embedding(rows, size),
            Bidirectional(LSTM(units, return_sequences=True)),
            TimeDistributed(Dense(4, activation="softmax")),
        ],
        text=vocabulary,
    )
    model.set_weights([mats[k] for k in range(1, 10)])
    return model


def segmentations(text: str) -> Iterator[tuple[str, str]]:
    fields = [line.split("\t", 1) for line in text.splitlines() if "\t" in line]
    inputs = [value for name, value in fields if name == "Input:"]
    outputs = [value for name, value in fields if name == "Output:"]
    yield from zip(inputs, outputs, strict=True)


def test_the_segmentations_of_thai() -> None:
    folder = real_data.find("icu_thai_bilstm")
    name = "Thai_codepoints_exclusive_model5_heavy"
    given = json.loads((folder / f"{name}.weights.json").read_text(encoding="utf-8"))
    arrays = {key: np.reshape(x["data"], x["dim"]) for key, x in given.items() if "mat" in key}
    model = thai_model(given | arrays)
    text = (folder / f"{name}_Test.txt").read_text(encoding="utf-8")
    cases = list(segmentations(text))
    assert len(cases) == 46
    probabilities = model.predict([one for one, _ in cases])
    for (sentence, right), row in zip(cases, probabilities, strict=True):
        kinds = row[: len(sentence)].argmax(axis=-1)  # b, i, e, s: a word starts at b and at s
        words = "".join(
            f"|{char}" if kind in (0, 3) else char
            for char, kind in zip(sentence, kinds, strict=True)
        )
        assert f"{words}|" == right


def test_reviews_as_text(tmp_path: Any) -> None:
    """A model with its tokenizer is one file, and takes raw strings."""
    folder = real_data.find("spotify_lstm_keras29")
    word_index = json.loads((folder / "word_index.json").read_text(encoding="utf-8"))
    read = lstmetrics.load_model(folder / "model.h5")
    assert isinstance(read, Sequential)
    model = Sequential(read.layers, text=tokenizer(word_index))
    model.save(tmp_path / "reviews.safetensors")
    again = lstmetrics.load_model(tmp_path / "reviews.safetensors")
    texts = ["Great music service,", "", "it crashes all the time & wastes my money"]
    found = again.predict(texts)
    np.testing.assert_array_equal(found, model.predict(texts))
    assert found[0, 0] == pytest.approx(0.784992, abs=5e-7)
