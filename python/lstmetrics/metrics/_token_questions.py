"""How language-model metrics ask the core: of all tokens, of each sequence, or of each token."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import ShapeError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _tokens as tokens

__all__ = ["Options", "ask"]


class Options(NamedTuple):
    """What all of these metrics take."""

    inputs: str
    ignore_index: Any
    mask: Any
    sample_weight: Any
    context: Any
    reduction: str


def ask(
    function: str,
    metric: str,
    logits: Any,
    targets: Any,
    options: Options,
    reductions: tuple[str, ...] = ("mean", "sequence"),
    k: int = 1,
    text: Any = None,
) -> Any:
    """Bring the arguments into shape and ask the core, for one value, or a value per sequence."""
    inputs, ignore_index, mask, sample_weight, context, reduction = options
    if reduction not in reductions:
        raise parameters.refuse("reduction", function, f"one of {reductions}", reduction)
    given, shape = tokens.token_input(logits, targets, mask, sample_weight, function, context)
    log_probabilities = tokens.log_probabilities(inputs, function)
    ignored = tokens.check_ignore_index(ignore_index, function)
    if reduction == "none":
        if metric == "cross_entropy":
            return _arrays.token_nll(*given, log_probabilities, ignored).reshape(shape)
        hits = _arrays.token_hits(*given[:3], log_probabilities, ignored, k)
        return hits.reshape(shape)
    asked = _arrays.TOKEN_METRICS["total" if reduction == "sum" else metric]
    if reduction != "sequence":
        number = 0 if text is None else _text_length(text, function)
        return _arrays.token_metric(asked, *given, log_probabilities, ignored, k, number)
    values = np.empty(shape[:-1])
    numbers = None if text is None else _text_lengths(text, values.shape, function)
    _arrays.token_metric_by_sequence(asked, *given, log_probabilities, ignored, k, numbers, values)
    return values if values.ndim else float(values)


def _text_length(value: Any, function: str) -> int:
    number = tokens.whole_numbers(value, "the length of the text", function)
    if number.ndim:
        raise ShapeError(
            f"{function}: one length of the text is expected; one for each sequence goes with "
            "reduction='sequence'"
        )
    return int(number)


def _text_lengths(value: Any, shape: tuple[int, ...], function: str) -> npt.NDArray[Any]:
    array = tokens.whole_numbers(value, "the lengths of the text", function)
    if array.shape != shape:
        raise ShapeError(
            f"{function}: the lengths of the text have shape {array.shape}, expected {shape}: one "
            "for each sequence"
        )
    return array.reshape(-1)
