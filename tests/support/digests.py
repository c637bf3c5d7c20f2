"""One evaluation of small but awkward models, and the SHA-256 of all that comes out of it.

Run as a program, it prints the digests as JSON: ``python -m support.digests``.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential
from lstmetrics.models.precision import PRECISIONS, Precision
from lstmetrics.streaming import Confusion, Loss, Tokens
from support.random_models import build, random_features, random_ids

Digests = dict[str, str]
Array = npt.NDArray[Any]

WORDS = 40
CLASSES = 5
CHARACTERS = 300  # more than one tile of the log-sum-exp
DENORMAL = np.float32(1e-40)


@dataclass(frozen=True)
class Workload:
    """Models and data, made once: what is measured is the running, not the making."""

    classifier: Sequential
    language_model: Sequential
    denormal_model: Sequential
    words: Array
    mask: Array
    lengths: Array
    truth: Array
    weights: Array
    texts: Array
    targets: Array
    denormals: Array

    @property
    def rows(self) -> int:
        return len(self.words)

    @cached_property
    def in_fewer_bits(self) -> dict[Precision, tuple[Sequential, Sequential]]:
        """Classifier and language model in the other precisions."""
        return {
            one: (self.classifier.with_precision(one), self.language_model.with_precision(one))
            for one in PRECISIONS[1:]
        }


def make_workload(rows: int = 70, steps: int = 24) -> Workload:
    generator = np.random.default_rng(7)
    targets = random_ids((rows, steps), CHARACTERS, 3)
    targets[generator.random(targets.shape) < 0.1] = -100
    weights = generator.random(rows)
    weights[::3] = 5e-324  # the least denormal double
    return Workload(
        classifier=build(
            [
                Embedding(WORDS, 10, mask_zero=True),
                Bidirectional(LSTM(19, return_sequences=True)),
                LSTM(33, recurrent_activation="hard_sigmoid"),
                Dense(CLASSES, activation="softmax"),
            ],
            seed=1,
        ),
        language_model=build(
            [
                Embedding(CHARACTERS, 12),
                LSTM(21, return_sequences=True),
                LSTM(7, return_sequences=True),
                Dense(CHARACTERS, activation="softmax"),
            ],
            seed=2,
        ),
        denormal_model=build(
            [
                LSTM(17, "linear", use_bias=False, return_sequences=True, input_shape=(None, 6)),
                Dense(3, use_bias=False),
            ],
            features=6,
            seed=3,
            scale=8,
        ),
        words=random_ids((rows, steps), WORDS, 1),
        mask=generator.random((rows, steps)) < 0.9,
        lengths=generator.integers(0, steps + 1, rows),
        truth=generator.integers(0, CLASSES, rows),
        weights=weights,
        texts=random_ids((rows, steps), CHARACTERS, 2),
        targets=targets,
        denormals=random_features((rows, steps, 6), 4).astype(np.float64) * DENORMAL,
    )


def sha256(arrays: Iterable[Array]) -> str:
    """Shapes, types and bytes of arrays."""
    total = hashlib.sha256()
    for array in arrays:
        total.update(f"{array.dtype.str}{array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()


def flat(states: Any) -> list[Array]:
    return [array for pair in states for array in pair]


def merged(make: Callable[[slice], Any], rows: int, shards: int) -> str:
    """The digest of the states of row ranges, merged in shuffled order."""
    bounds = [rows * shard // shards for shard in range(shards + 1)]
    states = [make(slice(bounds[shard], bounds[shard + 1])) for shard in range(shards)]
    random.Random(shards).shuffle(states)
    first, *others = states
    for other in others:
        first.merge(other)
    digest: str = first.digest()
    return digest


def intervals(work: Workload, predicted: Array, losses: Array, counted: Array) -> str:
    """The SHA-256 of what the bounds of some metrics are, a bootstrap among them."""
    confusion = Confusion(range(CLASSES)).update(work.truth, predicted)
    # Counts beyond the small means, so that every part of the sampler is used.
    for _ in range(8):
        confusion.merge(confusion)
    tokens = Tokens().update_nll(losses, mask=counted)
    found = [
        confusion.interval("f1", average="macro", replicates=50),
        confusion.interval("accuracy"),
        tokens.interval("perplexity"),
    ]
    return hashlib.sha256(repr(found).encode()).hexdigest()


def outputs(
    work: Workload, classifier: Sequential, language_model: Sequential, batch_size: int
) -> tuple[list[Array], list[Array], list[Array]]:
    """Return probabilities, per-token losses, and states."""
    probabilities, states = classifier.predict(
        work.words, batch_size, mask=work.mask, lengths=work.lengths, return_state=True
    )
    losses, counted, correct, final = language_model.token_losses(
        work.texts, work.targets, lengths=work.lengths, batch_size=batch_size
    )
    return [probabilities], [losses, counted, correct], flat(states) + flat(final)


def evaluate(work: Workload, batch_size: int = 32, shards: int = 1) -> Digests:
    """Run the models and feed the accumulators."""
    (probabilities,), of_tokens, states = outputs(
        work, work.classifier, work.language_model, batch_size
    )
    losses, counted, correct = of_tokens
    tiny, tiny_states = work.denormal_model.predict(work.denormals, batch_size, return_state=True)
    predicted = probabilities.argmax(axis=1)
    labels = range(CLASSES)

    def confusion(rows: slice) -> Confusion:
        return Confusion(labels).update(work.truth[rows], predicted[rows], work.weights[rows])

    def loss(rows: slice) -> Loss:
        state = Loss("log_loss", labels)
        return state.update(work.truth[rows], probabilities[rows], work.weights[rows])

    def tokens(rows: slice) -> Tokens:
        return Tokens().update_nll(losses[rows], mask=counted[rows], correct=correct[rows])

    return {
        "probabilities": sha256([probabilities]),
        "states": sha256(states),
        "losses": sha256(of_tokens),
        "denormals": sha256([tiny, *flat(tiny_states)]),
        "Confusion": merged(confusion, work.rows, shards),
        "Loss": merged(loss, work.rows, shards),
        "Tokens": merged(tokens, work.rows, shards),
        "intervals": intervals(work, predicted, losses, counted),
        **{
            precision: sha256(itertools.chain(*outputs(work, *models, batch_size)))
            for precision, models in work.in_fewer_bits.items()
        },
    }


if __name__ == "__main__":
    print(json.dumps(evaluate(make_workload())))
