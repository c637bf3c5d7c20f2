"""LSTMs from their definitions: one sample at a time, in Python's doubles.

A layer takes the steps of one sample, each a list of floats, and a mask that says which of them
count, or none. A sample has the steps it has: there is no padding here. Sums are ``math.fsum``'s,
so that the order of the terms plays no part; no numpy arithmetic. Other layers: ``layers.py``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Vector = list[float]
Matrix = list[Vector]
State = tuple[Vector, Vector]  # hidden, cell


def sigmoid(x: float) -> float:
    """1 / (1 + exp(-x)), without overflow."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def clip_to_unit(x: float) -> float:
    return min(1.0, max(0.0, x))


def softplus(x: float) -> float:
    return max(0.0, x) + math.log1p(math.exp(-abs(x)))


def gelu_tanh(x: float) -> float:
    return x * (1 + math.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))) / 2


# Those with parameters, by the name in front of them.
FAMILIES: dict[str, Callable[..., float]] = {
    "hard_sigmoid_of": lambda x, scale, shift: clip_to_unit(scale * x + shift),
    "affine": lambda x, scale, shift: scale * x + shift,
    "scaled_tanh": lambda x, scale, inner: scale * math.tanh(inner * x),
    "leaky_relu": lambda x, slope: x if x >= 0 else slope * x,
    "thresholded_relu": lambda x, threshold: x if x > threshold else 0.0,
    "elu": lambda x, alpha: x if x > 0 else alpha * math.expm1(x),
    "celu": lambda x, alpha: max(0.0, x) + min(0.0, alpha * math.expm1(x / alpha)),
}


def activation(name: str) -> Callable[[float], float]:
    """The function of a name, such as ``tanh`` or ``leaky_relu(0.3)``."""
    if name in ACTIVATIONS:
        return ACTIVATIONS[name]
    family, _, parameters = name.removesuffix(")").partition("(")
    numbers = [float(one) for one in parameters.split(",")]
    return lambda x: FAMILIES[family](x, *numbers)


ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "linear": lambda x: x,
    "relu": lambda x: max(0.0, x),
    "sigmoid": sigmoid,
    "tanh": math.tanh,
    "exponential": math.exp,
    "hard_sigmoid": lambda x: clip_to_unit(x / 6 + 0.5),
    "hard_sigmoid_02": lambda x: clip_to_unit(0.2 * x + 0.5),
    "relu6": lambda x: min(6.0, max(0.0, x)),
    "leaky_relu": lambda x: x if x >= 0 else 0.2 * x,
    "elu": lambda x: x if x > 0 else math.expm1(x),
    "selu": lambda x: 1.0507009873554805 * (x if x > 0 else 1.6732632423543772 * math.expm1(x)),
    "softplus": softplus,
    "log_sigmoid": lambda x: -softplus(-x),
    "softsign": lambda x: x / (1 + abs(x)),
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2,
    "gelu_tanh": gelu_tanh,
    "mish": lambda x: x * math.tanh(softplus(x)),
    "hard_silu": lambda x: x * clip_to_unit(x / 6 + 0.5),
    "hard_tanh": lambda x: min(1.0, max(-1.0, x)),
}
for _name in (
    "hard_sigmoid_of(0.3, 0.4)",
    "affine(0.5, -0.1)",
    "scaled_tanh(1.7, 0.6)",
    "leaky_relu(0.3)",
    "thresholded_relu(0.1)",
    "elu(0.4)",
    "celu(0.7)",
):
    ACTIVATIONS[_name] = activation(_name)

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


def log_softmax(logits: Vector) -> Vector:
    return [-negative_log_likelihood(logits, i) for i in range(len(logits))]


def activate(name: str, vector: Vector) -> Vector:
    rows = {"softmax": softmax, "log_softmax": log_softmax}
    if name in rows:
        return rows[name](vector)
    function = activation(name)
    return [x if math.isnan(x) else function(x) for x in vector]  # max(0.0, nan) would be 0.0


@dataclass
class Sample:
    """What flows between layers for one sample; a single step where there is no time."""

    steps: list[Any]  # vectors, or token ids
    mask: list[bool] | None = None  # which steps count; None: all, and nobody has said so
    timeless: bool = False

    def counts(self, t: int) -> bool:
        return self.mask is None or self.mask[t]


def vector(features: Vector) -> Sample:
    return Sample([features], timeless=True)


