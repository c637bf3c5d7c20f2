"""The layers of LSTM models from their definitions: one sample at a time, in Python's doubles.

A layer takes the steps of one sample, each a list of floats, and says which of them count. Sums are
``math.fsum``'s, so that the order of the terms plays no part; no numpy arithmetic.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

Vector = list[float]
Matrix = list[Vector]
State = tuple[Vector, Vector]  # hidden, cell


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def clip_to_unit(x: float) -> float:
    return min(1.0, max(0.0, x))


ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "relu": lambda x: max(0.0, x),
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "exponential": math.exp,
    "hard_sigmoid": lambda x: clip_to_unit(x / 6 + 0.5),
    "hard_sigmoid_02": lambda x: clip_to_unit(0.2 * x + 0.5),
}

MERGES: dict[str, Callable[[Vector, Vector], Vector]] = {
    "concat": lambda a, b: a + b,
    "sum": lambda a, b: [x + y for x, y in zip(a, b, strict=True)],
    "mul": lambda a, b: [x * y for x, y in zip(a, b, strict=True)],
    "ave": lambda a, b: [(x + y) / 2 for x, y in zip(a, b, strict=True)],
}


def affine(bias: Vector, *parts: tuple[Vector, Matrix]) -> Vector:
    """bias + the sum of x W over the parts (x, W)."""
    return [
        math.fsum(
            [offset, *(x * row[j] for vector, w in parts for x, row in zip(vector, w, strict=True))]
        )
        for j, offset in enumerate(bias)
    ]


def softmax(logits: Vector) -> Vector:
    largest = max(logits)
    weights = [math.exp(x - largest) for x in logits]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def negative_log_likelihood(logits: Vector, target: int) -> float:
    """-log softmax(logits)[target]."""
    largest = max(logits)
    return largest - logits[target] + math.log(math.fsum(math.exp(x - largest) for x in logits))


def activate(name: str, vector: Vector) -> Vector:
    return softmax(vector) if name == "softmax" else [ACTIVATIONS[name](x) for x in vector]


@dataclass
class Sample:
    """What a layer gives for one sample; a single step where there is no time."""

    steps: list[Vector]
    counts: list[bool]  # which steps count for the layers after it


@dataclass(frozen=True)
class Embedding:
    table: Matrix
    mask_zero: bool = False

    def run(self, ids: list[int], counts: list[bool]) -> Sample:
        real = [one and (not self.mask_zero or i != 0) for i, one in zip(ids, counts, strict=True)]
        return Sample([self.table[i] for i in ids], real)


@dataclass(frozen=True)
class Dense:
    kernel: Matrix
    bias: Vector
    activation: str = "linear"

    def run(self, sample: Sample, states: list[State]) -> tuple[Sample, list[State]]:
        del states
        steps = [
            activate(self.activation, affine(self.bias, (x, self.kernel))) for x in sample.steps
        ]
        return Sample(steps, sample.counts), []


@dataclass(frozen=True)
class Lstm:
    """One direction. ``kernel`` has the gates i, f, g, o side by side, ``units`` columns each."""

    kernel: Matrix
    recurrent_kernel: Matrix
    bias: Vector
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    return_sequences: bool = False
    go_backwards: bool = False
    zero_output_for_mask: bool = False

    directions = 1

    @property
    def units(self) -> int:
        return len(self.recurrent_kernel)

    def step(self, x: Vector, state: State) -> State:
        """One step: gates, cell, hidden."""
        hidden, cell = state
        gates = affine(self.bias, (x, self.kernel), (hidden, self.recurrent_kernel))
        bounds = [k * self.units for k in range(5)]
        i, f, g, o = (gates[start:end] for start, end in pairwise(bounds))
        gate, squash = ACTIVATIONS[self.recurrent_activation], ACTIVATIONS[self.activation]
        new_cell = [gate(f[j]) * cell[j] + gate(i[j]) * squash(g[j]) for j in range(self.units)]
        return [gate(o[j]) * squash(new_cell[j]) for j in range(self.units)], new_cell

    def outputs(self, sample: Sample, state: State) -> tuple[list[Vector], State]:
        """The outputs in the order they are computed, and the final state.

        A masked step leaves the state alone. It gives zeros (PyTorch's padding), or else the output
        before it (Keras), which is zeros until a step has counted.
        """
        zeros = [0.0] * self.units
        previous = zeros
        outputs = []
        order = range(len(sample.steps))
        for t in reversed(order) if self.go_backwards else order:
            if sample.counts[t]:
                state = self.step(sample.steps[t], state)
                previous = state[0]
            masked = zeros if self.zero_output_for_mask else previous
            outputs.append(state[0] if sample.counts[t] else masked)
        return outputs, state

    def last(self, sample: Sample, state: State) -> Vector:
        """The output of the last step that counts; zeros when none does."""
        if not any(sample.counts):
            return [0.0] * self.units
        return self.outputs(sample, state)[1][0]

    def run(self, sample: Sample, states: list[State]) -> tuple[Sample, list[State]]:
        outputs, state = self.outputs(sample, states[0])
        if self.return_sequences:
            return Sample(outputs, sample.counts), [state]
        return Sample([self.last(sample, states[0])], [True]), [state]


@dataclass(frozen=True)
class Bidirectional:
    """Masked steps give zeros when sequences are returned; outputs stand in the order of time."""

    forward: Lstm
    backward: Lstm
    merge_mode: str = "concat"

    directions = 2

    def run(self, sample: Sample, states: list[State]) -> tuple[Sample, list[State]]:
        merge = MERGES[self.merge_mode]
        ahead, forward_state = self.forward.outputs(sample, states[0])
        back, backward_state = self.backward.outputs(sample, states[1])
        final = [forward_state, backward_state]
        if self.forward.return_sequences:
            pairs = zip(ahead, reversed(back), strict=True)
            return Sample([merge(a, b) for a, b in pairs], sample.counts), final
        last = merge(self.forward.last(sample, states[0]), self.backward.last(sample, states[1]))
        return Sample([last], [True]), final


Layer = Dense | Lstm | Bidirectional


def run(layers: list[Layer], sample: Sample, states: list[State]) -> tuple[Sample, list[State]]:
    """Run a chain of layers; states are those of all directions, first to last."""
    left, final = list(states), []
    for layer in layers:
        count = getattr(layer, "directions", 0)
        sample, new = layer.run(sample, left[:count])
        left = left[count:]
        final.extend(new)
    return sample, final
