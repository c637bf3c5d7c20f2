"""Layers called on values as the config of a Keras model says: Sequential, Functional, nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lstmetrics.errors import FormatError, ShapeError, UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models.formats.keras.layers import layer_of
from lstmetrics.models.formats.keras.nodes import Mask, Nodes, Use, references
from lstmetrics.models.formats.keras.parts import Part
from lstmetrics.models.formats.keras.version import Dialect
from lstmetrics.models.values import Value, as_values

__all__ = ["Builder"]

_MOST_CALLS = 10_000  # models that use one another could ask for any number
_KEEPS_MASK = (
    ours.Activation,
    ours.BatchNormalization,
    ours.Dense,
    ours.Dropout,
    ours.LayerNormalization,
    ours.TimeDistributed,
)
_MERGES = (ours.Add, ours.Average, ours.Concatenate, ours.Multiply)
_RECURRENT = (ours.LSTM, ours.Bidirectional)
_LOOKS_AT_MASK = (*_MERGES, *_RECURRENT, ours.GlobalAveragePooling1D)


class Builder:
    """Calls the layers of a model, once each value they take is there.

    Parameters
    ----------
    owner : str
        What errors name: the file.
    dialect : Dialect
        The version of Keras.
    """

    def __init__(self, owner: str, dialect: Dialect) -> None:
        self._owner = owner
        self._dialect = dialect
        self._ranks: dict[Value, int] = {}
        self._masks: dict[Value, Mask] = {}
        self._lost: set[Value] = set()  # Keras has a mask for them that ours have not
        self._names: set[str] = set()
        self._calls = 0
        self.texts: dict[str, Part] = {}  # by input: the TextVectorization behind it
        self._strings: dict[Value, ours.Input] = {}

    def inputs_of(self, model: Part) -> list[ours.Input]:
        """Return what a model takes; of a Sequential that does not say it, what fits."""
        if model.class_name == "Sequential":
            first = model.parts[0]
            shape = model.shape() if first.class_name != "TextVectorization" else [None, 1]
            name = first.name if first.class_name == "InputLayer" else None
            text = first.class_name == "TextVectorization" or _takes_text(first)
            return [self._input(shape, name, text)]
        by_name = {part.name: part for part in model.parts}
        found = []
        for name, _, _ in references(model.config.get("input_layers")):
            if name not in by_name or by_name[name].class_name != "InputLayer":
                raise FormatError(f"{self._owner}: the model's input {name!r} is no InputLayer")
            part = by_name[name]
            found.append(self._input(part.shape(), name, _takes_text(part)))
        return found

    def run(self, model: Part, values: Sequence[Value]) -> list[Value]:
        """Call a model on values; return what it gives."""
        if model.class_name == "Sequential":
            current = list(values)
            for part in model.parts:
                if part.class_name != "InputLayer":
                    current = self._call(part, current)
            return current
        return self._run_functional(model, values)

    def real_inputs(self, inputs: Sequence[ours.Input]) -> list[ours.Input]:
        """Return the inputs of a model, those of ids in place of those of strings."""
        for one in inputs:
            if one.value in self._masks and one.value not in self._strings:
                raise UnsupportedError(
                    f"{self._owner}: the input {one.label!r} takes strings, and no "
                    "TextVectorization takes it"
                )
        return [self._strings.get(one.value, one) for one in inputs]

    # ---- one call ---------------------------------------------------------------------------

    def _input(self, shape: Sequence[int | None] | None, name: str | None, text: bool) -> Any:
        sizes = [None, None] if shape is None else list(shape)
        if text:
            sizes = [None, 1]
        if len(sizes) < 2:
            raise ShapeError(f"{self._owner}: the input {name!r} has the shape {sizes} of numbers")
        one = ours.Input(sizes[1:], name=self._unique(name), batch_size=sizes[0])
        self._ranks[one.value] = len(sizes)
        if text:
            self._masks[one.value] = frozenset()
        return one

    def _call(self, part: Part, values: list[Value], state: Sequence[Value] = ()) -> list[Value]:
        self._calls += 1
        if self._calls > _MOST_CALLS:
            raise UnsupportedError(
                f"{self._owner}: the model calls its layers more than {_MOST_CALLS} times"
            )
        if part.is_model:
            return self.run(part, values)
        if part.is_operation:
            raise UnsupportedError(
                f"{self._owner}: the {part.class_name} {part.name!r} is not supported; layers are"
            )
        if part.class_name == "TextVectorization":
            return [self._ids_of(part, values)]
        if not values:
            raise FormatError(f"{self._owner}: the layer {part.name!r} is called on nothing")
        if part.layer is None:
            layer = layer_of(self._owner, part.entry, self._dialect, self._ranks[values[0]])
            layer.name = self._unique(part.name)
            part.layer = layer
        given = tuple(values) + tuple(state)
        results = list(as_values(part.name, part.layer(given)))
        self._note(part.layer, given, results)
        if isinstance(part.layer, _MERGES) and self._dialect.masks == "none":
            return [self._forget(part, results[0])]
        if not self._lost.isdisjoint(given):
            if isinstance(part.layer, _LOOKS_AT_MASK):
                raise self._lost_mask(part)
            self._lost.update(results if isinstance(part.layer, _KEEPS_MASK) else [])
        return results

    def _lost_mask(self, part: Part) -> UnsupportedError:
        return UnsupportedError(
            f"{self._owner}: {part.name!r} takes the mask of an LSTM that was given states and ran "
            "without it, as Keras 3 does; this is not supported"
        )

    def _ids_of(self, part: Part, values: list[Value]) -> Value:
        """Put an input of ids in the place of an input of strings with its TextVectorization."""
        (value,) = values
        text = value.call.layer
        if not isinstance(text, ours.Input) or value in self._strings:
            raise UnsupportedError(
                f"{self._owner}: {part.name!r}: a TextVectorization must be the only layer that "
                "takes an input of strings"
            )
        name = text.name or self._unique(part.name) or part.name
        one = ours.Input((part.config.get("output_sequence_length"),), name=name)
        self._strings[value] = one
        self._ranks[one.value] = 2
        self.texts[name] = part
        return one.value

    def _note(self, layer: ours.Layer, given: Sequence[Value], results: Sequence[Value]) -> None:
        """Remember ranks and masks of what a layer gives."""
        rank, mask = self._ranks[given[0]], self._masks.get(given[0], frozenset())
        outputs = len(results)
        match layer:
            case ours.Embedding():
                rank += 1
                mask = frozenset({(given[0], 0.0)}) if layer.mask_zero else frozenset()
            case ours.Masking():
                mask = frozenset({(given[0], layer.mask_value)})
            case _ if isinstance(layer, _RECURRENT):
                inner: Any = layer.layer if isinstance(layer, ours.Bidirectional) else layer
                both = isinstance(layer, ours.Bidirectional) and layer.merge_mode is None
                outputs = 2 if both else 1
                rank = 3 if inner.return_sequences else 2
                mask = mask if inner.return_sequences else frozenset()
            case ours.GlobalMaxPooling1D() | ours.GlobalAveragePooling1D():
                rank, mask = 3 if layer.keepdims else 2, frozenset()
            case ours.Flatten():
                rank, mask = 2, frozenset()
            case _ if isinstance(layer, _MERGES):
                mask = frozenset().union(*(self._masks.get(one, frozenset()) for one in given))
            case _ if not isinstance(layer, _KEEPS_MASK):
                mask = frozenset()
        for index, value in enumerate(results):
            main = index < outputs
            self._ranks[value] = rank if main else 2
            self._masks[value] = mask if main else frozenset()

    def _unique(self, name: str | None) -> str | None:
        """Return the name, or one like it where layers of nested models share it."""
        if not name:
            return None
        found, count = name, 0
        while found in self._names:
            count += 1
            found = f"{name}_{count}"
        self._names.add(found)
        return found

    # ---- a graph ----------------------------------------------------------------------------

    def _run_functional(self, model: Part, values: Sequence[Value]) -> list[Value]:
        nodes = Nodes(self._owner, model)
        inputs = list(references(model.config.get("input_layers")))
        if len(inputs) != len(values):
            raise FormatError(
                f"{self._owner}: the model {model.name!r} takes {len(inputs)} values, got "
                f"{len(values)}"
            )
        for (name, _, _), value in zip(inputs, values, strict=True):
            nodes.results[name, 0] = [value]
        pending = list(nodes.uses())
        while pending:
            waiting = [use for use in pending if not nodes.ready(use)]
            for use in pending:
                if nodes.ready(use) and (use.part.name, use.index) not in nodes.results:
                    nodes.results[use.part.name, use.index] = self._use(nodes, use)
            if len(waiting) == len(pending):
                raise FormatError(
                    f"{self._owner}: the layer {waiting[0].part.name!r} takes what no layer gives"
                )
            pending = waiting
        return [nodes.value(one) for one in references(model.config.get("output_layers"))]

    def _use(self, nodes: Nodes, use: Use) -> list[Value] | Mask:
        part = use.part
        if part.is_operation:
            return self._operate(nodes, use)
        values = [nodes.value(one) for one in use.arguments]
        state = [nodes.value(one) for one in use.keywords.get("initial_state", [])]
        if "mask" in use.keywords:
            if not self._lost.isdisjoint(values):
                raise self._lost_mask(part)
            masks = [nodes.mask(one) for one in use.keywords["mask"]]
            own = [self._masks.get(value, frozenset()) for value in values]
            if None in masks or frozenset().union(*masks) != frozenset().union(*own):  # type: ignore[arg-type]
                raise UnsupportedError(
                    f"{self._owner}: {part.name!r} is called with a mask that is not the one its "
                    "input has; only masks of Embedding and Masking are supported"
                )
        elif self._dialect.keras3 and state:
            return self._call_unmasked(part, values, state)
        given = bool(state) or len(values) > 1  # the first Keras calls a layer on all of them
        zeros = given and self._dialect.starts_from_zeros(part.class_name)
        if zeros and self._masks.get(values[0]):
            raise UnsupportedError(
                f"{self._owner}: {part.name!r} is given states while its input has a mask; what a "
                f"Bidirectional of Keras {self._dialect.version} gives for masked first steps is "
                "not supported"
            )
        return self._call(part, values, state)

    def _call_unmasked(
        self, part: Part, values: list[Value], state: Sequence[Value]
    ) -> list[Value]:
        """Call a layer with states as Keras 3 does: then it hands on no mask by itself."""
        if not self._masks.get(values[0]):
            return self._call(part, values, state)
        results = self._call(part, [self._forget(part, values[0]), *values[1:]], state)
        # What it gives has the mask again.
        self._lost.update(one for one in results if self._ranks[one] == 3)
        return results

    def _forget(self, part: Part, value: Value) -> Value:
        """Return the value without its mask: a window of one step forgets it, and no more."""
        if not self._masks.get(value):
            return value
        forgets = ours.MaxPooling1D(1, 1, name=self._unique(f"{part.name}_unmasked"))
        (unmasked,) = as_values(part.name, forgets(value))
        self._note(forgets, [value], [unmasked])
        return unmasked

    def _operate(self, nodes: Nodes, use: Use) -> Mask:
        """Return the mask that an operation gives; of any other, nothing that can be used."""
        kind = use.part.class_name.removeprefix("operation ")
        masks = [mask for mask in map(nodes.mask, use.arguments) if mask is not None]
        if kind == "NotEqual" and not masks and len(use.arguments) == 1:
            constants = [x for x in use.constants if isinstance(x, int | float)]
            if len(constants) == 1:
                return frozenset({(nodes.value(use.arguments[0]), float(constants[0]))})
        return frozenset().union(*masks)


def _takes_text(part: Part) -> bool:
    return part.config.get("dtype") == "string"
