"""Measure and run LSTM text models on CPUs, with the same numbers to the last bit everywhere.

Three rooms under one roof:

- :mod:`lstmetrics.metrics`: functions with scikit-learn's names and signatures, and those of
  language models.
- :mod:`lstmetrics.streaming`: the same metrics as states that update, merge and serialise.
- :mod:`lstmetrics.models`: LSTM models with Keras's layers, run by a SIMD engine of our own.

:func:`lstmetrics.evaluate` puts them together; :func:`lstmetrics.info` tells what is in force.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from lstmetrics import _core

if TYPE_CHECKING:
    from lstmetrics import (
        errors,
        evaluation,
        integrations,
        metrics,
        models,
        numeric,
        runtime,
        streaming,
    )
    from lstmetrics._sklearn_patch import patch_sklearn, unpatch_sklearn
    from lstmetrics.evaluation import (
        Report,
        evaluate,
        evaluate_predictions,
        evaluate_tags,
        evaluate_token_losses,
    )
    from lstmetrics.models import from_torch, load_model
    from lstmetrics.runtime import info, num_threads, set_num_threads

__version__: str = _core.version()

__all__ = [
    "Report",
    "__version__",
    "errors",
    "evaluate",
    "evaluate_predictions",
    "evaluate_tags",
    "evaluate_token_losses",
    "evaluation",
    "from_torch",
    "info",
    "integrations",
    "load_model",
    "metrics",
    "models",
    "num_threads",
    "numeric",
    "patch_sklearn",
    "runtime",
    "set_num_threads",
    "streaming",
    "unpatch_sklearn",
]

# An instruction set forced by the environment that the machine lacks is an error at import, and so
# is a number of threads that is none.
_core.current_isa()
_core.num_threads()

# Where the names live that are fetched when first used: importing lstmetrics stays quick.
_LAZY = {
    "Report": "evaluation",
    "evaluate": "evaluation",
    "evaluate_predictions": "evaluation",
    "evaluate_tags": "evaluation",
    "evaluate_token_losses": "evaluation",
    "from_torch": "models",
    "info": "runtime",
    "load_model": "models",
    "num_threads": "runtime",
    "patch_sklearn": "_sklearn_patch",
    "set_num_threads": "runtime",
    "unpatch_sklearn": "_sklearn_patch",
}
_MODULES = (
    "errors",
    "evaluation",
    "integrations",
    "metrics",
    "models",
    "numeric",
    "runtime",
    "streaming",
)


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return importlib.import_module(f"lstmetrics.{name}")
    if name in _LAZY:
        value = getattr(importlib.import_module(f"lstmetrics.{_LAZY[name]}"), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module 'lstmetrics' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
