"""Multilabel metrics from their definitions, in exact rational arithmetic.

An indicator is a list of rows of zeros and ones. A result that is undefined is `None`. Scores of a
single label or sample are exact; averages over them take each rounded once, as is promised.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from reference.counts import Scores, Weights, mean, ratio, scores_of, weight_fractions
from reference.exact import round_once

Indicator = Sequence[Sequence[int]]
Outcomes = tuple[Fraction, Fraction, Fraction]  # right, predicted, true


def by_label(y_true: Indicator, y_pred: Indicator, weights: Weights = None) -> list[Outcomes]:
    """What came of each label."""
    amounts = weight_fractions(len(y_true), weights)
    totals = []
    for label in range(len(y_true[0])):
        right = predicted = true = Fraction(0)
        for t, p, weight in zip(y_true, y_pred, amounts, strict=True):
            right += weight if t[label] and p[label] else 0
            predicted += weight if p[label] else 0
            true += weight if t[label] else 0
        totals.append((right, predicted, true))
    return totals


def by_sample(y_true: Indicator, y_pred: Indicator) -> list[Outcomes]:
    """What came of each sample, without its weight."""
    return [
        (
            Fraction(sum(a and b for a, b in zip(t, p, strict=True))),
            Fraction(sum(p)),
            Fraction(sum(t)),
        )
        for t, p in zip(y_true, y_pred, strict=True)
    ]


def accuracy(y_true: Indicator, y_pred: Indicator, weights: Weights = None) -> Fraction | None:
    """Weight of the samples with every label right, over the weight of all."""
    amounts = weight_fractions(len(y_true), weights)
    pairs = zip(y_true, y_pred, amounts, strict=True)
    right = sum((w for t, p, w in pairs if list(t) == list(p)), Fraction(0))
    return ratio(right, sum(amounts, Fraction(0)))


def hamming_loss(y_true: Indicator, y_pred: Indicator, weights: Weights = None) -> Fraction | None:
    """Weight of the labels that are wrong, over the weight of all."""
    wrong = all_ = Fraction(0)
    for t, p, weight in zip(y_true, y_pred, weight_fractions(len(y_true), weights), strict=True):
        for a, b in zip(t, p, strict=True):
            wrong += weight if a != b else 0
            all_ += weight
    return ratio(wrong, all_)


def _together(outcomes: list[Outcomes]) -> Outcomes:
    right, predicted, true = (sum(column, Fraction(0)) for column in zip(*outcomes, strict=True))
    return right, predicted, true


def _averaged(
    columns: list[list[Fraction | None]], amounts: list[Fraction]
) -> list[Fraction | None]:
    rounded = [[None if v is None else Fraction(round_once(v)) for v in c] for c in columns]
    return [mean(column, amounts) for column in rounded]


def precision_recall_fscore(
    y_true: Indicator,
    y_pred: Indicator,
    *,
    beta: float = 1.0,
    average: str | None = None,
    weights: Weights = None,
    undefined: Fraction | None = Fraction(0),
) -> list[Scores]:
    """Scores of each label; one entry when averaged."""
    outcomes = by_label(y_true, y_pred, weights)
    if average == "samples":
        outcomes = by_sample(y_true, y_pred)
    if average == "micro":
        outcomes = [_together(outcomes)]
    rows = [scores_of(*one, beta, undefined) for one in outcomes]
    if average is None or average == "micro":
        return rows
    amounts = [Fraction(1)] * len(rows)
    if average == "weighted":
        amounts = [true for _, _, true in outcomes]
    if average == "samples":
        amounts = weight_fractions(len(y_true), weights)
    precision, recall, f_score = _averaged([[row[k] for row in rows] for k in range(3)], amounts)
    return [(precision, recall, f_score)]


def jaccard(
    y_true: Indicator,
    y_pred: Indicator,
    *,
    average: str | None = None,
    weights: Weights = None,
    undefined: Fraction = Fraction(0),
) -> list[Fraction | None]:
    """Jaccard index of each label; one entry when averaged."""
    outcomes = by_label(y_true, y_pred, weights)
    if average == "samples":
        outcomes = by_sample(y_true, y_pred)
    if average == "micro":
        outcomes = [_together(outcomes)]
    values: list[Fraction | None] = []
    for right, predicted, true in outcomes:
        value = ratio(right, predicted + true - right)
        values.append(undefined if value is None else value)
    if average is None or average == "micro":
        return values
    amounts = [Fraction(1)] * len(values)
    if average == "weighted":
        amounts = [true for _, _, true in outcomes]
    if average == "samples":
        amounts = weight_fractions(len(y_true), weights)
    return _averaged([values], amounts)


def matrices(
    y_true: Indicator, y_pred: Indicator, weights: Weights = None, *, samplewise: bool = False
) -> list[list[list[Fraction]]]:
    """Return ``[[tn, fp], [fn, tp]]`` of each label, or of each sample times its weight."""
    amounts = weight_fractions(len(y_true), weights)
    if samplewise:
        rows = zip(by_sample(y_true, y_pred), amounts, strict=True)
        entries = [(tuple(n * w for n in one), w * len(y_true[0])) for one, w in rows]
    else:
        total = sum(amounts, Fraction(0))
        entries = [(one, total) for one in by_label(y_true, y_pred, weights)]
    return [
        [[total - predicted - true + right, predicted - right], [true - right, right]]
        for (right, predicted, true), total in entries
    ]
