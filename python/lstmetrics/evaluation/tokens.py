"""Texts as a model sees them: what its vocabulary lacks, and what it cuts off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError
from lstmetrics.models import WordVocabulary
from lstmetrics.models.text import Vocabulary

__all__ = ["TextFacts", "are_texts"]

_TOGETHER = 64


def are_texts(inputs: Any) -> bool:
    """Whether inputs are a sequence of strings."""
    if isinstance(inputs, np.ndarray):
        return bool(inputs.ndim == 1 and inputs.size and isinstance(inputs.flat[0], str))
    return isinstance(inputs, Sequence) and len(inputs) > 0 and isinstance(inputs[0], str)


class TextFacts:
    """Counts, while texts are turned into ids, what the model will not see.

    Parameters
    ----------
    vocabulary : Vocabulary or None
        The model's.
    """

    def __init__(self, vocabulary: Vocabulary | None) -> None:
        self._vocabulary = vocabulary
        self._unknown: int | None = getattr(vocabulary, "unknown", None)
        self._longest: int | None = None
        self._whole: Vocabulary | None = None
        if isinstance(vocabulary, WordVocabulary) and vocabulary.max_length is not None:
            self._longest = vocabulary.max_length
            self._whole = WordVocabulary(**(vocabulary.get_config() | {"max_length": None}))
        self._texts = self._tokens = self._unknowns = self._cut = 0

    def encode(self, texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return ids and lengths, as the model's vocabulary has them."""
        if self._vocabulary is None:
            raise InvalidTypeError(
                "inputs: got raw strings, but the model has no vocabulary; give it one "
                "(text=WordVocabulary(...)) or pass ids"
            )
        ids, lengths = self._vocabulary.encode(texts)
        self._texts += len(lengths)
        real = np.arange(ids.shape[1]) < lengths[:, None]
        self._tokens += int(np.count_nonzero(real))
        if self._unknown is not None:
            self._unknowns += int(np.count_nonzero(real & (ids == self._unknown)))
        if self._whole is not None and self._longest is not None:
            full = np.flatnonzero(lengths == self._longest).tolist()
            if full:
                _, whole = self._whole.encode([texts[row] for row in full])
                self._cut += int(np.count_nonzero(whole > self._longest))
        return ids, lengths

    def rows(self, texts: Sequence[str]) -> list[npt.NDArray[np.int64]]:
        """Return the ids of each text; no more than a few are padded to the longest of them."""
        found: list[npt.NDArray[np.int64]] = []
        for first in range(0, len(texts), _TOGETHER):
            ids, lengths = self.encode(texts[first : first + _TOGETHER])
            found += [row[:length] for row, length in zip(ids, lengths.tolist(), strict=True)]
        return found

    def found(self) -> dict[str, Any]:
        """Return the shares of unknown tokens and of texts cut off, where they are known."""
        facts: dict[str, Any] = {}
        if not self._texts:
            return facts
        facts["tokens"] = self._tokens
        if self._unknown is not None and self._tokens:
            facts["out_of_vocabulary"] = self._unknowns / self._tokens
        if self._longest is not None:
            facts |= {"truncated": self._cut / self._texts, "longest": self._longest}
        return facts
