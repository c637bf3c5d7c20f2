"""How the classification functions ask the core."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._multilabel import BY_FUNCTION

__all__ = ["ask"]

_REFUSED = (InvalidValueError, InvalidTypeError)


def ask(
    verb: Callable[..., Any],
    function: str,
    y_true: Any,
    y_pred: Any,
    sample_weight: Any,
    *arguments: Any,
    names: tuple[str, str] = ("y_true", "y_pred"),
    multilabel: Callable[..., Any] | None = None,
) -> Any:
    """Ask the core; bring the arrays into shape, or explain, only if it refuses them as they are.

    A small call is over in about a microsecond: looking at its arguments first, or even a
    ``contextlib.suppress``, would take as long again. Of two indicators, `multilabel` is asked
    instead, or else what stands for the function in ``BY_FUNCTION``.
    """
    if type(y_true) is np.ndarray and type(y_pred) is np.ndarray and sample_weight is None:
        try:
            return verb(y_true, y_pred, None, *arguments)
        except _REFUSED:
            pass
    truth = targets.coded_target(y_true, names[0], function)
    predicted = targets.coded_target(y_pred, names[1], function)
    weights = targets.weights(sample_weight, function)
    of_indicators = multilabel or BY_FUNCTION.get(function)
    if of_indicators is not None and _is_table(truth) and _is_table(predicted):
        return of_indicators(truth, predicted, weights, *arguments)
    try:
        return verb(truth, predicted, weights, *arguments)
    except _REFUSED as error:
        raise targets.explained(error, truth, predicted, weights) from None


def _is_table(target: Any) -> bool:
    return isinstance(target, np.ndarray) and target.ndim == 2
