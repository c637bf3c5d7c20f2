"""From tags of sequences to a report: entities found, token by token."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.evaluation.batches import (
    as_batches,
    check_batch,
    is_stream,
    refuse_beside_stream,
)
from lstmetrics.evaluation.classifying import finished
from lstmetrics.evaluation.digests import OutputDigest, combined
from lstmetrics.evaluation.goals import Goal, distances
from lstmetrics.evaluation.intervals import Drawn, bootstrapped
from lstmetrics.evaluation.labels import Indices
from lstmetrics.evaluation.mistakes import WorstMistakes
from lstmetrics.evaluation.options import Options, Progress, options_of, read_metrics
from lstmetrics.evaluation.places import Places
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.slices import TOKENS, SlicesBy, StateSlices, buckets_of
from lstmetrics.streaming import Entities

__all__ = ["TaggingRun", "evaluate_tags"]

_FUNCTION = "evaluate_tags"
_ROWS = 1024  # sequences of a batch; results do not depend on it
_NAMES = frozenset({"y_true", "y_pred", "tokens", "by", "ids"})
_RATES = ("precision", "recall", "f1")
_AVERAGES = {"": "micro", "_macro": "macro", "_weighted": "weighted"}


def evaluate_tags(
    y_true: Sequence[Sequence[str]] | Iterable[Mapping[str, Any]],
    y_pred: Sequence[Sequence[str]] | None = None,
    *,
    mode: str | None = None,
    scheme: str | None = None,
    tokens: Sequence[Any] | None = None,
    by: Mapping[str, npt.ArrayLike] | None = None,
    ids: Sequence[Any] | None = None,
    train: Report | Mapping[str, float] | None = None,
    history: Any = None,
    goals: Mapping[str, float] | Iterable[Goal] | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    worst: int = 20,
    progress: Progress | None = None,
) -> Report:
    """Report on tags of sequences: named entities, chunks, slots.

    Parameters
    ----------
    y_true : sequence of sequences of str, or iterable of batches
        The true tags, such as ``B-PER``, ``I-PER`` and ``O``; or a stream of mappings with
        ``y_true`` and ``y_pred``, and some of ``tokens``, ``by`` and ``ids``, which is read once.
    y_pred : sequence of sequences of str, optional
        The predicted tags, of as many sequences and tokens.
    mode, scheme : str, optional
        How tags are read: see :class:`lstmetrics.streaming.Entities`.
    tokens : sequence of sequences of str, optional
        The tokens themselves, for the worst mistakes.
    by : mapping from str to array_like of shape (n,), optional
        Columns by whose values the same metrics are given again; they also are by the number of
        tokens of a sequence.
    ids : sequence, optional
        Names of the sequences; numbers by default.
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
    worst : int, default=20
        How many of the tokens with a wrong tag are kept.
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
        worst=worst,
        progress=progress,
    )
    run = TaggingRun(options, mode, scheme)
    rows = None
    if is_stream(y_true):
        refuse_beside_stream(_FUNCTION, {"y_pred": y_pred, "tokens": tokens, "ids": ids}, by)
        batches: Iterator[Any] = iter(y_true)
    else:
        if y_pred is None:
            raise InvalidTypeError(f"{_FUNCTION}: y_pred is missing, the predicted tags")
        columns: dict[str, Any] = {"y_true": _rows(y_true), "y_pred": _rows(y_pred)}
        columns |= {"tokens": tokens, "ids": ids, "by": dict(by or {})}
        rows = len(columns["y_true"])
        batches = as_batches(columns, _ROWS, _FUNCTION)
    for given in batches:
        batch = check_batch(given, _NAMES, "y_true", _FUNCTION)
        if batch["y_pred"] is None:
            raise InvalidTypeError(f"{_FUNCTION}: a batch needs y_pred, the predicted tags")
        extra = {name: batch[name] for name in ("by", "tokens", "ids")}
        run.update(batch["y_true"], batch["y_pred"], total=rows, **extra)
    return run.report(train=read_metrics(train))


def _rows(tags: Any) -> Any:
    """Return sequences that can be cut into batches: what is a column stays one."""
    return tags if hasattr(tags, "__getitem__") else list(tags)


