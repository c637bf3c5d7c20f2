"""An LSTM in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import FormatError, ShapeError, UnsupportedError
from lstmetrics.models._arguments import FloatArray, refuse_unknown, sample_shape
from lstmetrics.models.layers.base import Layer, Places
from lstmetrics.models.layers.lstm import LSTM, expect_lstms

__all__ = ["Bidirectional"]


class Bidirectional(Layer):
    """Run an LSTM over the sequence in both directions and join what they give.

    Parameters
    ----------
    layer : LSTM
        The forward layer.
    merge_mode : {"concat", "sum", "mul", "ave"} or None, default="concat"
        How the two outputs are joined; None gives both, as two values.
    backward_layer : LSTM, optional
        The backward layer, with ``go_backwards=True``; by default one with the same options.
    input_shape : tuple, optional
        ``(timesteps, features)``, on the first layer of a model.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Notes
    -----
    As in Keras, masked steps give zeros when sequences are returned. ``set_weights`` takes the
    forward layer's arrays, then the backward layer's. With ``return_state`` of its layers the
    values are the output, the forward layer's states, the backward layer's states; and called on
    values it takes ``initial_state=`` in that order.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Bidirectional, Embedding, Sequential
    >>> Sequential([Embedding(50, 8), Bidirectional(LSTM(16))]).output_shape
    (None, 32)
    """

    takes_sequence = True

    def __init__(
        self,
        layer: LSTM,
        merge_mode: str | None = "concat",
        *,
        backward_layer: LSTM | None = None,
        input_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name)
        refuse_unknown("Bidirectional", kwargs)
        expect_lstms("Bidirectional", layer, backward_layer)
        self.layer = layer
        self.merge_mode = merge_mode
        if backward_layer is None:
            config = layer.get_config() | {"go_backwards": not layer.go_backwards}
            backward_layer = LSTM.from_config(config)
        self.backward_layer = backward_layer
        self.input_shape = (
            layer.input_shape
            if input_shape is None
            else sample_shape("Bidirectional", input_shape, ("timesteps", "features"))
        )

    @property
    def output_count(self) -> int:
        """How many values a call gives."""
        outputs = 2 if self.merge_mode is None else 1
        return outputs + (4 if self.layer.return_state else 0)

    @property
    def state_count(self) -> int:
        """How many recurrent directions it has."""
        return 2

    @property
    def is_stateful(self) -> bool:
        """Whether its states are carried from one batch to the next."""
        return self.layer.stateful

    @classmethod
    def from_torch(
        cls,
        state_dict: Mapping[str, npt.ArrayLike],
        prefix: str,
        *,
        num_layers: int = 1,
        return_sequences: bool = False,
        name: str | None = None,
    ) -> Layer:
        """Rebuild ``torch.nn.LSTM(..., bidirectional=True)``; see :meth:`LSTM.from_torch`."""
        return LSTM.from_torch(
            state_dict,
            prefix,
            num_layers=num_layers,
            bidirectional=True,
            return_sequences=return_sequences,
            name=name,
        )

    def known_features(self) -> int | None:
        """Return how many features the weights take; None while there are none."""
        return self.layer.known_features()

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Set the weights: the forward layer's arrays, then the backward layer's."""
        half = len(weights) // 2
        if len(weights) % 2:
            raise ShapeError(
                f"{self.label}: set_weights takes as many arrays for the backward layer as for the "
                f"forward layer, got {len(weights)} in all"
            )
        before = self.layer.weights
        self.layer.set_weights(weights[:half])
        try:
            self.backward_layer.set_weights(weights[half:])
        except Exception:
            self.layer.weights = before
            raise

    def get_weights(self) -> list[FloatArray]:
        """Return the forward layer's weights, then the backward layer's."""
        return self.layer.get_weights() + self.backward_layer.get_weights()

    def weight_count(self) -> int:
        """Return how many arrays :meth:`set_weights` takes."""
        return self.layer.weight_count() + self.backward_layer.weight_count()

    def named_weights(self) -> dict[str, FloatArray]:
        """Return the weights by name, for files."""
        return {
            f"{direction}.{name}": weight
            for direction, layer in self._directions().items()
            for name, weight in layer.named_weights().items()
        }

    def load_named_weights(self, weights: Mapping[str, FloatArray]) -> None:
        """Take what :meth:`named_weights` returned; anything else is a FormatError."""
        groups: dict[str, dict[str, FloatArray]] = {key: {} for key in self._directions()}
        for name, weight in weights.items():
            direction, _, rest = name.partition(".")
            if direction not in groups:
                raise FormatError(f"layer {self.label!r}: unknown weight {name!r}")
            groups[direction][rest] = weight
        for direction, layer in self._directions().items():
            layer.load_named_weights(groups[direction])

    def state(self) -> Any:
        """Return what :meth:`restore` takes back: the weights as they are."""
        return self.layer.state(), self.backward_layer.state()

    def restore(self, state: Any) -> None:
        """Put the weights back as :meth:`state` gave them."""
        self.layer.restore(state[0])
        self.backward_layer.restore(state[1])

    def _directions(self) -> dict[str, LSTM]:
        return {"forward": self.layer, "backward": self.backward_layer}

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "layer": {"class_name": "LSTM", "config": self.layer.get_config()},
            "merge_mode": self.merge_mode,
            "backward_layer": {"class_name": "LSTM", "config": self.backward_layer.get_config()},
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a layer from what :meth:`get_config` returned."""
        inner = {}
        for key in ("layer", "backward_layer"):
            entry = config[key]
            if not isinstance(entry, Mapping) or entry.get("class_name") != "LSTM":
                raise UnsupportedError(f"Bidirectional: {key} must be an LSTM, got {entry!r}")
            inner[key] = LSTM.from_config(entry["config"])
        return cls(**(dict(config) | inner))

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        # Keras: masked steps are zeros where sequences are returned.
        forward, backward = (
            layer.direction(
                name,
                with_weights=with_weights,
                masked_output="zeros" if layer.return_sequences else "previous",
            )
            for layer in (self.layer, self.backward_layer)
        )
        mode = "none" if self.merge_mode is None else self.merge_mode
        return spec.add_bidirectional(name, inputs, forward, backward, mode)
