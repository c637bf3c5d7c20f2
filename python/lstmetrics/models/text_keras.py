"""From text to ids as Keras does it: Tokenizer with pad_sequences, and TextVectorization."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, InvalidTypeError, InvalidValueError
from lstmetrics.models._arguments import choice, flag, positive
from lstmetrics.models.text import Ids, Vocabulary, as_text, pad

__all__ = ["TextVectorization", "Tokenizer", "pad_sequences"]

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'
_PUNCTUATION = dict.fromkeys(map(ord, "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'"))
_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}
_ASCII_SPACE = re.compile(r"[ \t\n\v\f\r]+")
_SIDES = ("pre", "post")
_STANDARDIZE = ("lower_and_strip_punctuation", "lower", "strip_punctuation")


def pad_sequences(
    sequences: Sequence[Sequence[int]],
    maxlen: int | None = None,
    dtype: npt.DTypeLike = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> npt.NDArray[Any]:
    """Make sequences equally long, as Keras's function of this name.

    Parameters
    ----------
    sequences : sequence of sequences of int
        The ids of each text.
    maxlen : int, optional
        The length; that of the longest by default.
    dtype : dtype, default="int32"
        The type of the result.
    padding, truncating : {"pre", "post"}, default="pre"
        Where short sequences are filled up, and where long ones are cut.
    value : float, default=0
        What they are filled up with.

    Returns
    -------
    ndarray, shape (sequences, maxlen)
        The ids.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        ``padding`` or ``truncating`` is neither of the two.

    Examples
    --------
    >>> from lstmetrics.models import pad_sequences
    >>> pad_sequences([[1, 2, 3], [4]], maxlen=2)
    array([[2, 3],
           [0, 4]], dtype=int32)
    """
    choice("pad_sequences", "padding", padding, _SIDES)
    choice("pad_sequences", "truncating", truncating, _SIDES)
    longest = max((len(one) for one in sequences), default=0)
    length = longest if maxlen is None else positive("pad_sequences", "maxlen", maxlen)
    result = np.full((len(sequences), length), value, dtype=dtype)
    for row, one in zip(result, sequences, strict=True):
        kept = _cut(one, length, truncating)
        start = length - len(kept) if padding == "pre" else 0
        row[start : start + len(kept)] = kept
    return result


def _cut(sequence: Sequence[int], length: int, side: str) -> Sequence[int]:
    return sequence[-length:] if side == "pre" else sequence[:length]


class Tokenizer(Vocabulary):
    """Words looked up in a dictionary, as Keras's ``Tokenizer`` with ``pad_sequences``.

    Parameters
    ----------
    word_index : mapping of str to int
        The ids of the words, from 1 on: ``tokenizer.word_index``.
    num_words : int, optional
        Only ids below this are used.
    filters : str, optional
        Characters that stand between words; Keras's by default.
    lower : bool, default=True
        Lower the text first.
    split : str, default=" "
        What stands between words.
    char_level : bool, default=False
        Every character is a word.
    oov_token : str, optional
        The word whose id stands for words that have none; without it they are left out.
    maxlen : int, optional
        Pad and cut every text to so many ids, as ``pad_sequences``; 0 pads.
    padding, truncating : {"pre", "post"}, default="pre"
        Where texts are filled up and cut to ``maxlen``.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        An id is not a positive integer, or the ``oov_token`` has none.

    Notes
    -----
    Padding is part of what the model reads, unless its Embedding masks it: so it was in training.
    Without ``maxlen`` texts keep their own lengths.

    Examples
    --------
    >>> from lstmetrics.models import Tokenizer
    >>> tokenizer = Tokenizer({"<OOV>": 1, "great": 2, "music": 3}, oov_token="<OOV>", maxlen=4)
    >>> tokenizer.texts_to_sequences(["Great music, friends!"])
    [[2, 3, 1]]
    >>> tokenizer.encode(["Great music, friends!"])[0]
    array([[0, 2, 3, 1]])
    """

    kind = "keras_tokenizer"

    def __init__(
        self,
        word_index: Mapping[str, int],
        *,
        num_words: int | None = None,
        filters: str = _FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        maxlen: int | None = None,
        padding: str = "pre",
        truncating: str = "pre",
    ) -> None:
        self.word_index = _checked_index(word_index)
        self.num_words = (
            None if num_words is None else positive("Tokenizer", "num_words", num_words)
        )
        if not isinstance(filters, str) or not isinstance(split, str) or not split:
            raise InvalidTypeError("Tokenizer: filters and split must be text, split not empty")
        self.filters = filters
        self.lower = flag("Tokenizer", "lower", lower)
        self.split = split
        self.char_level = flag("Tokenizer", "char_level", char_level)
        if oov_token is not None and oov_token not in self.word_index:
            raise InvalidValueError(f"Tokenizer: oov_token {oov_token!r} is not in word_index")
        self.oov_token = oov_token
        self.maxlen = None if maxlen is None else positive("Tokenizer", "maxlen", maxlen)
        self.padding = choice("Tokenizer", "padding", padding, _SIDES)
        self.truncating = choice("Tokenizer", "truncating", truncating, _SIDES)
        self._unknown = None if oov_token is None else self.word_index[oov_token]
        self._between = str.maketrans(dict.fromkeys(filters, split))

    @classmethod
    def from_json(cls, text: str, **options: Any) -> Tokenizer:
        """Make a tokenizer of what Keras's ``tokenizer.to_json()`` returned.

        Parameters
        ----------
        text : str
            The JSON.
        **options
            ``maxlen``, ``padding`` and ``truncating``, which it does not hold.

        Returns
        -------
        Tokenizer
            The tokenizer.

        Raises
        ------
        lstmetrics.errors.FormatError
            It is no such JSON.
        """
        names = ("num_words", "filters", "lower", "split", "char_level", "oov_token")
        try:
            config = json.loads(text)["config"]
            index = config["word_index"]
            word_index = json.loads(index) if isinstance(index, str) else index
            return cls(word_index, **{k: config[k] for k in names if k in config}, **options)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FormatError(f"not the JSON of a Keras Tokenizer: {error}") from None

    def __len__(self) -> int:
        largest = max(self.word_index.values())
        if self.num_words is not None:
            largest = max(min(largest, self.num_words - 1), self._unknown or 0)
        return largest + 1

    def tokens_of(self, text: str) -> list[int]:
        """Return the ids of one text, neither padded nor cut."""
        return list(self._ids(self._words(text)))

    def texts_to_sequences(self, texts: Iterable[str | list[str]]) -> list[list[int]]:
        """Return the ids of each text, as Keras does; a list counts as words.

        Parameters
        ----------
        texts : iterable of str or list of str
            The texts.

        Returns
        -------
        list of list of int
            The ids.
        """
        if isinstance(texts, str):
            raise InvalidTypeError("texts must be a list of strings, got one string")
        return [
            list(self._ids([w.lower() if self.lower else w for w in text]))
            if isinstance(text, list)
            else self.tokens_of(as_text(text, index))
            for index, text in enumerate(texts)
        ]

    def encode(self, texts: Iterable[str]) -> tuple[Ids, Ids]:
        """Turn texts into padded ids and lengths; see :meth:`Vocabulary.encode`."""
        sequences = self.texts_to_sequences(texts)
        if self.maxlen is None:
            return pad(sequences)
        ids = pad_sequences(sequences, self.maxlen, np.int64, self.padding, self.truncating)
        return ids, np.full(len(sequences), self.maxlen, dtype=np.int64)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "word_index": self.word_index,
            "num_words": self.num_words,
            "filters": self.filters,
            "lower": self.lower,
            "split": self.split,
            "char_level": self.char_level,
            "oov_token": self.oov_token,
            "maxlen": self.maxlen,
            "padding": self.padding,
            "truncating": self.truncating,
        }

    def _words(self, text: str) -> Sequence[str]:
        text = text.lower() if self.lower else text
        if self.char_level:
            return text
        return [word for word in text.translate(self._between).split(self.split) if word]

    def _ids(self, words: Iterable[str]) -> Iterator[int]:
        for word in words:
            index = self.word_index.get(word)
            if index is not None and (self.num_words is None or index < self.num_words):
                yield index
            elif self._unknown is not None:
                yield self._unknown


class TextVectorization(Vocabulary):
    """Words looked up in a list, as Keras's ``TextVectorization`` with ``output_mode="int"``.

    Parameters
    ----------
    vocabulary : sequence of str
        The words from id 2 on; with or without the padding ``""`` and ``"[UNK]"`` before them.
    standardize : str, optional
        ``"lower_and_strip_punctuation"``, ``"lower"``, ``"strip_punctuation"`` or None.
    split : {"whitespace", "character"} or None, default="whitespace"
        What the words of a text are; None is the whole text.
    ngrams : int or sequence of int, optional
        Also words side by side: up to so many, or the numbers given.
    output_sequence_length : int, optional
        Pad behind with 0 and cut every text to so many ids.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        The vocabulary repeats a word, or an option is none of the above.

    Notes
    -----
    As in TensorFlow, only the letters A to Z are lowered, and only ASCII's white space separates
    words. Without ``output_sequence_length`` texts keep their own lengths.

    Examples
    --------
    >>> from lstmetrics.models import TextVectorization
    >>> TextVectorization(["good", "film"]).tokens_of("A GOOD film!")
    [1, 2, 3]
    """

    kind = "text_vectorization"

    def __init__(
        self,
        vocabulary: Sequence[str],
        *,
        standardize: str | None = "lower_and_strip_punctuation",
        split: str | None = "whitespace",
        ngrams: int | Sequence[int] | None = None,
        output_sequence_length: int | None = None,
    ) -> None:
        words = list(vocabulary)
        if isinstance(vocabulary, str) or not all(isinstance(word, str) for word in words):
            raise InvalidTypeError("TextVectorization: vocabulary must be a sequence of strings")
        words = words[1:] if words[:1] == [""] else words
        words = words[1:] if words[:1] == ["[UNK]"] else words
        if len(set(words)) != len(words) or "" in words:
            raise InvalidValueError("TextVectorization: vocabulary must not repeat words")
        self.vocabulary = words
        name = "TextVectorization"
        self.standardize = (
            None if standardize is None else choice(name, "standardize", standardize, _STANDARDIZE)
        )
        self.split = (
            None if split is None else choice(name, "split", split, ("whitespace", "character"))
        )
        self.ngrams = _checked_ngrams(ngrams)
        self.output_sequence_length = (
            None
            if output_sequence_length is None
            else positive(name, "output_sequence_length", output_sequence_length)
        )
        self._index = {"": 0} | {word: index for index, word in enumerate(words, start=2)}

    def __len__(self) -> int:
        return len(self.vocabulary) + 2

    def tokens_of(self, text: str) -> list[int]:
        """Return the ids of one text, not padded."""
        ids = [self._index.get(word, 1) for word in self._words(text)]
        return ids[: self.output_sequence_length]

    def encode(self, texts: Iterable[str]) -> tuple[Ids, Ids]:
        """Turn texts into padded ids and lengths; see :meth:`Vocabulary.encode`."""
        ids, lengths = super().encode(texts)
        if self.output_sequence_length is None:
            return ids, lengths
        full = np.zeros((len(ids), self.output_sequence_length), dtype=np.int64)
        full[:, : ids.shape[1]] = ids
        return full, np.full(len(ids), self.output_sequence_length, dtype=np.int64)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "vocabulary": self.vocabulary,
            "standardize": self.standardize,
            "split": self.split,
            "ngrams": self.ngrams,
            "output_sequence_length": self.output_sequence_length,
        }

    def _words(self, text: str) -> list[str]:
        if self.standardize in ("lower", "lower_and_strip_punctuation"):
            text = text.translate(_ASCII_LOWER)
        if self.standardize in ("strip_punctuation", "lower_and_strip_punctuation"):
            text = text.translate(_PUNCTUATION)
        if self.split == "character":
            words = list(text)
        elif self.split == "whitespace":
            words = [word for word in _ASCII_SPACE.split(text) if word]
        else:
            words = [text]
        if self.ngrams is None:
            return words
        return [
            " ".join(words[start : start + width])
            for width in self.ngrams
            for start in range(len(words) - width + 1)
        ]


def _checked_index(word_index: Any) -> dict[str, int]:
    if not isinstance(word_index, Mapping) or not word_index:
        raise InvalidTypeError("Tokenizer: word_index must map words to ids, and not be empty")
    for word, index in word_index.items():
        if not isinstance(word, str):
            raise InvalidTypeError(f"Tokenizer: word_index: words must be text, got {word!r}")
        positive("Tokenizer", f"word_index[{word!r}]", index)
    return {word: int(index) for word, index in word_index.items()}


def _checked_ngrams(ngrams: Any) -> list[int] | None:
    if ngrams is None:
        return None
    if isinstance(ngrams, list | tuple):
        return [positive("TextVectorization", "ngrams", width) for width in ngrams]
    return list(range(1, positive("TextVectorization", "ngrams", ngrams) + 1))
