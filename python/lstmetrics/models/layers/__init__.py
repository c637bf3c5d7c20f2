"""The layers: Keras's names, constructor arguments and weight layout.

A layer holds its options and, once given, its weights. It runs nothing itself: a
:class:`~lstmetrics.models.Sequential` makes a graph of its layers that the engine runs.
"""

from __future__ import annotations

from lstmetrics.models.layers.base import Layer
from lstmetrics.models.layers.dense import Dense
from lstmetrics.models.layers.embedding import Embedding
from lstmetrics.models.layers.recurrent import LSTM, Bidirectional
from lstmetrics.models.layers.simple import Activation, Dropout, Input, Stack

__all__ = [
    "LSTM",
    "Activation",
    "Bidirectional",
    "Dense",
    "Dropout",
    "Embedding",
    "Input",
    "Layer",
    "Stack",
]
