"""Calibration over a stream: how often predictions of each size came true."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays, _core
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidParameterError, ShapeError
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._calibration import check_bins, check_norm
from lstmetrics.metrics._probabilistic import probability_array
from lstmetrics.streaming._base import Streaming

__all__ = ["Calibration"]

Floats = npt.NDArray[np.float64]


class Calibration(Streaming):
    """Calibration curve, expected and maximum calibration error over a stream.

    Parameters
    ----------
    n_bins : int, default=15
        How many bins of equal width from 0 to 1; not read when `edges` are given.
    kind : {'binary', 'top_label', 'classwise'}, default='binary'
        What is judged: the probability of the greater of two labels; the largest of each row,
        against whether its label is the true one; or each label's in bins of its own.
    labels : array-like of shape (n_labels,), default=None
        All labels there are; 0 and 1 when None, which ``'binary'`` alone may be.
    edges : array-like of shape (n_bins + 1,), default=None
        Edges of the bins, from 0 to 1 in ascending order. A bin holds
        ``edges[i] < p <= edges[i + 1]``; the first also takes what lies below, the last above.
        :func:`lstmetrics.metrics.calibration_edges` finds some that hold as many samples each.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For edges out of order, labels that cannot be used, an unknown kind.

    Examples
    --------
    >>> from lstmetrics.streaming import Calibration
    >>> calibration = Calibration(n_bins=2)
    >>> calibration.update([0, 1], [0.125, 0.75]).update([1, 1], [0.75, 0.5])
    Calibration(n_bins=2, kind='binary', samples=4)
    >>> calibration.expected_error(), calibration.maximum_error()
    (0.21875, 0.25)
    >>> prob_true, prob_pred = calibration.curve()
    """

    _state: _core.CalibrationBins
    _kind: ClassVar[type[_core.CalibrationBins]] = _core.CalibrationBins

    __slots__ = ()

    def __init__(
        self,
        n_bins: int = 15,
        *,
        kind: str = "binary",
        labels: npt.ArrayLike | None = None,
        edges: npt.ArrayLike | None = None,
    ) -> None:
        if edges is None:
            bins = check_bins(n_bins, "Calibration")
            chosen = _arrays.calibration_edges(np.empty(0), bins, False).tolist()
        else:
            chosen = _edge_list(edges)
        declared = targets.declared_labels(labels, "Calibration")
        if declared is None:
            if kind in ("top_label", "classwise"):
                raise InvalidParameterError(
                    f"Calibration: kind={kind!r} needs labels=, the labels of the columns"
                )
            declared = [0, 1]
        self._state = _core.CalibrationBins(chosen, declared, kind)

    def update(
        self,
        y_true: npt.ArrayLike,
        y_prob: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Add a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_prob : array-like of shape (n_samples,) or (n_samples, n_labels)
            Probabilities of the greater label for ``kind='binary'``; else of each label, columns
            in the order of the sorted labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For lengths or columns that do not fit, NaN or values outside [0, 1], labels that are
            not declared, and weights that are negative or not finite.
        """
        rows = self._state.update(
            targets.coded_target(y_true, "y_true", "Calibration.update"),
            probability_array(y_prob, "Calibration.update", "y_prob"),
            targets.weights(sample_weight, "Calibration.update"),
        )
        if rows:
            warn("The y_prob values do not sum to one. Make sure to pass probabilities.")
        return self

    @property
    def kind(self) -> str:
        """What is judged."""
        return self._state.kind

    @property
    def labels(self) -> list[int] | list[str]:
        """The declared labels, sorted."""
        return self._state.labels

    @property
    def edges(self) -> Floats:
        """The edges of the bins."""
        return np.array(self._state.edges)

    @property
    def samples(self) -> int:
        """How many samples were added."""
        return self._state.samples

    def curve(self, label: Any = None) -> tuple[Floats, Floats]:
        """Return the calibration curve.

        Parameters
        ----------
        label : label, default=None
            Whose bins, for ``kind='classwise'``.

        Returns
        -------
        prob_true, prob_pred : ndarray
            Of each bin that is not empty, the share that came true and the mean probability, as
            :func:`lstmetrics.metrics.calibration_curve`.
        """
        *_, prob_true, prob_pred = self._state.reliability(self._table(label))
        return prob_true, prob_pred

    def reliability(self, label: Any = None) -> dict[str, npt.NDArray[Any]]:
        """Return all that a reliability diagram shows.

        Parameters
        ----------
        label : label, default=None
            Whose bins, for ``kind='classwise'``.

        Returns
        -------
        dict
            Arrays with an item for each bin that is not empty: ``lower`` and ``upper`` edge,
            ``samples``, ``weight``, ``prob_true`` and ``prob_pred``.
        """
        bins, samples, weight, prob_true, prob_pred = self._state.reliability(self._table(label))
        edges = self.edges
        return {
            "lower": edges[bins],
            "upper": edges[bins + 1],
            "samples": samples,
            "weight": weight,
            "prob_true": prob_true,
            "prob_pred": prob_pred,
        }

    def _table(self, label: Any) -> int:
        if self.kind != "classwise":
            if label is not None:
                raise InvalidParameterError(f"label is of kind='classwise', this is a {self!r}")
            return 0
        labels = self.labels
        if targets.scalar(label) not in labels:
            raise InvalidParameterError(f"label must be one of {labels}, got {label!r}")
        return labels.index(targets.scalar(label))

    def expected_error(self, norm: str = "l1") -> float:
        """Return the expected calibration error.

        Parameters
        ----------
        norm : {'l1', 'l2', 'max'}, default='l1'
            As in :func:`lstmetrics.metrics.expected_calibration_error`.

        Returns
        -------
        float
            NaN when nothing was seen.
        """
        check_norm(norm, "Calibration.expected_error")
        return self._state.error(norm)

    def maximum_error(self) -> float:
        """Return the largest gap of a bin; NaN when nothing was seen."""
        return self._state.error("max")

    def compute(self) -> dict[str, float]:
        """Return the headline results: ``samples``, and both calibration errors."""
        state = self._state.copy()
        return {
            "samples": state.samples,
            "expected_calibration_error": state.error("l1"),
            "maximum_calibration_error": state.error("max"),
        }

    def __repr__(self) -> str:
        bins = len(self._state.edges) - 1
        labels = "" if self.kind == "binary" else f", labels={self.labels}"
        return f"Calibration(n_bins={bins}, kind={self.kind!r}, samples={self.samples}{labels})"


def _edge_list(edges: npt.ArrayLike) -> list[float]:
    array = targets.array_like(edges, "edges", "Calibration")
    if array.ndim != 1:
        raise ShapeError(f"edges must have one dimension, got {array.ndim}")
    if array.dtype.kind not in "biuf":
        raise InvalidParameterError(f"edges must be numbers, got dtype {array.dtype}")
    return list(map(float, array))
