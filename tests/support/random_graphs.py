"""Random graphs of layers: several inputs, branches, merges, and batches for them.

Hypothesis draws a seed and sizes; all else follows from the seed, which gives more variety than
draws of each choice, for which the simplest comes first.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from lstmetrics.models import (
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
    LayerNormalization,
    Masking,
    MaxPooling1D,
    Model,
    Multiply,
    TakeStep,
    TimeDistributed,
    Value,
)
from support.random_models import give_weights, random_features, random_ids, random_states

VOCABULARY = 7
ACTIVATIONS = ["linear", "tanh", "sigmoid", "hard_sigmoid", "softsign", "gelu", "silu"]


@dataclass(frozen=True)
class Branch:
    """A value, and what a layer must know of it."""

    value: Value
    features: int
    clock: Any  # values with the same clock have as many steps in every row; None: no time
    steps: int | None = None  # where it is the same in all rows


@dataclass
class Batch:
    """A model with inputs, lengths, masks and states for it."""

    model: Model
    inputs: list[Any]
    lengths: list[Any]
    masks: list[Any]
    states: list[Any]

    def predict(self, **options: Any) -> tuple[list[Any], Any]:
        one = len(self.inputs) == 1
        values, states = self.model.predict(
            self.inputs[0] if one else self.inputs,
            lengths=self.lengths[0] if one else self.lengths,
            mask=self.masks[0] if one else self.masks,
            initial_state=self.states,
            return_state=True,
            **options,
        )
        return (values if isinstance(values, list) else [values]), states

    @property
    def rows(self) -> int:
        return len(self.inputs[0])

    def row(self, row: int) -> Batch:
        """One row alone, cut to its own length."""
        ends = [None if one is None else one[row] for one in self.lengths]
        return Batch(
            self.model,
            [
                one[row : row + 1] if end is None else one[row : row + 1, :end]
                for one, end in zip(self.inputs, ends, strict=True)
            ],
            [None] * len(self.inputs),
            [
                None if one is None else one[row : row + 1, : one.shape[1] if end is None else end]
                for one, end in zip(self.masks, ends, strict=True)
            ],
            [(hidden[row : row + 1], cell[row : row + 1]) for hidden, cell in self.states],
        )


@dataclass
class _Builder:
    generator: random.Random
    ragged: bool
    seed: int
    inputs: list[Input] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)
    layers: int = 0

    def flip(self) -> bool:
        return self.generator.random() < 0.5

    def number(self, low: int, high: int) -> int:
        return self.generator.randint(low, high)

    def choose(self, items: Any) -> Any:
        return self.generator.choice(items)

    def apply(self, layer: Any, branch: Branch | list[Branch], **change: Any) -> Any:
        """Call a layer with random weights; add what it gives to the pool."""
        given = branch if isinstance(branch, list) else [branch]
        self.layers += 1
        features = give_weights(layer, given[0].features, self.seed + self.layers)
        features = change.pop("features", features)
        state = change.pop("initial_state", None)
        values = layer([one.value for one in given], **({"initial_state": state} if state else {}))
        base = {"clock": given[0].clock, "steps": given[0].steps} | change
        results = values if isinstance(values, list) else [values]
        sizes = change.pop("sizes", None) or [features] * len(results)
        for index, (value, size) in enumerate(zip(results, sizes, strict=True)):
            main = index < change.get("main", 1)
            clock, steps = (base["clock"], base["steps"]) if main else (None, None)
            self.branches.append(Branch(value, size, clock, steps))
        return self.branches[-len(results)]

    def add_input(self) -> None:
        kind = self.choose(["ids", "sequence", "sequence", "vector"])
        steps = None if self.ragged or self.flip() else self.number(4, 6)
        features = self.number(1, 5)
        clock = "alike" if self.flip() and steps is None else f"input {len(self.inputs)}"
        if kind == "vector":
            one = Input((features,))
            self.inputs.append(one)
            self.branches.append(Branch(one.value, features, None))
            return
        one = Input((steps,) if kind == "ids" else (steps, features))
        one.clock = clock  # type: ignore[attr-defined]
        self.inputs.append(one)
        branch = Branch(one.value, features, clock, steps)
        if kind == "ids":
            self.apply(Embedding(VOCABULARY, self.number(1, 20), mask_zero=self.flip()), branch)
        else:
            self.branches.append(branch)

    def add_layer(self) -> None:
        branch = self.choose(self.branches[-4:])
        kinds = ["dense", "activation", "normalization", "merge", "merge"]
        if branch.clock is not None:
            kinds += ["lstm", "lstm", "bidirectional", "masking", "window", "window", "pool"]
            kinds += ["steps", "dropout", "normalization"]
        if branch.steps is not None:
            kinds.append("flatten")
        getattr(self, self.choose(kinds))(branch)

    def dense(self, branch: Branch) -> None:
        layer: Any = Dense(self.number(1, 20), self.choose([*ACTIVATIONS, "softmax"]))
        if branch.clock is not None and self.flip():
            layer = TimeDistributed(layer)
        self.apply(layer, branch)

    def activation(self, branch: Branch) -> None:
        self.apply(Activation(self.choose([*ACTIVATIONS, "softmax", "log_softmax"])), branch)

    def normalization(self, branch: Branch) -> None:
        kind = self.choose([LayerNormalization, BatchNormalization])
        options = {"center": self.flip(), "scale": self.flip(), "epsilon": 1e-2}
        if kind is LayerNormalization:
            options |= {"center": True, "scale": True}
        self.apply(kind(**options), branch)

    def dropout(self, branch: Branch) -> None:
        self.apply(Dropout(0.5), branch)

    def masking(self, branch: Branch) -> None:
        self.apply(Masking(0.0), branch)

    def lstm(self, branch: Branch) -> None:
        units, sequences = self.number(1, 18), self.flip()
        vectors = [one for one in self.branches if one.clock is None]
        if vectors and self.flip():
            units = self.choose(vectors).features
        vectors = [one for one in vectors if one.features == units]
        state = [self.choose(vectors).value for _ in range(2)] if vectors and self.flip() else None
        layer = LSTM(
            units,
            return_sequences=sequences,
            return_state=self.flip(),
            go_backwards=self.flip(),
            restore_order=self.flip(),
            zero_output_for_mask=self.flip(),
        )
        change = {} if sequences else {"clock": None, "steps": None}
        self.apply(layer, branch, initial_state=state, **change)

    def bidirectional(self, branch: Branch) -> None:
        sequences, mode = self.flip(), self.choose(["concat", "sum", "mul", "ave", None])
        units = self.number(1, 18)
        forward = LSTM(units, return_sequences=sequences, return_state=self.flip())
        layer = Bidirectional(forward, mode)
        change: dict[str, Any] = {} if sequences else {"clock": None, "steps": None}
        if mode == "concat":
            change["sizes"] = [2 * units] + [units] * (layer.output_count - 1)
        change["main"] = 2 if mode is None else 1
        self.apply(layer, branch, **change)

    def window(self, branch: Branch) -> None:
        padding = self.choose(["same", "causal"])
        size, stride, dilation = self.number(1, 4), self.number(1, 2), self.number(1, 2)
        clock = (branch.clock, "stride", stride)
        steps = None if branch.steps is None else -(-branch.steps // stride)
        if self.flip():
            groups = self.choose([k for k in (1, 2, 3) if branch.features % k == 0])
            options = {"dilation_rate": dilation if stride == 1 else 1, "groups": groups}
            filters = groups * self.number(1, 9)
            layer: Any = Conv1D(filters, size, stride, padding, activation="tanh", **options)
        else:
            layer = MaxPooling1D(size, stride, "same")
        self.apply(layer, branch, clock=clock, steps=steps)

    def pool(self, branch: Branch) -> None:
        if branch.steps and self.flip():
            index = self.number(-branch.steps, branch.steps - 1)
            self.apply(TakeStep(index), branch, clock=None, steps=None)
            return
        kind = self.choose([GlobalMaxPooling1D, GlobalAveragePooling1D])
        keep = self.flip()
        clock = "one step" if keep else None
        self.apply(kind(keepdims=keep), branch, clock=clock, steps=1 if keep else None)

    def steps(self, branch: Branch) -> None:
        others = [
            one
            for one in self.branches
            if one.clock is not None and one.features == branch.features
        ]
        parts = [branch, self.choose(others)]
        steps = (
            None if None in (parts[0].steps, parts[1].steps) else parts[0].steps + parts[1].steps
        )
        clock = ("joined", parts[0].clock, parts[1].clock)
        self.apply(self.merge_layer(Concatenate, axis=1), parts, clock=clock, steps=steps)

    def merge(self, branch: Branch) -> None:
        alike = [one for one in self.branches if one.clock == branch.clock]
        parts = [branch, *(self.choose(alike) for _ in range(self.number(0, 2)))]
        if self.flip():
            features = sum(one.features for one in parts)
            self.apply(self.merge_layer(Concatenate), parts, features=features)
            return
        parts = [one for one in parts if one.features == branch.features]
        self.apply(self.merge_layer(self.choose([Add, Average, Multiply])), parts)

    def merge_layer(self, kind: Any, **options: Any) -> Any:
        return kind(masks=self.choose(["any", "all"]), **options)

    def flatten(self, branch: Branch) -> None:
        features = branch.features * (branch.steps or 0)
        self.apply(Flatten(), branch, clock=None, steps=None, features=features)


@st.composite
def graphs(draw: st.DrawFn) -> Batch:
    """A graph and a batch of one to three rows; some of uneven length, some with masks."""
    seed = draw(st.integers(0, 2**32 - 2**10))
    generator = random.Random(seed)
    builder = _Builder(generator, draw(st.booleans()), seed)
    for _ in range(generator.randint(1, 3)):
        builder.add_input()
    for _ in range(draw(st.integers(2, 14))):
        builder.add_layer()
    ends = [one for one in builder.branches if not isinstance(one.value.call.layer, Input)]
    chosen = [ends[-1], *generator.sample(ends, min(len(ends), generator.randint(0, 2)))]
    outputs = list(dict.fromkeys(one.value for one in chosen))
    used = _inputs_of(outputs)
    model = Model([one for one in builder.inputs if one in used], outputs)
    return _batch(generator, model, builder.ragged, draw(st.integers(1, 3)), seed)


def _inputs_of(outputs: list[Value]) -> set[Any]:
    pending, seen = [value.call for value in outputs], set()
    while pending:
        call = pending.pop()
        if call not in seen:
            seen.add(call)
            pending += [value.call for value in call.inputs]
    return {call.layer for call in seen if isinstance(call.layer, Input)}


def _batch(generator: random.Random, model: Model, ragged: bool, rows: int, seed: int) -> Batch:
    common = generator.randint(1, 6)
    ends = np.array([generator.randint(1, common) for _ in range(rows)])
    inputs, lengths, masks = [], [], []
    for index, (one, shape) in enumerate(zip(model.inputs, _shapes(model), strict=True)):
        alike = getattr(one, "clock", None) == "alike"
        steps = shape[1] if len(shape) > 1 and shape[1] else common if alike else 1 + index % 3
        if len(shape) == 2 and isinstance(one.shape[-1], int) and not _takes_ids(model, one):
            inputs.append(random_features((rows, one.shape[-1]), seed + index))
            lengths.append(None)
            masks.append(None)
            continue
        if _takes_ids(model, one):
            inputs.append(random_ids((rows, steps), VOCABULARY, seed + index))
        else:
            values = random_features((rows, steps, one.shape[-1]), seed + index)
            values[np.random.default_rng(seed).random((rows, steps)) < 0.2] = 0.0
            inputs.append(values)
        lengths.append(np.minimum(ends, steps) if ragged else None)
        mask = np.random.default_rng(seed + index).random((rows, steps)) < 0.7
        masks.append(mask if generator.random() < 0.4 else None)
    return Batch(model, inputs, lengths, masks, random_states(model, rows, seed))


def _shapes(model: Model) -> list[Any]:
    shapes = model.input_shape
    return shapes if isinstance(shapes, list) else [shapes]


def _takes_ids(model: Model, one: Input) -> bool:
    return any(
        isinstance(call.layer, Embedding) and call.inputs[0].call.layer is one
        for call in model._network().calls
    )
