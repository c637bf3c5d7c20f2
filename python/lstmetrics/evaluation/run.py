"""One call from a model and data, or from predictions, to a report."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation.classification import ClassificationStates, Label, label_indices
from lstmetrics.evaluation.digests import OutputDigest, combined
from lstmetrics.evaluation.language_model import tokens_of
from lstmetrics.evaluation.report import Report
from lstmetrics.models.model import Model

__all__ = ["evaluate", "evaluate_predictions"]

# Rows whose outputs are held at once; results do not depend on it.
_ROWS = 4096


def evaluate(
    model: Model,
    inputs: Any,
    targets: npt.ArrayLike | None = None,
    *,
    lengths: npt.ArrayLike | None = None,
    labels: Sequence[Label] | None = None,
    batch_size: int = 32,
) -> Report:
    """Run a model over data and report how good it is.

    Parameters
    ----------
    model : Model
        A classifier, giving probabilities (batch, classes) or (batch, 1); or a language model,
        giving a distribution per step.
    inputs : list of str, array_like or list of sequences of int
        What the model takes: see :meth:`lstmetrics.models.Model.predict`.
    targets : array_like, optional
        A classifier's true labels (n,); a language model's next ids (n, timesteps), by default
        those of the inputs themselves.
    lengths : array_like of int, optional
        Where padded sequences end.
    labels : sequence of str or int, optional
        What a classifier's outputs stand for; by default the model's own, else 0, 1, ...
    batch_size : int, default=32
        The most rows that run together; no result depends on it.

    Returns
    -------
    Report
        Metrics, confusion matrix, digests.

    Raises
    ------
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        The data do not fit the model: shapes, ids or labels.

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
    start = time.perf_counter()
    if model.is_language_model:
        return _evaluate_language_model(model, inputs, targets, lengths, batch_size, start)
    if targets is None:
        raise InvalidTypeError("evaluate: a classifier needs targets, the true labels")
    names = _class_labels(model, labels)
    indices = label_indices(targets, names)
    if len(inputs) != len(indices):
        raise ShapeError(f"evaluate: {len(inputs)} inputs and {len(indices)} targets")
    ends = None if lengths is None else np.asarray(lengths)
    states = ClassificationStates(names, with_scores=True)
    outputs = OutputDigest("probabilities")
    for first in range(0, max(len(indices), 1), _ROWS):
        rows = slice(first, first + _ROWS)
        scores = model.predict(
            inputs[rows], batch_size, lengths=None if ends is None else ends[rows]
        )
        outputs.update(scores)
        states.update_scores(indices[rows], scores)
    return _classification_report(states, start, model=model.name, outputs=outputs)


def evaluate_predictions(
    y_true: npt.ArrayLike,
    *,
    y_pred: npt.ArrayLike | None = None,
    scores: npt.ArrayLike | None = None,
    labels: Sequence[Label] | None = None,
) -> Report:
    """Report on predictions made elsewhere.

    Parameters
    ----------
    y_true : array_like of shape (n,)
        True labels.
    y_pred : array_like of shape (n,), optional
        Predicted labels.
    scores : array_like of shape (n, classes) or (n,), optional
        Probabilities of the classes, or of the second of two.
    labels : sequence of str or int, optional
        The classes, in the order of the columns; by default all that occur, sorted.

    Returns
    -------
    Report
        Metrics, confusion matrix, digests.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError
        Neither or both of `y_pred` and `scores` are given.
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        Lengths differ, a label is unknown, or a score is NaN or outside [0, 1].

    Examples
    --------
    >>> from lstmetrics import evaluate_predictions
    >>> report = evaluate_predictions(["spam", "ham", "ham"], y_pred=["spam", "spam", "ham"])
    >>> report.metrics["precision"], report.metrics["recall"]
    (0.5, 1.0)
    """
    if (y_pred is None) == (scores is None):
        raise InvalidTypeError("evaluate_predictions: give either y_pred or scores")
    start = time.perf_counter()
    if y_pred is not None:
        if len(np.asarray(y_true)) != len(np.asarray(y_pred)):
            raise ShapeError(
                f"evaluate_predictions: {len(np.asarray(y_true))} true and "
                f"{len(np.asarray(y_pred))} predicted labels"
            )
        names = _found_labels(y_true, y_pred) if labels is None else list(labels)
        states = ClassificationStates(names, with_scores=False)
        states.update_labels(label_indices(y_true, names), label_indices(y_pred, names))
        return _classification_report(states, start)
    probabilities = np.asarray(scores)
    names = _found_labels(y_true) if labels is None else list(labels)
    columns = 2 if probabilities.ndim == 1 else probabilities.shape[1]
    if len(names) != columns:
        raise ShapeError(
            f"evaluate_predictions: scores are for {columns} classes, the labels are {names}; name "
            "all classes by labels="
        )
    states = ClassificationStates(names, with_scores=True)
    states.update_scores(label_indices(y_true, names), probabilities)
    return _classification_report(states, start)


def _evaluate_language_model(
    model: Model, inputs: Any, targets: Any, lengths: Any, batch_size: int, start: float
) -> Report:
    outputs = OutputDigest("token losses")
    tokens = tokens_of(
        model, inputs, targets, lengths=lengths, batch_size=batch_size, outputs=outputs
    )
    metrics = {key: value for key, value in tokens.compute().items() if key != "tokens"}
    digests = {"tokens": tokens.digest()}
    return Report(
        kind="language model",
        model=model.name,
        samples=tokens.tokens,
        metrics=metrics,
        digest=combined(digests),
        digests=digests | {"outputs": outputs.hexdigest()},
        seconds=time.perf_counter() - start,
    )


def _classification_report(
    states: ClassificationStates,
    start: float,
    *,
    model: str | None = None,
    outputs: OutputDigest | None = None,
) -> Report:
    digests = states.digests()
    if outputs is not None:
        digests["outputs"] = outputs.hexdigest()
    return Report(
        kind="classification",
        model=model,
        samples=states.confusion.samples,
        metrics=states.metrics(),
        labels=states.labels,
        per_class=states.per_class(),
        confusion=states.confusion.matrix(labels=states.labels),
        digest=states.digest(),
        digests=digests,
        seconds=time.perf_counter() - start,
    )


def _class_labels(model: Model, labels: Sequence[Label] | None) -> list[Label]:
    shape = model.output_shape
    if isinstance(shape, list):
        raise ShapeError(f"evaluate: a classifier has one output, this model has {len(shape)}")
    if len(shape) != 2:
        raise ShapeError(
            f"evaluate: a classifier gives (None, classes), this model gives {shape}; set "
            "return_sequences=False on its last LSTM"
        )
    classes = shape[-1] if shape[-1] != 1 else 2
    names = labels if labels is not None else model.labels
    chosen: list[Label] = list(range(int(classes or 0))) if names is None else list(names)
    if len(chosen) != classes:
        raise ShapeError(
            f"evaluate: the model tells {classes} classes apart, the labels are {chosen}"
        )
    return chosen


def _found_labels(*columns: npt.ArrayLike) -> list[Label]:
    kinds = {np.asarray(column).dtype.kind in "iub" for column in columns}
    if len(kinds) > 1:
        raise InvalidTypeError("true and predicted labels must both be text or both be integers")
    found = np.unique(np.concatenate([np.unique(np.asarray(column)) for column in columns]))
    if found.size == 0:
        raise InvalidValueError("there are no rows; name the classes by labels=")
    return list(found.tolist())
