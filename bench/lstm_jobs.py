"""The workloads of ``bench.lstm``: models, weights under torch's names, and what is run."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bench.workload import Array

__all__ = ["JOBS", "TOGETHER", "Job", "lengths_of_reviews", "sorted_batches"]

TOGETHER = 32  # reviews of a batch
LONGEST = 512  # reviews are cut there
LENGTHS = Path(
    os.environ.get("LSTMETRICS_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"),
    "review_lengths.csv",
)


@dataclass(frozen=True)
class Job:
    """A model and the tokens it is given.

    ``kind`` is ``classify`` (a softmax over the last state), ``losses`` (of each next token),
    ``stream`` (one token, states carried) or ``reviews`` (as classify, of uneven length).
    """

    name: str
    kind: str
    vocabulary: int
    embedding: int
    units: int
    steps: int
    batch: int
    layers: int = 1
    bidirectional: bool = False
    tokens: str = "uniform"

    def to_json(self) -> str:
        """The job as an argument of another process."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """The job of such an argument."""
        return cls(**json.loads(text))

    def of_reviews(self, most: int | None) -> Job:
        """The same with no more reviews than that."""
        if self.kind != "reviews" or most is None:
            return self
        return dataclasses.replace(self, batch=min(self.batch, most))

    @property
    def most_rounds(self) -> int:
        """Rounds that are enough where a single call takes many seconds."""
        return 3 if self.batch > 10_000 else 1000

    @property
    def title(self) -> str:
        """The name with what it is about."""
        sides = "BiLSTM" if self.bidirectional else "LSTM"
        stack = f"{self.layers} x {self.units}" if self.layers > 1 else f"H {self.units}"
        shape = f"batch {self.batch}" + ("" if self.kind == "reviews" else f", T {self.steps}")
        return f"{self.name} {sides} {stack}, {shape}, {self.tokens} tokens"

    @property
    def outputs(self) -> int:
        """Two classes, or the vocabulary."""
        return self.vocabulary if self.kind == "losses" else 2

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    @cached_property
    def weights(self) -> dict[str, Array]:
        """Weights, the same in every process."""
        generator = np.random.default_rng(7)
        shapes = {"embedding.weight": (self.vocabulary, self.embedding)}
        features = self.embedding
        for layer in range(self.layers):
            for side in ("", "_reverse")[: self.directions]:
                shapes[f"lstm.weight_ih_l{layer}{side}"] = (4 * self.units, features)
                shapes[f"lstm.weight_hh_l{layer}{side}"] = (4 * self.units, self.units)
                shapes[f"lstm.bias_ih_l{layer}{side}"] = (4 * self.units,)
                shapes[f"lstm.bias_hh_l{layer}{side}"] = (4 * self.units,)
            features = self.units * self.directions
        shapes["fc.weight"] = (self.outputs, features)
        shapes["fc.bias"] = (self.outputs,)
        return {
            name: generator.uniform(-0.09, 0.09, shape).astype(np.float32)
            for name, shape in shapes.items()
        }

    @cached_property
    def batches(self) -> list[Array]:
        """Batches that take turns, so that no engine sees the same one twice in a row.

        Reviews are one batch, which has its ids in :attr:`texts`.
        """
        if self.kind == "reviews":
            return [np.empty(0)]
        generator = np.random.default_rng(8)
        shape = (self.batch, self.steps + (self.kind == "losses"))
        return [self._draw(generator, shape) for _ in range(max(2, min(64, 2048 // self.batch)))]

    @cached_property
    def lengths(self) -> Array:
        """Lengths of reviews, as many as the batch."""
        return lengths_of_reviews(self.batch)

    @cached_property
    def texts(self) -> list[Array]:
        """Reviews, as long as they are."""
        ends = np.cumsum(self.lengths)
        return np.split(self._draw(np.random.default_rng(8), int(ends[-1])), ends[:-1])

    def _draw(self, generator: np.random.Generator, shape: int | tuple[int, int]) -> Array:
        if self.tokens == "uniform":
            return generator.integers(0, self.vocabulary, shape)
        ranks = 1.0 / np.arange(1, self.vocabulary + 1)  # Zipf's law with exponent 1
        return generator.choice(self.vocabulary, shape, p=ranks / ranks.sum())

    @property
    def operations(self) -> int:
        """Floating-point operations of the matrix products, each token multiplied anew."""
        features, each = self.embedding, 0
        for _ in range(self.layers):
            each += self.directions * 4 * self.units * (features + self.units)
            features = self.units * self.directions
        tokens = self.batch * self.steps
        if self.kind == "reviews":
            tokens = int(self.lengths.sum())
        if self.kind == "losses":
            each += features * self.outputs
        return 2 * tokens * each

    @property
    def recurrent_bytes(self) -> int:
        """Recurrent weights, which one row alone reads at every step."""
        return self.layers * self.directions * 16 * self.units**2


def sorted_batches(job: Job) -> Iterator[tuple[Array, Array, Array]]:
    """Reviews sorted by length: where they stand, ids padded per batch, and lengths."""
    order = np.argsort(-job.lengths, kind="stable")
    for first in range(0, len(order), TOGETHER):
        rows = order[first : first + TOGETHER]
        lengths = job.lengths[rows]
        ids = np.zeros((len(rows), lengths[0]), np.int64)
        for place, row in zip(ids, rows, strict=True):
            text = job.texts[row]
            place[: len(text)] = text
        yield rows, ids, lengths


def lengths_of_reviews(count: int) -> Array:
    """Words of real reviews, or a log-normal fit to them where they are not at hand."""
    generator = np.random.default_rng(9)
    if not LENGTHS.exists():
        drawn = np.exp(generator.normal(np.log(170), 0.74, count))
    else:
        with LENGTHS.open(newline="", encoding="utf-8") as file:
            table = [(int(row["words"]), int(row["reviews"])) for row in csv.DictReader(file)]
        words, reviews = np.array(table).T
        drawn = generator.choice(words, count, p=reviews / reviews.sum())
    return np.clip(drawn, 1, LONGEST).astype(np.int64)


_W1 = ("classify", 20_000, 100, 128, 100)
_W3 = ("classify", 20_000, 300, 256, 200)
_W4 = ("losses", 10_000, 650, 650, 35)
JOBS = (
    Job("W1", *_W1, 1),
    Job("W1", *_W1, 1, tokens="Zipf"),
    Job("W2", *_W1, 32),
    Job("W2", *_W1, 32, tokens="Zipf"),
    Job("W2b", *_W1, 256),
    Job("W2b", *_W1, 256, tokens="Zipf"),
    Job("W3", *_W3, 1, 2, bidirectional=True),
    Job("W3", *_W3, 32, 2, bidirectional=True),
    Job("W4", *_W4, 1, 2, tokens="Zipf"),
    Job("W4", *_W4, 20, 2, tokens="Zipf"),
    Job("W5", "classify", 1_000, 32, 32, 10, 1),
    Job("W6", "stream", 20_000, 100, 128, 1, 1),
    Job("W7", "reviews", 20_000, 100, 128, LONGEST, 1000, tokens="Zipf"),
    Job("W8", "reviews", 20_000, 100, 128, LONGEST, 25_000, tokens="Zipf"),
)
