"""From text to ids: what vocabularies share, which are saved with a model.

What they hold is plain data (tokens, a pattern, flags), so a saved model can be loaded without
running anything from the file.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, InvalidTypeError

__all__ = [
    "Ids",
    "Vocabulary",
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
    from lstmetrics.models.text_lists import CharVocabulary, WordVocabulary
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


def as_text(value: Any, index: int) -> str:
    """Return one of several texts; InvalidTypeError for anything else."""
    if not isinstance(value, str):
        raise InvalidTypeError(f"texts: item {index} must be a string, got {value!r}")
    return value
