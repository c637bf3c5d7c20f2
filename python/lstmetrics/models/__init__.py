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

from typing import TYPE_CHECKING, Any

from lstmetrics.models._lazy import fetched
from lstmetrics.models.layers import (
    LSTM,
    Activation,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Input,
    Layer,
    Masking,
    SpatialDropout1D,
    Stack,
    TimeDistributed,
)
from lstmetrics.models.loading import load_model
from lstmetrics.models.model import Model
from lstmetrics.models.sequential import Sequential
from lstmetrics.models.states import State
from lstmetrics.models.stream import Stream
from lstmetrics.models.text import Vocabulary
from lstmetrics.models.values import Value

if TYPE_CHECKING:
    from lstmetrics.models.conversion import convert_model
    from lstmetrics.models.formats.torch_files import read_state_dict
    from lstmetrics.models.formats.torch_modules import from_torch
    from lstmetrics.models.layers import (
        Add,
        Average,
        BatchNormalization,
        Bidirectional,
        Concatenate,
        Conv1D,
        GlobalAveragePooling1D,
        GlobalMaxPooling1D,
        LayerNormalization,
        MaxPooling1D,
        Multiply,
        TakeStep,
    )
    from lstmetrics.models.text_keras import TextVectorization, Tokenizer, pad_sequences
    from lstmetrics.models.text_lists import CharVocabulary, WordVocabulary
    from lstmetrics.models.text_tokenizers import FunctionVocabulary, HuggingFaceTokenizer

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
    "Add": "layers",
    "Average": "layers",
    "BatchNormalization": "layers",
    "Bidirectional": "layers",
    "CharVocabulary": "text_lists",
    "Concatenate": "layers",
    "Conv1D": "layers",
    "FunctionVocabulary": "text_tokenizers",
    "GlobalAveragePooling1D": "layers",
    "GlobalMaxPooling1D": "layers",
    "HuggingFaceTokenizer": "text_tokenizers",
    "LayerNormalization": "layers",
    "MaxPooling1D": "layers",
    "Multiply": "layers",
    "TakeStep": "layers",
    "TextVectorization": "text_keras",
    "Tokenizer": "text_keras",
    "WordVocabulary": "text_lists",
    "convert_model": "conversion",
    "from_torch": "formats.torch_modules",
    "pad_sequences": "text_keras",
    "read_state_dict": "formats.torch_files",
}


def __getattr__(name: str) -> Any:
    return fetched(__name__, name, _LAZY)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
