"""Calibration: whether predictions of 80 % come true in 80 % of cases."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._columns import Column
from lstmetrics.metrics._probabilistic import probability_array, refuse_cancelling

__all__ = [
    "calibration_curve",
    "calibration_edges",
    "check_bins",
    "check_norm",
    "expected_calibration_error",
    "maximum_calibration_error",
]

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

_STRATEGIES = ("quantile", "uniform")


def calibration_curve(
    y_true: npt.ArrayLike,
    y_prob: npt.ArrayLike,
    *,
    pos_label: float | str | bool | None = None,
    n_bins: int = 5,
    strategy: str = "uniform",
) -> tuple[Floats, Floats]:
    """Share of positives and mean predicted probability, by bins of the probability.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, of two at most.
    y_prob : array-like of shape (n_samples,)
        Predicted probabilities of the positive label.
    pos_label : int, float, bool, str or None, default=None
        The positive label; None is 1 where the labels are among 0, 1 and -1.
    n_bins : int, default=5
        How many bins.
    strategy : {'uniform', 'quantile'}, default='uniform'
        Whether bins are equally wide, or hold equally many samples: then the edges are
        percentiles as ``numpy.percentile`` interpolates them, bit by bit.

    Returns
    -------
    prob_true, prob_pred : ndarray of shape (n_bins,) or smaller
        Of each bin with samples, in ascending order: the share that is positive, and the mean
        probability, its sum being exact. A bin holds ``edge[i] < p <= edge[i + 1]``.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.calibration.calibration_curve`` refuses, in the same words; and for NaN
        among the probabilities.

    References
    ----------
    A. Niculescu-Mizil, R. Caruana, "Predicting good probabilities with supervised learning",
    ICML 2005.

    Examples
    --------
    >>> from lstmetrics.metrics import calibration_curve
    >>> truth = [0, 0, 0, 0, 1, 1, 1, 1, 1]
    >>> proba = [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1.0]
    >>> prob_true, prob_pred = calibration_curve(truth, proba, n_bins=3)
    >>> prob_true
    array([0. , 0.5, 1. ])
    >>> prob_pred
    array([0.2  , 0.525, 0.85 ])
    """
    function = "calibration_curve"
    parameters.check_pos_label(pos_label, function)
    bins = check_bins(n_bins, function)
    by_quantiles = _is_quantile(strategy, function)
    truth = targets.target(targets.array_like(y_true, "y_true", function), "y_true", function)
    probabilities = probability_array(y_prob, function, "y_prob")
    if pos_label is None or (pos_label == 1 and not isinstance(pos_label, str)):
        try:  # labels 0 and 1 need no second look
            return _arrays.calibration_curve(truth, probabilities, bins, by_quantiles)
        except (InvalidValueError, InvalidTypeError):
            pass
    return _arrays.calibration_curve(
        _is_positive(truth, probabilities, pos_label), probabilities, bins, by_quantiles
    )


def calibration_edges(
    y_prob: npt.ArrayLike, *, n_bins: int = 15, strategy: str = "uniform"
) -> Floats:
    """Edges of bins of probabilities, for :class:`lstmetrics.streaming.Calibration`.

    Parameters
    ----------
    y_prob : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted probabilities, of which only 'quantile' takes note; of several columns, the
        largest of each row.
    n_bins : int, default=15
        How many bins.
    strategy : {'uniform', 'quantile'}, default='uniform'
        Whether bins are equally wide, or hold equally many samples.

    Returns
    -------
    ndarray of shape (n_bins + 1,)
        ``numpy.linspace(0, 1, n_bins + 1)``; or ``numpy.percentile(y_prob, 100 * that)``, bit by
        bit.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For quantiles of nothing or of NaN.

    Examples
    --------
    >>> from lstmetrics.metrics import calibration_edges
    >>> calibration_edges([0.1, 0.2, 0.4, 0.8], n_bins=3, strategy="quantile")
    array([0.1, 0.2, 0.4, 0.8])
    """
    function = "calibration_edges"
    bins = check_bins(n_bins, function)
    by_quantiles = _is_quantile(strategy, function)
    return _arrays.calibration_edges(
        probability_array(y_prob, function, "y_prob"), bins, by_quantiles
    )


def expected_calibration_error(
    y_true: npt.ArrayLike,
    y_prob: npt.ArrayLike,
    *,
    n_bins: int = 15,
    strategy: str = "uniform",
    norm: str = "l1",
    kind: str | None = None,
    pos_label: float | str | bool | None = None,
    labels: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Mean distance between predicted probabilities and how often they came true, over bins.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_prob : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted probabilities of the positive label, or of each label with the columns in the
        order of the sorted labels.
    n_bins : int, default=15
        How many bins.
    strategy : {'uniform', 'quantile'}, default='uniform'
        Whether bins are equally wide, or hold equally many samples (not for ``'classwise'``).
    norm : {'l1', 'l2', 'max'}, default='l1'
        How the gaps of the bins come together, see below.
    kind : {'binary', 'top_label', 'classwise'}, default=None
        What is judged: the probability of the positive label; the largest of each row, against
        whether its label is the true one (of equal ones that of the least label); or each label's
        probability in bins of its own. None is ``'binary'`` for one column, else ``'top_label'``.
    pos_label : int, float, bool, str or None, default=None
        The positive label of ``'binary'``; None is 1 where the labels are among 0, 1 and -1.
    labels : array-like of shape (n_labels,), default=None
        The labels of the columns; those in `y_true` when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, finite and not negative; 1 each when None.

    Returns
    -------
    float
        With ``W`` the weight of a bin, ``H`` that of its samples that came true, ``P`` the sum of
        ``w * p`` and ``gap = |H - P| / W``: ``sum(W * gap) / sum(W)`` for 'l1',
        ``sqrt(sum(W * gap**2) / sum(W))`` for 'l2', the largest gap for 'max'. Of 'classwise' it
        is the mean over the labels, or the largest. A bin holds ``edge[i] < p <= edge[i + 1]``, the
        first one 0 as well. The sums are exact.

    Raises
    ------
    ShapeError, InvalidTypeError, InvalidValueError, UnsupportedError
        For lengths that differ, NaN or values outside [0, 1] (with row and column), labels that
        do not fit the columns, weights that are negative or not finite.

    Notes
    -----
    Guo et al. close their bins on the right, as here. torchmetrics closes them on the left and
    gives ``p = 1`` a bin of its own: the two differ only for probabilities that lie on an edge.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML
    2017. 'classwise': M. Kull et al., "Beyond temperature scaling", NeurIPS 2019.

    Examples
    --------
    >>> from lstmetrics.metrics import expected_calibration_error
    >>> round(expected_calibration_error([0, 1, 1, 1], [0.125, 0.75, 0.75, 0.5], n_bins=2), 4)
    0.2188
    >>> table = [[0.75, 0.25], [0.25, 0.75], [0.5, 0.5]]
    >>> round(expected_calibration_error(["ham", "spam", "spam"], table, n_bins=10), 4)
    0.3333
    """
    function = "expected_calibration_error"
    check_norm(norm, function)
    return _calibration_error(
        function, y_true, y_prob, n_bins, strategy, norm, kind, pos_label, labels, sample_weight
    )


