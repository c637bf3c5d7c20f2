"""Models run step by step, with their states carried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import ShapeError
from lstmetrics.models._inputs import (
    Inputs,
    Port,
    as_array,
    take_inputs,
    take_integers,
    take_state,
)
from lstmetrics.models.engine import Engine
from lstmetrics.models.states import State

__all__ = ["Stream"]


class Stream:
    """A model that is given its inputs step by step, such as a text as it is written.

    Made by :meth:`lstmetrics.models.Model.stream`. Each step gives, to the last bit, what the model
    would give for all steps since the states were set.

    Parameters
    ----------
    engine : Engine
        What runs; weights that the model is given later do not reach the stream.
    batch_size : int
        How many rows run side by side.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.models import LSTM, Dense, Embedding, Sequential
    >>> model = Sequential([Embedding(4, 2), LSTM(3), Dense(4)])
    >>> rng = np.random.default_rng(0)
    >>> shapes = [(4, 2), (2, 12), (3, 12), (12,), (3, 4), (4,)]
    >>> model.set_weights([rng.normal(size=shape) for shape in shapes])
    >>> stream = model.stream()
    >>> steps = [stream.step([token]) for token in (1, 3, 2)]
    >>> bool((steps[-1] == model.predict([[1, 3, 2]])).all())
    True
    """

    def __init__(self, engine: Engine, batch_size: int) -> None:
        self._stream = _core.Stream(engine.graph, batch_size)
        self._ports = engine.ports
        self.batch_size = batch_size
        self.state_names = [name for name, *_ in engine.graph.state_slots]

    def step(self, inputs: Inputs) -> Any:
        """Take one step of each row.

        Parameters
        ----------
        inputs : array_like
            Ids (batch,), or features (batch, features); for a model with several inputs, a list of
            one for each, or a mapping from their names.

        Returns
        -------
        ndarray of float32, shape (batch, units), or list of them
            What the model gives after this step; a list where it has several outputs.
        """
        (first, *others) = self._ports
        if not others and first.takes_ids:
            ids = np.asarray(inputs)
            if ids.dtype == np.int64 and ids.ndim == 1:  # the quick way
                return _only(self._stream.step_ids(ids[:, None]))
        given = _by_port(self._ports, inputs)
        batches = take_inputs(self._ports, given, lengths=None, mask=None)
        return self._run([one.arrays() for one in batches])

    def reset(self, rows: npt.ArrayLike | None = None) -> None:
        """Begin anew, from states of zeros.

        Parameters
        ----------
        rows : array_like of int, optional
            Those that begin anew, where one text has ended and the next takes its place; the others
            go on. By default all do.

        Raises
        ------
        lstmetrics.errors.InvalidValueError
            The stream has no such row; then nothing has changed.
        """
        if rows is None:
            self._stream.reset()
        else:
            self._stream.reset_rows(take_integers("rows", rows).reshape(-1).tolist())

    @property
    def states(self) -> State:
        """One (hidden, cell) pair for each recurrent direction.

        Setting them is beginning anew from there: as with ``initial_state=`` of ``predict``, steps
        that are masked give zeros until one has counted.
        """
        return list(self._stream.states)

    @states.setter
    def states(self, states: State) -> None:
        taken = take_state(states)
        if taken is None:
            raise ShapeError("states must be a list of (hidden, cell) pairs, got None")
        self._stream.states = taken

    def _run(self, inputs: list[Any]) -> Any:
        return _only(self._stream.step(inputs))


def _only(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _by_port(ports: Sequence[Port], inputs: Any) -> Any:
    """Return inputs of one step with a time dimension of one."""
    if isinstance(inputs, Mapping):
        known = {port.name: port for port in ports}
        return {
            name: _one_step(known[name], value) if name in known else value
            for name, value in inputs.items()
        }
    if len(ports) == 1:
        return _one_step(ports[0], inputs)
    if isinstance(inputs, list | tuple) and len(inputs) == len(ports):
        return [_one_step(port, value) for port, value in zip(ports, inputs, strict=True)]
    return inputs  # refused by whoever takes them


def _one_step(port: Port, value: Any) -> Any:
    array = as_array("inputs", value)
    return array[:, None] if array.ndim == (1 if port.takes_ids else 2) else array
