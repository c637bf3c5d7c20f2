"""Language-model metrics: how well a model predicted each next token."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from lstmetrics.metrics._token_questions import Options, ask
from lstmetrics.metrics._tokens import Inputs

__all__ = [
    "bits_per_byte",
    "bits_per_character",
    "bits_per_token",
    "cross_entropy",
    "perplexity",
]

Floats = npt.NDArray[np.float64]
ByCorpus = Literal["mean", "sequence"]


def cross_entropy(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    inputs: Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    context: npt.ArrayLike | None = None,
    reduction: Literal["mean", "sum", "sequence", "none"] = "mean",
) -> float | Floats:
    """Mean negative log-likelihood of the target tokens, in nats per token.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
        Scores of each possible next token. Minus infinity rules a token out.
    targets : array-like of shape (...), integers
        The tokens that came, as indices into the last axis of `logits`. Its last axis is the
        steps of a sequence.
    inputs : {'logits', 'log_probs'}, default='logits'
        What `logits` holds: unnormalised scores, or natural logarithms of probabilities.
    ignore_index : int or None, default=-100
        Targets of this value are left out, as ``torch.nn.functional.cross_entropy`` does.
    mask : array-like of shape (...), booleans or integers, default=None
        Tokens where it is zero are left out.
    sample_weight : array-like of shape (...), default=None
        Weights of the tokens; 1 each when None.
    context : int or array-like of shape (...) without the steps, default=None
        How many tokens at the start of each sequence are left out, because another window has
        judged them: see :func:`token_windows`.
    reduction : {'mean', 'sum', 'sequence', 'none'}, default='mean'
        The mean over all tokens; ``sum(w * nll)``; the mean of each sequence; or ``w * nll`` of
        each token, 0 for those left out.

    Returns
    -------
    float, or ndarray of shape (...) for 'none', and without the steps for 'sequence'
        ``sum(w * nll) / sum(w)`` with ``nll = (m - logit[target]) + log(sum(exp(logits - m)))``,
        m being the row's largest logit, and exact sums over tokens; NaN when none are left.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        For shapes that do not fit, dtypes that cannot be used, targets outside the vocabulary and
        rows that hold NaN, naming the row, and negative weights.

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
    >>> cross_entropy(np.zeros((2, 2, 1)), [[0, 0], [0, -100]], reduction="sequence")
    array([0., 0.])
    """
    reductions = ("mean", "sum", "sequence", "none")
    options = Options(inputs, ignore_index, mask, sample_weight, context, reduction)
    function = "cross_entropy"
    return ask(function, function, logits, targets, options, reductions)  # type: ignore[no-any-return]


def perplexity(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    inputs: Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    context: npt.ArrayLike | None = None,
    reduction: ByCorpus = "mean",
) -> float | Floats:
    """Between how many equally likely tokens the model was in doubt, on average.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
        Scores of each possible next token.
    targets : array-like of shape (...), integers
        The tokens that came.
    inputs, ignore_index, mask, sample_weight, context
        As in :func:`cross_entropy`.
    reduction : {'mean', 'sequence'}, default='mean'
        Of all tokens, or of each sequence.

    Returns
    -------
    float, or ndarray of shape (...) without the steps for 'sequence'
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
    options = Options(inputs, ignore_index, mask, sample_weight, context, reduction)
    return ask("perplexity", "perplexity", logits, targets, options)  # type: ignore[no-any-return]


def bits_per_token(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    inputs: Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    context: npt.ArrayLike | None = None,
    reduction: ByCorpus = "mean",
) -> float | Floats:
    """Mean negative log-likelihood of the target tokens, in bits per token.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
        Scores of each possible next token.
    targets : array-like of shape (...), integers
        The tokens that came.
    inputs, ignore_index, mask, sample_weight, context
        As in :func:`cross_entropy`.
    reduction : {'mean', 'sequence'}, default='mean'
        Of all tokens, or of each sequence.

    Returns
    -------
    float, or ndarray of shape (...) without the steps for 'sequence'
        ``cross_entropy / log(2)``; NaN when no token is left.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        As :func:`cross_entropy`.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.metrics import bits_per_token
    >>> bits_per_token(np.zeros((3, 4)), [0, 2, 1])
    2.0
    """
    options = Options(inputs, ignore_index, mask, sample_weight, context, reduction)
    function = "bits_per_token"
    return ask(function, function, logits, targets, options)  # type: ignore[no-any-return]


def bits_per_character(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    characters: int | npt.ArrayLike,
    inputs: Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    context: npt.ArrayLike | None = None,
    reduction: ByCorpus = "mean",
) -> float | Floats:
    """Bits of all target tokens over the characters they stand for: comparable over vocabularies.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
        Scores of each possible next token.
    targets : array-like of shape (...), integers
        The tokens that came.
    characters : int, or array-like of ints of shape (...) without the steps for 'sequence'
        How many characters the tokens that are judged stand for.
    inputs, ignore_index, mask, sample_weight, context
        As in :func:`cross_entropy`.
    reduction : {'mean', 'sequence'}, default='mean'
        Of all tokens, or of each sequence.

    Returns
    -------
    float, or ndarray of shape (...) without the steps for 'sequence'
        ``sum(w * nll) / log(2) / characters``; NaN for no characters.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        As :func:`cross_entropy`; and for characters that are negative or no ints.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.metrics import bits_per_character
    >>> bits_per_character(np.zeros((3, 4)), [0, 2, 1], characters=12)
    0.5
    """
    options = Options(inputs, ignore_index, mask, sample_weight, context, reduction)
    function = "bits_per_character"
    return ask(function, function, logits, targets, options, text=characters)  # type: ignore[no-any-return]


def bits_per_byte(
    logits: npt.ArrayLike,
    targets: npt.ArrayLike,
    *,
    bytes: int | npt.ArrayLike,
    inputs: Inputs = "logits",
    ignore_index: int | None = -100,
    mask: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    context: npt.ArrayLike | None = None,
    reduction: ByCorpus = "mean",
) -> float | Floats:
    """Bits of all target tokens over the bytes they stand for: comparable over vocabularies.

    Parameters
    ----------
    logits : array-like of shape (..., vocabulary), float64, float32, float16 or bfloat16
        Scores of each possible next token.
    targets : array-like of shape (...), integers
        The tokens that came.
    bytes : int, or array-like of ints of shape (...) without the steps for 'sequence'
        How many bytes the tokens that are judged stand for, in UTF-8 as a rule.
    inputs, ignore_index, mask, sample_weight, context
        As in :func:`cross_entropy`.
    reduction : {'mean', 'sequence'}, default='mean'
        Of all tokens, or of each sequence.

    Returns
    -------
    float, or ndarray of shape (...) without the steps for 'sequence'
        ``sum(w * nll) / log(2) / bytes``; NaN for no bytes.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError
        As :func:`cross_entropy`; and for bytes that are negative or no ints.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.metrics import bits_per_byte
    >>> bits_per_byte(np.zeros((3, 4)), [0, 2, 1], bytes=12)
    0.5
    """
    options = Options(inputs, ignore_index, mask, sample_weight, context, reduction)
    function = "bits_per_byte"
    return ask(function, function, logits, targets, options, text=bytes)  # type: ignore[no-any-return]