def maximum_calibration_error(
    y_true: npt.ArrayLike,
    y_prob: npt.ArrayLike,
    *,
    n_bins: int = 15,
    strategy: str = "uniform",
    kind: str | None = None,
    pos_label: float | str | bool | None = None,
    labels: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
) -> float:
    """Largest distance between predicted probabilities and how often they came true, over bins.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_prob : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted probabilities of the positive label, or of each label.
    n_bins : int, default=15
        How many bins.
    strategy : {'uniform', 'quantile'}, default='uniform'
        Whether bins are equally wide, or hold equally many samples.
    kind : {'binary', 'top_label', 'classwise'}, default=None
        What is judged.
    pos_label : int, float, bool, str or None, default=None
        The positive label of ``'binary'``.
    labels : array-like of shape (n_labels,), default=None
        The labels of the columns; those in `y_true` when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights, finite and not negative; 1 each when None.

    Returns
    -------
    float
        :func:`expected_calibration_error` with ``norm='max'``; everything else is as there.

    References
    ----------
    C. Guo, G. Pleiss, Y. Sun, K. Q. Weinberger, "On calibration of modern neural networks", ICML
    2017.

    Examples
    --------
    >>> from lstmetrics.metrics import maximum_calibration_error
    >>> maximum_calibration_error([0, 1, 1, 1], [0.125, 0.75, 0.75, 0.5], n_bins=2)
    0.25
    """
    return _calibration_error(
        "maximum_calibration_error",
        y_true,
        y_prob,
        n_bins,
        strategy,
        "max",
        kind,
        pos_label,
        labels,
        sample_weight,
    )


def check_bins(value: Any, function: str) -> int:
    """Accept integers from 1."""
    if not isinstance(value, Integral) or value < 1:
        raise parameters.refuse("n_bins", function, "an int in the range [1, inf)", value)
    return int(value)


