"""Operators that move axes, pick parts, pool and merge: nodes turned into our layers' calls.

Each takes the node and its inputs, of which at least one depends on the graph's inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models.formats.onnx.axes import Atom, Dim, reshaped, unify
from lstmetrics.models.formats.onnx.flows import (
    Flow,
    NeedsParts,
    NeedsSteps,
    Thing,
    feature,
    join_directions,
    stacked,
)
from lstmetrics.models.formats.onnx.folding import axes_of, axis_of, slices, split_sizes
from lstmetrics.models.formats.onnx.proto import Node
from lstmetrics.models.values import as_values

__all__ = ["OPERATORS", "Operator", "array_of", "flow_of", "merged"]

Inputs = Sequence[Thing | None]
Operator = Callable[[Node, Inputs], Flow | list[Thing]]


def flow_of(node: Node, thing: Thing | None) -> Flow:
    """Return an input that depends on the graph's inputs; UnsupportedError where it does not."""
    if not isinstance(thing, Flow):
        raise UnsupportedError(f"{node.label}: its first input must depend on the graph's inputs")
    return thing


def array_of(node: Node, inputs: Inputs, index: int) -> npt.NDArray[Any] | None:
    """Return an input that is an array of the file, None where it is left out."""
    thing = inputs[index] if index < len(inputs) else None
    if thing is not None and not isinstance(thing, np.ndarray):
        raise UnsupportedError(f"{node.label}: input {index} must be an array of the file")
    return thing


# ---- axes ---------------------------------------------------------------------------------------


def _identity(node: Node, inputs: Inputs) -> list[Thing]:
    flow = flow_of(node, inputs[0])
    return [flow] * len(node.outputs)  # a Dropout's second output is a mask that nobody reads


def _shape(node: Node, inputs: Inputs) -> list[Thing]:
    flow = flow_of(node, inputs[0])
    sizes: list[int | Dim] = [Dim.of(axis) for axis in flow.axes]
    start, end = node.get("start", 0), node.get("end")
    found = np.empty(len(sizes), object)
    found[:] = sizes
    return [found[start:end]]


