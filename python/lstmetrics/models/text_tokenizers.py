"""Text to ids by what others have made: tokenizers' files, and functions of the user's."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from lstmetrics.errors import (
    FormatError,
    InvalidTypeError,
    InvalidValueError,
    MissingExtraError,
    UnsupportedError,
)
from lstmetrics.models.text import Ids, Vocabulary, as_text, pad

__all__ = ["FunctionVocabulary", "HuggingFaceTokenizer"]

_LONGEST = 1 << 20  # ids that a file may pad each text to: no model is trained with more


@contextmanager
def _answering(what: str) -> Iterator[None]:
    """Turn what tokenizers raises into a FormatError: Exception itself, and Rust's panics.

    A panic is no Exception, so that programs do not go on after one by chance; but it leaves the
    library as it was.
    """
    try:
        yield
    except FormatError:
        raise
    except BaseException as error:
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        raise FormatError(f"tokenizer.json: {what}: {error}") from None


class HuggingFaceTokenizer(Vocabulary):
    """A Hugging Face ``tokenizer.json``, run by the tokenizers library (extra ``[text]``).

    Parameters
    ----------
    json : str
        What the file holds; :meth:`from_file` reads one.

    Raises
    ------
    lstmetrics.errors.MissingExtraError
        tokenizers is not installed.
    lstmetrics.errors.FormatError
        It is no tokenizer.

    Notes
    -----
    Normalisation, special tokens, truncation and padding are the file's. Where it pads, padded ids
    are ids like any others, since the model has been trained with them; where it does not, rows
    have lengths of their own.

    Examples
    --------
    >>> from tokenizers import Tokenizer, models, pre_tokenizers
    >>> made = Tokenizer(models.WordLevel({"[UNK]": 0, "good": 1, "film": 2}, unk_token="[UNK]"))
    >>> made.pre_tokenizer = pre_tokenizers.Whitespace()
    >>> from lstmetrics.models import HuggingFaceTokenizer
    >>> HuggingFaceTokenizer(made.to_str()).tokens_of("good old film")
    [1, 0, 2]
    """

    kind = "tokenizer.json"

    def __init__(self, json: str) -> None:
        try:
            from tokenizers import Tokenizer
        except ImportError:
            raise MissingExtraError("tokenizer.json", "text") from None
        if not isinstance(json, str):
            raise InvalidTypeError(f"json must be a string, got {type(json).__name__}")
        with _answering("not a tokenizer"):
            self._tokenizer = Tokenizer.from_str(json)
            padding = self._tokenizer.padding or {}
        for name in ("length", "pad_to_multiple_of"):
            if (padding.get(name) or 0) > _LONGEST:
                raise FormatError(
                    f"tokenizer.json: it pads each text by {name}={padding[name]}, which is more "
                    f"than {_LONGEST} ids"
                )
        self.json = json

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> HuggingFaceTokenizer:
        """Read a ``tokenizer.json``.

        Parameters
        ----------
        path : str or path-like
            The file.
        """
        try:
            return cls(Path(path).read_text(encoding="utf-8"))
        except UnicodeDecodeError as error:
            raise FormatError(f"{os.fspath(path)}: not a tokenizer.json: {error}") from None

    def __len__(self) -> int:
        return int(self._tokenizer.get_vocab_size(with_added_tokens=True))

    def tokens_of(self, text: str) -> list[int]:
        """Return the ids of one text."""
        with _answering("it cannot encode this text"):
            return list(self._tokenizer.encode(text).ids)

    def encode(self, texts: Iterable[str]) -> tuple[Ids, Ids]:
        """Turn texts into ids and lengths; see :meth:`Vocabulary.encode`."""
        if isinstance(texts, str):
            raise InvalidTypeError("texts must be a list of strings, got one string")
        given = [as_text(text, i) for i, text in enumerate(texts)]
        with _answering("it cannot encode these texts"):
            rows = [one.ids for one in self._tokenizer.encode_batch(given)]
        return pad(rows)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"json": self.json}

    def __getstate__(self) -> dict[str, Any]:
        return {"json": self.json}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["json"])  # type: ignore[misc]


class FunctionVocabulary(Vocabulary):
    """Any function from a text to its ids; a model that is given a function makes one of it.

    Parameters
    ----------
    function : callable
        Takes a string, returns a sequence of whole numbers.

    Notes
    -----
    A function is code, so a model with one cannot be saved; save it without, and give the function
    again when it is loaded.

    Examples
    --------
    >>> from lstmetrics.models import FunctionVocabulary
    >>> FunctionVocabulary(lambda text: [ord(c) - 96 for c in text]).tokens_of("abc")
    [1, 2, 3]
    """

    kind = "function"

    def __init__(self, function: Callable[[str], Sequence[int]]) -> None:
        if not callable(function):
            raise InvalidTypeError(f"function must be callable, got {type(function).__name__}")
        self.function = function

    def __len__(self) -> int:
        return 0  # not known

    def tokens_of(self, text: str) -> list[int]:
        """Return the ids of one text; InvalidValueError where the function gives anything else."""
        given = self.function(text)
        ids = np.asarray(given)
        if ids.ndim != 1 or (ids.size and ids.dtype.kind not in "iu"):
            raise InvalidValueError(
                f"text: the function must return a sequence of whole numbers, got {given!r:.80}"
            )
        return [int(one) for one in ids]

    def get_config(self) -> dict[str, Any]:
        """Refuse: a function is code."""
        raise UnsupportedError(
            "text is a function, which cannot be saved with a model; set model.text to a "
            "Vocabulary, or to None, before saving"
        )
