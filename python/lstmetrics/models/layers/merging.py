"""Layers that make one value of several."""

from __future__ import annotations

from typing import Any

from lstmetrics import _core
from lstmetrics.errors import UnsupportedError
from lstmetrics.models._arguments import choice, refuse_unknown
from lstmetrics.models.layers.base import Layer, Places

__all__ = ["Add", "Average", "Concatenate", "Multiply"]


class _Merge(Layer):
    """What all of them share: how masks join."""

    def __init__(self, masks: str, name: str | None, kwargs: dict[str, Any]) -> None:
        super().__init__(name)
        owner = type(self).__name__
        refuse_unknown(owner, kwargs)
        self.masks = choice(owner, "masks", masks, ("any", "all"))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"masks": self.masks, "name": self.name}

    def _merge(self) -> str:
        return type(self).__name__.lower()

    def add_to(
        self, spec: _core.GraphSpec, name: str, inputs: Places, *, with_weights: bool = True
    ) -> int:
        """Append a call of this layer to a graph's spec; return its node."""
        del with_weights
        return spec.add_merge(name, inputs, self._merge(), self.masks)


class Concatenate(_Merge):
    """Join values along their features, or sequences one behind the other.

    Parameters
    ----------
    axis : int, default=-1
        -1 joins features; 1 joins the steps of sequences.
    masks : {"any", "all"}, default="any"
        Which steps count afterwards: those that count in any input (Keras since 3.4, where an input
        without a mask counts everywhere), or those that count in all (Keras before).
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Concatenate, Input, Model
    >>> a, b = Input((None, 3)), Input((None, 5))
    >>> Model([a, b], Concatenate()([a, b])).output_shape
    (None, None, 8)
    """

    def __init__(
        self, axis: int = -1, *, masks: str = "any", name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(masks, name, kwargs)
        if isinstance(axis, bool) or axis not in (-1, 1, 2):
            raise UnsupportedError(
                f"Concatenate: axis must be -1 (features) or 1 (steps), got {axis!r}"
            )
        self.axis = 1 if axis == 1 else -1

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, JSON-ready."""
        return {"axis": self.axis, **super().get_config()}

    def _merge(self) -> str:
        return "concatenate_steps" if self.axis == 1 else "concatenate_features"


class Add(_Merge):
    """Add values of one shape, from the first to the last.

    Parameters
    ----------
    masks : {"any", "all"}, default="any"
        Which steps count afterwards: those that count in any input (Keras since 3.4, where an input
        without a mask makes all count), or those that count in all that have a mask (Keras before).
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Add, Input, Model
    >>> a, b = Input((2,)), Input((2,))
    >>> Model([a, b], Add()([a, b])).predict([[[1.0, 2.0]], [[10.0, 20.0]]])
    array([[11., 22.]], dtype=float32)
    """

    def __init__(self, *, masks: str = "any", name: str | None = None, **kwargs: Any) -> None:
        super().__init__(masks, name, kwargs)


class Average(_Merge):
    """Average values of one shape: their sum, from the first to the last, divided once.

    Parameters
    ----------
    masks : {"any", "all"}, default="any"
        As :class:`Add` takes it.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Average, Input, Model
    >>> a, b = Input((2,)), Input((2,))
    >>> Model([a, b], Average()([a, b])).predict([[[1.0, 2.0]], [[10.0, 20.0]]])
    array([[ 5.5, 11. ]], dtype=float32)
    """

    def __init__(self, *, masks: str = "any", name: str | None = None, **kwargs: Any) -> None:
        super().__init__(masks, name, kwargs)


class Multiply(_Merge):
    """Multiply values of one shape, from the first to the last.

    Parameters
    ----------
    masks : {"any", "all"}, default="any"
        As :class:`Add` takes it. With ``"any"`` a masked step is no factor, and a product of masked
        steps alone is zero, as in Keras since 3.4.
    name : str, optional
        The layer's name.
    **kwargs
        Keras's arguments for training, without effect.

    Examples
    --------
    >>> from lstmetrics.models import Input, Model, Multiply
    >>> a, b = Input((2,)), Input((2,))
    >>> Model([a, b], Multiply()([a, b])).predict([[[1.0, 2.0]], [[10.0, 20.0]]])
    array([[10., 40.]], dtype=float32)
    """

    def __init__(self, *, masks: str = "any", name: str | None = None, **kwargs: Any) -> None:
        super().__init__(masks, name, kwargs)
