"""Curves over thresholds and areas under them, over a stream."""

from __future__ import annotations

from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays, _core
from lstmetrics.errors import InvalidParameterError, UnsupportedError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._top_k import score_array
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._ways import SCORES

__all__ = ["Scores"]

Floats = npt.NDArray[np.float64]

_AVERAGES = ("macro", "micro", "weighted")


class Scores(Streaming):
    """How often each score came for positives and for negatives: all that curves and areas need.

    Exact, memory goes by the different scores, 8 to 16 bytes each. With `max_points` it is bounded:
    scores keep as many of their upper bits as leave at most that many different ones in a column,
    whatever the order of the data and of merges; areas then come with a bound of their error.

    Parameters
    ----------
    labels : array-like of shape (n_labels,), default=(0, 1)
        The labels there are. Of two, scores speak for the positive one; of more, each has a column
        of scores, in their sorted order. None for an indicator.
    pos_label : int or str, default=None
        The positive one of two labels; the greater one when None.
    n_labels : int, default=None
        Of an indicator (`labels` being None): how many labels it has.
    max_points : int, default=None
        The most different scores that a column keeps, at least 2; all when None.
    probabilities : bool, default=False
        Whether scores lie in [0, 1], which is then demanded: bounded, they are as fine near 1 as
        near 0.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For labels or numbers that cannot be used.

    Examples
    --------
    >>> from lstmetrics.streaming import Scores
    >>> scores = Scores().update([0, 0], [0.1, 0.4]).update([1, 1], [0.35, 0.8])
    >>> scores.roc_auc(), round(scores.average_precision(), 4)
    (0.75, 0.8333)
    >>> bounded = Scores(max_points=100, probabilities=True)
    >>> bounded.update([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).roc_auc_error()
    0.0
    """

    _state: _core.ScoreCounts
    _kind: ClassVar[type[_core.ScoreCounts]] = _core.ScoreCounts
    _intervals = SCORES

    __slots__ = ()

    def __init__(
        self,
        labels: npt.ArrayLike | None = (0, 1),
        pos_label: int | str | None = None,
        *,
        n_labels: int | None = None,
        max_points: int | None = None,
        probabilities: bool = False,
    ) -> None:
        names = targets.declared_labels(labels, "Scores")
        parameters.check_flag(probabilities, "probabilities", "Scores")
        if (names is None) == (n_labels is None):
            raise InvalidParameterError(
                "Scores needs either labels or, for an indicator, labels=None and n_labels, "
                f"got labels={names!r} and n_labels={n_labels!r}"
            )
        if pos_label is not None and (names is None or len(set(names)) != 2):
            raise InvalidParameterError(f"pos_label is one of two labels, got {pos_label!r}")
        self._state = _core.ScoreCounts(
            names,
            targets.scalar(pos_label),
            _count(n_labels, "n_labels", 1) if n_labels is not None else 1,
            0 if max_points is None else _count(max_points, "max_points", 2),
            bool(probabilities),
        )

    def update(
        self,
        y_true: npt.ArrayLike,
        y_score: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Add a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
            True labels, all of them declared; or an indicator of 0 and 1.
        y_score : array-like of shape (n_samples,) or (n_samples, n_labels)
            Scores of the positive label, or of each: the higher, the likelier. Infinities are let
            pass.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, UnsupportedError, CountOverflowError
            For lengths or columns that do not fit, NaN (with its place), a label that was not
            declared, scores outside [0, 1] where they are probabilities, integer scores beyond
            2**53, and weights that are negative or not finite.
        """
        function = "Scores.update"
        scores = score_array(y_score, function)
        weights = targets.weights(sample_weight, function)
        if self._state.is_multilabel:
            truth = targets.indicator(y_true, "y_true", function)
            self._state.update_indicator(truth, scores, weights)
        else:
            self._state.update(targets.coded_target(y_true, "y_true", function), scores, weights)
        return self

    @property
    def labels(self) -> list[int] | list[str]:
        """The labels, sorted; none of an indicator."""
        return self._state.labels

    @property
    def columns(self) -> int:
        """How many columns of scores there are."""
        return self._state.columns

    @property
    def max_points(self) -> int | None:
        """The most different scores that a column keeps; None when all."""
        return self._state.max_points or None

    @property
    def samples(self) -> int:
        """How many samples were added."""
        return self._state.samples

    def roc_auc(
        self,
        average: str | None = "macro",
        *,
        max_fpr: float | None = None,
        multi_class: str = "ovr",
    ) -> float | Floats:
        """Return the area under the ROC curve.

        Parameters
        ----------
        average : {'macro', 'micro', 'weighted'} or None, default='macro'
            How the areas of several columns become one; None gives them all.
        max_fpr : float in (0, 1], default=None
            Only the area up to this false positive rate, standardised.
        multi_class : {'ovr', 'ovo'}, default='ovr'
            Of more than two labels: each against the rest, or each against each other.

        Returns
        -------
        float or ndarray of shape (n_columns,)
            As :func:`lstmetrics.metrics.roc_auc_score`; NaN where a class has no samples.
        """
        most = _share(max_fpr, "max_fpr")
        if multi_class not in ("ovr", "ovo"):
            raise InvalidParameterError(f"multi_class must be 'ovr' or 'ovo', got {multi_class!r}")
        if multi_class == "ovo" and len(self.labels) > 2:
            if average not in ("macro", "weighted") or max_fpr is not None:
                raise UnsupportedError(
                    "one against one takes average='macro' or 'weighted' and no max_fpr"
                )
            return self._state.one_vs_one(average == "weighted")
        return self._value("roc_auc", average, most)

    def roc_auc_error(self, average: str | None = "macro") -> float | Floats:
        """Return the most that :meth:`roc_auc` can differ from that of the exact scores.

        Parameters
        ----------
        average : {'macro', 'micro', 'weighted'} or None, default='macro'
            As in :meth:`roc_auc`.

        Returns
        -------
        float or ndarray of shape (n_columns,)
            ``sum(p n) / (2 P N)`` over the points that are kept; 0 while scores are exact.
        """
        return self._value("roc_auc_error", average, 1.0)

    def average_precision(self, average: str | None = "macro") -> float | Floats:
        """Return the average precision.

        Parameters
        ----------
        average : {'macro', 'micro', 'weighted'} or None, default='macro'
            How the values of several columns become one; None gives them all.

        Returns
        -------
        float or ndarray of shape (n_columns,)
            As :func:`lstmetrics.metrics.average_precision_score`; 0 without positives.
        """
        return self._value("average_precision", average, 1.0)

    def _value(self, metric: str, average: Any, max_fpr: float) -> float | Floats:
        if average is not None and average not in _AVERAGES:
            raise InvalidParameterError(
                f"average must be one of {_AVERAGES} or None, got {average!r}"
            )
        values, mean = self._state.values(
            _arrays.RANKING_METRICS[metric], _arrays.AVERAGES[average], max_fpr
        )
        return np.array(values) if average is None else mean

    def standard_error(self, column: int = 0) -> float:
        """Return the standard error of the area of a column, as DeLong and others have it.

        Parameters
        ----------
        column : int, default=0
            Which column of scores.

        Returns
        -------
        float
            NaN below two samples of each class.

        Raises
        ------
        UnsupportedError
            Of samples with weights.
        """
        return self._state.standard_error(self._column(column))

    def roc_curve(
        self, column: int = 0, *, drop_intermediate: bool = True
    ) -> tuple[Floats, Floats, Floats]:
        """Return false positive rates, true positive rates, and descending thresholds.

        Parameters
        ----------
        column : int, default=0
            Which column of scores.
        drop_intermediate : bool, default=True
            Whether to leave out points on a straight line between others.

        Returns
        -------
        fpr, tpr, thresholds : ndarray
            As :func:`lstmetrics.metrics.roc_curve`.
        """
        return self._curve("roc", column, drop_intermediate)

    def precision_recall_curve(
        self, column: int = 0, *, drop_intermediate: bool = False
    ) -> tuple[Floats, Floats, Floats]:
        """Return precisions, recalls, and ascending thresholds.

        Parameters
        ----------
        column : int, default=0
            Which column of scores.
        drop_intermediate : bool, default=False
            Whether to leave out points between two others of the same recall.

        Returns
        -------
        precision, recall, thresholds : ndarray
            As :func:`lstmetrics.metrics.precision_recall_curve`.
        """
        return self._curve("precision_recall", column, drop_intermediate)

    def det_curve(
        self, column: int = 0, *, drop_intermediate: bool = False
    ) -> tuple[Floats, Floats, Floats]:
        """Return false positive rates, false negative rates, and ascending thresholds.

        Parameters
        ----------
        column : int, default=0
            Which column of scores.
        drop_intermediate : bool, default=False
            Whether to leave out points between two others of the same false negative rate.

        Returns
        -------
        fpr, fnr, thresholds : ndarray
            As :func:`lstmetrics.metrics.det_curve`.
        """
        return self._curve("det", column, drop_intermediate)

    def _curve(self, kind: str, column: int, drop: bool) -> tuple[Floats, Floats, Floats]:
        parameters.check_flag(drop, "drop_intermediate", "Scores")
        return self._state.curve(_arrays.CURVES[kind], bool(drop), self._column(column))

    def outcomes(self, column: int = 0) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Return the outcomes at each threshold: all that any metric of labels follows from.

        Parameters
        ----------
        column : int, default=0
            Which column of scores.

        Returns
        -------
        tns, fps, fns, tps, thresholds : ndarray
            As :func:`lstmetrics.metrics.confusion_matrix_at_thresholds`.
        """
        tns, fps, fns, tps, thresholds = self._state.outcomes(self._column(column))
        return tns, fps, fns, tps, thresholds

    def _column(self, column: Any) -> int:
        if not isinstance(column, Integral) or not 0 <= int(column) < self.columns:
            raise InvalidParameterError(
                f"column must be an int from 0 to {self.columns - 1}, got {column!r}"
            )
        return int(column)

    def compute(self) -> dict[str, float]:
        """Return the headline results.

        Returns
        -------
        dict
            ``samples``, ``roc_auc`` and ``average_precision`` (means over columns), and
            ``roc_auc_error`` where scores are bounded.
        """
        now = self.copy()
        found: dict[str, Any] = {
            "samples": now.samples,
            "roc_auc": now.roc_auc(),
            "average_precision": now.average_precision(),
        }
        return found | ({"roc_auc_error": now.roc_auc_error()} if now.max_points else {})

    def __repr__(self) -> str:
        what = f"labels={self.labels}" if self.labels else f"n_labels={self.columns}"
        bound = f", max_points={self.max_points}" if self.max_points else ""
        return f"Scores(samples={self.samples}, {what}{bound})"


def _count(value: Any, parameter: str, least: int) -> int:
    if not isinstance(value, Integral) or int(value) < least or isinstance(value, bool):
        raise parameters.refuse(parameter, "Scores", f"an int in the range [{least}, inf)", value)
    return int(value)


def _share(value: Any, parameter: str) -> float:
    if value is None:
        return 1.0
    if not isinstance(value, float | int) or not 0 < value <= 1:
        raise parameters.refuse(parameter, "Scores", "a float in the range (0.0, 1] or None", value)
    return float(value)
