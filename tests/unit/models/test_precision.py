"""Models in bf16 and int8: what they compute, and what files hold of them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lstmetrics.demo
from lstmetrics import load_model, runtime
from lstmetrics.errors import FormatError, InvalidValueError, UnsupportedError
from lstmetrics.models import (
    LSTM,
    BatchNormalization,
    Bidirectional,
    Conv1D,
    Dense,
    Embedding,
    GlobalMaxPooling1D,
    Model,
    Sequential,
    convert_model,
)
from lstmetrics.models.formats.safetensors import read_tensors, write_tensors
from lstmetrics.models.precision import PRECISIONS, in_precision, widened
from reference.quantized import bfloat16, int8_product, weight_bytes, weight_scale
from support.precision import as_read
from support.random_models import build, random_ids

# Within float32's normal range, where the reference rounds.
numbers = st.floats(-1000, 1000, width=32).filter(lambda x: x == 0 or abs(x) > 1e-25)


def dense(weights: Any, bias: Any) -> Sequential:
    model = Sequential([Dense(len(bias), input_shape=(len(weights),))])
    model.set_weights([np.array(weights, np.float32), np.array(bias, np.float32)])
    return model


def all_kinds() -> Sequential:
    """Every layer that has matrices, and one that has none."""
    layers = [
        Embedding(50, 10, mask_zero=False),
        Conv1D(12, 3, padding="same", groups=2, activation="relu"),
        Bidirectional(LSTM(9, return_sequences=True)),
        LSTM(21, return_sequences=True, proj_size=5),
        BatchNormalization(),
        GlobalMaxPooling1D(),
        Dense(7, activation="softmax"),
    ]
    model = build(layers, seed=3)
    variance = model.layers[4]
    variance.set_weights([np.abs(weight) + 0.5 for weight in variance.get_weights()])
    return Sequential(layers)


# ---- what they compute --------------------------------------------------------------------------


@given(st.data())
def test_int8_products_are_those_of_the_definition(data: st.DataObject) -> None:
    depth, units = data.draw(st.integers(1, 21)), data.draw(st.integers(1, 3))
    rows = data.draw(st.integers(1, 3))
    weights = data.draw(_matrix(depth, units))
    bias = data.draw(st.lists(numbers, min_size=units, max_size=units))
    inputs = data.draw(_matrix(rows, depth))
    found = dense(weights, bias).with_precision("int8").predict(np.array(inputs, np.float32))
    for row, values in zip(inputs, found, strict=True):
        for unit in range(units):
            column = [line[unit] for line in weights]
            assert float(values[unit]) == int8_product(row, column, bias[unit])


def _matrix(rows: int, columns: int) -> st.SearchStrategy[list[list[float]]]:
    row = st.lists(numbers, min_size=columns, max_size=columns)
    return st.lists(row, min_size=rows, max_size=rows)


@given(st.lists(numbers, min_size=1, max_size=8))
def test_weights_are_rounded_as_defined(weights: list[float]) -> None:
    matrix = {"kernel": np.array([[weight] for weight in weights], np.float32)}
    held = in_precision(matrix, "int8")
    scale = weight_scale(weights)
    assert held["kernel.scale"].tolist() == [scale]
    assert held["kernel"][:, 0].tolist() == weight_bytes(weights, scale)
    halves = in_precision(matrix, "bf16")["kernel"].astype(np.uint32) << 16
    assert halves.view(np.float32)[:, 0].tolist() == [bfloat16(weight) for weight in weights]


@pytest.mark.parametrize("precision", PRECISIONS)
@given(weights=st.lists(st.floats(width=32), min_size=1, max_size=9))
def test_weights_that_were_rounded_stay(precision: Any, weights: list[float]) -> None:
    matrix = {"kernel": np.array([[weight] for weight in weights], np.float32)}
    largest = np.abs(matrix["kernel"]).max()
    if largest > 1e38 and np.isfinite(largest):
        return  # a byte times its scale is beyond float
    once = widened("", as_read(in_precision(matrix, precision)))
    twice = widened("", as_read(in_precision(once, precision)))
    assert once["kernel"].tobytes() == twice["kernel"].tobytes()


def test_bf16_is_float32_of_rounded_weights() -> None:
    model = all_kinds()
    rounded = all_kinds()
    rounded.set_weights(
        [
            np.array([bfloat16(float(x)) for x in one.flat], np.float32).reshape(one.shape)
            if one.ndim > 1
            else one
            for one in model.get_weights()
        ]
    )
    ids = random_ids((5, 13), 50, 1)
    expected = rounded.predict(ids)
    assert model.with_precision("bf16").predict(ids).tobytes() == expected.tobytes()
    assert model.predict(ids).tobytes() != expected.tobytes()


@pytest.mark.parametrize(("precision", "most"), [("bf16", 0.01), ("int8", 0.03)])
def test_outputs_are_near(precision: Any, most: float) -> None:
    model = all_kinds()
    ids = random_ids((40, 13), 50, 1)
    difference = np.abs(model.with_precision(precision).predict(ids) - model.predict(ids))
    assert 0 < difference.max() < most


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_every_level_and_batch_gives_the_same(precision: Any) -> None:
    model = all_kinds().with_precision(precision)
    ids = random_ids((23, 13), 50, 1)
    expected = model.predict(ids).tobytes()
    for level in runtime.available_isa_levels():
        runtime.set_isa(level)
        for batch_size in (1, 5, 23):
            assert model.predict(ids, batch_size=batch_size).tobytes() == expected


def test_numbers_that_are_none() -> None:
    model = dense([[1.0, math.nan], [2.0, 1.0], [math.inf, 0.0]], [1.0, 1.0])
    small = model.with_precision("int8")
    assert np.isnan(small.predict(np.ones((1, 3), np.float32))).all()
    plain = dense([[1.0], [2.0]], [5.0]).with_precision("int8")
    rows = np.array([[math.nan, 1], [math.inf, 1], [1, 1], [0, -0.0], [1e-38, 1e-45]], np.float32)
    found = plain.predict(rows)[:, 0]
    assert np.isnan(found[:2]).all()
    assert np.isclose(found[2], 8.0, atol=0.05)
    assert found[3:].tolist() == [5.0, 5.0]


def test_too_many_products_for_int8() -> None:
    model = Sequential([Dense(1, input_shape=(65537,), name="wide")])
    model.set_weights([np.zeros((65537, 1)), np.zeros(1)])
    model.with_precision("bf16").build()
    with pytest.raises(UnsupportedError, match=r'layer "wide" adds up 65537 products; int8 does'):
        model.with_precision("int8").build()


# ---- how they are asked for ---------------------------------------------------------------------


@pytest.mark.parametrize("precision", ["int4", "bfloat16", None, 8, ""])
def test_other_precisions_are_refused(precision: Any) -> None:
    with pytest.raises(InvalidValueError, match=r"must be one of 'float32', 'bf16', 'int8', got"):
        all_kinds().with_precision(precision)


def test_a_precision_is_of_one_model_alone() -> None:
    model = build([Embedding(9, 4), LSTM(5, return_sequences=True, stateful=True)], seed=1)
    ids = random_ids((2, 3), 9, 1)
    first = model.predict(ids, batch_size=2)
    small = model.with_precision("int8")
    assert (model.precision, small.precision) == ("float32", "int8")
    assert small.layers == model.layers
    again = model.with_precision("float32").predict(ids, batch_size=2)
    assert again.tobytes() == first.tobytes()  # states are not carried over


@pytest.mark.parametrize("precision", ["bf16", "int8"])
def test_streams_and_losses_in_fewer_bits(precision: Any) -> None:
    layers = [Embedding(9, 4), LSTM(20, return_sequences=True), Dense(9, activation="softmax")]
    model = build(layers, seed=1).with_precision(precision)
    ids = random_ids((3, 6), 9, 1)
    stream = model.stream(3)
    steps = np.stack([stream.step(ids[:, step]) for step in range(6)], axis=1)
    assert steps.tobytes() == model.predict(ids).tobytes()
    losses = model.token_losses(ids[:, :-1], ids[:, 1:])
    picked = np.take_along_axis(model.predict(ids[:, :-1]), ids[:, 1:, None], axis=2)[..., 0]
    np.testing.assert_allclose(losses[0], -np.log(picked.astype(float)), rtol=1e-5)


# ---- files --------------------------------------------------------------------------------------


@pytest.mark.parametrize("precision", PRECISIONS)
def test_files_hold_the_precision(precision: Any, tmp_path: Path) -> None:
    model = all_kinds().with_precision(precision)
    path = tmp_path / "model.safetensors"
    model.save(path, self_test=True)
    loaded = load_model(path)
    assert loaded.precision == precision
    ids = random_ids((5, 13), 50, 1)
    assert loaded.predict(ids).tobytes() == model.predict(ids).tobytes()
    copied = tmp_path / "copy.safetensors"
    loaded.save(copied, self_test=True)
    assert copied.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(("precision", "part"), [("bf16", 0.6), ("int8", 0.35)])
def test_files_are_smaller(precision: Any, part: float, tmp_path: Path) -> None:
    source = lstmetrics.demo.path("classifier.safetensors")
    whole, small = tmp_path / "whole.safetensors", tmp_path / "small.safetensors"
    convert_model(source, whole)
    converted = convert_model(source, small, precision=precision)
    assert small.stat().st_size < part * whole.stat().st_size
    assert converted.precision == precision
    again = load_model(small, precision="float32")
    assert again.precision == "float32"
    directly = load_model(source, precision=precision)
    ids = [[1, 2, 3, 4], [5, 6]]
    assert directly.predict(ids).tobytes() == converted.predict(ids).tobytes()


def _rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    tensors, metadata = read_tensors(str(path))
    copies = {name: np.array(one) for name, one in tensors.items()}
    change(copies)
    write_tensors(str(path), copies, metadata)


def _without_scale(tensors: dict[str, Any]) -> None:
    del tensors["dense.kernel.scale"]


def _too_few_scales(tensors: dict[str, Any]) -> None:
    tensors["dense.kernel.scale"] = tensors["dense.kernel.scale"][:-1]


def _scales_of_bytes(tensors: dict[str, Any]) -> None:
    tensors["dense.kernel.scale"] = np.ones(7, np.int8)


@pytest.mark.parametrize("change", [_without_scale, _too_few_scales, _scales_of_bytes])
def test_bytes_need_their_scales(change: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    all_kinds().with_precision("int8").save(path)
    _rewritten(path, change)
    with pytest.raises(FormatError, match=r"dense\.kernel.*needs a float32 tensor .* of 7 scales"):
        load_model(path)


def test_a_precision_that_nobody_knows(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    all_kinds().with_precision("int8").save(path)
    tensors, metadata = read_tensors(str(path))
    description = json.loads(metadata["lstmetrics"])
    assert description["format_version"] == 3
    description["model"]["precision"] = "int3"
    metadata["lstmetrics"] = json.dumps(description)
    write_tensors(str(path), {name: np.array(one) for name, one in tensors.items()}, metadata)
    with pytest.raises(FormatError, match="int3"):
        load_model(path)


def test_a_file_of_float32_is_read_by_older_versions(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    all_kinds().save(path)
    description = json.loads(read_tensors(str(path))[1]["lstmetrics"])
    assert description["format_version"] == 2
    assert "precision" not in description["model"]


def test_functional_models(tmp_path: Path) -> None:
    inner = all_kinds()
    model = Model(inner.inputs, inner._network().outputs).with_precision("int8")
    model.save(tmp_path / "model.safetensors", self_test=True)
    assert load_model(tmp_path / "model.safetensors").precision == "int8"
