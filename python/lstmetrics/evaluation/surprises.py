"""What is behind a perplexity: baselines, losses by position, the most surprising tokens."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import numeric
from lstmetrics.models import CharVocabulary, WordVocabulary
from lstmetrics.models.text import Vocabulary
from lstmetrics.streaming import Tokens

__all__ = ["CONTEXT", "Positions", "Spoken", "Surprises", "Unigrams"]

Ids = npt.NDArray[Any]
Losses = npt.NDArray[np.float64]

CONTEXT = 40  # tokens before a surprising one that are shown
_STEPS = 1 << np.arange(31)  # where buckets of positions begin


class Unigrams:
    """How often each token comes: what knowing nothing else would give.

    Parameters
    ----------
    vocabulary : int
        How many tokens there are.

    Examples
    --------
    >>> from lstmetrics.evaluation import Unigrams
    >>> test, train = Unigrams(4), Unigrams(4)
    >>> test.count([0, 1])
    >>> train.count([0, 0, 1, 2])
    >>> test.baseline(train)["unigram_from"]
    'training data'
    """

    def __init__(self, vocabulary: int) -> None:
        self._counts = np.zeros(vocabulary, np.int64)

    def count(self, ids: npt.ArrayLike) -> None:
        """Add tokens; the vocabulary grows where it must.

        Parameters
        ----------
        ids : array_like of int
        """
        counts = np.bincount(np.asarray(ids, np.int64), minlength=len(self._counts))
        counts[: len(self._counts)] += self._counts
        self._counts = counts

    def baseline(self, train: Unigrams | None) -> dict[str, Any]:
        """Return the perplexity of these tokens under mere frequencies.

        Parameters
        ----------
        train : Unigrams or None
            Those of the training data, one added to each; without them, of these tokens
            themselves, which no model of frequencies can beat.

        Returns
        -------
        dict
            ``unigram_perplexity`` and ``unigram_from``.
        """
        seen = np.flatnonzero(self._counts)
        if not seen.size:
            return {}
        counts = self._counts if train is None else self._plus_one(train)
        shares = counts[seen] / np.float64(numeric.exact_sum(counts))
        state = Tokens().update_nll(-numeric.log(shares), sample_weight=self._counts[seen])
        return {
            "unigram_perplexity": state.perplexity(),
            "unigram_from": "these texts" if train is None else "training data",
        }

    def _plus_one(self, train: Unigrams) -> Ids:
        counts = np.ones(max(len(self._counts), len(train._counts)), np.int64)
        counts[: len(train._counts)] += train._counts
        return counts


class Positions:
    """The loss by the position in the text, in buckets of powers of two."""

    def __init__(self) -> None:
        self._buckets: dict[int, Tokens] = {}

    def update(self, losses: Losses, steps: Ids) -> None:
        """Add tokens: their losses, and their positions, counted from 1."""
        places = np.searchsorted(_STEPS, steps, side="right")
        for place in np.flatnonzero(np.bincount(places)).tolist():
            state = self._buckets.setdefault(int(_STEPS[place - 1]), Tokens())
            state.update_nll(losses[places == place])

    def rows(self, level: float) -> list[dict[str, Any]]:
        """Return ``first`` and ``last`` position, counted from 1, tokens, loss and its bounds."""
        found = []
        for first, state in sorted(self._buckets.items()):
            interval = state.interval("cross_entropy", level)
            found.append(
                {
                    "first": first,
                    "last": 2 * first - 1,
                    "tokens": state.tokens,
                    "cross_entropy": interval.estimate,
                    "low": interval.low,
                    "high": interval.high,
                }
            )
        return found


class Surprises:
    """The tokens that a model gave the least probability, with what came before.

    Parameters
    ----------
    limit : int
        How many are kept.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._found: list[tuple[float, str, str, Any, int]] = []

    def update(self, losses: Losses, shown: Callable[[int], tuple[str, str, Any, int]]) -> None:
        """Add tokens.

        Parameters
        ----------
        losses : ndarray of float64, shape (n,)
        shown : callable
            Gives for the place of a loss the text before, the token, its row and its position.
        """
        if not self._limit or not losses.size:
            return
        places = np.arange(losses.size)
        if losses.size > self._limit:
            least = np.partition(losses, -self._limit)[-self._limit]
            places = np.flatnonzero(losses >= least)
        found = [(-float(losses[place]), *shown(place)) for place in places.tolist()]
        self._found = heapq.nsmallest(self._limit, [*self._found, *found])

    def rows(self) -> list[dict[str, Any]]:
        """Return them, the most surprising first."""
        names = ("text", "token", "row", "position")
        return [
            {"loss": -negative, **dict(zip(names, shown, strict=True))}
            for negative, *shown in self._found
        ]


class Spoken:
    """Ids as the text they stand for.

    Parameters
    ----------
    vocabulary : Vocabulary or None
        The model's; without one that is known, ids are shown as numbers.
    """

    def __init__(self, vocabulary: Vocabulary | None) -> None:
        self._names: list[str] | None = None
        self._joint = " "
        if isinstance(vocabulary, CharVocabulary):
            self._names, self._joint = vocabulary.characters, ""
        elif isinstance(vocabulary, WordVocabulary):
            self._names = vocabulary.tokens

    def before(self, ids: Ids, step: int) -> str:
        """Return the last tokens of a row up to a step, that one included."""
        return self._joint.join(map(self.name, ids[max(0, step + 1 - CONTEXT) : step + 1].tolist()))

    def name(self, token: int) -> str:
        """Return one token."""
        return str(token) if self._names is None else self._names[token]
