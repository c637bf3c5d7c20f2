"""Files of Keras, written without it, give the models that they describe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
from lstmetrics.errors import UnsupportedError
from lstmetrics.models import (
    LSTM,
    Bidirectional,
    Concatenate,
    Dense,
    Embedding,
    Input,
    MaxPooling1D,
    Model,
    Sequential,
)
from support.keras_files import (
    arrays,
    layer,
    lstm,
    lstm_shapes,
    named,
    node,
    sequential,
    tensor,
    weights_h5,
    write_archive,
    write_legacy,
)

IDS = np.array([[3, 1, 0, 2], [5, 0, 0, 0]])
LSTM_NAMES = "kernel recurrent_kernel bias"
SHAPES = [(7, 4), *lstm_shapes(4, 3), (3, 2), (2,)]
CHAIN = arrays(SHAPES)


def chain(**recurrent: Any) -> list[dict[str, Any]]:
    table = layer(
        "Embedding",
        "table",
        batch_input_shape=[None, None],
        dtype="float32",
        input_dim=7,
        output_dim=4,
        mask_zero=True,
        input_length=None,
    )
    return [
        table,
        lstm("reader", 3, **recurrent),
        layer("Dropout", "drop", rate=0.5, noise_shape=None, seed=None),
        layer("Dense", "head", units=2, activation="softmax", use_bias=True),
    ]


def legacy_weights(given: list[Any]) -> dict[str, list[tuple[str, Any]]]:
    return {
        "table": named("table", "embeddings", given[:1]),
        "reader": named("reader/lstm_cell", LSTM_NAMES, given[1:4]),
        "drop": [],
        "head": named("head", "kernel bias", given[4:]),
    }


def expected(**recurrent: Any) -> Any:
    model = Sequential([Embedding(7, 4, mask_zero=True), LSTM(3, **recurrent), Dense(2, "softmax")])
    model.set_weights(CHAIN)
    return model.predict(IDS)


@pytest.mark.parametrize("texts", ["bytes", "str"])
@pytest.mark.parametrize("chunks", [0, 1, 3])
@pytest.mark.parametrize(
    "version", ["2.2.5", "2.3.1", "2.4.0", "2.9.0", "2.15.0", "2.2.4-tf", "3.1.0"]
)
def test_a_whole_model_in_hdf5(tmp_path: Path, texts: str, chunks: int, version: str) -> None:
    path = write_legacy(
        tmp_path / "model.h5",
        sequential(chain()),
        legacy_weights(CHAIN),
        version=version,
        texts=texts,
        chunks=chunks,
    )
    model = lstmetrics.load_model(path)
    assert isinstance(model, Sequential)
    assert [one.name for one in model.layers][1:] == ["table", "reader", "drop", "head"]
    np.testing.assert_array_equal(model.predict(IDS), expected())


def test_a_sequential_whose_config_is_a_bare_list(tmp_path: Path) -> None:
    config = {"class_name": "Sequential", "config": chain(recurrent_activation="hard_sigmoid")}
    path = write_legacy(tmp_path / "m.h5", config, legacy_weights(CHAIN), version="2.2.0")
    model = lstmetrics.load_model(path)
    # Keras before 2.2.5 repeats the state on masked steps.
    right = expected(recurrent_activation="hard_sigmoid_02", repeat_state_for_mask=True)
    np.testing.assert_array_equal(model.predict(IDS), right)


@pytest.mark.parametrize(
    ("version", "override", "meant"),
    [
        ("2.15.0", None, "hard_sigmoid_02"),
        ("3.0.0", None, "hard_sigmoid"),
        ("2.15.0", "hard_sigmoid", "hard_sigmoid"),
        ("3.9.0", "hard_sigmoid_02", "hard_sigmoid_02"),
    ],
)
def test_hard_sigmoid_is_that_of_the_version(
    tmp_path: Path, version: str, override: str | None, meant: str
) -> None:
    config = sequential(chain(recurrent_activation="hard_sigmoid"))
    path = write_legacy(tmp_path / "m.h5", config, legacy_weights(CHAIN), version=version)
    model = lstmetrics.load_model(path, hard_sigmoid=override)
    np.testing.assert_array_equal(model.predict(IDS), expected(recurrent_activation=meant))


@pytest.mark.parametrize("ending", [".keras", ".h5"])
def test_an_archive_of_keras_3(tmp_path: Path, ending: str) -> None:
    """What is in a file decides, not its ending."""
    config = sequential(chain()) | {"module": "keras", "registered_name": None}
    weights = {
        "layers/embedding": CHAIN[:1],
        "layers/lstm/cell": CHAIN[1:4],
        "layers/dropout": [],
        "layers/dense": CHAIN[4:],
    }
    path = write_archive(tmp_path / f"model{ending}", config, weights)
    np.testing.assert_array_equal(lstmetrics.load_model(path).predict(IDS), expected())


def test_an_archive_of_keras_2_12_calls_its_layers_otherwise(tmp_path: Path) -> None:
    """They are its dependencies, where a layer with weights is counted twice."""
    place = "_layer_checkpoint_dependencies"
    given = [*CHAIN, *arrays([(2, 3), (3,)], 1)]
    weights = {
        f"{place}/embedding": given[:1],
        f"{place}/lstm/cell": given[1:4],
        f"{place}/dropout": [],
        f"{place}/dense": given[4:6],
        f"{place}/dropout_1": [],
        f"{place}/dense_2": given[6:],
    }
    entries = [*chain(), layer("Dropout", "d", rate=0.5), layer("Dense", "e", units=3)]
    path = write_archive(tmp_path / "m.keras", sequential(entries), weights, version="2.12.0")
    found = lstmetrics.load_model(path)
    for array, right in zip(found.get_weights(), given, strict=True):
        np.testing.assert_array_equal(array, right)


@pytest.mark.parametrize(("version", "carries"), [("2.2.5", False), ("2.3.0-tf", True)])
def test_the_first_keras_loses_states_of_both_ways(
    tmp_path: Path, version: str, carries: bool
) -> None:
    """And its files do not say the shape where a chain begins with an InputLayer."""
    both = [*lstm_shapes(4, 3), *lstm_shapes(4, 3)]
    inner = lstm("reader", 3, stateful=True)
    entries = [layer("Masking", "m", mask_value=0.0), layer("Bidirectional", "b", layer=inner)]
    weights = {"b": named("b", "a b c d e f", arrays(both))}
    path = write_legacy(tmp_path / "m.h5", sequential(entries), weights, version=version)
    model = lstmetrics.load_model(path)
    assert model.input_shape == (None, None, 4)
    x = np.random.default_rng(0).normal(size=(2, 5, 4))
    first, second = (model.predict(x, batch_size=2) for _ in range(2))
    assert np.array_equal(first, second) is not carries


@pytest.mark.parametrize(
    ("version", "shown"), [("2.2.4", "before"), ("2.3.1", "before"), ("2.3.0-tf", "zeros")]
)
def test_masked_steps_inside_a_bidirectional(tmp_path: Path, version: str, shown: str) -> None:
    both = [*lstm_shapes(4, 3), *lstm_shapes(4, 3)]
    inner = lstm("reader", 3, return_sequences=True)
    entries = [layer("Masking", "m", mask_value=0.0), layer("Bidirectional", "b", layer=inner)]
    weights = {"b": named("b", "a b c d e f", arrays(both))}
    path = write_legacy(tmp_path / "m.h5", sequential(entries), weights, version=version)
    x = np.random.default_rng(0).normal(size=(1, 5, 4))
    x[0, 2:4] = 0.0
    found = lstmetrics.load_model(path).predict(x)[0]
    for step, source, half in ((2, 1, slice(3)), (3, 2, slice(3)), (3, 4, slice(3, 6))):
        expected = found[source, half] if shown == "before" else np.zeros(3)
        assert np.array_equal(found[step, half], expected)
        assert found[source if shown == "before" else 1, half].any()


@pytest.mark.parametrize(("version", "loads"), [("2.2.4", True), ("2.3.1", False), ("2.9.0", True)])
def test_a_bidirectional_with_states_and_a_mask(tmp_path: Path, version: str, loads: bool) -> None:
    both = [*lstm_shapes(4, 3), *lstm_shapes(4, 3)]
    states = [f"s{k}" for k in range(4)]
    inputs = {"x": [None, None, 4], **{name: [None, 3] for name in states}}
    layers = [
        layer("InputLayer", name, batch_input_shape=shape) | {"name": name, "inbound_nodes": []}
        for name, shape in inputs.items()
    ]
    layers.append(
        layer("Masking", "m", mask_value=0.0) | {"name": "m", "inbound_nodes": [node(("x", 0, 0))]}
    )
    inner = lstm("reader", 3)
    calls = [node(("m", 0, 0), *((name, 0, 0) for name in states))]
    layers.append(layer("Bidirectional", "b", layer=inner) | {"name": "b", "inbound_nodes": calls})
    ends = {"input_layers": [[one, 0, 0] for one in inputs], "output_layers": [["b", 0, 0]]}
    described = {"class_name": "Model", "config": {"name": "m", "layers": layers, **ends}}
    weights = {"b": named("b", "a b c d e f", arrays(both))}
    path = write_legacy(tmp_path / "m.h5", described, weights, version=version)
    if loads:
        assert lstmetrics.load_model(path).input_names == list(inputs)
    else:
        with pytest.raises(UnsupportedError, match="masked first steps is not supported"):
            lstmetrics.load_model(path)


def test_a_layer_of_graphics_cards(tmp_path: Path) -> None:
    """Each gate's matrix is kept transposed, and there are two biases."""
    kernel, recurrent, bias = CHAIN[1:4]
    units = 3
    cards = [
        np.hstack([one.T.reshape(one.shape) for one in np.hsplit(kernel, 4)]),
        np.hstack([one.T for one in np.hsplit(recurrent, 4)]),
        np.concatenate([bias / 2, bias / 2]),
    ]
    entries = chain()
    entries[0]["config"]["mask_zero"] = False
    entries[1] = layer("CuDNNLSTM", "reader", units=units, return_sequences=False)
    path = write_legacy(
        tmp_path / "m.h5",
        sequential(entries),
        legacy_weights([CHAIN[0], *cards, *CHAIN[4:]]),
        version="2.2.4",
    )
    model = Sequential([Embedding(7, 4), LSTM(3), Dense(2, "softmax")])
    model.set_weights(CHAIN)
    np.testing.assert_array_equal(lstmetrics.load_model(path).predict(IDS), model.predict(IDS))


