"""From files to the arguments of the library."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lstmetrics.cli.columns import Columns, find_labels
from lstmetrics.cli.tables import Table, open_table
from lstmetrics.errors import EmptyInputError, InvalidValueError
from lstmetrics.evaluation import Predictions, Report, evaluate, evaluate_predictions
from lstmetrics.evaluation.classifying import with_data
from lstmetrics.evaluation.labels import Label
from lstmetrics.models import Model, load_model

__all__ = [
    "Source",
    "evaluate_model",
    "evaluate_table",
    "evaluate_text",
    "predictions_of",
    "scored",
]

Progress = Callable[[int, int | None], object]


@dataclass(frozen=True)
class Source:
    """Which columns of a file hold what."""

    path: Path
    label: str | None = None
    pred: str | None = None
    scores: Sequence[str] = ()
    text: str | None = None
    ids: str | None = None  # token ids, separated by blanks
    name: str | None = None  # names of the samples
    by: Sequence[str] = ()
    labels: Sequence[str] | None = None
    skip: bool = False

    def table(self) -> Table:
        """Open the file, and see that the columns are there."""
        columns = [self.label, self.pred, *self.scores, self.text, self.ids, self.name, *self.by]
        wanted = [column for column in columns if column is not None]
        return open_table(self.path, wanted, skip=self.skip)

    def find_labels(self) -> list[Label]:
        """Return the classes: those named, as numbers where all are, else those that occur."""
        if self.labels is not None:
            if all(_is_whole(label) for label in self.labels):
                return [int(label) for label in self.labels]
            return list(self.labels)
        columns = [column for column in (self.label, self.pred) if column is not None]
        return find_labels(open_table(self.path, columns, skip=self.skip), columns)

    def batches(self, table: Table, labels: list[Label]) -> Iterator[dict[str, Any]]:
        """Yield batches of the columns by name."""
        texts = (self.text, self.name)
        return Columns(
            table,
            labels,
            label_columns=[column for column in (self.label, self.pred) if column is not None],
            number_columns=list(self.scores),
            text_columns=[column for column in texts if column is not None],
            id_columns=[] if self.ids is None else [self.ids],
            group_columns=list(self.by),
        ).batches()


def _facts(table: Table, samples: int) -> dict[str, Any]:
    """Return what was skipped, once the table has been read and has given so many samples."""
    if not samples:
        raise table.nothing()
    total = table.skipped.total()
    return {"rows_skipped": total, "skip_reasons": dict(table.skipped)}


def evaluate_table(source: Source, progress: Progress | None, **options: Any) -> Report:
    """Evaluate a file of predictions, in one pass once its classes are known."""
    if source.label is None:
        raise InvalidValueError("--predictions needs --label, the column with the true labels")
    if (source.pred is None) == (not source.scores):
        raise InvalidValueError("say what was predicted: either --pred or --score")
    table = source.table()
    labels = source.find_labels()
    names = _names_of(labels)

    def batches() -> Iterator[dict[str, Any]]:
        for batch in source.batches(table, labels):
            yield _prediction_batch(source, batch, names)

    report = evaluate_predictions(
        batches(), labels=labels, progress=_with_total(progress, table), **options
    )
    return with_data(report, _facts(table, report.samples), options.get("goals"))


def _prediction_batch(source: Source, batch: dict[str, Any], names: Any) -> dict[str, Any]:
    found = {"y_true": _values(names, batch[str(source.label)])}
    if source.pred is not None:
        found["y_pred"] = _values(names, batch[source.pred])
    else:
        found["scores"] = _matrix(source, batch)
    found["by"] = {name: batch[f"by {name}"] for name in source.by}
    found["texts"] = None if source.text is None else batch[source.text]
    found["ids"] = None if source.name is None else batch[source.name]
    return found


def _matrix(source: Source, batch: dict[str, Any]) -> Any:
    columns = [batch[name] for name in source.scores]
    return columns[0] if len(columns) == 1 else np.column_stack(columns)


def _names_of(labels: list[Label]) -> Any:
    """Return what indices stand for; None where they can stand for themselves."""
    if isinstance(labels[0], str) or labels == list(range(len(labels))):
        return None
    return np.asarray(labels)


def _values(names: Any, indices: Any) -> Any:
    return indices if names is None else names[indices]


def evaluate_model(
    path: Path, source: Source, progress: Progress | None, *, train: Path | None, **options: Any
) -> Report:
    """Evaluate a model file on a file of texts or ids."""
    if (source.text is None) == (source.ids is None):
        raise InvalidValueError("say which column to read: either --text or --ids")
    model = load_model(path)
    if source.label is None and not model.is_language_model:
        raise InvalidValueError("a classifier needs --label, the column with the true labels")
    training = None
    if train is not None:
        training = _read_all(model, Source(**{**vars(source), "path": train, "by": ()}))
    table = source.table()
    labels = _labels_of(model, source)

    def batches() -> Iterator[dict[str, Any]]:
        for batch in source.batches(table, labels):
            yield {
                "inputs": _inputs(source, batch),
                "targets": None if source.label is None else batch[source.label],
                "by": {name: batch[f"by {name}"] for name in source.by},
                "ids": None if source.name is None else batch[source.name],
            }

    report = evaluate(
        model,
        batches(),
        labels=labels if source.labels is not None else None,
        train=training,
        progress=_with_total(progress, table),
        **options,
    )
    return with_data(report, _facts(table, report.samples), options.get("goals"))


def _labels_of(model: Model, source: Source) -> list[Label]:
    if source.label is None:
        return []
    if source.labels is not None:
        return source.find_labels()
    if model.labels is not None:
        return list(model.labels)
    shape = model.output_shape
    classes = int(shape[-1] or 0) if isinstance(shape, tuple) else 0
    return list(range(max(classes, 2)))


def _read_all(model: Model, source: Source) -> tuple[Any, Any]:
    labels = _labels_of(model, source)
    inputs: list[Any] = []
    targets: list[int] = []
    for batch in source.batches(source.table(), labels):
        inputs += _inputs(source, batch)
        if source.label is not None:
            targets += batch[source.label].tolist()
    return inputs, None if source.label is None else targets


def _inputs(source: Source, batch: dict[str, Any]) -> list[Any]:
    if source.text is not None:
        return list(batch[source.text])
    return list(batch[str(source.ids)])


def evaluate_text(path: Path, data: Path, *, train: Path | None, **options: Any) -> Report:
    """Evaluate a language model on a file that is one text."""
    texts = [None if one is None else one.read_text(encoding="utf-8") for one in (data, train)]
    training = None if texts[1] is None else (texts[1], None)
    report = evaluate(load_model(path), texts[0], train=training, **options)
    if not report.samples:
        raise EmptyInputError(f"{data} has no token to predict: there is nothing to evaluate")
    return report


def scored(source: Source) -> tuple[list[Label], Any, Any, dict[str, Any]]:
    """Return the classes, all labels and scores of a file as arrays, and what was skipped."""
    table, labels = source.table(), source.find_labels()
    names = _names_of(labels)
    batches = list(source.batches(table, labels))
    facts = _facts(table, len(batches))
    truth = np.concatenate([_values(names, batch[str(source.label)]) for batch in batches])
    scores = np.concatenate([_matrix(source, batch) for batch in batches])
    return labels, truth, scores, facts


def predictions_of(source: Source, labels: list[Label]) -> tuple[Predictions, dict[str, Any]]:
    """Return what one model said, all of it, and what was skipped."""
    names = _names_of(labels)
    table = source.table()
    parts = [_prediction_batch(source, batch, names) for batch in source.batches(table, labels)]
    facts = _facts(table, len(parts))
    by = {
        name: [value for part in parts for value in part["by"][name].to_pylist()]
        for name in source.by
    }
    joined = {
        name: np.concatenate([part[name] for part in parts])
        for name in ("y_true", "y_pred" if source.pred is not None else "scores")
    }
    ids = None if source.name is None else [name for part in parts for name in part["ids"]]
    return Predictions(**joined, ids=ids, by=by), facts


def _with_total(progress: Progress | None, table: Table) -> Progress | None:
    if progress is None:
        return None
    return lambda done, _: progress(done, table.rows)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdigit()
