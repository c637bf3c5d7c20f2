"""The protobuf of an ONNX file, checked before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, MissingExtraError, UnsupportedError

__all__ = ["DOMAINS", "Graph", "Node", "parsed", "read_graph"]

AnyArray = npt.NDArray[Any]
DOMAINS = ("", "ai.onnx")
_OLDEST_OPSET = 7


def _onnx() -> ModuleType:
    try:
        import onnx
        import onnx.numpy_helper
    except ImportError:
        raise MissingExtraError("Reading ONNX files", "onnx") from None
    return onnx  # type: ignore[no-any-return]


@dataclass(eq=False)
class Node:
    """One node.

    Attributes
    ----------
    kind : str
        The operator.
    label : str
        What errors call the node.
    inputs, outputs : list of str
        Names of what it takes and gives; empty where one is left out.
    attributes : dict
        Numbers, strings, lists of them, arrays.
    """

    kind: str
    label: str
    inputs: list[str]
    outputs: list[str]
    attributes: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str, default: Any = None) -> Any:
        """Return an attribute."""
        return self.attributes.get(name, default)


class Graph:
    """A graph whose arrays have been read and whose size has been checked.

    Attributes
    ----------
    opset : int
        The version of the operators.
    inputs : list of (name, is_integer, sizes)
        What is given when the graph runs; a size is None where it is free.
    outputs : list of str
        Names of the results.
    constants : dict of str to ndarray
        The arrays in the file.
    nodes : list of Node
        In an order in which each has what it needs.
    size : int
        Bytes of the file.
    """

    def __init__(self, path: str) -> None:
        onnx = _onnx()
        self.path = path
        self.size = Path(path).stat().st_size
        model = parsed(path)
        self._numpy_helper = onnx.numpy_helper
        self._onnx = onnx
        self.opset = self._opset(model)
        graph = model.graph
        if model.functions:
            raise UnsupportedError(
                f"{path}: functions of its own ({model.functions[0].name!r}) are not supported; "
                "inline them: onnx.inliner.inline_local_functions"
            )
        if graph.sparse_initializer:
            raise UnsupportedError(f"{path}: sparse arrays are not supported")
        self.constants = {one.name: self._array(one) for one in graph.initializer}
        self.nodes = [self._node(one) for one in graph.node]
        self.inputs = [self._input(one) for one in graph.input if one.name not in self.constants]
        self.outputs = [one.name for one in graph.output]

    def _opset(self, model: Any) -> int:
        versions = {one.domain: one.version for one in model.opset_import}
        foreign = sorted({node.domain for node in model.graph.node if node.domain not in DOMAINS})
        if foreign:
            kinds = sorted({x.op_type for x in model.graph.node if x.domain in foreign})
            raise UnsupportedError(
                f"{self.path}: operators of the domain {foreign[0]!r} are not supported: "
                f"{', '.join(kinds)}"
            )
        opset = next((versions[one] for one in DOMAINS if one in versions), None)
        if opset is None:
            raise FormatError(f"{self.path}: the file does not say which operators it uses")
        if opset < _OLDEST_OPSET:
            raise UnsupportedError(
                f"{self.path}: opset {opset} is not supported; {_OLDEST_OPSET} and later are"
            )
        return int(opset)

    def _array(self, tensor: Any) -> AnyArray:
        """Read an array that lies in the file and is as large as it says."""
        label = f"{self.path}: array {tensor.name!r}"
        if tensor.data_location != self._onnx.TensorProto.DEFAULT or tensor.external_data:
            raise UnsupportedError(
                f"{label} lies in another file, which is not supported: load the model with onnx "
                "and save it in one file"
            )
        if any(size < 0 for size in tensor.dims):
            raise FormatError(f"{label} has a negative size")
        if reduce(lambda a, b: a * b, tensor.dims, 1) > self.size:
            raise FormatError(f"{label} says it is larger than the file: {list(tensor.dims)}")
        try:
            array: AnyArray = self._numpy_helper.to_array(tensor)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise FormatError(f"{label} is not valid: {error}") from None
        if array.dtype.kind not in "fiub" and array.dtype.name != "bfloat16":
            raise UnsupportedError(f"{label}: dtype {array.dtype} is not supported")
        return array.astype(np.float32) if array.dtype.name == "bfloat16" else array

    def _node(self, proto: Any) -> Node:
        attributes = {}
        for one in proto.attribute:
            if one.HasField("g") or one.graphs:
                raise UnsupportedError(
                    f"{self.path}: the operator {proto.op_type} ({proto.name!r}) runs other graphs "
                    "and is not supported; export the model without loops and conditions"
                )
            value = self._onnx.helper.get_attribute_value(one)
            if isinstance(value, bytes):
                value = value.decode("utf-8", "replace")
            elif isinstance(value, self._onnx.TensorProto):
                value = self._array(value)
            elif one.type == self._onnx.AttributeProto.STRINGS:
                value = [text.decode("utf-8", "replace") for text in value]
            elif one.type in (self._onnx.AttributeProto.FLOATS, self._onnx.AttributeProto.INTS):
                value = list(value)
            attributes[one.name] = value
        label = f"{proto.op_type} {(proto.name or ''.join(proto.output[:1]))!r}"
        return Node(proto.op_type, label, list(proto.input), list(proto.output), attributes)

    def _input(self, proto: Any) -> tuple[str, bool, list[int | None]]:
        kind = proto.type.tensor_type
        types = self._onnx.TensorProto
        integers = {types.INT64, types.INT32, types.INT16, types.INT8, types.UINT8, types.UINT16}
        floats = {types.FLOAT, types.DOUBLE, types.FLOAT16, types.BFLOAT16}
        label = f"{self.path}: input {proto.name!r}"
        if not proto.type.HasField("tensor_type") or kind.elem_type not in integers | floats:
            raise UnsupportedError(f"{label} holds neither ids nor floating-point numbers")
        if not kind.HasField("shape"):
            raise UnsupportedError(f"{label} does not say how many dimensions it has")
        sizes = [
            one.dim_value if one.HasField("dim_value") and one.dim_value > 0 else None
            for one in kind.shape.dim
        ]
        return proto.name, kind.elem_type in integers, sizes


def parsed(path: str) -> Any:
    """Return the protobuf of a file; FormatError where it holds no graph."""
    model = _onnx().ModelProto()
    try:
        model.ParseFromString(Path(path).read_bytes())
    except OSError:
        raise
    except Exception as error:  # protobuf's DecodeError, whatever it is called there
        raise FormatError(f"{path}: not an ONNX file: {error}") from None
    if not model.HasField("graph") or not model.graph.node:
        raise FormatError(f"{path}: not an ONNX file: it has no graph")
    if not all(isinstance(name, str) for name in _names(model)):  # protobuf hands bytes on
        raise FormatError(f"{path}: not an ONNX file: a name in it is not UTF-8")
    return model


def _names(model: Any) -> Iterator[Any]:
    """Yield all names that reading looks at."""
    yield from (model.producer_name, model.producer_version)
    yield from (one.domain for one in model.opset_import)
    for node in model.graph.node:
        yield from (node.op_type, node.name, node.domain, *node.input, *node.output)
        yield from (one.name for one in node.attribute)
    graph = model.graph
    for one in (*graph.initializer, *graph.input, *graph.output, *model.functions):
        yield one.name


def read_graph(path: str) -> Graph:
    """Read the graph of a file.

    Raises
    ------
    lstmetrics.errors.FormatError
        It is no ONNX file, or an array is not what it says.
    lstmetrics.errors.UnsupportedError
        Arrays lie in other files, or the graph has operators of other domains or graphs inside.
    lstmetrics.errors.MissingExtraError
        onnx is not installed.
    """
    return Graph(path)
