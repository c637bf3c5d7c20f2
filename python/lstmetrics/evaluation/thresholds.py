"""The right threshold: chosen on validation data, measured on test data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidParameterError, InvalidValueError
from lstmetrics.evaluation.classification import ONE_LABEL
from lstmetrics.evaluation.intervals import Drawn, bootstrapped
from lstmetrics.evaluation.labels import Indices
from lstmetrics.streaming import Confusion

__all__ = ["OperatingPoint", "Rule", "choose_threshold", "read_rules"]

Floats = npt.NDArray[np.float64]
_KINDS = ("fbeta", "cost", "precision", "recall")


@dataclass(frozen=True)
class Rule:
    """What a threshold is chosen by.

    Parameters
    ----------
    kind : {'fbeta', 'cost', 'precision', 'recall'}
        The greatest F-beta; the least cost; the greatest recall with a precision of at least
        `value`; the greatest precision with a recall of at least `value`.
    value : float, default=1.0
        Beta, or the precision or recall asked for.
    costs : mapping from str to float, optional
        Of one sample of the outcomes ``tp``, ``fp``, ``fn`` and ``tn``; 0 where it is not named.

    Raises
    ------
    lstmetrics.errors.InvalidParameterError
        For an unknown kind or outcome, a beta below 0, a share outside [0, 1].

    Examples
    --------
    >>> from lstmetrics.evaluation import Rule
    >>> Rule.parse("precision>=0.9")
    Rule(kind='precision', value=0.9, costs={})
    >>> Rule.parse("f2"), Rule.parse("cost fp=1 fn=5").costs["fn"]
    (Rule(kind='fbeta', value=2.0, costs={}), 5.0)
    """

    kind: Literal["fbeta", "cost", "precision", "recall"]
    value: float = 1.0
    costs: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.kind not in _KINDS:
            raise InvalidParameterError(f"Rule: kind must be one of {_KINDS}, got {self.kind!r}")
        most = float("inf") if self.kind == "fbeta" else 1.0
        if self.kind != "cost" and not 0 <= self.value <= most:
            raise InvalidParameterError(f"Rule: value {self.value!r} is out of range")
        if self.kind == "cost" and (not self.costs or self.costs.keys() - {"tp", "fp", "fn", "tn"}):
            raise InvalidParameterError(
                f"Rule: costs must be of tp, fp, fn or tn, got {dict(self.costs)}"
            )

    @classmethod
    def parse(cls, text: str) -> Rule:
        """Return the rule that a text such as ``"f1"`` or ``"recall>=0.95"`` says."""
        number = r"(\d+(?:\.\d*)?)"
        if match := re.fullmatch(rf"f{number}", text.strip()):
            return cls("fbeta", float(match[1]))
        if match := re.fullmatch(rf"(precision|recall)\s*>=\s*{number}", text.strip()):
            kind: Any = match[1]
            return cls(kind, float(match[2]))
        if match := re.fullmatch(rf"cost((?:\s+(?:tp|fp|fn|tn)=-?{number})+)", text.strip()):
            costs = dict(part.split("=") for part in match[1].split())
            return cls("cost", costs={name: float(value) for name, value in costs.items()})
        raise InvalidParameterError(
            f"a rule is 'f1' (or f2, f0.5), 'precision>=0.9', 'recall>=0.9' or 'cost fp=1 fn=5', "
            f"got {text!r}"
        )

    def __str__(self) -> str:
        if self.kind == "fbeta":
            return f"f{self.value:g}"
        if self.kind == "cost":
            return "cost " + " ".join(f"{name}={cost:g}" for name, cost in self.costs.items())
        return f"{self.kind}>={self.value:g}"


def read_rules(rules: Iterable[Rule | str] | None) -> list[Rule]:
    """Return rules given as such or as text; none for None."""
    return [rule if isinstance(rule, Rule) else Rule.parse(rule) for rule in rules or ()]


def choose_threshold(y_true: npt.ArrayLike, y_score: npt.ArrayLike, rule: Rule | str) -> float:
    """Return the threshold that a rule likes best; a sample is positive from it on.

    Parameters
    ----------
    y_true : array_like of shape (n,)
        1 for positive samples, 0 for others, of validation data: on test data the choice itself
        would flatter.
    y_score : array_like of shape (n,)
        Their scores; the threshold is one of them, the highest of those equally good.
    rule : Rule or str
        What it is chosen by.

    Returns
    -------
    float
        Infinity where no threshold does what the rule asks for: nothing is positive then.

    Raises
    ------
    lstmetrics.errors.InvalidValueError
        There are no positives or no negatives, or a score is NaN.

    Examples
    --------
    >>> from lstmetrics.evaluation import choose_threshold
    >>> truth, scores = [0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.6, 0.7, 0.9]
    >>> choose_threshold(truth, scores, "f1"), choose_threshold(truth, scores, "precision>=0.9")
    (0.3, 0.7)
    """
    wanted = Rule.parse(rule) if isinstance(rule, str) else rule
    rows, facts = _arrays.ranking_outcomes(np.asarray(y_true), np.asarray(y_score), None, 1)
    if rows is None or facts[3] or facts[4]:
        raise InvalidValueError(
            "choose_threshold: y_true must have both positive (1) and negative (0) samples"
        )
    tn, fp, fn, tp, thresholds = rows
    merit = _merit(wanted, tn, fp, fn, tp)
    best = int(merit.argmax())
    return float(thresholds[best]) if merit[best] > -np.inf else float("inf")


def _merit(rule: Rule, tn: Floats, fp: Floats, fn: Floats, tp: Floats) -> Floats:
    """Return how much a rule likes each threshold; minus infinity where it refuses it."""
    if rule.kind == "cost":
        costs = rule.costs
        paid = [costs.get(name, 0.0) for name in ("tp", "fp", "fn", "tn")]
        return -(paid[0] * tp + paid[1] * fp + paid[2] * fn + paid[3] * tn)
    precision, recall = tp / (tp + fp), tp / (tp + fn)
    if rule.kind == "fbeta":
        square = rule.value * rule.value
        merit: Floats = (1 + square) * tp / ((1 + square) * tp + square * fn + fp)
        return merit
    held, sought = (precision, recall) if rule.kind == "precision" else (recall, precision)
    return np.where(held >= rule.value, sought, -np.inf)


class OperatingPoint:
    """A threshold chosen on validation data, and what it does to the test data.

    Parameters
    ----------
    rule : Rule
        What it is chosen by.
    y_true : ndarray of int, shape (n,)
        1 for positive samples of the validation data, 0 for others.
    y_score : ndarray of float, shape (n,)
        Their scores.
    """

    def __init__(self, rule: Rule, y_true: npt.NDArray[Any], y_score: npt.NDArray[Any]) -> None:
        self._rule = rule
        self.threshold = choose_threshold(y_true, y_score, rule)
        self._validation = Confusion(labels=[0, 1])
        self._validation.update(y_true, y_score >= self.threshold)
        self._test = Confusion(labels=[0, 1])

    def update(self, positives: Indices, scores: npt.NDArray[Any]) -> None:
        """Add a batch of the test data: 1 or 0, and scores."""
        self._test.update(positives, scores >= self.threshold)

    def row(self, drawn: Drawn) -> dict[str, Any]:
        """Return the rule, the threshold, counts, and rates with intervals on the test data."""
        test = self._test
        (tn, fp), (fn, tp) = test.matrix().tolist()
        intervals = {
            name: test.interval(name, drawn.level, labels=[1], **ONE_LABEL)
            for name in ("precision", "recall")
        }
        intervals |= bootstrapped(test, self._drawn, drawn)
        found = {
            "rule": str(self._rule),
            "threshold": self.threshold,
            "tp": tp,
            "fp": fp,
            "fn": fn,
            "tn": tn,
            **_rates(test),
            "validation": _rates(self._validation),
            "intervals": intervals,
        }
        if self._rule.kind == "cost":
            found["cost"] = self._cost(test)
        return found

    def _drawn(self, counts: Confusion) -> dict[str, float]:
        """Return what a bootstrap is for."""
        found = {"f1": float(counts.f1(labels=[1], **ONE_LABEL))}
        if self._rule.kind == "cost":
            found["cost"] = self._cost(counts)
        return found

    def _cost(self, counts: Confusion) -> float:
        """Return the cost of as many samples as the test data has, as dear as these are."""
        if not counts.samples:
            return float("nan") if self._test.samples else 0.0
        (tn, fp), (fn, tp) = counts.matrix().astype(np.float64)
        paid = -_merit(self._rule, tn, fp, fn, tp)
        return float(paid) * (self._test.samples / counts.samples)


def _rates(counts: Confusion) -> dict[str, float]:
    return {
        name: float(getattr(counts, name)(labels=[1], **ONE_LABEL))
        for name in ("precision", "recall", "f1")
    }