BRANCHES = arrays(
    [(7, 4), *lstm_shapes(4, 3), *lstm_shapes(4, 3), *lstm_shapes(6, 2), (8, 2), (2,)]
)


PLACES = {
    "layers/embedding": BRANCHES[:1],
    "layers/bidirectional/forward_layer/cell": BRANCHES[1:4],
    "layers/bidirectional/backward_layer/cell": BRANCHES[4:7],
    "layers/lstm/cell": BRANCHES[7:10],
    "layers/lstm_1/cell": BRANCHES[7:10],
    "layers/dense": BRANCHES[10:],
}


def branches(keras: int) -> Model:
    """Ids through a Bidirectional whose states begin another LSTM; all joined.

    A layer that is given states gets no mask of Keras 3, unless it is given one too.
    """
    ids = Input((None,))
    vectors = Embedding(7, 4, mask_zero=True)(ids)
    both = Bidirectional(LSTM(3, return_sequences=True))(vectors)
    output, hidden, cell = LSTM(2, return_state=True)(both)
    taken = both if keras == 2 else MaxPooling1D(1)(both)  # which forgets masks, and no more
    again = LSTM(2)(taken, initial_state=[hidden, cell])
    joined = Concatenate(masks="all")([output, again, hidden, cell])
    model = Model(ids, [Dense(2)(joined), hidden])
    given = [*BRANCHES[:10], *BRANCHES[7:10], *BRANCHES[10:]]
    model.set_weights(given)
    return model


