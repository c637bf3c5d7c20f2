"""Models that are graphs: layers called on values, several inputs and outputs, nested models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models import (
    LSTM,
    Add,
    Bidirectional,
    CharVocabulary,
    Concatenate,
    Conv1D,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    MaxPooling1D,
    Model,
    Multiply,
    Sequential,
    Stack,
    TakeStep,
    load_model,
)
from support.random_models import build, random_features, random_ids, random_weights

IDS = random_ids((3, 5), 9)
FEATURES = random_features((3, 5, 4))


def with_weights(model: Model, features: dict[str, int], seed: int = 0) -> Model:
    """Random weights for a model, whose layers take so many features."""
    from support.random_models import give_weights

    for index, layer in enumerate(model.layers):
        give_weights(layer, features.get(layer.name or "", 0), seed + index)
    return model


def two_inputs() -> Model:
    words, extra = Input((None,), name="words"), Input((4,), name="extra")
    text = LSTM(3, name="reader")(Embedding(9, 2, name="vectors")(words))
    both = Concatenate(name="both")([text, extra])
    model = Model([words, extra], Dense(2, name="head")(both))
    return with_weights(model, {"reader": 2, "head": 7})


def encoder_decoder() -> Model:
    """A decoder that starts from an encoder's states; it gives logits and its own states."""
    source, target = Input((None, 4), name="source"), Input((None, 4), name="target")
    _, *states = LSTM(3, return_state=True, name="encoder")(source)
    decoder = LSTM(3, return_sequences=True, return_state=True, name="decoder")
    output, hidden, cell = decoder(target, initial_state=states)
    model = Model([source, target], [Dense(2, name="head")(output), hidden, cell])
    return with_weights(model, {"encoder": 4, "decoder": 4, "head": 3})


def test_shapes_of_several_inputs_and_outputs() -> None:
    model = encoder_decoder()
    assert model.input_shape == [(None, None, 4), (None, None, 4)]
    assert model.output_shape == [(None, None, 2), (None, 3), (None, 3)]
    assert model.input_names == ["source", "target"]
    assert model.state_names == ["encoder", "decoder"]
    assert model.state_sizes == [(3, 3), (3, 3)]


def test_inputs_by_position_and_by_name() -> None:
    model = two_inputs()
    extra = random_features((3, 4))
    expected = model.predict([IDS, extra])
    assert expected.shape == (3, 2)
    assert model.predict((IDS, extra)).tobytes() == expected.tobytes()
    assert model.predict({"extra": extra, "words": IDS}).tobytes() == expected.tobytes()


def test_uneven_rows_of_one_of_the_inputs() -> None:
    model = two_inputs()
    extra = random_features((2, 4))
    found = model.predict([[[1, 2, 3], [4]], extra])
    alone = model.predict([[[4]], extra[1:]])
    assert found[1].tobytes() == alone[0].tobytes()


def test_lengths_and_masks_come_as_the_inputs_do() -> None:
    model = two_inputs()
    extra = random_features((3, 4))
    lengths = [2, 5, 1]
    expected = model.predict([IDS, extra], lengths=[lengths, None])
    by_name = model.predict([IDS, extra], lengths={"words": lengths})
    assert by_name.tobytes() == expected.tobytes()
    mask = np.arange(5) < np.array(lengths)[:, None]
    masked = model.predict([IDS, extra], mask=[mask, None])
    assert masked.tobytes() == expected.tobytes()


def test_states_flow_from_one_layer_to_another() -> None:
    model = encoder_decoder()
    source, target = random_features((2, 3, 4), 1), random_features((2, 5, 4), 2)
    logits, hidden, cell = model.predict([source, target])
    by_name = {layer.name: layer for layer in model.layers}
    encoder = Sequential([Input((None, 4)), by_name["encoder"]])
    _, *states = encoder.predict(source)
    decoder = Sequential([Input((None, 4)), by_name["decoder"]])
    values, own_hidden, own_cell = decoder.predict(target, initial_state=[tuple(states)])
    assert hidden.tobytes() == own_hidden.tobytes()
    assert cell.tobytes() == own_cell.tobytes()
    head = Sequential([Input((None, 3)), by_name["head"]])
    assert head.predict(values).tobytes() == logits.tobytes()


