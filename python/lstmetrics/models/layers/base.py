"""What all layers share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import FormatError, InvalidTypeError, ShapeError
from lstmetrics.models._arguments import FloatArray, float_weight
from lstmetrics.models.values import Call, Value, as_values, results_of

__all__ = ["Layer", "Places"]

Places = Sequence[tuple[int, int]]  # values in a graph's spec: node and index


class Layer(ABC):
    """What all layers share: a name, options, weights.

    Attributes
    ----------
    name : str or None
        Set by the model when the user gives none, as Keras does: ``lstm``, ``lstm_1``.
    weights : dict of str to ndarray
        The weights by name, float32; empty until they are set.
    """

    weight_names: ClassVar[tuple[str, ...]] = ()
    optional_weights: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, name: str | None = None) -> None:
        if name is not None and not (isinstance(name, str) and name):
            raise InvalidTypeError(f"name must be a non-empty string, got {name!r}")
        self.name = name
        self.weights: dict[str, FloatArray] = {}

    @property
    def label(self) -> str:
        """The name, or the class where there is none yet: for messages."""
        return self.name or type(self).__name__

    @abstractmethod
    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """Make a layer from what :meth:`get_config` returned."""
        return cls(**config)

    #: Whether a first layer without an input shape is taken to read sequences.
    takes_sequence: ClassVar[bool] = False
    #: Whether each step is taken by itself, so that TimeDistributed changes nothing.
    step_by_step: ClassVar[bool] = False

    @property
    def output_count(self) -> int:
        """How many values a call gives."""
        return 1

    @property
    def state_count(self) -> int:
        """How many recurrent directions it has, each with a (hidden, cell) pair."""
        return 0

    @property
    def is_stateful(self) -> bool:
        """Whether its states are carried from one batch to the next."""
        return False

    def __call__(self, inputs: Any, **options: Any) -> Any:
        """Use the layer on values, such as an :class:`Input` or what other layers have given.

        Parameters
        ----------
        inputs : Value, Input, or a sequence of them
            What the layer takes.
        **options
            ``initial_state=`` for recurrent layers: the values they start from.

        Returns
        -------
        Value or list of Value
            What the layer gives.
        """
        values = as_values(self.label, inputs)
        state = options.pop("initial_state", None)
        if state is not None:
            values += as_values(f"{self.label}: initial_state", state)
        if options:
            raise InvalidTypeError(
                f"{self.label} got an unexpected keyword argument {next(iter(options))!r}"
            )
        return self.called_on(values)

    def called_on(self, values: tuple[Value, ...]) -> Value | list[Value]:
        """Return the values of a call; see :meth:`__call__`."""
        return results_of(Call(self, values), self.output_count)

    @abstractmethod
    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node.

        Shapes can be had without the weights, which are copied otherwise.
        """

    def known_features(self) -> int | None:
        """Return how many features the weights take; None while there are none."""
        kernel = self.weights.get("kernel")
        return int(kernel.shape[0]) if kernel is not None and kernel.ndim == 2 else None

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Set all weights, in Keras's order (:attr:`weight_names`).

        Parameters
        ----------
        weights : sequence of array_like of float
            One array per weight; those that the options leave out (a bias with
            ``use_bias=False``) are left out here too.

        Raises
        ------
        lstmetrics.errors.ShapeError
            The number of arrays is another. Shapes are checked when the model is built.
        """
        names = self._names_for(len(weights))
        self.weights = {
            name: float_weight(f"{self.label}: {name}", value)
            for name, value in zip(names, weights, strict=True)
        }

    def get_weights(self) -> list[FloatArray]:
        """Return the weights in Keras's order."""
        return [self.weights[name] for name in self.weight_names if name in self.weights]

    def weight_count(self) -> int:
        """Return how many arrays :meth:`set_weights` takes."""
        return len(self._expected_names())

    def named_weights(self) -> dict[str, FloatArray]:
        """Return the weights by name, for files."""
        return dict(self.weights)

    def load_named_weights(self, weights: Mapping[str, FloatArray]) -> None:
        """Take what :meth:`named_weights` returned; anything else is a FormatError."""
        required = set(self._expected_names())
        allowed = required | (self.optional_weights if required else set())
        if not required <= set(weights) <= allowed:
            raise FormatError(
                f"layer {self.label!r} takes the weights {sorted(required)}, the file has "
                f"{sorted(weights)}"
            )
        self.weights = {name: weights[name] for name in self.weight_names if name in weights}

    def state(self) -> Any:
        """Return what :meth:`restore` takes back: the weights as they are."""
        return self.weights

    def restore(self, state: Any) -> None:
        """Put the weights back as :meth:`state` gave them."""
        self.weights = state

    def _weights_for(self, with_weights: bool) -> Mapping[str, FloatArray]:
        return self.weights if with_weights else {}

    def _expected_names(self) -> tuple[str, ...]:
        return tuple(n for n in self.weight_names if n not in self.optional_weights)

    def _names_for(self, count: int) -> tuple[str, ...]:
        names = self._expected_names()
        if count == len(names):
            return names
        raise ShapeError(
            f"{self.label}: set_weights takes {len(names)} arrays "
            f"({', '.join(names) or 'none'}), got {count}"
        )

    def __repr__(self) -> str:
        arguments = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({arguments})"
