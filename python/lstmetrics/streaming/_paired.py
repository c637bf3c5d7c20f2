"""Two models on the same samples: whether one is better, and by how much."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._confusion import Confusion
from lstmetrics.streaming._interval import Interval
from lstmetrics.streaming._ways import PAIRED_OUTCOMES

__all__ = ["PairedOutcomes", "PairedTest"]


@dataclass(frozen=True, slots=True)
class PairedTest:
    """The outcome of a test of two models on the same samples.

    Parameters
    ----------
    statistic : float
        What the test is of.
    p_value : float
        How likely a statistic at least as extreme is when both models are equally good.
    method : str
        Which test this is.

    Examples
    --------
    >>> from lstmetrics.streaming import PairedOutcomes
    >>> pair = PairedOutcomes().update([1] * 8, [1] * 8, [1, 1] + [0] * 6)
    >>> pair.mcnemar()
    PairedTest(statistic=0.0, p_value=0.03125, method='exact')
    """

    statistic: float
    p_value: float
    method: str


class PairedOutcomes(Streaming):
    """The predictions of two models, A and B, for the same samples.

    Memory goes by the triples (true label, prediction of A, prediction of B) that occur, not by
    samples.

    Parameters
    ----------
    labels : array-like of shape (n_labels,), default=None
        All labels there may be: any other is refused. When None, labels are discovered, and unite
        on merge.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If `labels` is empty or mixes text and numbers.

    Examples
    --------
    >>> from lstmetrics.streaming import PairedOutcomes
    >>> pair = PairedOutcomes()
    >>> pair.update([1, 0, 1, 1, 0], [1, 0, 1, 1, 1], [1, 0, 0, 0, 0])
    PairedOutcomes(samples=5, labels=[0, 1])
    >>> round(pair.difference("accuracy"), 12), pair.table().tolist()
    (0.2, [[2, 2], [1, 0]])
    """

    _state: _core.PairedOutcomes
    _kind: ClassVar[type[_core.PairedOutcomes]] = _core.PairedOutcomes
    _intervals = PAIRED_OUTCOMES

    __slots__ = ()

    def __init__(self, labels: npt.ArrayLike | None = None) -> None:
        self._state = _core.PairedOutcomes(targets.declared_labels(labels, "PairedOutcomes"))

    def update(
        self, y_true: npt.ArrayLike, y_pred_a: npt.ArrayLike, y_pred_b: npt.ArrayLike
    ) -> PairedOutcomes:
        """Count a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels: integers, booleans, floats with integral values, or text.
        y_pred_a, y_pred_b : array-like of shape (n_samples,)
            What A and what B predicted for the same samples.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For lengths that differ, and labels that are not labels or not declared (naming the
            first).
        """
        self._state.update(
            targets.target(y_true, "y_true", "PairedOutcomes.update"),
            targets.target(y_pred_a, "y_pred_a", "PairedOutcomes.update"),
            targets.target(y_pred_b, "y_pred_b", "PairedOutcomes.update"),
        )
        return self

    @property
    def labels(self) -> list[int] | list[str]:
        """The labels, sorted: those declared, or those seen so far."""
        return self._state.labels

    @property
    def samples(self) -> int:
        """How many samples were counted."""
        return self._state.samples

    @property
    def a(self) -> Confusion:
        """What a :class:`Confusion` holds that has seen the predictions of A alone."""
        return Confusion._holding(self._state.confusion(True))

    @property
    def b(self) -> Confusion:
        """What a :class:`Confusion` holds that has seen the predictions of B alone."""
        return Confusion._holding(self._state.confusion(False))

    def table(self) -> npt.NDArray[np.int64]:
        """Return how many samples both, only A, only B and neither had right.

        Returns
        -------
        ndarray of shape (2, 2), int64
            ``[[both, only A], [only B, neither]]``.
        """
        return self._state.table()

    def difference(
        self, metric: str | Callable[[Confusion], float] = "accuracy", **options: Any
    ) -> float:
        """Return a metric of A less that of B.

        Parameters
        ----------
        metric : str or callable, default="accuracy"
            The name of a method of :class:`Confusion`, or a function of one.
        **options
            Arguments of the metric.

        Returns
        -------
        float
            For accuracy the correctly rounded difference, else that of two doubles.

        Raises
        ------
        InvalidParameterError
            For an unknown metric.
        """
        self._check_metric(metric, "PairedOutcomes.difference")
        return self._measure(metric, options)(self.copy())

    def _check_metric(self, metric: Any, function: str) -> None:
        if not callable(metric) and metric not in PAIRED_OUTCOMES:
            raise parameters.refuse(
                "metric", function, f"one of {sorted(PAIRED_OUTCOMES)}, or a callable", metric
            )

    def _measure(
        self, metric: str | Callable[[Any], float], options: dict[str, Any]
    ) -> Callable[[Any], float]:
        if metric == "accuracy" and not options:
            return lambda pair: pair._state.accuracy_difference()
        of_one = super()._measure(metric, options)
        return lambda pair: of_one(pair.a) - of_one(pair.b)

    def interval(
        self,
        metric: str | Callable[[Any], float] = "accuracy",
        level: float = 0.95,
        *,
        method: str | None = None,
        seed: int = 0,
        replicates: int = 1000,
        **options: Any,
    ) -> Interval:
        """Return a confidence interval of the difference of a metric, A less B.

        Parameters
        ----------
        metric : str or callable, default="accuracy"
            The name of a method of :class:`Confusion`, or a function of one.
        level : float, default=0.95
            The confidence level, between 0 and 1.
        method : {"newcombe", "normal", "bootstrap"}, default=None
            - "newcombe", of accuracy and its default: R. G. Newcombe's square-and-add interval of
              two Wilson bounds (method 10 of his paper of 1998 on paired data).
            - "normal", of accuracy: the difference, give or take normal quantiles of its standard
              error, ``sqrt(b + c - (b - c)**2 / n) / n`` with b and c the samples that only A and
              only B had right.
            - "bootstrap", of any: as in :meth:`Streaming.interval`; a sample is drawn together with
              both its predictions.
        seed : int, default=0
            Of the bootstrap.
        replicates : int, default=1000
            Of the bootstrap.
        **options
            Arguments of the metric: ``average="macro"``.

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

    def mcnemar(self, *, exact: bool = True) -> PairedTest:
        """Test whether one model is right more often than the other.

        Only samples count that one has right and the other wrong, b and c of them.

        Parameters
        ----------
        exact : bool, default=True
            Whether b out of b + c tosses of a fair coin are tested exactly: the p-value is the
            double next to the true one up to 2**20 such samples, and beyond within ``1e-8`` of it;
            the statistic is the lesser of b and c. Else by chi-square with one degree of freedom
            and the correction for continuity: ``(|b - c| - 1)**2 / (b + c)``, 0 where b is c.

        Returns
        -------
        PairedTest
            Of no such samples the p-value is 1.
        """
        parameters.check_flag(exact, "exact", "PairedOutcomes.mcnemar")
        if exact:
            return PairedTest(*self._state.mcnemar_exact(), "exact")
        return PairedTest(*self._state.mcnemar_chi_square(), "chi-square")

    def compute(self) -> dict[str, float]:
        """Return the headline results.

        Returns
        -------
        dict
            ``samples``, ``accuracy_a``, ``accuracy_b``, ``accuracy_difference``, and
            ``p_value`` of McNemar's exact test.
        """
        state = self._state.copy()
        return {
            "samples": state.samples,
            "accuracy_a": state.confusion(True).accuracy(),
            "accuracy_b": state.confusion(False).accuracy(),
            "accuracy_difference": state.accuracy_difference(),
            "p_value": state.mcnemar_exact()[1],
        }

    def __repr__(self) -> str:
        labels = self.labels
        shown = f"{labels}" if len(labels) <= 8 else f"<{len(labels)} labels>"
        return f"PairedOutcomes(samples={self.samples}, labels={shown})"
