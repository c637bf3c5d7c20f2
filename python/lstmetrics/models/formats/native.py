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
from lstmetrics.models.formats.failures import named
from lstmetrics.models.formats.safetensors import (
    FloatArray,
    let_go,
    mapped,
    read_tensors,
    tensors_of,
    write_tensors,
)
from lstmetrics.models.layers import Input, Layer, layer_from_config
from lstmetrics.models.precision import in_precision, widened
from lstmetrics.models.text import vocabulary_from_config
from lstmetrics.models.values import Call, Value

if TYPE_CHECKING:
    from lstmetrics.models.formats.described import Described
    from lstmetrics.models.model import Model

__all__ = ["FORMAT_VERSION", "describe", "oldest_version", "read_model", "write_model"]

FORMAT_VERSION = 3  # 2 knew float32 alone, 1 chains alone
_KEY = "lstmetrics"
_SELF_TEST = "lstmetrics.self_test"


def oldest_version(model: Model) -> int:
    """Return the oldest format version whose readers can read a model's file."""
    return 2 if model.precision == "float32" else 3


def write_model(model: Model, path: str, *, self_test: bool) -> None:
    """Write a model; see :meth:`lstmetrics.models.Model.save`."""
    if not path.endswith(".safetensors"):
        raise InvalidValueError(f"save: the path must end in .safetensors, got {path!r}")
    description = {
        "format_version": oldest_version(model),
        "library_version": _core.version(),
        "model": model.get_config(),
    }
    metadata = {_KEY: json.dumps(description, ensure_ascii=False)}
    if self_test:
        metadata[_SELF_TEST] = json.dumps(model.make_self_test())
    write_tensors(path, in_precision(model.weight_items(), model.precision), metadata)


def read_model(path: str, *, self_test: bool) -> Model:
    """Read a model; see :func:`lstmetrics.load_model`."""
    file = mapped(path)
    tensors, metadata = tensors_of(path, file)
    config: Mapping[str, Any] = _description(path, metadata)["model"]
    with named(path, "the model's description"):
        model = _build(path, config, widened(path, tensors))
    let_go(file)  # what the engine has packed is not there twice
    if self_test and _SELF_TEST in metadata:
        _check(path, model, metadata[_SELF_TEST])
    return model


def _check(path: str, model: Model, text: str) -> None:
    try:
        model.check_self_test(json.loads(text))
    except (FormatError, UnsupportedError) as error:
        raise type(error)(f"{path}: {error}") from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}: the self-test is not valid JSON: {error}") from None


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
    return description


def describe(path: str) -> Described:
    """Return version, layers, and each of them that cannot be made."""
    from lstmetrics.models.formats.described import Described

    _, metadata = read_tensors(path)
    description = _description(path, metadata)
    found = Described("native", str(description["format_version"]))
    found.settings = {
        "written by lstmetrics": str(description.get("library_version")),
        "self-test": "yes" if _SELF_TEST in metadata else "none",
        "precision": str(description["model"].get("precision", "float32")),
    }
    entries = description["model"].get("layers")
    for entry in entries if isinstance(entries, list) else []:
        config = entry.get("config") if isinstance(entry, dict) else None
        name = config.get("name", "") if isinstance(config, dict) else ""
        found.add_layer(name, entry.get("class_name") if isinstance(entry, dict) else None)
        try:
            layer_from_config(entry)
        except (LstmetricsError, KeyError, TypeError, AttributeError, ValueError) as error:
            found.refuse(f"layer {name!r}: {error}")
    return found


def _build(path: str, config: Mapping[str, Any], tensors: dict[str, FloatArray]) -> Model:
    layers = [layer_from_config(entry) for entry in config["layers"]]
    _load_weights(path, layers, tensors)
    kind = config.get("class_name", "Sequential")
    options = {
        "name": config.get("name"),
        "text": _text(config.get("text")),
        "labels": _labels(path, config.get("labels")),
    }
    if kind == "Sequential":
        from lstmetrics.models.sequential import Sequential

        model: Model = Sequential(layers, **options)
    elif kind == "Model":
        model = _functional(layers, config, options)
    else:
        raise UnsupportedError(f"{path}: models of class {kind!r} are not supported")
    model = model.with_precision(config.get("precision", "float32"))
    model.build()
    return model


def _functional(
    layers: list[Layer], config: Mapping[str, Any], options: Mapping[str, Any]
) -> Model:
    """Make the calls that the description lists; each takes values of calls before it."""
    from lstmetrics.models.model import Model

    calls: list[Call] = []

    def values(places: Any) -> tuple[Value, ...]:
        found = []
        for call, index in places:
            if not (0 <= _index(call) < len(calls)):
                raise FormatError(f"a value of call {call}, which does not come before")
            if not (0 <= _index(index) < calls[call].layer.output_count):
                raise FormatError(f"call {call} gives no value {index}")
            found.append(Value(calls[call], index))
        return tuple(found)

    for layer_index, places in config["calls"]:
        layer = layers[_index(layer_index)]
        if isinstance(layer, Input):
            calls.append(layer.value.call)
        else:
            calls.append(Call(layer, values(places)))
    inputs = [call.layer for call in calls if isinstance(call.layer, Input)]
    return Model(inputs, values(config["outputs"]), **options)


def _index(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise FormatError(f"an index must be a whole number from 0 on, got {value!r}")
    return value


def _load_weights(path: str, layers: list[Layer], tensors: dict[str, FloatArray]) -> None:
    groups: dict[str, dict[str, FloatArray]] = {str(layer.name): {} for layer in layers}
    for name, tensor in tensors.items():
        owner = max((n for n in groups if name.startswith(f"{n}.")), key=len, default=None)
        if owner is None:
            raise FormatError(f"{path}: tensor {name!r} belongs to no layer")
        groups[owner][name.removeprefix(f"{owner}.")] = tensor
    for layer in layers:
        layer.load_named_weights(groups[str(layer.name)])


def _text(config: Any) -> Any:
    if config is None:
        return None
    if "inputs" in config:
        return {
            name: vocabulary_from_config(one["kind"], one["config"])
            for name, one in config["inputs"].items()
        }
    return vocabulary_from_config(config["kind"], config["config"])


def _labels(path: str, labels: Any) -> list[str | int] | None:
    if labels is None:
        return None
    if not isinstance(labels, list) or not all(type(label) in (str, int) for label in labels):
        raise FormatError(f"{path}: labels must be a list of strings or integers")
    return labels
