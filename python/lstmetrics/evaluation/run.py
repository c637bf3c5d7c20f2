"""One call from a model and data to a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.evaluation.batches import as_batches, as_rows, check_batch, is_stream
from lstmetrics.evaluation.classifying import Classifying
from lstmetrics.evaluation.digests import OutputDigest
from lstmetrics.evaluation.goals import Goal
from lstmetrics.evaluation.labels import Label, label_indices
from lstmetrics.evaluation.language_model import evaluate_language_model
from lstmetrics.evaluation.multilabel import HALF, MultilabelRun, multilabel_metrics
from lstmetrics.evaluation.options import Options, Progress, options_of, read_metrics
from lstmetrics.evaluation.plain import plain
from lstmetrics.evaluation.precisions import ClassChange, other_precisions
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.tagger import evaluate_tagger
from lstmetrics.evaluation.thresholds import Rule
from lstmetrics.evaluation.tokens import TextFacts, are_texts
from lstmetrics.models.model import Model
from lstmetrics.streaming import MultilabelConfusion

__all__ = ["evaluate"]

# Rows whose outputs are held at once; results do not depend on it.
_ROWS = 4096
_NAMES = frozenset({"inputs", "targets", "lengths", "by", "texts", "ids"})
_FUNCTION = "evaluate"


def evaluate(
    model: Model,
    inputs: Any,
    targets: npt.ArrayLike | None = None,
    *,
    lengths: npt.ArrayLike | None = None,
    labels: Sequence[Label] | None = None,
    pos_label: Label | None = None,
    batch_size: int = 32,
    by: Mapping[str, npt.ArrayLike] | None = None,
    texts: Sequence[str] | None = None,
    ids: Sequence[Any] | None = None,
    train: tuple[Any, Any] | Report | Mapping[str, float] | None = None,
    validation: tuple[Any, Any] | None = None,
    history: Any = None,
    goals: Mapping[str, float] | Iterable[Goal] | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
    worst: int = 20,
    near_duplicates: bool = False,
    thresholds: Iterable[Rule | str] | None = ("f1",),
    compare_precision: str | Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Run a model over data and report how good it is, and if it is not, why.

    Parameters
    ----------
    model : Model
        A classifier, giving probabilities (batch, classes) or (batch, 1); or a tagger or a language
        model, giving a distribution per step: one that has `labels`, or is given them, is a tagger.
    inputs : list of str, array_like, list of sequences of int, or iterable of batches
        What the model takes: see :meth:`lstmetrics.models.Model.predict`. Or a stream of mappings
        with ``inputs``, ``targets`` and some of ``lengths``, ``by``, ``texts`` and ``ids``, read
        once; of a classifier also of pairs (inputs, targets), of a language model of inputs.
    targets : array_like, optional
        A classifier's true labels (n,); a language model's next ids (n, timesteps), by default
        those of the inputs themselves.
    lengths : array_like of int, optional
        Where padded sequences end.
    labels : sequence of str or int, optional
        What the outputs of a classifier or a tagger stand for; by default the model's own, else a
        classifier's are 0, 1, ...
    pos_label : str or int, optional
        Which of two labels is the positive one; the second by default.
    batch_size : int, default=32
        The most rows that run together; no result depends on it.
    by : mapping from str to array_like of shape (n,), optional
        Columns by whose values the same metrics are given again.
    texts : sequence of str, optional
        The texts, where the inputs are ids: for the worst mistakes, slices by length, duplicates; a
        tagger's are sequences of words.
    ids : sequence, optional
        Names of the samples; numbers of rows by default.
    train : tuple of inputs and targets, Report, or mapping from str to float, optional
        The training data, or what the model reaches on it: overfitting and leakage are found by it,
        a language model's unigram baseline comes from it.
    validation : tuple of inputs and targets, optional
        On which a temperature is fitted and thresholds are chosen; what they do is shown on the
        data here.
    history : keras.callbacks.History or mapping, optional
        Losses by epoch: ``loss`` and ``val_loss``.
    goals : mapping from str to float, or iterable of Goal, optional
        What metrics must reach, losses at most; see :func:`evaluate_predictions` for the defaults.
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
    compare_precision : str or sequence of str, optional
        Other precisions, ``"bf16"`` or ``"int8"``, in which a classifier or a language model is run
        as well: ``report.precisions`` says what changes, row by row, with intervals.
    progress : callable, optional
        Called after every block of rows with the rows done, and how many there are or None.

    Returns
    -------
    Report
        Metrics with intervals, findings, verdict, digests.

    Raises
    ------
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        The data do not fit the model: shapes, ids or labels.
    lstmetrics.errors.InvalidTypeError
        Something is missing, or not for this kind of model.

    Examples
    --------
    >>> import lstmetrics, lstmetrics.demo
    >>> model = lstmetrics.load_model(lstmetrics.demo.path("classifier.safetensors"))
    >>> texts, labels = lstmetrics.demo.held_out_messages()
    >>> report = lstmetrics.evaluate(model, texts, labels)
    >>> report.metrics["accuracy"] > 0.9
    True
    """
    if not isinstance(model, Model):
        raise InvalidTypeError(
            f"evaluate: model must be a Model, got {type(model).__name__}; load a file by "
            "lstmetrics.load_model"
        )
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
    others = other_precisions(model, compare_precision)
    columns = {"inputs": inputs, "targets": targets, "lengths": lengths, "ids": ids, "by": by}
    if model.is_language_model:
        _refuse(
            "a model with a distribution for each step",
            pos_label=pos_label,
            validation=validation,
        )
        names = model.labels if labels is None else labels
        if names is not None:
            _refuse("a tagger", compare_precision=others or None)
            columns["texts"] = texts
            return evaluate_tagger(
                model, columns, list(names), options, batch_size=batch_size, train=train
            )
        _refuse("a language model", texts=texts)
        return evaluate_language_model(
            model, columns, options, batch_size=batch_size, train=train, others=others
        )
    rows = None
    if is_stream(inputs):
        batches: Iterator[Any] = iter(inputs)
    else:
        if targets is None:
            raise InvalidTypeError("evaluate: a classifier needs targets, the true labels")
        columns = {"inputs": inputs, "targets": as_rows(targets), "lengths": as_rows(lengths)}
        if len(inputs) != len(columns["targets"]):
            raise ShapeError(
                f"evaluate: {len(inputs)} inputs and {len(columns['targets'])} targets"
            )
        columns |= {"texts": texts, "ids": ids}
        columns["by"] = {name: as_rows(column) for name, column in (by or {}).items()}
        rows = len(inputs)
        batches = as_batches(columns, _ROWS, _FUNCTION)
    runner = _Runner(model, labels, options, pos_label, batch_size, others)
    return runner.evaluate(batches, rows, train, validation)


