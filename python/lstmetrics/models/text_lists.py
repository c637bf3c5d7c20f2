"""From text to ids by a list: of words, or of characters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.models._arguments import flag, positive
from lstmetrics.models.text import Vocabulary

__all__ = ["CharVocabulary", "WordVocabulary"]


class WordVocabulary(Vocabulary):
    r"""Words found by a regular expression, looked up in a list.

    Parameters
    ----------
    tokens : sequence of str
        The words in the order of their ids; ``""`` at ids that stand for no word (padding).
    pattern : str, default="[a-z0-9']+"
        What a word is: a regular expression of one character class, repeated, such as ``\w+`` or
        ``[a-z]+``. Anything richer is refused, since a pattern from a file could be made to hang.
    lower : bool, default=True
        Lower the text first.
    unknown : int, default=1
        The id of words that are not in the list, and of a text without any word.
    max_length : int, optional
        Keep only so many words from the start.

    Examples
    --------
    >>> from lstmetrics.models import WordVocabulary
    >>> words = WordVocabulary(["", "<unk>", "good", "bad"])
    >>> ids, lengths = words.encode(["Good, good!", "not bad at all"])
    >>> ids.tolist(), lengths.tolist()
    ([[2, 2, 0, 0], [1, 3, 1, 1]], [2, 4])
    """

    kind = "words"

    def __init__(
        self,
        tokens: Sequence[str],
        *,
        pattern: str = r"[a-z0-9']+",
        lower: bool = True,
        unknown: int = 1,
        max_length: int | None = None,
    ) -> None:
        self.tokens = _checked_tokens(tokens)
        self.lower = flag("WordVocabulary", "lower", lower)
        self.unknown = _checked_id("unknown", unknown, len(self.tokens))
        self.max_length = (
            None if max_length is None else positive("WordVocabulary", "max_length", max_length)
        )
        self._pattern = _checked_pattern(pattern)
        self._ids = {token: index for index, token in enumerate(self.tokens) if token}

    @property
    def pattern(self) -> str:
        """The regular expression of a word."""
        return self._pattern.pattern

    def __len__(self) -> int:
        return len(self.tokens)

    def tokens_of(self, text: str) -> list[int]:
        """Return the ids of one text."""
        words = [
            match.group() for match in self._pattern.finditer(text.lower() if self.lower else text)
        ]
        ids = [self._ids.get(word, self.unknown) for word in words[: self.max_length]]
        return ids or [self.unknown]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "tokens": self.tokens,
            "pattern": self.pattern,
            "lower": self.lower,
            "unknown": self.unknown,
            "max_length": self.max_length,
        }


class CharVocabulary(Vocabulary):
    """Characters, looked up in a list.

    Parameters
    ----------
    characters : sequence of str
        One character each, in the order of their ids; a string will do.
    unknown : int, optional
        The id of characters that are not in the list; without one they are an error.

    Examples
    --------
    >>> from lstmetrics.models import CharVocabulary
    >>> CharVocabulary("abc").tokens_of("cab")
    [2, 0, 1]
    """

    kind = "characters"

    def __init__(self, characters: Sequence[str], *, unknown: int | None = None) -> None:
        self.characters = _checked_tokens(list(characters))
        if any(len(character) > 1 for character in self.characters):
            raise InvalidValueError("characters must be single characters")
        self.unknown = (
            None if unknown is None else _checked_id("unknown", unknown, len(self.characters))
        )
        self._ids = {c: index for index, c in enumerate(self.characters) if c}

    def __len__(self) -> int:
        return len(self.characters)

    def tokens_of(self, text: str) -> list[int]:
        """Return the ids of one text; InvalidValueError for a character that has none."""
        if self.unknown is not None:
            return [self._ids.get(character, self.unknown) for character in text]
        try:
            return [self._ids[character] for character in text]
        except KeyError as error:
            character = error.args[0]
            raise InvalidValueError(
                f"text: character {character!r} at position {text.index(character)} is not in the "
                f"vocabulary of {len(self)} characters; give the vocabulary an unknown id or "
                "clean the text"
            ) from None

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"characters": self.characters, "unknown": self.unknown}


def _checked_pattern(pattern: str) -> re.Pattern[str]:
    try:
        simple = re.fullmatch(r"(\[(?:[^\[\]\\]|\\.)+\]|\\[wSd])\+", pattern) is not None
        if not simple or re.search(r"--|&&|\|\||~~", pattern):  # re may give these a meaning
            raise InvalidValueError(
                f"pattern must be one character class, repeated, such as '[a-z]+', got {pattern!r}"
            )
        return re.compile(pattern)
    except (re.error, TypeError) as error:
        raise InvalidValueError(
            f"pattern must be a regular expression, got {pattern!r}: {error}"
        ) from None


def _checked_tokens(tokens: Sequence[str]) -> list[str]:
    if isinstance(tokens, str) or not all(isinstance(token, str) for token in tokens):
        raise InvalidTypeError("tokens must be a sequence of strings, in the order of their ids")
    named = [token for token in tokens if token]
    if not named:
        raise InvalidValueError("tokens must hold at least one token")
    if len(set(named)) != len(named):
        raise InvalidValueError("tokens must not repeat")
    return list(tokens)


def _checked_id(argument: str, value: Any, size: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or not 0 <= value < size:
        raise InvalidValueError(f"{argument} must be an id from 0 to {size - 1}, got {value!r}")
    return int(value)
