"""The layers: Keras's names, constructor arguments and weight layout.

A layer holds its options and, once given, its weights. It runs nothing itself: a
:class:`~lstmetrics.models.Model` makes a graph of its layers that the engine runs.
"""

from __future__ import annotations

from typing import Any

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.layers.base import Layer
from lstmetrics.models.layers.bidirectional import Bidirectional
from lstmetrics.models.layers.dense import Dense
from lstmetrics.models.layers.embedding import Embedding
from lstmetrics.models.layers.lstm import LSTM
from lstmetrics.models.layers.merging import Add, Average, Concatenate, Multiply
from lstmetrics.models.layers.normalization import BatchNormalization, LayerNormalization
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

# The only classes that a file can name.
_CLASSES: dict[str, type[Layer]] = {
    cls.__name__: cls
    for cls in (
        Activation,
        Add,
        Average,
        BatchNormalization,
        Bidirectional,
        Concatenate,
        Conv1D,
        Dense,
        Dropout,
        Embedding,
        Flatten,
        GlobalAveragePooling1D,
        GlobalMaxPooling1D,
        Input,
        LSTM,
        LayerNormalization,
        Masking,
        MaxPooling1D,
        Multiply,
        SpatialDropout1D,
        TakeStep,
        TimeDistributed,
    )
}


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
            f"layer class {name!r} is not supported; supported are {', '.join(_CLASSES)}"
        )
    return _CLASSES[name].from_config(entry["config"])
