"""Operators that compute: products with weights, sums, activations, normalisation, windows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, ShapeError, UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models.formats.onnx.activations import activation_of
from lstmetrics.models.formats.onnx.axes import Atom, Axis
from lstmetrics.models.formats.onnx.flows import Flow, feature
from lstmetrics.models.formats.onnx.operators import (
    Inputs,
    Operator,
    array_of,
    flow_of,
    merged,
)
from lstmetrics.models.formats.onnx.proto import Node

__all__ = ["ARITHMETIC", "activation"]

AnyArray = npt.NDArray[Any]


# ---- products and sums --------------------------------------------------------------------------


def _dense(node: Node, flow: Flow, kernel: AnyArray, bias: AnyArray | None) -> Flow:
    if kernel.ndim != 2 or kernel.dtype.kind != "f":
        raise UnsupportedError(f"{node.label}: the weights must be a matrix, got {kernel.shape}")
    if flow.role(-1) != "feature":
        raise UnsupportedError(f"{node.label}: the last axis of its input is not that of features")
    layer = ours.Dense(kernel.shape[1], use_bias=bias is not None)
    layer.set_weights([kernel] if bias is None else [kernel, bias])
    found = flow.called(node.label, layer, [*flow.axes[:-1], feature(kernel.shape[1])])
    return replace(found, linear=None if bias is not None else (flow, kernel))


def _matmul(node: Node, inputs: Inputs) -> Flow:
    flow, kernel = flow_of(node, inputs[0]), array_of(node, inputs, 1)
    assert kernel is not None
    return _dense(node, flow, kernel, None)


def _gemm(node: Node, inputs: Inputs) -> Flow:
    flow, kernel = flow_of(node, inputs[0]), array_of(node, inputs, 1)
    bias = array_of(node, inputs, 2)
    if node.get("transA", 0) or node.get("alpha", 1.0) != 1 or node.get("beta", 1.0) != 1:
        raise UnsupportedError(f"{node.label}: transA, alpha and beta are not supported")
    assert kernel is not None
    kernel = kernel.T if node.get("transB", 0) else kernel
    units = kernel.shape[-1]
    return _dense(node, flow, kernel, None if bias is None else _row(node, bias, units))


def _row(node: Node, array: AnyArray, units: int, behind: int = 0) -> AnyArray:
    """Return an array as one number a feature, whose axis has so many behind it."""
    if array.size == 1:
        return np.full(units, array.reshape(-1)[0])
    if array.size != units or array.shape[array.ndim - 1 - behind :][:1] != (units,):
        raise ShapeError(f"{node.label}: an array of shape {array.shape} for {units} features")
    return array.reshape(-1)


def _pair(node: Node, inputs: Inputs) -> tuple[Flow, Any]:
    """Return the input that depends on the graph's, and the other one."""
    a, b = inputs
    return (a, b) if isinstance(a, Flow) else (flow_of(node, b), a)


def _add(node: Node, inputs: Inputs) -> Flow:
    flow, other = _pair(node, inputs)
    if isinstance(other, Flow):
        return merged(node, [flow, other], ours.Add())
    array = _number_or_row(node, other)
    if flow.linear is not None and array.size > 1:
        before, kernel = flow.linear
        found = _dense(node, before, kernel, _row(node, array, kernel.shape[1]))
        return found.with_axes(flow.axes)
    return _affine(node, flow, np.ones(1), array)


