"""A chain of layers that can be run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.models.chain import Chain
from lstmetrics.models.layers import Embedding, Layer, Stack
from lstmetrics.models.model import Model, Text
from lstmetrics.models.network import Network, weight_items

__all__ = ["Sequential"]

FloatArray = npt.NDArray[np.float32]


class Sequential(Model):
    """A model that is one chain of layers, as Keras's ``Sequential``.

    Parameters
    ----------
    layers : iterable of Layer
        First to last. The first may be an :class:`~lstmetrics.models.Input`.
    name : str, optional
        The model's name.
    text : Vocabulary, optional
        Turns raw strings into the ids that the model takes; saved with it.
    labels : sequence of str or int, optional
        What the outputs of a classifier stand for; saved with it.

    Raises
    ------
    lstmetrics.errors.ShapeError
        A layer cannot take what the one before it gives.

    Notes
    -----
    A model without weights has shapes but cannot run. The engine is made when it is first needed,
    and again after weights have changed by :meth:`set_weights`. Running is safe from many threads,
    but for a stateful model, whose batches come one after the other.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.models import LSTM, Dense, Embedding, Sequential
    >>> model = Sequential([Embedding(4, 2), LSTM(3), Dense(1, activation="sigmoid")])
    >>> model.set_weights([np.zeros(shape, np.float32) for shape in
    ...     [(4, 2), (2, 12), (3, 12), (12,), (3, 1), (1,)]])
    >>> model.predict([[1, 2, 3], [3]])
    array([[0.5],
           [0.5]], dtype=float32)
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        *,
        name: str | None = None,
        text: Text | None = None,
        labels: Sequence[str | int] | None = None,
    ) -> None:
        self._start("sequential" if name is None else name, text, labels)
        self._chain = Chain(
            Stack(layer.layers) if isinstance(layer, Sequential) else layer for layer in layers
        )
        self._known_network: Network | None = None
        if self._chain.input_sizes() is not None:
            self._check()

    @property
    def layers(self) -> list[Layer]:
        """The layers, first to last; those of nested models and stacks one by one."""
        return self._chain.layers

    @property
    def takes_ids(self) -> bool:
        """Whether the model takes token ids rather than features."""
        return isinstance(self._chain.first, Embedding)

    @property
    def vocabulary_size(self) -> int | None:
        """How many token ids the model takes; None when it takes features."""
        first = self._chain.first
        return first.input_dim if isinstance(first, Embedding) else None

    def get_config(self) -> dict[str, Any]:
        """Return name, layers, vocabulary and labels, JSON-ready."""
        names = dict(zip(self.layers, self._chain.names, strict=True))
        return {
            "class_name": "Sequential",
            "name": self.name,
            "layers": self._layer_configs(names),
            **self._common_config(),
        }

    def weight_items(self) -> Mapping[str, FloatArray]:
        """Return all weights by a name that is unique in the model."""
        return weight_items(list(zip(self._chain.names, self.layers, strict=True)))

    def _network(self) -> Network:
        """Return the chain as a network; ShapeError while the input shape is unknown."""
        known = self._known_network
        if known is None or known.inputs[0].shape != self._chain.input_sizes():
            known = self._known_network = self._chain.network()
        return known