def test_a_shared_layer_has_one_set_of_weights() -> None:
    left, right = Input((None,), name="left"), Input((None,), name="right")
    vectors, reader = Embedding(9, 2, name="vectors"), LSTM(3, name="reader")
    both = Multiply()([reader(vectors(left)), reader(vectors(right))])
    model = with_weights(Model([left, right], both), {"reader": 2})
    assert model.state_names == ["reader", "reader@2"]
    assert len(model.get_weights()) == 4
    alone = build([Embedding(9, 2), LSTM(3)])
    alone.set_weights(model.get_weights())
    other = IDS[:, ::-1]
    expected = alone.predict(IDS) * alone.predict(other)
    assert model.predict([IDS, other]).tobytes() == expected.tobytes()


def test_models_are_used_as_layers() -> None:
    reader = build([Embedding(9, 2), Dropout(0.5), LSTM(3)])
    left, right = Input((None,), name="left"), Input((None,), name="right")
    model = Model([left, right], Add()([reader(left), reader(right)]))
    expected = reader.predict(IDS) + reader.predict(IDS[:, ::-1])
    assert model.predict([IDS, IDS[:, ::-1]]).tobytes() == expected.tobytes()


def test_a_stack_is_called_layer_by_layer() -> None:
    one = Input((None, 4))
    stack = Stack([LSTM(3, return_sequences=True), LSTM(2)])
    assert Model(one, stack(one)).output_shape == (None, 2)


def test_two_outputs_of_a_bidirectional() -> None:
    model = build([Embedding(9, 4), Bidirectional(LSTM(3), merge_mode=None)])
    joined = build([Embedding(9, 4), Bidirectional(LSTM(3))])
    joined.set_weights(model.get_weights())
    forward, backward = model.predict(IDS)
    both = np.concatenate([forward, backward], axis=1)
    assert both.tobytes() == joined.predict(IDS).tobytes()


@pytest.mark.parametrize(
    "make", [two_inputs, encoder_decoder], ids=["two inputs", "encoder, decoder"]
)
def test_saved_graphs_come_back(make: Any, tmp_path: Path) -> None:
    model = make()
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.get_config() == model.get_config()
    inputs: Any = [IDS, random_features((3, 4))] if make is two_inputs else [FEATURES, FEATURES]
    found, expected = again.predict(inputs), model.predict(inputs)
    for a, b in zip(found, expected, strict=True):
        assert a.tobytes() == b.tobytes()


def test_texts_of_several_inputs() -> None:
    left, right = Input((None,), name="left"), Input((None,), name="right")
    vectors = Embedding(9, 2, name="vectors")
    both = Add()([LSTM(3, name="a")(vectors(left)), LSTM(3, name="b")(vectors(right))])
    text = {"left": CharVocabulary("abc"), "right": CharVocabulary("xyz")}
    model = with_weights(Model([left, right], both, text=text), {"a": 2, "b": 2})
    expected = model.predict([[[0, 2]], [[1]]])
    assert model.predict([["ac"], ["y"]]).tobytes() == expected.tobytes()


def test_summary_lists_all_calls() -> None:
    summary = two_inputs().summary()
    for part in ("words (Input)", "extra (Input)", "both (Concatenate)", "(None, 7)"):
        assert part in summary


