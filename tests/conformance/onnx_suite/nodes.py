"""LSTM nodes written by hand, for what exporters do not write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from support.pairwise import Options, Pairwise

NODES = Pairwise(
    {
        "direction": ["forward", "reverse", "bidirectional"],
        "bias": [True, False],
        "clip": [0.0, 0.4, 3.0],
        "activations": [
            None,
            ("Sigmoid", "Relu", "Tanh"),
            ("Sigmoid", "Softsign", "Relu"),
            ("HardSigmoid", "LeakyRelu", "Elu"),
            ("Sigmoid", "ScaledTanh", "Affine"),
            ("Sigmoid", "Tanh", "ThresholdedRelu"),
            ("Sigmoid", "Softplus", "Tanh"),
        ],
        "lengths": ["none", "some", "zeros too"],
        "states": ["none", "zeros", "given"],
        "outputs": ["Y", "Y_h", "Y and Y_h", "Y_h and Y_c", "all"],
        "steps": [1, 2, 7],
        "rows": [1, 4],
        "split": [True, False],  # the directions of Y one by one
        "units": [1, 5, 17],
    }
)
SIZE = 4
_ALPHAS = {"HardSigmoid": (0.25, 0.4), "LeakyRelu": (0.3,), "Elu": (0.7,)}
_ALPHAS |= {"ScaledTanh": (0.8, 0.6), "Affine": (0.5, 0.1), "ThresholdedRelu": (0.2,)}


def write(options: Options, path: Path) -> dict[str, np.ndarray[Any, Any]]:
    """Write a graph of one LSTM; return what to feed it, by the names of its inputs."""
    rng = np.random.default_rng(options["seed"])
    directions = 2 if options["direction"] == "bidirectional" else 1
    units, rows, steps = options["units"], options["rows"], options["steps"]

    def array(*shape: int) -> Any:
        return (rng.standard_normal(shape) * 0.6).astype(np.float32)

    feeds = {"x": array(steps, rows, SIZE)}
    weights = {"W": array(directions, 4 * units, SIZE), "R": array(directions, 4 * units, units)}
    if options["bias"]:
        weights["B"] = array(directions, 8 * units)
    names = ["x", "W", "R", "B" if options["bias"] else "", "", "", ""]
    if options["lengths"] != "none":
        low = 0 if options["lengths"] == "zeros too" else 1
        feeds["lengths"] = rng.integers(low, steps + 1, rows).astype(np.int32)
        feeds["lengths"][0] = steps
        names[4] = "lengths"
    if options["states"] != "none":
        for index, name in ((5, "h"), (6, "c")):
            value = array(directions, rows, units)
            (feeds if options["states"] == "given" else weights)[name] = value
            if options["states"] == "zeros":
                value[...] = 0
            names[index] = name
    outputs = {"Y": "Y" in options["outputs"].split(), "Y_h": "Y_h" in options["outputs"]}
    outputs |= {"Y_c": "Y_c" in options["outputs"]}
    if options["outputs"] == "all":
        outputs = dict.fromkeys(outputs, True)
    attributes = _attributes(options, directions)
    node = helper.make_node(
        "LSTM",
        names,
        [name if wanted else "" for name, wanted in outputs.items()],
        hidden_size=units,
        direction=options["direction"],
        **attributes,
    )
    wanted = [name for name, value in outputs.items() if value]
    nodes, results = _behind([node], wanted, directions, options["split"])
    graph = helper.make_graph(
        nodes,
        "lstm",
        [
            helper.make_tensor_value_info(
                name,
                TensorProto.INT32 if value.dtype == np.int32 else TensorProto.FLOAT,
                _free(name, value),
            )
            for name, value in feeds.items()
        ],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in results],
        [numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    onnx.save(model, path)
    return feeds


def _free(name: str, value: Any) -> list[Any]:
    free = {
        "x": ("T", "B"),
        "lengths": ("B",),
        "h": (value.shape[0], "B"),
        "c": (value.shape[0], "B"),
    }
    return [*free[name], *value.shape[len(free[name]) :]]


def _attributes(options: Options, directions: int) -> dict[str, Any]:
    found: dict[str, Any] = {"clip": options["clip"]} if options["clip"] else {}
    if options["activations"]:
        kinds = list(options["activations"]) * directions
        found["activations"] = kinds
        alphas = [_ALPHAS[kind][0] for kind in kinds if kind in _ALPHAS]
        betas = [_ALPHAS[kind][1] for kind in kinds if len(_ALPHAS.get(kind, ())) > 1]
        found |= {"activation_alpha": alphas} if alphas else {}
        found |= {"activation_beta": betas} if betas else {}
    return found


def _behind(nodes: list[Any], wanted: list[str], directions: int, split: bool) -> Any:
    """Join or split the directions of Y: (T, directions, B, units) to (T, B, features)."""
    results = []
    for name in wanted:
        if name != "Y":
            results.append(name)
        elif split:
            parts = [f"Y{index}" for index in range(directions)]
            axis = numpy_helper.from_array(np.array([1]), "axis_of_directions")
            nodes.append(helper.make_node("Split", ["Y"], [f"{one}_" for one in parts], axis=1))
            nodes.append(helper.make_node("Constant", [], ["axis1"], value=axis))
            nodes += [helper.make_node("Squeeze", [f"{one}_", "axis1"], [one]) for one in parts]
            results += parts
        else:
            shape = numpy_helper.from_array(np.array([0, 0, -1]), "shape_of_Y")
            nodes.append(helper.make_node("Transpose", ["Y"], ["Yt"], perm=[0, 2, 1, 3]))
            nodes.append(helper.make_node("Constant", [], ["shape"], value=shape))
            nodes.append(helper.make_node("Reshape", ["Yt", "shape"], ["Yj"]))
            results.append("Yj")
    return nodes, results
