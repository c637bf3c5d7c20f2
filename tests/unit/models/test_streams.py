"""Models run step by step, and stateful models run batch by batch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedError
from lstmetrics.models import (
    LSTM,
    Activation,
    Bidirectional,
    Concatenate,
    Conv1D,
    Dense,
    Embedding,
    GlobalMaxPooling1D,
    Input,
    LayerNormalization,
    Model,
    Sequential,
    TakeStep,
)
from support.random_models import build, random_features, random_ids

IDS = random_ids((3, 7), 9)
LANGUAGE_MODEL = build(
    [
        Embedding(9, 4, mask_zero=True),
        LSTM(5, return_sequences=True),
        LayerNormalization(),
        LSTM(3, return_sequences=True),
        Dense(9),
        Activation("softmax"),
    ]
)
CLASSIFIER = build([Embedding(9, 4), LSTM(5), Dense(2, "softmax")])
TAGGER = build([LSTM(5, return_sequences=True, input_shape=(None, 4)), Dense(2)], features=4)


def test_each_step_gives_what_the_whole_gives() -> None:
    whole, final = LANGUAGE_MODEL.predict(IDS, return_state=True)
    stream = LANGUAGE_MODEL.stream(3)
    for t in range(IDS.shape[1]):
        found = stream.step(IDS[:, t])
        assert found.tobytes() == whole[:, t].tobytes()
    for pair, expected in zip(stream.states, final, strict=True):
        assert [array.tobytes() for array in pair] == [array.tobytes() for array in expected]


def test_a_classifier_says_what_it_thinks_so_far() -> None:
    stream = CLASSIFIER.stream(3)
    for t in range(IDS.shape[1]):
        found = stream.step(IDS[:, t])
        assert found.tobytes() == CLASSIFIER.predict(IDS[:, : t + 1]).tobytes()


def test_features_step_by_step() -> None:
    features = random_features((2, 6, 4))
    whole = TAGGER.predict(features)
    stream = TAGGER.stream(2)
    for t in range(6):
        assert stream.step(features[:, t]).tobytes() == whole[:, t].tobytes()


def test_ids_in_other_forms() -> None:
    expected = LANGUAGE_MODEL.stream(2).step(np.array([3, 4]))
    for ids in ([3, 4], (3, 4), np.array([3, 4], np.uint8), np.array([[3], [4]])):
        assert LANGUAGE_MODEL.stream(2).step(ids).tobytes() == expected.tobytes()


def test_reset_begins_anew() -> None:
    stream = LANGUAGE_MODEL.stream()
    first = stream.step([3])
    assert stream.step([3]).tobytes() != first.tobytes()
    stream.reset()
    assert stream.step([3]).tobytes() == first.tobytes()
    assert stream.state_names == ["lstm", "lstm_1"]


def test_some_rows_begin_anew_and_the_others_go_on() -> None:
    """A row that begins has forgotten even what padding would have repeated."""
    ids = np.maximum(IDS, 1)
    stream, others, fresh = (LANGUAGE_MODEL.stream(3) for _ in range(3))
    for t in range(3):
        stream.step(ids[:, t])
        others.step(ids[:, t])
    stream.reset(rows=[0, 2])
    for step in ([0, 0, 0], ids[:, 3], ids[:, 4]):
        found, went_on, began = (one.step(step) for one in (stream, others, fresh))
        assert found[1].tobytes() == went_on[1].tobytes()
        assert found[[0, 2]].tobytes() == began[[0, 2]].tobytes()
    stream.reset([])
    stream.reset(1)
    assert not any(array[1].any() for pair in stream.states for array in pair)
    assert all(array[[0, 2]].all() for pair in stream.states for array in pair)


@pytest.mark.parametrize("rows", [[0, 3], [-1, 0], 3])
def test_rows_that_there_are_not(rows: Any) -> None:
    stream = LANGUAGE_MODEL.stream(3)
    stream.step([1, 2, 3])
    before = stream.states
    with pytest.raises(InvalidValueError, match=r"there is no row -?\d among its 3"):
        stream.reset(rows)
    for pair, kept in zip(stream.states, before, strict=True):
        assert [array.tobytes() for array in pair] == [array.tobytes() for array in kept]
    with pytest.raises(InvalidTypeError, match="rows must be integers"):
        stream.reset([0.5])


def test_states_are_read_and_set() -> None:
    ids = np.maximum(IDS, 1)  # no padding
    stream, other = LANGUAGE_MODEL.stream(3), LANGUAGE_MODEL.stream(3)
    for t in range(4):
        stream.step(ids[:, t])
    other.states = stream.states
    assert other.step(ids[:, 4]).tobytes() == stream.step(ids[:, 4]).tobytes()
    rest = LANGUAGE_MODEL.predict(ids[:, 5:], initial_state=stream.states)
    assert stream.step(ids[:, 5]).tobytes() == rest[:, 0].tobytes()


def test_padding_repeats_the_output_before_it() -> None:
    stream = LANGUAGE_MODEL.stream()
    before = stream.step([3])
    assert stream.step([0]).tobytes() == before.tobytes()


def test_a_refused_step_changes_nothing() -> None:
    stream, other = CLASSIFIER.stream(2), CLASSIFIER.stream(2)
    for one in (stream, other):
        one.step([1, 2])
    for wrong, error, message in (
        ([1, 99], InvalidValueError, "id 99"),
        ([1, 2, 3], ShapeError, "takes 2 rows, got 3"),
        ([[1, 2], [3, 4]], ShapeError, "one step of each row, got 2"),
    ):
        with pytest.raises(error, match=message):
            stream.step(wrong)
    with pytest.raises(ShapeError, match="initial_state of lstm must have shape"):
        stream.states = [(np.zeros((1, 5)), np.zeros((1, 5)))]
    assert stream.step([3, 4]).tobytes() == other.step([3, 4]).tobytes()


def test_several_inputs_and_outputs() -> None:
    a, b = Input((None, 4), name="a"), Input((None, 4), name="b")
    joined = Concatenate()([a, b])
    model = Model([a, b], [joined, LSTM(2, name="lstm")(joined)])
    model.set_weights([random_features(shape) for shape in ((8, 8), (2, 8), (8,))])
    x, y = random_features((2, 4), 1), random_features((2, 4), 2)
    joined_step, state = model.stream(2).step([x, y])
    assert np.array_equal(joined_step, np.concatenate([x, y], axis=1))
    by_name = model.stream(2).step({"b": y, "a": x})
    assert by_name[1].tobytes() == state.tobytes()


NEEDS_ALL: dict[str, list[Any]] = {
    "bidirectional": [Embedding(9, 4), Bidirectional(LSTM(3))],
    "lstm": [Embedding(9, 4), LSTM(3, go_backwards=True)],
    "conv1d": [Embedding(9, 4), Conv1D(3, 2, padding="causal")],
    "globalmaxpooling1d": [Embedding(9, 4), GlobalMaxPooling1D()],
    "takestep": [Embedding(9, 4), TakeStep()],
}


@pytest.mark.parametrize("name", NEEDS_ALL)
def test_layers_that_need_the_whole_sequence(name: str) -> None:
    model = build(NEEDS_ALL[name])
    with pytest.raises(UnsupportedError, match=f'layer "{name}" needs the whole sequence'):
        model.stream()


# ---- stateful models ----------------------------------------------------------------------------


def stateful(**options: Any) -> Sequential:
    layers = [Input((None,), **options), Embedding(9, 4), LSTM(5, stateful=True), Dense(2)]
    return build(layers)


def test_batches_go_on_where_the_one_before_ended() -> None:
    model = stateful()
    plain = build([Embedding(9, 4), LSTM(5), Dense(2)])
    first, second = model.predict(IDS[:, :3]), model.predict(IDS[:, 3:])
    assert first.tobytes() == plain.predict(IDS[:, :3]).tobytes()
    assert second.tobytes() == plain.predict(IDS).tobytes()
    model.reset_states()
    assert model.predict(IDS[:, :3]).tobytes() == first.tobytes()


def test_rows_of_later_batches_are_the_same_rows() -> None:
    model = stateful(batch_size=3)
    parts = np.concatenate([IDS[:, :3], IDS[:, 3:6]])
    found = model.predict(parts)  # two batches of three
    plain = build([Embedding(9, 4), LSTM(5), Dense(2)])
    assert found[3:].tobytes() == plain.predict(IDS[:, :6]).tobytes()
    model.reset_states()
    assert model.predict(parts, batch_size=3).tobytes() == found.tobytes()


def test_an_initial_state_takes_the_place_of_the_carried() -> None:
    model = stateful()
    model.predict(IDS)
    zeros = [(np.zeros((3, 5)), np.zeros((3, 5)))]
    found, states = model.predict(IDS, initial_state=zeros, return_state=True)
    model.reset_states()
    expected, final = model.predict(IDS, return_state=True)
    assert found.tobytes() == expected.tobytes()
    assert states[0][1].tobytes() == final[0][1].tobytes()


def test_only_stateful_layers_carry() -> None:
    layers = [Embedding(9, 4), LSTM(5, stateful=True, return_sequences=True), LSTM(3)]
    model = build(layers)
    model.predict(IDS[:, :3])
    _, carried = model.predict(IDS[:, 3:], return_state=True)
    plain = build([Embedding(9, 4), LSTM(5, return_sequences=True), LSTM(3)])
    _, first = plain.predict(IDS[:, :3], return_state=True)
    start = [first[0], tuple(np.zeros_like(part) for part in first[1])]
    _, expected = plain.predict(IDS[:, 3:], initial_state=start, return_state=True)
    for pair, wanted in zip(carried, expected, strict=True):
        assert [array.tobytes() for array in pair] == [array.tobytes() for array in wanted]


def test_other_rows_than_before_are_refused() -> None:
    model = stateful()
    model.predict(IDS)
    with pytest.raises(
        ShapeError, match=r"goes on with the 3 rows .* got a batch of 2; call reset"
    ):
        model.predict(IDS[:2])
    model.reset_states()
    assert model.predict(IDS[:2]).shape == (2, 2)
