"""Random models against the definitions in double precision.

The engine computes in float32, the reference in double. A gate's sum of up to 100 products, each
below 1, is off by some 1e-7, the functions by 2 to 4 ulp, and bounded activations do not let errors
grow over the few steps of these sequences: the largest difference seen in 300 models is 3e-7, and
the tolerance is ten times that. Unbounded activations multiply errors along with values, so there
it is relative to the largest value that occurs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st

from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, Sequential
from reference.lstm import ACTIVATIONS, Sample, negative_log_likelihood
from support.oracles import Oracle, sample_of
from support.random_models import build, random_features, random_ids, random_states

TOLERANCE = 3e-6
VOCABULARY = 7

BOUNDED = ["tanh", "sigmoid", "hard_sigmoid", "hard_sigmoid_02", "hard_tanh", "softsign"]
GATES = ["sigmoid", "hard_sigmoid", "hard_sigmoid_02", "hard_sigmoid_of(0.3, 0.4)"]
UNBOUNDED = sorted(set(ACTIVATIONS) - {*BOUNDED, *GATES})


@dataclass
class Case:
    model: Sequential
    inputs: npt.NDArray[Any]
    mask: npt.NDArray[np.bool_]
    lengths: npt.NDArray[np.int64]
    states: list[Any]

    def predict(self) -> tuple[Any, Any]:
        return self.model.predict(
            self.inputs,
            mask=self.mask,
            lengths=self.lengths,
            initial_state=self.states,
            return_state=True,
        )


@st.composite
def recurrent_layers(
    draw: st.DrawFn, activations: list[str], gates: list[str], return_sequences: bool
) -> LSTM | Bidirectional:
    units = draw(st.one_of(st.integers(1, 40), st.sampled_from([1, 15, 16, 17, 32, 33])))
    options = {
        "units": units,
        "activation": draw(st.sampled_from(activations)),
        "recurrent_activation": draw(st.sampled_from(gates)),
        "use_bias": draw(st.booleans()),
        "return_sequences": return_sequences,
        "output_activation": draw(st.sampled_from([None, *activations])),
        "clip": draw(st.sampled_from([0.0, 0.0, 0.5])),
        "proj_size": draw(st.sampled_from([0, 0, 0, max(1, units // 2)])),
        "clear_empty_rows": draw(st.booleans()),
        "repeat_state_for_mask": draw(st.booleans()),
    }
    if draw(st.booleans()):
        mode = draw(st.sampled_from(["concat", "sum", "mul", "ave"]))
        return Bidirectional(LSTM(**options, go_backwards=draw(st.booleans())), merge_mode=mode)
    return LSTM(
        **options,
        go_backwards=draw(st.booleans()),
        restore_order=draw(st.booleans()),
        zero_output_for_mask=not options["repeat_state_for_mask"] and draw(st.booleans()),
    )


@st.composite
def cases(draw: st.DrawFn, activations: list[str], gates: list[str], scale: float = 1.0) -> Case:
    """A model of one to three recurrent layers, and a batch with masks of any pattern."""
    depth = draw(st.integers(1, 3))
    sequences = [True] * (depth - 1) + [draw(st.booleans())]
    layers: list[Any] = [draw(recurrent_layers(activations, gates, one)) for one in sequences]
    if draw(st.booleans()):
        layers.append(Dense(draw(st.integers(1, 20)), draw(st.sampled_from([*BOUNDED, "softmax"]))))
    takes_ids = draw(st.booleans())
    features = draw(st.integers(1, 9))
    if takes_ids:
        layers.insert(0, Embedding(VOCABULARY, features, mask_zero=draw(st.booleans())))
    else:
        layers[0].input_shape = (None, features)

    seed = draw(st.integers(0, 2**32 - 1))
    model = build(layers, features=features, seed=seed, scale=scale)
    rows, steps = draw(st.integers(1, 3)), draw(st.integers(0, 6))
    inputs = (
        random_ids((rows, steps), VOCABULARY, seed)
        if takes_ids
        else random_features((rows, steps, features), seed)
    )
    mask = draw(
        st.lists(
            st.lists(st.booleans(), min_size=steps, max_size=steps), min_size=rows, max_size=rows
        )
    )
    lengths = draw(
        st.lists(st.one_of(st.just(steps), st.integers(0, steps)), min_size=rows, max_size=rows)
    )
    states = random_states(model, rows, seed)
    mask_array = np.array(mask, dtype=bool).reshape(rows, steps)
    return Case(model, inputs, mask_array, np.array(lengths), states)


def differences(case: Case) -> tuple[float, float]:
    """The largest difference from the reference, and the largest value in it."""
    values, states = case.predict()
    oracle = Oracle(case.model)
    assert values.dtype == np.float32
    difference = largest = 0.0
    for row, length in enumerate(case.lengths):
        sample = sample_of(case.inputs[row], length, case.mask[row])
        given = [(hidden[row].tolist(), cell[row].tolist()) for hidden, cell in case.states]
        (expected,), finals = oracle.run_row([sample], given)
        found = values[row] if expected.timeless else values[row, : len(expected.steps)]
        pairs = [(found, np.array(expected.steps).reshape(found.shape))]
        for (hidden, cell), (expected_hidden, expected_cell) in zip(states, finals, strict=True):
            pairs.append((hidden[row], np.array(expected_hidden)))
            pairs.append((cell[row], np.array(expected_cell)))
        difference = max(difference, *(float(np.abs(a - b).max(initial=0)) for a, b in pairs))
        largest = max(largest, *(float(np.abs(b).max(initial=0)) for _, b in pairs))
    return difference, largest


@settings(max_examples=200)
@given(cases(BOUNDED, GATES))
def test_bounded_activations(case: Case) -> None:
    difference, _ = differences(case)
    assert difference < TOLERANCE


@settings(max_examples=100)
@given(cases([*BOUNDED, *UNBOUNDED], [*GATES, "tanh", *UNBOUNDED], scale=0.2))
def test_unbounded_activations(case: Case) -> None:
    try:
        difference, largest = differences(case)
    except OverflowError:  # exponentials of exponentials, too large for the reference itself
        reject()
    assume(largest < 1e3)
    assert difference < TOLERANCE * max(1.0, largest)


@settings(max_examples=60)
@given(
    units=st.integers(1, 40),
    vocabulary=st.integers(2, 300),
    steps=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
)
def test_token_losses(units: int, vocabulary: int, steps: int, seed: int) -> None:
    layers = [Embedding(vocabulary, 4), LSTM(units, return_sequences=True), Dense(vocabulary)]
    model = build(layers, seed=seed)
    ids, targets = random_ids((2, 1, steps), vocabulary, seed)
    losses = model.nll(ids, targets)
    (logits,), _ = Oracle(model).run_row([Sample(ids[0].tolist())], [([0.0] * units,) * 2])
    expected = [
        negative_log_likelihood(step, target)
        for step, target in zip(logits.steps, targets[0].tolist(), strict=True)
    ]
    assert losses.dtype == np.float64
    np.testing.assert_allclose(losses[0], expected, rtol=0, atol=TOLERANCE)
