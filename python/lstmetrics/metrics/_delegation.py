"""What is outside our trade goes to scikit-learn when it is installed, and is counted.

There is one way: a function that meets sparse targets, or something else it does not handle (what
it asks for them raises :class:`OutOfTradeError`), returns ``delegate("f1_score", y_true, y_pred,
...)`` with the arguments as they came. Inside a
delegated call scikit-learn is on its own: what its function calls in turn is not ours, patched or
not.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

from lstmetrics.errors import MissingExtraError, UnsupportedError

__all__ = [
    "HOMES",
    "REPLACES",
    "OutOfTradeError",
    "delegate",
    "delegations",
    "is_delegating",
    "original",
    "scikit_learn",
]

# The attribute of a replacement that holds scikit-learn's own function.
REPLACES = "_lstmetrics_replaces"

# Functions that scikit-learn keeps elsewhere than in `sklearn.metrics`.
HOMES = {"calibration_curve": "sklearn.calibration"}


class OutOfTradeError(UnsupportedError):
    """Input that is understood, and left to scikit-learn."""


class _Thread(threading.local):
    """Of each thread: how many delegated calls run within each other, and how many there were."""

    depth = 0
    delegations = 0


_thread = _Thread()


def scikit_learn(module: str, feature: str) -> ModuleType:
    """Return a module of scikit-learn; say what needs it where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != "sklearn":
            raise
        raise MissingExtraError(feature, "sklearn") from None


def original(function: str, feature: str = "") -> Callable[..., Any]:
    """Return scikit-learn's own function of this name, also while it is patched."""
    home = scikit_learn(HOMES.get(function, "sklearn.metrics"), feature or function)
    found = getattr(home, function)
    return getattr(found, REPLACES, found)  # type: ignore[no-any-return]


def delegate(function: str, *args: Any, **kwargs: Any) -> Any:
    """Return what scikit-learn's function of this name says, and count the call."""
    found = original(function, f"{function} with input of this kind")
    _thread.delegations += 1
    _thread.depth += 1
    try:
        return found(*args, **kwargs)
    finally:
        _thread.depth -= 1


def is_delegating() -> bool:
    """Return whether this thread is inside a delegated call."""
    return _thread.depth > 0


def delegations() -> int:
    """Return how many calls this thread has delegated."""
    return _thread.delegations
