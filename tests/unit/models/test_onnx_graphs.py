"""ONNX graphs give the same bits as the layers that they stand for, put together by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmetrics import load_model
from lstmetrics.models import (
    LSTM,
    Bidirectional,
    Concatenate,
    Conv1D,
    Dense,
    Embedding,
    Flatten,
    GlobalAveragePooling1D,
    GlobalMaxPooling1D,
    Input,
    LayerNormalization,
    Model,
    Sequential,
    TakeStep,
)
from support.onnx_files import GraphWriter, columns_of_ours, lstm_weights

UNITS, SIZE, VOCABULARY = 3, 4, 9
RNG = np.random.default_rng(5)
TABLE = RNG.standard_normal((VOCABULARY, SIZE)).astype(np.float32)
IDS = RNG.integers(0, VOCABULARY, (3, 6))
KERNEL = RNG.standard_normal((UNITS, 2)).astype(np.float32)
WIDE = RNG.standard_normal((2 * UNITS, 2)).astype(np.float32)
BIAS = np.array([0.5, -1.0], np.float32)


def reader(seed: int = 0, direction: int = 0, directions: int = 1, **options: Any) -> LSTM:
    """Our layer with the weights of a node."""
    layer = LSTM(UNITS, **options)
    names = ("kernel", "recurrent_kernel", "bias", "recurrent_bias")
    weights = columns_of_ours(lstm_weights(UNITS, SIZE, directions, seed), direction)
    layer.weights = {
        name: np.ascontiguousarray(one) for name, one in zip(names, weights, strict=True)
    }
    return layer


def both(**options: Any) -> Bidirectional:
    forward = reader(0, 0, 2, **options)
    return Bidirectional(forward, backward_layer=reader(0, 1, 2, go_backwards=True, **options))


def looked_up() -> Embedding:
    layer = Embedding(VOCABULARY, SIZE)
    layer.set_weights([TABLE])
    return layer


def dense(kernel: Any, bias: Any = None, activation: str = "linear") -> Dense:
    layer = Dense(kernel.shape[1], activation, use_bias=bias is not None)
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    return layer


def same(path: Path, *layers: Any) -> None:
    found = load_model(path).predict(IDS)
    expected = Sequential([Input((None,)), looked_up(), *layers]).predict(IDS)
    assert found.tobytes() == expected.tobytes()
    assert found.shape == expected.shape


def started(directions: int = 1, opset: int = 17, **attributes: Any) -> tuple[GraphWriter, Any]:
    """A graph that reads ids batch first; Y, Y_h and Y_c of its LSTM."""
    graph = GraphWriter({"ids": ["batch", "time"]}, opset)
    turned = graph.node("Transpose", graph.embedding(TABLE), perm=[1, 0, 2])
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE, directions)]
    names = graph.node("LSTM", turned, *weights, outputs=3, hidden_size=UNITS, **attributes)
    return graph, names


def batch_first(graph: GraphWriter, y: str) -> str:
    """Turn (time, directions, batch, units) into (batch, time, features)."""
    turned = graph.node("Transpose", y, perm=[2, 0, 1, 3])
    return str(graph.node("Reshape", turned, graph.ints(0, 0, -1)))


def test_the_last_state_and_a_dense(tmp_path: Path) -> None:
    graph, (_, h, _) = started()
    state = graph.node("Squeeze", h, graph.ints(0))
    logits = graph.node("Gemm", state, graph.array(KERNEL.T), graph.array(BIAS), transB=1)
    path = graph.write(tmp_path, graph.node("Softmax", logits))
    same(path, reader(), dense(KERNEL, BIAS, "softmax"))


def test_the_bias_of_a_product_on_either_side(tmp_path: Path) -> None:
    for swapped in (False, True):
        graph, (_, h, _) = started()
        product = graph.node("MatMul", graph.node("Squeeze", h, graph.ints(0)), graph.array(KERNEL))
        names = [product, graph.array(BIAS)]
        path = graph.write(tmp_path, graph.node("Add", *(names[::-1] if swapped else names)))
        same(path, reader(), dense(KERNEL, BIAS))


def test_every_step(tmp_path: Path) -> None:
    graph, (y, _, _) = started()
    steps = graph.node("MatMul", batch_first(graph, y), graph.array(KERNEL))
    same(graph.write(tmp_path, steps), reader(return_sequences=True), dense(KERNEL))


@pytest.mark.parametrize("how", ["Slice", "Gather", "Gather of one"])
def test_one_step(tmp_path: Path, how: str) -> None:
    graph, (y, _, _) = started(directions=2, direction="bidirectional")
    y = batch_first(graph, y)
    if how == "Slice":
        cut = graph.node("Slice", y, graph.ints(-1), graph.ints(2**63 - 1), graph.ints(1))
        step = graph.node("Squeeze", cut, graph.ints(1))
    elif how == "Gather":
        step = graph.node("Gather", y, graph.array(-1, np.int64), axis=1)
    else:
        step = graph.node("Squeeze", graph.node("Gather", y, graph.ints(-1), axis=1), graph.ints(1))
    path = graph.write(tmp_path, graph.node("MatMul", step, graph.array(WIDE)))
    same(path, both(return_sequences=True), TakeStep(-1), dense(WIDE))


@pytest.mark.parametrize(
    ("kind", "layer"), [("Max", GlobalMaxPooling1D), ("Mean", GlobalAveragePooling1D)]
)
@pytest.mark.parametrize("opset", [11, 18])
def test_pooling_over_time(tmp_path: Path, kind: str, layer: Any, opset: int) -> None:
    graph, (y, _, _) = started(directions=2, opset=opset, direction="bidirectional")
    y = batch_first(graph, y)
    if opset < 18:
        pooled = graph.node(f"Reduce{kind}", y, axes=[1], keepdims=0)
    else:
        pooled = graph.node(f"Reduce{kind}", y, graph.ints(-2), keepdims=0)
    same(graph.write(tmp_path, pooled), both(return_sequences=True), layer())


def test_adaptive_pooling(tmp_path: Path) -> None:
    graph, (y, _, _) = started()
    turned = graph.node("Transpose", batch_first(graph, y), perm=[0, 2, 1])
    pooled = graph.node("Squeeze", graph.node("GlobalMaxPool", turned), graph.ints(2))
    same(graph.write(tmp_path, pooled), reader(return_sequences=True), GlobalMaxPooling1D())


def test_states_of_both_directions_side_by_side(tmp_path: Path) -> None:
    graph, (_, h, _) = started(directions=2, direction="bidirectional")
    parts = [graph.node("Gather", h, graph.array(i, np.int64), axis=0) for i in (-2, -1)]
    same(graph.write(tmp_path, graph.node("Concat", *parts, axis=1)), both())
    graph, (_, h, _) = started(directions=2, direction="bidirectional")
    turned = graph.node("Transpose", h, perm=[1, 0, 2])
    same(graph.write(tmp_path, graph.node("Reshape", turned, graph.ints(0, -1))), both())


def test_one_direction_of_the_steps(tmp_path: Path) -> None:
    graph, (y, _, _) = started(directions=2, direction="bidirectional")
    backward = graph.node("Squeeze", graph.node("Split", y, outputs=2, axis=1)[1], graph.ints(1))
    path = graph.write(tmp_path, graph.node("Transpose", backward, perm=[1, 0, 2]))
    same(path, reader(0, 1, 2, return_sequences=True, go_backwards=True, restore_order=True))


def test_backwards_alone(tmp_path: Path) -> None:
    graph, (y, h, c) = started(direction="reverse")
    path = graph.write(tmp_path, batch_first(graph, y), h, c)
    ids = Input((None,))
    options = {"go_backwards": True, "restore_order": True, "return_state": True}
    layer = reader(return_sequences=True, **options)
    expected = Model(ids, layer(looked_up()(ids))).predict(IDS)
    found = load_model(path).predict(IDS)
    assert [one.tobytes() for one in found] == [one.tobytes() for one in expected]


def test_layer_normalisation_of_old_opsets(tmp_path: Path) -> None:
    graph, (y, _, _) = started(opset=13)
    y = batch_first(graph, y)
    centred = graph.node("Sub", y, graph.node("ReduceMean", y, axes=[-1]))
    square = graph.node("Pow", centred, graph.array(2.0))
    variance = graph.node("ReduceMean", square, axes=[-1])
    root = graph.node("Sqrt", graph.node("Add", variance, graph.array(1e-5)))
    gamma, beta = np.array([1, 2, 3], np.float32), np.array([0, -1, 1], np.float32)
    scaled = graph.node("Mul", graph.node("Div", centred, root), graph.array(gamma))
    path = graph.write(tmp_path, graph.node("Add", scaled, graph.array(beta)))
    layer = LayerNormalization(epsilon=float(np.float32(1e-5)))
    layer.set_weights([gamma, beta])
    same(path, reader(return_sequences=True), layer)


def test_steps_side_by_side_have_a_fixed_length(tmp_path: Path) -> None:
    graph = GraphWriter({"ids": ["batch", 6]})
    turned = graph.node("Transpose", graph.embedding(TABLE), perm=[1, 0, 2])
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE)]
    y, *_ = graph.node("LSTM", turned, *weights, outputs=3, hidden_size=UNITS)
    flat = graph.node("Flatten", batch_first(graph, y))
    path = graph.write(tmp_path, flat)
    model = load_model(path)
    assert model.input_shape == (None, 6)
    layers = [Input((6,)), looked_up(), reader(return_sequences=True), Flatten()]
    assert model.predict(IDS).tobytes() == Sequential(layers).predict(IDS).tobytes()


def test_a_fixed_length_whose_axis_comes_first(tmp_path: Path) -> None:
    graph = GraphWriter({"ids": [6, "batch"]})
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE)]
    looked = graph.embedding(TABLE)
    y, *_ = graph.node("LSTM", looked, *weights, outputs=3, hidden_size=UNITS)
    model = load_model(graph.write(tmp_path, graph.node("Flatten", batch_first(graph, y))))
    layers = [Input((6,)), looked_up(), reader(return_sequences=True), Flatten()]
    assert model.input_shape == (None, 6)
    assert model.predict(IDS).tobytes() == Sequential(layers).predict(IDS).tobytes()


def test_a_fixed_length_behind_windows(tmp_path: Path) -> None:
    filters = RNG.standard_normal((2, SIZE, 3)).astype(np.float32)
    graph = GraphWriter({"ids": ["batch", 6]})
    turned = graph.node("Transpose", graph.embedding(TABLE), perm=[0, 2, 1])
    windows = graph.node("Conv", turned, graph.array(filters), kernel_shape=[3])
    steps = graph.node("Transpose", windows, perm=[0, 2, 1])
    model = load_model(graph.write(tmp_path, graph.node("Flatten", steps)))
    layer = Conv1D(2, 3, use_bias=False)
    layer.set_weights([np.transpose(filters, (2, 1, 0))])
    layers = [Input((6,)), looked_up(), layer, Flatten()]
    assert model.output_shape == (None, 8)
    assert model.predict(IDS).tobytes() == Sequential(layers).predict(IDS).tobytes()


def test_two_inputs_and_two_outputs(tmp_path: Path) -> None:
    graph = GraphWriter({"ids": ["b", "t"], "extra": ["b", 2]})
    turned = graph.node("Transpose", graph.embedding(TABLE), perm=[1, 0, 2])
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE)]
    _, h, _ = graph.node("LSTM", turned, *weights, outputs=3, hidden_size=UNITS)
    state = graph.node("Squeeze", h, graph.ints(0))
    joined = graph.node("Concat", state, "extra", axis=-1)
    model = load_model(graph.write(tmp_path, joined, graph.node("Tanh", state)))
    ids, extra = Input((None,)), Input((2,))
    state_of_ours = reader()(looked_up()(ids))
    expected = Model([ids, extra], Concatenate()([state_of_ours, extra]))
    given = RNG.standard_normal((3, 2)).astype(np.float32)
    found = model.predict({"ids": IDS, "extra": given})
    assert found[0].tobytes() == expected.predict([IDS, given]).tobytes()
    assert model.output_shape == [(None, UNITS + 2), (None, UNITS)]


def test_states_that_are_zeros_of_a_free_size(tmp_path: Path) -> None:
    graph = GraphWriter({"ids": ["batch", "time"]})
    turned = graph.node("Transpose", graph.embedding(TABLE), perm=[1, 0, 2])
    size = graph.node("Gather", graph.node("Shape", turned), graph.array(1, np.int64))
    shape = graph.node(
        "Concat",
        graph.ints(1),
        graph.node("Unsqueeze", size, graph.ints(0)),
        graph.ints(UNITS),
        axis=0,
    )
    zeros = graph.node("Expand", graph.array(0.0), shape)
    other = graph.node("ConstantOfShape", shape)
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE)]
    inputs = [turned, *weights, "", zeros, other]
    _, h, _ = graph.node("LSTM", *inputs, outputs=3, hidden_size=UNITS)
    same(graph.write(tmp_path, graph.node("Squeeze", h, graph.ints(0))), reader())


def test_a_node_that_takes_batches_first(tmp_path: Path) -> None:
    graph = GraphWriter({"ids": ["batch", "time"]})
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE, 2)]
    y, h, _ = graph.node(
        "LSTM",
        graph.embedding(TABLE),
        *weights,
        outputs=3,
        hidden_size=UNITS,
        direction="bidirectional",
        layout=1,
    )
    steps = graph.node("Reshape", y, graph.ints(0, 0, -1))
    same(graph.write(tmp_path, steps), both(return_sequences=True))
    state = graph.node("Reshape", h, graph.ints(0, -1))
    same(graph.write(tmp_path, state), both())


def test_shapes_that_are_computed_from_arrays(tmp_path: Path) -> None:
    graph, (y, _, _) = started(directions=2, direction="bidirectional")
    turned = graph.node("Transpose", y, perm=[2, 0, 1, 3])
    rows = graph.node("Shape", graph.array(np.zeros((4, 2 * UNITS))), start=1)
    less = graph.node("Sub", rows, graph.ints(0))
    shape = graph.node("Concat", graph.ints(0, 0), less, axis=0)
    path = graph.write(tmp_path, graph.node("Reshape", turned, shape))
    same(path, both(return_sequences=True))


def test_given_lengths_and_states(tmp_path: Path) -> None:
    state: list[Any] = [1, "batch", UNITS]
    inputs = {"ids": ["batch", "time"], "lengths": ["batch"], "h": state, "c": state}
    graph = GraphWriter(inputs)
    turned = graph.node("Transpose", graph.embedding(TABLE), perm=[1, 0, 2])
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE)]
    ends = graph.node("Cast", "lengths", to=6)
    y, *_ = graph.node("LSTM", turned, *weights, ends, "h", "c", outputs=3, hidden_size=UNITS)
    model = load_model(graph.write(tmp_path, batch_first(graph, y)))
    assert model.input_names == ["ids"]
    h, c = RNG.standard_normal((2, 3, UNITS)).astype(np.float32)
    found = model.predict(IDS, lengths=[2, 6, 0], initial_state=[(h, c)])
    options = {"zero_output_for_mask": True, "clear_empty_rows": True}
    layer = reader(return_sequences=True, **options)
    expected = Sequential([Input((None,)), looked_up(), layer])
    given = expected.predict(IDS, lengths=[2, 6, 0], initial_state=[(h, c)])
    assert found.tobytes() == given.tobytes()
    assert not found[0, 2:].any()


def test_what_is_read_is_saved_and_read_again(tmp_path: Path) -> None:
    graph, (y, _, _) = started(direction="reverse", clip=0.5)
    pooled = graph.node("ReduceMax", batch_first(graph, y), axes=[1], keepdims=0)
    model = load_model(graph.write(tmp_path, pooled))
    model.save(tmp_path / "model.safetensors")
    again = load_model(tmp_path / "model.safetensors")
    assert again.predict(IDS).tobytes() == model.predict(IDS).tobytes()
