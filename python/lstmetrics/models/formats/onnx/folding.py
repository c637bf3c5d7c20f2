"""Nodes that depend on no input but its shape: computed when the file is read.

Shapes are arrays of objects: whole numbers, and :class:`Dim` where a size is free. Nothing here may
make an array much larger than the file.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.onnx.axes import Dim, product
from lstmetrics.models.formats.onnx.proto import Node

__all__ = ["Filled", "axes_of", "axis_of", "fold", "folds", "slices", "split_sizes"]

AnyArray = npt.NDArray[Any]
_FREE = 1 << 16  # elements that an array may have whatever the size of the file


class Filled:
    """One number in every place of a shape that may be free, such as states that are zeros."""

    def __init__(self, value: Any) -> None:
        self.value = value

    @property
    def is_zero(self) -> bool:
        """Whether it is zeros."""
        return bool(self.value == 0)


Constant = AnyArray | Filled
_DTYPES = {1: np.float32, 6: np.int32, 7: np.int64, 9: np.bool_, 10: np.float16, 11: np.float64}


def folds(kind: str) -> bool:
    """Tell whether an operator can be computed."""
    return kind in _FOLDS


def fold(node: Node, inputs: Sequence[Constant | None], file_size: int) -> list[Constant]:
    """Compute a node.

    Parameters
    ----------
    node : Node
        The node; :func:`folds` tells whether it can be.
    inputs : sequence of ndarray or Filled or None
        Its inputs.
    file_size : int
        Bytes of the file, which bounds what is made.

    Raises
    ------
    lstmetrics.errors.FormatError
        Shapes do not fit.
    lstmetrics.errors.UnsupportedError
        The result would be far larger than the file, or depends on free sizes.
    """
    if any(isinstance(one, Filled) for one in inputs):
        values = {_only_value(one) for one in inputs} if node.kind == "Concat" else {None}
        if node.kind in _KEEP_FILLED and len(values) == 1:
            return [next(one for one in inputs if isinstance(one, Filled))]
        raise UnsupportedError(f"{node.label}: of an array of a free size this is not supported")
    try:
        found = _FOLDS[node.kind](node, list(inputs))
    except (FormatError, UnsupportedError):
        raise
    except (ValueError, TypeError, IndexError, OverflowError, AttributeError) as error:
        raise FormatError(f"{node.label}: its inputs do not fit: {error}") from None
    results = [_as_array(one) for one in (found if isinstance(found, list) else [found])]
    for one in results:
        if not isinstance(one, Filled) and one.size > _FREE + file_size:
            raise UnsupportedError(f"{node.label}: makes an array far larger than the file")
    return results


def _as_array(thing: Any) -> Constant:
    """Return an array where numpy gives the element itself."""
    if isinstance(thing, np.ndarray | Filled):
        return thing
    array: AnyArray = np.empty((), object if isinstance(thing, Dim) else np.asarray(thing).dtype)
    array[()] = thing
    return array


def _only_value(thing: Constant | None) -> Any:
    """Return the number that stands everywhere; the thing itself where there are several."""
    if isinstance(thing, np.ndarray):
        values = set(thing.reshape(-1).tolist())
        return values.pop() if len(values) == 1 else thing.tobytes()
    return None if thing is None else thing.value


def slices(node: Node, inputs: Sequence[Any], rank: int) -> list[tuple[int, int, int, int]]:
    """Return (axis, start, end, step) of each axis that a Slice cuts."""
    if len(inputs) > 1:
        starts, ends = (np.asarray(one).reshape(-1).tolist() for one in inputs[1:3])
        axes = None if len(inputs) < 4 or inputs[3] is None else inputs[3].reshape(-1).tolist()
        steps = None if len(inputs) < 5 or inputs[4] is None else inputs[4].reshape(-1).tolist()
    else:
        starts, ends, axes, steps = node.get("starts"), node.get("ends"), node.get("axes"), None
    axes = list(range(len(starts))) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    return [
        (axis_of(node, a, rank), b, c, d)
        for a, b, c, d in zip(axes, starts, ends, steps, strict=True)
    ]


def axis_of(node: Node, axis: Any, rank: int) -> int:
    """Return an axis counted from the front."""
    if not isinstance(axis, int) or not -rank <= axis < rank:
        raise FormatError(f"{node.label}: there is no axis {axis!r} of {rank}")
    return axis % rank


def axes_of(node: Node, inputs: Sequence[Any], rank: int) -> list[int] | None:
    """Return the axes that an attribute, or the second input since opset 13, names."""
    axes = node.get("axes")
    if axes is None and len(inputs) > 1 and inputs[1] is not None:
        axes = np.asarray(inputs[1]).reshape(-1).tolist()
    return None if axes is None else [axis_of(node, int(one), rank) for one in axes]


# ---- operators ----------------------------------------------------------------------------------


def _constant(node: Node, inputs: list[Any]) -> AnyArray:
    del inputs
    for name in ("value", "value_int", "value_ints", "value_float", "value_floats"):
        if name in node.attributes:
            value = node.get(name)
            if isinstance(value, np.ndarray):
                return value
            return np.array(value, np.float32 if "float" in name else np.int64)
    raise UnsupportedError(f"{node.label}: constants of this kind are not supported")


def _slice(node: Node, inputs: list[AnyArray]) -> AnyArray:
    array = inputs[0]
    index = [slice(None)] * array.ndim
    for axis, start, end, step in slices(node, inputs, array.ndim):
        index[axis] = slice(start, None if step < 0 and end < -array.shape[axis] else end, step)
    part: AnyArray = array[tuple(index)]
    return part


def _gather(node: Node, inputs: list[AnyArray]) -> AnyArray:
    array, index = inputs
    return np.take(
        array, index.astype(np.int64), axis=axis_of(node, node.get("axis", 0), array.ndim)
    )


def _concat(node: Node, inputs: list[AnyArray]) -> AnyArray:
    arrays = list(inputs)
    if any(one.dtype == object for one in arrays):
        arrays = [one.astype(object) for one in arrays]
    return np.concatenate(arrays, axis=node.get("axis"))


def _unsqueeze(node: Node, inputs: list[AnyArray]) -> AnyArray:
    axes = node.get("axes")
    count = len(axes) if axes is not None else inputs[1].size
    found = axes_of(node, inputs, inputs[0].ndim + count)
    return np.expand_dims(inputs[0], tuple(found or ()))


def _squeeze(node: Node, inputs: list[AnyArray]) -> AnyArray:
    axes = axes_of(node, inputs, inputs[0].ndim)
    return np.squeeze(inputs[0], None if axes is None else tuple(axes))


def _reshape(node: Node, inputs: list[AnyArray]) -> AnyArray:
    array, shape = inputs[0], [int(one) for one in inputs[1].reshape(-1)]
    if not node.get("allowzero", 0):
        shape = [array.shape[i] if one == 0 else one for i, one in enumerate(shape)]
    return array.reshape(shape)


def _transpose(node: Node, inputs: list[AnyArray]) -> AnyArray:
    return np.transpose(inputs[0], node.get("perm"))


def _cast(node: Node, inputs: list[AnyArray]) -> AnyArray:
    if inputs[0].dtype == object:
        return inputs[0]
    if node.get("to") not in _DTYPES:
        raise UnsupportedError(f"{node.label}: casts to a type that is not supported")
    return inputs[0].astype(_DTYPES[node.get("to")])


def _split(node: Node, inputs: list[Any]) -> list[AnyArray]:
    array = inputs[0]
    axis = axis_of(node, node.get("axis", 0), array.ndim)
    sizes = split_sizes(node, inputs, array.shape[axis])
    ends = [sum(sizes[: i + 1]) for i in range(len(sizes) - 1)]
    return list(np.split(array, ends, axis=axis))


def split_sizes(node: Node, inputs: Sequence[Any], size: int) -> list[int]:
    """Return the sizes of the parts of a Split."""
    sizes = node.get("split")
    if sizes is None and len(inputs) > 1 and inputs[1] is not None:
        sizes = np.asarray(inputs[1]).reshape(-1).tolist()
    if sizes is None:
        count = len(node.outputs)
        each = -(-size // count)
        sizes = [max(0, min(each, size - i * each)) for i in range(count)]
    if len(sizes) != len(node.outputs) or sum(sizes) != size or min(sizes) < 0:
        raise FormatError(f"{node.label}: parts of {sizes} of an axis of {size}")
    return list(sizes)


def _expand(node: Node, inputs: list[Any]) -> Constant:
    array, shape = inputs[0], inputs[1].reshape(-1)
    if all(not isinstance(one, Dim) for one in shape) and product(map(int, shape)) <= _FREE:
        return np.broadcast_to(array, np.broadcast_shapes(array.shape, tuple(map(int, shape))))
    return _filled(node, array)


def _filled(node: Node, array: AnyArray) -> Filled:
    values = set(array.reshape(-1).tolist())
    if len(values) != 1:
        raise UnsupportedError(f"{node.label}: only one number can be spread over a free size")
    return Filled(values.pop())


def _constant_of_shape(node: Node, inputs: list[Any]) -> Constant:
    value = node.get("value", np.zeros(1, np.float32)).reshape(-1)
    sizes = inputs[0].reshape(-1)
    if all(not isinstance(one, Dim) for one in sizes) and product(map(int, sizes)) <= _FREE:
        return np.full(tuple(map(int, sizes)), value[0])
    return Filled(value[0])


def _tile(node: Node, inputs: list[Any]) -> Constant:
    return _filled(node, inputs[0])


def _equal(node: Node, inputs: list[Any]) -> AnyArray:
    del node
    a, b = np.broadcast_arrays(*inputs)
    same = [_same(x, y) for x, y in zip(a.reshape(-1), b.reshape(-1), strict=True)]
    return np.array(same, bool).reshape(a.shape)


def _same(x: Any, y: Any) -> bool:
    if isinstance(x, Dim) and isinstance(y, Dim):
        return [one.root() for one in x.atoms] == [one.root() for one in y.atoms]
    return not isinstance(x, Dim) and not isinstance(y, Dim) and bool(x == y)


def _where(node: Node, inputs: list[AnyArray]) -> AnyArray:
    del node
    condition, a, b = inputs
    if object in (a.dtype, b.dtype):
        a, b = a.astype(object), b.astype(object)
    return np.where(condition.astype(bool), a, b)


def _computed(operation: Callable[[Any, Any], Any]) -> Callable[[Node, list[Any]], AnyArray]:
    def compute(node: Node, inputs: list[Any]) -> AnyArray:
        a, b = inputs
        if operation is not operator.mul and object in (a.dtype, b.dtype):
            raise UnsupportedError(f"{node.label}: of free sizes this is not supported")
        result: AnyArray = operation(a, b)
        return result

    return compute


def _shape(node: Node, inputs: list[Any]) -> AnyArray:
    return np.array(inputs[0].shape[node.get("start", 0) : node.get("end")], np.int64)


_FOLDS: dict[str, Callable[[Node, list[Any]], Any]] = {
    "Add": _computed(operator.add),
    "Cast": _cast,
    "Concat": _concat,
    "Constant": _constant,
    "ConstantOfShape": _constant_of_shape,
    "Equal": _equal,
    "Expand": _expand,
    "Gather": _gather,
    "Identity": lambda _, inputs: inputs[0],
    "Mul": _computed(operator.mul),
    "ReduceProd": lambda _, inputs: np.array([product(inputs[0].reshape(-1))], object),
    "Reshape": _reshape,
    "Shape": _shape,
    "Slice": _slice,
    "Split": _split,
    "Squeeze": _squeeze,
    "Sub": _computed(operator.sub),
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Where": _where,
}
_KEEP_FILLED = {
    "Cast",
    "Concat",
    "Expand",
    "Gather",
    "Identity",
    "Reshape",
    "Slice",
    "Squeeze",
    "Tile",
    "Transpose",
    "Unsqueeze",
}
