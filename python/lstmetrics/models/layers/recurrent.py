"""The recurrent layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import FormatError, InvalidTypeError, ShapeError, UnsupportedError
from lstmetrics.models._arguments import (
    FloatArray,
    activation_name,
    flag,
    positive,
    refuse_unknown,
    sample_shape,
)
from lstmetrics.models.layers.base import Layer

__all__ = ["LSTM", "Bidirectional"]


class LSTM(Layer):
    r"""A long short-term memory layer.

    .. math::

        i, f, o &= \sigma(b + x W + h U) \qquad g = \tanh(b + x W + h U) \\
        c' &= f c + i g \qquad h' = o \tanh(c')

    (Hochreiter and Schmidhuber 1997; the forget gate is Gers, Schmidhuber and Cummins 2000.)

    Parameters
    ----------
    units : int
        Size of the state and the output.
    activation, recurrent_activation : str
        Names of activations; the defaults are those of all frameworks. ``"hard_sigmoid"`` is Keras
        3's, ``clip(x/6 + 0.5)``; ``"hard_sigmoid_02"`` is that of Keras before 3,
        ``clip(0.2 x + 0.5)``.
    use_bias : bool, default=True
        Whether a bias is added.
    return_sequences : bool, default=False
        Give the output of every step instead of the last one's.
    return_state : bool, default=False
        ``predict`` also gives the final hidden and cell state; only on the last layer.
    go_backwards : bool, default=False
        Run from the last step to the first; outputs come in the order they are computed.
    stateful : bool, default=False
        Not supported: pass ``initial_state=`` and ``return_state=True`` to ``predict``.
    input_shape : tuple, optional
        ``(timesteps, features)``, on the first layer of a model.
    zero_output_for_mask : bool, default=False
        Masked steps give zeros (PyTorch's padding) instead of the previous output (Keras's).
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Raises
    ------
    lstmetrics.errors.ShapeError
        ``input_shape`` is not ``(timesteps, features)``.

    Notes
    -----
    Weights, in Keras's layout and order: ``kernel`` (features, 4 units), ``recurrent_kernel``
    (units, 4 units), ``bias`` (4 units,), with the gates i, f, g, o side by side. A layer that
    comes from PyTorch also has ``recurrent_bias``, which is added to ``bias`` once.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Sequential
    >>> Sequential([LSTM(32, return_sequences=True, input_shape=(10, 8)), LSTM(16)]).output_shape
    (None, 16)
    """

    takes_sequence = True
    weight_names = ("kernel", "recurrent_kernel", "bias", "recurrent_bias")
    optional_weights = frozenset({"recurrent_bias"})

    def __init__(
        self,
        units: int,
        activation: str | None = "tanh",
        recurrent_activation: str | None = "sigmoid",
        use_bias: bool = True,
        *,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        input_shape: Sequence[int | None] | None = None,
        zero_output_for_mask: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name)
        refuse_unknown("LSTM", kwargs)
        self.units = positive("LSTM", "units", units)
        self.activation = activation_name("LSTM", "activation", activation)
        self.recurrent_activation = activation_name(
            "LSTM", "recurrent_activation", recurrent_activation
        )
        self.use_bias = flag("LSTM", "use_bias", use_bias)
        self.return_sequences = flag("LSTM", "return_sequences", return_sequences)
        self.return_state = flag("LSTM", "return_state", return_state)
        self.go_backwards = flag("LSTM", "go_backwards", go_backwards)
        self.zero_output_for_mask = flag("LSTM", "zero_output_for_mask", zero_output_for_mask)
        self.input_shape = (
            None
            if input_shape is None
            else sample_shape("LSTM", input_shape, ("timesteps", "features"))
        )
        if flag("LSTM", "stateful", stateful):
            raise UnsupportedError(
                "LSTM: stateful=True is not supported; carry the state yourself by "
                "model.predict(x, initial_state=state, return_state=True)"
            )

    @classmethod
    def from_torch(
        cls,
        state_dict: Mapping[str, npt.ArrayLike],
        prefix: str,
        *,
        num_layers: int = 1,
        bidirectional: bool = False,
        return_sequences: bool = False,
        name: str | None = None,
    ) -> Layer:
        """Rebuild ``torch.nn.LSTM`` from its weights.

        Parameters
        ----------
        state_dict : mapping of str to array_like
            Names to arrays.
        prefix : str
            The module's name in it: ``prefix + ".weight_ih_l0"`` and so on are read.
        num_layers, bidirectional
            As the module was made.
        return_sequences : bool, default=False
            False gives the final hidden state of the last layer (forward and backward side by
            side), PyTorch's ``h_n``; True its ``output``, with zeros where sequences are padded.
        name : str, optional
            The layer's name; the last part of prefix by default.

        Returns
        -------
        Layer
            An :class:`LSTM`, a :class:`Bidirectional`, or a :class:`Stack` of them for several
            layers; put it into a :class:`~lstmetrics.models.Sequential` as it is.

        Raises
        ------
        lstmetrics.errors.InvalidValueError
            A weight is missing, or there are more layers or directions than were asked for.
        lstmetrics.errors.UnsupportedError
            The module was made with ``proj_size``.
        """
        from lstmetrics.models.formats.torch import read_lstm

        return read_lstm(
            state_dict,
            prefix,
            num_layers=positive("LSTM.from_torch", "num_layers", num_layers),
            bidirectional=flag("LSTM.from_torch", "bidirectional", bidirectional),
            return_sequences=flag("LSTM.from_torch", "return_sequences", return_sequences),
            name=name,
        )

    def _expected_names(self) -> tuple[str, ...]:
        names = self.weight_names[:3] if self.use_bias else self.weight_names[:2]
        return (*names, *(name for name in self.optional_weights if name in self.weights))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "units": self.units,
            "activation": self.activation,
            "recurrent_activation": self.recurrent_activation,
            "use_bias": self.use_bias,
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "zero_output_for_mask": self.zero_output_for_mask,
            "name": self.name,
        }

    def direction(
        self, name: str, *, with_weights: bool, zero_output_for_mask: bool
    ) -> _core.LstmSpec:
        """Return the core's spec of this layer."""
        given = self._weights_for(with_weights)
        return _core.LstmSpec(
            units=self.units,
            name=name,
            activation=self.activation,
            recurrent_activation=self.recurrent_activation,
            return_sequences=self.return_sequences,
            go_backwards=self.go_backwards,
            zero_output_for_mask=zero_output_for_mask,
            kernel=given.get("kernel"),
            recurrent_kernel=given.get("recurrent_kernel"),
            bias=given.get("bias"),
            recurrent_bias=given.get("recurrent_bias"),
        )

    def add_to(
        self, spec: _core.GraphSpec, name: str, source: int, *, with_weights: bool = True
    ) -> int:
        """Append this layer to a graph's spec; return its node."""
        direction = self.direction(
            name, with_weights=with_weights, zero_output_for_mask=self.zero_output_for_mask
        )
        return spec.add_lstm(name, source, direction)


class Bidirectional(Layer):
    """Run an LSTM over the sequence in both directions and join what they give.

    Parameters
    ----------
    layer : LSTM
        The forward layer.
    merge_mode : {"concat", "sum", "mul", "ave"}, default="concat"
        How the two outputs are joined.
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
    forward layer's arrays, then the backward layer's.

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
        merge_mode: str = "concat",
        *,
        backward_layer: LSTM | None = None,
        input_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name)
        refuse_unknown("Bidirectional", kwargs)
        if not isinstance(layer, LSTM) or not isinstance(backward_layer, LSTM | None):
            raise InvalidTypeError(
                f"Bidirectional takes LSTM layers, got {type(layer).__name__}"
                + (f" and {type(backward_layer).__name__}" if backward_layer is not None else "")
            )
        if merge_mode is None:
            raise UnsupportedError(
                "Bidirectional: merge_mode=None gives two outputs, which a Sequential cannot take; "
                "use 'concat'"
            )
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
    def return_state(self) -> bool:
        """Whether ``predict`` also gives the final states of both directions."""
        return self.layer.return_state

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
        self, spec: _core.GraphSpec, name: str, source: int, *, with_weights: bool = True
    ) -> int:
        """Append this layer to a graph's spec; return its node."""
        # Keras: masked steps are zeros where sequences are returned.
        forward, backward = (
            layer.direction(
                name, with_weights=with_weights, zero_output_for_mask=layer.return_sequences
            )
            for layer in (self.layer, self.backward_layer)
        )
        return spec.add_bidirectional(name, source, forward, backward, self.merge_mode)
