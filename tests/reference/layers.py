"""The layers around LSTMs from their definitions, in the manner of ``lstm.py``."""

from __future__ import annotations

import math
from dataclasses import dataclass

from reference.lstm import Matrix, Sample, State, Vector, activate, affine, vector

Results = tuple[list[Sample], list[State]]


@dataclass(frozen=True)
class Embedding:
    table: Matrix
    mask_zero: bool = False

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        mask = sample.mask
        if self.mask_zero:
            mask = [i != 0 and sample.counts(t) for t, i in enumerate(sample.steps)]
        return [Sample([self.table[i] for i in sample.steps], mask)], []


@dataclass(frozen=True)
class Masking:
    value: float
    keeps: bool  # the mask so far, as it is the caller's own

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        differs = [any(x != self.value for x in step) for step in sample.steps]
        steps = [
            step if one else [0.0] * len(step)
            for step, one in zip(sample.steps, differs, strict=True)
        ]
        kept = [one and (not self.keeps or sample.counts(t)) for t, one in enumerate(differs)]
        return [Sample(steps, kept)], []


@dataclass(frozen=True)
class Dense:
    kernel: Matrix
    bias: Vector
    activation: str = "linear"

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        steps = [
            activate(self.activation, affine(self.bias, (x, self.kernel))) for x in sample.steps
        ]
        return [Sample(steps, sample.mask, sample.timeless)], []


@dataclass(frozen=True)
class Activation:
    activation: str

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        steps = [activate(self.activation, x) for x in sample.steps]
        return [Sample(steps, sample.mask, sample.timeless)], []


@dataclass(frozen=True)
class Identity:
    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        return inputs, []


@dataclass(frozen=True)
class LayerNormalization:
    epsilon: float
    gamma: Vector
    beta: Vector

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        return [Sample([self.step(x) for x in sample.steps], sample.mask, sample.timeless)], []

    def step(self, x: Vector) -> Vector:
        mean = math.fsum(x) / len(x)
        variance = math.fsum((one - mean) ** 2 for one in x) / len(x)
        size = math.sqrt(variance + self.epsilon)
        return [
            (one - mean) / size * gamma + beta
            for one, gamma, beta in zip(x, self.gamma, self.beta, strict=True)
        ]


@dataclass(frozen=True)
class BatchNormalization:
    epsilon: float
    gamma: Vector
    beta: Vector
    mean: Vector
    variance: Vector

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        return [Sample([self.step(x) for x in sample.steps], sample.mask, sample.timeless)], []

    def step(self, x: Vector) -> Vector:
        columns = zip(x, self.mean, self.variance, self.gamma, self.beta, strict=True)
        return [
            (one - mean) / math.sqrt(variance + self.epsilon) * gamma + beta
            for one, mean, variance, gamma, beta in columns
        ]


@dataclass(frozen=True)
class Windows:
    """Which steps are in each window; None stands for padding."""

    size: int
    stride: int = 1
    dilation: int = 1
    padding: str = "valid"

    def over(self, steps: int) -> list[list[int | None]]:
        extent = (self.size - 1) * self.dilation + 1
        if self.padding == "valid":
            before, count = 0, max(0, (steps - extent) // self.stride + 1)
        else:
            count = -(-steps // self.stride)
            around = max(0, (count - 1) * self.stride + extent - steps)
            before = extent - 1 if self.padding == "causal" else around // 2
        places = [
            [n * self.stride + k * self.dilation - before for k in range(self.size)]
            for n in range(count)
        ]
        return [[t if 0 <= t < steps else None for t in window] for window in places]


@dataclass(frozen=True)
class Conv1D:
    """``kernel`` is [size][features of a group][filters]."""

    kernel: list[Matrix]
    bias: Vector
    windows: Windows
    groups: int = 1
    activation: str = "linear"

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        features, filters = len(self.kernel[0]), len(self.bias)
        share = filters // self.groups
        steps = []
        for window in self.windows.over(len(sample.steps)):
            sums = []
            for j, bias in enumerate(self.bias):
                first = j // share * features
                terms = [
                    sample.steps[t][first + i] * self.kernel[k][i][j]
                    for k, t in enumerate(window)
                    if t is not None
                    for i in range(features)
                ]
                sums.append(math.fsum([bias, *terms]))
            steps.append(activate(self.activation, sums))
        return [Sample(steps)], []


@dataclass(frozen=True)
class MaxPooling1D:
    windows: Windows

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        steps = []
        for window in self.windows.over(len(sample.steps)):
            there = [sample.steps[t] for t in window if t is not None]
            steps.append([max(column) for column in zip(*there, strict=True)])
        return [Sample(steps)], []


@dataclass(frozen=True)
class GlobalPooling1D:
    """The maximum is over all steps, the average over those that count."""

    kind: str
    features: int
    keepdims: bool = False

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        if self.kind == "max":
            found = [
                max((step[i] for step in sample.steps), default=-math.inf)
                for i in range(self.features)
            ]
        else:
            there = [step for t, step in enumerate(sample.steps) if sample.counts(t)]
            found = [
                math.fsum(step[i] for step in there) / len(there) if there else math.nan
                for i in range(self.features)
            ]
        return [Sample([found]) if self.keepdims else vector(found)], []


@dataclass(frozen=True)
class TakeStep:
    index: int

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        (sample,) = inputs
        return [vector(sample.steps[self.index])], []


@dataclass(frozen=True)
class Flatten:
    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        return [vector([x for step in inputs[0].steps for x in step])], []


@dataclass(frozen=True)
class Merge:
    """Concatenate, Add, Average and Multiply; ``masks`` is how masks join."""

    kind: str
    masks: str
    axis: int = -1

    def run(self, inputs: list[Sample], states: list[State]) -> Results:
        del states
        if self.kind == "concatenate" and self.axis == 1:
            steps = [step for one in inputs for step in one.steps]
            mask = [one.counts(t) for one in inputs for t in range(len(one.steps))]
            return [Sample(steps, mask if any(one.mask for one in inputs) else None)], []
        steps = [self.step(inputs, t) for t in range(len(inputs[0].steps))]
        return [Sample(steps, self.mask(inputs), inputs[0].timeless)], []

    def mask(self, inputs: list[Sample]) -> list[bool] | None:
        masks = [one.mask for one in inputs]
        present = [mask for mask in masks if mask is not None]
        if not present:
            return None
        if self.masks == "any":
            if len(present) < len(masks):
                return [True] * len(present[0]) if self.kind == "concatenate" else None
            return [any(column) for column in zip(*present, strict=True)]
        return [all(column) for column in zip(*present, strict=True)]

    def step(self, inputs: list[Sample], t: int) -> Vector:
        parts = [one.steps[t] for one in inputs]
        if self.kind == "concatenate":
            return [x for part in parts for x in part]
        columns = list(zip(*parts, strict=True))
        if self.kind == "multiply":
            if self.masks == "all":
                return [math.prod(column) for column in columns]
            factors = [one.steps[t] for one in inputs if one.counts(t)]
            if not factors and all(one.mask is not None for one in inputs):
                return [0.0] * len(parts[0])
            return [math.prod(column) for column in zip(*factors, strict=True)]
        sums = [math.fsum(column) for column in columns]
        return sums if self.kind == "add" else [x / len(parts) for x in sums]
