"""From the losses of tokens, computed elsewhere, to a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import accumulate, chain
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation.batches import (
    as_batches,
    as_columns,
    check_batch,
    is_stream,
    refuse_beside_stream,
)
from lstmetrics.evaluation.goals import Goal
from lstmetrics.evaluation.options import Progress, options_of, read_metrics
from lstmetrics.evaluation.plain import number_text
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.surprises import CONTEXT
from lstmetrics.evaluation.token_run import TokenRun

__all__ = ["evaluate_token_losses"]

_FUNCTION = "evaluate_token_losses"
_ROWS = 4096  # of a batch; results do not depend on it
_NAMES = frozenset({"losses", "log_probs", "correct", "tokens", "texts", "by", "ids"})

Floats = npt.NDArray[np.float64]
Sizes = npt.NDArray[np.int64]


def evaluate_token_losses(
    losses: Any = None,
    *,
    log_probs: Any = None,
    correct: Any = None,
    tokens: Sequence[Any] | None = None,
    texts: Sequence[str] | None = None,
    by: Mapping[str, npt.ArrayLike] | None = None,
    ids: Sequence[Any] | None = None,
    vocabulary_size: int | None = None,
    train: Report | Mapping[str, float] | None = None,
    history: Any = None,
    goals: Mapping[str, float] | Iterable[Goal] | None = None,
    level: float = 0.95,
    worst: int = 20,
    progress: Progress | None = None,
) -> Report:
    """Report on a language model by what it said of each token.

    Parameters
    ----------
    losses : sequence of sequences of float, array_like, or iterable of batches
        The negative log-likelihood of each token in nats: a row for each text, or a number for each
        token. Or a stream of mappings with ``losses`` or ``log_probs``, and some of ``correct``,
        ``tokens``, ``texts``, ``by`` and ``ids``, which is read once.
    log_probs : sequence of sequences of float or array_like, optional
        Instead of them, the natural logarithm of the probability of each token that came.
    correct : sequence of sequences of bool or array_like, optional
        Whether the likeliest token was the one that came.
    tokens : sequence of sequences of str or int, or of these, optional
        The tokens themselves: for the most surprising ones, and the perplexity of mere frequencies.
    texts : sequence of str, optional
        What each row's tokens stand for: bits per character and byte follow.
    by : mapping from str to array_like of shape (n,), optional
        Columns by whose values the same metrics are given again.
    ids : sequence, optional
        Names of the rows; numbers by default.
    vocabulary_size : int, optional
        How many tokens the model chooses from: the perplexity of a die.
    train : Report or mapping from str to float, optional
        What the same model reaches on its training data, such as ``{"cross_entropy": 1.2}``.
    history : keras.callbacks.History or mapping, optional
        Losses by epoch: ``loss`` and ``val_loss``.
    goals : mapping from str to float, or iterable of Goal, optional
        What metrics must reach, losses at most; there are no defaults.
    level : float, default=0.95
        Of the confidence intervals.
    worst : int, default=20
        How many of the most surprising tokens are kept.
    progress : callable, optional
        Called after every batch with the rows done, and how many there are or None.

    Returns
    -------
    Report
        Of kind ``"language model"``: cross-entropy, perplexity, bits; the loss by position where
        rows are texts.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError
        Not exactly one of `losses` and `log_probs` is given.
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        Lengths differ, or a value is NaN or more probable than certain.

    Examples
    --------
    >>> from lstmetrics import evaluate_token_losses
    >>> report = evaluate_token_losses(log_probs=[[-1.0, -2.0], [-3.0]], vocabulary_size=50)
    >>> report.metrics["cross_entropy"], report.baseline["uniform_perplexity"]
    (2.0, 50.0)
    """
    options = options_of(goals=goals, history=history, level=level, worst=worst, progress=progress)
    columns = {"log_probs": log_probs, "correct": correct, "tokens": tokens}
    columns |= {"texts": texts, "ids": ids}
    rows = None
    if is_stream(losses):
        refuse_beside_stream(_FUNCTION, columns, by)
        batches: Iterator[Any] = iter(losses)
    else:
        arrays = as_columns({"losses": losses, **columns}, by)
        rows = len(arrays[_given(arrays)])
        batches = as_batches(arrays, _ROWS, _FUNCTION)
    run = TokenRun(options, vocabulary_size)
    known: dict[Any, int] = {}
    done = 0
    for given in batches:
        batch = check_batch(given, _NAMES, _given(given), _FUNCTION)
        done += _add(run, batch, known, done, rows)
    return run.report(train=read_metrics(train))


def _given(columns: Any) -> str:
    """Return which of the two ways to say it is there."""
    known = columns if isinstance(columns, Mapping) else {}
    given = [name for name in ("losses", "log_probs") if known.get(name) is not None]
    if len(given) != 1:
        raise InvalidTypeError(f"{_FUNCTION}: give one of losses and log_probs, got {given}")
    return given[0]


def _add(
    run: TokenRun, batch: dict[str, Any], known: dict[Any, int], done: int, total: int | None
) -> int:
    """Add a batch; return how many rows it had."""
    name = _given(batch)
    flat, sizes, of_rows = _flat(batch[name], name)
    found = np.asarray(flat, np.float64)
    losses = -found if name == "log_probs" else found
    starts = np.fromiter(accumulate(sizes.tolist(), initial=0), np.int64, len(sizes) + 1)
    _check(losses, found, name, starts, done)
    correct = None
    if batch["correct"] is not None:
        correct = np.asarray(_like(batch["correct"], "correct", sizes, of_rows, done), bool)
    tokens = None
    if batch["tokens"] is not None:
        tokens = _like(batch["tokens"], "tokens", sizes, of_rows, done)
        run.own.count([known.setdefault(token, len(known)) for token in tokens])
    names = range(done, done + len(sizes)) if batch["ids"] is None else batch["ids"]
    texts = () if batch["texts"] is None else batch["texts"]
    steps = None
    if of_rows:
        steps = np.arange(1, len(losses) + 1) - np.repeat(starts[:-1], sizes)
    run.update(
        losses,
        sizes,
        partial(_shown, tokens, starts, names),
        steps=steps,
        correct=correct,
        by=batch["by"],
        text="".join(texts),
        total=total,
    )
    return len(sizes)


def _flat(rows: Any, name: str) -> tuple[Any, Sizes, bool]:
    """Return what rows hold one after the other, how much each holds, and whether they are rows."""
    if hasattr(rows, "value_lengths"):
        return np.asarray(rows.flatten()), np.asarray(rows.value_lengths(), np.int64), True
    if isinstance(rows, np.ndarray) and rows.ndim == 2:
        return rows.reshape(-1), np.full(rows.shape[0], rows.shape[1], np.int64), True
    if len(rows) and np.ndim(rows[0]) == 1:
        sizes = np.fromiter(map(len, rows), np.int64, len(rows))
        return list(chain.from_iterable(rows)), sizes, True
    if np.ndim(rows) != 1:
        raise ShapeError(f"{_FUNCTION}: {name} must hold numbers or rows of numbers")
    return rows, np.ones(len(rows), np.int64), False


def _like(rows: Any, name: str, sizes: Sizes, of_rows: bool, done: int) -> Any:
    """Return what rows hold one after the other, as much in each as there are losses."""
    flat, found, nested = _flat(rows, name) if of_rows else (rows, np.ones(len(rows)), False)
    if nested != of_rows and len(sizes):
        raise ShapeError(f"{_FUNCTION}: {name} must hold a row for each row of losses")
    if len(found) != len(sizes):
        raise ShapeError(f"{_FUNCTION}: {len(sizes)} rows of losses and {len(found)} of {name}")
    wrong = np.flatnonzero(found != sizes)
    if wrong.size:
        row = int(wrong[0])
        raise ShapeError(
            f"{_FUNCTION}: row {done + row} has {sizes[row]} losses and {int(found[row])} of {name}"
        )
    return flat.tolist() if isinstance(flat, np.ndarray) else flat


def _check(losses: Floats, found: Floats, name: str, starts: Sizes, done: int) -> None:
    """Refuse NaN, and what would be more probable than certain."""
    wrong = np.flatnonzero(~(losses >= 0))
    if wrong.size:
        place = int(wrong[0])
        row = int(np.searchsorted(starts, place, side="right")) - 1
        bound = "at most" if name == "log_probs" else "at least"
        raise InvalidValueError(
            f"{_FUNCTION}: {name} must be {bound} 0, got {number_text(found[place].item())} "
            f"at row {done + row}, token {place - int(starts[row]) + 1}"
        )


def _shown(
    tokens: Sequence[Any] | None, starts: Sizes, names: Sequence[Any], place: int
) -> tuple[str, str, Any, int]:
    """Return what came before a token, the token, its row and its position."""
    row = int(np.searchsorted(starts, place, side="right")) - 1
    first = int(starts[row])
    if tokens is None:
        return "", "", names[row], place - first + 1
    before = tokens[max(first, place - CONTEXT) : place]
    return " ".join(map(str, before)), str(tokens[place]), names[row], place - first + 1
