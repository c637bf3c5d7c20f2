"""Where tokens stand that lie one after the other: looked up for the few that are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lstmetrics.evaluation.labels import Indices

__all__ = ["Places"]

_AROUND = 20  # tokens before and after one that is shown


class Places:
    """The texts and names of tokens by their place among all of a batch.

    Parameters
    ----------
    sizes : ndarray of int, shape (n,)
        How many tokens each row has.
    tokens : sequence of sequences of str, or None
        The tokens themselves.
    names : sequence
        Names of the rows.
    """

    def __init__(self, sizes: Indices, tokens: Sequence[Any] | None, names: Sequence[Any]) -> None:
        self.owners = np.repeat(np.arange(len(sizes)), sizes)
        self._tokens = tokens
        self._names = names

    def of(self, flat: int) -> tuple[int, int]:
        """Return the row of a token and its place there."""
        row = int(self.owners[flat])
        return row, flat - int(np.searchsorted(self.owners, row))

    def texts(self) -> Sequence[str]:
        """Return what gives a token, in brackets, among those around it."""
        return _LookedUp(self._text)

    def names(self) -> Sequence[str]:
        """Return what gives the name of a token: that of its row, and its place from 1."""
        return _LookedUp(self._name)

    def _text(self, flat: int) -> str:
        row, step = self.of(flat)
        tokens = [] if self._tokens is None else list(self._tokens[row])
        before, after = tokens[max(0, step - _AROUND) : step], tokens[step + 1 :][:_AROUND]
        return " ".join(map(str, [*before, f"[{tokens[step]}]", *after]))

    def _name(self, flat: int) -> str:
        row, step = self.of(flat)
        return f"{self._names[row]}, token {step + 1}"


class _LookedUp(Sequence[str]):
    """A sequence whose items are made when they are asked for."""

    def __init__(self, item: Callable[[int], str]) -> None:
        self._item = item

    def __getitem__(self, place: Any) -> Any:
        return self._item(int(place))

    def __len__(self) -> int:
        raise TypeError("it is not known how many there are")
