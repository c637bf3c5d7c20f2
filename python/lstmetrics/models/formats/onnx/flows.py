"""What a name of a graph stands for while our layers are called: values with axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lstmetrics.errors import UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models.formats.onnx.axes import Atom, Axes, Axis, product
from lstmetrics.models.formats.onnx.folding import Constant
from lstmetrics.models.values import Value, as_values

__all__ = ["Flow", "Given", "NeedsParts", "NeedsSteps", "feature", "join_directions", "stacked"]


@dataclass(frozen=True)
class Given:
    """Element `index` of an input that is no input of the model: lengths, or a state."""

    name: str
    index: int


@dataclass(frozen=True)
class Flow:
    """A value of a graph.

    Attributes
    ----------
    parts : tuple of Value or Given
        One for each element of the axis of directions, where there is such an axis; one otherwise,
        and also where an LSTM has joined the directions already.
    axes : Axes
        What its axes stand for.
    linear : tuple, optional
        The arguments of the Dense without a bias that gave it, to which a bias may be added.
    lstm : Any, optional
        The node of the LSTM that has joined its directions.
    """

    parts: tuple[Any, ...]
    axes: Axes
    linear: tuple[Any, ...] | None = None
    lstm: Any = None

    def place(self, axis: int) -> Axis:
        """Return an axis, counted from the front or the back."""
        return self.axes[axis]

    def role(self, axis: int) -> str | None:
        """Return what an axis stands for; None where that is not known or it is several."""
        atoms = self.axes[axis]
        return atoms[0].role if len(atoms) == 1 else None

    def one(self, label: str) -> Value:
        """Return its only value; UnsupportedError where directions are still apart."""
        if len(self.parts) != 1 or any(
            atom.role == "direction" for axis in self.axes for atom in axis
        ):
            raise UnsupportedError(f"{label}: of several directions at once this is not supported")
        value = self.parts[0]
        if not isinstance(value, Value):
            raise UnsupportedError(
                f"{label}: of lengths or states that are given this is not known"
            )
        return value

    def with_axes(self, axes: Sequence[Axis]) -> Flow:
        """Return the same values under other axes."""
        found = replace(self, axes=tuple(axes))
        same = self.linear and axes and self.axes and axes[-1] == self.axes[-1]
        return found if same else replace(found, linear=None)

    def called(self, label: str, layer: ours.Layer, axes: Sequence[Axis] | None = None) -> Flow:
        """Return what a layer gives for it."""
        (value,) = as_values(label, layer(self.one(label)))
        return Flow((value,), self.axes if axes is None else tuple(axes))


Thing = Constant | Flow


class NeedsParts(Exception):  # noqa: N818  (no error: the reader starts anew and knows more)
    """A graph looks at one direction of an LSTM that had joined them."""

    def __init__(self, lstm: Any) -> None:
        super().__init__()
        self.lstm = lstm


class NeedsSteps(Exception):  # noqa: N818
    """A graph lays the steps of a row side by side, so an input's must be as many as it says."""

    def __init__(self, place: tuple[str, int]) -> None:
        super().__init__()
        self.place = place


def feature(size: int) -> Axis:
    """Return an axis of so many features."""
    return (Atom(size, "feature"),)


def join_directions(label: str, flow: Flow, axis: Axis) -> tuple[Flow, Axis]:
    """Join (direction, feature) within an axis; return the flow and what is left of the axis."""
    roles = [atom.role for atom in axis]
    if "direction" not in roles:
        return flow, axis
    at = roles.index("direction")
    if roles[at + 1 : at + 2] != ["feature"]:
        raise UnsupportedError(f"{label}: joins the axis of directions with another than features")
    size = product(atom.size or 0 for atom in axis[at : at + 2])
    if flow.lstm is None:
        flow = replace(flow, parts=(_concatenated(label, flow.parts),))
    flow = replace(flow, lstm=None, linear=None)
    return flow, (*axis[:at], *feature(size), *axis[at + 2 :])


def stacked(flows: Sequence[Flow], axis: int) -> Flow:
    """Put values one behind the other along an axis of one element, or of directions."""
    parts: list[Any] = []
    for flow in flows:
        if flow.lstm is not None:
            raise NeedsParts(flow.lstm)
        parts += flow.parts
    axes = list(flows[0].axes)
    axes[axis] = () if len(parts) == 1 else (Atom(len(parts), "direction"),)
    return Flow(tuple(parts), tuple(axes))


def _concatenated(label: str, parts: Sequence[Any]) -> Value:
    if not all(isinstance(one, Value) for one in parts):
        raise UnsupportedError(f"{label}: joins states that are given")
    (value,) = as_values(label, ours.Concatenate()(list(parts)))
    return value
