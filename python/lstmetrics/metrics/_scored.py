"""What functions of scores share: arrays on their way in, and why some are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics._warnings import undefined_metric_warning, warn
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._top_k import score_array

__all__ = [
    "Facts",
    "Scored",
    "ask_scored",
    "check_real_pos_label",
    "flat_scores",
    "refuse_binary",
    "refuse_running_back",
    "refuse_scores",
    "warn_missing_class",
]

Array = npt.NDArray[Any]


class Facts(NamedTuple):
    """What the core saw of a single column of scores."""

    labels_seen: int
    positive_known: bool
    positive_seen: bool
    no_positives: bool
    no_negatives: bool
    not_monotonic: bool


class Scored(NamedTuple):
    """Targets, scores and weights in the shape that the core reads."""

    truth: Any
    scores: Array
    weights: Array | None

    @classmethod
    def of(cls, y_true: Any, y_score: Any, sample_weight: Any, function: str) -> Scored:
        """Bring arguments into shape; codes of a dictionary stay codes."""
        return cls(
            targets.coded_target(y_true, "y_true", function),
            score_array(y_score, function),
            targets.weights(sample_weight, function),
        )


def flat_scores(scores: Array) -> Array:
    """Return scores of one dimension; a single column is one, too."""
    return scores[:, 0] if scores.ndim == 2 and scores.shape[1] == 1 else scores


def check_real_pos_label(value: Any, function: str) -> None:
    """Accept what is a label, but not None."""
    if value is None:
        expected = (
            "an instance of 'float', an instance of 'str', an instance of 'bool' or an instance "
            "of 'numpy.bool'"
        )
        raise parameters.refuse("pos_label", function, expected, value)
    parameters.check_pos_label(value, function)


def warn_missing_class(facts: Facts) -> None:
    """Warn where rates have no negatives, or no positives, to be of."""
    if facts.no_negatives:
        warn(
            "No negative samples in y_true, false positive value should be meaningless",
            undefined_metric_warning(),
        )
    if facts.no_positives:
        warn(
            "No positive samples in y_true, true positive value should be meaningless",
            undefined_metric_warning(),
        )


def refuse_running_back() -> InvalidValueError:
    """Return the error for negative weights with which a curve runs back."""
    return InvalidValueError(
        "x is neither increasing nor decreasing: with these negative weights the rates run back"
    )


def ask_scored(
    verb: Callable[[Any, Array, Array | None], Any],
    function: str,
    y_true: Any,
    y_score: Any,
    sample_weight: Any,
) -> Any:
    """Ask the core of one column of scores; explain what it refuses in scikit-learn's words.

    A small call is over in a few microseconds, so plain arrays go to the core as they are.
    """
    if type(y_true) is np.ndarray and type(y_score) is np.ndarray and sample_weight is None:
        try:
            return verb(y_true, y_score, None)
        except (InvalidValueError, InvalidTypeError):
            pass
    given = Scored.of(y_true, y_score, sample_weight, function)
    try:
        return verb(given.truth, flat_scores(given.scores), given.weights)
    except (InvalidValueError, InvalidTypeError) as error:
        said = targets.said_by(lambda: refuse_binary(given))
        raise (said or error) from None


def refuse_binary(given: Scored) -> None:
    """Raise what scikit-learn says of one column of scores that it does not take."""
    truth = targets.decoded(given.truth, "y_true")
    kind = targets.type_of_target(truth, "y_true")
    if kind not in ("binary", "multiclass"):
        raise UnsupportedError(f"{kind} format is not supported")
    targets.check_lengths(truth, given.scores, given.weights)
    refuse_scores(given)
    if given.scores.ndim != 1:
        raise ShapeError(
            f"y should be a 1d array, got an array of shape {given.scores.shape} instead."
        )


def refuse_scores(given: Scored) -> None:
    """Refuse NaN, infinities, nothing at all, and weights that cannot be used."""
    targets.check_usable(given.scores)
    if given.weights is not None:
        targets.explain_weights(given.weights, len(given.scores))