def functional(keras: int) -> dict[str, Any]:
    """The config of :func:`branches` as Keras 2 or 3 writes it."""

    def called(entry: dict[str, Any], *places: Any, state: Any = ()) -> dict[str, Any]:
        if keras == 2:
            nodes: list[Any] = [node(*places, *state)] if places else []
        else:
            values = [tensor(*place) for place in places]
            keywords = {"initial_state": [tensor(*place) for place in state]} if state else {}
            arguments = values if len(values) == 1 else [values]
            nodes = [{"args": arguments, "kwargs": keywords}] if places else []
        return entry | {"name": entry["config"]["name"], "inbound_nodes": nodes}

    both = layer(
        "Bidirectional", "both", layer=lstm("inner", 3, return_sequences=True), merge_mode="concat"
    )
    table = layer("Embedding", "table", input_dim=7, output_dim=4, mask_zero=True)
    first, second = lstm("first", 2, return_state=True), lstm("second", 2)
    states = [("first", 0, 1), ("first", 0, 2)]
    joined = [("first", 0, 0), ("second", 0, 0), *states]
    layers = [
        called(layer("InputLayer", "ids", batch_input_shape=[None, None], dtype="int32")),
        called(table, ("ids", 0, 0)),
        called(both, ("table", 0, 0)),
        called(second, ("both", 0, 0), state=states),  # not in the order of calls
        called(first, ("both", 0, 0)),
        called(layer("Concatenate", "joined", axis=-1), *joined),
        called(layer("Dense", "head", units=2, activation="linear"), ("joined", 0, 0)),
    ]
    outputs = [["head", 0, 0], ["first", 0, 1]]
    config = {"name": "f", "layers": layers, "output_layers": outputs}
    config["input_layers"] = [["ids", 0, 0]] if keras == 2 else ["ids", 0, 0]
    return {"class_name": "Functional", "config": config}


