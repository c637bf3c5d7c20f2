"""Any supported file becomes a native one that gives the same bits and knows when it does not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
import lstmetrics.demo
from lstmetrics.errors import FormatError, InvalidValueError, LstmetricsError, UnsupportedError
from lstmetrics.models import (
    LSTM,
    Concatenate,
    Conv1D,
    Dense,
    Embedding,
    GlobalMaxPooling1D,
    Input,
    Model,
    WordVocabulary,
    convert_model,
    load_model,
)
from support.keras_small import legacy
from support.model_files import join, split
from support.random_models import build

KEY = "lstmetrics.self_test"


@pytest.fixture
def tested(tmp_path: Path) -> Path:
    model = build([Embedding(5, 2, mask_zero=True), LSTM(3), Dense(2)], labels=["a", "b"])
    path = tmp_path / "tested.safetensors"
    model.save(path, self_test=True)
    return path


def with_test(path: Path, change: Any) -> None:
    """Change the self-test in a file: a mapping's keys, or the whole text."""
    header, tensors = split(path.read_bytes())
    metadata = header["__metadata__"]
    text = change if isinstance(change, str) else json.dumps(json.loads(metadata[KEY]) | change)
    path.unlink()  # it may be mapped
    path.write_bytes(join(header | {"__metadata__": metadata | {KEY: text}}, tensors))


def assert_same(found: Model, expected: Model, inputs: Any) -> None:
    assert found.get_config() == expected.get_config()
    for one, other in zip(found.get_weights(), expected.get_weights(), strict=True):
        assert one.tobytes() == other.tobytes()
    assert found.predict(inputs).tobytes() == expected.predict(inputs).tobytes()


def test_a_keras_file_becomes_a_native_one(tmp_path: Path) -> None:
    pytest.importorskip("h5py", reason="Keras's files need h5py")
    source, target = legacy(tmp_path / "model.h5"), tmp_path / "model.safetensors"
    converted = convert_model(source, target)
    features = np.linspace(-2, 2, 3 * 6 * 4, dtype=np.float32).reshape(3, 6, 4)
    assert_same(converted, load_model(source), features)
    assert KEY in split(target.read_bytes())[0]["__metadata__"]


@pytest.mark.parametrize("name", ["classifier.safetensors", "language_model.safetensors"])
def test_round_trips_are_bit_identical(name: str, tmp_path: Path) -> None:
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    original = load_model(lstmetrics.demo.path(name))
    ids = np.arange(24).reshape(2, 12) % (original.vocabulary_size or 1)
    assert_same(convert_model(lstmetrics.demo.path(name), first), original, ids)
    assert_same(convert_model(first, second), original, ids)
    assert first.read_bytes() == second.read_bytes()


def test_the_vocabulary_goes_along(tmp_path: Path) -> None:
    source, target = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    build([Embedding(3, 2), LSTM(2)], text=WordVocabulary(["", "?", "good"])).save(source)
    assert_same(convert_model(source, target), load_model(source), ["good, bad", ""])


def test_other_weights_are_found_on_loading(tested: Path) -> None:
    data = bytearray(tested.read_bytes())
    data[-1] ^= 0x40  # of the last bias
    tested.unlink()
    tested.write_bytes(data)
    with pytest.raises(FormatError, match="self-test gives other outputs") as caught:
        load_model(tested)
    assert str(tested) in str(caught.value)
    assert load_model(tested, self_test=False).output_shape == (None, 2)


@pytest.mark.parametrize(
    ("change", "kind", "match"),
    [
        ("{", FormatError, "not valid JSON"),
        ("[" * 100_000, FormatError, "not valid JSON"),
        ("[]", FormatError, "has no version"),
        ({"version": "1"}, FormatError, "has no version"),
        ({"version": 2}, UnsupportedError, "newer than 1"),
        ({"rows": 10**9}, FormatError, "rows 1000000000"),
        ({"steps": 10**9}, FormatError, "steps 1000000000"),
        ({"steps": [8]}, FormatError, r"steps \[8\]"),
        ({"outputs": 3}, FormatError, "is not one"),
        ({"outputs": []}, FormatError, "other outputs"),
    ],
)
def test_broken_self_tests_are_refused(
    change: Any, kind: type[LstmetricsError], match: str, tested: Path
) -> None:
    with_test(tested, change)
    with pytest.raises(kind, match=match) as caught:
        load_model(tested)
    assert str(tested) in str(caught.value)
    load_model(tested, self_test=False)


def test_a_test_of_another_contract_is_not_compared(tested: Path) -> None:
    with_test(tested, {"contract_version": 0, "outputs": []})
    load_model(tested)


def test_layers_that_need_longer_inputs_get_them(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    build([Embedding(5, 2), Conv1D(2, 20), GlobalMaxPooling1D()]).save(path, self_test=True)
    assert json.loads(split(path.read_bytes())[0]["__metadata__"][KEY])["steps"] == 32
    load_model(path)


def test_a_stateful_model_keeps_its_states(tmp_path: Path) -> None:
    ids = np.ones((3, 4), np.int64)
    layers = lambda: [Input((None,), batch_size=3), Embedding(5, 2), LSTM(3, stateful=True)]  # noqa: E731
    saved, other = build(layers()), build(layers())
    other.set_weights(saved.get_weights())
    assert saved.predict(ids).tobytes() == other.predict(ids).tobytes()
    saved.save(tmp_path / "model.safetensors", self_test=True)
    assert saved.predict(ids).tobytes() == other.predict(ids).tobytes()
    load_model(tmp_path / "model.safetensors")


def test_values_beyond_measure_are_refused_before_they_are_made(tmp_path: Path) -> None:
    values = Input((None, 4))
    many: Any = values
    for _ in range(27):
        many = Concatenate()([many, many])
    model = Model(values, GlobalMaxPooling1D()(many))
    with pytest.raises(UnsupportedError, match="too many to check"):
        model.save(tmp_path / "model.safetensors", self_test=True)
    assert not list(tmp_path.iterdir())


def test_the_target_is_checked_first(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match=r"must end in \.safetensors"):
        convert_model(tmp_path / "none.h5", tmp_path / "model.h5")


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("typer", reason="the command line is an extra")
    from lstmetrics.cli.commands import app

    target = tmp_path / "model.safetensors"
    source = lstmetrics.demo.path("classifier.safetensors")
    with pytest.raises(SystemExit) as stop:
        app(["convert", str(source), "-o", str(target)])
    assert not stop.value.code
    assert str(target) in capsys.readouterr().out
    assert load_model(target).get_config() == load_model(source).get_config()
