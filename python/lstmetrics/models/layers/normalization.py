"""Normalisation of features."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstmetrics import _core
from lstmetrics.errors import UnsupportedError
from lstmetrics.models._arguments import flag, last_axis, number, refuse_unknown, sizes_of
from lstmetrics.models.layers.base import Layer, Places

__all__ = ["BatchNormalization", "LayerNormalization"]


class _Normalization(Layer):
    step_by_step = True

    def __init__(
        self,
        axis: Any,
        epsilon: float,
        center: bool,
        scale: bool,
        input_shape: Sequence[int | None] | None,
        name: str | None,
        kwargs: dict[str, Any],
    ) -> None:
        super().__init__(name)
        owner = type(self).__name__
        refuse_unknown(owner, kwargs)
        last_axis(owner, axis)
        self.epsilon = number(owner, "epsilon", epsilon, low=0.0)
        self.center = flag(owner, "center", center)
        self.scale = flag(owner, "scale", scale)
        self.input_shape = (
            None if input_shape is None else sizes_of(f"{owner}: input_shape", input_shape, "")
        )

    def _expected_names(self) -> tuple[str, ...]:
        left_out = {"gamma" if not self.scale else "", "beta" if not self.center else ""}
        return tuple(one for one in self.weight_names if one not in left_out)

    def known_features(self) -> int | None:
        """Return how many features the weights take; None while there are none."""
        return next((int(weight.shape[0]) for weight in self.weights.values() if weight.ndim), None)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "name": self.name,
        }


class LayerNormalization(_Normalization):
    r"""Normalise the features of each step, in double precision and rounded once.

    .. math:: y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \gamma + \beta

    with the mean and the variance of the step's own features (Ba, Kiros and Hinton 2016).

    Parameters
    ----------
    axis : int, default=-1
        The features; nothing else is supported.
    epsilon : float, default=0.001
        Added to the variance.
    center, scale : bool, default=True
        Whether there are weights beta and gamma.
    input_shape : tuple, optional
        The shape of one sample, on the first layer of a model.
    name : str, optional
        The layer's name.
    rms_scaling : bool, default=False
        Not supported.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.models import Input, LayerNormalization, Sequential
    >>> model = Sequential([Input((2,)), LayerNormalization(epsilon=0.0)])
    >>> model.set_weights([np.ones(2), np.zeros(2)])
    >>> model.predict([[1.0, 3.0]])
    array([[-1.,  1.]], dtype=float32)
    """

    weight_names = ("gamma", "beta")

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        *,
        input_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        rms_scaling: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(axis, epsilon, center, scale, input_shape, name, kwargs)
        if flag("LayerNormalization", "rms_scaling", rms_scaling):
            raise UnsupportedError("LayerNormalization: rms_scaling=True is not supported")

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        given = self._weights_for(with_weights)
        return spec.add_layer_normalization(
            name, inputs, self.epsilon, given.get("gamma"), given.get("beta")
        )


class BatchNormalization(_Normalization):
    r"""Normalise each feature by what training has seen of it, in double precision, rounded once.

    .. math:: y = (x - \mu) \frac{\gamma}{\sqrt{\sigma^2 + \epsilon}} + \beta

    with the moving mean and variance of training (Ioffe and Szegedy 2015).

    Parameters
    ----------
    axis : int, default=-1
        The features; nothing else is supported.
    epsilon : float, default=0.001
        Added to the variance.
    center, scale : bool, default=True
        Whether there are weights beta and gamma.
    input_shape : tuple, optional
        The shape of one sample, on the first layer of a model.
    name : str, optional
        The layer's name.
    renorm : bool, default=False
        Not supported.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.models import BatchNormalization, Input, Sequential
    >>> model = Sequential([Input((1,)), BatchNormalization(epsilon=0.0)])
    >>> model.set_weights([np.ones(1), np.zeros(1), np.full(1, 5.0), np.full(1, 4.0)])
    >>> model.predict([[7.0]])
    array([[1.]], dtype=float32)
    """

    weight_names = ("gamma", "beta", "moving_mean", "moving_variance")

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
        *,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        input_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        renorm: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(axis, epsilon, center, scale, input_shape, name, kwargs)
        if flag("BatchNormalization", "renorm", renorm):
            raise UnsupportedError("BatchNormalization: renorm=True is not supported")

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        given = self._weights_for(with_weights)
        return spec.add_batch_normalization(
            name,
            inputs,
            self.epsilon,
            given.get("gamma"),
            given.get("beta"),
            given.get("moving_mean"),
            given.get("moving_variance"),
        )