def check_branches(model: Model, keras: int) -> None:
    for ours, right in zip(model.predict(IDS), branches(keras).predict(IDS), strict=True):
        np.testing.assert_array_equal(ours, right)


def test_a_graph_of_keras_2(tmp_path: Path) -> None:
    given = BRANCHES
    weights = {
        "ids": [],
        "table": named("table", "embeddings", given[:1]),
        "both": named("both/forward", LSTM_NAMES, given[1:4])
        + named("both/backward", LSTM_NAMES, given[4:7]),
        "second": named("second", LSTM_NAMES, given[7:10]),
        "first": named("first", LSTM_NAMES, given[7:10]),
        "head": named("head", "kernel bias", given[10:]),
    }
    path = write_legacy(tmp_path / "m.h5", functional(2), weights)
    check_branches(lstmetrics.load_model(path), 2)


def test_a_graph_of_keras_3(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "m.keras", functional(3), PLACES, version="3.0.0")
    check_branches(lstmetrics.load_model(path), 3)


def nested(*, frozen: bool) -> dict[str, Any]:
    """A functional model that uses a Sequential twice, with a normalisation inside it."""
    inner = sequential(
        [
            layer("Dense", "d1", units=3, activation="tanh", batch_input_shape=[None, 3])
            | ({"config": {"name": "d1", "units": 3, "trainable": False}} if frozen else {}),
            layer("BatchNormalization", "bn", axis=[1], epsilon=1e-3, momentum=0.9),
            layer("Dense", "d2", units=3, activation="linear"),
        ],
        "inner",
    )
    x = layer("InputLayer", "x", batch_input_shape=[None, 3])
    layers = [
        x | {"name": "x", "inbound_nodes": []},
        inner | {"name": "inner", "inbound_nodes": [node(("x", 0, 0)), node(("inner", 1, 0))]},
        layer("Add", "sum")
        | {"name": "sum", "inbound_nodes": [node(("inner", 1, 0), ("inner", 2, 0))]},
    ]
    return {
        "class_name": "Model",
        "config": {
            "name": "outer",
            "layers": layers,
            "input_layers": [["x", 0, 0]],
            "output_layers": [["sum", 0, 0]],
        },
    }


@pytest.mark.parametrize("named_by_layer", [True, False])
@pytest.mark.parametrize("frozen", [True, False])
def test_a_nested_model_used_twice(tmp_path: Path, named_by_layer: bool, frozen: bool) -> None:
    """Its arrays stand in one list: what training changes, then the rest."""
    d1, b1, gamma, beta, mean, var, d2, b2 = arrays(
        [(3, 3), (3,), (3,), (3,), (3,), (3,), (3, 3), (3,)]
    )
    var = abs(var) + np.float32(0.5)
    first = named("d1", "kernel bias", [d1, b1])
    last = [*named("bn", "gamma beta", [gamma, beta]), *named("d2", "kernel bias", [d2, b2])]
    moving = named("bn", "moving_mean moving_variance", [mean, var])
    order = [*last, *first, *moving] if frozen else [*first, *last, *moving]
    if not named_by_layer:
        order = [(f"v{index}", array) for index, (_, array) in enumerate(order)]
    weights = {"x": [], "inner": order, "sum": []}
    model = lstmetrics.load_model(write_legacy(tmp_path / "m.h5", nested(frozen=frozen), weights))
    x = np.array(arrays([(2, 3)], 5)[0])

    def inner(x: Any) -> Any:
        hidden = x @ d1 + b1 if frozen else np.tanh(x @ d1 + b1)
        return ((hidden - mean) / np.sqrt(var + 1e-3) * gamma + beta) @ d2 + b2

    np.testing.assert_allclose(model.predict(x), inner(x) + inner(inner(x)), rtol=2e-5, atol=2e-6)


