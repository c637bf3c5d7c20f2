"""Evaluations of samples that have any number of labels."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import ShapeError
from lstmetrics.evaluation.classification import CALIBRATION_BINS, reliability_of
from lstmetrics.evaluation.classifying import MOST_CURVES, finished
from lstmetrics.evaluation.curves import Curves
from lstmetrics.evaluation.digests import OutputDigest, combined
from lstmetrics.evaluation.duplicates import Duplicates
from lstmetrics.evaluation.intervals import Drawn, bootstrapped
from lstmetrics.evaluation.labels import Label, check_probabilities
from lstmetrics.evaluation.mistakes import WorstMistakes
from lstmetrics.evaluation.options import Options
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.slices import LENGTHS, SlicesBy, StateSlices, length_buckets
from lstmetrics.streaming import Calibration, Interval, MultilabelConfusion

__all__ = ["HALF", "MultilabelRun", "multilabel_metrics"]

HALF = 0.5
_RATES = ("precision", "recall", "f1")
_OF_SLICES = ("accuracy", "f1_micro", "f1_macro")


class MultilabelRun:
    """What an evaluation of multilabel predictions has seen so far.

    Memory goes by labels, slices and the mistakes that are kept, not by samples; only texts leave
    16 bytes each, and their labels, by which duplicates are found.

    Parameters
    ----------
    labels : sequence of str or int
        What the columns stand for.
    options : Options
        What else is asked for.
    with_scores : bool
        Whether probabilities come, or predicted labels alone.
    train_texts : iterable of str, optional
        By which leakage is found.
    """

    def __init__(
        self,
        labels: Sequence[Label],
        options: Options,
        *,
        with_scores: bool,
        train_texts: Iterable[str] | None = None,
    ) -> None:
        self.start = time.perf_counter()
        self.labels = list(labels)
        self.data: dict[str, Any] = {}
        self.outputs: OutputDigest | None = None
        self.counts = MultilabelConfusion(len(self.labels))
        self._options = options
        self._with_scores = with_scores
        self._calibration = Calibration(CALIBRATION_BINS)
        self._curves: Curves | None = None
        if with_scores and len(self.labels) <= MOST_CURVES:
            self._curves = Curves(self.labels, None)
        names = [name for label in self.labels for name in (f"not {label}", str(label))]
        self._worst = WorstMistakes(options.worst, names)
        self._slices = SlicesBy(
            lambda column: StateSlices(column, MultilabelConfusion(len(self.labels)))
        )
        self._train_texts = train_texts
        self._duplicates: Duplicates | None = None

    def update(
        self,
        truth: npt.NDArray[Any],
        *,
        predicted: npt.NDArray[Any] | None = None,
        scores: npt.NDArray[Any] | None = None,
        by: Mapping[str, npt.ArrayLike] | None = None,
        texts: Sequence[str] | None = None,
        ids: Sequence[Any] | None = None,
        total: int | None = None,
    ) -> None:
        """Add a batch: true indicators, and predicted ones or a probability of each label.

        A label counts as predicted where its probability is above one half.
        """
        if scores is not None:
            check_probabilities(scores, self.counts.samples)
            predicted = scores > HALF
        if predicted is None:
            raise ShapeError("a batch needs predicted labels or scores")
        first = self.counts.samples
        self.counts.update(truth, predicted)
        if scores is not None:
            self._calibration.update(truth.reshape(-1), scores.reshape(-1))
            if self._curves is not None:
                self._curves.update(truth, scores)
        self._count_slices(truth, predicted, by or {}, texts)
        names = range(first, first + len(truth)) if ids is None else ids
        self._keep_worst(truth, predicted, scores, texts, names)
        if self._options.progress is not None:
            self._options.progress(self.counts.samples, total)

    def _count_slices(
        self,
        truth: npt.NDArray[Any],
        predicted: npt.NDArray[Any],
        by: Mapping[str, npt.ArrayLike],
        texts: Sequence[str] | None,
    ) -> None:
        columns = dict(by)
        if texts is not None:
            if len(texts) != len(truth):
                raise ShapeError(f"there are {len(truth)} true labels and {len(texts)} texts")
            columns[LENGTHS] = length_buckets(texts)
            if self._duplicates is None:
                self._duplicates = Duplicates(
                    near=self._options.near_duplicates, train=self._train_texts
                )
            packed = np.packbits(truth.astype(bool), axis=1)
            self._duplicates.add_test(texts, [row.tobytes() for row in packed])
        self._slices.update(columns, len(truth), truth, predicted)

    def _keep_worst(
        self,
        truth: npt.NDArray[Any],
        predicted: npt.NDArray[Any],
        scores: npt.NDArray[Any] | None,
        texts: Sequence[str] | None,
        names: Sequence[Any],
    ) -> None:
        """Keep the labels that are wrong, each a mistake of its own."""
        true, called = truth.astype(bool), predicted.astype(bool)
        rows, columns = np.nonzero(true != called)
        sure = None
        if scores is not None:
            likely = scores[rows, columns]
            sure = np.where(called[rows, columns], likely, 1 - likely)
        classes = 2 * columns
        self._worst.update(
            classes + true[rows, columns],
            classes + called[rows, columns],
            sure,
            texts,
            names,
            owners=rows,
        )

    def report(self, *, model: str | None = None, train: dict[str, float] | None = None) -> Report:
        """Return what was found, with diagnosis and verdict."""
        counts, drawn = self.counts, self._options.drawn
        metrics = multilabel_metrics(counts)
        names = json.dumps(self.labels, ensure_ascii=False).encode()
        digests = {"multilabel": counts.digest(), "labels": sha256(names).hexdigest()}
        calibration, curves = None, {}
        if self._with_scores:
            metrics["expected_calibration_error"] = self._calibration.expected_error()
            calibration = reliability_of(self._calibration, "binary")
            digests["calibration"] = self._calibration.digest()
        if self._curves is not None:
            metrics |= self._curves.areas()
            curves = self._curves.curves()
        outputs = {} if self.outputs is None else {"outputs": self.outputs.hexdigest()}
        found = Report(
            kind="classification",
            task="multilabel",
            model=model,
            samples=counts.samples,
            metrics=metrics,
            intervals=_intervals(counts, drawn),
            labels=self.labels,
            per_class=self._per_class(drawn.level),
            calibration=calibration,
            curves=curves,
            slices=self._slices.rows(partial(_of_slice, drawn.level)),
            worst=self._worst.rows(self._with_scores),
            train=train,
            history=self._options.history,
            duplicates=None if self._duplicates is None else self._duplicates.counts(),
            data=self.data,
            digest=combined(digests),
            digests=digests | outputs,
            seconds=0.0,
        )
        return finished(found, self._options, self.start)

    def _per_class(self, level: float) -> list[dict[str, Any]]:
        counts = self.counts
        columns = [
            np.asarray(getattr(counts, name)(average=None, zero_division=0)).tolist()
            for name in _RATES
        ]
        tables = counts.against_rest().tolist()
        return [
            {
                "label": label,
                **dict(zip(_RATES, rates, strict=True)),
                "support": tp + fn,
                "predicted": tp + fp,
                "precision_interval": list(_arrays.wilson(tp, tp + fp, level)),
                "recall_interval": list(_arrays.wilson(tp, tp + fn, level)),
            }
            for label, ((_, fp), (fn, tp)), *rates in zip(
                self.labels, tables, *columns, strict=True
            )
        ]


def multilabel_metrics(counts: MultilabelConfusion) -> dict[str, float]:
    """Return the headline metrics by name."""
    return {name: value for name, value in counts.compute().items() if name != "samples"}


def _intervals(counts: MultilabelConfusion, drawn: Drawn) -> dict[str, Interval]:
    """Return the intervals of the headline metrics, in their order."""
    found = {"accuracy": counts.interval("accuracy", drawn.level)}
    for name, average in itertools.product(_RATES, ("macro", "weighted")):
        found[f"{name}_{average}"] = counts.interval(
            name, drawn.level, average=average, zero_division=0.0
        )
    found |= bootstrapped(counts, _of_whole_samples, drawn)
    return {name: found[name] for name in multilabel_metrics(counts) if name in found}


def _of_whole_samples(counts: MultilabelConfusion) -> dict[str, float]:
    """Return the metrics that replicates of samples tell."""
    metrics = multilabel_metrics(counts)
    return {
        name: value
        for name, value in metrics.items()
        if name == "hamming_loss" or name.endswith(("_micro", "_samples"))
    }


def _of_slice(level: float, counts: MultilabelConfusion) -> dict[str, Any]:
    metrics = multilabel_metrics(counts)
    return {
        "samples": counts.samples,
        "metrics": {name: metrics[name] for name in _OF_SLICES},
        "intervals": {"accuracy": counts.interval("accuracy", level)},
    }
