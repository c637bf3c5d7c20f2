"""Classes that a file may name: Keras's own, and activations among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models._arguments import number
from lstmetrics.models.formats.keras.version import Dialect

__all__ = ["ACTIVATIONS", "Config", "activation", "class_of", "is_config", "plain_number"]

Config = Mapping[str, Any]
_MODULES = ("keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras")


def class_of(owner: str, entry: Any) -> tuple[str, Config]:
    """Return class and config of an entry, of Keras's own classes; nothing else is let in."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("class_name"), str):
        raise FormatError(f"{owner}: a layer needs class_name and config, got {entry!r:.80}")
    config = entry.get("config")
    _check_origin(owner, entry)
    if not isinstance(config, Mapping):
        raise FormatError(f"{owner}: the config of {entry['class_name']} is not an object")
    return str(entry["class_name"]), config


def _check_origin(owner: str, entry: Config) -> None:
    """Refuse classes of other modules, and registered ones: they are code that is not Keras's."""
    name = entry.get("class_name")
    if name == "Lambda":
        label = (entry.get("config") or {}).get("name", "") if is_config(entry) else ""
        raise UnsupportedError(
            f"{owner}: the layer {label!r} is a Lambda: its code is part of the file and is never "
            "run; replace it by layers and save the model again"
        )
    module, registered = entry.get("module"), entry.get("registered_name")
    inside = module is None or (
        isinstance(module, str)
        and any(module == one or module.startswith(f"{one}.") for one in _MODULES)
    )
    if not inside:
        raise UnsupportedError(
            f"{owner}: {name!r} is a class of the module {module!r}; only Keras's own layers are "
            "supported, and nothing that a file names is imported"
        )
    if registered not in (None, name):
        raise UnsupportedError(
            f"{owner}: {name!r} is registered as {registered!r}; only Keras's own layers are "
            "supported"
        )


def is_config(entry: Config) -> bool:
    """Whether an entry has a config that is an object."""
    return isinstance(entry.get("config"), Mapping)


def activation(label: str, value: Any, dialect: Dialect) -> str | None:
    """Return the name of an activation, as ours has it."""
    if isinstance(value, Mapping):
        if value.get("class_name") == "function":
            named = value.get("config")
            if not isinstance(named, str) or value.get("module") in (None, "builtins"):
                raise UnsupportedError(
                    f"{label}: the activation {named!r} is a function of the user's; nothing that "
                    "a file names is run"
                )
            value = named
        else:
            kind, config = class_of(label, value)
            if kind not in ACTIVATIONS:
                raise UnsupportedError(f"{label}: the activation {kind!r} is not supported")
            return ACTIVATIONS[kind](label, config)
    if value == "hard_sigmoid":
        return dialect.hard_sigmoid
    if not isinstance(value, str | None):
        raise FormatError(f"{label}: an activation must be a name, got {value!r:.60}")
    return value


def _leaky_relu(label: str, config: Config) -> str:
    slope = config.get("negative_slope", config.get("alpha", 0.3))
    return f"leaky_relu({_parameter(label, slope)})"


def _relu(label: str, config: Config) -> str:
    threshold, slope = config.get("threshold") or 0.0, config.get("negative_slope") or 0.0
    if threshold or slope or config.get("max_value") not in (None, 6, 6.0):
        raise UnsupportedError(
            f"{label}: a ReLU with max_value={config.get('max_value')!r}, negative_slope={slope!r} "
            f"and threshold={threshold!r} is not supported"
        )
    return "relu" if config.get("max_value") is None else "relu6"


def _thresholded_relu(label: str, config: Config) -> str:
    return f"thresholded_relu({_parameter(label, config.get('theta', 1.0))})"


def _parameter(label: str, value: Any) -> str:
    """Return a number in single precision, as Keras has rounded it: 0.3, not 0.30000001192."""
    return str(np.float32(plain_number(label, value)))


def plain_number(label: str, value: Any) -> float:
    """Return a number, which Keras may wrap as an array of one."""
    if isinstance(value, Mapping) and value.get("type") == "ndarray":
        value = value.get("value")
    return number(label, "the parameter", value)


ACTIVATIONS: dict[str, Callable[[str, Config], str]] = {
    "ELU": lambda label, config: f"elu({_parameter(label, config.get('alpha', 1.0))})",
    "LeakyReLU": _leaky_relu,
    "ReLU": _relu,
    "Softmax": lambda _label, _config: "softmax",
    "ThresholdedReLU": _thresholded_relu,
}
