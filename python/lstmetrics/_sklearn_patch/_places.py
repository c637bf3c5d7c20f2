"""Where scikit-learn holds its metric functions: attributes of its modules, and scorers."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from types import FunctionType
from typing import Any

from lstmetrics._sklearn_patch._replacements import Replacement

__all__ = ["exchange"]

Function = Callable[..., Any]


def exchange(pairs: Iterable[tuple[Function, Function]]) -> None:
    """Put the second of each pair wherever scikit-learn holds the first.

    Those places are the attributes of its loaded modules (``from sklearn.metrics import f1_score``
    makes one in whichever module says so) and the functions of the scorers it has made.
    """
    instead = dict(pairs)
    scorers = sys.modules["sklearn.metrics._scorer"]
    for namespace in _namespaces():
        # A module may be filling up in another thread: look at a copy.
        for name, value in list(namespace.items()):
            if type(value) in (FunctionType, Replacement):
                if value in instead:
                    namespace[name] = instead[value]
            elif issubclass(type(value), scorers._BaseScorer):
                _exchange_in(value, instead)
    for scorer in list(scorers._SCORERS.values()):
        _exchange_in(scorer, instead)


def _namespaces() -> Iterator[dict[str, Any]]:
    for name, module in list(sys.modules.items()):
        if name == "sklearn" or name.startswith("sklearn."):
            namespace = getattr(module, "__dict__", None)
            if type(namespace) is dict:
                yield namespace


def _exchange_in(scorer: Any, instead: dict[Function, Function]) -> None:
    held = scorer._score_func
    if type(held) in (FunctionType, Replacement) and held in instead:
        scorer._score_func = instead[held]
