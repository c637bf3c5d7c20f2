"""Running a language model over texts: the loss of every token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError
from lstmetrics.evaluation.batches import as_batches, as_columns, check_batch, is_stream
from lstmetrics.evaluation.digests import OutputDigest
from lstmetrics.evaluation.duplicates import Duplicates
from lstmetrics.evaluation.options import Options, read_metrics
from lstmetrics.evaluation.precisions import TokenChange
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.surprises import Spoken, Unigrams
from lstmetrics.evaluation.token_run import TokenRun
from lstmetrics.evaluation.tokens import TextFacts, are_texts
from lstmetrics.models.model import Model
from lstmetrics.models.running import Runnable
from lstmetrics.models.text import pad
from lstmetrics.streaming import Tokens

__all__ = ["evaluate_language_model", "next_tokens", "tokens_of"]

Ids = npt.NDArray[Any]

_ROWS = 256  # texts whose losses are held at once; results do not depend on it
_FUNCTION = "evaluate"
_NAMES = frozenset({"inputs", "targets", "lengths", "by", "ids"})


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
    if are_texts(texts):
        if model.text is None:
            raise InvalidTypeError("inputs: got text, but the model has no vocabulary; pass ids")
        ids, ends = model.text.encode(texts)
    else:
        ids, ends = _padded(texts)
    return _one_step_later(ids, ends, lengths)


def _padded(texts: Any) -> tuple[Ids, npt.NDArray[np.int64]]:
    if isinstance(texts, list | tuple) and texts and np.ndim(texts[0]) == 1:
        return pad(texts)
    ids = np.atleast_2d(np.asarray(texts))
    return ids, np.full(ids.shape[0], ids.shape[1], dtype=np.int64)


def _one_step_later(
    ids: Ids, ends: npt.NDArray[np.int64], lengths: npt.ArrayLike | None
) -> tuple[Ids, Ids, npt.NDArray[np.int64]]:
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
    columns: dict[str, Any],
    options: Options,
    *,
    batch_size: int,
    train: Any,
    others: Mapping[str, Model],
) -> Report:
    """Run a language model over texts and report on it; see :func:`lstmetrics.evaluate`."""
    shape = model.output_shape
    vocabulary = int(shape[-1] or 0) if isinstance(shape, tuple) else 0
    run = TokenRun(options, vocabulary)
    run.outputs = OutputDigest("token losses")
    facts, spoken = TextFacts(model.text), Spoken(model.text)
    train_texts = _train_texts(train)
    of_train, unigrams = _training(model, train, batch_size, vocabulary)
    changes = {name: TokenChange() for name in others}
    done = 0
    for batch in _batches(columns):
        ids, following, ends = _read(model, batch, facts)
        if are_texts(batch["inputs"]):
            if run.duplicates is None:
                run.duplicates = Duplicates(near=options.near_duplicates, train=train_texts)
            run.duplicates.add_test(batch["inputs"], [None] * len(ids))
        loss, counted, correct, _ = model.token_losses(
            ids, following, lengths=ends, batch_size=batch_size
        )
        for name, change in changes.items():
            theirs, _, right, _ = others[name].token_losses(
                ids, following, lengths=ends, batch_size=batch_size
            )
            change.update(loss[counted], correct[counted], theirs[counted], right[counted])
        rows, steps = np.nonzero(counted)
        run.own.count(following[counted])
        names = range(done, done + len(ids)) if batch["ids"] is None else batch["ids"]
        run.update(
            loss[counted],
            np.bincount(rows, minlength=len(ids)),
            partial(_shown, spoken, ids, following, rows, steps, names),
            steps=steps + 1,
            correct=correct[counted],
            by=batch["by"],
        )
        done += len(ids)
    run.data |= facts.found()
    report = run.report(model=model.name, train=of_train, unigrams=unigrams)
    changed = [change.row(name, options.drawn) for name, change in changes.items()]
    return replace(report, precisions=changed)


def _train_texts(train: Any) -> Any:
    """Return the training texts, where there are several."""
    if not isinstance(train, tuple) or isinstance(train[0], str) or not are_texts(train[0]):
        return None
    return train[0]


def _shown(
    spoken: Spoken, ids: Ids, following: Ids, rows: Ids, steps: Ids, names: Any, place: int
) -> tuple[str, str, Any, int]:
    """Return what came before a token, the token, its row and its position."""
    row, step = int(rows[place]), int(steps[place])
    return (
        spoken.before(ids[row], step),
        spoken.name(int(following[row, step])),
        names[row],
        step + 1,
    )


def _batches(columns: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Cut texts, or batches of them, into blocks of rows."""
    inputs = columns["inputs"]
    if is_stream(inputs):
        for given in inputs:
            batch = given if isinstance(given, Mapping) else {"inputs": given}
            yield from _batches(check_batch(batch, _NAMES, "inputs", _FUNCTION))
        return
    if isinstance(inputs, str):
        inputs = [inputs]
    elif not are_texts(inputs) and not (len(inputs) and np.ndim(inputs[0]) == 1):
        inputs = np.atleast_2d(np.asarray(inputs))
    others = {name: columns[name] for name in ("targets", "lengths", "ids")}
    rows = {"inputs": inputs, **as_columns(others, columns["by"])}
    yield from as_batches(rows, _ROWS, _FUNCTION)


def _read(
    model: Model, batch: Mapping[str, Any], facts: TextFacts | None = None
) -> tuple[Ids, Ids, npt.NDArray[np.int64] | None]:
    """Return the ids of a block, the ids that come next, and where rows end."""
    inputs, targets, lengths = batch["inputs"], batch["targets"], batch["lengths"]
    if targets is not None:
        ends = None if lengths is None else np.asarray(lengths, np.int64)
        return np.asarray(inputs), np.asarray(targets), ends
    if facts is not None and are_texts(inputs) and model.text is not None:
        return _one_step_later(*facts.encode(inputs), lengths)
    return next_tokens(model, inputs, lengths)


def _training(
    model: Model, train: Any, batch_size: int, vocabulary: int
) -> tuple[dict[str, float] | None, Unigrams | None]:
    """Return what the model reaches on the training data, and how often each token is there."""
    if not isinstance(train, tuple):
        return read_metrics(train), None
    tokens, unigrams = Tokens(), Unigrams(vocabulary)
    columns = dict.fromkeys(_NAMES) | {"inputs": train[0], "targets": train[1]}
    for batch in _batches(columns):
        ids, following, ends = _read(model, batch)
        loss, counted, correct, _ = model.token_losses(
            ids, following, lengths=ends, batch_size=batch_size
        )
        tokens.update_nll(loss[counted], correct=correct[counted])
        unigrams.count(following[counted])
    return tokens.compute(), unigrams
