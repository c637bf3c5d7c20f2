"""LSTM models over random tokens."""

from __future__ import annotations

from functools import cached_property, partial
from typing import Any

import numpy as np

from bench.workload import Array, Call, Workload, tensor

__all__ = ["LSTM_WORKLOADS"]


class Classifier(Workload):
    """An embedding, an LSTM and a softmax over its last state; the size is the batch."""

    vocabulary, embedding, units, steps, classes = 20_000, 100, 128, 100, 2
    title = f"LSTM classifier, {steps} steps, H {units}"

    @property
    def name(self) -> str:
        return f"{self.title}, batch {self.size}"

    @cached_property
    def ids(self) -> Array:
        """A batch of texts."""
        return self.rng.integers(0, self.vocabulary, (self.size, self.steps))

    @cached_property
    def weights(self) -> dict[str, Array]:
        """Weights under torch's names and in its shapes."""
        width = 4 * self.units
        shapes = {
            "embedding.weight": (self.vocabulary, self.embedding),
            "lstm.weight_ih_l0": (width, self.embedding),
            "lstm.weight_hh_l0": (width, self.units),
            "lstm.bias_ih_l0": (width,),
            "lstm.bias_hh_l0": (width,),
            "fc.weight": (self.classes, self.units),
            "fc.bias": (self.classes,),
        }
        return {
            name: self.rng.uniform(-0.09, 0.09, shape).astype(np.float32)
            for name, shape in shapes.items()
        }

    @property
    def operations(self) -> int:
        return 2 * self.size * self.steps * (self.embedding + self.units) * 4 * self.units

    def lstmetrics(self) -> Call:
        from lstmetrics.models import LSTM, Dense, Embedding, Sequential

        model = Sequential(
            [
                Embedding.from_torch(self.weights, "embedding"),
                LSTM.from_torch(self.weights, "lstm"),
                Dense.from_torch(self.weights, "fc", activation="softmax"),
            ]
        )
        return partial(model.predict, self.ids, batch_size=self.size)

    def torch(self) -> Call:
        import torch

        embedding = torch.nn.Embedding(self.vocabulary, self.embedding)
        lstm = torch.nn.LSTM(self.embedding, self.units, batch_first=True)
        linear = torch.nn.Linear(self.units, self.classes)
        model = torch.nn.ModuleDict({"embedding": embedding, "lstm": lstm, "fc": linear})
        model.load_state_dict({name: tensor(array) for name, array in self.weights.items()})
        ids = tensor(self.ids)

        def predict() -> Any:
            with torch.inference_mode():
                return torch.softmax(linear(lstm(embedding(ids))[1][0][-1]), -1)

        return predict


LSTM_WORKLOADS: tuple[tuple[Any, ...], ...] = (
    (Classifier, 1),
    (Classifier, 32),
    (Classifier, 256),
)
