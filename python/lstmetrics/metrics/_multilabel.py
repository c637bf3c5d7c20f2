"""Samples with any number of labels: what the classification functions ask of indicators.

An indicator has a row for each sample and a column for each label, 1 where the sample has the
label. The functions look at indicators only when the core has refused their input as single labels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.metrics import _targets as targets

__all__ = ["BY_FUNCTION", "OF_SAMPLES", "sample_matrices"]

Array = npt.NDArray[Any]
Answer = Callable[..., Any]

OF_SAMPLES = None
"""In place of whether weights cancel: matrices are of samples, not of labels."""

_SAMPLES = _arrays.AVERAGES["samples"]
_ALL_SCORES = 0b111
_PRECISION_AND_RECALL = 0b011


def _ask(
    verb: Answer,
    truth: Array,
    predicted: Array,
    weights: Array | None,
    *arguments: Any,
    by_equality: bool = False,
) -> Any:
    """Ask the core; look at what the values are only if it refuses them.

    scikit-learn takes any two whole numbers for an indicator: what is not zero is a label, but
    where samples are compared as a whole it matters whether the numbers are equal.
    """
    try:
        return verb(truth, predicted, weights, *arguments)
    except (InvalidValueError, InvalidTypeError) as error:
        refuse(truth, predicted, weights)
        if truth.dtype.kind not in "iuf" and predicted.dtype.kind not in "iuf":
            raise error from None
    if by_equality:
        wrong = truth != predicted
        return verb(wrong, np.zeros_like(wrong), weights, *arguments)
    return verb(truth != 0, predicted != 0, weights, *arguments)


def refuse(truth: Array, predicted: Array, weights: Array | None) -> None:
    """Raise what scikit-learn says of targets that are no pair of indicators."""
    said = targets.said_by(
        lambda: targets.refuse_targets(truth, predicted, weights, multilabel=True)
    )
    if said is not None:
        raise said


def _selected(truth: Array, predicted: Array, labels: list[Any] | None) -> tuple[Array, Array]:
    """Return the columns of the labels that are asked for."""
    if truth.shape != predicted.shape:
        refuse(truth, predicted, None)
    if labels is None or labels == list(range(truth.shape[1])):
        return truth, predicted
    wanted = np.asarray(labels)
    if not wanted.size:
        raise InvalidValueError("'labels' should contain at least one label.")
    if wanted.dtype.kind not in "biuf" or (wanted != wanted.astype(np.int64)).any():
        raise InvalidValueError(
            f"All labels must be in [0, n labels) for multilabel targets. Got {labels}"
        )
    bounds = "All labels must be in [0, n labels) for multilabel targets. Got "
    most = truth.shape[1] - 1
    if wanted.max() > most:
        raise InvalidValueError(bounds + f"{int(wanted.max())} > {most}")
    if wanted.min() < 0:
        raise InvalidValueError(bounds + f"{int(wanted.min())} < 0")
    columns = wanted.astype(np.int64)
    return truth[:, columns], predicted[:, columns]


def _metric(name: str) -> Answer:
    code = _arrays.MULTILABEL_METRICS[name]

    def ask_core(truth: Array, predicted: Array, weights: Array | None) -> tuple[float, bool]:
        return _ask(  # type: ignore[no-any-return]
            _arrays.multilabel_metric, truth, predicted, weights, code, by_equality=True
        )

    return ask_core


def _normalized(normalized: str, plain: str) -> Answer:
    answers = {True: _metric(normalized), False: _metric(plain)}
    return lambda truth, predicted, weights, normalize: answers[normalize](
        truth, predicted, weights
    )


_hamming = _metric("hamming_loss")


def _hamming_loss(
    truth: Array, predicted: Array, weights: Array | None, _normalize: bool
) -> tuple[float, bool]:
    """Weights that add up to zero give x/0, as in scikit-learn; but some must be there."""
    value, weights_cancel = _hamming(truth, predicted, weights)
    if weights_cancel:
        targets.explain_cancelling(weights, "hamming_loss")
    return value, False


def _refuse_binary(truth: Array, predicted: Array) -> None:
    refuse(truth, predicted, None)
    raise InvalidValueError(
        "Target is multilabel-indicator but average='binary'. Please choose another average "
        "setting, one of [None, 'micro', 'macro', 'weighted', 'samples']."
    )


def _has_zero(weights: Array | None) -> bool:
    """Tell whether scikit-learn finds a sample undefined for its weight: zero times a count."""
    return weights is not None and not weights.all()


def _scores(
    truth: Array,
    predicted: Array,
    weights: Array | None,
    labels: list[Any] | None,
    _pos_label: Any,
    binary: bool,
    average: int,
    beta: float,
    zero_division: float,
) -> tuple[Any, Any]:
    """Answer as ``_arrays.precision_recall_fscore`` does of single labels."""
    if binary:
        _refuse_binary(truth, predicted)
    truth, predicted = _selected(truth, predicted, labels)
    scores, facts = _ask(
        _arrays.multilabel_scores, truth, predicted, weights, average, beta, zero_division
    )
    undefined, entries, samples, weights_cancel = facts
    if average == _SAMPLES:
        entries = samples
        if _has_zero(weights):
            undefined |= _ALL_SCORES if 0 < beta < np.inf else _PRECISION_AND_RECALL
    return scores, (undefined, entries, 0, False, weights_cancel)


def _jaccard(
    truth: Array,
    predicted: Array,
    weights: Array | None,
    labels: list[Any] | None,
    _pos_label: Any,
    binary: bool,
    average: int,
    zero_division: float,
) -> tuple[Any, Any]:
    """Answer as ``_arrays.jaccard`` does of single labels."""
    if binary:
        _refuse_binary(truth, predicted)
    truth, predicted = _selected(truth, predicted, labels)
    score, facts = _ask(
        _arrays.multilabel_jaccard, truth, predicted, weights, average, zero_division
    )
    undefined, entries, samples, weights_cancel = facts
    if average == _SAMPLES:
        entries = samples
        undefined = undefined or _has_zero(weights)
        if weights_cancel:
            targets.explain_cancelling(weights, "jaccard_score")
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    return score, (undefined, entries, 0, False, weights_cancel)


def _report(
    truth: Array,
    predicted: Array,
    weights: Array | None,
    labels: list[Any] | None,
    zero_division: float,
) -> tuple[Any, ...]:
    """Answer as ``_arrays.classification_report`` does of single labels, with another average."""
    truth, predicted = _selected(truth, predicted, labels)
    per_label, averages, undefined, facts = _ask(
        _arrays.multilabel_report, truth, predicted, weights, zero_division
    )
    support, samples, weights_cancel = facts
    if _has_zero(weights):
        undefined = (*undefined[:-1], _ALL_SCORES)
    seen = list(range(truth.shape[1]))
    return per_label, averages, undefined, (support, False, weights_cancel, samples), seen


def _label_matrices(
    truth: Array, predicted: Array, weights: Array | None, labels: list[Any] | None
) -> tuple[Array, bool]:
    """Answer as ``_arrays.one_against_rest`` does of single labels."""
    truth, predicted = _selected(truth, predicted, labels)
    return _ask(  # type: ignore[no-any-return]
        _arrays.label_matrices, truth, predicted, weights
    )


def sample_matrices(
    truth: Array, predicted: Array, weights: Array | None, labels: list[Any] | None
) -> tuple[Array, None]:
    """Two by two cells for each sample; integers for whole weights."""
    truth, predicted = _selected(truth, predicted, labels)
    matrices: Array = _ask(_arrays.sample_matrices, truth, predicted, weights)
    if weights is not None:
        targets.explain_weights(weights, len(truth))
        if weights.dtype.kind in "biu":
            matrices = matrices.astype(np.int64)
    return matrices, OF_SAMPLES


BY_FUNCTION: dict[str, Answer] = {
    "accuracy_score": _normalized("accuracy", "correct"),
    "zero_one_loss": _normalized("error_rate", "errors"),
    "hamming_loss": _hamming_loss,
    "precision_recall_fscore_support": _scores,
    "precision_score": _scores,
    "recall_score": _scores,
    "f1_score": _scores,
    "fbeta_score": _scores,
    "jaccard_score": _jaccard,
    "classification_report": _report,
    "multilabel_confusion_matrix": _label_matrices,
}
"""What to ask instead, with the same arguments, when both targets have two dimensions."""