class TaggingRun:
    """What an evaluation of tagged sequences has seen so far.

    Memory goes by types, slices and the mistakes that are kept.

    Parameters
    ----------
    options : Options
        What else is asked for.
    mode, scheme : str, optional
        How tags are read: see :class:`lstmetrics.streaming.Entities`.
    """

    def __init__(
        self, options: Options, mode: str | None = None, scheme: str | None = None
    ) -> None:
        self.start = time.perf_counter()
        self.counts = Entities(mode, scheme)
        self.data: dict[str, Any] = {}
        self.outputs: OutputDigest | None = None
        self._options = options
        self._worst = WorstMistakes(options.worst)
        self._with_scores = False
        self._slices = SlicesBy(lambda column: StateSlices(column, Entities(mode, scheme)))
        self._rows = 0

    def update(
        self,
        truth: Any,
        predicted: Any,
        *,
        confidence: npt.NDArray[Any] | None = None,
        by: Mapping[str, npt.ArrayLike] | None = None,
        tokens: Sequence[Any] | None = None,
        ids: Sequence[Any] | None = None,
        total: int | None = None,
    ) -> None:
        """Add a batch of sequences: true and predicted tags, and how sure of each token."""
        true, sizes = _flat(truth)
        if tokens is not None:
            _check_tokens(tokens, sizes, self._rows)
        self.counts.update(truth, predicted)
        called, _ = _flat(predicted)
        rows = len(sizes)
        columns = {**(by or {}), TOKENS: buckets_of(sizes)}
        self._slices.update(columns, rows, _lists(truth), _lists(predicted))
        names = range(self._rows, self._rows + rows) if ids is None else ids
        self._keep_worst(true, called, sizes, confidence, tokens, names)
        self._rows += rows
        if self._options.progress is not None:
            self._options.progress(self._rows, total)

    def _keep_worst(
        self,
        true: npt.NDArray[Any],
        called: npt.NDArray[Any],
        sizes: Indices,
        confidence: npt.NDArray[Any] | None,
        tokens: Sequence[Any] | None,
        names: Sequence[Any],
    ) -> None:
        """Keep the tokens whose tag is wrong, each a mistake of its own."""
        wrong = np.flatnonzero(true != called)
        place = Places(sizes, tokens, names)
        self._with_scores |= confidence is not None
        self._worst.update(
            true[wrong],
            called[wrong],
            None if confidence is None else confidence[wrong],
            None if tokens is None else place.texts(),
            place.names(),
            owners=wrong,
        )

    def metrics(self) -> dict[str, float]:
        """Return the headline metrics so far."""
        return _all_metrics(self.counts)

    def report(self, *, model: str | None = None, train: dict[str, float] | None = None) -> Report:
        """Return what was found, with diagnosis and verdict."""
        counts, drawn = self.counts, self._options.drawn
        digests = {"entities": counts.digest()}
        outputs = {} if self.outputs is None else {"outputs": self.outputs.hexdigest()}
        found = Report(
            kind="tagging",
            task="entities",
            model=model,
            samples=counts.tokens,
            metrics=self.metrics(),
            intervals=_intervals(counts, drawn),
            labels=list(counts.types),
            per_class=_per_type(counts, drawn.level),
            slices=self._slices.rows(partial(_of_slice, drawn.level)),
            worst=self._worst.rows(self._with_scores),
            train=train,
            history=self._options.history,
            data=self.data,
            digest=combined(digests),
            digests=digests | outputs,
            seconds=0.0,
        )
        return finished(found, self._options, self.start)


def _flat(tags: Any) -> tuple[npt.NDArray[Any], Indices]:
    """Return the tags of sequences one after the other as text, and how many each has."""
    if hasattr(tags, "value_lengths"):
        sizes, flat = np.asarray(tags.value_lengths().to_pylist()), tags.flatten().to_pylist()
    else:
        sizes, flat = np.fromiter(map(len, tags), np.int64, len(tags)), chain.from_iterable(tags)
    return np.asarray(list(flat), str), sizes.astype(np.int64)


def _check_tokens(tokens: Sequence[Any], sizes: Indices, first: int) -> None:
    found = np.fromiter(map(len, tokens), np.int64, len(tokens))
    if found.shape != sizes.shape:
        raise ShapeError(f"{_FUNCTION}: {len(sizes)} rows of y_true and {len(found)} of tokens")
    wrong = np.flatnonzero(found != sizes)
    if wrong.size:
        row = int(wrong[0])
        raise ShapeError(
            f"{_FUNCTION}: row {first + row} has {sizes[row]} tags and {found[row]} tokens"
        )


def _lists(tags: Any) -> Any:
    return tags.to_pylist() if hasattr(tags, "to_pylist") else [list(row) for row in tags]


def _metrics(counts: Entities) -> dict[str, float]:
    return {
        f"{name}{suffix}": float(getattr(counts, name)(average=average, zero_division=0))
        for suffix, average in _AVERAGES.items()
        for name in _RATES
    }


def _drawn(counts: Entities) -> dict[str, float]:
    found = _metrics(counts)
    return found | distances(found)


def _all_metrics(counts: Entities) -> dict[str, float]:
    return _metrics(counts) | {"token_accuracy": counts.token_accuracy()}


def _of_slice(level: float, counts: Entities) -> dict[str, Any]:
    metrics = _all_metrics(counts)
    intervals = {
        name: counts.interval(name, level, average="micro", zero_division=0)
        for name in ("precision", "recall")
    }
    names = ("f1", "precision", "recall", "token_accuracy")
    return {
        "samples": counts.tokens,
        "metrics": {name: metrics[name] for name in names},
        "intervals": intervals | {"token_accuracy": counts.interval("token_accuracy", level)},
    }


def _intervals(counts: Entities, drawn: Drawn) -> dict[str, Any]:
    found = bootstrapped(counts, _drawn, drawn)
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
            "support": right + missed,
            "predicted": right + invented,
            "precision_interval": list(_arrays.wilson(right, right + invented, level)),
            "recall_interval": list(_arrays.wilson(right, right + missed, level)),
        }
        for name, (right, invented, missed), *rates in zip(
            counts.types, counts.counts().tolist(), *columns, strict=True
        )
    ]
