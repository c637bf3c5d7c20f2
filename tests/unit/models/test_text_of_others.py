"""Texts through tokenizer.json and through functions of the user's."""

from __future__ import annotations

import copy
import json
import pickle
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmetrics import load_model
from lstmetrics.errors import FormatError, InvalidTypeError, InvalidValueError, UnsupportedError
from lstmetrics.models import LSTM, Dense, Embedding, FunctionVocabulary, HuggingFaceTokenizer
from lstmetrics.models import Sequential as Chain
from support.random_models import give_weights

tokenizers = pytest.importorskip("tokenizers")

WORDS = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "good": 3, "bad": 4, "film": 5, "é": 6}
TEXTS = ["Good film", "bad", "", "good unseen bad é"]


def tokenizer(*, pad: bool = False, length: int | None = None) -> Any:
    made = tokenizers.Tokenizer(tokenizers.models.WordLevel(WORDS, unk_token="[UNK]"))
    made.normalizer = tokenizers.normalizers.Lowercase()
    made.pre_tokenizer = tokenizers.pre_tokenizers.Whitespace()
    made.post_processor = tokenizers.processors.TemplateProcessing(
        single="[CLS] $A", special_tokens=[("[CLS]", 2)]
    )
    if pad:
        made.enable_padding(direction="left", pad_id=0, pad_token="[PAD]", length=6)
    if length:
        made.enable_truncation(length)
    return made


def model(text: Any, seed: int = 0) -> Chain:
    made = Chain([Embedding(9, 4), LSTM(3), Dense(2)], text=text)
    for index, layer in enumerate(made.layers):
        give_weights(layer, [0, 4, 3][index], seed + index)
    return made


def test_ids_are_the_tokenizers() -> None:
    text = HuggingFaceTokenizer(tokenizer(length=4).to_str())
    ids, lengths = text.encode(TEXTS)
    assert [row[:n].tolist() for row, n in zip(ids, lengths, strict=True)] == [
        [2, 3, 5],
        [2, 4],
        [2],
        [2, 3, 1, 4],
    ]
    assert len(text) == 7
    assert text.tokens_of("bad film") == [2, 4, 5]


def test_padding_of_the_file_is_kept() -> None:
    ids, lengths = HuggingFaceTokenizer(tokenizer(pad=True).to_str()).encode(TEXTS[:2])
    assert ids.tolist() == [[0, 0, 0, 2, 3, 5], [0, 0, 0, 0, 2, 4]]
    assert lengths.tolist() == [6, 6]


def test_it_goes_with_the_model(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(tokenizer().to_str(), encoding="utf-8")
    text = HuggingFaceTokenizer.from_file(path)
    made = model(text)
    made.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    expected = made.predict([text.tokens_of(one) for one in TEXTS])
    for one in (made, again, copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert one.predict(TEXTS).tobytes() == expected.tobytes()


@pytest.mark.parametrize("padding", [{"length": 2**40}, {"pad_to_multiple_of": 2**40}])
def test_padding_that_would_fill_the_memory(padding: Any) -> None:
    made = tokenizer()
    made.enable_padding(**padding)
    with pytest.raises(FormatError, match=r"pads each text by \w+=1099511627776, .* 1048576 ids"):
        HuggingFaceTokenizer(made.to_str())


def test_files_at_which_tokenizers_gives_up() -> None:
    """Rust's panics are no Exceptions; they are FormatErrors here."""
    entry = json.loads(tokenizer().to_str())
    entry["post_processor"]["special_tokens"] = {}
    text = HuggingFaceTokenizer(json.dumps(entry))
    for run in (lambda: text.encode(TEXTS), lambda: text.tokens_of("good")):
        with pytest.raises(FormatError, match=r"tokenizer\.json: it cannot encode"):
            run()
    pieces = tokenizers.Tokenizer(tokenizers.models.BPE({"a": 0, "aa": 1}, [("a", "a")]))
    entry = json.loads(pieces.to_str())
    entry["model"]["continuing_subword_prefix"] = "x" * 300
    with pytest.raises(FormatError, match=r"tokenizer\.json: not a tokenizer"):
        HuggingFaceTokenizer(json.dumps(entry))


def test_what_is_no_tokenizer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FormatError, match="not a tokenizer"):
        HuggingFaceTokenizer('{"model": 3}')
    with pytest.raises(InvalidTypeError, match="json must be a string"):
        HuggingFaceTokenizer(b"{}")  # type: ignore[arg-type]
    path = tmp_path / "tokenizer.json"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(FormatError, match=r"tokenizer.json: not a tokenizer.json"):
        HuggingFaceTokenizer.from_file(path)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(ImportError, match=r"lstmetrics\[text\]"):
        HuggingFaceTokenizer("{}")


def test_any_function() -> None:
    made = model(lambda text: [len(word) % 9 for word in text.split()])
    assert isinstance(made.text, FunctionVocabulary)
    found = made.predict(["a bcd ef", "ghij"])
    assert np.array_equal(found, made.predict([[1, 3, 2], [4]]))


def test_a_function_is_not_saved(tmp_path: Path) -> None:
    made = model(str.split)
    with pytest.raises(UnsupportedError, match="text is a function, which cannot be saved"):
        made.save(tmp_path / "model.safetensors")
    assert not list(tmp_path.iterdir())
    made.text = None
    made.save(tmp_path / "model.safetensors")


def test_functions_that_give_something_else() -> None:
    with pytest.raises(InvalidValueError, match="must return a sequence of whole numbers"):
        model(str.split).predict(["a b"])
    with pytest.raises(InvalidTypeError, match="a Vocabulary or a function, got str"):
        model("words")
    with pytest.raises(InvalidTypeError, match="function must be callable"):
        FunctionVocabulary("x")  # type: ignore[arg-type]
