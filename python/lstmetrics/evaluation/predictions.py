"""From predictions made elsewhere to a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import numeric
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation.batches import (
    as_batches,
    as_columns,
    check_batch,
    is_stream,
    refuse_beside_stream,
)
from lstmetrics.evaluation.classifying import Classifying
from lstmetrics.evaluation.goals import Goal
from lstmetrics.evaluation.labels import Label, check_probabilities, found_labels, label_indices
from lstmetrics.evaluation.multilabel import MultilabelRun
from lstmetrics.evaluation.options import Options, Progress, options_of, read_metrics
from lstmetrics.evaluation.plain import plain
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.thresholds import Rule

__all__ = ["evaluate_predictions"]

_ROWS = 1 << 16  # of a batch; results do not depend on it
_NAMES = frozenset({"y_true", "y_pred", "scores", "logits", "by", "texts", "ids"})
_FUNCTION = "evaluate_predictions"


def evaluate_predictions(
    y_true: npt.ArrayLike | Iterable[Mapping[str, Any]],
    *,
    y_pred: npt.ArrayLike | None = None,
    scores: npt.ArrayLike | None = None,
    logits: npt.ArrayLike | None = None,
    labels: Sequence[Label] | None = None,
    pos_label: Label | None = None,
    by: Mapping[str, npt.ArrayLike] | None = None,
    texts: Sequence[str] | None = None,
    ids: Sequence[Any] | None = None,
    train: Report | Mapping[str, float] | None = None,
    train_texts: Iterable[str] | None = None,
    validation: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
    history: Any = None,
    goals: Mapping[str, float] | Iterable[Goal] | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    worst: int = 20,
    near_duplicates: bool = False,
    thresholds: Iterable[Rule | str] | None = ("f1",),
    progress: Progress | None = None,
) -> Report:
    """Report on predictions made elsewhere.

    Parameters
    ----------
    y_true : array_like of shape (n,) or (n, labels), or iterable of batches
        True labels; of a multilabel task, indicators. Or a stream of mappings with ``y_true`` and
        some of ``y_pred``, ``scores``, ``logits``, ``by``, ``texts`` and ``ids``, which is read
        once, in memory that does not grow with it; it needs `labels`.
    y_pred : array_like of shape (n,) or (n, labels), optional
        Predicted labels.
    scores : array_like of shape (n, classes) or (n,), optional
        Probabilities of the classes, or of the positive one of two.
    logits : array_like of shape (n, classes) or (n,), optional
        What a softmax, or of one column a sigmoid, makes probabilities of.
    labels : sequence of str or int, optional
        The classes, in the order of the columns; by default all that occur, sorted.
    pos_label : str or int, optional
        Which of two labels is the positive one; the second by default.
    by : mapping from str to array_like of shape (n,), optional
        Columns by whose values the same metrics are given again.
    texts : sequence of str, optional
        The texts: for the worst mistakes, slices by length, duplicates.
    ids : sequence, optional
        Names of the samples; numbers of rows by default.
    train : Report or mapping from str to float, optional
        What the same model reaches on its training data, such as ``{"log_loss": 0.02}``.
    train_texts : iterable of str, optional
        By which leakage into `texts` is found.
    validation : tuple of y_true and scores, optional
        On which a temperature is fitted and thresholds are chosen; what they do is shown on the
        data here.
    history : keras.callbacks.History or mapping, optional
        Losses by epoch: ``loss`` and ``val_loss``.
    goals : mapping from str to float, or iterable of Goal, optional
        What metrics must reach, losses at most; by default accuracy 0.85 where classes are
        balanced, precision and recall 0.80, F1 within 0.05 of both.
    level : float, default=0.95
        Of the confidence intervals.
    replicates, seed : int, default=1000 and 0
        Of the bootstrap; 0 replicates leave out the intervals that need it.
    worst : int, default=20
        How many of the worst mistakes are kept.
    near_duplicates : bool, default=False
        Whether texts nearly the same are looked for as well, which takes the extra ``leakage``.
    thresholds : iterable of Rule or str, default=("f1",)
        By what thresholds of two classes are chosen on the validation data, to be measured here:
        ``"f2"``, ``"precision>=0.9"``, ``"cost fp=1 fn=5"``; see :class:`Rule`.
    progress : callable, optional
        Called after every batch with the rows done, and how many there are or None.

    Returns
    -------
    Report
        Metrics with intervals, findings, verdict, digests.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError
        Not exactly one of `y_pred`, `scores` and `logits` is given.
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        Lengths differ, a label is unknown, or a score is NaN or outside [0, 1].

    Examples
    --------
    >>> from lstmetrics import evaluate_predictions
    >>> report = evaluate_predictions(["spam", "ham", "ham"], y_pred=["spam", "spam", "ham"])
    >>> report.metrics["precision"], report.metrics["recall"]
    (0.5, 1.0)
    >>> report.verdict.status
    'cannot tell'
    """
    options = options_of(
        goals=goals,
        history=history,
        level=level,
        replicates=replicates,
        seed=seed,
        worst=worst,
        near_duplicates=near_duplicates,
        thresholds=thresholds,
        progress=progress,
    )
    columns = {"y_pred": y_pred, "scores": scores, "logits": logits, "texts": texts, "ids": ids}
    rows = None
    if is_stream(y_true):
        refuse_beside_stream(_FUNCTION, columns, by)
        if labels is None:
            raise InvalidTypeError(f"{_FUNCTION}: a stream of batches needs labels=, the classes")
        batches: Iterator[Any] = iter(y_true)  # type: ignore[arg-type]
    else:
        arrays = as_columns({"y_true": y_true, **columns}, by)
        _check_arrays(arrays)
        labels = _labels_of(arrays) if labels is None else labels
        rows = len(arrays["y_true"])
        batches = as_batches(arrays, _ROWS, _FUNCTION)
    return _run(
        batches,
        plain(list(labels)),
        options,
        rows=rows,
        pos_label=pos_label,
        train=read_metrics(train),
        train_texts=train_texts,
        validation=validation,
    )


def _run(
    batches: Iterator[Any],
    labels: list[Label],
    options: Options,
    *,
    rows: int | None,
    pos_label: Label | None,
    train: dict[str, float] | None,
    train_texts: Iterable[str] | None,
    validation: tuple[Any, Any] | None,
) -> Report:
    run: Classifying | MultilabelRun | None = None
    done = 0
    for given in batches:
        batch = check_batch(given, _NAMES, "y_true", _FUNCTION)
        scores = probabilities_of(batch)
        if scores is not None and np.ndim(batch["y_true"]) == 1:
            _check_columns(scores, labels)
            check_probabilities(scores, done)
        if run is None:
            if np.ndim(batch["y_true"]) == 2:
                if validation is not None:
                    raise InvalidTypeError(
                        f"{_FUNCTION}: validation= is for one label a sample; of several, choose "
                        "the threshold of each by choose_threshold"
                    )
                run = MultilabelRun(
                    labels, options, with_scores=scores is not None, train_texts=train_texts
                )
            else:
                run = Classifying(
                    labels,
                    options,
                    with_scores=scores is not None,
                    pos_label=pos_label,
                    train_texts=train_texts,
                )
                if validation is not None:
                    truth = label_indices(validation[0], labels, "validation")
                    run.fit(truth, np.asarray(validation[1]))
        extra = {name: batch[name] for name in ("by", "texts", "ids")}
        if isinstance(run, MultilabelRun):
            truth = np.asarray(batch["y_true"])
            predicted = None if batch["y_pred"] is None else np.asarray(batch["y_pred"])
            run.update(truth, predicted=predicted, scores=scores, total=rows, **extra)
            continue
        truth = label_indices(batch["y_true"], labels, "y_true", done)
        predicted = None
        if scores is None:
            predicted = label_indices(batch["y_pred"], labels, "y_pred", done)
        run.update(truth, predicted=predicted, scores=scores, total=rows, **extra)
        done += len(truth)
    if run is None:
        run = Classifying(labels, options, with_scores=False, pos_label=pos_label)
    return run.report(train=train)


def probabilities_of(batch: Mapping[str, Any]) -> npt.NDArray[Any] | None:
    """Return the probabilities of a batch, from its scores or its logits."""
    given = [name for name in ("y_pred", "scores", "logits") if batch[name] is not None]
    if len(given) != 1:
        raise InvalidTypeError(f"{_FUNCTION}: give one of y_pred, scores and logits, got {given}")
    if batch["scores"] is not None:
        return np.asarray(batch["scores"])
    if batch["logits"] is None:
        return None
    logits = np.asarray(batch["logits"])
    if np.ndim(batch["y_true"]) == 1 and logits.ndim == 2 and logits.shape[1] == 1:
        logits = logits[:, 0]
    if np.ndim(batch["y_true"]) == 2 or logits.ndim == 1:
        pairs = np.stack([np.zeros_like(logits, float), logits.astype(float)], axis=-1)
        found: npt.NDArray[Any] = numeric.softmax(pairs)[..., 1]
        return found
    return numeric.softmax(logits)


def _check_arrays(arrays: Mapping[str, Any]) -> None:
    given = [name for name in ("y_pred", "scores", "logits") if arrays[name] is not None]
    if len(given) != 1:
        raise InvalidTypeError(f"{_FUNCTION}: give one of y_pred, scores and logits, got {given}")
    rows = len(arrays["y_true"])
    if len(arrays[given[0]]) != rows:
        word = "predicted labels" if given == ["y_pred"] else f"rows of {given[0]}"
        raise ShapeError(f"{_FUNCTION}: {rows} true and {len(arrays[given[0]])} {word}")


def _labels_of(arrays: Mapping[str, Any]) -> list[Label]:
    truth = np.asarray(arrays["y_true"])
    if truth.ndim == 2:
        return list(range(truth.shape[1]))
    if arrays["y_pred"] is not None:
        return found_labels(truth, arrays["y_pred"])
    return found_labels(truth)


def _check_columns(scores: npt.NDArray[Any], labels: list[Label]) -> None:
    if scores.ndim not in (1, 2):
        raise InvalidValueError(f"{_FUNCTION}: scores must have one or two dimensions")
    columns = 2 if scores.ndim == 1 or scores.shape[1] == 1 else scores.shape[1]
    if len(labels) != columns:
        raise ShapeError(
            f"{_FUNCTION}: scores are for {columns} classes, the labels are {labels}; name "
            "all classes by labels="
        )