def _refuse(what: str, **arguments: Any) -> None:
    for name, value in arguments.items():
        if value is not None:
            raise InvalidTypeError(f"evaluate: {what} takes no {name}=")


class _Runner:
    """Runs one classifier over splits of data."""

    def __init__(
        self,
        model: Model,
        labels: Sequence[Label] | None,
        options: Options,
        pos_label: Label | None,
        batch_size: int,
        others: dict[str, Model],
    ) -> None:
        self._model = model
        self._others = others
        self._changes: dict[str, ClassChange] = {}
        self._given_labels = labels
        self._labels: list[Label] = []
        self._options = options
        self._pos_label = pos_label
        self._batch_size = batch_size

    def evaluate(
        self, batches: Iterator[Any], rows: int | None, train: Any, validation: Any
    ) -> Report:
        train_texts = None
        if isinstance(train, tuple):
            train_texts = train[0] if are_texts(train[0]) else None
        run: Classifying | MultilabelRun | None = None
        facts = TextFacts(self._model.text)
        for given in batches:
            batch = _mapping(given)
            if run is None:
                run = self._started(np.ndim(batch["targets"]) == 2, train_texts, validation)
            self._update(run, batch, rows, facts)
        if run is None:
            run = self._started(False, train_texts, validation)
        run.data |= facts.found()
        if isinstance(train, tuple):
            of_train: Any = self._metrics_of(train, isinstance(run, MultilabelRun))
        else:
            of_train = read_metrics(train)
        report = run.report(model=self._model.name, train=of_train)
        drawn = self._options.drawn
        changed = [change.row(name, drawn) for name, change in self._changes.items()]
        return replace(report, precisions=changed)

    def _started(
        self, several: bool, train_texts: Any, validation: Any
    ) -> Classifying | MultilabelRun:
        """Return an evaluation of one label a sample or of several, its validation data seen."""
        self._labels = _class_labels(self._model, self._given_labels, several)
        run: Classifying | MultilabelRun
        if several:
            _refuse(
                "a model of several labels a sample",
                validation=validation,
                compare_precision=self._others or None,
            )
            run = MultilabelRun(
                self._labels, self._options, with_scores=True, train_texts=train_texts
            )
        else:
            run = self._classifying(self._options, train_texts)
            self._changes = {
                name: ClassChange(self._labels, self._pos_label) for name in self._others
            }
            if validation is not None:
                inputs, targets = validation
                truth = label_indices(targets, self._labels, "validation")
                run.fit(truth, self._model.predict(inputs, self._batch_size))
        run.outputs = OutputDigest("probabilities")
        return run

    def _classifying(self, options: Options, train_texts: Any = None) -> Classifying:
        return Classifying(
            self._labels,
            options,
            with_scores=True,
            pos_label=self._pos_label,
            train_texts=train_texts,
        )

    def _update(
        self,
        run: Classifying | MultilabelRun,
        batch: dict[str, Any],
        rows: int | None,
        facts: TextFacts,
    ) -> None:
        inputs, texts, lengths = batch["inputs"], batch["texts"], batch["lengths"]
        if are_texts(inputs):
            texts = inputs if texts is None else texts
            inputs = facts.rows(inputs)
        if isinstance(run, MultilabelRun):
            truth = np.asarray(batch["targets"])
        else:
            truth = label_indices(batch["targets"], self._labels)
        scores = self._model.predict(inputs, self._batch_size, lengths=lengths)
        if run.outputs is not None:
            run.outputs.update(scores)
        for name, change in self._changes.items():
            theirs = self._others[name].predict(inputs, self._batch_size, lengths=lengths)
            change.update(truth, scores, theirs)
        run.update(truth, scores=scores, by=batch["by"], texts=texts, ids=batch["ids"], total=rows)

    def _metrics_of(self, split: tuple[Any, Any], several: bool) -> dict[str, float]:
        """Return what the model reaches on another split."""
        counts = MultilabelConfusion(len(self._labels))
        states = None if several else self._classifying(Options()).states
        columns = {"inputs": split[0], "targets": as_rows(split[1])}
        for batch in as_batches(columns, _ROWS, _FUNCTION):
            scores = self._model.predict(batch["inputs"], self._batch_size)
            if states is None:
                counts.update(np.asarray(batch["targets"]), scores > HALF)
            else:
                truth = label_indices(batch["targets"], self._labels, "train")
                states.update_scores(truth, scores)
        return multilabel_metrics(counts) if states is None else states.metrics()


def _mapping(batch: Any) -> dict[str, Any]:
    if isinstance(batch, tuple | list) and len(batch) == 2:
        batch = {"inputs": batch[0], "targets": batch[1]}
    return check_batch(batch, _NAMES, "inputs", _FUNCTION)


def _class_labels(model: Model, labels: Sequence[Label] | None, several: bool) -> list[Label]:
    shape = model.output_shape
    if isinstance(shape, list):
        raise ShapeError(f"evaluate: a classifier has one output, this model has {len(shape)}")
    if len(shape) != 2:
        raise ShapeError(
            f"evaluate: a classifier gives (None, classes), this model gives {shape}; set "
            "return_sequences=False on its last LSTM"
        )
    classes = shape[-1] if shape[-1] != 1 or several else 2
    names = labels if labels is not None else model.labels
    chosen: list[Label] = list(range(int(classes or 0))) if names is None else plain(list(names))
    if len(chosen) != classes:
        raise ShapeError(
            f"evaluate: the model tells {classes} classes apart, the labels are {chosen}"
        )
    return chosen
