"""Text as Keras reads it; expected values are what tf_keras 2.21 and Keras 3.15 give."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics.errors import (
    FormatError,
    InvalidTypeError,
    InvalidValueError,
    UnsupportedError,
)
from lstmetrics.models import (
    LSTM,
    Embedding,
    Sequential,
    TextVectorization,
    Tokenizer,
    pad_sequences,
)
from support.keras_files import arrays, layer, lstm, lstm_shapes, sequential, tensor, write_archive

INDEX = {"<oov>": 1, "the": 2, "cat": 3, "sat": 4, "don't": 5, "é": 6}


@pytest.mark.parametrize(
    ("options", "text", "right"),
    [
        ({}, "The cat, the CAT!", [2, 3, 2, 3]),
        ({}, "the-cat\tsat\nthere", [2, 3, 4]),
        ({"oov_token": "<oov>"}, "the dog sat", [2, 1, 4]),
        ({"num_words": 4}, "the cat sat", [2, 3]),
        ({"num_words": 4, "oov_token": "<oov>"}, "the cat sat dog", [2, 3, 1, 1]),
        ({"lower": False}, "The cat", [3]),
        ({"filters": ""}, "cat, cat", [3]),
        ({"filters": "x", "split": "_"}, "the_catxsat", [2, 3, 4]),
        ({}, "don't É", [5, 6]),
        ({}, "", []),
        ({}, "  ,, ", []),
    ],
)
def test_a_tokenizer(options: dict[str, Any], text: str, right: list[int]) -> None:
    tokenizer = Tokenizer(INDEX, **options)
    assert tokenizer.texts_to_sequences([text]) == [right]
    assert tokenizer.tokens_of(text) == right
    ids, lengths = tokenizer.encode([text, "cat"])
    assert lengths[0] == len(right)
    assert ids[0, : len(right)].tolist() == right


def test_words_that_are_given_as_words() -> None:
    assert Tokenizer(INDEX).texts_to_sequences([["The", "cat, ", "cat"]]) == [[2, 3]]


def test_characters() -> None:
    tokenizer = Tokenizer({"a": 1, " ": 2, "!": 3}, char_level=True)
    assert tokenizer.texts_to_sequences(["A a!b"]) == [[1, 2, 1, 3]]


@pytest.mark.parametrize(("padding", "truncating"), [("pre", "post"), ("post", "pre")])
def test_padded_to_a_length(padding: str, truncating: str) -> None:
    tokenizer = Tokenizer(INDEX, maxlen=2, padding=padding, truncating=truncating)
    ids, lengths = tokenizer.encode(["the", "the cat sat", ""])
    short = [0, 2] if padding == "pre" else [2, 0]
    long = [3, 4] if truncating == "pre" else [2, 3]
    assert ids.tolist() == [short, long, [0, 0]]
    assert lengths.tolist() == [2, 2, 2]  # padding is read as it was in training


def test_the_json_of_keras() -> None:
    config = {
        "num_words": 5,
        "filters": "!",
        "lower": True,
        "split": " ",
        "char_level": False,
        "oov_token": "<oov>",
        "document_count": 3,
        "word_counts": "{}",
        "word_docs": "{}",
        "index_docs": "{}",
        "index_word": "{}",
        "word_index": json.dumps(INDEX),
    }
    text = json.dumps({"class_name": "Tokenizer", "config": config})
    tokenizer = Tokenizer.from_json(text, maxlen=3)
    assert tokenizer.encode(["the! Don't"])[0].tolist() == [[0, 2, 1]]
    assert len(tokenizer) == 5
    again = Tokenizer(**tokenizer.get_config())
    assert again.get_config() == tokenizer.get_config()
    for broken in ("", "[]", "{}", '{"config": {"word_index": "x"}}'):
        with pytest.raises(FormatError, match="not the JSON of a Keras Tokenizer"):
            Tokenizer.from_json(broken)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"word_index": {}}, InvalidTypeError),
        ({"word_index": {"a": 0}}, InvalidValueError),
        ({"word_index": {"a": 1.5}}, InvalidTypeError),
        ({"word_index": {3: 1}}, InvalidTypeError),
        ({"word_index": {"a": 1}, "oov_token": "b"}, InvalidValueError),
        ({"word_index": {"a": 1}, "padding": "left"}, InvalidValueError),
        ({"word_index": {"a": 1}, "split": ""}, InvalidTypeError),
        ({"word_index": {"a": 1}, "maxlen": 0}, InvalidValueError),
    ],
)
def test_tokenizers_that_cannot_be(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error, match="Tokenizer"):
        Tokenizer(**arguments)


@pytest.mark.parametrize(
    ("options", "right"),
    [
        ({}, [[0, 0, 1], [1, 2, 3]]),
        ({"padding": "post"}, [[1, 0, 0], [1, 2, 3]]),
        ({"maxlen": 2}, [[0, 1], [2, 3]]),
        ({"maxlen": 2, "truncating": "post"}, [[0, 1], [1, 2]]),
        ({"maxlen": 4, "value": 9}, [[9, 9, 9, 1], [9, 1, 2, 3]]),
    ],
)
def test_pad_sequences(options: dict[str, Any], right: list[list[int]]) -> None:
    found = pad_sequences([[1], [1, 2, 3]], **options)
    assert found.dtype == np.int32
    assert found.tolist() == right


def test_pad_sequences_of_nothing() -> None:
    assert pad_sequences([]).shape == (0, 0)
    assert pad_sequences([[], [1]], maxlen=1).tolist() == [[0], [1]]


WORDS = ["the", "cat", "sat", "the cat", "cat sat", "É", "é", "don't", "dont"]


@pytest.mark.parametrize(
    ("options", "text", "right"),
    [
        ({}, "The CAT, sat!", [2, 3, 4]),
        ({}, "the\u00a0cat", [1]),  # no white space of ASCII's
        ({}, "É é don't", [7, 8, 10]),  # only A to Z are lowered
        ({"standardize": "lower"}, "Don't the cat,", [9, 2, 1]),
        ({"standardize": "strip_punctuation"}, "the-cat The", [1, 1]),
        ({"standardize": None}, "don't The", [9, 1]),
        ({"split": None}, "The cat", [5]),
        ({"split": None}, "!", [0]),
        ({"split": "character"}, "É!", [7]),
        ({"ngrams": 2}, "the cat sat", [2, 3, 4, 5, 6]),
        ({"ngrams": (2,)}, "the cat sat", [5, 6]),
        ({"ngrams": (2, 1)}, "the cat", [5, 2, 3]),
        ({"ngrams": (3,)}, "the cat", []),
        ({}, " \t\n", []),
    ],
)
@pytest.mark.parametrize("special", [[], [""], ["", "[UNK]"], ["[UNK]"]])
def test_a_text_vectorization(
    options: dict[str, Any], text: str, right: list[int], special: list[str]
) -> None:
    layer_of_text = TextVectorization([*special, *WORDS], **options)
    assert layer_of_text.tokens_of(text) == right
    assert len(layer_of_text) == 11
    again = TextVectorization(**layer_of_text.get_config())
    assert again.tokens_of(text) == right


def test_a_text_vectorization_of_a_fixed_length() -> None:
    vocabulary = TextVectorization(WORDS, output_sequence_length=3)
    ids, lengths = vocabulary.encode(["the", "the cat sat the", ""])
    assert ids.tolist() == [[2, 0, 0], [2, 3, 4], [0, 0, 0]]
    assert lengths.tolist() == [3, 3, 3]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"vocabulary": "the cat"}, InvalidTypeError),
        ({"vocabulary": ["a", "a"]}, InvalidValueError),
        ({"vocabulary": ["a", ""]}, InvalidValueError),
        ({"vocabulary": ["a"], "split": "words"}, InvalidValueError),
        ({"vocabulary": ["a"], "standardize": "upper"}, InvalidValueError),
        ({"vocabulary": ["a"], "ngrams": 0}, InvalidValueError),
    ],
)
def test_text_vectorizations_that_cannot_be(
    arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error, match="TextVectorization"):
        TextVectorization(**arguments)


# ---- in files -----------------------------------------------------------------------------------

GIVEN = arrays([(4, 4), *lstm_shapes(4, 3)])


def vectorization(**config: Any) -> dict[str, Any]:
    own = {"max_tokens": None, "output_mode": "int", "vocabulary": None, "ragged": False}
    own |= {"standardize": "lower_and_strip_punctuation", "split": "whitespace", "ngrams": None}
    own |= {"output_sequence_length": None, "pad_to_max_tokens": False, "encoding": "utf-8"}
    own |= {"idf_weights": None, "sparse": False, "vocabulary_size": 4, "dtype": "string"}
    return layer("TextVectorization", "words", **(own | config))


def chain(**config: Any) -> dict[str, Any]:
    table = layer("Embedding", "table", input_dim=4, output_dim=4, mask_zero=True)
    start = layer("InputLayer", "text", batch_shape=[None, 1], dtype="string")
    return sequential([start, vectorization(**config), table, lstm("reader", 3)])


def written(path: Path, config: Any, **more: bytes) -> Path:
    weights = {"layers/embedding": GIVEN[:1], "layers/lstm/cell": GIVEN[1:4]}
    place = "assets/layers/text_vectorization/_lookup_layer/vocabulary.txt"
    assets = {place: more["vocabulary"]} if more else {}
    return write_archive(path, config, weights, more=assets)


def right_model() -> Sequential:
    model = Sequential([Embedding(4, 4, mask_zero=True), LSTM(3)])
    model.set_weights(GIVEN)
    return model


@pytest.mark.parametrize("where", ["config", "assets"])
@pytest.mark.parametrize("length", [None, 2, 5])
def test_a_model_that_takes_text(tmp_path: Path, where: str, length: int | None) -> None:
    if where == "config":
        config = chain(vocabulary=["good", "film"], output_sequence_length=length)
        path = written(tmp_path / "m.keras", config)
    else:
        config = chain(output_sequence_length=length)
        path = written(tmp_path / "m.keras", config, vocabulary=b"\n[UNK]\ngood\nfilm")
    model = lstmetrics.load_model(path)
    ids = [[1, 2, 3], [3, 0, 0]]
    if length is not None:
        ids = [[*row, 0, 0][:length] for row in ids]
    texts = ["A good, FILM!", "film"]
    for given in (texts, np.array(texts, object)[:, None]):
        np.testing.assert_array_equal(model.predict(given), right_model().predict(ids))
    model.save(tmp_path / "m.safetensors")
    ours = lstmetrics.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(ours.predict(texts), model.predict(texts))


def test_a_graph_that_takes_text(tmp_path: Path) -> None:
    entries = chain(vocabulary=["good", "film"])["config"]["layers"]
    names = [entry["config"]["name"] for entry in entries]
    for entry, name, before in zip(entries, names, [None, *names], strict=False):
        calls = [] if before is None else [{"args": [tensor(before)], "kwargs": {}}]
        entry |= {"name": name, "inbound_nodes": calls}
    ends = {"input_layers": ["text", 0, 0], "output_layers": [["reader", 0, 0]]}
    config = {"class_name": "Functional", "config": {"name": "f", "layers": entries, **ends}}
    model = lstmetrics.load_model(written(tmp_path / "m.keras", config))
    found = model.predict(["a good film"])
    np.testing.assert_array_equal(found, right_model().predict([[1, 2, 3]]))


@pytest.mark.parametrize(
    ("config", "match"),
    [
        (chain(), "the file does not hold its vocabulary"),
        (chain(output_mode="tf_idf"), "output_mode='tf_idf' is not supported"),
        (chain(ragged=True), "ragged=True is not supported"),
        (chain(standardize={"class_name": "function", "config": "f"}), "function of the user's"),
        (
            sequential([layer("InputLayer", "s", batch_shape=[None, 1], dtype="string")]),
            "takes strings, and no TextVectorization takes it",
        ),
    ],
)
def test_text_that_cannot_be_read(tmp_path: Path, config: Any, match: str) -> None:
    with pytest.raises(UnsupportedError, match=match):
        lstmetrics.load_model(written(tmp_path / "m.keras", config))
