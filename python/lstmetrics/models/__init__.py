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

from lstmetrics.models.layers import (
    LSTM,
    Activation,
    Bidirectional,
    Dense,
    Dropout,
    Embedding,
    Input,
    Layer,
    Stack,
)
from lstmetrics.models.loading import load_model
from lstmetrics.models.sequential import Sequential, State
from lstmetrics.models.text import CharVocabulary, Vocabulary, WordVocabulary

__all__ = [
    "LSTM",
    "Activation",
    "Bidirectional",
    "CharVocabulary",
    "Dense",
    "Dropout",
    "Embedding",
    "Input",
    "Layer",
    "Sequential",
    "Stack",
    "State",
    "Vocabulary",
    "WordVocabulary",
    "load_model",
]
