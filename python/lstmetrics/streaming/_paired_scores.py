"""The scores of two models for the same samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.metrics import _targets as targets
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._interval import Interval
from lstmetrics.streaming._paired import PairedTest
from lstmetrics.streaming._ways import PAIRED_SCORES

__all__ = ["PairedScores"]


class PairedScores(Streaming):
    """The scores of two models, A and B, for the same samples of two classes.

    It is exact: memory goes by the different pairs of scores, 32 bytes each, and so by samples
    where scores hardly repeat.

    Parameters
    ----------
    labels : array-like of shape (2,), default=(0, 1)
        The two labels there are.
    pos_label : int or str, default=1
        The positive one, which higher scores speak for.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If there are not two labels, or `pos_label` is none of them.

    Examples
    --------
    >>> from lstmetrics.streaming import PairedScores
    >>> pair = PairedScores()
    >>> pair.update([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], [0.6, 0.2, 0.3, 0.5])
    PairedScores(samples=4, labels=[0, 1])
    >>> pair.roc_auc_a(), pair.roc_auc_b(), pair.difference()
    (0.75, 0.5, 0.25)
    """

    _state: _core.PairedScores
    _kind: ClassVar[type[_core.PairedScores]] = _core.PairedScores
    _intervals = PAIRED_SCORES

    __slots__ = ()

    def __init__(self, labels: npt.ArrayLike = (0, 1), pos_label: int | str = 1) -> None:
        names = targets.declared_labels(labels, "PairedScores")
        self._state = _core.PairedScores(names, targets.scalar(pos_label))

    def update(
        self, y_true: npt.ArrayLike, y_score_a: npt.ArrayLike, y_score_b: npt.ArrayLike
    ) -> PairedScores:
        """Add a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_score_a, y_score_b : array-like of shape (n_samples,)
            What A and what B gave the same samples: probabilities or any other scores, not NaN.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, UnsupportedError, CountOverflowError
            For lengths that differ, NaN, a label that is neither of the two, and integer scores of
            2**53 or more.
        """
        self._state.update(
            targets.target(y_true, "y_true", "PairedScores.update"),
            targets.array_like(y_score_a, "y_score_a", "PairedScores.update"),
            targets.array_like(y_score_b, "y_score_b", "PairedScores.update"),
        )
        return self

    @property
    def labels(self) -> list[int] | list[str]:
        """The two labels, sorted."""
        return self._state.labels

    @property
    def pos_label(self) -> int | str:
        """The positive label."""
        return self._state.labels[self._state.positive]

    @property
    def samples(self) -> int:
        """How many samples were added."""
        return self._state.samples

    def roc_auc_a(self) -> float:
        """Area under the ROC curve of A, correctly rounded; NaN while a class has no samples."""
        return self._state.areas()[0]

    def roc_auc_b(self) -> float:
        """Area under the ROC curve of B, correctly rounded; NaN while a class has no samples."""
        return self._state.areas()[1]

    def difference(self) -> float:
        """Area under the ROC curve of A less that of B, correctly rounded."""
        return self._state.areas()[2]

    def standard_error(self) -> float:
        """Return the standard error of :meth:`difference` as DeLong and others have it.

        Returns
        -------
        float
            NaN below two samples of each class.
        """
        return self._state.areas()[3]

    def delong(self) -> PairedTest:
        """Test whether one area is larger, as DeLong, DeLong and Clarke-Pearson (1988) have it.

        Returns
        -------
        PairedTest
            The statistic is z, the difference over its standard error. Areas that are the same give
            0 and a p-value of 1; NaN below two samples of each class.
        """
        return PairedTest(*self._state.delong(), "delong")

    def _measure(
        self, _metric: str | Callable[[Any], float], options: dict[str, Any]
    ) -> Callable[[Any], float]:
        if options:
            raise TypeError(f"roc_auc takes no options, got {sorted(options)}")
        return lambda pair: pair.difference()

    def _replicate_values(
        self, _measure: Callable[[Any], float], seed: int, replicates: int
    ) -> npt.NDArray[np.float64]:
        return self._state.area_difference_replicates(seed, replicates)

    def interval(
        self,
        metric: str | Callable[[Any], float] = "roc_auc",
        level: float = 0.95,
        *,
        method: str | None = None,
        seed: int = 0,
        replicates: int = 1000,
        **options: Any,
    ) -> Interval:
        """Return a confidence interval of the difference of the areas, A less B.

        Parameters
        ----------
        metric : {"roc_auc"}, default="roc_auc"
            The metric.
        level : float, default=0.95
            The confidence level, between 0 and 1.
        method : {"delong", "bootstrap"}, default=None
            - "delong", the default: the difference, give or take normal quantiles of its standard
              error.
            - "bootstrap": percentiles over replicates in which a sample is drawn together with both
              its scores, as in :meth:`Streaming.interval`.
        seed : int, default=0
            Of the bootstrap.
        replicates : int, default=1000
            Of the bootstrap.
        **options
            None.

        Returns
        -------
        Interval

        Raises
        ------
        InvalidParameterError
            For an unknown metric or method, and a level outside (0, 1).
        """
        return super().interval(
            metric, level, method=method, seed=seed, replicates=replicates, **options
        )

    def compute(self) -> dict[str, float]:
        """Return the headline results.

        Returns
        -------
        dict
            ``samples``, ``roc_auc_a``, ``roc_auc_b``, ``roc_auc_difference``, its
            ``standard_error``, and DeLong's ``p_value``.
        """
        state = self._state.copy()
        a, b, difference, standard_error = state.areas()
        return {
            "samples": state.samples,
            "roc_auc_a": a,
            "roc_auc_b": b,
            "roc_auc_difference": difference,
            "standard_error": standard_error,
            "p_value": state.delong()[1],
        }

    def __repr__(self) -> str:
        return f"PairedScores(samples={self.samples}, labels={self.labels})"
