"""What a model loses or gains in another precision, on the same samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import numeric
from lstmetrics.errors import InvalidTypeError
from lstmetrics.evaluation.classification import ClassificationStates, rate_metrics
from lstmetrics.evaluation.comparison import paired_differences
from lstmetrics.evaluation.intervals import Drawn
from lstmetrics.evaluation.labels import Indices, Label
from lstmetrics.models.model import Model
from lstmetrics.streaming import Interval, Loss, PairedOutcomes, Tokens

__all__ = ["ClassChange", "TokenChange", "other_precisions"]

Floats = npt.NDArray[Any]


def other_precisions(model: Model, wanted: str | Sequence[str] | None) -> dict[str, Model]:
    """Return the model in each precision that is asked for.

    Raises
    ------
    lstmetrics.errors.InvalidTypeError, lstmetrics.errors.InvalidValueError
        That is neither a name nor names, or one that there is not.
    """
    names = [wanted] if isinstance(wanted, str) else wanted or ()
    if not all(isinstance(name, str) for name in names):
        raise InvalidTypeError(f"compare_precision must be a name or several, got {wanted!r}")
    return {name: model.with_precision(name) for name in names}  # type: ignore[arg-type]


class ClassChange:
    """A classifier in another precision beside itself, row by row.

    Parameters
    ----------
    labels : sequence of str or int
        The classes, in the order of the probabilities' columns.
    pos_label : str or int, optional
        Which of two classes is the positive one; the second by default.
    """

    def __init__(self, labels: Sequence[Label], pos_label: Label | None) -> None:
        self._other = ClassificationStates(labels, with_scores=True, pos_label=pos_label)
        self._pair = PairedOutcomes(labels=range(len(self._other.labels)))
        self._loss = Loss("user")
        self._differ = 0

    def update(self, truth: Indices, own: Floats, other: Floats) -> None:
        """Add a batch: true classes by index, and the probabilities of both."""
        table, called = self._other.read_scores(own)
        theirs, theirs_called = self._other.update_scores(truth, other)
        self._pair.update(truth, theirs_called, called)
        self._loss.update_losses(_losses(truth, theirs) - _losses(truth, table))
        self._differ += int(np.count_nonzero(called != theirs_called))

    def row(self, precision: str, drawn: Drawn) -> dict[str, Any]:
        """Return what the other gives, and how much more that is, with intervals."""
        positive = self._other.positive if self._other.task == "binary" else None
        differences = paired_differences(self._pair, rate_metrics(positive), drawn)
        differences["log_loss"] = self._loss.interval("value", drawn.level)
        return _row(precision, self._other.metrics(), differences, self._pair, self._differ)


def _losses(truth: Indices, table: Floats) -> npt.NDArray[np.float64]:
    """Return the log loss of each row, as far from certain as the dtype tells apart."""
    least = np.finfo(table.dtype).eps
    likely = table[np.arange(len(table)), truth].astype(np.float64)
    return np.asarray(-numeric.log(np.clip(likely, least, 1 - least)))


class TokenChange:
    """A language model in another precision beside itself, token by token."""

    def __init__(self) -> None:
        self._other = Tokens()
        self._pair = PairedOutcomes(labels=[0, 1])
        self._loss = Loss("user")
        self._differ = 0

    def update(
        self,
        own: npt.NDArray[np.float64],
        own_right: npt.NDArray[np.bool_],
        other: npt.NDArray[np.float64],
        other_right: npt.NDArray[np.bool_],
    ) -> None:
        """Add tokens: the losses of both, and whether each had the likeliest token right."""
        self._other.update_nll(other, correct=other_right)
        truth = np.ones(len(own), np.int64)
        self._pair.update(truth, other_right.astype(np.int64), own_right.astype(np.int64))
        self._loss.update_losses(other - own)
        self._differ += int(np.count_nonzero(own_right != other_right))

    def row(self, precision: str, drawn: Drawn) -> dict[str, Any]:
        """Return what the other gives, and how much more that is, with intervals.

        Of the perplexity it is how many times as much.
        """
        found = self._loss.interval("value", drawn.level)
        bounds = np.asarray([found.estimate, found.low, found.high])
        ratio, low, high = numeric.exp(bounds).tolist()
        differences = {
            "cross_entropy": found,
            "perplexity_ratio": Interval(ratio, low, high, drawn.level, found.method),
            "token_accuracy": self._pair.interval("accuracy", drawn.level),
        }
        metrics = {name: value for name, value in self._other.compute().items() if name != "tokens"}
        return _row(precision, metrics, differences, self._pair, self._differ)


def _row(
    precision: str,
    metrics: dict[str, Any],
    differences: dict[str, Interval],
    pair: PairedOutcomes,
    differ: int,
) -> dict[str, Any]:
    return {
        "precision": precision,
        "metrics": metrics,
        "differences": differences,
        "p_value": pair.mcnemar().p_value,
        "differ": differ,
    }
