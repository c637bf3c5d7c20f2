"""The states of a language model's evaluation: the loss of every token."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError
from lstmetrics.evaluation.digests import OutputDigest
from lstmetrics.models.running import Runnable
from lstmetrics.models.text import pad
from lstmetrics.streaming import Tokens

__all__ = ["next_tokens", "tokens_of"]


def next_tokens(
    model: Runnable, inputs: Any, lengths: npt.ArrayLike | None = None
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Cut texts into what is read and what comes next.

    Parameters
    ----------
    model : Model
        Its vocabulary turns strings into ids.
    inputs : str, list of str, array_like of int or list of sequences of int
        One text or several.
    lengths : array_like of int, optional
        Where padded texts end.

    Returns
    -------
    ids, targets : ndarray of int, shape (texts, longest - 1)
        Each token but the last, and each but the first.
    lengths : ndarray of int64, shape (texts,)
        How many targets each text has.
    """
    texts = [inputs] if isinstance(inputs, str) else inputs
    if isinstance(texts, list | tuple) and texts and isinstance(texts[0], str):
        if model.text is None:
            raise InvalidTypeError("inputs: got text, but the model has no vocabulary; pass ids")
        ids, ends = model.text.encode(texts)
    elif isinstance(texts, list | tuple) and texts and np.ndim(texts[0]) == 1:
        ids, ends = pad(texts)
    else:
        ids = np.atleast_2d(np.asarray(texts))
        ends = np.full(ids.shape[0], ids.shape[1], dtype=np.int64)
    if lengths is not None:
        ends = np.asarray(lengths, dtype=np.int64)
    return ids[:, :-1], ids[:, 1:], np.maximum(ends - 1, 0)


def tokens_of(
    model: Runnable,
    inputs: Any,
    targets: npt.ArrayLike | None = None,
    *,
    lengths: npt.ArrayLike | None = None,
    batch_size: int = 32,
    outputs: OutputDigest | None = None,
) -> Tokens:
    """Return the state that has seen every predicted token of the texts.

    Parameters
    ----------
    model : Model
        A language model.
    inputs : str, list of str, array_like of int or list of sequences of int
        One text or several.
    targets : array_like of int, optional
        What comes next at each step; by default the texts themselves say it.
    lengths : array_like of int, optional
        Where padded texts end.
    batch_size : int, default=32
        The most rows that run together.
    outputs : OutputDigest, optional
        Takes in the losses, in the order of the texts.

    Returns
    -------
    Tokens
        The state.
    """
    if targets is None:
        inputs, targets, lengths = next_tokens(model, inputs, lengths)
    loss, counted, correct, _ = model.token_losses(
        inputs, targets, lengths=lengths, batch_size=batch_size
    )
    if outputs is not None:
        outputs.update(loss[counted])
    return Tokens().update_nll(loss[counted], correct=correct[counted])
