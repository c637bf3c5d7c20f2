"""Agreement beyond chance from the definitions, in exact rational arithmetic.

A result that is undefined is `None`; a square root is taken of a fraction and rounded once.
"""

from __future__ import annotations

import math
from collections.abc import Hashable
from fractions import Fraction

from reference.counts import (
    Labels,
    Weights,
    confusion,
    mean,
    outcomes,
    present_labels,
    ratio,
    weight_fractions,
)


def error_rate(y_true: Labels, y_pred: Labels, weights: Weights = None) -> Fraction | None:
    """Weight of the samples that differ, over the weight of all."""
    amounts = weight_fractions(len(y_true), weights)
    pairs = zip(y_true, y_pred, amounts, strict=True)
    return ratio(sum((w for t, p, w in pairs if t != p), Fraction(0)), sum(amounts, Fraction(0)))


def recalls(y_true: Labels, y_pred: Labels, weights: Weights = None) -> list[Fraction]:
    """The recall of every label that weighs anything."""
    table = [outcomes(y_true, y_pred, label, weights) for label in present_labels(y_true, y_pred)]
    return [hit / actual for hit, _, actual in table if actual]


def balanced_accuracy(
    y_true: Labels, y_pred: Labels, adjusted: bool, weights: Weights = None
) -> Fraction | None:
    """Mean recall; adjusted so that chance is zero."""
    values = recalls(y_true, y_pred, weights)
    average = mean(values, [Fraction(1)] * len(values))
    if average is None or not adjusted:
        return average
    chance = Fraction(1, len(values))
    return ratio(average - chance, 1 - chance)


def root(value: Fraction) -> float:
    """Return the square root of a fraction of any size, from 200 binary digits of it."""
    shift = 200 + max(0, value.denominator.bit_length() - value.numerator.bit_length())
    shift += shift % 2
    digits = math.isqrt((value.numerator << shift) // value.denominator)
    return float(Fraction(digits, 1 << (shift // 2)))


def matthews(y_true: Labels, y_pred: Labels, weights: Weights = None) -> float:
    """Covariance over the root of the two variances: the correlation of indicator vectors."""
    cells = confusion(y_true, y_pred, weights=weights)
    size = range(len(cells))
    true = [sum(row, Fraction(0)) for row in cells]
    pred = [sum((cells[i][j] for i in size), Fraction(0)) for j in size]
    total = sum(true, Fraction(0))
    together = sum((total * cells[k][k] - true[k] * pred[k] for k in size), Fraction(0))
    spread_true = sum((t * (total - t) for t in true), Fraction(0))
    spread_pred = sum((p * (total - p) for p in pred), Fraction(0))
    if not spread_true or not spread_pred:
        return 0.0
    value = root(together**2 / (spread_true * spread_pred))
    return value if together >= 0 else -value


def kappa(
    y1: Labels,
    y2: Labels,
    how: str | None,
    labels: Labels | None = None,
    weights: Weights = None,
) -> Fraction | None:
    """One less the observed over the expected disagreement."""
    cells = confusion(y1, y2, labels, weights)
    size = range(len(cells))
    first = [sum(row, Fraction(0)) for row in cells]
    second = [sum((cells[i][j] for i in size), Fraction(0)) for j in size]
    total = sum(first, Fraction(0))
    if not total:
        return None
    weight = {
        None: lambda i, j: int(i != j),
        "linear": lambda i, j: abs(i - j),
        "quadratic": lambda i, j: (i - j) ** 2,
    }[how]
    observed = sum((weight(i, j) * cells[i][j] for i in size for j in size), Fraction(0))
    chance = sum((weight(i, j) * first[i] * second[j] for i in size for j in size), Fraction(0))
    disagreement = ratio(observed * total, chance)
    return None if disagreement is None else 1 - disagreement


def jaccard(
    y_true: Labels,
    y_pred: Labels,
    average: str | None,
    weights: Weights = None,
    undefined: Fraction = Fraction(0),
) -> list[Fraction | None]:
    """Intersection over union for each label, or averaged."""
    table = [outcomes(y_true, y_pred, label, weights) for label in present_labels(y_true, y_pred)]
    support = [actual for _, _, actual in table]
    if average == "micro":
        table = [tuple(sum(column, Fraction(0)) for column in zip(*table, strict=True))]  # type: ignore[misc]
    unions = [(hit, predicted + actual - hit) for hit, predicted, actual in table]
    values: list[Fraction | None] = [hit / union if union else undefined for hit, union in unions]
    if average in (None, "micro"):
        return values
    amounts = support if average == "weighted" else [Fraction(1)] * len(values)
    return [mean(values, amounts)]


def likelihood_ratios(
    y_true: Labels, y_pred: Labels, negative: Hashable, positive: Hashable, weights: Weights = None
) -> tuple[Fraction | None, Fraction | None]:
    """Sensitivity over one less specificity; one less sensitivity over specificity."""
    (tn, fp), (fn, tp) = confusion(y_true, y_pred, [negative, positive], weights)
    if not tp + fn:
        return None, None
    sensitivity = tp / (tp + fn)
    specificity = ratio(tn, tn + fp)
    if specificity is None:
        return None, None
    return ratio(sensitivity, 1 - specificity), ratio(1 - sensitivity, specificity)


def against_rest(
    y_true: Labels, y_pred: Labels, labels: Labels, weights: Weights = None
) -> list[list[list[Fraction]]]:
    """[[tn, fp], [fn, tp]] of each label."""
    total = sum(weight_fractions(len(y_true), weights), Fraction(0))
    tables = []
    for label in labels:
        tp, predicted, actual = outcomes(y_true, y_pred, label, weights)
        fp, fn = predicted - tp, actual - tp
        tables.append([[total - tp - fp - fn, fp], [fn, tp]])
    return tables
