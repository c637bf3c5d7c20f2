"""Recurrent states in and out, in Keras's forms and ours."""

from __future__ import annotations

import numpy as np

from lstmetrics.models import LSTM, Bidirectional, Embedding
from support.random_models import build, random_ids, random_states

IDS = random_ids((3, 4), 9)


def test_directions_are_named_in_order() -> None:
    layers = [Embedding(9, 4), LSTM(3, return_sequences=True), Bidirectional(LSTM(5))]
    model = build(layers)
    assert model.state_names == ["lstm", "bidirectional/forward", "bidirectional/backward"]
    _, states = model.predict(IDS, return_state=True)
    assert [(h.shape, c.shape) for h, c in states] == [
        ((3, 3), (3, 3)),
        ((3, 5), (3, 5)),
        ((3, 5), (3, 5)),
    ]


def test_the_last_layer_returns_its_states_as_in_keras() -> None:
    values, hidden, cell = build([Embedding(9, 4), LSTM(3, return_state=True)]).predict(IDS)
    assert np.array_equal(values, hidden)
    assert cell.shape == (3, 3)
    layers = [Embedding(9, 4), Bidirectional(LSTM(3, return_state=True))]
    values, forward_hidden, _, backward_hidden, _ = build(layers).predict(IDS)
    assert np.array_equal(values, np.concatenate([forward_hidden, backward_hidden], axis=1))


def test_zeros_are_the_initial_state() -> None:
    model = build([Embedding(9, 4), LSTM(3)])
    zeros = [(np.zeros((3, 3)), np.zeros((3, 3)))]
    assert model.predict(IDS, initial_state=zeros).tobytes() == model.predict(IDS).tobytes()


def test_a_row_without_steps_keeps_its_state_and_gives_zeros() -> None:
    model = build([Embedding(9, 4), LSTM(3)])
    start = random_states(model, 3)
    values, states = model.predict(IDS, lengths=[0, 4, 0], initial_state=start, return_state=True)
    assert not values[[0, 2]].any()
    assert values[1].any()
    for row in (0, 2):
        assert states[0][0][row].tobytes() == start[0][0][row].tobytes()
        assert states[0][1][row].tobytes() == start[0][1][row].tobytes()


def test_masked_steps_repeat_the_output_before_them() -> None:
    model = build([Embedding(9, 4, mask_zero=True), LSTM(3, return_sequences=True)])
    (values,) = model.predict(np.array([[0, 5, 0, 0, 7, 0]]))
    assert not values[0].any()
    assert values[1].tobytes() == values[2].tobytes() == values[3].tobytes()
    assert values[4].tobytes() == values[5].tobytes() != values[3].tobytes()


def test_masked_steps_are_zeros_where_asked_for() -> None:
    layers = [
        Embedding(9, 4, mask_zero=True),
        LSTM(3, return_sequences=True, zero_output_for_mask=True),
    ]
    (values,) = build(layers).predict(np.array([[0, 5, 0, 7]]))
    assert [bool(step.any()) for step in values] == [False, True, False, True]


def test_mask_lengths_and_padding_ids_all_count() -> None:
    model = build([Embedding(9, 4, mask_zero=True), LSTM(3)])
    expected = model.predict(np.array([[5, 7]]))
    ids = np.array([[5, 0, 3, 7, 8]])
    mask = np.array([[True, True, False, True, True]])
    assert model.predict(ids, mask=mask, lengths=[4]).tobytes() == expected.tobytes()


def test_backward_outputs_come_in_the_order_computed() -> None:
    model = build([Embedding(9, 4), LSTM(3, go_backwards=True, return_sequences=True)])
    forward = build([Embedding(9, 4), LSTM(3, return_sequences=True)])
    assert model.predict(IDS).tobytes() == forward.predict(IDS[:, ::-1]).tobytes()
