"""Two models on the same samples: which is better, and where."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.evaluation.batches import as_rows, row_count
from lstmetrics.evaluation.classification import ClassificationStates, measured, rate_metrics
from lstmetrics.evaluation.intervals import Drawn, bootstrapped
from lstmetrics.evaluation.labels import (
    Indices,
    Label,
    check_probabilities,
    found_labels,
    label_indices,
)
from lstmetrics.evaluation.plain import finite, plain
from lstmetrics.streaming import Interval, PairedOutcomes, PairedScores, PairedTest

__all__ = ["Comparison", "Predictions", "compare"]

_FUNCTION = "compare"
Change = Literal["better", "worse", "no difference"]


@dataclass(frozen=True)
class Predictions:
    """What one model said, to be matched with what another said.

    Parameters
    ----------
    y_true : array_like of shape (n,)
        True labels.
    y_pred : array_like of shape (n,), optional
        Predicted labels.
    scores : array_like of shape (n, classes) or (n,), optional
        Probabilities, instead of predicted labels.
    ids : array_like of shape (n,), optional
        Names of the samples, each once; without them rows are matched in their order.
    by : mapping from str to array_like of shape (n,), optional
        Columns by whose values the two are compared again; those of the baseline are used.

    Examples
    --------
    >>> from lstmetrics.evaluation import Predictions
    >>> Predictions([0, 1], y_pred=[0, 0], ids=["a", "b"]).ids
    ['a', 'b']
    """

    y_true: npt.ArrayLike
    y_pred: npt.ArrayLike | None = None
    scores: npt.ArrayLike | None = None
    ids: npt.ArrayLike | None = None
    by: Mapping[str, npt.ArrayLike] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The result of :func:`compare`; differences are those of the candidate less the baseline.

    Attributes
    ----------
    samples : int
        How many samples both have.
    unmatched : dict
        How many of ``baseline`` and ``candidate`` have no partner.
    baseline, candidate : dict of str to float
        The metrics of each.
    differences : dict of str to Interval
        Of each metric, with its interval: Newcombe's for accuracy, a paired bootstrap for others,
        DeLong's for the area under the ROC curve.
    tests : dict of str to PairedTest
        ``mcnemar``, and ``delong`` of two classes with scores.
    table : list of list of int
        Samples that both, only the candidate; only the baseline, and neither had right.
    slices : list of dict
        ``column``, ``value``, ``samples``, ``baseline`` and ``candidate`` accuracy, the
        ``difference`` and its interval, ``p_value``, ``p_adjusted`` by Bonferroni, ``change``.
    change : {'better', 'worse', 'no difference'}
        What McNemar's test says of the candidate at the level of the intervals.
    """

    samples: int
    unmatched: dict[str, int]
    baseline: dict[str, float]
    candidate: dict[str, float]
    differences: dict[str, Interval]
    tests: dict[str, PairedTest]
    table: list[list[int]]
    slices: list[dict[str, Any]]
    change: Change

    def worse(self, metric: str = "accuracy", tolerance: float = 0.0) -> bool:
        """Return whether the candidate is surely worse: what a CI gate asks.

        Parameters
        ----------
        metric : str, default="accuracy"
            One of `differences`.
        tolerance : float, default=0.0
            How much worse is let pass.

        Returns
        -------
        bool
            Whether the whole interval of the difference lies below ``-tolerance``.
        """
        if metric not in self.differences:
            raise InvalidValueError(
                f"there is no difference of {metric!r}; there is {', '.join(self.differences)}"
            )
        return self.differences[metric].high < -tolerance

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain Python objects."""
        return plain(vars(self))  # type: ignore[no-any-return]

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return :meth:`to_dict` as JSON; NaN and infinities become null."""
        return json.dumps(finite(self.to_dict()), indent=indent, ensure_ascii=False)

    def __repr__(self) -> str:
        width = max(len(name) for name in self.differences)
        lines = [f"Comparison of {self.samples:,} samples: the candidate is {self.change}"]
        lines += [f"  {'':<{width}}  baseline  candidate  difference"]
        lines += [
            f"  {name:<{width}}  {self.baseline[name]:8.4f}  {self.candidate[name]:9.4f}  "
            f"{interval.estimate:+.4f} [{interval.low:+.4f}, {interval.high:+.4f}]"
            for name, interval in self.differences.items()
        ]
        lines += [f"  {name}: p = {test.p_value:.3g}" for name, test in self.tests.items()]
        lines += [
            f"  {row['column']} = {row['value']}: {row['change']}, {row['difference']:+.4f}"
            for row in self.slices
            if row["change"] != "no difference"
        ]
        return "\n".join(lines)


