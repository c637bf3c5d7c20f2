"""From tags of sequences to a report: entities found, token by token."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from lstmetrics import _arrays
from lstmetrics.errors import InvalidTypeError
from lstmetrics.evaluation.batches import as_batches, check_batch, is_stream
from lstmetrics.evaluation.classifying import finished
from lstmetrics.evaluation.digests import combined
from lstmetrics.evaluation.goals import Goal
from lstmetrics.evaluation.intervals import Drawn, bootstrapped
from lstmetrics.evaluation.options import Options, Progress, options_of, read_metrics
from lstmetrics.evaluation.report import Report
from lstmetrics.streaming import Entities

__all__ = ["evaluate_tags"]

_FUNCTION = "evaluate_tags"
_ROWS = 1024  # sequences of a batch; results do not depend on it
_NAMES = frozenset({"y_true", "y_pred"})
_RATES = ("precision", "recall", "f1")
_AVERAGES = {"": "micro", "_macro": "macro", "_weighted": "weighted"}


def evaluate_tags(
    y_true: Sequence[Sequence[str]] | Iterable[Mapping[str, Any]],
    y_pred: Sequence[Sequence[str]] | None = None,
    *,
    mode: str | None = None,
    scheme: str | None = None,
    train: Report | Mapping[str, float] | None = None,
    history: Any = None,
    goals: Mapping[str, float] | Iterable[Goal] | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Report:
    """Report on tags of sequences: named entities, chunks, slots.

    Parameters
    ----------
    y_true : sequence of sequences of str, or iterable of batches
        The true tags, such as ``B-PER``, ``I-PER`` and ``O``; or a stream of mappings with
        ``y_true`` and ``y_pred``, which is read once.
    y_pred : sequence of sequences of str, optional
        The predicted tags, of as many sequences and tokens.
    mode, scheme : str, optional
        How tags are read: see :class:`lstmetrics.streaming.Entities`.
    train : Report or mapping from str to float, optional
        What the same tagger reaches on its training data, such as ``{"loss": 0.02}``.
    history : keras.callbacks.History or mapping, optional
        Losses by epoch: ``loss`` and ``val_loss``.
    goals : mapping from str to float, or iterable of Goal, optional
        What metrics must reach; by default precision and recall of entities 0.80, F1 within 0.05
        of both.
    level : float, default=0.95
        Of the confidence intervals.
    replicates, seed : int, default=1000 and 0
        Of the bootstrap; 0 replicates leave out the intervals that need it.
    progress : callable, optional
        Called after every batch with the sequences done, and how many there are or None.

    Returns
    -------
    Report
        Of kind ``"tagging"``: precision, recall and F1 of entities over all types, as the mean over
        types and weighted, and of each type; the accuracy of tokens.

    Raises
    ------
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        Sequences of different lengths, or tags that are none.

    Examples
    --------
    >>> from lstmetrics import evaluate_tags
    >>> report = evaluate_tags([["B-PER", "I-PER", "O", "B-LOC"]], [["B-PER", "I-PER", "O", "O"]])
    >>> report.metrics["precision"], report.metrics["recall"], report.metrics["token_accuracy"]
    (1.0, 0.5, 0.75)
    """
    options = options_of(
        goals=goals,
        history=history,
        level=level,
        replicates=replicates,
        seed=seed,
        progress=progress,
    )
    start = time.perf_counter()
    counts = Entities(mode, scheme)
    rows, done = None, 0
    if is_stream(y_true):
        if y_pred is not None:
            raise InvalidTypeError(f"{_FUNCTION}: of a stream, y_pred comes in its batches")
        batches: Iterator[Any] = iter(y_true)
    else:
        if y_pred is None:
            raise InvalidTypeError(f"{_FUNCTION}: y_pred is missing, the predicted tags")
        columns: dict[str, list[Any]] = {"y_true": list(y_true), "y_pred": list(y_pred)}
        rows = len(columns["y_true"])
        batches = _without_groups(as_batches(columns, _ROWS, _FUNCTION))
    for given in batches:
        batch = check_batch(given, _NAMES, "y_true", _FUNCTION)
        counts.update(batch["y_true"], batch["y_pred"])
        done += len(batch["y_true"])
        if progress is not None:
            progress(done, rows)
    return _report(counts, options, start, read_metrics(train))


def _without_groups(batches: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for batch in batches:
        yield {name: batch[name] for name in _NAMES}


def _report(
    counts: Entities, options: Options, start: float, train: dict[str, float] | None
) -> Report:
    digests = {"entities": counts.digest()}
    found = Report(
        kind="tagging",
        task="entities",
        samples=counts.tokens,
        metrics=_metrics(counts) | {"token_accuracy": counts.token_accuracy()},
        intervals=_intervals(counts, options.drawn),
        labels=list(counts.types),
        per_class=_per_type(counts, options.drawn.level),
        train=train,
        history=options.history,
        digest=combined(digests),
        digests=digests,
        seconds=0.0,
    )
    return finished(found, options, start)


def _metrics(counts: Entities) -> dict[str, float]:
    return {
        f"{name}{suffix}": float(getattr(counts, name)(average=average, zero_division=0))
        for suffix, average in _AVERAGES.items()
        for name in _RATES
    }


def _intervals(counts: Entities, drawn: Drawn) -> dict[str, Any]:
    found = bootstrapped(counts, _metrics, drawn)
    for name in ("precision", "recall"):
        found[name] = counts.interval(name, drawn.level, average="micro", zero_division=0)
    return found | {"token_accuracy": counts.interval("token_accuracy", drawn.level)}


def _per_type(counts: Entities, level: float) -> list[dict[str, Any]]:
    columns = [
        np.asarray(getattr(counts, name)(average=None, zero_division=0)).tolist() for name in _RATES
    ]
    return [
        {
            "label": name,
            **dict(zip(_RATES, rates, strict=True)),
            "support": true,
            "predicted": predicted,
            "precision_interval": list(_arrays.wilson(right, predicted, level)),
            "recall_interval": list(_arrays.wilson(right, true, level)),
        }
        for name, (right, predicted, true), *rates in zip(
            counts.types, counts.counts().tolist(), *columns, strict=True
        )
    ]
