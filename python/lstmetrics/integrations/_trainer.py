"""What Hugging Face's Trainer calls as ``compute_metrics``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, ShapeError
from lstmetrics.evaluation import Report, evaluate_predictions, evaluate_tags
from lstmetrics.evaluation.labels import Label
from lstmetrics.integrations._numbers import numbers

__all__ = ["TrainerMetrics"]

_IGNORED = -100  # the label of tokens that the Trainer leaves out of its loss


class TrainerMetrics:
    """The ``compute_metrics`` of Hugging Face's Trainer: a report at each evaluation.

    Takes an ``EvalPrediction``, or whatever has its ``predictions`` and ``label_ids``: logits
    (n, classes) with labels (n,), or with indicators (n, classes) of several labels at once; or
    logits (n, tokens, tags) with labels (n, tokens), of which -100 is left out. Of several outputs
    the first is read.

    Parameters
    ----------
    labels : sequence of str or int, optional
        What the classes, or the tags, are called; numbers by default. Tags need names.
    pos_label : str or int, optional
        Which of two labels is the positive one; the second by default.
    **options
        Of :func:`lstmetrics.evaluate_predictions`, or of tags :func:`lstmetrics.evaluate_tags`.

    Attributes
    ----------
    report : Report or None
        Of the last evaluation.

    Examples
    --------
    >>> import numpy as np
    >>> from types import SimpleNamespace
    >>> from lstmetrics.integrations import TrainerMetrics
    >>> metrics = TrainerMetrics(labels=["ham", "spam"])  # Trainer(..., compute_metrics=metrics)
    >>> logits = np.array([[2.0, -1.0], [0.5, 1.5], [1.0, 0.0]])
    >>> found = metrics(SimpleNamespace(predictions=logits, label_ids=np.array([0, 1, 1])))
    >>> found["precision"], found["recall"], metrics.report.verdict.status
    (1.0, 0.5, 'cannot tell')
    """

    def __init__(
        self,
        labels: Sequence[Label] | None = None,
        pos_label: Label | None = None,
        **options: Any,
    ) -> None:
        self.report: Report | None = None
        self._labels = None if labels is None else list(labels)
        self._pos_label = pos_label
        self._options = options

    def __call__(self, predictions: Any) -> dict[str, float]:
        """Return the metrics and the ends of their intervals; the report is kept."""
        logits, truth = _arrays_of(predictions)
        if logits.ndim == 3:
            self.report = self._tags(logits, truth)
        else:
            self.report = self._classes(logits, truth)
        return numbers(self.report)

    def _classes(self, logits: npt.NDArray[Any], truth: npt.NDArray[Any]) -> Report:
        columns = 2 if logits.ndim == 1 else max(2, logits.shape[1])
        labels = list(range(columns)) if self._labels is None else self._labels
        if truth.ndim == 2 and truth.shape[1] == 1:
            truth = truth[:, 0]
        truth = truth.astype(np.intp)
        if truth.ndim == 1:
            truth = _named(truth, labels)
        return evaluate_predictions(
            truth, logits=logits, labels=labels, pos_label=self._pos_label, **self._options
        )

    def _tags(self, logits: npt.NDArray[Any], truth: npt.NDArray[Any]) -> Report:
        if self._labels is None:
            raise InvalidTypeError(
                "TrainerMetrics: labels= is missing, the names of the tags, such as "
                "['O', 'B-PER', 'I-PER']"
            )
        if truth.shape != logits.shape[:2]:
            raise ShapeError(
                f"TrainerMetrics: logits are of {logits.shape[:2]} tokens, labels of {truth.shape}"
            )
        counted = truth != _IGNORED
        names = np.asarray(self._labels)
        true = _named(truth[counted].astype(np.intp), self._labels)
        predicted = names[logits.argmax(axis=2)[counted]]
        starts = np.searchsorted(np.nonzero(counted)[0], np.arange(1, len(counted)))
        return evaluate_tags(
            [part.tolist() for part in np.split(true, starts)],
            [part.tolist() for part in np.split(predicted, starts)],
            **self._options,
        )


def _arrays_of(predictions: Any) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Return logits and labels of what the Trainer hands over."""
    if isinstance(predictions, tuple | list) and len(predictions) == 2:
        logits, truth = predictions
    elif hasattr(predictions, "predictions") and hasattr(predictions, "label_ids"):
        logits, truth = predictions.predictions, predictions.label_ids
    else:
        raise InvalidTypeError(
            "TrainerMetrics takes an EvalPrediction, with predictions and label_ids, got "
            f"{type(predictions).__name__}"
        )
    if isinstance(logits, tuple | list):
        logits = logits[0]
    if truth is None or isinstance(truth, tuple):
        raise InvalidTypeError(
            "TrainerMetrics needs one array of label_ids; set label_names of TrainingArguments"
        )
    table, labels = np.asarray(logits), np.asarray(truth)
    if table.ndim not in (1, 2, 3) or labels.ndim not in (1, 2):
        raise ShapeError(
            f"TrainerMetrics: logits of shape {table.shape} and labels of shape {labels.shape} "
            "are not those of classes or tags"
        )
    return table, labels


def _named(indices: npt.NDArray[np.intp], labels: Sequence[Label]) -> npt.NDArray[Any]:
    if len(indices) and not (indices.min() >= 0 and indices.max() < len(labels)):
        raise ShapeError(
            f"TrainerMetrics: label_ids go from {indices.min()} to {indices.max()}, there are "
            f"{len(labels)} labels"
        )
    return np.asarray(labels)[indices]
