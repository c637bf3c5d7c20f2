"""Language-model metrics: how well a model predicted each next token."""

from __future__ import annotations

import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.metrics import _tokens as tokens

__all__ = ["cross_entropy", "perplexity"]


def cross_entropy(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    inputs: tokens.Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Mean negative log-likelihood of the target tokens, in nats per token.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float32 or float64
        Scores of each possible next token. Minus infinity rules a token out.
    targets : array-like of shape (...), integers
        The tokens that came, as indices into the last axis of `logits`.
    inputs : {'logits', 'log_probs'}, default='logits'
        What `logits` holds: unnormalised scores, or natural logarithms of probabilities.
    ignore_index : int or None, default=-100
        Targets of this value are left out, as ``torch.nn.functional.cross_entropy`` does.
    mask : array-like of shape (...), booleans or integers, default=None
        Tokens where it is zero are left out.
    sample_weight : array-like of shape (...), default=None
        Weights of the tokens; 1 each when None.

    Returns
    -------
    float
        ``sum(w * nll) / sum(w)`` with ``nll = (m - logit[target]) + log(sum(exp(logits - m)))``,
        m being the row's largest logit, and exact sums over tokens; NaN when none are left.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        For shapes that do not fit, dtypes that cannot be used, targets outside the vocabulary,
        NaN, and negative weights.

    References
    ----------
    C. E. Shannon, "Prediction and entropy of printed English", Bell System Technical Journal 30,
    1951.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.metrics import cross_entropy
    >>> cross_entropy(np.zeros((3, 4)), [0, 2, -100])  # log(4)
    1.3862943611198906
    """
    function = "cross_entropy"
    given = tokens.token_input(logits, targets, mask, sample_weight, function)
    return _arrays.cross_entropy(
        *given,
        tokens.log_probabilities(inputs, function),
        tokens.check_ignore_index(ignore_index, function),
    )


def perplexity(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    inputs: tokens.Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Between how many equally likely tokens the model was in doubt, on average.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float32 or float64
        Scores of each possible next token.
    targets : array-like of shape (...), integers
        The tokens that came.
    inputs, ignore_index, mask, sample_weight
        As in :func:`cross_entropy`.

    Returns
    -------
    float
        ``exp(cross_entropy)``: 1 for a perfect model, the size of the vocabulary for one that
        knows nothing; NaN when no token is left.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        As :func:`cross_entropy`.

    References
    ----------
    F. Jelinek et al., "Perplexity: a measure of the difficulty of speech recognition tasks",
    Journal of the Acoustical Society of America 62, 1977.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.metrics import perplexity
    >>> perplexity(np.zeros((3, 4)), [0, 2, 1])
    4.0
    """
    function = "perplexity"
    given = tokens.token_input(logits, targets, mask, sample_weight, function)
    return _arrays.perplexity(
        *given,
        tokens.log_probabilities(inputs, function),
        tokens.check_ignore_index(ignore_index, function),
    )