@dataclass(frozen=True)
class Lstm:
    """One direction. ``kernel`` has the gates i, f, g, o side by side, ``units`` columns each."""

    kernel: Matrix
    recurrent_kernel: Matrix
    bias: Vector
    activation: str = "tanh"
    recurrent_activation: str = "sigmoid"
    output_activation: str | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    restore_order: bool = False
    masked_output: str = "previous"
    clear_empty_rows: bool = False
    clip: float = 0.0
    projection: Matrix | None = None

    directions = 1

    @property
    def units(self) -> int:
        return len(self.kernel[0]) // 4

    @property
    def outputs(self) -> int:
        return len(self.recurrent_kernel)

    def step(self, x: Vector, state: State) -> State:
        """One step: gates, cell, hidden."""
        hidden, cell = state
        gates = affine(self.bias, (x, self.kernel), (hidden, self.recurrent_kernel))
        if self.clip:
            gates = [min(self.clip, max(-self.clip, gate)) for gate in gates]
        bounds = [k * self.units for k in range(5)]
        i, f, g, o = (gates[start:end] for start, end in pairwise(bounds))
        gate, squash = activation(self.recurrent_activation), activation(self.activation)
        show = activation(self.output_activation or self.activation)
        new_cell = [gate(f[j]) * cell[j] + gate(i[j]) * squash(g[j]) for j in range(self.units)]
        new_hidden = [gate(o[j]) * show(new_cell[j]) for j in range(self.units)]
        if self.projection is not None:
            new_hidden = affine([0.0] * self.outputs, (new_hidden, self.projection))
        return new_hidden, new_cell

    def outputs_of(self, sample: Sample, state: State) -> tuple[list[Vector], State]:
        """The outputs in the order they are computed, and the final state.

        A masked step leaves the state alone. It gives zeros (PyTorch's padding), the hidden state
        (Keras before 2.4), or else the output before it (Keras), zeros until a step has counted.
        """
        zeros = [0.0] * self.outputs
        previous = zeros
        outputs = []
        order = range(len(sample.steps))
        for t in reversed(order) if self.go_backwards else order:
            if sample.counts(t):
                state = self.step(sample.steps[t], state)
                previous = state[0]
            masked = {"zeros": zeros, "previous": previous, "state": state[0]}[self.masked_output]
            outputs.append(state[0] if sample.counts(t) else masked)
        if not sample.steps and self.clear_empty_rows:
            state = zeros, [0.0] * self.units
        return outputs, state

    def run_direction(self, sample: Sample, state: State) -> tuple[list[Vector], State]:
        """The outputs asked for, and the final state."""
        outputs, state = self.outputs_of(sample, state)
        last = outputs[-1] if outputs else [0.0] * self.outputs
        if self.go_backwards and self.restore_order:
            outputs = outputs[::-1]
        return (outputs if self.return_sequences else [last]), state

    def result(self, sample: Sample, steps: list[Vector]) -> Sample:
        return Sample(steps, sample.mask) if self.return_sequences else vector(steps[0])

    def run(self, inputs: list[Sample], states: list[State]) -> tuple[list[Sample], list[State]]:
        if len(inputs) > 1:
            states = [(inputs[1].steps[0], inputs[2].steps[0])]
        outputs, state = self.run_direction(inputs[0], states[0])
        given = [vector(part) for part in state] if self.return_state else []
        return [self.result(inputs[0], outputs), *given], [state]


@dataclass(frozen=True)
class Bidirectional:
    """Masked steps give zeros when sequences are returned; outputs stand in the order of time."""

    forward: Lstm
    backward: Lstm
    merge_mode: str | None = "concat"

    directions = 2

    def run(self, inputs: list[Sample], states: list[State]) -> tuple[list[Sample], list[State]]:
        if len(inputs) > 1:
            parts = [one.steps[0] for one in inputs[1:]]
            states = [(parts[0], parts[1]), (parts[2], parts[3])]
        ahead, forward_state = self.forward.run_direction(inputs[0], states[0])
        back, backward_state = self.backward.run_direction(inputs[0], states[1])
        back.reverse()  # a single output stays what it is
        final = [forward_state, backward_state]
        given = [vector(part) for state in final for part in state]
        given = given if self.forward.return_state else []
        if self.merge_mode is None:
            outputs = [ahead, back]
        else:
            merge = MERGES[self.merge_mode]
            outputs = [[merge(a, b) for a, b in zip(ahead, back, strict=True)]]
        return [*(self.forward.result(inputs[0], steps) for steps in outputs), *given], final
