"""Layers that feed one another, named, and the spec of them that the engine is made from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models.layers import Embedding, Input, Layer
from lstmetrics.models.values import Call, Value

__all__ = ["Network", "as_inputs", "unique_names", "weight_items"]

FloatArray = npt.NDArray[np.float32]


class Network:
    """Calls of layers between inputs and outputs.

    Parameters
    ----------
    inputs : sequence of Input
        What the network takes.
    outputs : sequence of Value
        What it gives.
    names : mapping of Layer to str, optional
        Names of the layers; by default their own, or new ones as Keras makes them.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        outputs: Sequence[Value],
        names: dict[Layer, str] | None = None,
    ) -> None:
        self.inputs = list(inputs)
        self.outputs = list(outputs)
        self.calls = _ordered(self.inputs, self.outputs)
        self.layers = list(dict.fromkeys(call.layer for call in self.calls))
        self.names = (
            dict(zip(self.layers, unique_names(self.layers), strict=True))
            if names is None
            else names
        )

    def takes_ids(self, one: Input) -> bool:
        """Whether an input holds token ids: an Embedding takes it."""
        return any(isinstance(layer, Embedding) for layer in self._takers(one))

    def vocabulary_size(self, one: Input) -> int | None:
        """How many ids an input takes; None when it takes features."""
        sizes = [x.input_dim for x in self._takers(one) if isinstance(x, Embedding)]
        return min(sizes, default=None)

    def spec(self, *, with_weights: bool) -> _core.GraphSpec:
        """Return the spec of all calls."""
        spec = _core.GraphSpec()
        nodes: dict[Call, int] = {}
        for name, call in self.named_calls():
            if isinstance(call.layer, Input):
                nodes[call] = self._add_input(spec, name, call.layer)
            else:
                inputs = [(nodes[value.call], value.index) for value in call.inputs]
                nodes[call] = call.layer.add_to(spec, name, inputs, with_weights=with_weights)
        spec.set_outputs([(nodes[value.call], value.index) for value in self.outputs])
        return spec

    def named_calls(self) -> Iterator[tuple[str, Call]]:
        """Each call with a name of its own: a layer's second call is ``name@2``."""
        uses: dict[Layer, int] = {}
        for call in self.calls:
            uses[call.layer] = uses.get(call.layer, 0) + 1
            name, use = self.names[call.layer], uses[call.layer]
            yield (name if use == 1 else f"{name}@{use}"), call

    def facts(self) -> list[dict[str, Any]]:
        """Return name, class, output shapes and number of weights of each call."""
        shapes = self.spec(with_weights=False).shapes()
        return [
            {
                "name": name,
                "class_name": type(call.layer).__name__,
                "output_shape": [list(one) for one in own],
                "weights": sum(weight.size for weight in call.layer.get_weights()),
            }
            for (name, call), own in zip(self.named_calls(), shapes, strict=True)
        ]

    def weight_items(self) -> dict[str, FloatArray]:
        """Return all weights by a name that is unique in the network."""
        return weight_items([(self.names[layer], layer) for layer in self.layers])

    def stateful_slots(self) -> list[bool]:
        """For each recurrent direction, whether its state is carried between batches."""
        return [
            call.layer.is_stateful for call in self.calls for _ in range(call.layer.state_count)
        ]

    def _takers(self, one: Input) -> list[Layer]:
        return [call.layer for call in self.calls if any(v.call.layer is one for v in call.inputs)]

    def _add_input(self, spec: _core.GraphSpec, name: str, one: Input) -> int:
        sizes = one.shape
        if self.takes_ids(one):
            if len(sizes) != 1:
                raise ShapeError(
                    f"an Embedding takes ids of shape (timesteps,), got the input shape {sizes}"
                )
            return spec.add_ids_input(name, sizes[0])
        if len(sizes) not in (1, 2) or sizes[-1] is None:
            raise ShapeError(
                f"the input shape must be (timesteps, features) or (features,), got {sizes}"
            )
        steps = sizes[0] if len(sizes) == 2 else None
        return spec.add_features_input(name, len(sizes) == 2, steps, sizes[-1])


def _ordered(inputs: Sequence[Input], outputs: Sequence[Value]) -> list[Call]:
    """Return the calls that the outputs need, each behind those it needs; inputs come first."""
    done: dict[Call, None] = dict.fromkeys(one.value.call for one in inputs)
    if len(done) != len(inputs):
        raise InvalidValueError("a model's inputs must differ from one another")
    for output in outputs:
        pending = [output.call]
        while pending:
            call = pending[-1]
            missing = [v.call for v in call.inputs if v.call not in done]
            if call in done or not missing:
                if isinstance(call.layer, Input) and call not in done:
                    raise InvalidValueError(
                        f"the outputs need {call.layer.label!r}, which is none of the model's "
                        "inputs"
                    )
                done[call] = None
                pending.pop()
            else:
                pending.extend(reversed(missing))
    return list(done)


def unique_names(layers: Sequence[Layer]) -> list[str]:
    """Name the layers as Keras does; given names must not repeat."""
    given = [layer.name for layer in layers if layer.name is not None]
    if len(set(given)) != len(given):
        repeated = next(name for name in given if given.count(name) > 1)
        raise InvalidValueError(f"two layers are named {repeated!r}; names must be unique")
    taken = set(given)
    names: list[str] = []
    for layer in layers:
        name = layer.name or _free_name(type(layer).__name__.lower(), taken)
        taken.add(name)
        names.append(name)
    return names


def _free_name(base: str, taken: set[str]) -> str:
    name, count = base, 0
    while name in taken:
        count += 1
        name = f"{base}_{count}"
    return name


def weight_items(layers: Sequence[tuple[str, Layer]]) -> dict[str, FloatArray]:
    """Return all weights of named layers, by a name that is unique among them."""
    items: dict[str, FloatArray] = {}
    for owner, layer in layers:
        for key, weight in layer.named_weights().items():
            name = f"{owner}.{key}"
            if name in items:
                raise InvalidValueError(f"two weights are named {name!r}; rename a layer")
            items[name] = weight
    return items


def as_inputs(given: object) -> list[Input]:
    """Return one input, or a sequence of them, as a list."""
    items = list(given) if isinstance(given, list | tuple) else [given]
    if not items or not all(isinstance(one, Input) for one in items):
        raise InvalidTypeError(f"inputs must be one Input or several, got {given!r}")
    return items  # type: ignore[return-value]
