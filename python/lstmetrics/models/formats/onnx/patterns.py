"""Groups of nodes that stand for one: exporters write what an older opset lacks out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.models.formats.onnx.proto import Graph, Node

__all__ = ["without_patterns"]

AnyArray = npt.NDArray[Any]


class _Search:
    """Who gives and who takes each name."""

    def __init__(self, graph: Graph) -> None:
        self._makers = {name: node for node in graph.nodes for name in node.outputs}
        self._constants: Mapping[str, AnyArray] = graph.constants
        self._takers: dict[str, list[Node]] = {}
        for node in graph.nodes:
            for name in node.inputs:
                self._takers.setdefault(name, []).append(node)
        self._given = set(graph.outputs)

    def maker(self, name: str, kind: str) -> Node | None:
        """Return the node that gives a name, if it is of this kind."""
        node = self._makers.get(name)
        return node if node is not None and node.kind == kind else None

    def only_taker(self, node: Node, kind: str) -> Node | None:
        """Return the only node that takes what a node gives, if it is of this kind."""
        takers = self._takers.get(node.outputs[0], [])
        alone = len(takers) == 1 and node.outputs[0] not in self._given
        return takers[0] if alone and takers[0].kind == kind else None

    def constant(self, name: str) -> AnyArray | None:
        """Return an array of the file."""
        if name in self._constants:
            return self._constants[name]
        node = self.maker(name, "Constant")
        value = None if node is None else node.get("value")
        return value if isinstance(value, np.ndarray) else None

    def number(self, name: str) -> float | None:
        """Return an array of one number as that."""
        array = self.constant(name)
        return float(array.reshape(-1)[0]) if array is not None and array.size == 1 else None

    def over_features(self, node: Node) -> bool:
        """Whether a reduction is over the last axis and keeps it."""
        axes = node.get("axes")
        if axes is None and len(node.inputs) > 1:
            array = self.constant(node.inputs[1])
            axes = None if array is None else array.reshape(-1).tolist()
        return axes == [-1] and bool(node.get("keepdims", 1))

    def split(self, node: Node | None) -> tuple[str, str] | None:
        """Return the name of the input that is no array of the file, and of the one that is."""
        if node is None:
            return None
        for a, b in (node.inputs, node.inputs[::-1]):
            if self.constant(b) is not None:
                return a, b
        return None


def without_patterns(graph: Graph) -> list[Node]:
    """Return the nodes of a graph, with one in the place of each group that is known.

    Known is the layer normalisation of opsets before 17: the mean over the features is taken off,
    and what is left is divided by the root of the mean of its squares and epsilon.
    """
    search = _Search(graph)
    fused = {}
    for node in graph.nodes:
        if node.kind == "Div":
            found = _layer_normalization(search, node)
            if found is not None:
                fused[found.outputs[0]] = found
    return [fused.get(one.outputs[0], one) if one.outputs else one for one in _live(graph, fused)]


def _layer_normalization(search: _Search, quotient: Node) -> Node | None:
    centred = search.maker(quotient.inputs[0], "Sub")
    root = search.maker(quotient.inputs[1], "Sqrt")
    shifted = search.split(search.maker(root.inputs[0], "Add")) if root is not None else None
    if centred is None or shifted is None:
        return None
    epsilon = search.number(shifted[1])
    squares = search.maker(shifted[0], "ReduceMean")
    power = search.maker(squares.inputs[0], "Pow") if squares is not None else None
    mean = search.maker(centred.inputs[1], "ReduceMean")
    if power is None or squares is None or mean is None or epsilon is None:
        return None
    same = power.inputs[0] == quotient.inputs[0] and mean.inputs[0] == centred.inputs[0]
    reductions = search.over_features(mean) and search.over_features(squares)
    scaled = search.only_taker(quotient, "Mul")
    result = search.only_taker(scaled, "Add") if scaled is not None else None
    gamma, beta = search.split(scaled), search.split(result)
    if not same or not reductions or search.number(power.inputs[1]) != 2:
        return None
    if result is None or gamma is None or beta is None:
        return None
    attributes = {"axis": -1, "epsilon": epsilon}
    inputs = [centred.inputs[0], gamma[1], beta[1]]
    return Node("LayerNormalization", result.label, inputs, result.outputs, attributes)


def _live(graph: Graph, fused: Mapping[str, Node]) -> list[Node]:
    """Return the nodes that something still needs, in their order."""
    wanted = set(graph.outputs)
    kept = []
    for node in reversed(graph.nodes):
        if wanted.isdisjoint(node.outputs):
            continue
        instead = fused.get(node.outputs[0], node)
        wanted.update(instead.inputs)
        kept.append(node)
    return kept[::-1]
