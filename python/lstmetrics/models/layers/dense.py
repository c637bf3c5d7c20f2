"""The fully connected layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import ShapeError
from lstmetrics.models._arguments import (
    activation_name,
    flag,
    float_weight,
    positive,
    refuse_unknown,
    sample_shape,
    torch_weight,
)
from lstmetrics.models.layers.base import Layer, Places

__all__ = ["Dense"]


class Dense(Layer):
    """A fully connected layer, ``activation(x W + b)``; on sequences it works step by step.

    Parameters
    ----------
    units : int
        Size of the output.
    activation : str, optional
        The name of an activation; None is linear.
    use_bias : bool, default=True
        Whether a bias is added.
    input_shape : tuple, optional
        ``(features,)``, on the first layer of a model.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Dense, Sequential
    >>> Sequential([Dense(4, activation="softmax", input_shape=(8,))]).output_shape
    (None, 4)
    """

    weight_names = ("kernel", "bias")
    step_by_step = True

    def __init__(
        self,
        units: int,
        activation: str | None = None,
        use_bias: bool = True,
        *,
        input_shape: Sequence[int | None] | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name)
        refuse_unknown("Dense", kwargs)
        self.units = positive("Dense", "units", units)
        self.activation = activation_name("Dense", "activation", activation)
        self.use_bias = flag("Dense", "use_bias", use_bias)
        self.input_shape = (
            None if input_shape is None else sample_shape("Dense", input_shape, ("features",))
        )

    @classmethod
    def from_torch(
        cls,
        state_dict: Mapping[str, npt.ArrayLike],
        prefix: str,
        *,
        activation: str | None = None,
        name: str | None = None,
    ) -> Dense:
        """Rebuild ``torch.nn.Linear`` from its weights.

        Parameters
        ----------
        state_dict : mapping of str to array_like
            Names to arrays.
        prefix : str
            The module's name in it: ``.weight`` and, if there is one, ``.bias`` are read.
        activation : str, optional
            The function that the PyTorch model applies afterwards, such as ``"softmax"``.
        name : str, optional
            The layer's name; the last part of prefix by default.

        Returns
        -------
        Dense
            The layer, with its weights.
        """
        kernel = torch_weight(state_dict, f"{prefix}.weight")
        if kernel.ndim != 2:
            raise ShapeError(
                f"state_dict[{prefix + '.weight'!r}] must have shape (outputs, inputs), "
                f"got {kernel.shape}"
            )
        use_bias = f"{prefix}.bias" in state_dict
        layer = cls(int(kernel.shape[0]), activation, use_bias, name=name or prefix.split(".")[-1])
        layer.weights = {"kernel": float_weight("kernel", kernel.T)}
        if use_bias:
            layer.weights["bias"] = torch_weight(state_dict, f"{prefix}.bias")
        return layer

    def _expected_names(self) -> tuple[str, ...]:
        return self.weight_names if self.use_bias else self.weight_names[:1]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "units": self.units,
            "activation": self.activation,
            "use_bias": self.use_bias,
            "input_shape": None if self.input_shape is None else list(self.input_shape),
            "name": self.name,
        }

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        weights = self._weights_for(with_weights)
        return spec.add_dense(
            name, inputs, self.units, self.activation, weights.get("kernel"), weights.get("bias")
        )
