"""Layers in order, each feeding the next."""

from __future__ import annotations

from collections.abc import Iterable

from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.models.layers import (
    Activation,
    Dropout,
    Embedding,
    Input,
    Layer,
    Masking,
    SpatialDropout1D,
    Stack,
)
from lstmetrics.models.network import Network, unique_names
from lstmetrics.models.values import Call, Value

__all__ = ["Chain"]

_KEEP_SHAPE = (Activation, Dropout, Masking, SpatialDropout1D)


class Chain:
    """Layers that feed one another, each with a name of its own.

    Parameters
    ----------
    layers : iterable of Layer
        First to last; a :class:`~lstmetrics.models.Stack` is taken apart.
    """

    def __init__(self, layers: Iterable[Layer]) -> None:
        self.layers = _flatten(layers)
        self.names = unique_names(self.layers)
        if not self.running:
            raise ShapeError("a Sequential needs at least one layer")
        for name, layer in self.running[:-1]:
            if layer.output_count == 1:
                continue
            option = "return_state=True" if layer.output_count > 2 else "merge_mode=None"
            raise ShapeError(
                f"layer {name!r}: {option} gives several outputs, which only the last layer of a "
                "Sequential can have"
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
        sequence = False
        for _, layer in self.running:
            sequence = sequence or layer.takes_sequence or isinstance(layer, Masking)
            features = layer.known_features()
            if features is not None:
                return (None, features) if sequence else (features,)
            if not isinstance(layer, _KEEP_SHAPE):
                break
        return None

    def network(self) -> Network:
        """Return the layers as a network; ShapeError while the input shape is unknown."""
        sizes = self.input_sizes()
        if sizes is None:
            raise ShapeError(
                f"the input shape of {self.first.label} is not known: give the first layer "
                "input_shape=, start with an Input or an Embedding, or set the weights"
            )
        names = dict(zip(self.layers, self.names, strict=True))
        start = self.layers[0]
        if not isinstance(start, Input):
            start = Input(sizes)
            names[start] = "input"
        values = [start.value]
        for name, layer in self.running:
            if isinstance(layer, Input):
                raise ShapeError(f"layer {name!r}: an Input can only be the first layer")
            call = Call(layer, (values[0],))
            values = [Value(call, index) for index in range(layer.output_count)]
        return Network([start], values, names)


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
