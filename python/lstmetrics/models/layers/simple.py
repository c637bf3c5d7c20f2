"""Layers without weights."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models._arguments import activation_name, refuse_unknown, sizes_of
from lstmetrics.models.layers.base import Layer

__all__ = ["Activation", "Dropout", "Input", "Stack"]


class Input(Layer):
    """The shape of one sample: ``(timesteps,)`` of ids, ``(timesteps, features)``, ``(features,)``.

    Parameters
    ----------
    shape : tuple of int or None
        Sizes without the batch; None where any size is allowed.
    name : str, optional
        The layer's name.
    dtype : str, optional
        Only for Keras's sake; what the input holds follows from the next layer.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Input, Sequential
    >>> Sequential([Input((None, 8)), LSTM(4)]).output_shape
    (None, 4)
    """

    def __init__(
        self, shape: Sequence[int | None], *, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(name)
        self.shape = sizes_of("Input: shape", shape, "of int or None")
        del dtype

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"shape": list(self.shape), "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, source: int, *, with_weights: bool = True
    ) -> int:
        """Refuse to stand anywhere but first."""
        del spec, source, with_weights
        raise ShapeError(f"layer {name!r}: an Input can only be the first layer")


class Activation(Layer):
    """Apply an activation to every value; softmax over the features.

    Parameters
    ----------
    activation : str
        The name of an activation.
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

    def __init__(self, activation: str, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name)
        refuse_unknown("Activation", kwargs)
        self.activation = activation_name("Activation", "activation", activation)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"activation": self.activation, "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, source: int, *, with_weights: bool = True
    ) -> int:
        """Append this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_activation(name, source, self.activation)


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

    def __init__(self, rate: float, *, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name)
        refuse_unknown("Dropout", kwargs)
        if not 0 <= rate <= 1:
            raise InvalidValueError(f"Dropout: rate must be from 0 to 1, got {rate!r}")
        self.rate = float(rate)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"rate": self.rate, "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, source: int, *, with_weights: bool = True
    ) -> int:
        """Append this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_dropout(name, source)


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

    def get_config(self) -> dict[str, Any]:
        """Return the layers' options."""
        return {"layers": [layer.get_config() for layer in self.layers]}

    def add_to(
        self, spec: _core.GraphSpec, name: str, source: int, *, with_weights: bool = True
    ) -> int:
        """Refuse: a model takes the layers one by one."""
        del spec, source, with_weights
        raise InvalidTypeError(f"layer {name!r}: a Stack is taken apart by the model it is put in")