def _subtract(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    if isinstance(inputs[1], Flow):
        raise UnsupportedError(f"{node.label}: of two values this is not supported")
    return _affine(node, flow, np.ones(1), -_number_or_row(node, inputs[1]))


def _multiply(node: Node, inputs: Inputs) -> Flow:
    flow, other = _pair(node, inputs)
    if isinstance(other, Flow):
        return merged(node, [flow, other], ours.Multiply())
    return _affine(node, flow, _number_or_row(node, other), np.zeros(1))


def _number_or_row(node: Node, thing: Any) -> AnyArray:
    if not isinstance(thing, np.ndarray):
        raise UnsupportedError(f"{node.label}: of an array of a free size this is not supported")
    return thing


def _single(node: Node, array: AnyArray) -> float:
    if array.size != 1 or array.dtype == object:
        raise UnsupportedError(f"{node.label}: takes one number, got shape {array.shape}")
    return float(array.reshape(-1)[0])


def _affine(node: Node, flow: Flow, scale: AnyArray, shift: AnyArray) -> Flow:
    """Scale and shift, by one number or by one a feature."""
    if scale.size == shift.size == 1:
        numbers = _single(node, scale), _single(node, shift)
        if numbers == (1.0, 0.0):
            return flow
        return flow.called(node.label, ours.Activation("affine({!r}, {!r})".format(*numbers)))
    places = [i for i in range(len(flow.axes)) if flow.role(i) == "feature"]
    if not places:
        raise UnsupportedError(f"{node.label}: its input has no axis of features")
    units = flow.axes[places[0]][0].size or 0
    layer = ours.BatchNormalization(epsilon=0.0)
    behind = len(flow.axes) - places[0] - 1
    rows = (_row(node, one, units, behind) for one in (scale, shift))
    layer.set_weights([*rows, np.zeros(units), np.ones(units)])
    return flow.called(node.label, layer)


# ---- activations --------------------------------------------------------------------------------


def activation(node: Node, inputs: Inputs, opset: int) -> Flow:
    """Turn a node into an Activation."""
    flow = flow_of(node, inputs[0])
    name = activation_of(node)
    if name is None:
        raise UnsupportedError(f"{node.label}: with {node.attributes} this is not supported")
    if name in ("softmax", "log_softmax"):
        axis = node.get("axis", -1 if opset >= 13 else 1)
        if axis not in (-1, len(flow.axes) - 1) or flow.role(-1) != "feature":
            raise UnsupportedError(f"{node.label}: only over the features is this supported")
    return flow.called(node.label, ours.Activation(name))


def _clip(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    low, high = (
        node.get(name) if array is None else _single(node, array)
        for name, array in zip(
            ("min", "max"), (array_of(node, inputs, i) for i in (1, 2)), strict=True
        )
    )
    known = {(0.0, None): "relu", (0.0, 6.0): "relu6", (-1.0, 1.0): "hard_tanh"}
    if (low, high) not in known:
        raise UnsupportedError(f"{node.label}: to {low} and {high} this is not supported")
    return flow.called(node.label, ours.Activation(known[low, high]))


# ---- normalisation and windows ------------------------------------------------------------------


def _layer_normalization(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    gamma, beta = (array_of(node, inputs, i) for i in (1, 2))
    if node.get("axis", -1) not in (-1, len(flow.axes) - 1) or flow.role(-1) != "feature":
        raise UnsupportedError(f"{node.label}: only over the features is this supported")
    layer = ours.LayerNormalization(
        epsilon=node.get("epsilon", 1e-5), center=beta is not None, scale=gamma is not None
    )
    layer.set_weights([one for one in (gamma, beta) if one is not None])
    return flow.called(node.label, layer)


def _batch_normalization(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    weights = [array_of(node, inputs, i) for i in range(1, 5)]
    if len(flow.axes) < 2 or flow.role(1) != "feature" or node.get("training_mode", 0):
        raise UnsupportedError(f"{node.label}: takes features on axis 1, and trains nothing")
    if any(one is None for one in weights):
        raise FormatError(f"{node.label}: needs four arrays")
    layer = ours.BatchNormalization(epsilon=node.get("epsilon", 1e-5))
    layer.set_weights(weights)  # type: ignore[arg-type]
    return flow.called(node.label, layer)


class _Windows:
    """What Conv and MaxPool say about the axes behind batch and features, of which one is time."""

    def __init__(self, node: Node, inputs: Inputs) -> None:
        self.node = node
        self.flow = flow_of(node, inputs[0])
        behind = [i for i, axis in enumerate(self.flow.axes) if i > 1 and axis]
        if len(behind) != 1 or self.flow.role(1) != "feature" or len(self.flow.axes[behind[0]]) > 1:
            raise UnsupportedError(f"{node.label}: takes batch, features, time, in this order")
        self.axis = behind[0]
        self.flow.axes[self.axis][0].take_role(node.label, "time")
        self.stride = self.one("strides", 1)
        self.dilation = self.one("dilations", 1)

    def one(self, name: str, default: int) -> int:
        """Return what an attribute says of time, and refuse it to say anything of other axes."""
        count = len(self.flow.axes) - 2
        values = [int(one) for one in self.node.get(name, [default] * count)]
        found = values.pop(self.axis - 2)
        if len(values) != count - 1 or any(one != 1 for one in values):
            raise UnsupportedError(f"{self.node.label}: only windows over time are supported")
        return found

    def padding(self, size: int) -> str:
        """Return our name for what is put around the steps."""
        auto = self.node.get("auto_pad", "NOTSET")
        count = len(self.flow.axes) - 2
        pads = list(self.node.get("pads", [0] * 2 * count))
        around = pads.pop(self.axis - 2 + count), pads.pop(self.axis - 2)
        after, before = around
        total = (size - 1) * self.dilation
        if auto == "SAME_UPPER":
            return "same"
        if auto in ("NOTSET", "VALID") and not any(pads):
            if (before, after) == (0, 0):
                return "valid"
            if self.stride == 1 and (before, after) == (total // 2, total - total // 2):
                return "same"
            if self.stride == 1 and (before, after) == (total, 0):
                return "causal"
        raise UnsupportedError(f"{self.node.label}: padding {(before, after)} is not supported")

    def axes(self, size: int, padding: str, features: Axis) -> list[Axis]:
        """Return the axes behind the windows; time is the same where there are as many steps."""
        found = [self.flow.axes[0], features, *self.flow.axes[2:]]
        if self.stride == 1 and padding != "valid":
            return found
        steps = self.flow.axes[self.axis][0].size
        if steps is not None:
            lost = (size - 1) * self.dilation if padding == "valid" else 0
            steps = -(-(steps - lost) // self.stride)
        found[self.axis] = (Atom(steps, "time", self.flow.axes[self.axis][0].place),)
        return found


def _convolution(node: Node, inputs: Inputs) -> Flow:
    windows = _Windows(node, inputs)
    kernel, bias = (array_of(node, inputs, i) for i in (1, 2))
    if kernel is None or kernel.ndim != len(windows.flow.axes):
        raise UnsupportedError(f"{node.label}: the filters have other axes than their input")
    filters, features, size = *kernel.shape[:2], kernel.shape[windows.axis]
    if kernel.size != filters * features * size:
        raise UnsupportedError(f"{node.label}: only windows over time are supported")
    padding = windows.padding(size)
    layer = ours.Conv1D(
        filters,
        size,
        strides=windows.stride,
        padding=padding,
        dilation_rate=windows.dilation,
        groups=node.get("group", 1),
        use_bias=bias is not None,
    )
    weights = [np.transpose(kernel.reshape(filters, features, size), (2, 1, 0))]
    layer.set_weights([*weights, *([] if bias is None else [bias])])
    axes = windows.axes(size, padding, feature(filters))
    return windows.flow.called(node.label, layer, axes)


def _max_pool(node: Node, inputs: Inputs) -> Flow:
    windows = _Windows(node, inputs)
    size = windows.one("kernel_shape", 1)
    padding = windows.padding(size)
    if padding == "causal" or windows.dilation != 1 or node.get("ceil_mode", 0):
        raise UnsupportedError(f"{node.label}: its padding, dilations or ceil_mode")
    layer = ours.MaxPooling1D(size, windows.stride, padding)
    axes = windows.axes(size, padding, windows.flow.axes[1])
    return windows.flow.called(node.label, layer, axes)


ARITHMETIC: dict[str, Operator] = {
    "Add": _add,
    "BatchNormalization": _batch_normalization,
    "Clip": _clip,
    "Conv": _convolution,
    "Gemm": _gemm,
    "LayerNormalization": _layer_normalization,
    "MatMul": _matmul,
    "MaxPool": _max_pool,
    "Mul": _multiply,
    "Sub": _subtract,
}
