"""What an ONNX file says of itself, and each thing in it that cannot run."""

from __future__ import annotations

from typing import Any

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.described import Described
from lstmetrics.models.formats.onnx.patterns import without_patterns
from lstmetrics.models.formats.onnx.proto import DOMAINS, parsed, read_graph
from lstmetrics.models.formats.onnx.reader import FOLDED_ALONE, supported

__all__ = ["describe"]

_OF_PATTERNS = {"Div", "Pow", "Sqrt"}  # of which older opsets make a LayerNormalization


def describe(path: str) -> Described:
    """Return producer, operators and refusals; FormatError where the file holds no graph."""
    model = parsed(path)
    producer = " ".join(one for one in (model.producer_name, model.producer_version) if one)
    found = Described("ONNX", producer)
    found.settings = {
        f"operators of {one.domain or 'ai.onnx'}": f"opset {one.version}"
        for one in model.opset_import
    }
    known = {*supported(), *FOLDED_ALONE}
    try:
        graph = read_graph(path)
        graph.nodes = without_patterns(graph)
        unknown = {id_ for node in graph.nodes if node.kind not in known for id_ in node.outputs}
    except (FormatError, UnsupportedError, KeyError, IndexError):
        known |= _OF_PATTERNS
        unknown = {
            id_ for node in model.graph.node if node.op_type not in known for id_ in node.output
        }
    for node in model.graph.node:
        found.add_layer(_name(node), node.op_type)
        _look(node, unknown, found)
    for function in model.functions:
        found.refuse(f"the function {function.name!r} of the file is not supported")
    for array in model.graph.initializer:
        if array.data_location or array.external_data:
            found.refuse(f"the array {array.name!r} lies in another file")
    return found


def _look(node: Any, unknown: set[str], found: Described) -> None:
    label = f"the operator {node.op_type} ({_name(node)!r})"
    if node.domain not in DOMAINS:
        found.refuse(f"{label} is of the domain {node.domain!r}, which is not supported")
    elif any(one.HasField("g") or one.graphs for one in node.attribute):
        found.refuse(f"{label} runs other graphs, which is not supported")
    elif not unknown.isdisjoint(node.output):
        found.refuse(f"{label} is not supported")


def _name(node: Any) -> str:
    return str(node.name or "".join(node.output[:1]))
