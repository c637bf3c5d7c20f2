"""How often the next token was the likeliest, or among the k likeliest."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics._token_questions import Options, ask
from lstmetrics.metrics._tokens import Inputs

__all__ = ["token_accuracy", "top_k_token_accuracy"]

Floats = npt.NDArray[np.float64]
PerToken = Literal["mean", "sequence", "none"]

_PER_TOKEN = ("mean", "sequence", "none")


def token_accuracy(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    inputs: Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    context: npt.ArrayLike | None = None,
    reduction: PerToken = "mean",
) -> float | Floats | npt.NDArray[np.bool_]:
    """Fraction of tokens that were the likeliest.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
        Scores of each possible next token.
    targets : array-like of shape (...), integers
        The tokens that came.
    inputs, ignore_index, mask, sample_weight, context
        As in :func:`cross_entropy`.
    reduction : {'mean', 'sequence', 'none'}, default='mean'
        Of all tokens, or of each sequence; or whether each token was, False for those left out.

    Returns
    -------
    float, or ndarray of shape (...) for 'none', and without the steps for 'sequence'
        From 0 to 1; of equal logits the lowest index is the likeliest; NaN when no token is left.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        As :func:`cross_entropy`.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.metrics import token_accuracy
    >>> token_accuracy(np.eye(3), [0, 1, 0])
    0.6666666666666666
    >>> token_accuracy(np.eye(3), [0, 1, 0], reduction="none")
    array([ True,  True, False])
    """
    options = Options(inputs, ignore_index, mask, sample_weight, context, reduction)
    return ask(  # type: ignore[no-any-return]
        "token_accuracy", "token_accuracy", logits, targets, options, _PER_TOKEN
    )


def top_k_token_accuracy(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    k: int = 5,
    inputs: Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    context: npt.ArrayLike | None = None,
    reduction: PerToken = "mean",
) -> float | Floats | npt.NDArray[np.bool_]:
    """Fraction of tokens that were among the k likeliest.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
        Scores of each possible next token.
    targets : array-like of shape (...), integers
        The tokens that came.
    k : int, default=5
        How many of the likeliest tokens are looked at.
    inputs, ignore_index, mask, sample_weight, context
        As in :func:`cross_entropy`.
    reduction : {'mean', 'sequence', 'none'}, default='mean'
        Of all tokens, or of each sequence; or whether each token was, False for those left out.

    Returns
    -------
    float, or ndarray of shape (...) for 'none', and without the steps for 'sequence'
        From 0 to 1; of equal logits those at lower indices come first; NaN when no token is left.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        As :func:`cross_entropy`.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.metrics import top_k_token_accuracy
    >>> top_k_token_accuracy([[0.3, 0.2, 0.5], [0.1, 0.7, 0.2]], [0, 0], k=2)
    0.5
    """
    options = Options(inputs, ignore_index, mask, sample_weight, context, reduction)
    if isinstance(k, bool) or not isinstance(k, int | np.integer) or k < 1:
        raise parameters.refuse("k", "top_k_token_accuracy", "an int in the range [1, inf)", k)
    return ask(  # type: ignore[no-any-return]
        "top_k_token_accuracy",
        "top_k_accuracy",
        logits,
        targets,
        options,
        _PER_TOKEN,
        int(k),
    )
