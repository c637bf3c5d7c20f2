"""LSTM text models with Keras's layers and names, run by the engine of lstmetrics.

A model is rebuilt from the weights of a framework in a few lines, or loaded from a native file;
no framework is imported.

Examples
--------
>>> from lstmetrics.models import LSTM, Dense, Embedding, Sequential
>>> Sequential([Embedding(1000, 64, input_length=10), LSTM(32)]).output_shape
(None, 32)
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lstmetrics.models.layers import (
    LSTM,
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
    Layer,
    LayerNormalization,
    Masking,
    MaxPooling1D,
    Multiply,
    SpatialDropout1D,
    Stack,
    TakeStep,
    TimeDistributed,
)
from lstmetrics.models.loading import load_model
from lstmetrics.models.model import Model
from lstmetrics.models.sequential import Sequential
from lstmetrics.models.states import State
from lstmetrics.models.stream import Stream
from lstmetrics.models.text import CharVocabulary, Vocabulary, WordVocabulary
from lstmetrics.models.text_keras import TextVectorization, Tokenizer, pad_sequences
from lstmetrics.models.text_tokenizers import FunctionVocabulary, HuggingFaceTokenizer
from lstmetrics.models.values import Value

if TYPE_CHECKING:
    from lstmetrics.models.conversion import convert_model
    from lstmetrics.models.formats.torch_files import read_state_dict
    from lstmetrics.models.formats.torch_modules import from_torch

__all__ = [
    "LSTM",
    "Activation",
    "Add",
    "Average",
    "BatchNormalization",
    "Bidirectional",
    "CharVocabulary",
    "Concatenate",
    "Conv1D",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "FunctionVocabulary",
    "GlobalAveragePooling1D",
    "GlobalMaxPooling1D",
    "HuggingFaceTokenizer",
    "Input",
    "Layer",
    "LayerNormalization",
    "Masking",
    "MaxPooling1D",
    "Model",
    "Multiply",
    "Sequential",
    "SpatialDropout1D",
    "Stack",
    "State",
    "Stream",
    "TakeStep",
    "TextVectorization",
    "TimeDistributed",
    "Tokenizer",
    "Value",
    "Vocabulary",
    "WordVocabulary",
    "convert_model",
    "from_torch",
    "load_model",
    "pad_sequences",
    "read_state_dict",
]

# What few programs that run a model need, fetched when first used: it is memory.
_LAZY = {
    "convert_model": "conversion",
    "from_torch": "formats.torch_modules",
    "read_state_dict": "formats.torch_files",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module 'lstmetrics.models' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"lstmetrics.models.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
