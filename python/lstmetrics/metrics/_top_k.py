"""Top-k accuracy, with scikit-learn's signature, values and warnings."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import undefined_metric_warning, warn
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError, UnsupportedError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._probabilistic import refuse_cancelling

__all__ = ["check_k", "score_array", "top_k_accuracy_score"]

Array = npt.NDArray[Any]

MOST_K = 2**62  # beyond any number of labels


def top_k_accuracy_score(
    y_true: npt.ArrayLike,
    y_score: npt.ArrayLike,
    *,
    k: int = 2,
    normalize: bool = True,
    sample_weight: npt.ArrayLike | None = None,
    labels: npt.ArrayLike | None = None,
) -> float:
    """How often the true label is among the k with the highest scores.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_score : array-like of shape (n_samples, n_labels) or (n_samples,)
        Scores of each label, columns in the order of the sorted labels; of two labels the scores
        of the greater, which is predicted above 0.5 where all of them lie in [0, 1], else above 0.
    k : int, default=2
        How many labels count.
    normalize : bool, default=True
        Whether to divide by the number (or weight) of samples.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    labels : array-like of shape (n_labels,), default=None
        The labels of the columns, sorted; those in `y_true` when None.

    Returns
    -------
    float
        The share of samples for which fewer than k labels stand before the true one: those with a
        greater score, and those with an equal score and a higher column. Or their number.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.top_k_accuracy_score`` refuses, in the same words; and for
        weights that are not finite.

    Examples
    --------
    >>> from lstmetrics.metrics import top_k_accuracy_score
    >>> scores = [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2], [0.2, 0.4, 0.3], [0.7, 0.2, 0.1]]
    >>> top_k_accuracy_score([0, 1, 2, 2], scores, k=2)
    0.75
    >>> top_k_accuracy_score([0, 1, 2, 2], scores, k=2, normalize=False)
    3.0
    """
    function = "top_k_accuracy_score"
    wanted_k = check_k(k, function)
    parameters.check_flag(normalize, "normalize", function)
    truth = targets.coded_target(y_true, "y_true", function)
    scores = score_array(y_score, function)
    weights = targets.weights(sample_weight, function)
    wanted = targets.labels_argument(labels, function)
    try:
        if wanted is not None and wanted != sorted(set(wanted)):
            raise InvalidValueError("labels must be unique and sorted")
        value, n_labels, weights_cancel = _arrays.top_k_accuracy(
            truth, scores, weights, wanted, wanted_k, bool(normalize)
        )
    except (InvalidValueError, InvalidTypeError) as error:
        said = targets.said_by(
            lambda: _refuse(targets.decoded(truth, "y_true"), scores, weights, wanted)
        )
        raise (said or error) from None
    if k >= n_labels:
        warn(
            f"'k' ({k}) greater than or equal to 'n_classes' ({n_labels}) will result in a "
            "perfect score and is therefore meaningless.",
            undefined_metric_warning(),
        )
    if weights_cancel and normalize:
        refuse_cancelling(None, function, divides=True)
    return value


def check_k(value: Any, function: str) -> int:
    """Accept integers from 1."""
    if not isinstance(value, Integral) or value < 1:
        raise parameters.refuse("k", function, "an int in the range [1, inf)", value)
    return min(int(value), MOST_K)


def score_array(value: Any, function: str) -> Array:
    """Return scores as numbers, of one or two dimensions; integers stay as they are."""
    array = targets.array_like(value, "y_score", function)
    if array.ndim not in (1, 2):
        raise ShapeError(
            f"Found array with dim {array.ndim}, while dim <= 2 is required."
            if array.ndim
            else f"y_score must be an array of scores, got the scalar {array}"
        )
    if array.dtype.kind in "OU" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
        try:
            return array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise InvalidValueError(f"y_score must hold numbers: {error}") from None
    if array.dtype.kind not in "biuf":
        raise InvalidTypeError(f"y_score must hold numbers, got dtype {array.dtype}")
    return array


def _refuse(
    truth: Array, scores: Array, weights: Array | None, wanted: Sequence[Any] | None
) -> None:
    targets.check_usable(truth)
    if truth.ndim == 2:
        raise ShapeError(f"y should be a 1d array, got an array of shape {truth.shape} instead.")
    kind = targets.type_of_target(truth, "y_true")
    if kind == "binary" and wanted is not None and len(wanted) > 2:
        kind = "multiclass"
    if kind not in ("binary", "multiclass"):
        raise UnsupportedError(f"y type must be 'binary' or 'multiclass', got '{kind}' instead.")
    targets.check_usable(scores)
    many = scores.ndim == 2 and scores.shape[1] != 1
    if kind == "binary" and many:
        raise ShapeError(
            f"`y_true` is binary while y_score is 2d with {scores.shape[1]} classes. If `y_true` "
            "does not contain all the labels, `labels` must be provided."
        )
    if kind == "multiclass" and scores.ndim == 1:
        raise ShapeError(
            "`y_score` needs to be of shape `(n_samples, n_classes)`, since `y_true` contains "
            f"multiple classes. Got `y_score.shape={scores.shape}`."
        )
    targets.check_lengths(truth, scores, weights)
    _refuse_labels(truth, scores.shape[1] if kind == "multiclass" else 2, wanted)


def _refuse_labels(truth: Array, columns: int, wanted: Sequence[Any] | None) -> None:
    shown = np.unique(truth)
    if wanted is None:
        if len(shown) != columns:
            raise InvalidValueError(
                f"Number of classes in 'y_true' ({len(shown)}) not equal to the number of classes "
                f"in 'y_score' ({columns}).You can provide a list of all known classes by "
                "assigning it to the `labels` parameter."
            )
        return
    if len(set(wanted)) != len(wanted):
        raise InvalidValueError("Parameter 'labels' must be unique.")
    if sorted(wanted) != list(wanted):
        raise InvalidValueError("Parameter 'labels' must be ordered.")
    if len(wanted) != columns:
        raise InvalidValueError(
            f"Number of given labels ({len(wanted)}) not equal to the number of classes in "
            f"'y_score' ({columns})."
        )
    if len(np.setdiff1d(shown, np.asarray(wanted))):
        raise InvalidValueError("'y_true' contains labels not in parameter 'labels'.")
