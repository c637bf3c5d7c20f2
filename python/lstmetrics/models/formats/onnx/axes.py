"""What the axes of values stand for, whatever order a graph keeps them in.

The layers' own values are (batch, steps, features). A graph keeps other orders, and axes of one
element besides; to move them about changes nothing but the names. So an axis is a tuple of atoms:
none for an axis of one element, one for most, several where a graph has merged axes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lstmetrics.errors import FormatError, UnsupportedError

__all__ = ["Atom", "Axes", "Dim", "reshaped", "unify"]


class Atom:
    """One dimension: of the batch, of time, of features or of directions.

    Parameters
    ----------
    size : int or None
        How large the graph says it is; None where it is free.
    role : {"batch", "time", "feature", "direction"}, optional
        What it stands for; unknown at first for the axes of inputs.
    place : tuple of str and int, optional
        The input, and the axis of it, whose size decides its own; None where that is not free.
    """

    def __init__(
        self, size: int | None, role: str | None = None, place: tuple[str, int] | None = None
    ) -> None:
        self._size = size
        self._role = role
        self._place = place
        self._dropped = False
        self._same: Atom | None = None

    def root(self) -> Atom:
        """Return the one that stands for all that have turned out to be the same dimension."""
        one = self
        while one._same is not None:
            one = one._same
        return one

    @property
    def size(self) -> int | None:
        """How large the graph says it is."""
        return self.root()._size

    @property
    def role(self) -> str | None:
        """What it stands for, once that is known."""
        return self.root()._role

    @property
    def place(self) -> tuple[str, int] | None:
        """The input, and the axis of it, whose size decides its own; None where it is not free."""
        return self.root()._place

    @property
    def dropped(self) -> bool:
        """Whether the graph has no such axis any more."""
        return self.root()._dropped

    def drop(self) -> None:
        """Learn that the graph goes on without it."""
        self.root()._dropped = True

    def take_role(self, label: str, role: str) -> None:
        """Learn what it stands for; UnsupportedError where that is known to be another."""
        one = self.root()
        if one._role not in (None, role):
            raise UnsupportedError(
                f"{label}: takes an axis as that of {role}, which is that of {one._role}"
            )
        one._role = role

    def merge_with(self, label: str, other: Atom) -> None:
        """Learn that another is the same dimension."""
        a, b = self.root(), other.root()
        if a is b:
            return
        if None not in (a._size, b._size) and a._size != b._size:
            raise FormatError(f"{label}: axes of {a._size} and {b._size} elements do not fit")
        if b._role is not None:
            a.take_role(label, b._role)
        if a._size is None:
            a._size = b._size
        a._place = a._place or b._place
        b._same = a


Axis = tuple[Atom, ...]
Axes = tuple[Axis, ...]


class Dim:
    """The size of an axis that is free: a product of atoms, for the arithmetic of shapes."""

    def __init__(self, atoms: Axis) -> None:
        self.atoms = atoms

    @staticmethod
    def of(axis: Axis) -> int | Dim:
        """Return the size of an axis; a number where it is no matter of the input."""
        if all(one.role in ("feature", "direction") for one in axis):
            return product(one.size or 0 for one in axis)
        return Dim(axis)

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Dim):
            return Dim(self.atoms + other.atoms)
        if other == 1:
            return self
        raise UnsupportedError("the size of a free axis times a number is not supported")

    __rmul__ = __mul__


def product(sizes: Iterable[int]) -> int:
    """Multiply whole numbers."""
    result = 1
    for size in sizes:
        result *= size
    return result


def unify(label: str, a: Axes, b: Axes) -> None:
    """Learn that two values have the same axes; FormatError where they cannot."""
    if len(a) != len(b) or any(len(x) != len(y) for x, y in zip(a, b, strict=True)):
        raise UnsupportedError(f"{label}: its inputs have other axes than one another")
    for x, y in zip(a, b, strict=True):
        for one, other in zip(x, y, strict=True):
            one.merge_with(label, other)


def reshaped(label: str, axes: Axes, target: Sequence[Any], *, zero_copies: bool) -> list[Axis]:
    """Return the axes after a Reshape that keeps the order of the atoms.

    Parameters
    ----------
    label : str
        What errors name.
    axes : Axes
        The axes before.
    target : sequence of int or Dim
        Sizes: -1 takes what is left, and 0 an axis as it is where ``zero_copies``.
    zero_copies : bool
        Whether 0 means that.

    Raises
    ------
    lstmetrics.errors.UnsupportedError
        An axis would have to be cut into pieces.
    """
    left = [atom for axis in axes for atom in axis]
    sizes = [_target(label, axes, i, one, zero_copies) for i, one in enumerate(target)]
    if sizes.count(-1) > 1:
        raise FormatError(f"{label}: more than one size of a shape is -1")
    cut = sizes.index(-1) if -1 in sizes else len(sizes)
    front = [_take(label, left, one, 0) for one in sizes[:cut]]
    back = [_take(label, left, one, -1) for one in reversed(sizes[cut + 1 :])]
    if cut == len(sizes):
        if left:
            raise UnsupportedError(f"{label}: the shape leaves an axis out")
        return front
    return [*front, tuple(left), *reversed(back)]


def _target(label: str, axes: Axes, index: int, size: Any, zero_copies: bool) -> Any:
    if isinstance(size, Dim):
        return size.atoms
    if size == 0 and zero_copies:
        if index >= len(axes):
            raise FormatError(f"{label}: no axis {index} to copy")
        return axes[index]
    if size < -1 or size == 0:
        raise FormatError(f"{label}: {size} is no size of an axis")
    return int(size)


def _take(label: str, left: list[Atom], size: Any, end: int) -> Axis:
    """Take so many elements' atoms off one end of those that are left."""
    taken: list[Atom] = []
    if isinstance(size, tuple):
        for atom in size if end == 0 else reversed(size):
            if not left or left[end].root() is not atom.root():
                raise UnsupportedError(f"{label}: the shape changes the order of axes")
            taken.append(left.pop(end))
    elif size == 1:
        if left and left[end].size == 1:
            taken.append(left.pop(end))
    else:
        count = 1
        while count < size:
            if not left or left[end].size is None:
                raise UnsupportedError(f"{label}: an axis of {size} elements cannot be told apart")
            taken.append(left.pop(end))
            count *= taken[-1].size or 0
            if count == 0 or count > size:
                break
        if count != size:
            raise UnsupportedError(f"{label}: the shape cuts an axis into pieces")
    return tuple(taken if end == 0 else reversed(taken))
