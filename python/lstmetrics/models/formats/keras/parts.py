"""The layers and models that a config describes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lstmetrics.errors import FormatError
from lstmetrics.models import layers as ours
from lstmetrics.models.formats.keras.origin import class_of

__all__ = ["Part"]

_MODELS = ("Functional", "Model", "Sequential")
_MASK_OPERATIONS = {
    "All",
    "Any",
    "BroadcastTo",
    "Cast",
    "Concatenate",
    "ExpandDims",
    "LogicalAnd",
    "LogicalOr",
    "NotEqual",
    "OnesLike",
    "Stack",
}


@dataclass(eq=False)
class Part:
    """A layer or a nested model of a file, and what has become of it."""

    owner: str
    class_name: str
    config: Mapping[str, Any]
    entry: Mapping[str, Any]
    name: str
    parts: list[Part] = field(default_factory=list)  # of a model
    layer: ours.Layer | None = None

    @classmethod
    def of(cls, owner: str, entry: Any) -> Part:
        """Return the part of an entry, with those inside it."""
        if isinstance(entry, Mapping) and _is_operation(entry):
            config = entry.get("config") or {}
            name = str(entry.get("name") or config.get("name"))
            return cls(owner, f"operation {entry.get('class_name')}", config, entry, name)
        if isinstance(entry, Mapping) and isinstance(entry.get("config"), list):
            entry = dict(entry) | {"config": {"layers": entry["config"]}}  # Keras before 2.2.3
        kind, config = class_of(owner, entry)
        name = str(entry.get("name") or config.get("name") or "")
        part = cls(owner, kind, config, entry, name)
        if part.is_model:
            layers = config.get("layers")
            if not isinstance(layers, list) or not layers:
                raise FormatError(f"{owner}: the model {name!r} has no list of layers")
            part.parts = [cls.of(owner, one) for one in layers]
        return part

    @property
    def is_model(self) -> bool:
        """Whether it is a model of parts of its own."""
        return self.class_name in _MODELS

    @property
    def is_operation(self) -> bool:
        """Whether it is one of the operations that Keras 3 makes masks by."""
        return self.class_name.startswith("operation ")

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return bool(self.config.get("trainable", True))

    def shape(self) -> Sequence[int | None] | None:
        """Return the shape of a batch that it takes, as far as its config says it."""
        for key in ("batch_shape", "batch_input_shape", "build_input_shape"):
            shape = self.config.get(key)
            if isinstance(shape, list) and all(isinstance(n, int | None) for n in shape):
                return shape
        if self.class_name == "Embedding":
            return [None, self.config.get("input_length")]
        return self.parts[0].shape() if self.class_name == "Sequential" else None


def _is_operation(entry: Mapping[str, Any]) -> bool:
    module = entry.get("module")
    config = entry.get("config")
    if isinstance(module, str):
        return module.startswith("keras.src.ops.")
    bare = isinstance(config, Mapping) and not {"trainable", "batch_shape"} & set(config)
    return module is None and entry.get("class_name") in _MASK_OPERATIONS and bare
