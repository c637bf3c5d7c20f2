"""Models that can be run: layers between inputs and outputs."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models._inputs import Port, positive_int
from lstmetrics.models.engine import Engine
from lstmetrics.models.layers import Input, Layer
from lstmetrics.models.network import Network, as_inputs
from lstmetrics.models.precision import Precision, as_precision
from lstmetrics.models.running import Runnable
from lstmetrics.models.states import CarriedStates
from lstmetrics.models.text import Vocabulary
from lstmetrics.models.values import Call, Value, as_values

if TYPE_CHECKING:
    from lstmetrics.models.loading import PathLike

__all__ = ["Model"]

FloatArray = npt.NDArray[np.float32]
OneText = Vocabulary | Callable[[str], Sequence[int]]
Text = OneText | Mapping[str, OneText]


class Model(Runnable):
    """A model that is a graph of layers, as Keras's functional ``Model``.

    Parameters
    ----------
    inputs : Input or sequence of Input
        What the model takes.
    outputs : Value or sequence of Value
        What it gives: values that layers gave when they were called.
    name : str, optional
        The model's name.
    text : Vocabulary or callable, optional
        Turns raw strings into the ids that the model takes; saved with it, but for a function from
        a string to ids. For several inputs a mapping from the names of those that take strings.
    labels : sequence of str or int, optional
        What the outputs of a classifier stand for; saved with it.

    Raises
    ------
    lstmetrics.errors.ShapeError
        A layer cannot take what it is given.

    Notes
    -----
    A model without weights has shapes but cannot run. The engine is made when it is first needed,
    and again after weights have changed by :meth:`set_weights`. Running is safe from many threads,
    but for a stateful model, whose batches come one after the other.

    Examples
    --------
    Two readers of one text, side by side:

    >>> from lstmetrics.models import LSTM, Concatenate, Dense, Embedding, Input, Model
    >>> ids = Input((None,))
    >>> vectors = Embedding(50, 8)(ids)
    >>> both = Concatenate()([LSTM(4)(vectors), LSTM(6, go_backwards=True)(vectors)])
    >>> Model(ids, Dense(1, activation="sigmoid")(both)).output_shape
    (None, 1)
    """

    def __init__(
        self,
        inputs: Input | Sequence[Input],
        outputs: Value | Sequence[Value],
        *,
        name: str | None = None,
        text: Text | None = None,
        labels: Sequence[str | int] | None = None,
    ) -> None:
        network = Network(as_inputs(inputs), as_values("Model: outputs", outputs))
        self._start(name or "model", text, labels)
        self._known_network: Network | None = network
        self._check()

    def _start(self, name: Any, text: Text | None, labels: Sequence[str | int] | None) -> None:
        """Set what all models have but their layers."""
        if not isinstance(name, str):
            raise InvalidTypeError(f"name must be a string, got {name!r}")
        self.name = name
        self._text = (
            {name: _vocabulary(one) for name, one in text.items()}
            if isinstance(text, Mapping)
            else _vocabulary(text)
        )
        self.labels = None if labels is None else [_label(label) for label in labels]
        self._precision: Precision = "float32"
        self._engine: Engine | None = None
        self._carried = CarriedStates([])

    # ---- structure --------------------------------------------------------------------------

    @property
    def layers(self) -> list[Layer]:
        """The layers, each behind those it takes values of."""
        return self._network().layers

    @property
    def inputs(self) -> list[Input]:
        """What the model takes, in the order that :meth:`predict` expects."""
        return self._network().inputs

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs."""
        network = self._network()
        return [network.names[one] for one in network.inputs]

    @property
    def text(self) -> Vocabulary | None:
        """What turns raw strings into the ids of the first input that takes strings."""
        if isinstance(self._text, Mapping):
            return next(iter(self._text.values()), None)
        return self._text

    @text.setter
    def text(self, text: OneText | None) -> None:
        self._text = _vocabulary(text)
        self._engine = None
        self._check()

    @property
    def output_shape(self) -> Any:
        """The shape of what the model gives; None stands for any size; a list for several outputs.

        Raises
        ------
        lstmetrics.errors.ShapeError
            The first layer's input shape is not known yet.
        """
        network = self._network()
        shapes = network.spec(with_weights=False).shapes()
        nodes = {call: index for index, call in enumerate(network.calls)}
        found = [tuple(shapes[nodes[value.call]][value.index]) for value in network.outputs]
        return found[0] if len(found) == 1 else found

    @property
    def input_shape(self) -> Any:
        """The shape of what the model takes, None for any size; a list for several inputs."""
        network = self._network()
        shapes = network.spec(with_weights=False).shapes()
        found = [tuple(shapes[index][0]) for index in range(len(network.inputs))]
        return found[0] if len(found) == 1 else found

    @property
    def state_names(self) -> list[str]:
        """The recurrent directions, in the order of their states."""
        return [name for name, *_ in self._built().graph.state_slots]

    @property
    def state_sizes(self) -> list[tuple[int, int]]:
        """The sizes of the hidden and the cell state of each direction."""
        return [(hidden, cell) for _, hidden, cell in self._built().graph.state_slots]

    @property
    def is_language_model(self) -> bool:
        """Whether the model gives one distribution per step, so that tokens have losses."""
        return self._built().graph.is_language_model

    @property
    def takes_ids(self) -> bool:
        """Whether the model's first input takes token ids rather than features."""
        network = self._network()
        return network.takes_ids(network.inputs[0])

    @property
    def vocabulary_size(self) -> int | None:
        """How many token ids the model's first input takes; None when it takes features."""
        network = self._network()
        return network.vocabulary_size(network.inputs[0])

    @property
    def precision(self) -> Precision:
        """How the engine holds tables and matrices: ``"float32"``, ``"bf16"`` or ``"int8"``."""
        return self._precision

    def with_precision(self, precision: Precision) -> Self:
        """Return this model with its tables and matrices held in another precision.

        Layers, weights and text are shared; states are not carried over.

        Parameters
        ----------
        precision : {"float32", "bf16", "int8"}
            ``"bf16"``: weights are rounded to bfloat16 (the nearest, ties to even), half the
            memory; all else is as in float32. ``"int8"``: weights are bytes with a scale for each
            output, a quarter of the memory, and every row that a product takes is rounded to bytes
            with a scale of its own; sums are exact integers (see Notes).

        Returns
        -------
        Model
            The same class of model.

        Raises
        ------
        lstmetrics.errors.InvalidValueError
            Another precision.
        lstmetrics.errors.UnsupportedError
            When it is run: in int8 a layer adds up more than 65,536 products.

        Notes
        -----
        Outputs differ from float32's, as little as the model allows (``lstmetrics evaluate
        --compare-precision`` tells how much it matters), and are the same bits for any batch size,
        number of threads and instruction set, as ever. In int8 an output is

        ``fma(float(sum_k q_k w_k), s_x s_w, start)``

        with the row's bytes ``q_k = rint(x_k (127 / m))`` and scale ``s_x = m / 127`` for its
        largest magnitude ``m``, weights ``w_k = rint(W_k / s_w)`` from -127 to 127, and ``s_w`` the
        largest magnitude of the output's weights over 127, rounded up to 17 significant bits.
        ``start`` is the bias; the gates of an LSTM start there, add the input part, then the
        recurrent part. A row below 2^-100 throughout counts as zeros; one with NaN or an infinity
        gives NaN. Activations, states and normalizations stay float32.

        Examples
        --------
        >>> import lstmetrics, lstmetrics.demo
        >>> model = lstmetrics.load_model(lstmetrics.demo.path("classifier.safetensors"))
        >>> small = model.with_precision("int8")
        >>> abs(small.predict([[1, 2, 3]]) - model.predict([[1, 2, 3]])).max() < 0.02
        np.True_
        """
        other = copy.copy(self)
        other._precision = as_precision(precision)
        other._engine = None
        other._carried = CarriedStates([])
        return other

    def __call__(self, inputs: Any) -> Value | list[Value]:
        """Use the model as a layer of another: its layers are called on other values.

        Parameters
        ----------
        inputs : Value, Input, or a sequence of them
            One for each of the model's inputs.

        Returns
        -------
        Value or list of Value
            What the model gives for them.
        """
        network = self._network()
        given = as_values(self.name, inputs)
        if len(given) != len(network.inputs):
            raise ShapeError(
                f"{self.name} takes {len(network.inputs)} inputs, got {len(given)} values"
            )
        values = {
            (one.value.call, 0): value for one, value in zip(network.inputs, given, strict=True)
        }
        for call in network.calls:
            if isinstance(call.layer, Input):
                continue
            again = Call(
                call.layer, tuple(values[value.call, value.index] for value in call.inputs)
            )
            for index in range(call.layer.output_count):
                values[call, index] = Value(again, index)
        found = [values[value.call, value.index] for value in network.outputs]
        return found[0] if len(found) == 1 else found

    # ---- saving -----------------------------------------------------------------------------

    def get_config(self) -> dict[str, Any]:
        """Return name, layers and calls, vocabulary and labels, JSON-ready."""
        network = self._network()
        layers = {layer: index for index, layer in enumerate(network.layers)}
        calls = {call: index for index, call in enumerate(network.calls)}

        def places(values: Sequence[Value]) -> list[list[int]]:
            return [[calls[value.call], value.index] for value in values]

        return {
            "class_name": "Model",
            "name": self.name,
            "layers": self._layer_configs(network.names),
            "calls": [[layers[call.layer], places(call.inputs)] for call in network.calls],
            "outputs": places(network.outputs),
            **self._common_config(),
        }

    def _layer_configs(self, names: Mapping[Layer, str]) -> list[dict[str, Any]]:
        return [
            {
                "class_name": type(layer).__name__,
                "config": layer.get_config() | {"name": names[layer]},
            }
            for layer in self.layers
        ]

    def _common_config(self) -> dict[str, Any]:
        text: Any = None
        if isinstance(self._text, Mapping):
            given = {name: one for name, one in self._text.items() if one is not None}
            text = {"inputs": {name: _text_config(one) for name, one in given.items()}}
        elif self._text is not None:
            text = _text_config(self._text)
        precision = {} if self._precision == "float32" else {"precision": self._precision}
        return {"text": text, "labels": self.labels, **precision}

    def save(self, path: PathLike, *, self_test: bool = False) -> None:
        """Write the model to a native ``.safetensors`` file.

        Parameters
        ----------
        path : str or path-like
            Where to; must end in ``.safetensors``. The file is written beside and then renamed, so
            that a reader never sees half of it.
        self_test : bool, default=False
            Also write digests of what the model gives for inputs that follow from its description:
            :func:`lstmetrics.load_model` runs it again and compares, to the last bit.

        Raises
        ------
        lstmetrics.errors.InvalidValueError
            The path has another ending.
        lstmetrics.errors.ShapeError
            The model has no weights yet.
        lstmetrics.errors.UnsupportedError
            The model is too large for a self-test.
        """
        from lstmetrics.models.formats.native import write_model

        self._built()
        write_model(self, os.fspath(path), self_test=self_test)

    def summary(self) -> str:
        """Return a table of the layers: name, class, output shape, number of weights."""
        rows = [("Layer", "Output shape", "Weights")]
        for one in self.layer_facts():
            if one["class_name"] == "Input" and len(self.inputs) == 1:
                continue
            shape = ", ".join(str(tuple(own)) for own in one["output_shape"])
            rows.append((f"{one['name']} ({one['class_name']})", shape, f"{one['weights']:,}"))
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        lines = [
            f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}" for row in rows
        ]
        return "\n".join(
            [f'Model "{self.name}"', *lines, f"Total weights: {self.count_params():,}"]
        )

    def layer_facts(self) -> list[dict[str, Any]]:
        """Return name, class, output shapes and number of weights of each call of a layer."""
        return self._network().facts()

    def input_texts(self) -> dict[str, str | None]:
        """Return, of the inputs that take ids, what turns strings into them: its kind and size."""
        return {
            port.name: None if port.text is None else f"{port.text.kind}, {len(port.text)} ids"
            for port in self._ports()
            if port.takes_ids
        }

    def __repr__(self) -> str:
        names = ", ".join(type(layer).__name__ for layer in self.layers)
        return f"<{type(self).__name__} {self.name!r}: {names}>"

    # ---- inside -----------------------------------------------------------------------------

    def make_self_test(self) -> dict[str, Any]:
        """Return the digests that a native file may hold."""
        from lstmetrics.models.self_test import make_self_test

        return make_self_test(self._network(), self._built())

    def check_self_test(self, test: Any) -> None:
        """Run the model again; FormatError where its outputs are others."""
        from lstmetrics.models.self_test import check_self_test

        check_self_test(test, self._network(), self._built())

    def weight_items(self) -> Mapping[str, FloatArray]:
        """Return all weights by a name that is unique in the model."""
        return self._network().weight_items()

    def _network(self) -> Network:
        """Return the layers between inputs and outputs."""
        assert self._known_network is not None
        return self._known_network

    def _ports(self) -> list[Port]:
        """Return what the inputs take."""
        network = self._network()
        texts = self._text if isinstance(self._text, Mapping) else {}
        return [
            Port(
                network.names[one],
                network.takes_ids(one),
                texts.get(network.names[one]) if len(network.inputs) > 1 else self.text,
            )
            for one in network.inputs
        ]

    def _check(self) -> None:
        """Refuse layers that do not fit together, and vocabularies larger than the model's."""
        network = self._network()
        network.spec(with_weights=False).shapes()
        if isinstance(self._text, Mapping):
            unknown = sorted(set(self._text) - set(self.input_names))
            if unknown:
                raise InvalidValueError(f"text: the model has no input {unknown[0]!r}")
        elif self._text is not None and len(network.inputs) > 1:
            raise InvalidTypeError("text must map the names of inputs to vocabularies")
        for one, port in zip(network.inputs, self._ports(), strict=True):
            size = network.vocabulary_size(one)
            if port.text is not None and size is not None and len(port.text) > size:
                raise InvalidValueError(
                    f"text has {len(port.text)} ids, the Embedding's input_dim is {size}"
                )

    def _batch_size(self, given: Any) -> int:
        if given is not None:
            return positive_int("batch_size", given)
        own = [one.batch_size for one in self.inputs if one.batch_size is not None]
        return own[0] if own and self._carried.any else 32

    def _make_engine(self) -> Engine:
        network = self._network()
        spec = network.spec(with_weights=True)
        spec.set_precision(self._precision)
        graph = _core.Graph(spec)
        outputs = graph.output_shapes[-1][-1]
        if self.labels is not None and outputs not in (1, len(self.labels)):
            raise ShapeError(f"the model has {outputs} outputs and {len(self.labels)} labels")
        flags = network.stateful_slots()
        if self._carried.flags != flags:
            self._carried = CarriedStates(flags)
        return Engine(graph, self._ports())

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_engine": None}


def _vocabulary(text: Any) -> Vocabulary | None:
    if text is None or isinstance(text, Vocabulary):
        return text
    if callable(text):
        from lstmetrics.models.text_tokenizers import FunctionVocabulary

        return FunctionVocabulary(text)
    raise InvalidTypeError(f"text must be a Vocabulary or a function, got {type(text).__name__}")


def _text_config(text: Vocabulary) -> dict[str, Any]:
    return {"kind": text.kind, "config": text.get_config()}


def _label(value: Any) -> str | int:
    plain = value.item() if isinstance(value, np.generic) else value
    if isinstance(plain, bool) or not isinstance(plain, str | int):
        raise InvalidTypeError(f"labels must be strings or integers, got {value!r}")
    return plain
