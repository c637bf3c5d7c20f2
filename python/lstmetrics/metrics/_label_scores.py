"""What precision, recall, F-scores and the Jaccard index share: asking the core, and warning."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from lstmetrics import _arrays
from lstmetrics._warnings import undefined_metric_warning, warn
from lstmetrics.errors import InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._asking import ask
from lstmetrics.metrics._delegation import OutOfTradeError, delegate

__all__ = [
    "ask_scores",
    "check_positive",
    "check_unused_arguments",
    "warn_undefined",
]

_METRICS = (
    ("precision", "predicted"),
    ("recall", "true"),
    ("f-score", "true nor predicted"),
    ("jaccard", "true or predicted"),
)


def check_positive(pos_label: Any, facts: Any, y_true: Any, y_pred: Any) -> None:
    """Refuse an average='binary' over more than two labels, or of a label that is none."""
    _, _, labels_seen, pos_label_seen, _ = facts
    if labels_seen > 2:
        raise InvalidValueError(
            "Target is multiclass but average='binary'. Please choose another average setting, "
            "one of [None, 'micro', 'macro', 'weighted']."
        )
    if not pos_label_seen and labels_seen == 2:
        raise InvalidValueError(
            f"pos_label={pos_label} is not a valid label. It should be one of "
            f"{targets.present_labels(np.asarray(y_true), np.asarray(y_pred))}"
        )


def check_unused_arguments(average: str | None, pos_label: Any) -> None:
    """Warn of a pos_label that is not used."""
    if pos_label not in (None, 1):
        warn(
            f"Note that pos_label (set to {pos_label!r}) is ignored when average != 'binary' (got "
            f"{average!r}). You may use labels=[pos_label] to specify a single positive class."
        )


def warn_undefined(
    undefined: int, entries: int, warn_for: Iterable[str], average: str | None = None
) -> None:
    """Warn about each ratio over zero that is asked for: bits in the order of the metrics above.

    `entries` are the labels or, of an average over samples, the samples.
    """
    where, what = ("samples", "labels") if average == "samples" else ("labels", "samples")
    for bit, (metric, modifier) in enumerate(_METRICS):
        if undefined >> bit & 1 and metric in warn_for:
            cause = "due to" if entries == 1 else f"in {where} with"
            warn(
                f"{metric.capitalize()} is ill-defined and being set to 0.0 {cause} no {modifier} "
                f"{what}. Use `zero_division` parameter to control this behavior.",
                undefined_metric_warning(),
            )


def ask_scores(
    function: str,
    which: int | slice,
    warn_for: Iterable[str],
    y_true: Any,
    y_pred: Any,
    beta: float,
    labels: Any,
    pos_label: Any,
    average: str | None,
    sample_weight: Any,
    zero_division: Any,
) -> Any:
    """Choose from precision, recall, F-beta and support: what the functions below return."""
    parameters.check_average(average, function)
    parameters.check_pos_label(pos_label, function)
    binary = average == "binary"
    try:
        scores, facts = ask(
            _arrays.precision_recall_fscore,
            function,
            y_true,
            y_pred,
            sample_weight,
            None if labels is None else targets.labels_argument(labels, function),
            targets.scalar(pos_label),
            binary,
            _arrays.AVERAGES[average],
            beta,
            parameters.zero_division_value(zero_division, function),
        )
    except OutOfTradeError:
        keywords = {
            "labels": labels,
            "pos_label": pos_label,
            "average": average,
            "sample_weight": sample_weight,
            "zero_division": zero_division,
        }
        return _delegated(function, y_true, y_pred, beta, warn_for, keywords)
    undefined, entries, labels_seen, pos_label_seen, weights_cancel = facts
    if not binary:
        check_unused_arguments(average, pos_label)
    elif labels_seen != 2 or not pos_label_seen:
        check_positive(pos_label, facts, y_true, y_pred)
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    if undefined and isinstance(zero_division, str):
        warn_undefined(undefined, entries, warn_for, average)
    return scores[which]


def _delegated(
    function: str,
    y_true: Any,
    y_pred: Any,
    beta: float,
    warn_for: Iterable[str],
    keywords: dict[str, Any],
) -> Any:
    """Let scikit-learn's function answer, with the arguments that it has."""
    if function in ("fbeta_score", "precision_recall_fscore_support"):
        keywords["beta"] = beta
    if function == "precision_recall_fscore_support":
        keywords["warn_for"] = warn_for
    return delegate(function, y_true, y_pred, **keywords)
