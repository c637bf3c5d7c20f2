"""ONNX files written node by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Sizes = Sequence[int | str | None]


class GraphWriter:
    """A graph that grows by nodes; each gives one name, or those asked for.

    Parameters
    ----------
    inputs : mapping
        Names to sizes: of ids where the name begins with "ids" or "lengths", of numbers otherwise.
    opset : int
        The version of the operators.
    """

    def __init__(self, inputs: Mapping[str, Sizes], opset: int = 17) -> None:
        self._inputs = dict(inputs)
        self._opset = opset
        self._nodes: list[Any] = []
        self._arrays: list[Any] = []

    def array(self, values: Any, dtype: Any = np.float32) -> str:
        """Add an array of the file."""
        name = f"array{len(self._arrays)}"
        self._arrays.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def ints(self, *values: int) -> str:
        """Add an array of whole numbers."""
        return self.array(values, np.int64)

    def node(self, kind: str, *inputs: str, outputs: int = 1, **attributes: Any) -> Any:
        """Add a node; return the names of what it gives."""
        names = [f"{kind.lower()}{len(self._nodes)}_{index}" for index in range(outputs)]
        self._nodes.append(helper.make_node(kind, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def embedding(self, table: Any, ids: str = "ids") -> str:
        """Look ids up."""
        return str(self.node("Gather", self.array(table), ids))

    def model(self, *outputs: str) -> Any:
        """Return the protobuf."""
        graph = helper.make_graph(
            self._nodes,
            "graph",
            [
                helper.make_tensor_value_info(
                    name,
                    TensorProto.INT64 if name.startswith(("ids", "lengths")) else TensorProto.FLOAT,
                    sizes,
                )
                for name, sizes in self._inputs.items()
            ],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
            self._arrays,
        )
        opset = helper.make_opsetid("", self._opset)
        return helper.make_model(graph, opset_imports=[opset], ir_version=8)

    def write(self, folder: Path, *outputs: str) -> Path:
        """Write the file."""
        path = folder / "model.onnx"
        onnx.save(self.model(*outputs), path)
        return path


def lstm_weights(units: int, features: int, directions: int = 1, seed: int = 0) -> list[Any]:
    """W, R and B of a node."""
    rng = np.random.default_rng(seed)
    shapes = [(4 * units, features), (4 * units, units), (8 * units,)]
    return [
        rng.standard_normal((directions, *shape)).astype(np.float32) * np.float32(0.5)
        for shape in shapes
    ]


def columns_of_ours(weights: Sequence[Any], direction: int = 0) -> list[Any]:
    """Kernel, recurrent kernel, bias and recurrent bias, with gates i, f, g, o, one by one."""
    units = weights[1].shape[2]
    order = [
        gate * units + unit
        for gate in (0, 2, 3, 1)  # ONNX: i, o, f, c
        for unit in range(units)
    ]
    w, r, b = (one[direction] for one in weights)
    return [w[order].T, r[order].T, b[: 4 * units][order], b[4 * units :][order]]
