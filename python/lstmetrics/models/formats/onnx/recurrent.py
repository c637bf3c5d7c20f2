"""The LSTM node (https://onnx.ai/onnx/operators/onnx__LSTM.html)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, ShapeError, UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models._arguments import float_weight
from lstmetrics.models.formats.gates import in_our_order
from lstmetrics.models.formats.onnx.activations import lstm_activation, takes_parameters
from lstmetrics.models.formats.onnx.axes import Atom, Axis, Dim
from lstmetrics.models.formats.onnx.flows import Flow, Given, Thing, feature
from lstmetrics.models.formats.onnx.folding import Filled
from lstmetrics.models.formats.onnx.proto import Node
from lstmetrics.models.values import Value, as_values

__all__ = ["run_lstm"]

AnyArray = npt.NDArray[Any]
_GATES = "iofg"
_DEFAULTS = ("Sigmoid", "Tanh", "Tanh")
_INPUTS = ("X", "W", "R", "B", "sequence_lens", "initial_h", "initial_c", "P")


class _Lstm:
    """A node taken apart."""

    def __init__(self, node: Node, inputs: Sequence[Thing | None]) -> None:
        self.node = node
        self.label = node.label
        given = dict(zip(_INPUTS, inputs, strict=False))
        self.x = given["X"]
        self.lengths = given.get("sequence_lens")
        self.states = [given.get("initial_h"), given.get("initial_c")]
        direction = node.get("direction", "forward")
        self.directions = {"forward": 1, "reverse": 1, "bidirectional": 2}.get(direction, 0)
        if not self.directions:
            raise FormatError(f"{self.label}: direction {direction!r} is none")
        self.reverse = direction == "reverse"
        self.batch_first = bool(node.get("layout", 0))
        self.units = node.get("hidden_size")
        self._check_weights(given)
        if node.get("input_forget", 0):
            raise UnsupportedError(f"{self.label}: input_forget=1 is not supported")
        peepholes = given.get("P")
        if peepholes is not None and not _all_zero(peepholes):
            raise UnsupportedError(f"{self.label}: peepholes (input P) are not supported")

    def _check_weights(self, given: dict[str, Any]) -> None:
        for name in ("W", "R", "B"):
            if isinstance(given.get(name), Flow | Filled):
                raise UnsupportedError(f"{self.label}: {name} must be an array of the file")
        w, r, self.b = given.get("W"), given.get("R"), given.get("B")
        if w is None or r is None or w.ndim != 3 or r.ndim != 3:
            raise ShapeError(f"{self.label}: W and R must have three dimensions")
        self.w: AnyArray = w
        self.r: AnyArray = r
        if not isinstance(self.units, int):
            self.units = self.r.shape[2]
        rows = 4 * self.units
        for name, array, shape in (
            ("W", self.w, (self.directions, rows, self.w.shape[2])),
            ("R", self.r, (self.directions, rows, self.units)),
            ("B", self.b, (self.directions, 2 * rows)),
        ):
            if array is not None and array.shape != shape:
                raise ShapeError(f"{self.label}: {name} must have shape {shape}, got {array.shape}")

    def activations(self, direction: int) -> dict[str, Any]:
        """Return the arguments of our layer for the activations of a direction."""
        kinds = self.node.get("activations") or list(_DEFAULTS) * self.directions
        if len(kinds) != 3 * self.directions:
            raise FormatError(f"{self.label}: {len(kinds)} activations, 3 a direction are needed")
        alphas = list(self.node.get("activation_alpha", []))
        betas = list(self.node.get("activation_beta", []))
        found = []
        for kind in kinds:
            wanted = takes_parameters(kind)
            given = [values.pop(0) for values in (alphas, betas)[:wanted] if values]
            name = lstm_activation(kind, given)
            if name is None:
                raise UnsupportedError(f"{self.label}: the activation {kind!r} is not supported")
            found.append(name)
        gates, cell, hidden = found[3 * direction : 3 * direction + 3]
        output = None if hidden == cell else hidden
        return {"activation": cell, "recurrent_activation": gates, "output_activation": output}

    def layer(self, direction: int, *, backwards: bool, **options: Any) -> ours.LSTM:
        """Return our layer for a direction."""
        layer = ours.LSTM(
            self.units,
            go_backwards=backwards,
            use_bias=self.b is not None,
            clip=float(self.node.get("clip", 0.0)),
            clear_empty_rows=self.lengths is not None,
            **self.activations(direction),
            **options,
        )
        weights = {"kernel": self.w[direction].T, "recurrent_kernel": self.r[direction].T}
        if self.b is not None:
            weights["bias"], weights["recurrent_bias"] = np.split(self.b[direction], 2)
        layer.weights = {
            name: in_our_order(float_weight(f"{self.label}: {name}", weight), _GATES)
            for name, weight in weights.items()
        }
        return layer


def run_lstm(
    node: Node, inputs: Sequence[Thing | None], wanted: Sequence[bool], apart: bool
) -> tuple[list[Flow], list[Given], ours.Layer]:
    """Call our layer for a node.

    Parameters
    ----------
    node : Node
        The node.
    inputs : sequence of Flow or Constant or None
        What it takes.
    wanted : sequence of bool
        Whether Y, Y_h and Y_c are used by anything.
    apart : bool
        Whether the graph looks at one direction of Y.

    Returns
    -------
    flows : list of Flow
        Y, Y_h and Y_c.
    states : list of Given
        The states it starts from, hidden ones first, where they are inputs of the graph.
    layer : Layer
        What was called.
    """
    parts = _Lstm(node, inputs)
    value, time, batch = _sequence(parts)
    _check_lengths(parts, time)
    states = _given_states(parts)
    y, h, c = wanted
    options = {"return_sequences": y, "return_state": c or (h and y), "zero_output_for_mask": y}
    results: Sequence[Value]
    if parts.directions == 1:
        aligned = {"restore_order": True} if parts.reverse and y else {}
        layer: ours.Layer = parts.layer(0, backwards=parts.reverse, **options, **aligned)
        results = as_values(parts.label, layer(value))
        joined, final = results[:1], results[1:]
    else:
        forward = parts.layer(0, backwards=False, **options)
        backward = parts.layer(1, backwards=True, **options)
        mode = "concat" if y and not apart else None
        layer = ours.Bidirectional(forward, mode, backward_layer=backward)
        results = as_values(parts.label, layer(value))
        count = 1 if mode else 2
        joined, final = results[:count], results[count:]
    last = joined if not y else final[0::2]
    directions: Axis = () if parts.directions == 1 else (Atom(2, "direction"),)
    units = feature(parts.units)
    whole = node if y and parts.directions == 2 and not apart else None
    order = (batch, time, directions) if parts.batch_first else (time, directions, batch)
    y_flow = Flow(tuple(joined), (*order, units), lstm=whole)
    state_axes = (batch, directions) if parts.batch_first else (directions, batch)
    h_flow = Flow(tuple(last), (*state_axes, units))
    c_flow = Flow(tuple(final[1::2]), (*state_axes, units))
    return [y_flow, h_flow, c_flow], states, layer


def _sequence(parts: _Lstm) -> tuple[Value, Axis, Axis]:
    """Return the input's value, and the axes of time and batch, which are now known to be that."""
    x = parts.x
    if not isinstance(x, Flow):
        raise UnsupportedError(f"{parts.label}: X does not depend on the graph's inputs")
    if len(x.axes) != 3 or x.role(-1) != "feature":
        raise UnsupportedError(f"{parts.label}: X must have three axes, the last one of features")
    time, batch = (x.axes[1], x.axes[0]) if parts.batch_first else x.axes[:2]
    if len(time) != 1 or len(batch) > 1:
        raise UnsupportedError(f"{parts.label}: X has no axis of time alone")
    time[0].take_role(parts.label, "time")
    for atom in batch:
        atom.take_role(parts.label, "batch")
    return x.one(parts.label), time, batch


