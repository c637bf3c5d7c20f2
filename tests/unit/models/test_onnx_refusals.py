"""What an ONNX file may not hold: each has an error of its own that says what and why."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from lstmetrics import load_model
from lstmetrics.errors import FormatError, InvalidValueError, UnsupportedError
from support.onnx_files import GraphWriter, lstm_weights

UNITS, SIZE = 3, 4
TABLE = np.ones((9, SIZE), np.float32)


def graph_of(**attributes: Any) -> tuple[GraphWriter, list[str]]:
    graph = GraphWriter({"ids": ["batch", "time"]})
    turned = graph.node("Transpose", graph.embedding(TABLE), perm=[1, 0, 2])
    extra = attributes.pop("extra", [])
    weights = [graph.array(one) for one in lstm_weights(UNITS, SIZE)]
    inputs = [turned, *weights, *(graph.array(one) if one is not None else "" for one in extra)]
    return graph, graph.node("LSTM", *inputs, outputs=3, hidden_size=UNITS, **attributes)


def behind(kind: str, *arrays: Any, **attributes: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        graph, (y, _, _) = graph_of()
        names = [graph.array(np.asarray(one), np.asarray(one).dtype) for one in arrays]
        return graph.write(folder, graph.node(kind, y, *names, **attributes))

    return write


def lstm(**attributes: Any) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        graph, (_, h, _) = graph_of(**attributes)
        return graph.write(folder, h)

    return write


def external(folder: Path) -> Path:
    graph, (_, h, _) = graph_of()
    model = graph.model(h)
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../../etc/passwd")
    path = folder / "model.onnx"
    path.write_bytes(model.SerializeToString())
    return path


def changed(change: Callable[[Any], Any]) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        graph, (_, h, _) = graph_of()
        model = graph.model(h)
        change(model)
        path = folder / "model.onnx"
        path.write_bytes(model.SerializeToString())
        return path

    return write


def too_large(model: Any) -> None:
    model.graph.initializer[0].dims[:] = [2**40, 2**20]


def short(model: Any) -> None:
    model.graph.initializer[0].raw_data = b"1234"


def looping(model: Any) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["", ""], ["x"], body=body))


def foreign(model: Any) -> None:
    model.graph.node.append(helper.make_node("Attention", ["a"], ["b"], domain="com.microsoft"))


def functions(model: Any) -> None:
    one = helper.make_function("mine", "F", ["a"], ["b"], [], [helper.make_opsetid("", 17)])
    model.functions.append(one)


CASES: dict[str, tuple[Callable[[Path], Path], type[Exception], str]] = {
    "external data": (external, UnsupportedError, "lies in another file"),
    "an operator": (behind("ArgMax"), UnsupportedError, "operators ArgMax are not .* Concat, "),
    "a loop": (changed(looping), UnsupportedError, "Loop .* runs other graphs"),
    "another domain": (changed(foreign), UnsupportedError, "'com.microsoft' .*: Attention"),
    "functions": (changed(functions), UnsupportedError, "functions of its own"),
    "a huge array": (changed(too_large), FormatError, "larger than the file"),
    "a short array": (changed(short), FormatError, "array .* is not valid"),
    "peepholes": (lstm(extra=[None, None, None, np.ones((1, 9))]), UnsupportedError, "peephole"),
    "coupled gates": (lstm(input_forget=1), UnsupportedError, "input_forget"),
    "an activation": (lstm(activations=["Sign"] * 3), UnsupportedError, "activation 'Sign'"),
    "two activations": (lstm(activations=["Tanh"] * 2), FormatError, "2 activations, 3 a"),
    "a direction": (lstm(direction="sideways"), FormatError, "'sideways' is none"),
    "directions": (lstm(direction="bidirectional"), InvalidValueError, "W must have shape"),
    "a fixed state": (
        lstm(extra=[None, np.ones((1, 1, UNITS)), np.zeros((1, 1, UNITS))]),
        UnsupportedError,
        "initial_h is an array of the file that is not zeros",
    ),
    "pooling features": (
        behind("ReduceMax", axes=[3]),
        UnsupportedError,
        "only over time is this supported",
    ),
    "cut steps": (
        behind("Slice", np.array([1]), np.array([3]), np.array([0])),
        UnsupportedError,
        "only the whole of an axis or one step",
    ),
    "an impossible shape": (
        behind("Reshape", np.array([-1, 7])),
        UnsupportedError,
        "Reshape",
    ),
    "softmax over time": (behind("Softmax", axis=0), UnsupportedError, "only over the features"),
    "a matrix of factors": (
        behind("Mul", np.ones((2, UNITS), np.float32)),
        InvalidValueError,
        "an array of shape .2, 3. for 3 features",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused_by_name(name: str, tmp_path: Path) -> None:
    write, error, message = CASES[name]
    path = write(tmp_path)
    with pytest.raises(error, match=message) as found:
        load_model(path)
    assert str(found.value).startswith(str(path))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x08" * 100, b"\x80\x04K\x01."])
def test_what_is_no_onnx_file(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(data)
    with pytest.raises(FormatError, match="not an ONNX file"):
        load_model(path)


def test_arrays_that_would_grow_without_end(tmp_path: Path) -> None:
    graph, (_, h, _) = graph_of()
    grown = graph.array(np.ones(1000))
    for _ in range(40):
        grown = graph.node("Concat", grown, grown, axis=0)
    path = graph.write(tmp_path, graph.node("Add", h, grown))
    with pytest.raises(UnsupportedError, match="far larger than the file"):
        load_model(path)


def test_every_prefix_of_a_file_is_refused_or_read(tmp_path: Path) -> None:
    graph, (_, h, _) = graph_of()
    data = graph.model(h).SerializeToString()
    path = tmp_path / "model.onnx"
    for end in range(0, len(data), 7):
        path.write_bytes(data[:end])
        with pytest.raises(InvalidValueError):
            load_model(path)


def test_no_runtime_is_imported(tmp_path: Path) -> None:
    graph, (_, h, _) = graph_of()
    path = graph.write(tmp_path, h)
    code = (
        "import sys, lstmetrics; lstmetrics.load_model(sys.argv[1]);"
        "print(*{'torch', 'onnxruntime', 'tensorflow', 'keras'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_onnx_is_an_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(b"x")
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'lstmetrics\[onnx\]'"):
        load_model(path)
    assert onnx.__name__ == "onnx"
