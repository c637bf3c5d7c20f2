"""Values that flow between layers: the arrows of a graph of layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from lstmetrics.errors import InvalidTypeError

if TYPE_CHECKING:
    from lstmetrics.models.layers.base import Layer

__all__ = ["Call", "Value", "as_values", "results_of"]


class Call:
    """One use of a layer. A layer that is called several times has one set of weights."""

    def __init__(self, layer: Layer, inputs: tuple[Value, ...]) -> None:
        self.layer = layer
        self.inputs = inputs


class Value:
    """One of the values that a call of a layer gives.

    Calling a layer on values gives values; :class:`lstmetrics.models.Model` makes a model of them.

    Parameters
    ----------
    call : Call
        The use of a layer that gives it.
    index : int
        Which of that layer's values.

    Examples
    --------
    >>> from lstmetrics.models import LSTM, Input, Model
    >>> output, hidden, cell = LSTM(4, return_state=True)(Input((None, 3)))
    >>> hidden
    <Value 1 of LSTM>
    """

    def __init__(self, call: Call, index: int) -> None:
        self.call = call
        self.index = index

    def __repr__(self) -> str:
        return f"<Value {self.index} of {self.call.layer.label}>"


def as_values(owner: str, given: Any) -> tuple[Value, ...]:
    """Return one value, or a sequence of them, as a tuple."""
    items: Sequence[Any] = given if isinstance(given, list | tuple) else [given]
    return tuple(_as_value(owner, item) for item in items)


def _as_value(owner: str, item: Any) -> Value:
    if isinstance(item, Value):
        return item
    value = getattr(item, "value", None)  # an Input stands for what it holds
    if isinstance(value, Value):
        return value
    raise InvalidTypeError(
        f"{owner}: expected values that layers give when they are called, got {item!r}; start from "
        "an Input"
    )


def results_of(call: Call, count: int) -> Value | list[Value]:
    """Return the values of a call: one alone, several in a list."""
    values = [Value(call, index) for index in range(count)]
    return values[0] if count == 1 else values
