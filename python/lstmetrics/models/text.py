"""From text to ids: vocabularies that are saved with a model.

What they hold is plain data (tokens, a pattern, flags), so a saved model can be loaded without
running anything from the file.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, InvalidTypeError, InvalidValueError
from lstmetrics.models._arguments import flag, positive

__all__ = [
    "CharVocabulary",
    "Vocabulary",
    "WordVocabulary",
    "as_text",
    "pad",
    "vocabulary_from_config",
]

Ids = npt.NDArray[np.int64]


class Vocabulary(ABC):
    """Turns texts into ids; what models keep as ``model.text``."""

    kind: ClassVar[str]

    @abstractmethod
    def tokens_of(self, text: str) -> list[int]:
        """Return the ids of one text."""

    @abstractmethod
    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""

    @abstractmethod
    def __len__(self) -> int:
        """Return the number of ids."""

    def encode(self, texts: Iterable[str]) -> tuple[Ids, Ids]:
        """Turn texts into padded ids and lengths.

        Parameters
        ----------
        texts : iterable of str
            The texts; a single string is refused, as it is most likely a mistake.

        Returns
        -------
        ids : ndarray of int64, shape (texts, longest)
            Padded behind with 0.
        lengths : ndarray of int64, shape (texts,)
            How many ids of each row are real.

        Raises
        ------
        lstmetrics.errors.InvalidTypeError
            Something among the texts is not a string.
        """
        if isinstance(texts, str):
            raise InvalidTypeError("texts must be a list of strings, got one string")
        return pad([self.tokens_of(as_text(text, i)) for i, text in enumerate(texts)])


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


def pad(sequences: Sequence[Sequence[int] | npt.ArrayLike]) -> tuple[Ids, Ids]:
    """Pad sequences of ids behind with 0, to the longest.

    Parameters
    ----------
    sequences : sequence of sequences of int
        The ids of each text.

    Returns
    -------
    ids : ndarray of int64, shape (sequences, longest)
        The padded ids.
    lengths : ndarray of int64, shape (sequences,)
        The lengths before padding.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError
        A sequence holds something else than integers.
    """
    rows = [np.asarray(sequence) for sequence in sequences]
    for index, row in enumerate(rows):
        if row.ndim != 1 or (row.size and row.dtype.kind not in "iu"):
            raise InvalidTypeError(
                f"inputs: sequence {index} must hold integer ids, got dtype {row.dtype} with "
                f"{row.ndim} dimensions"
            )
    lengths = np.fromiter((row.size for row in rows), dtype=np.int64, count=len(rows))
    ids = np.zeros((len(rows), int(lengths.max(initial=0))), dtype=np.int64)
    if ids.size:
        real = np.arange(ids.shape[1]) < lengths[:, None]
        ids[real] = np.concatenate([row.astype(np.int64, copy=False) for row in rows])
    return ids, lengths


def vocabulary_from_config(kind: str, config: Mapping[str, Any]) -> Vocabulary:
    """Make the vocabulary that a model's file describes."""
    from lstmetrics.models.text_keras import TextVectorization, Tokenizer
    from lstmetrics.models.text_tokenizers import HuggingFaceTokenizer

    known = (WordVocabulary, CharVocabulary, Tokenizer, TextVectorization, HuggingFaceTokenizer)
    classes: dict[str, type[Vocabulary]] = {cls.kind: cls for cls in known}
    if not isinstance(kind, str) or kind not in classes:
        raise FormatError(
            f"text: unknown kind of vocabulary {kind!r}; known are {', '.join(classes)}"
        )
    try:
        return classes[kind](**config)
    except TypeError as error:
        raise FormatError(f"text: {error}") from None


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


def as_text(value: Any, index: int) -> str:
    """Return one of several texts; InvalidTypeError for anything else."""
    if not isinstance(value, str):
        raise InvalidTypeError(f"texts: item {index} must be a string, got {value!r}")
    return value


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
