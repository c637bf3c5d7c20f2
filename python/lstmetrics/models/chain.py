"""Layers in order, named, and the spec of them that the engine is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models.layers import Embedding, Input, Layer, Stack

__all__ = ["Chain"]

FloatArray = npt.NDArray[np.float32]


class Chain:
    """Layers that feed one another, each with a name of its own.

    Parameters
    ----------
    layers : iterable of Layer
        First to last; a :class:`~lstmetrics.models.Stack` is taken apart.
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.layers = _flatten(layers)
        self.names = _unique_names(self.layers)
        if not self.running:
            raise ShapeError("a Sequential needs at least one layer")
        for name, layer in self.running[:-1]:
            if getattr(layer, "return_state", False):
                raise ShapeError(
                    f"layer {name!r}: return_state=True gives several outputs, which only the last "
                    "layer of a Sequential can have"
                )

    @property
    def running(self) -> list[tuple[str, Layer]]:
        """The layers that compute, with their names: all but an Input."""
        pairs = list(zip(self.names, self.layers, strict=True))
        return pairs[1:] if self.layers and isinstance(self.layers[0], Input) else pairs

    @property
    def first(self) -> Layer:
        """The first layer that computes."""
        return self.running[0][1]

    def input_sizes(self) -> tuple[int | None, ...] | None:
        """Return the shape of one sample, as far as anything says it."""
        first = self.first
        if isinstance(self.layers[0], Input):
            return self.layers[0].shape
        if isinstance(first, Embedding):
            return (first.input_length,)
        given = getattr(first, "input_shape", None)
        if given is not None:
            return tuple(given)
        features = first.known_features()
        if features is None:
            return None
        return (None, features) if first.takes_sequence else (features,)

    def spec(self, *, with_weights: bool) -> _core.GraphSpec:
        """Return the spec of all layers; ShapeError while the input shape is unknown."""
        sizes = self.input_sizes()
        if sizes is None:
            raise ShapeError(
                f"the input shape of {self.first.label} is not known: give the first layer "
                "input_shape=, start with an Input or an Embedding, or set the weights"
            )
        spec = _core.GraphSpec()
        if isinstance(self.first, Embedding):
            if len(sizes) != 1:
                raise ShapeError(
                    f"an Embedding takes ids of shape (timesteps,), got the input shape {sizes}"
                )
            spec.add_ids_input(sizes[0])
        elif len(sizes) in (1, 2) and sizes[-1] is not None:
            spec.add_features_input(
                len(sizes) == 2, sizes[0] if len(sizes) == 2 else None, sizes[-1]
            )
        else:
            raise ShapeError(
                f"the input shape must be (timesteps, features) or (features,), got {sizes}"
            )
        node = 0
        for name, layer in self.running:
            node = layer.add_to(spec, name, node, with_weights=with_weights)
        return spec

    def weight_items(self) -> dict[str, FloatArray]:
        """Return all weights by a name that is unique in the model."""
        items: dict[str, FloatArray] = {}
        for layer, owner in zip(self.layers, self.names, strict=True):
            for key, weight in layer.named_weights().items():
                name = f"{owner}.{key}"
                if name in items:
                    raise InvalidValueError(f"two weights are named {name!r}; rename a layer")
                items[name] = weight
        return items


def _flatten(layers: Iterable[Layer]) -> list[Layer]:
    flat: list[Layer] = []
    for layer in layers:
        if isinstance(layer, Stack):
            flat.extend(_flatten(layer.layers))
        elif isinstance(layer, Layer):
            flat.append(layer)
        else:
            raise InvalidTypeError(f"layers must be layers, got {layer!r}")
    return flat


def _unique_names(layers: Sequence[Layer]) -> list[str]:
    """Name the layers as Keras does; given names must not repeat."""
    names: list[str] = []
    for layer in layers:
        if layer.name is not None and layer.name in names:
            raise InvalidValueError(f"two layers are named {layer.name!r}; names must be unique")
        name = layer.name or _free_name(type(layer).__name__.lower(), {*names} | _given(layers))
        names.append(name)
    return names


def _given(layers: Sequence[Layer]) -> set[str]:
    return {layer.name for layer in layers if layer.name is not None}


def _free_name(base: str, taken: set[str]) -> str:
    name, count = base, 0
    while name in taken:
        count += 1
        name = f"{base}_{count}"
    return name
