"""Token ids to vectors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import ShapeError
from lstmetrics.models._arguments import flag, positive, refuse_unknown, torch_weight
from lstmetrics.models.layers.base import Layer, Places

__all__ = ["Embedding"]


class Embedding(Layer):
    """Turn token ids into vectors: ``(batch, timesteps) -> (batch, timesteps, output_dim)``.

    Parameters
    ----------
    input_dim : int
        Size of the vocabulary; ids are 0 to ``input_dim - 1``.
    output_dim : int
        Size of the vectors.
    mask_zero : bool, default=False
        Id 0 is padding: the layers after this one skip its steps.
    input_length : int, optional
        Number of timesteps, when fixed.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Embedding, Sequential
    >>> Sequential([Embedding(1000, 64, input_length=10)]).output_shape
    (None, 10, 64)
    """

    weight_names = ("embeddings",)

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        *,
        mask_zero: bool = False,
        input_length: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name)
        refuse_unknown("Embedding", kwargs)
        self.input_dim = positive("Embedding", "input_dim", input_dim)
        self.output_dim = positive("Embedding", "output_dim", output_dim)
        self.mask_zero = flag("Embedding", "mask_zero", mask_zero)
        self.input_length = (
            None if input_length is None else positive("Embedding", "input_length", input_length)
        )

    @classmethod
    def from_torch(
        cls,
        state_dict: Mapping[str, npt.ArrayLike],
        prefix: str,
        *,
        mask_zero: bool = False,
        name: str | None = None,
    ) -> Embedding:
        """Rebuild ``torch.nn.Embedding`` from its weight.

        Parameters
        ----------
        state_dict : mapping of str to array_like
            Names to arrays, ``{k: v.numpy() for k, v in module.state_dict().items()}``.
        prefix : str
            The module's name in it: ``prefix + ".weight"`` is read.
        mask_zero : bool, default=False
            True where the PyTorch model packs its sequences and 0 is the padding id.
        name : str, optional
            The layer's name; the last part of prefix by default.

        Returns
        -------
        Embedding
            The layer, with its weight.
        """
        table = torch_weight(state_dict, f"{prefix}.weight")
        if table.ndim != 2:
            raise ShapeError(
                f"state_dict[{prefix + '.weight'!r}] must have shape (vocabulary, size), "
                f"got {table.shape}"
            )
        layer = cls(*table.shape, mask_zero=mask_zero, name=name or prefix.split(".")[-1])
        layer.weights = {"embeddings": table}
        return layer

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "mask_zero": self.mask_zero,
            "input_length": self.input_length,
            "name": self.name,
        }

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        return spec.add_embedding(
            name,
            inputs,
            self.input_dim,
            self.output_dim,
            self.mask_zero,
            self._weights_for(with_weights).get("embeddings"),
        )
