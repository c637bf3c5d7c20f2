"""The layers: Keras's names, constructor arguments and weight layout.

A layer holds its options and, once given, its weights. It runs nothing itself: a
:class:`~lstmetrics.models.Model` makes a graph of its layers that the engine runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models._lazy import fetched
from lstmetrics.models.layers.base import Layer
from lstmetrics.models.layers.dense import Dense
from lstmetrics.models.layers.embedding import Embedding
from lstmetrics.models.layers.lstm import LSTM
from lstmetrics.models.layers.simple import (
    Activation,
    Dropout,
    Flatten,
    Input,
    Masking,
    SpatialDropout1D,
    Stack,
    TimeDistributed,
)

if TYPE_CHECKING:
    from lstmetrics.models.layers.bidirectional import Bidirectional
    from lstmetrics.models.layers.merging import Add, Average, Concatenate, Multiply
    from lstmetrics.models.layers.normalization import BatchNormalization, LayerNormalization
    from lstmetrics.models.layers.windows import (
        Conv1D,
        GlobalAveragePooling1D,
        GlobalMaxPooling1D,
        MaxPooling1D,
        TakeStep,
    )

__all__ = [
    "LSTM",
    "Activation",
    "Add",
    "Average",
    "BatchNormalization",
    "Bidirectional",
    "Concatenate",
    "Conv1D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "Input",
    "Layer",
    "LayerNormalization",
    "Masking",
    "MaxPooling1D",
    "Multiply",
    "SpatialDropout1D",
    "Stack",
    "TakeStep",
    "TimeDistributed",
    "layer_from_config",
]

# Fetched when first used, as a model has few of them: they are memory.
_LAZY = {
    "Add": "merging",
    "Average": "merging",
    "BatchNormalization": "normalization",
    "Bidirectional": "bidirectional",
    "Concatenate": "merging",
    "Conv1D": "windows",
    "GlobalAveragePooling1D": "windows",
    "GlobalMaxPooling1D": "windows",
    "LayerNormalization": "normalization",
    "MaxPooling1D": "windows",
    "Multiply": "merging",
    "TakeStep": "windows",
}

# The only classes that a file can name.
_CLASSES = frozenset(__all__) - {"Layer", "Stack", "layer_from_config"}


def __getattr__(name: str) -> Any:
    return fetched(__name__, name, _LAZY)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def layer_from_config(entry: Any) -> Layer:
    """Make a layer from ``{"class_name": ..., "config": {...}}``, as native files have it.

    Raises
    ------
    lstmetrics.errors.FormatError
        The entry has another form.
    lstmetrics.errors.UnsupportedError
        The class is none of ours.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        raise FormatError(f"a layer needs class_name and config, got {entry!r:.80}")
    name = entry.get("class_name")
    if name not in _CLASSES:
        raise UnsupportedError(
            f"layer class {name!r} is not supported; supported are {', '.join(sorted(_CLASSES))}"
        )
    layer: type[Layer] = globals().get(name) or fetched(__name__, name, _LAZY)
    return layer.from_config(entry["config"])