X = Input((None, 4), name="x")
REFUSED: dict[str, tuple[Any, type[Exception], str]] = {
    "an array as a value": (lambda: LSTM(3)(FEATURES), InvalidTypeError, "start from an Input"),
    "an input that takes": (lambda: X(X), InvalidTypeError, "an Input takes no values"),
    "an unknown option": (lambda: LSTM(3)(X, mask=X), InvalidTypeError, "argument 'mask'"),
    "no Input": (lambda: Model(LSTM(3), LSTM(3)(X)), InvalidTypeError, "one Input or several"),
    "an input left out": (
        lambda: Model(Input((2,)), LSTM(3)(X)),
        InvalidValueError,
        "need 'x', which is none of the model's inputs",
    ),
    "an input twice": (lambda: Model([X, X], LSTM(3)(X)), InvalidValueError, "must differ"),
    "one state": (lambda: Model(X, LSTM(3)([X, LSTM(3)(X)])), ShapeError, "two initial states"),
    "states of another size": (
        lambda: Model(X, LSTM(3)(X, initial_state=[LSTM(2)(X), LSTM(2)(X)])),
        ShapeError,
        r"Input 1 .* expected an initial state \(None, 3\), found shape \(None, 2\)",
    ),
    "two shapes added": (
        lambda: Model(X, Add()([X, LSTM(3, return_sequences=True)(X)])),
        ShapeError,
        "as many features as input 0",
    ),
    "a vector and a sequence": (
        lambda: Model(X, Concatenate()([X, LSTM(4)(X)])),
        ShapeError,
        "as many dimensions as input 0",
    ),
    "flatten of any length": (
        lambda: Model(X, Flatten()(X)),
        ShapeError,
        "a known number of timesteps",
    ),
    "a window longer than the sequence": (
        lambda: Sequential([Conv1D(2, 5, input_shape=(4, 3))]),
        ShapeError,
        "at least 5 timesteps",
    ),
    "groups that do not divide": (
        lambda: Sequential([Conv1D(4, 1, groups=2, input_shape=(4, 3))]),
        InvalidValueError,
        "2 groups must divide the 3 features",
    ),
    "pooling of vectors": (
        lambda: Sequential([Input((4,)), GlobalMaxPooling1D()]),
        ShapeError,
        "ndim=3",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_graphs(name: str) -> None:
    make, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        make()


EXTRA = random_features((3, 4))
REFUSED_INPUTS: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "one of two": (IDS, {}, InvalidTypeError, r"takes 2 inputs \(words, extra\)"),
    "three of two": ([IDS, EXTRA, EXTRA], {}, InvalidTypeError, "takes 2 inputs"),
    "an unknown name": (
        {"words": IDS, "others": EXTRA},
        {},
        InvalidValueError,
        "inputs are words, extra; unknown: others",
    ),
    "a missing name": ({"words": IDS}, {}, InvalidValueError, "missing: extra"),
    "other rows": ([IDS, EXTRA[:2]], {}, ShapeError, "inputs: extra has 2 rows, words has 3"),
    "other features": (
        [IDS, EXTRA[:, :3]],
        {},
        ShapeError,
        r"inputs: extra: expected shape \(None, 4\), found shape \(3, 3\)",
    ),
    "a wrong id": ([IDS + 9, EXTRA], {}, InvalidValueError, "inputs: words: id .* outside"),
    "lengths of a vector": (
        [IDS, EXTRA],
        {"lengths": [None, [1, 1, 1]]},
        ShapeError,
        "without timesteps take neither a mask nor lengths",
    ),
    "one list of lengths": ([IDS, EXTRA], {"lengths": [1, 2, 3]}, InvalidTypeError, "lengths: "),
}


@pytest.mark.parametrize("name", REFUSED_INPUTS)
def test_refused_inputs(name: str) -> None:
    inputs, options, error, message = REFUSED_INPUTS[name]
    with pytest.raises(error, match=message):
        two_inputs().predict(inputs, **options)


def test_rows_shorter_than_a_window_are_refused() -> None:
    model = build([Conv1D(2, 3, input_shape=(None, 4)), GlobalMaxPooling1D()], features=4)
    with pytest.raises(ShapeError, match=r'"conv1d": a row has 2 steps, .* at least 3'):
        model.predict(FEATURES, lengths=[5, 2, 3])
    with pytest.raises(ShapeError, match="a row has 1 steps"):
        model.predict(FEATURES[:, :1])


def test_flatten_takes_whole_rows() -> None:
    model = build([Embedding(9, 2, input_length=5), Flatten()])
    expected = model.layers[0].weights["embeddings"][IDS].reshape(3, 10)
    assert np.array_equal(model.predict(IDS), expected)
    with pytest.raises(ShapeError, match="takes rows of 5 steps, got one of 2"):
        model.predict(IDS, lengths=[5, 2, 5])


def test_rows_of_other_lengths_are_not_merged() -> None:
    a, b = Input((None, 4), name="a"), Input((None, 4), name="b")
    model = Model([a, b], Add()([a, b]))
    model.predict([FEATURES, FEATURES])
    with pytest.raises(ShapeError, match="as many steps as each other, got 5 and 4"):
        model.predict([FEATURES, FEATURES[:, :4]])
    with pytest.raises(ShapeError, match="got 3 and 5"):
        model.predict([FEATURES, FEATURES], lengths=[[5, 3, 5], [5, 5, 5]])


def test_masks_of_merged_sequences_join() -> None:
    a, b = Input((None, 4), name="a"), Input((None, 4), name="b")
    masks = np.array([[True, False, True]]), np.array([[False, False, True]])
    x = np.ones((1, 3, 4), np.float32) * [[[1], [10], [100]]]
    for how, expected in (("any", 50.5), ("all", 100.0)):
        merged = GlobalAveragePooling1D()(Concatenate(masks=how)([a, b]))
        found = Model([a, b], merged).predict([x, x], mask=list(masks))
        assert np.array_equal(found, np.full((1, 8), expected, np.float32))


def test_global_pooling_masks_and_lengths() -> None:
    mean = Sequential([Input((None, 4)), GlobalAveragePooling1D()])
    largest = Sequential([Input((None, 4)), GlobalMaxPooling1D()])
    mask = np.array([[True, False, False, True, False]] * 3)
    assert np.allclose(mean.predict(FEATURES, mask=mask), FEATURES[:, [0, 3]].mean(axis=1))
    assert np.array_equal(largest.predict(FEATURES, mask=mask), FEATURES.max(axis=1))
    cut = largest.predict(FEATURES, lengths=[2, 2, 2])
    assert np.array_equal(cut, FEATURES[:, :2].max(axis=1))
    assert np.isnan(mean.predict(FEATURES, lengths=[0, 1, 2])[0]).all()
    assert np.isneginf(largest.predict(FEATURES, lengths=[0, 1, 2])[0]).all()


def test_one_step_of_each_row() -> None:
    first, last = (Sequential([Input((None, 4)), TakeStep(index)]) for index in (0, -1))
    mask = np.array([[False, True, True, True, False]] * 3)
    assert np.array_equal(first.predict(FEATURES, mask=mask), FEATURES[:, 0])
    assert np.array_equal(last.predict(FEATURES, mask=mask), FEATURES[:, -1])
    ends = [2, 5, 1]
    found = last.predict(FEATURES, lengths=ends)
    assert np.array_equal(found, np.stack([x[n - 1] for x, n in zip(FEATURES, ends, strict=True)]))
    with pytest.raises(ShapeError, match="a row has 0 steps, so none has the index -1"):
        last.predict(FEATURES, lengths=[0, 1, 2])
    with pytest.raises(ShapeError, match="a step 5"):
        Sequential([Input((5, 4)), TakeStep(5)])


def test_largest_of_special_values() -> None:
    model = Sequential([Input((None, 1)), MaxPooling1D(3)])
    rows = [[-0.0, 0.0, -0.0], [1.0, np.nan, 2.0], [-np.inf, -1.0, -2.0], [-0.0, -0.0, -0.0]]
    found = model.predict(np.array(rows, np.float32)[..., None]).reshape(-1)
    expected = np.array([0.0, np.nan, -1.0, -0.0], np.float32)
    assert found.tobytes() == expected.tobytes()


def test_weights_of_a_graph_are_all_or_nothing() -> None:
    model = two_inputs()
    before = model.predict([IDS, EXTRA])
    with pytest.raises(ShapeError, match="takes 2 arrays"):
        model.set_weights(random_weights([(9, 2), (2, 12), (3, 12), (12,)], 1))
    assert model.predict([IDS, EXTRA]).tobytes() == before.tobytes()