def compare(
    baseline: Predictions,
    candidate: Predictions,
    *,
    labels: Sequence[Label] | None = None,
    pos_label: Label | None = None,
    level: float = 0.95,
    replicates: int = 1000,
    seed: int = 0,
) -> Comparison:
    """Compare two models, or two runs, on the same samples.

    Parameters
    ----------
    baseline, candidate : Predictions
        What each said. With ids, samples are matched by them, and those without a partner counted.
    labels : sequence of str or int, optional
        The classes, in the order of the columns of scores; by default all that occur, sorted.
    pos_label : str or int, optional
        Which of two labels is the positive one; the second by default.
    level : float, default=0.95
        Of the intervals; a p-value below ``1 - level`` makes a difference.
    replicates, seed : int, default=1000 and 0
        Of the paired bootstrap.

    Returns
    -------
    Comparison
        Metrics of both, differences with intervals, tests, slices.

    Raises
    ------
    lstmetrics.errors.ShapeError, lstmetrics.errors.InvalidValueError
        Lengths differ where there are no ids, ids repeat, or true labels of the same sample differ.
    lstmetrics.errors.InvalidTypeError
        One has ids and the other has not, or not exactly one of y_pred and scores is given.

    Examples
    --------
    >>> from lstmetrics.evaluation import Predictions, compare
    >>> truth = [0, 1] * 50
    >>> old = Predictions(truth, y_pred=[0] * 100, ids=range(100))
    >>> new = Predictions(truth[::-1], y_pred=truth[::-1], ids=range(99, -1, -1))
    >>> found = compare(old, new)
    >>> found.change, found.differences["accuracy"].estimate, found.worse()
    ('better', 0.5, False)
    """
    drawn = Drawn(level, replicates, seed)
    rows_a, rows_b, unmatched = _matched(baseline, candidate)
    names = _labels(baseline, candidate) if labels is None else list(labels)
    old = _read(baseline, rows_a, names, pos_label)
    new = _read(candidate, rows_b, names, pos_label)
    differing = np.flatnonzero(old.truth != new.truth)
    if differing.size:
        raise InvalidValueError(
            f"{_FUNCTION}: the true labels of {differing.size} samples differ, first that of "
            f"{_name(baseline, rows_a, int(differing[0]))}"
        )
    positive = old.positive if len(names) == 2 else None
    classes = range(len(names))
    # The core's differences are those of A less B.
    pair = PairedOutcomes(labels=classes).update(old.truth, new.predicted, old.predicted)
    measures = rate_metrics(positive)
    of_old, of_new = measured(measures, pair.b), measured(measures, pair.a)
    differences = {"accuracy": pair.interval("accuracy", level)}
    differences |= {
        name: interval
        for name, interval in bootstrapped(pair, _differences(measures), drawn).items()
        if name != "accuracy"
    }
    tests = {"mcnemar": pair.mcnemar()}
    if positive is not None and old.score is not None and new.score is not None:
        areas = PairedScores(labels=classes, pos_label=positive)
        areas.update(old.truth, new.score, old.score)
        tests["delong"] = areas.delong()
        differences["roc_auc"] = areas.interval("roc_auc", level)
        of_old["roc_auc"], of_new["roc_auc"] = areas.roc_auc_b(), areas.roc_auc_a()
    return Comparison(
        samples=pair.samples,
        unmatched=unmatched,
        baseline=of_old,
        candidate=of_new,
        differences=differences,
        tests=tests,
        table=pair.table().tolist(),
        slices=_slices(baseline.by, rows_a, old, new, level),
        change=_change(tests["mcnemar"].p_value, pair.difference("accuracy"), level),
    )


@dataclass(frozen=True)
class _Side:
    truth: Indices
    predicted: Indices
    score: npt.NDArray[Any] | None
    positive: int


