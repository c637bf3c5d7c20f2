"""What is behind a perplexity: baselines, losses by position, the most surprising tokens."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import numeric
from lstmetrics.models import CharVocabulary, WordVocabulary
from lstmetrics.models.text import Vocabulary
from lstmetrics.streaming import Tokens

__all__ = ["Positions", "Surprises", "Unigrams"]

Ids = npt.NDArray[Any]
Losses = npt.NDArray[np.float64]

_CONTEXT = 40  # tokens before a surprising one that are shown
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
        """Add tokens.

        Parameters
        ----------
        ids : array_like of int
        """
        self._counts += np.bincount(np.asarray(ids, np.int64), minlength=len(self._counts))

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
        counts = self._counts if train is None else train._counts + 1
        shares = counts[seen] / np.float64(numeric.exact_sum(counts))
        state = Tokens().update_nll(-numeric.log(shares), sample_weight=self._counts[seen])
        return {
            "unigram_perplexity": state.perplexity(),
            "unigram_from": "these texts" if train is None else "training data",
        }


class Positions:
    """The loss by the position in the text, in buckets of powers of two."""

    def __init__(self) -> None:
        self._buckets: dict[int, Tokens] = {}

    def update(self, loss: Losses, counted: npt.NDArray[np.bool_]) -> None:
        """Add the losses of a block of rows."""
        steps = loss.shape[1]
        for first in _STEPS[steps >= _STEPS].tolist():
            part = slice(first - 1, 2 * first - 1)
            here = counted[:, part]
            if here.any():
                state = self._buckets.setdefault(first, Tokens())
                state.update_nll(loss[:, part][here])

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
    vocabulary : Vocabulary or None
        The model's, by which ids are shown as text.
    """

    def __init__(self, limit: int, vocabulary: Vocabulary | None) -> None:
        self._limit = limit
        self._names: list[str] | None = None
        self._joint = " "
        if isinstance(vocabulary, CharVocabulary):
            self._names, self._joint = vocabulary.characters, ""
        elif isinstance(vocabulary, WordVocabulary):
            self._names = vocabulary.tokens
        self._found: list[tuple[float, str, str, int, int]] = []

    def update(
        self, ids: Ids, targets: Ids, loss: Losses, counted: npt.NDArray[np.bool_], row: int
    ) -> None:
        """Add a block of rows, the first of which has the number `row`."""
        if not self._limit or not counted.any():
            return
        places = np.flatnonzero(counted)
        losses = loss.reshape(-1)[places]
        if losses.size > self._limit:
            least = np.partition(losses, -self._limit)[-self._limit]
            places = places[losses >= least]
        found = []
        for place in places.tolist():
            which, step = divmod(place, loss.shape[1])
            before = ids[which, max(0, step + 1 - _CONTEXT) : step + 1].tolist()
            text = self._joint.join(map(self._name, before))
            token = self._name(int(targets[which, step]))
            found.append((-float(loss[which, step]), text, token, row + which, step + 1))
        self._found = heapq.nsmallest(self._limit, [*self._found, *found])

    def _name(self, token: int) -> str:
        return str(token) if self._names is None else self._names[token]

    def rows(self) -> list[dict[str, Any]]:
        """Return them, the most surprising first."""
        return [
            {
                "loss": -negative,
                "text": text,
                "token": token,
                "row": row,
                "position": step,
            }
            for negative, text, token, row, step in self._found
        ]
