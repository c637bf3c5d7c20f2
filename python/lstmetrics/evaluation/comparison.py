"""Two models on the same samples: which is better, and where."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
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
from lstmetrics.evaluation.slices import SlicesBy, StateSlices
from lstmetrics.streaming import Interval, PairedOutcomes, PairedScores, PairedTest

__all__ = ["Comparison", "Predictions", "compare", "paired_differences"]

_FUNCTION = "compare"
_ROWS = 1 << 16  # that are compared at once; results do not depend on it
Rows = Indices | slice
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
    called : callable, optional
        What a row is called in errors, of its number from 0; its id or its number by default.

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
    called: Callable[[int], str] | None = None


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
    names = _labels(baseline, candidate) if labels is None else list(labels)
    sides = _Side(baseline, names, pos_label), _Side(candidate, names, pos_label)
    rows_a, rows_b, samples, unmatched = _matched(baseline, candidate)
    old, new = sides
    positive = old.positive if len(names) == 2 else None
    classes = range(len(names))
    # The core's differences are those of A less B.
    pair, areas = PairedOutcomes(labels=classes), None
    if positive is not None and old.with_scores and new.with_scores:
        areas = PairedScores(labels=classes, pos_label=positive)
    slices = SlicesBy(lambda column: StateSlices(column, PairedOutcomes()))
    differing, first_of_them = 0, 0
    for first in range(0, samples, _ROWS):
        here, there = _block(rows_a, first, samples), _block(rows_b, first, samples)
        (truth, said_old, score_old), (other, said_new, score_new) = old.read(here), new.read(there)
        wrong = np.flatnonzero(truth != other)
        if wrong.size and not differing:
            first_of_them = _row(here, int(wrong[0]))
        differing += wrong.size
        if differing:
            continue
        pair.update(truth, said_new, said_old)
        if areas is not None and score_old is not None and score_new is not None:
            areas.update(truth, score_new, score_old)
        columns = {column: _taken(values, here) for column, values in baseline.by.items()}
        slices.update(columns, len(truth), truth, said_new, said_old)
    if differing:
        raise InvalidValueError(
            f"{_FUNCTION}: the true labels of {differing} samples differ, first that of "
            f"{_name(baseline, first_of_them)}"
        )
    measures = rate_metrics(positive)
    of_old, of_new = measured(measures, pair.b), measured(measures, pair.a)
    differences = paired_differences(pair, measures, drawn)
    tests = {"mcnemar": pair.mcnemar()}
    if areas is not None:
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
        slices=_slices(slices, level),
        change=_change(tests["mcnemar"].p_value, pair.difference("accuracy"), level),
    )


class _Side:
    """What one model said, read in blocks of rows."""

    def __init__(self, side: Predictions, labels: list[Label], pos_label: Label | None) -> None:
        if (side.y_pred is None) == (side.scores is None):
            raise InvalidTypeError(f"{_FUNCTION}: give either y_pred or scores of each model")
        self.with_scores = side.scores is not None
        self._labels = labels
        self._truth = np.asarray(side.y_true)
        self._said = np.asarray(side.y_pred if side.scores is None else side.scores)
        self._states = ClassificationStates(
            labels, with_scores=self.with_scores, pos_label=pos_label
        )
        self.positive = self._states.positive

    def read(self, rows: Rows) -> tuple[Indices, Indices, npt.NDArray[Any] | None]:
        """Return true and predicted classes by index and, of two classes, scores."""
        truth = label_indices(self._truth[rows], self._labels, "y_true")
        said = self._said[rows]
        if not self.with_scores:
            return truth, label_indices(said, self._labels, "y_pred"), None
        check_probabilities(said, rows.start if isinstance(rows, slice) else 0)
        table, predicted = self._states.read_scores(said)
        score = table[:, self.positive] if len(self._labels) == 2 else None
        return truth, predicted, score


def _block(rows: Indices | None, first: int, samples: int) -> Rows:
    part = slice(first, min(first + _ROWS, samples))
    return part if rows is None else rows[part]


def _row(rows: Rows, place: int) -> int:
    return rows.start + place if isinstance(rows, slice) else int(rows[place])


def _taken(values: Any, rows: Rows) -> Any:
    """Return some rows of a column, which may be Arrow's."""
    if isinstance(rows, slice) or not hasattr(values, "take"):
        return values[rows] if hasattr(values, "indices") else np.asarray(values)[rows]
    return values.take(rows)


