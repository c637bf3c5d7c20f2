"""The LSTM layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.models._arguments import (
    activation_name,
    flag,
    number,
    positive,
    refuse_unknown,
    sample_shape,
)
from lstmetrics.models.layers.base import Layer, Places

__all__ = ["LSTM"]


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
        Also give the final hidden and cell state, as two more values.
    go_backwards : bool, default=False
        Run from the last step to the first; outputs come in the order they are computed.
    restore_order : bool, default=False
        Those outputs stand at their own steps instead (ONNX).
    stateful : bool, default=False
        Rows go on where the same rows of the batch before ended, until
        :meth:`~lstmetrics.models.Model.reset_states`.
    input_shape : tuple, optional
        ``(timesteps, features)``, on the first layer of a model.
    zero_output_for_mask : bool, default=False
        Masked steps give zeros (PyTorch's padding) instead of the previous output (Keras's).
    repeat_state_for_mask : bool, default=False
        Masked steps give the hidden state, the initial one at first (Keras before 2.4), and so do
        they inside a :class:`Bidirectional`.
    output_activation : str, optional
        The activation of the cell, where it is not `activation` (ONNX's third).
    clip : float, default=0
        Pre-activations are clipped to plus and minus this (ONNX); 0 is not at all.
    clear_empty_rows : bool, default=False
        Rows without steps end in zeros rather than in their initial state (ONNX).
    proj_size : int, default=0
        The hidden state is projected to so many (PyTorch); 0 is not at all.
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
    comes from PyTorch also has ``recurrent_bias``, which is added to ``bias`` once, and with
    ``proj_size`` a ``projection`` (units, proj_size).

    Called on values, it takes ``initial_state=[hidden, cell]``.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Sequential
    >>> Sequential([LSTM(32, return_sequences=True, input_shape=(10, 8)), LSTM(16)]).output_shape
    (None, 16)
    """

    takes_sequence = True
    weight_names = ("kernel", "recurrent_kernel", "bias", "recurrent_bias", "projection")
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
        restore_order: bool = False,
        stateful: bool = False,
        input_shape: Sequence[int | None] | None = None,
        zero_output_for_mask: bool = False,
        repeat_state_for_mask: bool = False,
        output_activation: str | None = None,
        clip: float = 0.0,
        clear_empty_rows: bool = False,
        proj_size: int = 0,
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
        self.restore_order = flag("LSTM", "restore_order", restore_order)
        self.stateful = flag("LSTM", "stateful", stateful)
        self.zero_output_for_mask = flag("LSTM", "zero_output_for_mask", zero_output_for_mask)
        self.repeat_state_for_mask = flag("LSTM", "repeat_state_for_mask", repeat_state_for_mask)
        if self.zero_output_for_mask and self.repeat_state_for_mask:
            raise InvalidValueError(
                "LSTM: zero_output_for_mask and repeat_state_for_mask exclude one another"
            )
        self.output_activation = (
            None
            if output_activation is None
            else activation_name("LSTM", "output_activation", output_activation)
        )
        self.clip = number("LSTM", "clip", clip, low=0.0)
        self.clear_empty_rows = flag("LSTM", "clear_empty_rows", clear_empty_rows)
        self.proj_size = 0 if proj_size == 0 else positive("LSTM", "proj_size", proj_size)
        self.input_shape = (
            None
            if input_shape is None
            else sample_shape("LSTM", input_shape, ("timesteps", "features"))
        )

    @property
    def output_count(self) -> int:
        """How many values a call gives."""
        return 3 if self.return_state else 1

    @property
    def state_count(self) -> int:
        """How many recurrent directions it has."""
        return 1

    @property
    def is_stateful(self) -> bool:
        """Whether its states are carried from one batch to the next."""
        return self.stateful

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

    @classmethod
    def from_tensorflow1(
        cls,
        weights: npt.ArrayLike,
        biases: npt.ArrayLike,
        *,
        forget_bias: float = 1.0,
        return_sequences: bool = False,
        name: str | None = None,
    ) -> LSTM:
        """Rebuild TensorFlow 1's ``BasicLSTMCell`` from its two arrays.

        Parameters
        ----------
        weights : array_like of float, shape (features + units, 4 units)
            The kernel; its rows are the input's, then the state's, and its columns the gates i, j,
            f, o, where j is the candidate.
        biases : array_like of float, shape (4 units,)
            The biases in the same order.
        forget_bias : float, default=1.0
            What the cell adds to the forget gate when it runs; it is in no checkpoint.
        return_sequences : bool, default=False
            Give the output of every step.
        name : str, optional
            The layer's name.

        Returns
        -------
        LSTM
            The layer, with its weights.

        Raises
        ------
        lstmetrics.errors.ShapeError
            The arrays do not fit one another.

        Notes
        -----
        A ``MultiRNNCell`` is several of these, one behind the other, all but the last with
        ``return_sequences=True``. The forget bias is added to the stored bias in single precision,
        once; TensorFlow adds it to each sum, which is a different rounding of the same number.
        """
        from lstmetrics.models.formats.tensorflow1 import read_cell

        return read_cell(
            weights,
            biases,
            forget_bias=number("LSTM.from_tensorflow1", "forget_bias", forget_bias),
            return_sequences=flag("LSTM.from_tensorflow1", "return_sequences", return_sequences),
            name=name,
        )

    def _expected_names(self) -> tuple[str, ...]:
        left_out = set() if self.use_bias else {"bias"}
        left_out |= {one for one in self.optional_weights if one not in self.weights}
        left_out |= set() if self.proj_size else {"projection"}
        return tuple(one for one in self.weight_names if one not in left_out)

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
            "restore_order": self.restore_order,
            "stateful": self.stateful,
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "zero_output_for_mask": self.zero_output_for_mask,
            "repeat_state_for_mask": self.repeat_state_for_mask,
            "output_activation": self.output_activation,
            "clip": self.clip,
            "clear_empty_rows": self.clear_empty_rows,
            "proj_size": self.proj_size,
            "name": self.name,
        }

    def direction(
        self, name: str, *, with_weights: bool, masked_output: str | None = None
    ) -> _core.LstmSpec:
        """Return the core's spec of this layer; what masked steps give may be set from outside."""
        given = self._weights_for(with_weights)
        own = "zeros" if self.zero_output_for_mask else "previous"
        masked_output = masked_output or own
        return _core.LstmSpec(
            units=self.units,
            name=name,
            activation=self.activation,
            recurrent_activation=self.recurrent_activation,
            output_activation=self.output_activation,
            return_sequences=self.return_sequences,
            return_state=self.return_state,
            go_backwards=self.go_backwards,
            restore_order=self.restore_order,
            masked_output="state" if self.repeat_state_for_mask else masked_output,
            clear_empty_rows=self.clear_empty_rows,
            clip=self.clip,
            proj_size=self.proj_size,
            kernel=given.get("kernel"),
            recurrent_kernel=given.get("recurrent_kernel"),
            bias=given.get("bias"),
            recurrent_bias=given.get("recurrent_bias"),
            projection=given.get("projection"),
        )

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        return spec.add_lstm(name, inputs, self.direction(name, with_weights=with_weights))


def expect_lstms(owner: str, *layers: Any) -> None:
    """Refuse what is no LSTM; None may stand for one."""
    if not all(isinstance(layer, LSTM | None) for layer in layers) or layers[0] is None:
        found = " and ".join(type(layer).__name__ for layer in layers if layer is not None)
        raise InvalidTypeError(f"{owner} takes LSTM layers, got {found}")
