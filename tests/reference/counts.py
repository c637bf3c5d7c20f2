"""Counting metrics from their definitions, in exact rational arithmetic.

Labels are anything hashable and sortable; a result that is undefined is `None`.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from fractions import Fraction
from typing import Any

Labels = Sequence[Hashable]
Weights = Sequence[float] | None


def weight_fractions(count: int, weights: Weights) -> list[Fraction]:
    """Weights as exact fractions; ones when there are none."""
    return [Fraction(1)] * count if weights is None else [Fraction(w) for w in weights]


def present_labels(y_true: Labels, y_pred: Labels) -> list[Any]:
    """Every label seen, sorted."""
    return sorted(set(y_true) | set(y_pred))  # type: ignore[type-var]


def confusion(
    y_true: Labels, y_pred: Labels, labels: Labels | None = None, weights: Weights = None
) -> list[list[Fraction]]:
    """Weight of the samples of each (true, predicted) pair of labels."""
    order = list(present_labels(y_true, y_pred) if labels is None else labels)
    place = {label: index for index, label in enumerate(order)}
    cells = [[Fraction(0)] * len(order) for _ in order]
    for true, pred, weight in zip(
        y_true, y_pred, weight_fractions(len(y_true), weights), strict=True
    ):
        if true in place and pred in place:
            cells[place[true]][place[pred]] += weight
    return cells


def normalized(cells: list[list[Fraction]], normalize: str | None) -> list[list[Fraction]]:
    """Cells over the total of their row, column or everything; 0 where that total is 0."""
    size = range(len(cells))

    def total(row: int, column: int) -> Fraction:
        if normalize == "true":
            return sum(cells[row], Fraction(0))
        if normalize == "pred":
            return sum((cells[k][column] for k in size), Fraction(0))
        if normalize == "all":
            return sum((cell for line in cells for cell in line), Fraction(0))
        return Fraction(1)

    return [[ratio(cells[i][j], total(i, j)) or Fraction(0) for j in size] for i in size]


def ratio(numerator: Fraction, denominator: Fraction) -> Fraction | None:
    """Divide; undefined over zero."""
    return numerator / denominator if denominator else None


def accuracy(y_true: Labels, y_pred: Labels, weights: Weights = None) -> Fraction | None:
    """Weight of the samples that agree, over the weight of all."""
    amounts = weight_fractions(len(y_true), weights)
    agree = sum((w for t, p, w in zip(y_true, y_pred, amounts, strict=True) if t == p), Fraction(0))
    return ratio(agree, sum(amounts, Fraction(0)))


def outcomes(
    y_true: Labels, y_pred: Labels, label: Hashable, weights: Weights = None
) -> tuple[Fraction, Fraction, Fraction]:
    """True positives, predicted positives and positives of one label against the rest."""
    hit = predicted = actual = Fraction(0)
    for true, pred, weight in zip(
        y_true, y_pred, weight_fractions(len(y_true), weights), strict=True
    ):
        hit += weight if true == label and pred == label else 0
        predicted += weight if pred == label else 0
        actual += weight if true == label else 0
    return hit, predicted, actual


Scores = tuple[Fraction | None, Fraction | None, Fraction | None]


def scores_of(
    hit: Fraction, predicted: Fraction, actual: Fraction, beta: float, undefined: Fraction | None
) -> Scores:
    """Precision, recall and F-beta of one set of outcomes."""
    precision = hit / predicted if predicted else undefined
    recall = hit / actual if actual else undefined
    if math.isinf(beta):
        return precision, recall, recall
    if beta == 0:
        return precision, recall, precision
    square = Fraction(beta) ** 2
    below = square * actual + predicted
    return precision, recall, (1 + square) * hit / below if below else undefined


def mean(values: Sequence[Fraction | None], weights: Sequence[Fraction]) -> Fraction | None:
    """Weighted mean of the defined values; unweighted where those weigh nothing."""
    pairs = [(v, w) for v, w in zip(values, weights, strict=True) if v is not None]
    if not pairs:
        return None
    total = sum((w for _, w in pairs), Fraction(0))
    if not total:
        return sum((v for v, _ in pairs), Fraction(0)) / len(pairs)
    return sum((v * w for v, w in pairs), Fraction(0)) / total


def precision_recall_fscore(
    y_true: Labels,
    y_pred: Labels,
    *,
    beta: float = 1.0,
    labels: Labels | None = None,
    pos_label: Hashable = 1,
    average: str | None = None,
    weights: Weights = None,
    undefined: Fraction | None = Fraction(0),
) -> tuple[list[Scores], list[Fraction]]:
    """Scores per label (one entry when averaged), and the support of each label."""
    order = list(present_labels(y_true, y_pred) if labels is None else labels)
    if average == "binary":
        order = [pos_label]
    table = [outcomes(y_true, y_pred, label, weights) for label in order]
    support = [actual for _, _, actual in table]
    if average == "micro":
        table = [tuple(sum(column, Fraction(0)) for column in zip(*table, strict=True))]  # type: ignore[misc]
    rows = [scores_of(*row, beta, undefined) for row in table]
    if average is None:
        return rows, support
    amounts = support if average == "weighted" else [Fraction(1)] * len(rows)
    columns = [[row[k] for row in rows] for k in range(3)]
    return [tuple(mean(column, amounts) for column in columns)], support  # type: ignore[list-item]