def _transpose(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    order = node.get("perm", list(reversed(range(len(flow.axes)))))
    if sorted(order) != list(range(len(flow.axes))):
        raise FormatError(f"{node.label}: {order} is no order of {len(flow.axes)} axes")
    return flow.with_axes([flow.axes[one] for one in order])


def _unsqueeze(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    axes = node.get("axes")
    count = len(axes) if axes is not None else np.asarray(inputs[1]).size
    found = axes_of(node, inputs, len(flow.axes) + count) or []
    left = list(flow.axes)
    for axis in sorted(found):
        left.insert(axis, ())
    return flow.with_axes(left)


def _squeeze(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    axes = axes_of(node, inputs, len(flow.axes))
    if axes is None:
        axes = [i for i, axis in enumerate(flow.axes) if all(one.size == 1 for one in axis)]
    for axis in sorted(axes, reverse=True):
        flow = _first_of(node, flow, axis)
    return flow


def _first_of(node: Node, flow: Flow, axis: int) -> Flow:
    """Drop an axis of one element."""
    atoms = flow.axes[axis]
    rest = [*flow.axes[:axis], *flow.axes[axis + 1 :]]
    if any(one.size not in (None, 1) or one.role == "feature" for one in atoms):
        raise UnsupportedError(f"{node.label}: drops axis {axis}, which has more than one element")
    if any(one.role == "time" for one in atoms):
        return flow.called(node.label, ours.TakeStep(0), rest)
    return _without(flow, atoms, rest)


def _without(flow: Flow, atoms: Sequence[Atom], rest: Sequence[Any]) -> Flow:
    for one in atoms:
        one.drop()
    return flow.with_axes(rest)


def _reshape(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    shape = array_of(node, inputs, 1)
    if shape is None:
        raise FormatError(f"{node.label}: the shape is missing")
    copies = not node.get("allowzero", 0)
    return _in_shape(node, flow, list(shape.reshape(-1)), copies)


def _in_shape(node: Node, flow: Flow, shape: list[Any], zero_copies: bool) -> Flow:
    left = reshaped(node.label, flow.axes, shape, zero_copies=zero_copies)
    for i, axis in enumerate(left):
        if len(axis) > 1:
            flow, left[i] = join_directions(node.label, flow, axis)
    for i, axis in enumerate(left):
        roles = [one.role for one in axis]
        if len(axis) > 1 and "feature" in roles:
            if len(axis) != 2 or roles[1] != "feature" or roles[0] == "batch":
                raise UnsupportedError(f"{node.label}: joins axes of {roles}")
            flow, left[i] = _flattened(node, flow, axis)
    return flow.with_axes(left)


def _flattened(node: Node, flow: Flow, axis: tuple[Atom, ...]) -> tuple[Flow, tuple[Atom, ...]]:
    """Lay the steps of a row side by side."""
    axis[0].take_role(node.label, "time")
    steps, size = (one.size for one in axis)
    if steps is None:
        raise UnsupportedError(
            f"{node.label}: lays the steps of a row side by side, but their number is free; export "
            "the model with a fixed length"
        )
    if axis[0].place is not None:
        raise NeedsSteps(axis[0].place)
    return flow.called(node.label, ours.Flatten()), feature(steps * (size or 0))


def _flatten(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    rank = len(flow.axes)
    axis = node.get("axis", 1)
    axis = axis if axis == rank else axis_of(node, axis, rank)
    front = tuple(atom for one in flow.axes[:axis] for atom in one)
    return _in_shape(node, flow, [Dim(front) if front else 1, -1], False)


def _expand(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    shape = array_of(node, inputs, 1)
    sizes = [] if shape is None else list(shape.reshape(-1))
    own: list[Any] = [Dim.of(axis) for axis in flow.axes]
    for axis, size in zip(reversed(flow.axes), reversed(sizes), strict=False):
        same = isinstance(size, Dim) and [x.root() for x in size.atoms] == [x.root() for x in axis]
        if not (same or size == 1 or size == Dim.of(axis) or (axis and size == axis[0].size)):
            raise UnsupportedError(f"{node.label}: repeats elements of an axis")
    if len(sizes) > len(own):
        raise UnsupportedError(f"{node.label}: adds axes")
    return flow


# ---- parts --------------------------------------------------------------------------------------


def _gather(node: Node, inputs: Inputs) -> Flow:
    axis = node.get("axis", 0)
    if not isinstance(inputs[0], Flow):
        return _embedding(node, inputs, axis)
    flow, index = inputs[0], array_of(node, inputs, 1)
    if index is None or index.size != 1:
        raise UnsupportedError(f"{node.label}: picks several elements of an axis")
    at = axis_of(node, axis, len(flow.axes))
    return _pick(node, flow, at, int(index.reshape(-1)[0]), keep=index.ndim > 0)


def _embedding(node: Node, inputs: Inputs, axis: int) -> Flow:
    table, ids = array_of(node, inputs, 0), flow_of(node, inputs[1])
    if table is None or table.ndim != 2 or axis != 0 or table.dtype.kind != "f":
        raise UnsupportedError(f"{node.label}: only rows of a table of numbers can be looked up")
    if any(one.role == "feature" for axis in ids.axes for one in axis):
        raise UnsupportedError(f"{node.label}: looks up what is no id")
    layer = ours.Embedding(*table.shape)
    layer.set_weights([table])
    return ids.called(node.label, layer, [*ids.axes, feature(table.shape[1])])


def _pick(node: Node, flow: Flow, axis: int, index: int, *, keep: bool) -> Flow:
    """Take one element of an axis."""
    atoms = flow.axes[axis]
    rest = [*flow.axes[:axis], *([()] if keep else []), *flow.axes[axis + 1 :]]
    role = flow.role(axis)
    size = 1 if not atoms else atoms[0].size
    if role == "direction":
        return _direction(node, flow, index, rest)
    if len(atoms) > 1 or role == "feature" or (size is not None and not -size <= index < size):
        raise UnsupportedError(f"{node.label}: element {index} of axis {axis} cannot be taken")
    if size == 1 and role != "time":
        return _without(flow, atoms, rest)
    atoms[0].take_role(node.label, "time")
    last = size is not None and index == size - 1
    return flow.called(node.label, ours.TakeStep(-1 if last else index), rest)


def _direction(node: Node, flow: Flow, index: int, rest: Sequence[Any]) -> Flow:
    if flow.lstm is not None:
        raise NeedsParts(flow.lstm)
    if not -len(flow.parts) <= index < len(flow.parts):
        raise FormatError(f"{node.label}: there is no element {index} of {len(flow.parts)}")
    return Flow((flow.parts[index],), tuple(rest))


def _slice(node: Node, inputs: Inputs) -> Flow:
    flow = flow_of(node, inputs[0])
    for axis, start, end, step in slices(node, inputs, len(flow.axes)):
        flow = _cut(node, flow, axis, (start, end, step))
    return flow


def _cut(node: Node, flow: Flow, axis: int, cut: tuple[int, int, int]) -> Flow:
    start, end, step = cut
    atoms = flow.axes[axis]
    size = 1 if not atoms else atoms[0].size
    far = 2**31 - 1
    if step == 1 and start == 0 and (end >= far or (len(atoms) < 2 and size and end >= size)):
        return flow
    if flow.role(axis) == "direction":
        return _some_directions(node, flow, axis, slice(start, end, step))
    ends_there = end >= far or end == size or end == 0
    if step == 1 and ((start == -1 and ends_there) or end == start + 1 != 0):
        return _pick(node, flow, axis, start, keep=True)
    raise UnsupportedError(f"{node.label}: only the whole of an axis or one step can be cut out")


def _some_directions(node: Node, flow: Flow, axis: int, which: slice) -> Flow:
    if flow.lstm is not None:
        raise NeedsParts(flow.lstm)
    parts = flow.parts[which]
    if not parts:
        raise FormatError(f"{node.label}: cuts out nothing")
    axes = list(flow.axes)
    axes[axis] = () if len(parts) == 1 else (Atom(len(parts), "direction"),)
    return Flow(parts, tuple(axes))


def _split(node: Node, inputs: Inputs) -> list[Thing]:
    flow = flow_of(node, inputs[0])
    axis = axis_of(node, node.get("axis", 0), len(flow.axes))
    if flow.role(axis) != "direction" and flow.axes[axis]:
        raise UnsupportedError(f"{node.label}: only directions can be split")
    count = flow.axes[axis][0].size if flow.axes[axis] else 1
    found: list[Thing] = []
    start = 0
    for size in split_sizes(node, inputs, count or 1):
        found.append(_some_directions(node, flow, axis, slice(start, start + size)))
        start += size
    return found


# ---- pooling and merging ------------------------------------------------------------------------


def _reduce(layer: type[Any]) -> Operator:
    def reduce(node: Node, inputs: Inputs) -> Flow:
        flow = flow_of(node, inputs[0])
        axes = axes_of(node, inputs, len(flow.axes))
        axes = list(range(len(flow.axes))) if axes is None else axes
        long = [one for one in axes if flow.axes[one]]
        if len(long) != 1 or flow.role(long[0]) not in (None, "time"):
            raise UnsupportedError(f"{node.label}: only over time is this supported")
        flow = _pooled(node, flow, long[0], layer)
        if node.get("keepdims", 1):
            return flow
        return flow.with_axes([axis for i, axis in enumerate(flow.axes) if i not in axes])

    return reduce


def _pooled(node: Node, flow: Flow, axis: int, layer: type[Any]) -> Flow:
    """Pool over time, of which one element is left."""
    flow.axes[axis][0].take_role(node.label, "time")
    return flow.called(node.label, layer(), [*flow.axes[:axis], (), *flow.axes[axis + 1 :]])


def _global(layer: type[Any]) -> Operator:
    def pool(node: Node, inputs: Inputs) -> Flow:
        flow = flow_of(node, inputs[0])
        if len(flow.axes) != 3 or flow.role(1) != "feature" or len(flow.axes[2]) != 1:
            raise UnsupportedError(f"{node.label}: takes batch, features, time, in this order")
        return _pooled(node, flow, 2, layer)

    return pool


def merged(node: Node, flows: Sequence[Flow], layer: ours.Layer) -> Flow:
    """Return what a layer gives for several values of the same axes."""
    for flow in flows[1:]:
        unify(node.label, flows[0].axes, flow.axes)
    (value,) = as_values(node.label, layer([flow.one(node.label) for flow in flows]))
    return Flow((value,), flows[0].axes)


def _concat(node: Node, inputs: Inputs) -> Flow:
    flows = [flow_of(node, one) for one in inputs]
    axis = axis_of(node, node.get("axis"), len(flows[0].axes))
    if any(len(flow.axes) != len(flows[0].axes) for flow in flows):
        raise UnsupportedError(f"{node.label}: its inputs have other axes than one another")
    if len(flows) == 1:
        return flows[0]
    rests = [(*flow.axes[:axis], *flow.axes[axis + 1 :]) for flow in flows]
    for rest in rests[1:]:
        unify(node.label, rests[0], rest)
    roles = {flow.role(axis) if flow.axes[axis] else "direction" for flow in flows}
    if roles == {"direction"}:
        return stacked(flows, axis)
    if roles not in ({"feature"}, {"time"}):
        raise UnsupportedError(f"{node.label}: joins axes of {sorted(map(str, roles))}")
    values = [flow.one(node.label) for flow in flows]
    sizes = [flow.axes[axis][0].size for flow in flows]
    total = None if None in sizes else sum(one or 0 for one in sizes)
    layer = ours.Concatenate(-1 if roles == {"feature"} else 1)
    (value,) = as_values(node.label, layer(values))
    axes = list(flows[0].axes)
    axes[axis] = (Atom(total, roles.pop()),)
    return Flow((value,), tuple(axes))


OPERATORS: dict[str, Operator] = {
    "Cast": _identity,
    "Concat": _concat,
    "Dropout": _identity,
    "Expand": _expand,
    "Flatten": _flatten,
    "Gather": _gather,
    "GlobalAveragePool": _global(ours.GlobalAveragePooling1D),
    "GlobalMaxPool": _global(ours.GlobalMaxPooling1D),
    "Identity": _identity,
    "ReduceMax": _reduce(ours.GlobalMaxPooling1D),
    "ReduceMean": _reduce(ours.GlobalAveragePooling1D),
    "Reshape": _reshape,
    "Shape": _shape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
