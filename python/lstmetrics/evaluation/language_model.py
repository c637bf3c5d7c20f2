"""The states of a language model's evaluation: the loss of every token."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError
from lstmetrics.evaluation.batches import is_stream
from lstmetrics.evaluation.classifying import finished
from lstmetrics.evaluation.digests import OutputDigest, combined
from lstmetrics.evaluation.options import Options, read_metrics
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.surprises import Positions, Surprises, Unigrams
from lstmetrics.models.model import Model
from lstmetrics.models.running import Runnable
from lstmetrics.models.text import pad
from lstmetrics.streaming import Tokens

__all__ = ["evaluate_language_model", "next_tokens", "tokens_of"]

Ids = npt.NDArray[Any]

_ROWS = 256  # texts whose losses are held at once; results do not depend on it
_WITH_INTERVALS = ("cross_entropy", "perplexity", "bits_per_token", "token_accuracy")


def next_tokens(
    model: Runnable, inputs: Any, lengths: npt.ArrayLike | None = None
) -> tuple[Ids, Ids, npt.NDArray[np.int64]]:
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


def evaluate_language_model(
    model: Model,
    inputs: Any,
    targets: Any,
    options: Options,
    *,
    lengths: Any,
    batch_size: int,
    train: Any,
) -> Report:
    """Run a language model over texts and report on it; see :func:`lstmetrics.evaluate`."""
    start = time.perf_counter()
    shape = model.output_shape
    vocabulary = int(shape[-1] or 0) if isinstance(shape, tuple) else 0
    tokens, outputs = Tokens(), OutputDigest("token losses")
    positions, surprises = Positions(), Surprises(options.worst, model.text)
    of_train, unigrams = _training(model, train, batch_size, vocabulary)
    own = Unigrams(vocabulary)
    done = 0
    for ids, following, ends in _blocks(model, inputs, targets, lengths):
        loss, counted, correct, _ = model.token_losses(
            ids, following, lengths=ends, batch_size=batch_size
        )
        outputs.update(loss[counted])
        tokens.update_nll(loss[counted], correct=correct[counted])
        positions.update(loss, counted)
        surprises.update(ids, following, loss, counted, done)
        own.count(following[counted])
        done += len(ids)
        if options.progress is not None:
            options.progress(done, None)
    metrics = {name: value for name, value in tokens.compute().items() if name != "tokens"}
    level = options.drawn.level
    digests = {"tokens": tokens.digest()}
    found = Report(
        kind="language model",
        model=model.name,
        samples=tokens.tokens,
        metrics=metrics,
        intervals={name: tokens.interval(name, level) for name in _WITH_INTERVALS},
        baseline={"uniform_perplexity": float(vocabulary)} | own.baseline(unigrams),
        worst=surprises.rows(),
        positions=positions.rows(level),
        train=of_train,
        history=options.history,
        digest=combined(digests),
        digests=digests | {"outputs": outputs.hexdigest()},
        seconds=0.0,
    )
    return finished(found, options, start)


def _blocks(
    model: Model, inputs: Any, targets: Any, lengths: Any
) -> Iterator[tuple[Ids, Ids, npt.NDArray[np.int64] | None]]:
    """Cut texts into blocks of rows: ids, the ids that come next, and where rows end."""
    if is_stream(inputs):
        for batch in inputs:
            given = batch if isinstance(batch, Mapping) else {"inputs": batch}
            yield from _blocks(model, given["inputs"], given.get("targets"), given.get("lengths"))
        return
    ends = None if lengths is None else np.asarray(lengths, np.int64)
    if targets is not None:
        ids, following = np.asarray(inputs), np.asarray(targets)
        for first in range(0, max(len(ids), 1), _ROWS):
            part = slice(first, first + _ROWS)
            yield ids[part], following[part], None if ends is None else ends[part]
        return
    texts = [inputs] if isinstance(inputs, str) else inputs
    if not isinstance(texts, list | tuple) or not len(texts) or np.isscalar(texts[0]):
        texts = texts if isinstance(texts, list | tuple) and _are_strings(texts) else _rows(texts)
    for first in range(0, max(len(texts), 1), _ROWS):
        part = slice(first, first + _ROWS)
        yield next_tokens(model, texts[part], None if ends is None else ends[part])


def _are_strings(texts: list[Any] | tuple[Any, ...]) -> bool:
    return len(texts) > 0 and isinstance(texts[0], str)


def _rows(ids: Any) -> Ids:
    return np.atleast_2d(np.asarray(ids))


def _training(
    model: Model, train: Any, batch_size: int, vocabulary: int
) -> tuple[dict[str, float] | None, Unigrams | None]:
    """Return what the model reaches on the training data, and how often each token is there."""
    if not isinstance(train, tuple):
        return read_metrics(train), None
    tokens, unigrams = Tokens(), Unigrams(vocabulary)
    for ids, following, ends in _blocks(model, train[0], train[1], None):
        loss, counted, correct, _ = model.token_losses(
            ids, following, lengths=ends, batch_size=batch_size
        )
        tokens.update_nll(loss[counted], correct=correct[counted])
        unigrams.count(following[counted])
    return tokens.compute(), unigrams
