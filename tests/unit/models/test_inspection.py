"""What a file holds, and all that keeps it from running."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics.demo
from golden.states import STATES
from lstmetrics.inspection import inspect_file
from lstmetrics.models import load_model
from support.keras_files import layer, lstm, sequential, write_archive
from support.keras_small import PLACES, config, legacy
from support.model_files import described, join, small_file, with_description

GOLDEN = Path(__file__).parents[2] / "golden"


def test_a_native_file(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(small_file(tmp_path))
    found = inspect_file(path)
    assert (found.kind, found.format, found.version) == ("model", "native", "2")
    assert found.can_run
    assert found.settings["self-test"] == "none"
    assert found.inputs[0]["takes"] == "ids or text"
    assert found.inputs[0]["text"] == "words, 3 ids"
    assert found.labels == ["a", "b"]
    assert sum(one["weights"] for one in found.layers) == load_model(path).count_params()
    load_model(path).save(path, self_test=True)
    assert inspect_file(path).settings["self-test"] == "yes"


@pytest.mark.parametrize("archived", [True, False])
def test_a_file_of_keras(tmp_path: Path, archived: bool) -> None:
    if archived:
        path = write_archive(tmp_path / "m.keras", config(), PLACES)
    else:
        path = legacy(tmp_path / "m.h5")
    found = inspect_file(path)
    assert (found.format, found.version) == ("Keras", "3.9.0" if archived else "2.9.0")
    rule = "clip(x / 6 + 0.5)" if archived else "clip(0.2 x + 0.5)"
    assert found.settings["hard_sigmoid"] == rule
    assert [one["class_name"] for one in found.layers][-2:] == ["LSTM", "Dense"]
    assert found.inputs[0]["takes"] == "features"
    assert found.outputs == [{"shape": [None, 2]}]
    assert found.can_run


def test_all_that_keras_has_and_we_have_not(tmp_path: Path) -> None:
    inner = sequential([layer("Lambda", "trick"), layer("GRU", "inside", units=2)], "nested")
    layers = [
        lstm("reader", 3, batch_input_shape=[None, None, 4], return_sequences=True),
        layer("GRU", "outside", units=2),
        inner,
        layer("Dense", "foreign", units=2) | {"module": "kerasevil.layers"},
        layer("Dense", "half", units=2, dtype="float16"),
        layer("Dense", "fine", units=2),
        7,
    ]
    found = inspect_file(write_archive(tmp_path / "m.keras", sequential(layers), PLACES))
    assert not found.can_run
    told = "\n".join(found.reasons)
    for part in (
        "'trick' is a Lambda",
        "'inside' is of class 'GRU'",
        "'outside' is of class",
    ):
        assert told.count(part) == 1
    for part in ("the module 'kerasevil.layers'", "dtype 'float16'", "needs class_name and config"):
        assert told.count(part) == 1
    assert len(found.reasons) == 6
    assert str(tmp_path) not in told


def test_what_only_the_whole_graph_shows_is_told_too(tmp_path: Path) -> None:
    given = config(config={"name": "head", "units": 3, "trainable": True})
    found = inspect_file(legacy(tmp_path / "m.h5", given))
    assert len(found.reasons) == 1
    assert found.layers[-1] == {"name": "head", "class_name": "Dense"}


def test_all_that_an_onnx_graph_has_and_we_have_not(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="ONNX files need onnx")
    from support.onnx_files import GraphWriter

    writer = GraphWriter({"ids": ["batch", "steps"]})
    value = writer.embedding(np.zeros((5, 2), np.float32))
    for kind in ("Erf", "Det", "Sin"):
        value = writer.node(kind, value)
    model = writer.model(value)
    found = inspect_file(_saved(model, tmp_path))
    assert found.format == "ONNX"
    assert found.settings == {"operators of ai.onnx": "opset 17"}
    assert [one.split()[2] for one in found.reasons] == ["Erf", "Det", "Sin"]
    model.graph.node[-1].domain = "com.evil"
    model.graph.initializer[0].data_location = onnx.TensorProto.EXTERNAL
    found = inspect_file(_saved(model, tmp_path))
    assert len(found.reasons) == 4
    assert "of the domain 'com.evil'" in found.reasons[2]
    assert "'array0' lies in another file" in found.reasons[3]
    del model.graph.node[-1].output[:]
    assert not inspect_file(_saved(model, tmp_path)).can_run


def _saved(model: Any, folder: Path) -> Path:
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def test_each_layer_of_a_native_file(tmp_path: Path) -> None:
    data = small_file(tmp_path)
    description = described(data)
    description["model"]["layers"][1]["class_name"] = "GRU"
    description["model"]["layers"][2]["class_name"] = "Lambda"
    path = tmp_path / "model.safetensors"
    path.write_bytes(with_description(data, description))
    found = inspect_file(path)
    assert len(found.reasons) == 2
    assert "GRU" in found.reasons[0]
    assert "Lambda" in found.reasons[1]


@pytest.mark.parametrize("name", STATES)
def test_a_state(name: str) -> None:
    found = inspect_file(GOLDEN / f"{name}.v1.bin")
    assert (found.kind, found.version, found.can_run) == ("state", "1", True)
    assert found.digest == STATES[name]().digest()


def test_a_damaged_state(tmp_path: Path) -> None:
    path = tmp_path / "state.bin"
    path.write_bytes((GOLDEN / "tokens.v1.bin").read_bytes()[:-1])
    assert "truncated" in inspect_file(path).reasons[0]


@pytest.mark.parametrize("name", ["m.keras", "m.h5", "m.onnx", "m.safetensors", "m.pt", "m"])
@pytest.mark.parametrize("data", [b"", b"\x80\x04.", b"PK\x03\x04", b"\x89HDF\r\n\x1a\n", b"text"])
def test_files_that_are_something_else(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    found = inspect_file(path)
    assert len(found.reasons) == 1
    assert not found.layers


def test_names_cannot_break_the_terminal(tmp_path: Path) -> None:
    data = small_file(tmp_path)
    description = described(data)
    description["model"]["layers"][-1]["class_name"] = "\x1b[2J\n\ud800"
    path = tmp_path / "model.safetensors"
    path.write_bytes(with_description(data, json.dumps(description)))
    text = str(inspect_file(path))
    assert "\x1b" not in text
    assert r"\x1b[2J\n\ud800" in text
    text.encode()


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("typer", reason="the command line is an extra")
    from lstmetrics.cli.commands import app

    def run(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as stop:
            app(["inspect", *arguments])
        return int(stop.value.code or 0), capsys.readouterr().out

    code, out = run(str(lstmetrics.demo.path("classifier.safetensors")), "--json")
    assert code == 0
    assert json.loads(out)["can_run"] is True
    path = tmp_path / "m.keras"
    path.write_bytes(join({}, b""))
    code, out = run(str(path))
    assert code == 4
    assert "cannot run: neither a .keras archive nor an HDF5 file" in out
    assert run(str(tmp_path / "none.keras"))[0] == 1
