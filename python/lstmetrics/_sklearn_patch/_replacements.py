"""The callables that stand in scikit-learn's places while it is patched."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from itertools import chain
from types import MethodType
from typing import Any, NamedTuple

import numpy as np

from lstmetrics import metrics
from lstmetrics.errors import InvalidParameterError
from lstmetrics.metrics import _delegation as delegation

__all__ = ["Calls", "Replacement", "replaceable", "replacement"]

# What array-API dispatch does not concern; asking scikit-learn for its configuration takes longer.
_NO_ARRAY_API = (np.ndarray, list, tuple, str, int, float, dict, type(None))


class Calls(NamedTuple):
    """How many calls of a replaced function lstmetrics answered, and how many it passed on."""

    answered: int = 0
    delegated: int = 0


class Replacement:
    """One function of ours, with the looks of scikit-learn's: signature, names, documentation.

    Not a plain function, because those pickle by the module they say they are from. That must be
    scikit-learn's, whose code looks at it; yet who loads one of these, a worker of joblib that
    nobody has patched, is to compute with lstmetrics.
    """

    def __init__(self, name: str) -> None:
        """Look up both functions."""
        original = delegation.original(name, "patch_sklearn")
        functools.update_wrapper(self, original)
        self.calls = Calls()
        self._original = original
        self._ours = getattr(metrics, name)
        self._name = name
        self._configuration = delegation.scikit_learn("sklearn", "patch_sklearn").get_config
        self._counting = threading.Lock()
        setattr(self, delegation.REPLACES, original)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Answer by our function, or pass the call on where it is outside our trade."""
        if delegation.is_delegating():
            return self._original(*args, **kwargs)
        before = delegation.delegations()
        try:
            return self._answer(args, kwargs)
        finally:
            delegated = delegation.delegations() > before
            with self._counting:
                calls = self.calls
                self.calls = Calls(calls.answered + (not delegated), calls.delegated + delegated)

    def _answer(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if _is_array_api(args, kwargs) and self._configuration()["array_api_dispatch"]:
            return delegation.delegate(self._name, *args, **kwargs)
        try:
            return self._ours(*args, **kwargs)
        except InvalidParameterError:
            if not self._configuration()["skip_parameter_validation"]:
                raise
        # scikit-learn was told to look at no parameter: whatever it makes of this one is right.
        return delegation.delegate(self._name, *args, **kwargs)

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        """Bind as a function does; by this, documentation tools know it for one."""
        return self if instance is None else MethodType(self, instance)

    def __reduce__(self) -> tuple[Callable[[str], Replacement], tuple[str]]:
        """Pickle and copy by name: there is one replacement of each function in a process."""
        return replacement, (self._name,)

    def __repr__(self) -> str:
        return f"<function {self._name} at {id(self):#x} of lstmetrics>"


_made: dict[str, Replacement] = {}
_making = threading.Lock()


def replacement(name: str) -> Replacement:
    """Return what replaces scikit-learn's function of this name: always the same object."""
    with _making:
        if name not in _made:
            _made[name] = Replacement(name)
        return _made[name]


def replaceable() -> tuple[str, ...]:
    """Return the functions of ours that scikit-learn has too."""
    shared = {*delegation.scikit_learn("sklearn.metrics", "patch_sklearn").__all__}
    return tuple(name for name in metrics.__all__ if name in shared or name in delegation.HOMES)


def _is_array_api(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    """Return whether an argument may be an array of a library other than numpy."""
    return any(
        not isinstance(value, _NO_ARRAY_API) and hasattr(value, "__dlpack__")
        for value in chain(args, kwargs.values())
    )
