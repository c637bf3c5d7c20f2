"""From a model's file and a file of data to a report."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from lstmetrics.cli.from_predictions import positive_of
from lstmetrics.cli.source import Progress, Source, facts_of, names_of, values_of, with_total
from lstmetrics.errors import EmptyInputError, InvalidValueError
from lstmetrics.evaluation import Report, evaluate
from lstmetrics.evaluation.classifying import with_data
from lstmetrics.evaluation.labels import Label
from lstmetrics.models import Model, load_model

__all__ = ["evaluate_model", "evaluate_text"]


def evaluate_model(
    path: Path,
    source: Source,
    progress: Progress | None,
    *,
    train: Path | None,
    validation: Path | None = None,
    pos_label: str | None = None,
    **options: Any,
) -> Report:
    """Evaluate a model file on a file of texts or ids."""
    if (source.text is None) == (source.ids is None):
        raise InvalidValueError("say which column to read: either --text or --ids")
    model = load_model(path)
    _check_task(model, source)
    labels = _labels_of(model, source)
    splits = [
        None if split is None else _read_all(source.alike(split, by=(), name=None), labels)
        for split in (train, validation)
    ]
    table = source.table()

    def batches() -> Iterator[dict[str, Any]]:
        for batch in source.batches(table, labels):
            yield {
                "inputs": _inputs(source, batch),
                "targets": None if source.label is None else _targets(source, batch, labels),
                "by": {name: batch[f"by {name}"] for name in source.by},
                "ids": None if source.name is None else batch[source.name],
            }

    named = source.labels is not None or source.task == "tags"
    report = evaluate(
        model,
        batches(),
        labels=labels if named else None,
        pos_label=positive_of(labels, pos_label) if labels else pos_label,
        train=splits[0],
        validation=splits[1],
        progress=with_total(progress, table),
        **options,
    )
    return with_data(report, facts_of(table, report.samples), options.get("goals"))


def _check_task(model: Model, source: Source) -> None:
    if not model.is_language_model:
        if source.label is None:
            raise InvalidValueError("a classifier needs --label, the column with the true labels")
        if source.task == "tags":
            raise InvalidValueError("--task tags needs a model with a distribution for each token")
    elif (source.label is None) == (source.task == "tags") or source.task == "multilabel":
        raise InvalidValueError(
            "a model with a distribution for each token is a language model, which takes no "
            "--label, or a tagger: --task tags --label COLUMN"
        )


def _labels_of(model: Model, source: Source) -> list[Label]:
    if source.label is None:
        return []
    if source.labels is not None:
        return source.find_labels()
    if model.labels is not None:
        return list(model.labels)
    if source.task == "tags":
        raise InvalidValueError("the model does not name its tags: name them by --labels, in order")
    shape = model.output_shape
    classes = int(shape[-1] or 0) if isinstance(shape, tuple) else 0
    return list(range(classes if source.task == "multilabel" else max(classes, 2)))


def _read_all(source: Source, labels: list[Label]) -> tuple[Any, Any]:
    inputs: list[Any] = []
    targets: list[Any] = []
    for batch in source.batches(source.table(), labels):
        inputs += _inputs(source, batch)
        if source.label is not None:
            targets += list(_targets(source, batch, labels))
    if source.task == "multilabel":
        return inputs, np.asarray(targets)
    return inputs, None if source.label is None else targets


def _inputs(source: Source, batch: dict[str, Any]) -> list[Any]:
    found = batch[source.text if source.text is not None else str(source.ids)]
    return list(found if isinstance(found, list) else found.to_pylist())


def _targets(source: Source, batch: dict[str, Any], labels: list[Label]) -> Any:
    found = batch[str(source.label)]
    if source.task == "classes":
        return values_of(names_of(labels), found)
    return found.to_pylist() if source.task == "tags" else found


def evaluate_text(path: Path, data: Path, *, train: Path | None, **options: Any) -> Report:
    """Evaluate a language model on a file that is one text."""
    texts = [None if one is None else one.read_text(encoding="utf-8") for one in (data, train)]
    training = None if texts[1] is None else (texts[1], None)
    report = evaluate(load_model(path), texts[0], train=training, **options)
    if not report.samples:
        raise EmptyInputError(f"{data} has no token to predict: there is nothing to evaluate")
    return report