def _matched(
    baseline: Predictions, candidate: Predictions
) -> tuple[Indices | None, Indices | None, int, dict[str, int]]:
    """Return the rows of both that belong together, in the order of the ids, and how many."""
    counts = [
        row_count({"y_true": as_rows(side.y_true), "ids": as_rows(side.ids)}, _FUNCTION)
        for side in (baseline, candidate)
    ]
    if (baseline.ids is None) != (candidate.ids is None):
        raise InvalidTypeError(f"{_FUNCTION}: either both models have ids or neither")
    if baseline.ids is None:
        columns = {"baseline": as_rows(baseline.y_true), "candidate": as_rows(candidate.y_true)}
        return None, None, row_count(columns, _FUNCTION), {"baseline": 0, "candidate": 0}
    ids = [np.asarray(baseline.ids), np.asarray(candidate.ids)]
    for which, side, column in zip(
        ("baseline", "candidate"), (baseline, candidate), ids, strict=True
    ):
        order = column.argsort(kind="stable")
        again = np.flatnonzero(column[order[1:]] == column[order[:-1]])
        if again.size:
            row = int(order[1:][again].min())
            raise InvalidValueError(f"{_FUNCTION}: the {_name(side, row)} of {which} repeats")
    _, rows_a, rows_b = np.intersect1d(ids[0], ids[1], assume_unique=True, return_indices=True)
    missing = {"baseline": counts[0] - len(rows_a), "candidate": counts[1] - len(rows_b)}
    return rows_a, rows_b, len(rows_a), missing


def _labels(*sides: Predictions) -> list[Label]:
    columns = [side.y_true for side in sides]
    columns += [side.y_pred for side in sides if side.y_pred is not None]
    return found_labels(*columns)


def _name(side: Predictions, row: int) -> str:
    if side.called is not None:
        return side.called(row)
    return f"row {row}" if side.ids is None else f"id {np.asarray(side.ids)[row].item()!r}"


def paired_differences(
    pair: PairedOutcomes, measures: Mapping[str, Any], drawn: Drawn
) -> dict[str, Interval]:
    """Return how much more each metric is of A than of B, with intervals that know the pairs."""
    drew = bootstrapped(pair, _differences(measures), drawn)
    drew.pop("accuracy", None)
    return {"accuracy": pair.interval("accuracy", drawn.level)} | drew


def _differences(measures: Mapping[str, Any]) -> Any:
    def of_pair(pair: PairedOutcomes) -> dict[str, float]:
        new, old = measured(measures, pair.a), measured(measures, pair.b)
        return {name: value - old[name] for name, value in new.items()}

    return of_pair


def _change(p_value: float, difference: float, level: float) -> Change:
    if not p_value < 1 - level:
        return "no difference"
    return "better" if difference > 0 else "worse"


def _slices(slices: SlicesBy, level: float) -> list[dict[str, Any]]:
    found = slices.rows(partial(_of_slice, level))
    for row in found:
        row["p_adjusted"] = min(1.0, row["p_value"] * len(found))
        row["change"] = _change(row["p_adjusted"], row["difference"], level)
    return found


def _of_slice(level: float, pair: PairedOutcomes) -> dict[str, Any]:
    interval = pair.interval("accuracy", level)
    return {
        "samples": pair.samples,
        "baseline": pair.b.accuracy(),
        "candidate": pair.a.accuracy(),
        "difference": interval.estimate,
        "low": interval.low,
        "high": interval.high,
        "p_value": pair.mcnemar().p_value,
    }
