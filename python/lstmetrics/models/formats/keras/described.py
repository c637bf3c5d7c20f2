"""What a file of Keras says of itself, and each thing in it that cannot run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lstmetrics.errors import FormatError, LstmetricsError, UnsupportedError
from lstmetrics.models.formats.described import Described, without_path
from lstmetrics.models.formats.keras.layers import layer_of
from lstmetrics.models.formats.keras.parts import Part
from lstmetrics.models.formats.keras.reader import read_config
from lstmetrics.models.formats.keras.version import Dialect

__all__ = ["describe"]

_HARD_SIGMOIDS = {"hard_sigmoid": "clip(x / 6 + 0.5)", "hard_sigmoid_02": "clip(0.2 x + 0.5)"}
_MODELS = ("Functional", "Model", "Sequential")
_NO_LAYERS = ("InputLayer", "TextVectorization")  # looked at when the model is made


def describe(path: str) -> Described:
    """Return version, layers and refusals; FormatError where the file has no description."""
    version, config = read_config(path)
    dialect = Dialect.of(version)
    found = Described("Keras", version)
    found.settings = {
        "hard_sigmoid": _HARD_SIGMOIDS[dialect.hard_sigmoid],
        "masks of joined sequences": dialect.masks,
    }
    try:
        for entry in _leaves(config):
            _look(path, entry, dialect, found)
    except RecursionError:
        found.reasons.append("the model's description is nested too deeply")
    return found


def _leaves(entry: Any) -> Iterator[Any]:
    """Yield the entries of layers, those inside nested models included."""
    config = entry.get("config") if isinstance(entry, Mapping) else None
    inner = config.get("layers") if isinstance(config, Mapping) else config
    if isinstance(inner, list) and entry.get("class_name") in _MODELS:
        for one in inner:
            yield from _leaves(one)
    else:
        yield entry


def _look(path: str, entry: Any, dialect: Dialect, found: Described) -> None:
    kind = entry.get("class_name") if isinstance(entry, Mapping) else None
    config = entry.get("config") if isinstance(entry, Mapping) else None
    name = config.get("name", "") if isinstance(config, Mapping) else ""
    found.add_layer(name, kind)
    try:
        part = Part.of(path, entry)
        if not part.is_operation and part.class_name not in _NO_LAYERS:
            _make(path, entry, dialect)
    except (FormatError, UnsupportedError) as error:
        found.refuse(without_path(path, error))
    except (LstmetricsError, KeyError, TypeError, AttributeError, ValueError) as error:
        found.refuse(f"{kind} {name!r}: {error}")


def _make(path: str, entry: Any, dialect: Dialect) -> None:
    """Make the layer, for sequences or for rows: what it takes is not known yet."""
    try:
        layer_of(path, entry, dialect, 3)
    except (FormatError, UnsupportedError):
        layer_of(path, entry, dialect, 2)
