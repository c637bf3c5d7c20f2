"""Running a tagger, a model with a distribution over tags for each token, over texts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.evaluation.batches import as_batches, as_columns, check_batch, is_stream
from lstmetrics.evaluation.digests import OutputDigest
from lstmetrics.evaluation.labels import Label
from lstmetrics.evaluation.options import Options, read_metrics
from lstmetrics.evaluation.report import Report
from lstmetrics.evaluation.tagging import TaggingRun
from lstmetrics.evaluation.tokens import TextFacts, are_texts
from lstmetrics.models.model import Model
from lstmetrics.models.text import pad

__all__ = ["evaluate_tagger"]

_FUNCTION = "evaluate"
_ROWS = 1024  # sequences whose outputs are held at once; results do not depend on it
_NAMES = frozenset({"inputs", "targets", "lengths", "by", "texts", "ids"})


def evaluate_tagger(
    model: Model,
    columns: dict[str, Any],
    labels: list[Label],
    options: Options,
    *,
    batch_size: int,
    train: Any,
) -> Report:
    """Run a tagger over texts and report on it; see :func:`lstmetrics.evaluate`."""
    shape = model.output_shape
    if isinstance(shape, list) or len(labels) != shape[-1]:
        raise ShapeError(
            f"{_FUNCTION}: the model gives {shape}, a probability for each tag, and there are "
            f"{len(labels)} labels"
        )
    tags = np.asarray(list(map(str, labels)))
    facts = TextFacts(model.text)
    run = TaggingRun(options)
    run.outputs = OutputDigest("probabilities")
    _add(run, model, columns, tags, batch_size, facts)
    run.data |= facts.found()
    of_train = None if isinstance(train, tuple) else read_metrics(train)
    if isinstance(train, tuple):
        split = dict.fromkeys(_NAMES) | {"inputs": train[0], "targets": train[1]}
        seen = TaggingRun(Options(worst=0))
        _add(seen, model, split, tags, batch_size, TextFacts(model.text))
        of_train = seen.metrics()
    return run.report(model=model.name, train=of_train)


def _add(
    run: TaggingRun,
    model: Model,
    columns: dict[str, Any],
    tags: npt.NDArray[Any],
    batch_size: int,
    facts: TextFacts,
) -> None:
    rows, batches = _batches(columns)
    done = 0
    for batch in batches:
        ids, ends, words = _read(batch, facts)
        truth = _true_tags(batch["targets"], ends, tags, done)
        scores = model.predict(ids, batch_size, lengths=ends)
        real = np.arange(scores.shape[1]) < ends[:, None]
        flat = scores[real]
        if run.outputs is not None:
            run.outputs.update(flat)
        called = flat.argmax(axis=1)
        run.update(
            truth,
            _cut(tags[called], ends),
            confidence=flat[np.arange(len(flat)), called],
            by=batch["by"],
            tokens=words,
            ids=batch["ids"],
            total=rows,
        )
        done += len(ends)


def _batches(columns: dict[str, Any]) -> tuple[int | None, Iterator[dict[str, Any]]]:
    """Return how many rows there are, if that is known, and the data in blocks of rows."""
    if is_stream(columns["inputs"]):
        return None, (_mapping(batch) for batch in columns["inputs"])
    if columns["targets"] is None:
        raise InvalidTypeError(f"{_FUNCTION}: a tagger needs targets, the true tags")
    rows = as_columns({**columns, "by": None}, columns["by"])
    return len(rows["inputs"]), as_batches(rows, _ROWS, _FUNCTION)


def _mapping(batch: Any) -> dict[str, Any]:
    if isinstance(batch, tuple | list) and len(batch) == 2:
        batch = {"inputs": batch[0], "targets": batch[1]}
    found = check_batch(batch, _NAMES, "inputs", _FUNCTION)
    if found["targets"] is None:
        raise InvalidTypeError(f"{_FUNCTION}: a batch for a tagger needs targets, the true tags")
    return found


def _read(
    batch: Mapping[str, Any], facts: TextFacts
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64], Sequence[Any] | None]:
    """Return the ids of a block, where rows end, and the words, where they are known."""
    inputs, lengths, words = batch["inputs"], batch["lengths"], batch["texts"]
    if len(inputs) and not isinstance(inputs, np.ndarray) and are_texts(inputs[0]):
        texts = inputs if isinstance(inputs[0], str) else [" ".join(row) for row in inputs]
        words = [text.split() for text in texts] if words is None else words
        ids, ends = facts.encode(texts)
        return ids, ends, words
    if isinstance(inputs, list | tuple):
        ids, ends = pad(inputs)
    else:
        ids = np.asarray(inputs)
        ends = np.full(len(ids), ids.shape[1], np.int64)
    return ids, ends if lengths is None else np.asarray(lengths, np.int64), words


def _true_tags(
    targets: Any, ends: npt.NDArray[np.int64], tags: npt.NDArray[Any], done: int
) -> list[list[str]]:
    """Return the true tags of each row by name, as many as it has tokens."""
    if len(targets) != len(ends):
        raise ShapeError(f"{_FUNCTION}: {len(ends)} inputs and {len(targets)} targets")
    found = []
    for row, (given, end) in enumerate(zip(targets, ends.tolist(), strict=True)):
        of_row = np.asarray(given)
        if isinstance(targets, np.ndarray):
            of_row = of_row[:end]  # what lies behind is padding
        if len(of_row) != end:
            raise ShapeError(
                f"{_FUNCTION}: row {done + row} has {len(of_row)} tags, the model sees {end} tokens"
            )
        if of_row.dtype.kind in "iu":
            if of_row.size and not (of_row.min() >= 0 and of_row.max() < len(tags)):
                raise InvalidValueError(
                    f"{_FUNCTION}: row {done + row} has a tag outside 0 to {len(tags) - 1}"
                )
            of_row = tags[of_row]
        found.append(of_row.tolist())
    return found


def _cut(flat: npt.NDArray[Any], ends: npt.NDArray[np.int64]) -> list[list[str]]:
    """Return what lies one after the other as rows of so many each."""
    owners = np.repeat(np.arange(len(ends)), ends)
    starts = np.searchsorted(owners, np.arange(1, len(ends)))
    return [part.tolist() for part in np.split(flat, starts)][: len(ends)]
