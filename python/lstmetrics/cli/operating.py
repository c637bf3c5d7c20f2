"""Thresholds chosen on one file and measured on another."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from lstmetrics.cli.from_predictions import positive_of, scored
from lstmetrics.cli.source import Source, facts_of
from lstmetrics.errors import InvalidParameterError, InvalidValueError
from lstmetrics.evaluation.intervals import Drawn
from lstmetrics.evaluation.thresholds import OperatingPoint, Rule

__all__ = ["operating_points"]


def operating_points(
    source: Source, test: Path, rules: Iterable[str], pos_label: str | None, replicates: int
) -> tuple[list[dict[str, Any]], dict[Path, dict[str, Any]]]:
    """Return a row for each rule, and by file what was skipped.

    Of each row of the validation data 9 bytes are kept; the other file is read in a stream.

    Raises
    ------
    lstmetrics.errors.InvalidValueError, lstmetrics.errors.InvalidParameterError
        There are not two classes, or the positive label is none of them.
    """
    wanted = [Rule.parse(rule) for rule in rules]
    labels = source.find_labels()
    if len(labels) != 2:
        raise InvalidValueError(f"thresholds are of two classes, {source.path} has {len(labels)}")
    chosen = positive_of(labels, pos_label)
    if chosen is not None and chosen not in labels:
        raise InvalidParameterError(f"--pos-label must be one of {labels}, got {pos_label!r}")
    positive = 1 if chosen is None else labels.index(chosen)
    truth, scores, skipped = scored(source, labels)
    points = [OperatingPoint(rule, truth == positive, scores) for rule in wanted]
    read = source.alike(test)
    table = read.table()
    rows = 0
    for batch in read.batches(table, labels):
        positives = (batch[str(read.label)] == positive).astype(np.intp)
        rows += len(positives)
        for point in points:
            point.update(positives, batch[read.scores[0]])
    told = {source.path: skipped}
    told.setdefault(test, facts_of(table, rows))
    return [point.row(Drawn(replicates=replicates)) for point in points], told
