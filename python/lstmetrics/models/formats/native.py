"""The native model file: one ``.safetensors`` whose metadata holds the layers as JSON.

Class names come from an allow-list, and their arguments go through the same checks as a user's:
nothing in a file is imported, unpickled or run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lstmetrics import _core
from lstmetrics.errors import FormatError, InvalidValueError, LstmetricsError, UnsupportedError
from lstmetrics.models.formats.safetensors import FloatArray, read_tensors, write_tensors
from lstmetrics.models.layers import (
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Input,
    Layer,
)
from lstmetrics.models.text import vocabulary_from_config

if TYPE_CHECKING:
    from lstmetrics.models.sequential import Sequential

__all__ = ["FORMAT_VERSION", "read_model", "write_model"]

FORMAT_VERSION = 1
_KEY = "lstmetrics"
_LAYERS: dict[str, type[Layer]] = {
    cls.__name__: cls for cls in (Activation, Bidirectional, Dense, Dropout, Embedding, Input, LSTM)
}


def write_model(model: Sequential, path: str) -> None:
    """Write a model; see :meth:`lstmetrics.models.Sequential.save`."""
    if not path.endswith(".safetensors"):
        raise InvalidValueError(f"save: the path must end in .safetensors, got {path!r}")
    description = {
        "format_version": FORMAT_VERSION,
        "library_version": _core.version(),
        "model": model.get_config(),
    }
    metadata = {_KEY: json.dumps(description, ensure_ascii=False)}
    write_tensors(path, model.weight_items(), metadata)


def read_model(path: str) -> Sequential:
    """Read a model; see :func:`lstmetrics.load_model`."""
    tensors, metadata = read_tensors(path)
    config = _description(path, metadata)
    try:
        return _build(path, config, tensors)
    except (FormatError, UnsupportedError):
        raise
    except (LstmetricsError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise FormatError(f"{path}: the model's description is not valid: {error}") from None


def _description(path: str, metadata: Mapping[str, str]) -> Mapping[str, Any]:
    if _KEY not in metadata:
        raise FormatError(
            f"{path}: not a native model (no {_KEY!r} in its metadata); a PyTorch state_dict needs "
            "its layers named: see Sequential and from_torch"
        )
    try:
        description = json.loads(metadata[_KEY])
    except (ValueError, RecursionError) as error:  # also a number of too many digits
        raise FormatError(f"{path}: the model's description is not valid JSON: {error}") from None
    if not isinstance(description, dict) or not isinstance(description.get("model"), dict):
        raise FormatError(f"{path}: the model's description has no model")
    version = description.get("format_version")
    if type(version) is not int or version < 1:
        raise FormatError(f"{path}: format_version must be a positive integer, got {version!r}")
    if version > FORMAT_VERSION:
        raise UnsupportedError(
            f"{path}: format version {version} is newer than {FORMAT_VERSION}, which lstmetrics "
            f"{_core.version()} reads; update lstmetrics"
        )
    model: Mapping[str, Any] = description["model"]
    return model


def _build(path: str, config: Mapping[str, Any], tensors: dict[str, FloatArray]) -> Sequential:
    from lstmetrics.models.sequential import Sequential

    layers = [_layer(path, entry) for entry in config["layers"]]
    groups: dict[str, dict[str, FloatArray]] = {str(layer.name): {} for layer in layers}
    for name, tensor in tensors.items():
        owner = max((n for n in groups if name.startswith(f"{n}.")), key=len, default=None)
        if owner is None:
            raise FormatError(f"{path}: tensor {name!r} belongs to no layer")
        groups[owner][name.removeprefix(f"{owner}.")] = tensor
    for layer in layers:
        layer.load_named_weights(groups[str(layer.name)])
    text = config.get("text")
    model = Sequential(
        layers,
        name=config.get("name"),
        text=None if text is None else vocabulary_from_config(text["kind"], text["config"]),
        labels=_labels(path, config.get("labels")),
    )
    model.build()
    return model


def _layer(path: str, entry: Any) -> Layer:
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        raise FormatError(f"{path}: a layer needs class_name and config, got {entry!r:.80}")
    name = entry.get("class_name")
    if name not in _LAYERS:
        raise UnsupportedError(
            f"{path}: layer class {name!r} is not supported; supported are {', '.join(_LAYERS)}"
        )
    return _LAYERS[name].from_config(entry["config"])


def _labels(path: str, labels: Any) -> list[str | int] | None:
    if labels is None:
        return None
    if not isinstance(labels, list) or not all(type(label) in (str, int) for label in labels):
        raise FormatError(f"{path}: labels must be a list of strings or integers")
    return labels
