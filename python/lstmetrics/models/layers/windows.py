"""Layers over windows of steps, and over all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstmetrics import _core
from lstmetrics.errors import UnsupportedError
from lstmetrics.models._arguments import (
    activation_name,
    choice,
    flag,
    one_size,
    positive,
    refuse_unknown,
    sample_shape,
    whole,
)
from lstmetrics.models.layers.base import Layer, Places

__all__ = ["Conv1D", "GlobalAveragePooling1D", "GlobalMaxPooling1D", "MaxPooling1D", "TakeStep"]


class _OverSteps(Layer):
    takes_sequence = True

    def __init__(
        self,
        input_shape: Sequence[int | None] | None,
        data_format: str | None,
        name: str | None,
        kwargs: dict[str, Any],
    ) -> None:
        super().__init__(name)
        owner = type(self).__name__
        refuse_unknown(owner, kwargs)
        if data_format not in (None, "channels_last"):
            raise UnsupportedError(f"{owner}: data_format={data_format!r} is not supported")
        self.input_shape = (
            None
            if input_shape is None
            else sample_shape(owner, input_shape, ("timesteps", "features"))
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "name": self.name,
        }


class Conv1D(_OverSteps):
    """Slide filters over the steps of a sequence.

    Parameters
    ----------
    filters : int
        Features of the output.
    kernel_size : int
        Steps of a window.
    strides : int, default=1
        Steps from one window to the next.
    padding : {"valid", "same", "causal"}, default="valid"
        Whether zeros stand before and behind a sequence, as TensorFlow counts them.
    dilation_rate : int, default=1
        Steps from one of a window to the next.
    groups : int, default=1
        The features are split into so many groups, each with filters of its own.
    activation : str, optional
        The name of an activation; None is linear.
    use_bias : bool, default=True
        Whether a bias is added.
    input_shape : tuple, optional
        ``(timesteps, features)``, on the first layer of a model.
    data_format : str, optional
        ``"channels_last"``; nothing else is supported.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Notes
    -----
    As in Keras, masks end here. Rows that are given lengths have windows of their own: each row is
    what it would be alone.

    Examples
    --------
    >>> from lstmetrics.models import Conv1D, Embedding, LSTM, Sequential
    >>> Sequential([Embedding(9, 4, input_length=8), Conv1D(6, 3), LSTM(5)]).output_shape
    (None, 5)
    """

    weight_names = ("kernel", "bias")

    def __init__(
        self,
        filters: int,
        kernel_size: int,
        strides: int = 1,
        padding: str = "valid",
        *,
        dilation_rate: int = 1,
        groups: int = 1,
        activation: str | None = None,
        use_bias: bool = True,
        input_shape: Sequence[int | None] | None = None,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(input_shape, data_format, name, kwargs)
        self.filters = positive("Conv1D", "filters", filters)
        self.kernel_size = one_size("Conv1D", "kernel_size", kernel_size)
        self.strides = one_size("Conv1D", "strides", strides)
        self.padding = choice("Conv1D", "padding", padding, ("valid", "same", "causal"))
        self.dilation_rate = one_size("Conv1D", "dilation_rate", dilation_rate)
        self.groups = positive("Conv1D", "groups", groups)
        self.activation = activation_name("Conv1D", "activation", activation)
        self.use_bias = flag("Conv1D", "use_bias", use_bias)

    def _expected_names(self) -> tuple[str, ...]:
        return self.weight_names if self.use_bias else self.weight_names[:1]

    def known_features(self) -> int | None:
        """Return how many features the weights take; None while there are none."""
        kernel = self.weights.get("kernel")
        return (
            int(kernel.shape[1]) * self.groups if kernel is not None and kernel.ndim == 3 else None
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "dilation_rate": self.dilation_rate,
            "groups": self.groups,
            "activation": self.activation,
            "use_bias": self.use_bias,
            **super().get_config(),
        }

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        given = self._weights_for(with_weights)
        return spec.add_conv1d(
            name,
            inputs,
            self.filters,
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
            self.groups,
            self.activation,
            given.get("kernel"),
            given.get("bias"),
        )


class MaxPooling1D(_OverSteps):
    """The largest value of each feature in windows of steps.

    Parameters
    ----------
    pool_size : int, default=2
        Steps of a window.
    strides : int, optional
        Steps from one window to the next; as many as a window has by default.
    padding : {"valid", "same"}, default="valid"
        Whether windows may reach over the ends.
    data_format : str, optional
        ``"channels_last"``; nothing else is supported.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Notes
    -----
    NaN is the largest, and +0 is larger than -0. As in Keras, masks end here.

    Examples
    --------
    >>> from lstmetrics.models import Input, MaxPooling1D, Sequential
    >>> Sequential([Input((4, 1)), MaxPooling1D()]).predict([[[1.0], [3.0], [2.0], [0.0]]])
    array([[[3.],
            [2.]]], dtype=float32)
    """

    def __init__(
        self,
        pool_size: int = 2,
        strides: int | None = None,
        padding: str = "valid",
        *,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(None, data_format, name, kwargs)
        self.pool_size = one_size("MaxPooling1D", "pool_size", pool_size)
        self.strides = (
            self.pool_size if strides is None else one_size("MaxPooling1D", "strides", strides)
        )
        self.padding = choice("MaxPooling1D", "padding", padding, ("valid", "same"))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "pool_size": self.pool_size,
            "strides": self.strides,
            "padding": self.padding,
            "name": self.name,
        }

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_max_pooling1d(name, inputs, self.pool_size, self.strides, self.padding)


class _GlobalPooling(_OverSteps):
    pool: str

    def __init__(
        self,
        *,
        keepdims: bool = False,
        data_format: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(None, data_format, name, kwargs)
        self.keepdims = flag(type(self).__name__, "keepdims", keepdims)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"keepdims": self.keepdims, "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_global_pooling(name, inputs, self.pool, self.keepdims)


class GlobalMaxPooling1D(_GlobalPooling):
    """The largest value of each feature over all steps.

    Parameters
    ----------
    keepdims : bool, default=False
        Keep a time dimension of one step.
    data_format : str, optional
        ``"channels_last"``; nothing else is supported.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Notes
    -----
    As in Keras, masked steps take part; steps behind given lengths do not exist. NaN is the
    largest, +0 is larger than -0, and of no steps it is -inf.

    Examples
    --------
    >>> from lstmetrics.models import GlobalMaxPooling1D, Input, Sequential
    >>> Sequential([Input((None, 1)), GlobalMaxPooling1D()]).predict([[[1.0], [3.0], [2.0]]])
    array([[3.]], dtype=float32)
    """

    pool = "max"


class GlobalAveragePooling1D(_GlobalPooling):
    """The mean of each feature over the steps that count.

    Parameters
    ----------
    keepdims : bool, default=False
        Keep a time dimension of one step.
    data_format : str, optional
        ``"channels_last"``; nothing else is supported.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Notes
    -----
    As in Keras, masked steps do not take part, and the mean of none is NaN.

    Examples
    --------
    >>> from lstmetrics.models import GlobalAveragePooling1D, Input, Sequential
    >>> Sequential([Input((None, 1)), GlobalAveragePooling1D()]).predict([[[1.0], [3.0], [2.0]]])
    array([[2.]], dtype=float32)
    """

    pool = "average"


class TakeStep(_OverSteps):
    """The features of one step of each row: ``output[:, -1]`` of PyTorch and ONNX.

    Parameters
    ----------
    index : int, default=-1
        Which step, from 0 on; negative ones count from the end of the row, its given length.
    name : str, optional
        The layer's name.

    Notes
    -----
    The step is taken whether or not it is masked. Rows that have no such step are refused when the
    model runs. An LSTM with ``return_sequences=False`` gives its last output without this layer;
    the backward half of a :class:`Bidirectional` ends at step 0, and of its last step this layer
    gives what it knew of one step alone, as in the models that are written so.

    Examples
    --------
    >>> from lstmetrics.models import Input, Sequential, TakeStep
    >>> Sequential([Input((None, 1)), TakeStep(-1)]).predict([[[1.0], [3.0], [2.0]]])
    array([[2.]], dtype=float32)
    """

    def __init__(self, index: int = -1, *, name: str | None = None) -> None:
        super().__init__(None, None, name, {})
        self.index = whole("TakeStep", "index", index)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"index": self.index, "name": self.name}

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_take_step(name, inputs, self.index)
