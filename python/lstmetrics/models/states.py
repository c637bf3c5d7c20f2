"""Recurrent states that a stateful model carries from one batch to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import ShapeError
from lstmetrics.models._inputs import Batch

__all__ = ["CarriedStates", "State"]

FloatArray = npt.NDArray[np.float32]
# One (hidden, cell) pair of shape (batch, units) for each of a model's state_names.
State = list[tuple[FloatArray, FloatArray]]


class CarriedStates:
    """The states of stateful layers, as the last batch left them.

    Parameters
    ----------
    flags : sequence of bool
        For each recurrent direction, whether its state is carried.
    """

    def __init__(self, flags: Sequence[bool]) -> None:
        self.flags = list(flags)
        self.any = any(self.flags)  # whether there is anything to carry
        self._states: State | None = None

    def reset(self) -> None:
        """Begin from zeros."""
        self._states = None

    def run(
        self,
        session: _core.Session,
        batches: Sequence[Batch],
        batch_size: int,
        initial_state: State | None,
    ) -> tuple[list[FloatArray], State]:
        """Run rows batch by batch, each going on where the one before it ended."""
        rows = len(batches[0])
        start = None if initial_state is None else [tuple(pair) for pair in initial_state]
        parts: list[Any] = []
        for first in range(0, max(rows, 1), batch_size):
            part = slice(first, first + batch_size)
            count = min(batch_size, rows - first)
            given = self._before(count) if start is None else _rows(start, part)
            values, states = session.run(
                inputs=[one.rows(part).arrays() for one in batches],
                batch_size=batch_size,
                initial_state=given,
            )
            parts.append((values, states))
            start, self._states = None, list(states)
        return _joined([values for values, _ in parts]), _joined_states([s for _, s in parts])

    def _before(self, rows: int) -> State | None:
        """Return the states of the batch before; zeros where they are not carried."""
        if self._states is None:
            return None
        for (hidden, _), carried in zip(self._states, self.flags, strict=True):
            if carried and len(hidden) != rows:
                raise ShapeError(
                    f"a stateful model goes on with the {len(hidden)} rows of the batch before, "
                    f"got a batch of {rows}; call reset_states() to begin anew, or give all "
                    "batches as many rows"
                )
        zeros = [
            tuple(np.zeros((rows, a.shape[1]), np.float32) for a in pair) for pair in self._states
        ]
        pairs = zip(self._states, zeros, self.flags, strict=True)
        return [own if carried else zero for own, zero, carried in pairs]  # type: ignore[misc]


def _zeros_like(rows: int, array: FloatArray) -> FloatArray:
    return np.zeros((rows, array.shape[1]), np.float32)


def _rows(states: Any, part: slice) -> State:
    return [(hidden[part], cell[part]) for hidden, cell in states]


def _joined(parts: Sequence[Sequence[FloatArray]]) -> list[FloatArray]:
    return [np.concatenate(arrays) for arrays in zip(*parts, strict=True)]


def _joined_states(parts: Sequence[State]) -> State:
    return [
        (np.concatenate([h for h, _ in pairs]), np.concatenate([c for _, c in pairs]))
        for pairs in zip(*parts, strict=True)
    ]