def test_masks_that_keras_3_writes_out(tmp_path: Path) -> None:
    """Since 3.4 the mask of an Embedding is an operation in the config."""
    table = layer("Embedding", "table", input_dim=7, output_dim=4, mask_zero=True)
    operation = {
        "module": "keras.src.ops.numpy",
        "class_name": "NotEqual",
        "config": {"name": "not_equal"},
        "registered_name": "NotEqual",
        "name": "not_equal",
        "inbound_nodes": [{"args": [tensor("ids"), 0], "kwargs": {}}],
    }

    def config(mask: Any, mask_zero: bool = True) -> dict[str, Any]:
        own = table | {"config": table["config"] | {"mask_zero": mask_zero}}
        return {
            "class_name": "Functional",
            "config": {
                "name": "f",
                "layers": [
                    layer("InputLayer", "ids", batch_shape=[None, None])
                    | {"name": "ids", "inbound_nodes": []},
                    own | {"name": "table", "inbound_nodes": [{"args": [tensor("ids")]}]},
                    operation,
                    lstm("reader", 3)
                    | {
                        "name": "reader",
                        "inbound_nodes": [{"args": [tensor("table")], "kwargs": {"mask": mask}}],
                    },
                ],
                "input_layers": [["ids", 0, 0]],
                "output_layers": [["reader", 0, 0]],
            },
        }

    weights = {"layers/embedding": CHAIN[:1], "layers/lstm/cell": CHAIN[1:4]}
    path = write_archive(tmp_path / "m.keras", config(tensor("not_equal")), weights)
    right = Sequential([Embedding(7, 4, mask_zero=True), LSTM(3)])
    right.set_weights(CHAIN[:4])
    np.testing.assert_array_equal(lstmetrics.load_model(path).predict(IDS), right.predict(IDS))
    other = write_archive(tmp_path / "o.keras", config(tensor("not_equal"), False), weights)
    with pytest.raises(lstmetrics.errors.UnsupportedError, match="'reader' is called with a mask"):
        lstmetrics.load_model(other)


def test_an_archive_may_be_compressed(tmp_path: Path) -> None:
    weights = {"layers/embedding": CHAIN[:1], "layers/lstm/cell": CHAIN[1:4]}
    data = weights_h5(weights | {"layers/dense": CHAIN[4:]})
    path = write_archive(tmp_path / "m.keras", sequential(chain()), data, compression=8)
    np.testing.assert_array_equal(lstmetrics.load_model(path).predict(IDS), expected())


def test_a_model_of_keras_is_saved_as_ours(tmp_path: Path) -> None:
    path = write_legacy(tmp_path / "m.h5", sequential(chain()), legacy_weights(CHAIN))
    lstmetrics.load_model(path).save(tmp_path / "m.safetensors")
    ours = lstmetrics.load_model(tmp_path / "m.safetensors")
    np.testing.assert_array_equal(ours.predict(IDS), expected())


def states(keras: int, end: str) -> dict[str, Any]:
    """The config of an LSTM that is given another's states and gives sequences, and an end."""
    config = functional(keras)
    layers = [one for one in config["config"]["layers"] if one["name"] not in ("joined", "head")]
    for one in layers:
        if one["name"] == "second":
            one["config"]["return_sequences"] = True
    last = layer(end, "last", **({"units": 2} if end == "Dense" else {}))
    nodes: list[Any] = [{"args": [tensor("second")], "kwargs": {}}]
    layers.append(last | {"name": "last", "inbound_nodes": nodes})
    config["config"] |= {"layers": layers, "output_layers": [["last", 0, 0]]}
    return config


def test_states_take_the_mask_away_in_keras_3(tmp_path: Path) -> None:
    """What looks at the mask that comes out again is refused; what does not is run."""
    weights = PLACES | {"layers/dense": [BRANCHES[10][:2], BRANCHES[11]]}
    path = write_archive(tmp_path / "m.keras", states(3, "Dense"), weights, version="3.0.0")
    assert lstmetrics.load_model(path).output_shape == (None, None, 2)
    path = write_archive(tmp_path / "n.keras", states(3, "GlobalAveragePooling1D"), weights)
    with pytest.raises(lstmetrics.errors.UnsupportedError, match="'last' takes the mask of an"):
        lstmetrics.load_model(path)
