"""From files of predictions to a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.cli.lists import holds_lists
from lstmetrics.cli.source import (
    Progress,
    Source,
    facts_of,
    names_of,
    values_of,
    with_total,
)
from lstmetrics.cli.tables import Table
from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation import (
    Report,
    evaluate_predictions,
    evaluate_tags,
    evaluate_token_losses,
)
from lstmetrics.evaluation.classifying import with_data
from lstmetrics.evaluation.labels import Label
from lstmetrics.evaluation.predictions import probabilities_of

__all__ = [
    "evaluate_table",
    "evaluate_token_table",
    "positive_of",
    "prediction_batch",
    "scored",
    "smallest",
]

# Rows of indicators are cut so that so many cells are held at once.
_MOST_CELLS = 1 << 22


def evaluate_table(
    source: Source,
    progress: Progress | None,
    *,
    validation: Path | None = None,
    pos_label: str | None = None,
    tell_skipped: Callable[[Path, dict[str, Any]], None] = lambda _path, _facts: None,
    **options: Any,
) -> Report:
    """Evaluate a file of predictions, in one pass once its classes are known."""
    if source.label is None:
        raise InvalidValueError("--predictions needs --label, the column with the true labels")
    said = [bool(one) for one in (source.pred, source.scores, source.logits)]
    if said.count(True) != 1:
        raise InvalidValueError("say what was predicted: either --pred, --score or --logit")
    if source.task == "tags":
        return _evaluate_tags(source, progress, **options)
    table = source.table()
    labels = source.find_labels()
    if validation is not None:
        part = source.alike(validation, by=(), text=None, name=None)
        truth, scores, skipped = scored(part, labels)
        tell_skipped(validation, skipped)
        options["validation"] = (values_of(names_of(labels), truth), scores)
    report = evaluate_predictions(
        _predictions(source, table, labels),
        labels=labels,
        pos_label=positive_of(labels, pos_label),
        progress=with_total(progress, table),
        **options,
    )
    return with_data(report, facts_of(table, report.samples), options.get("goals"))


def positive_of(labels: list[Label], pos_label: str | None) -> Label | None:
    """Return the positive label as labels are: a number where they are numbers."""
    if pos_label is None or isinstance(labels[0], str):
        return pos_label
    return next((label for label in labels if str(label) == pos_label), pos_label)


def _predictions(source: Source, table: Table, labels: list[Label]) -> Iterator[dict[str, Any]]:
    names = names_of(labels) if source.task == "classes" else None
    most = _MOST_CELLS // len(labels) if source.task == "multilabel" else None
    for batch in source.batches(table, labels):
        found = prediction_batch(source, batch, names)
        rows = len(found["y_true"])
        for first in range(0, rows, most or rows):
            yield found if most is None else _part(found, slice(first, first + most))


def prediction_batch(source: Source, batch: dict[str, Any], names: Any) -> dict[str, Any]:
    """Return a batch as :func:`lstmetrics.evaluate_predictions` takes it."""
    found = {"y_true": values_of(names, batch[str(source.label)])}
    if source.pred is not None:
        found["y_pred"] = values_of(names, batch[source.pred])
    elif source.scores:
        found["scores"] = _matrix(source, batch)
    else:
        found["logits"] = _matrix(source, batch)
    found["by"] = {name: batch[f"by {name}"] for name in source.by}
    found["texts"] = None if source.text is None else batch[source.text]
    found["ids"] = None if source.name is None else batch[source.name]
    return found


def _part(batch: dict[str, Any], rows: slice) -> dict[str, Any]:
    found = {
        name: None if column is None else column[rows]
        for name, column in batch.items()
        if name != "by"
    }
    return found | {"by": {name: column[rows] for name, column in batch["by"].items()}}


def _matrix(source: Source, batch: dict[str, Any]) -> Any:
    columns = [batch[name] for name in (*source.scores, *source.logits)]
    if len(columns) > 1:
        return np.column_stack(columns)
    (column,) = columns
    return column[:, None] if source.task == "multilabel" and column.ndim == 1 else column


def _evaluate_tags(source: Source, progress: Progress | None, **options: Any) -> Report:
    """Evaluate a file of true and predicted tags, a list of them in each row."""
    if source.pred is None:
        raise InvalidValueError("--task tags needs --pred, the column with the predicted tags")
    table = source.table()

    def batches() -> Iterator[dict[str, Any]]:
        for batch in source.batches(table, []):
            yield {
                "y_true": batch[str(source.label)],
                "y_pred": batch[str(source.pred)],
                "tokens": None if source.text is None else batch[source.text].to_pylist(),
                "by": {name: batch[f"by {name}"] for name in source.by},
                "ids": None if source.name is None else batch[source.name],
            }

    known = ("goals", "replicates")
    report = evaluate_tags(
        batches(),
        progress=with_total(progress, table),
        **{name: options[name] for name in known if name in options},
    )
    return with_data(report, facts_of(table, report.samples), options.get("goals"))


def evaluate_token_table(
    source: Source, progress: Progress | None, vocabulary_size: int | None, **options: Any
) -> Report:
    """Evaluate a file with the losses of tokens: a list of them, or one, in each row."""
    if (source.loss is None) == (source.log_prob is None):
        raise InvalidValueError("say what is known of tokens: either --loss or --log-prob")
    name = str(source.loss if source.loss is not None else source.log_prob)
    what = "losses" if source.loss is not None else "log_probs"
    table = source.table()
    first = next(table.batches(), None)
    read = replace(source, of_lists=first is not None and holds_lists(first.column(name)))

    def batches() -> Iterator[dict[str, Any]]:
        for batch in read.batches(table, []):
            tokens: Any = None if read.token is None else batch[read.token]
            yield {
                what: batch[name],
                "tokens": tokens.to_pylist() if hasattr(tokens, "to_pylist") else tokens,
                "texts": None if read.text is None else batch[read.text],
                "by": {column: batch[f"by {column}"] for column in read.by},
                "ids": None if read.name is None else batch[read.name],
            }

    report = evaluate_token_losses(
        batches(),
        vocabulary_size=vocabulary_size,
        progress=with_total(progress, table),
        **options,
    )
    return with_data(report, facts_of(table, report.samples), options.get("goals"))


def scored(
    source: Source, labels: list[Label]
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], dict[str, Any]]:
    """Return all classes by index, all probabilities of a file, and what was skipped.

    Of two classes, a byte and the eight of one score are kept of each row.
    """
    table = source.table()
    truth: list[npt.NDArray[Any]] = []
    scores: list[npt.NDArray[Any]] = []
    for batch in source.batches(table, labels):
        found = {"y_pred": None, "scores": None, "logits": None}
        found |= prediction_batch(source, batch, None)
        said = probabilities_of(found)
        if said is None:
            raise InvalidValueError("--validation needs --score or --logit")
        truth.append(smallest(found["y_true"], labels))
        scores.append(said)
    facts = facts_of(table, len(truth))
    return np.concatenate(truth), np.concatenate(scores), facts


def smallest(classes: Any, labels: list[Label]) -> npt.NDArray[Any]:
    """Return classes by index in as few bytes as their number allows."""
    found: npt.NDArray[Any] = classes.astype(np.min_scalar_type(max(1, len(labels) - 1)))
    return found
