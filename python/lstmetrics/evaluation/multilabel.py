"""Evaluations of samples that have any number of labels."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import ShapeError
from lstmetrics.evaluation.classifying import finished
from lstmetrics.evaluation.digests import combined
from lstmetrics.evaluation.labels import Label, check_probabilities
from lstmetrics.evaluation.options import Options
from lstmetrics.evaluation.report import Report
from lstmetrics.streaming import Interval, MultilabelConfusion

__all__ = ["MultilabelRun"]

_HALF = 0.5
_RATES = ("precision", "recall", "f1")


class MultilabelRun:
    """What an evaluation of multilabel predictions has seen so far.

    Parameters
    ----------
    labels : sequence of str or int
        What the columns stand for.
    options : Options
        What else is asked for.
    """

    def __init__(self, labels: Sequence[Label], options: Options) -> None:
        self.start = time.perf_counter()
        self.labels = list(labels)
        self.data: dict[str, Any] = {}
        self._counts = MultilabelConfusion(len(self.labels))
        self._options = options

    def update(
        self,
        truth: npt.NDArray[Any],
        *,
        predicted: npt.NDArray[Any] | None = None,
        scores: npt.NDArray[Any] | None = None,
        total: int | None = None,
    ) -> None:
        """Add a batch: true indicators, and predicted ones or a probability of each label.

        A label counts as predicted where its probability is above one half.
        """
        if predicted is None:
            if scores is None:
                raise ShapeError("a batch needs predicted labels or scores")
            check_probabilities(scores, self._counts.samples)
            predicted = scores > _HALF
        self._counts.update(truth, predicted)
        if self._options.progress is not None:
            self._options.progress(self._counts.samples, total)

    def report(self, *, model: str | None = None, train: dict[str, float] | None = None) -> Report:
        """Return what was found, with diagnosis and verdict."""
        counts, level = self._counts, self._options.drawn.level
        metrics = {name: value for name, value in counts.compute().items() if name != "samples"}
        names = json.dumps(self.labels, ensure_ascii=False).encode()
        digests = {"multilabel": counts.digest(), "labels": sha256(names).hexdigest()}
        right = counts.samples - counts.zero_one_loss(normalize=False)
        bounds = _arrays.wilson(right, counts.samples, level)
        found = Report(
            kind="classification",
            task="multilabel",
            model=model,
            samples=counts.samples,
            metrics=metrics,
            intervals={"accuracy": Interval(metrics["accuracy"], *bounds, level, "wilson")},
            labels=self.labels,
            per_class=self._per_class(level),
            train=train,
            history=self._options.history,
            data=self.data,
            digest=combined(digests),
            digests=digests,
            seconds=0.0,
        )
        return finished(found, self._options, self.start)

    def _per_class(self, level: float) -> list[dict[str, Any]]:
        counts = self._counts
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
