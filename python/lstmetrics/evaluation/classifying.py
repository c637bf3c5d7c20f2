"""One pass over a classifier's predictions, in batches, to a report."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.evaluation.classification import CALIBRATION_BINS, ClassificationStates
from lstmetrics.evaluation.curves import Curves
from lstmetrics.evaluation.diagnosis import diagnose
from lstmetrics.evaluation.digests import OutputDigest
from lstmetrics.evaluation.duplicates import Duplicates
from lstmetrics.evaluation.goals import Goal, judge, read_goals
from lstmetrics.evaluation.labels import Indices, Label, check_probabilities
from lstmetrics.evaluation.mistakes import WorstMistakes
from lstmetrics.evaluation.options import Options
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.slices import LENGTHS, SliceCounts, SlicesBy, length_buckets
from lstmetrics.evaluation.temperature import Temperature, fit_temperature
from lstmetrics.evaluation.thresholds import OperatingPoint

__all__ = ["MOST_CURVES", "Classifying", "finished", "with_data"]

MOST_CURVES = 50  # classes for which curves are kept


class Classifying:
    """What an evaluation of a classifier has seen so far.

    Memory goes by classes, slices and the mistakes that are kept, not by rows; only texts leave 16
    bytes each, by which duplicates are found.

    Parameters
    ----------
    labels : sequence of str or int
        The classes, in the order of the scores' columns.
    options : Options
        What else is asked for.
    with_scores : bool
        Whether probabilities come, or predicted classes alone.
    pos_label : str or int, optional
        Which of two classes is the positive one; the second by default.
    train_texts : iterable of str, optional
        By which leakage is found.
    """

    def __init__(
        self,
        labels: Sequence[Label],
        options: Options,
        *,
        with_scores: bool,
        pos_label: Label | None = None,
        train_texts: Iterable[str] | None = None,
    ) -> None:
        self.start = time.perf_counter()
        self.states = ClassificationStates(labels, with_scores=with_scores, pos_label=pos_label)
        self._temperature: Temperature | None = None
        self._points: list[OperatingPoint] = []
        self.data: dict[str, Any] = {}
        self.outputs: OutputDigest | None = None
        self._options = options
        self._worst = WorstMistakes(options.worst, labels)
        classes = len(self.states.labels)
        self._slices = SlicesBy(lambda column: SliceCounts(column, classes))
        self._train_texts = train_texts
        self._duplicates: Duplicates | None = None
        self._rows = 0
        self._curves: Curves | None = None
        if with_scores and 2 <= len(self.states.labels) <= MOST_CURVES:
            self._curves = Curves(self.states.labels, self.states.positive)

    def fit(self, truth: Indices, scores: npt.NDArray[Any]) -> None:
        """Fit a temperature and choose thresholds, on validation data, before the first batch."""
        if not self.states.with_scores:
            raise InvalidTypeError("validation is of scores, and there are none")
        check_probabilities(scores)
        table, _ = self.states.read_scores(scores)
        _check_rows(len(truth), len(table), "scores of the validation data")
        classes = len(self.states.labels)
        self._temperature = Temperature(fit_temperature(truth, table), classes, CALIBRATION_BINS)
        if classes == 2:
            positive = self.states.positive
            positives = (truth == positive).astype(np.intp)
            self._points = [
                OperatingPoint(rule, positives, table[:, positive]) for rule in self._options.rules
            ]

    def update(
        self,
        truth: Indices,
        *,
        predicted: Indices | None = None,
        scores: npt.NDArray[Any] | None = None,
        by: Mapping[str, npt.ArrayLike] | None = None,
        texts: Sequence[str] | None = None,
        ids: Sequence[Any] | None = None,
        total: int | None = None,
    ) -> None:
        """Add a batch: classes by index, and either predicted ones or scores."""
        confidence = None
        if scores is not None:
            _check_rows(len(truth), len(scores), "scores")
            table, predicted = self.states.update_scores(truth, scores)
            confidence = table[np.arange(len(table)), predicted]
            if self._curves is not None:
                self._curves.update(truth, table)
            if self._temperature is not None:
                self._temperature.update(truth, table)
            for point in self._points:
                positive = self.states.positive
                point.update((truth == positive).astype(np.intp), table[:, positive])
        elif predicted is not None:
            _check_rows(len(truth), len(predicted), "y_pred")
            self.states.update_labels(truth, predicted)
        if predicted is None:
            raise ShapeError("a batch needs predicted labels or scores")
        self._count_slices(truth, predicted, by or {}, texts)
        names = range(self._rows, self._rows + len(truth)) if ids is None else ids
        self._worst.update(truth, predicted, confidence, texts, names)
        self._rows += len(truth)
        if self._options.progress is not None:
            self._options.progress(self._rows, total)

    def _count_slices(
        self,
        truth: Indices,
        predicted: Indices,
        by: Mapping[str, npt.ArrayLike],
        texts: Sequence[str] | None,
    ) -> None:
        columns = dict(by)
        if texts is not None:
            _check_rows(len(truth), len(texts), "texts")
            columns[LENGTHS] = length_buckets(texts)
            self._seen().add_test(texts, truth.tolist())
        self._slices.update(columns, truth, predicted)

    def _seen(self) -> Duplicates:
        if self._duplicates is None:
            self._duplicates = Duplicates(
                near=self._options.near_duplicates, train=self._train_texts
            )
        return self._duplicates

    def report(self, *, model: str | None = None, train: dict[str, float] | None = None) -> Report:
        """Return what was found, with diagnosis and verdict."""
        states, drawn = self.states, self._options.drawn
        metrics, intervals, curves = states.metrics(), states.intervals(drawn), {}
        if self._curves is not None:
            metrics |= self._curves.areas()
            intervals |= self._curves.intervals(drawn.level)
            curves = self._curves.curves()
        positive = states.positive if states.task == "binary" else None
        found = Report(
            kind="classification",
            task=states.task,
            model=model,
            samples=states.confusion.samples,
            metrics=metrics,
            intervals=intervals,
            labels=states.labels,
            pos_label=None if positive is None else states.labels[positive],
            per_class=states.per_class(drawn.level),
            confusion=states.confusion.matrix(),
            baseline=states.baseline(),
            calibration=states.reliability(),
            temperature=self._effect(metrics),
            curves=curves,
            thresholds=[point.row(drawn) for point in self._points],
            slices=self._slices.rows(positive, drawn.level),
            worst=self._worst.rows(states.with_scores),
            sure={"samples": states.sure, "wrong": states.sure_and_wrong}
            if states.with_scores
            else None,
            train=train,
            history=self._options.history,
            duplicates=None if self._duplicates is None else self._duplicates.counts(),
            data=self.data,
            digest=states.digest(),
            digests=states.digests() | self._outputs(),
            seconds=0.0,
        )
        return finished(found, self._options, self.start)

    def _effect(self, metrics: dict[str, float]) -> dict[str, Any] | None:
        return None if self._temperature is None else self._temperature.effect(metrics)

    def _outputs(self) -> dict[str, str]:
        return {} if self.outputs is None else {"outputs": self.outputs.hexdigest()}


def finished(report: Report, options: Options, start: float) -> Report:
    """Return a report with its findings, its verdict and the time since `start`."""
    findings = diagnose(report)
    verdict = judge(report, findings, options.goals)
    seconds = time.perf_counter() - start
    return replace(report, findings=findings, verdict=verdict, seconds=seconds)


def with_data(
    report: Report,
    data: Mapping[str, Any],
    goals: Mapping[str, float] | Iterable[Goal] | None = None,
) -> Report:
    """Return a report that also knows these facts about its input, diagnosed and judged anew.

    Parameters
    ----------
    report : Report
    data : mapping
        Joins `report.data`.
    goals : mapping, iterable of Goal, or None
        Those of the evaluation.

    Returns
    -------
    Report
    """
    if not data:
        return report
    found = replace(report, data=report.data | dict(data))
    findings = diagnose(found)
    return replace(found, findings=findings, verdict=judge(found, findings, read_goals(goals)))


def _check_rows(rows: int, found: int, name: str) -> None:
    if rows != found:
        raise ShapeError(f"there are {rows} true labels and {found} rows of {name}")
