"""Layers without weights."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedError
from lstmetrics.models._arguments import (
    FloatArray,
    activation_name,
    number,
    positive,
    refuse_unknown,
    sizes_of,
)
from lstmetrics.models.layers.base import Layer, Places
from lstmetrics.models.values import Call, Value

__all__ = [
    "Activation",
    "Dropout",
    "Flatten",
    "Input",
    "Masking",
    "SpatialDropout1D",
    "Stack",
    "TimeDistributed",
]


class Input(Layer):
    """The shape of one sample: ``(timesteps,)`` of ids, ``(timesteps, features)``, ``(features,)``.

    Parameters
    ----------
    shape : tuple of int or None
        Sizes without the batch; None where any size is allowed.
    name : str, optional
        The layer's name.
    batch_size : int, optional
        How many rows a batch of a stateful model has.
    dtype : str, optional
        Only for Keras's sake; what the input holds follows from the next layer.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Input, Sequential
    >>> Sequential([Input((None, 8)), LSTM(4)]).output_shape
    (None, 4)
    """

    def __init__(
        self,
        shape: Sequence[int | None],
        *,
        name: str | None = None,
        batch_size: int | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name)
        self.shape = sizes_of("Input: shape", shape, "of int or None")
        self.batch_size = (
            None if batch_size is None else positive("Input", "batch_size", batch_size)
        )
        del dtype

    @cached_property
    def value(self) -> Value:
        """What the input holds, for the layers that take it."""
        return Value(Call(self, ()), 0)

    def called_on(self, values: tuple[Value, ...]) -> Value | list[Value]:
        """Refuse: an input takes nothing."""
        del values
        raise InvalidTypeError(f"{self.label}: an Input takes no values; other layers take it")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"shape": list(self.shape), "batch_size": self.batch_size, "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Refuse to stand anywhere but first."""
        del spec, inputs, with_weights
        raise ShapeError(f"layer {name!r}: an Input can only be the first layer")


class Activation(Layer):
    """Apply an activation to every value; softmax over the features.

    Parameters
    ----------
    activation : str
        The name of an activation, with its parameters where it has any: ``"leaky_relu(0.3)"``.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Activation, Input, Sequential
    >>> Sequential([Input((3,)), Activation("relu")]).predict([[-1.0, 0.0, 2.0]])
    array([[0., 0., 2.]], dtype=float32)
    """

    step_by_step = True

    def __init__(self, activation: str, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name)
        refuse_unknown("Activation", kwargs)
        self.activation = activation_name("Activation", "activation", activation)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"activation": self.activation, "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_activation(name, inputs, self.activation)


class Dropout(Layer):
    """Dropout: the identity when a model is run rather than trained.

    Parameters
    ----------
    rate : float
        The fraction that training drops; without effect here.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Dropout, Input, Sequential
    >>> Sequential([Input((2,)), Dropout(0.5)]).predict([[1.0, 2.0]])
    array([[1., 2.]], dtype=float32)
    """

    step_by_step = True

    def __init__(self, rate: float, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name)
        refuse_unknown(type(self).__name__, kwargs)
        if not 0 <= rate <= 1:
            raise InvalidValueError(
                f"{type(self).__name__}: rate must be from 0 to 1, got {rate!r}"
            )
        self.rate = float(rate)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"rate": self.rate, "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_identity(name, inputs)