def _read(side: Predictions, rows: Indices, labels: list[Label], pos_label: Label | None) -> _Side:
    if (side.y_pred is None) == (side.scores is None):
        raise InvalidTypeError(f"{_FUNCTION}: give either y_pred or scores of each model")
    truth = label_indices(np.asarray(side.y_true)[rows], labels, "y_true")
    with_scores = side.scores is not None
    states = ClassificationStates(labels, with_scores=with_scores, pos_label=pos_label)
    if side.scores is None:
        predicted = label_indices(np.asarray(side.y_pred)[rows], labels, "y_pred")
        return _Side(truth, predicted, None, states.positive)
    scores = np.asarray(side.scores)[rows]
    check_probabilities(scores)
    table, predicted = states.read_scores(scores)
    score = table[:, states.positive] if len(labels) == 2 else None
    return _Side(truth, predicted, score, states.positive)


def _matched(
    baseline: Predictions, candidate: Predictions
) -> tuple[Indices, Indices, dict[str, int]]:
    """Return the rows of both that belong together, in the order of the ids."""
    counts = [
        row_count({"y_true": as_rows(side.y_true), "ids": as_rows(side.ids)}, _FUNCTION)
        for side in (baseline, candidate)
    ]
    if (baseline.ids is None) != (candidate.ids is None):
        raise InvalidTypeError(f"{_FUNCTION}: either both models have ids or neither")
    if baseline.ids is None:
        rows = row_count(
            {"baseline": as_rows(baseline.y_true), "candidate": as_rows(candidate.y_true)},
            _FUNCTION,
        )
        return np.arange(rows), np.arange(rows), {"baseline": 0, "candidate": 0}
    ids = [np.asarray(baseline.ids), np.asarray(candidate.ids)]
    for which, column in zip(("baseline", "candidate"), ids, strict=True):
        values, seen = np.unique(column, return_counts=True)
        if values.size != column.size:
            repeated = values[seen > 1][0].item()
            raise InvalidValueError(f"{_FUNCTION}: the id {repeated!r} of {which} repeats")
    _, rows_a, rows_b = np.intersect1d(ids[0], ids[1], assume_unique=True, return_indices=True)
    missing = {"baseline": counts[0] - len(rows_a), "candidate": counts[1] - len(rows_b)}
    return rows_a, rows_b, missing


def _labels(*sides: Predictions) -> list[Label]:
    columns = [side.y_true for side in sides]
    columns += [side.y_pred for side in sides if side.y_pred is not None]
    return found_labels(*columns)


def _name(side: Predictions, rows: Indices, place: int) -> str:
    row = int(rows[place])
    return f"row {row}" if side.ids is None else f"id {np.asarray(side.ids)[row].item()!r}"


def _differences(measures: Mapping[str, Any]) -> Any:
    def of_pair(pair: PairedOutcomes) -> dict[str, float]:
        new, old = measured(measures, pair.a), measured(measures, pair.b)
        return {name: value - old[name] for name, value in new.items()}

    return of_pair


def _change(p_value: float, difference: float, level: float) -> Change:
    if not p_value < 1 - level:
        return "no difference"
    return "better" if difference > 0 else "worse"


def _slices(
    by: Mapping[str, npt.ArrayLike], rows: Indices, old: _Side, new: _Side, level: float
) -> list[dict[str, Any]]:
    found = []
    for column, values in by.items():
        of_rows = np.asarray(values)[rows]
        for value in np.unique(of_rows).tolist():
            here = np.flatnonzero(of_rows == value)
            pair = PairedOutcomes()
            pair.update(old.truth[here], new.predicted[here], old.predicted[here])
            interval = pair.interval("accuracy", level)
            found.append(
                {
                    "column": column,
                    "value": value,
                    "samples": pair.samples,
                    "baseline": pair.b.accuracy(),
                    "candidate": pair.a.accuracy(),
                    "difference": interval.estimate,
                    "low": interval.low,
                    "high": interval.high,
                    "p_value": pair.mcnemar().p_value,
                }
            )
    for row in found:
        row["p_adjusted"] = min(1.0, row["p_value"] * len(found))
        row["change"] = _change(row["p_adjusted"], row["difference"], level)
    return found