def check_norm(value: Any, function: str) -> None:
    """Accept the names of norms."""
    _check_name("norm", value, tuple(_arrays.CALIBRATION_NORMS), function)


def _check_name(parameter: str, value: Any, names: tuple[str, ...], function: str) -> None:
    if not (isinstance(value, str) and value in names):
        listed = ", ".join(map(repr, names))
        raise parameters.refuse(parameter, function, f"a str among {{{listed}}}", value)


def _is_quantile(strategy: Any, function: str) -> bool:
    _check_name("strategy", strategy, _STRATEGIES, function)
    return bool(strategy == "quantile")


def _calibration_error(
    function: str,
    y_true: Any,
    y_prob: Any,
    n_bins: Any,
    strategy: Any,
    norm: str,
    kind: Any,
    pos_label: Any,
    labels: Any,
    sample_weight: Any,
) -> float:
    parameters.check_pos_label(pos_label, function)
    probabilities = probability_array(y_prob, function, "y_prob")
    if kind is None:
        one_column = probabilities.ndim == 1 or probabilities.shape[1] == 1
        kind = "binary" if one_column else "top_label"
    _check_name("kind", kind, tuple(_arrays.CALIBRATION_KINDS), function)
    arguments = (
        _arrays.CALIBRATION_KINDS[kind],
        check_bins(n_bins, function),
        _is_quantile(strategy, function),
        _arrays.CALIBRATION_NORMS[norm],
    )
    truth = targets.coded_target(y_true, "y_true", function)
    weights = targets.weights(sample_weight, function)
    wanted = targets.declared_labels(labels, function)
    if kind == "binary" and wanted is None:
        answer = _of_positives(truth, probabilities, weights, pos_label, arguments)
    else:
        if pos_label is not None:
            raise InvalidValueError(
                f"{function}: pos_label is of kind='binary' without labels; kind={kind!r} reads "
                "labels= instead"
            )
        answer = _arrays.calibration_error(truth, probabilities, weights, wanted, *arguments)
    value, sums_to_one, weights_cancel = answer
    if weights_cancel:
        refuse_cancelling(weights, function, divides=True)
    if not sums_to_one:
        warn("The y_prob values do not sum to one. Make sure to pass probabilities.")
    return value


def _of_positives(
    truth: Array | Column,
    probabilities: Array,
    weights: Array | None,
    pos_label: Any,
    arguments: tuple[int, int, bool, int],
) -> tuple[float, bool, bool]:
    """Ask about the probabilities of one label; look at the labels only if they are not 0 and 1."""
    if pos_label is None or (pos_label == 1 and not isinstance(pos_label, str)):
        try:
            return _arrays.calibration_error(truth, probabilities, weights, [0, 1], *arguments)
        except (InvalidValueError, InvalidTypeError):
            pass
    decoded = targets.decoded(truth, "y_true")
    positive = _is_positive(decoded, probabilities, pos_label)
    return _arrays.calibration_error(positive, probabilities, weights, [0, 1], *arguments)


def _is_positive(truth: Array, probabilities: Array, pos_label: Any) -> npt.NDArray[np.bool_]:
    """Say of each label whether it is the positive one; refuse in scikit-learn's words."""
    _refuse_table(truth)
    _refuse_table(probabilities)
    targets.check_lengths(truth, probabilities)
    if not len(truth):
        raise InvalidValueError(
            "Found empty input array (e.g., `y_true` or `y_prob`) while a minimum of 1 sample is "
            "required."
        )
    classes = np.unique(truth)
    if pos_label is None:
        pos_label = _default_positive(classes)
    targets.check_finite(probabilities, "y_prob")
    if probabilities.min() < 0 or probabilities.max() > 1:
        raise InvalidValueError("y_prob has values outside [0, 1].")
    if len(classes) > 2:
        raise InvalidValueError(
            f"Only binary classification is supported. Provided labels {classes}."
        )
    return np.asarray(truth == pos_label, dtype=bool)


def _refuse_table(array: Array) -> None:
    if array.ndim != 1 and not (array.ndim == 2 and array.shape[1] == 1):
        raise ShapeError(f"y should be a 1d array, got an array of shape {array.shape} instead.")


def _default_positive(classes: Array) -> int:
    if classes.dtype.kind in "OUS" or classes.tolist() not in ([0, 1], [-1, 1], [0], [-1], [1]):
        listed = ", ".join(map(repr, classes.tolist()))
        raise InvalidValueError(
            f"y_true takes value in {{{listed}}} and pos_label is not specified: either make "
            "y_true take value in {0, 1} or {-1, 1} or pass pos_label explicitly."
        )
    return 1