class SpatialDropout1D(Dropout):
    """Dropout of whole features: the identity when a model is run rather than trained.

    Parameters
    ----------
    rate : float
        The fraction that training drops; without effect here.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Embedding, Sequential, SpatialDropout1D
    >>> Sequential([Embedding(9, 4), SpatialDropout1D(0.2), LSTM(3)]).output_shape
    (None, 3)
    """

    def __init__(self, rate: float, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(rate, name=name, **kwargs)


class Masking(Layer):
    """Mask the steps whose features all equal a value; they become zeros.

    Parameters
    ----------
    mask_value : float, default=0
        The value.
    input_shape : tuple, optional
        ``(timesteps, features)``, on the first layer of a model.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Notes
    -----
    As in Keras, a mask that another layer has made before is forgotten.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Masking, Sequential
    >>> Sequential([Masking(-1.0, input_shape=(None, 8)), LSTM(4)]).output_shape
    (None, 4)
    """

    takes_sequence = True

    def __init__(
        self,
        mask_value: float = 0.0,
        *,
        input_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name)
        refuse_unknown("Masking", kwargs)
        self.mask_value = number("Masking", "mask_value", mask_value)
        self.input_shape = (
            None if input_shape is None else sizes_of("Masking: input_shape", input_shape, "")
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "mask_value": self.mask_value,
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "name": self.name,
        }

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_masking(name, inputs, self.mask_value)


class Flatten(Layer):
    """The steps of a row side by side: ``(batch, timesteps, features)`` to one vector a row.

    Parameters
    ----------
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Dense, Embedding, Flatten, Sequential
    >>> Sequential([Embedding(9, 4, input_length=5), Flatten(), Dense(2)]).output_shape
    (None, 2)
    """

    def __init__(self, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name)
        refuse_unknown("Flatten", kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_flatten(name, inputs)


class TimeDistributed(Layer):
    """Apply a layer to each step of a sequence.

    Parameters
    ----------
    layer : Layer
        One that takes each step by itself anyway: Dense, Activation, Dropout, LayerNormalization or
        BatchNormalization.
    input_shape : tuple, optional
        ``(timesteps, features)``, on the first layer of a model.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Dense, Embedding, Sequential, TimeDistributed
    >>> tagger = [Embedding(9, 4), LSTM(3, return_sequences=True), TimeDistributed(Dense(5))]
    >>> Sequential(tagger).output_shape
    (None, None, 5)
    """

    takes_sequence = True

    def __init__(
        self,
        layer: Layer,
        *,
        input_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name)
        refuse_unknown("TimeDistributed", kwargs)
        if not isinstance(layer, Layer):
            raise InvalidTypeError(f"TimeDistributed takes a layer, got {layer!r}")
        if not layer.step_by_step:
            raise UnsupportedError(
                f"TimeDistributed of {type(layer).__name__} is not supported; supported are "
                "Activation, BatchNormalization, Dense, Dropout, LayerNormalization"
            )
        self.layer = layer
        self.input_shape = (
            None
            if input_shape is None
            else sizes_of("TimeDistributed: input_shape", input_shape, "")
        )

    def known_features(self) -> int | None:
        """Return how many features the weights take; None while there are none."""
        return self.layer.known_features()

    def set_weights(self, weights: Sequence[Any]) -> None:
        """Set the weights of the layer."""
        self.layer.set_weights(weights)

    def get_weights(self) -> list[FloatArray]:
        """Return the weights of the layer."""
        return self.layer.get_weights()

    def weight_count(self) -> int:
        """Return how many arrays :meth:`set_weights` takes."""
        return self.layer.weight_count()

    def named_weights(self) -> dict[str, FloatArray]:
        """Return the weights by name, for files."""
        return self.layer.named_weights()

    def load_named_weights(self, weights: Mapping[str, FloatArray]) -> None:
        """Take what :meth:`named_weights` returned."""
        self.layer.load_named_weights(weights)

    def state(self) -> Any:
        """Return what :meth:`restore` takes back."""
        return self.layer.state()

    def restore(self, state: Any) -> None:
        """Put the weights back as :meth:`state` gave them."""
        self.layer.restore(state)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        inner = {"class_name": type(self.layer).__name__, "config": self.layer.get_config()}
        return {
            "layer": inner,
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a layer from what :meth:`get_config` returned."""
        from lstmetrics.models.layers import layer_from_config

        return cls(**(dict(config) | {"layer": layer_from_config(config["layer"])}))

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        return self.layer.add_to(spec, name, inputs, with_weights=with_weights)


class Stack(Layer):
    """Several layers used as one, such as the layers of one ``torch.nn.LSTM``.

    Parameters
    ----------
    layers : iterable of Layer
        The layers, first to last; a model takes them in one by one.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Input, Sequential, Stack
    >>> two = Stack([LSTM(8, return_sequences=True), LSTM(4)])
    >>> Sequential([Input((None, 3)), two]).output_shape
    (None, 4)
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        super().__init__(None)
        self.layers = tuple(layers)

    def called_on(self, values: tuple[Value, ...]) -> Value | list[Value]:
        """Return what the last layer gives, each called on what the one before it gave."""
        result: Value | list[Value] = list(values)
        for layer in self.layers:
            result = layer(result)
        return result

    def get_config(self) -> dict[str, Any]:
        """Return the layers' options."""
        return {"layers": [layer.get_config() for layer in self.layers]}

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Refuse: a model takes the layers one by one."""
        del spec, inputs, with_weights
        raise InvalidTypeError(f"layer {name!r}: a Stack is taken apart by the model it is put in")