def _check_lengths(parts: _Lstm, time: Axis) -> None:
    """Refuse lengths that are neither an input nor those of the whole rows."""
    lengths = parts.lengths
    if lengths is None or (isinstance(lengths, Flow) and isinstance(lengths.parts[0], Given)):
        return
    values = {lengths.value} if isinstance(lengths, Filled) else set()
    if isinstance(lengths, np.ndarray):
        values = set(lengths.reshape(-1).tolist())
    whole = all(
        [one.root() for one in value.atoms] == [time[0].root()]
        if isinstance(value, Dim)
        else value == time[0].size
        for value in values
    )
    if isinstance(lengths, Flow) or not values or not whole:
        raise UnsupportedError(
            f"{parts.label}: sequence_lens must be an input of the graph, or absent"
        )
    parts.lengths = None


def _given_states(parts: _Lstm) -> list[Given]:
    """Return the states that the graph is given; none where they are zeros."""
    found: list[Given] = []
    for name, state in zip(("initial_h", "initial_c"), parts.states, strict=True):
        if isinstance(state, Flow):
            if not all(isinstance(one, Given) for one in state.parts):
                raise UnsupportedError(
                    f"{parts.label}: {name} is computed; zeros and inputs of the graph are "
                    "supported"
                )
            if len(state.parts) != parts.directions:
                raise ShapeError(f"{parts.label}: {name} has {len(state.parts)} directions")
            found += state.parts
        elif state is not None and not _all_zero(state):
            raise UnsupportedError(
                f"{parts.label}: {name} is an array of the file that is not zeros; export the "
                "model with the state as an input"
            )
    if len(found) % (2 * parts.directions):
        raise UnsupportedError(f"{parts.label}: only one of initial_h and initial_c is an input")
    return found


def _all_zero(array: Any) -> bool:
    if isinstance(array, Filled):
        return array.is_zero
    return isinstance(array, np.ndarray) and not array.astype(bool).any()
