"""From text to ids."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.models import CharVocabulary, WordVocabulary
from lstmetrics.models.text import pad

WORDS = WordVocabulary(["", "<unk>", "good", "größe", "字"], pattern=r"\w+")
UNICODE = "aé字🎬\n\0 "


def test_words() -> None:
    ids, lengths = WORDS.encode(["Good GOOD, bad", "GRÖSSE Größe", "字 字", "🎬"])
    assert ids.tolist() == [[2, 2, 1], [1, 3, 0], [4, 4, 0], [1, 0, 0]]
    assert lengths.tolist() == [3, 2, 2, 1]
    assert ids.dtype == lengths.dtype == np.int64
    assert len(WORDS) == 5


def test_a_text_without_words_is_one_unknown_word() -> None:
    assert WORDS.tokens_of("") == WORDS.tokens_of(" ?! ") == [1]


def test_case_is_kept_where_asked_for() -> None:
    words = WordVocabulary(["?", "Good", "good"], pattern=r"[A-Za-z]+", lower=False, unknown=0)
    assert words.tokens_of("Good good GOOD") == [1, 2, 0]


def test_only_so_many_words() -> None:
    assert WordVocabulary(["", "?", "a"], max_length=2).tokens_of("a b a a") == [2, 1]


@pytest.mark.parametrize(
    "pattern", [r"\w+", r"\S+", r"\d+", "[a-z]+", "[^ ]+", r"[\w'-]+", r"[\]]+"]
)
def test_patterns_that_are_taken(pattern: str) -> None:
    assert WordVocabulary(["", "a"], pattern=pattern).pattern == pattern


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "a+b+", "[a-z]", "[a-z]*", ".+", "[a-z]++", "", "[+", "[z-a]+", r"\s+", 7]
)
def test_patterns_that_are_refused(pattern: Any) -> None:
    with pytest.raises(InvalidValueError, match="pattern must be"):
        WordVocabulary(["", "a"], pattern=pattern)


@pytest.mark.parametrize("pattern", ["[a--b]+", "[a&&b]+", "[a||b]+", "[~~a]+"])
def test_patterns_of_doubtful_meaning_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidValueError, match="pattern must be"):
        WordVocabulary(["", "a"], pattern=pattern)


REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "one string": (lambda: WordVocabulary("abc"), InvalidTypeError, "sequence of strings"),
    "numbers": (lambda: WordVocabulary([1, 2]), InvalidTypeError, "sequence of strings"),
    "no words": (lambda: WordVocabulary(["", ""]), InvalidValueError, "at least one token"),
    "a word twice": (lambda: WordVocabulary(["a", "b", "a"]), InvalidValueError, "not repeat"),
    "unknown id": (lambda: WordVocabulary(["a"], unknown=1), InvalidValueError, "id from 0 to 0"),
    "unknown text": (lambda: WordVocabulary(["a"], unknown="?"), InvalidValueError, "got '\\?'"),
    "length of 0": (lambda: WordVocabulary(["", "a"], max_length=0), InvalidValueError, "max_len"),
    "two characters": (lambda: CharVocabulary(["ab"]), InvalidValueError, "single characters"),
    "characters twice": (lambda: CharVocabulary("aa"), InvalidValueError, "not repeat"),
    "unknown character": (
        lambda: CharVocabulary("ab", unknown=-1),
        InvalidValueError,
        "unknown must be an id from 0 to 1",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    make, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        make()


def test_characters() -> None:
    characters = CharVocabulary(UNICODE)
    assert characters.tokens_of("🎬字\0") == [3, 2, 5]
    ids, lengths = characters.encode(["", "é"])
    assert ids.tolist() == [[0], [1]]
    assert lengths.tolist() == [0, 1]


def test_a_character_without_an_id() -> None:
    with pytest.raises(InvalidValueError, match="character 'z' at position 2 is not in the vocab"):
        CharVocabulary("ab").tokens_of("abz")
    assert CharVocabulary("ab", unknown=0).tokens_of("abz") == [0, 1, 0]


@given(st.text(alphabet=UNICODE))
def test_characters_come_back(text: str) -> None:
    assert "".join(UNICODE[i] for i in CharVocabulary(UNICODE).tokens_of(text)) == text


@given(st.text())
def test_any_text_has_words(text: str) -> None:
    ids = WORDS.tokens_of(text)
    assert ids
    assert all(0 < i < len(WORDS) for i in ids)


@pytest.mark.parametrize("vocabulary", [WORDS, CharVocabulary("ab")])
def test_texts_are_a_list_of_strings(vocabulary: Any) -> None:
    with pytest.raises(InvalidTypeError, match="got one string"):
        vocabulary.encode("good")
    with pytest.raises(InvalidTypeError, match="item 1 must be a string, got 7"):
        vocabulary.encode(["a", 7])
    assert vocabulary.encode([])[0].shape == (0, 0)


@pytest.mark.parametrize("vocabulary", [WORDS, CharVocabulary(UNICODE, unknown=2)])
def test_config_makes_the_same(vocabulary: Any) -> None:
    again = type(vocabulary)(**vocabulary.get_config())
    assert again.get_config() == vocabulary.get_config()


@given(st.lists(st.lists(st.integers(0, 2**62), max_size=5), max_size=5))
def test_pad(sequences: list[list[int]]) -> None:
    ids, lengths = pad(sequences)
    assert ids.shape == (len(sequences), max(map(len, sequences), default=0))
    for row, length, sequence in zip(ids.tolist(), lengths, sequences, strict=True):
        assert row[:length] == sequence
        assert not any(row[length:])


@pytest.mark.parametrize("bad", [[[1], [0.5]], [[1], 2], [[[1]], [2, 3]], [["a"]]])
def test_pad_takes_lists_of_integers(bad: Any) -> None:
    with pytest.raises(InvalidTypeError, match="must hold integer ids"):
        pad(bad)
