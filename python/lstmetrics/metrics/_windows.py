"""Windows over texts that are longer than what a model looks at."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics._tokens import whole_numbers

__all__ = ["Window", "token_windows"]


class Window(NamedTuple):
    """Positions [begin, end) of a text, of which the first `context` have been judged before."""

    begin: int
    end: int
    context: int


def token_windows(
    positions: int | npt.ArrayLike, window: int, stride: int | None = None
) -> Iterator[Window]:
    """Windows that judge every token once, each with as much context as there is room for.

    A position is one prediction: of token ``i + 1`` from the tokens up to ``i``. A text of n tokens
    has ``n - 1`` of them. Run the model on ``ids[begin:end]``, compare its logits with
    ``ids[begin + 1:end + 1]``, and say ``context=`` to the metric, which leaves out what an earlier
    window has judged. The perplexity guide of Hugging Face counts the same tokens in the same
    windows with ``max_length = window + 1``.

    Parameters
    ----------
    positions : int or array-like of shape (n_documents,)
        How many positions the text has; or each document of it, one after the other. No window
        goes over the end of a document: each starts afresh, without context.
    window : int
        The most positions that the model looks at.
    stride : int, default=None
        How far a window starts behind the one before, from 1 to `window`; `window` when None:
        windows that do not overlap.

    Returns
    -------
    iterator of Window
        Named tuples ``(begin, end, context)``. The positions ``begin + context`` to ``end`` of all
        windows are all positions, once each and in order.

    Raises
    ------
    InvalidParameterError, InvalidTypeError, InvalidValueError
        For a window below 1, a stride that is not from 1 to the window, and negative positions.

    References
    ----------
    Hugging Face, "Perplexity of fixed-length models", documentation of transformers.

    Examples
    --------
    >>> from lstmetrics.metrics import token_windows
    >>> [tuple(window) for window in token_windows(10, 4, 3)]
    [(0, 4, 0), (3, 7, 1), (6, 10, 1)]
    >>> [tuple(window) for window in token_windows([5, 2], 4)]
    [(0, 4, 0), (4, 5, 0), (5, 7, 0)]
    """
    function = "token_windows"
    _check_count(window, "window", function, None)
    step = window if stride is None else stride
    _check_count(step, "stride", function, int(window))
    documents = whole_numbers(positions, "positions", function).reshape(-1)
    return _windows(documents, int(window), int(step))


def _check_count(value: Any, name: str, function: str, most: int | None) -> None:
    good = (
        isinstance(value, Integral) and not isinstance(value, bool | np.bool_) and int(value) >= 1
    )
    if not good or (most is not None and int(value) > most):
        end = "inf)" if most is None else f"{most}]"
        raise parameters.refuse(name, function, f"an int in the range [1, {end}", value)


def _windows(documents: npt.NDArray[Any], window: int, stride: int) -> Iterator[Window]:
    start = 0
    for size in documents.tolist():
        judged = begin = 0
        while judged < size:
            end = min(begin + window, size)
            yield Window(start + begin, start + end, judged - begin)
            judged = end
            begin += stride
        start += size
