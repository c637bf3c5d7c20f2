"""From an ONNX file to a model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models import layers as ours
from lstmetrics.models.formats.failures import named
from lstmetrics.models.formats.onnx import activations
from lstmetrics.models.formats.onnx.arithmetic import ARITHMETIC, activation
from lstmetrics.models.formats.onnx.axes import Atom
from lstmetrics.models.formats.onnx.flows import Flow, Given, NeedsParts, NeedsSteps, Thing
from lstmetrics.models.formats.onnx.folding import fold, folds
from lstmetrics.models.formats.onnx.operators import OPERATORS
from lstmetrics.models.formats.onnx.patterns import without_patterns
from lstmetrics.models.formats.onnx.proto import Graph, Node, read_graph
from lstmetrics.models.formats.onnx.recurrent import run_lstm
from lstmetrics.models.model import Model
from lstmetrics.models.values import Value

__all__ = ["FOLDED_ALONE", "read_model", "supported"]

# Through these, the inputs that an LSTM takes as its lengths or states are looked for.
_CARRY = {"Cast", "Expand", "Gather", "Identity", "Reshape", "Slice", "Split", "Squeeze"}
_CARRY |= {"Transpose", "Unsqueeze"}
FOLDED_ALONE = {"ConstantOfShape", "Equal", "ReduceProd", "Tile", "Where"}


def supported() -> list[str]:
    """Return the operators that can be read."""
    return sorted({"Constant", "LSTM", *OPERATORS, *ARITHMETIC, *activations.KINDS})


def read_model(path: str) -> Model:
    """Read a model; see :func:`lstmetrics.load_model`."""
    graph = read_graph(path)
    with named(path, "the graph"):
        graph.nodes = without_patterns(graph)
        unknown = sorted({one.kind for one in graph.nodes} - set(supported()) - FOLDED_ALONE)
        if unknown:
            raise UnsupportedError(
                f"the operators {', '.join(unknown)} are not supported; supported are "
                f"{', '.join(supported())}"
            )
        return _build(graph)


def _build(graph: Graph) -> Model:
    """Call our layers; again where it turns out that something must be known before."""
    apart: set[Node] = set()
    fixed: set[tuple[str, int]] = set()
    while True:  # each turn adds one of finitely many
        try:
            return _Builder(graph, apart, fixed).model()
        except NeedsParts as found:
            apart.add(found.lstm)
        except NeedsSteps as found:
            fixed.add(found.place)


class _Builder:
    """Calls our layers as the nodes say.

    Parameters
    ----------
    graph : Graph
        The graph.
    apart : set of Node
        LSTMs whose directions the graph looks at one by one.
    fixed : set of (str, int)
        Inputs, and the axes of them, which are as long as the graph says.
    """

    def __init__(self, graph: Graph, apart: set[Node], fixed: set[tuple[str, int]]) -> None:
        self._graph = graph
        self._apart = apart
        self._fixed = fixed
        self._things: dict[str, Thing] = dict(graph.constants)
        self._inputs: list[tuple[ours.Input, list[Atom]]] = []
        self._states: dict[ours.Layer, list[Given]] = {}
        self._used = {name for node in graph.nodes for name in node.inputs} | set(graph.outputs)

    def model(self) -> Model:
        """Return the model."""
        self._take_inputs()
        for node in self._graph.nodes:
            inputs = [self._thing(node, name) for name in node.inputs]
            for name, result in zip(node.outputs, self._run(node, inputs), strict=False):
                self._things[name] = result
        outputs = [value for name in self._graph.outputs for value in self._output(name)]
        self._check_axes()
        model = Model([one for one, _ in self._inputs], outputs)
        self._check_states(model)
        model.build()
        return model

    # ---- what goes in and out ---------------------------------------------------------------

    def _take_inputs(self) -> None:
        lengths = self._sources(4, 5)
        states = self._sources(5, 7)
        for name, integers, sizes in self._graph.inputs:
            atoms = [
                Atom(size, place=None if (name, axis) in self._fixed else (name, axis))
                for axis, size in enumerate(sizes)
            ]
            if name in states and not integers:
                self._things[name] = self._given_state(name, atoms)
            elif name in lengths and integers:
                self._things[name] = Flow((Given(name, 0),), tuple((one,) for one in atoms))
            elif name in self._used:
                self._things[name] = self._input(name, integers, atoms)

    def _given_state(self, name: str, atoms: list[Atom]) -> Flow:
        count = atoms[0].size if atoms else None
        if len(atoms) != 3 or count is None or count > self._graph.size:
            raise UnsupportedError(
                f"input {name!r} is a state, whose first axis must say how many layers and "
                "directions there are"
            )
        atoms[2].take_role(name, "feature")
        first = () if count == 1 else (Atom(count, "direction"),)
        parts = tuple(Given(name, index) for index in range(count))
        return Flow(parts, (first, (atoms[1],), (atoms[2],)))

    def _input(self, name: str, integers: bool, atoms: list[Atom]) -> Flow:
        if not integers:
            if len(atoms) not in (2, 3) or atoms[-1].size is None:
                raise UnsupportedError(
                    f"input {name!r}: features must have two or three dimensions, the last one of "
                    "a known size"
                )
            atoms[-1].take_role(name, "feature")
        steps = next((one.size for one in atoms if one.place is None), None)
        shape = [steps] if integers else [*([steps] if len(atoms) == 3 else []), atoms[-1].size]
        one = ours.Input(shape, name=name)
        self._inputs.append((one, atoms))
        return Flow((one.value,), tuple((atom,) for atom in atoms))

    def _sources(self, first: int, end: int) -> set[str]:
        """Return the names from which these inputs of the LSTMs come."""
        makers = {name: node for node in self._graph.nodes for name in node.outputs}
        names = [
            name
            for node in self._graph.nodes
            if node.kind == "LSTM"
            for name in node.inputs[first:end]
            if name
        ]
        found: set[str] = set()
        while names:
            name = names.pop()
            if name in found:
                continue
            found.add(name)
            if name in makers and makers[name].kind in _CARRY:
                names += makers[name].inputs[:1]
        return found

    def _output(self, name: str) -> Iterable[Value]:
        """Return the values of an output; several where it keeps layers or directions apart."""
        thing = self._things.get(name)
        if not isinstance(thing, Flow):
            raise UnsupportedError(f"the output {name!r} does not depend on the inputs")
        if any(not isinstance(part, Value) for part in thing.parts):
            raise UnsupportedError(f"the output {name!r} is an input")
        return thing.parts

    # ---- nodes ------------------------------------------------------------------------------

    def _thing(self, node: Node, name: str) -> Thing | None:
        if not name:
            return None
        if name not in self._things:
            raise FormatError(f"{node.label}: nothing gives {name!r}")
        return self._things[name]

    def _run(self, node: Node, inputs: Sequence[Thing | None]) -> list[Thing]:
        if node.kind == "LSTM":
            return self._lstm(node, inputs)
        arrays = [one for one in inputs if not isinstance(one, Flow)]
        if len(arrays) == len(inputs):
            if not folds(node.kind):
                raise UnsupportedError(f"{node.label}: of arrays alone this is not supported")
            return list(fold(node, arrays, self._graph.size))
        if node.kind in activations.KINDS:
            return [activation(node, inputs, self._graph.opset)]
        operator = OPERATORS.get(node.kind) or ARITHMETIC.get(node.kind)
        if operator is None:
            raise UnsupportedError(
                f"{node.label}: supported only where nothing depends on the graph's inputs"
            )
        found = operator(node, inputs)
        return found if isinstance(found, list) else [found]

    def _lstm(self, node: Node, inputs: Sequence[Thing | None]) -> list[Thing]:
        names = [*node.outputs, "", "", ""][:3]
        wanted = [name in self._used and bool(name) for name in names]
        if not any(wanted):
            return []
        flows, states, layer = run_lstm(node, inputs, wanted, node in self._apart)
        if states:
            self._states[layer] = states
        return list(flows)

    # ---- afterwards -------------------------------------------------------------------------

    def _check_axes(self) -> None:
        """Refuse inputs with more axes than a batch of rows has."""
        for one, atoms in self._inputs:
            kept = [x for x in atoms if x.role != "feature" and not x.dropped]
            if len(kept) > len(one.shape) + (atoms[-1].role != "feature"):
                raise UnsupportedError(
                    f"input {one.name!r} has {len(atoms)} axes, of which {len(kept)} are of a batch"
                )

    def _check_states(self, model: Model) -> None:
        """Refuse states in another order than that of the layers."""
        if not self._states:
            return
        given = [self._states.get(layer, []) for layer in model.layers if layer.state_count]
        for half in (0, 1):
            order = [
                one
                for states in given
                for one in states[half * len(states) // 2 : (half + 1) * len(states) // 2]
            ]
            expected = [Given(order[0].name, index) for index in range(len(order))]
            count = sum(layer.state_count for layer in model.layers)
            if order != expected or len(order) != count:
                raise UnsupportedError(
                    "the states must come from one input of hidden and one of cell states, in the "
                    "order of the layers"
                )
