"""Samples that come in clusters, such as the sentences of a document: intervals that say so.

Samples of one document or user resemble each other, so an interval that takes them for independent
is too narrow. The bootstrap of these classes draws whole clusters: in a replicate, every cluster
has a Poisson(1) number of copies, which depends on the seed, the number of the replicate and the
cluster's id alone. So neither the order of samples nor shards can show, and one id that comes in
several shards is one cluster. A row's place in a batch is never an id.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import FormatError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._confusion import Confusion
from lstmetrics.streaming._ways import CLUSTERED

__all__ = ["Clustered", "ClusteredConfusion", "ClusteredPairedOutcomes"]


class Clustered(Streaming):
    """What they share: ids, and replicates that draw whole clusters."""

    _models: ClassVar[int]

    __slots__ = ()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Restore what :meth:`to_bytes` made; FormatError for anything else."""
        instance = super().from_bytes(data)
        if instance._state.models != cls._models:  # type: ignore[attr-defined]
            raise FormatError(f"{cls.__name__}: bytes of another number of models")
        return instance

    @property
    def ids(self) -> list[int] | list[str]:
        """The ids of the clusters seen so far, sorted."""
        return self._state.ids  # type: ignore[attr-defined, no-any-return]

    @property
    def samples(self) -> int:
        """How many samples were added."""
        return self._state.samples  # type: ignore[attr-defined, no-any-return]

    def __repr__(self) -> str:
        return f"{type(self).__name__}(samples={self.samples}, clusters={len(self.ids)})"


class ClusteredConfusion(Clustered):
    """Confusion counts by cluster, for intervals that draw whole clusters.

    Memory goes by the cells (id, true label, prediction) that occur, 24 bytes each and the ids.

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
    >>> from lstmetrics.streaming import ClusteredConfusion
    >>> clusters = ClusteredConfusion()
    >>> clusters.update([1, 0, 1, 1], [1, 0, 0, 0], ids=["doc1", "doc1", "doc2", "doc2"])
    ClusteredConfusion(samples=4, clusters=2)
    >>> interval = clusters.interval("accuracy", seed=1)
    >>> interval.estimate, interval.low, interval.high
    (0.5, 0.0, 1.0)
    """

    _state: _core.ClusteredCounts
    _kind: ClassVar[type[_core.ClusteredCounts]] = _core.ClusteredCounts
    _intervals = CLUSTERED
    _models = 1

    __slots__ = ()

    def __init__(self, labels: npt.ArrayLike | None = None) -> None:
        self._state = _core.ClusteredCounts(1, targets.declared_labels(labels, type(self).__name__))

    def update(self, y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, ids: npt.ArrayLike) -> Self:
        """Count a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_samples,)
            True and predicted labels: integers, booleans, floats with integral values, or text.
        ids : array-like of shape (n_samples,)
            The cluster of each sample: integers or text.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For lengths that differ, and labels that are not labels or not declared.
        """
        function = "ClusteredConfusion.update"
        self._state.update(
            targets.coded_target(ids, "ids", function),
            targets.coded_target(y_true, "y_true", function),
            [targets.coded_target(y_pred, "y_pred", function)],
        )
        return self

    @property
    def labels(self) -> list[int] | list[str]:
        """The labels, sorted: those declared, or those seen so far."""
        return self._state.labels

    @property
    def confusion(self) -> Confusion:
        """What a :class:`Confusion` holds that has seen the samples: it has the metrics."""
        return Confusion._holding(self._state.confusions()[0])

    def compute(self) -> dict[str, float]:
        """Return ``clusters``, and the headline results of :class:`Confusion`."""
        return {"clusters": len(self.ids), **self.confusion.compute()}

    def _measure(
        self, metric: str | Callable[[Any], float], options: dict[str, Any]
    ) -> Callable[[Any], float]:
        of_confusion = super()._measure(metric, options)
        return lambda drawn: of_confusion(
            drawn if isinstance(drawn, Confusion) else drawn.confusion
        )

    def _replicates(self, seed: int, first: int, count: int) -> list[Any]:
        drawn = self._state.replicates(seed, first, count)
        return [Confusion._holding(state) for (state,) in drawn]


class ClusteredPairedOutcomes(Clustered):
    """Two models, A and B, on the same samples in clusters: intervals of their difference.

    Both models' counts of a cluster are drawn together, so what a hard document costs both does not
    widen the interval of their difference.

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
    >>> from lstmetrics.streaming import ClusteredPairedOutcomes
    >>> pair = ClusteredPairedOutcomes()
    >>> pair.update([1, 0, 1, 1], [1, 0, 0, 1], [1, 1, 0, 0], ids=[7, 7, 8, 9])
    ClusteredPairedOutcomes(samples=4, clusters=3)
    >>> pair.difference("accuracy")
    0.5
    """

    _state: _core.ClusteredCounts
    _kind: ClassVar[type[_core.ClusteredCounts]] = _core.ClusteredCounts
    _intervals = CLUSTERED
    _models = 2

    __slots__ = ()

    def __init__(self, labels: npt.ArrayLike | None = None) -> None:
        self._state = _core.ClusteredCounts(2, targets.declared_labels(labels, type(self).__name__))

    def update(
        self,
        y_true: npt.ArrayLike,
        y_pred_a: npt.ArrayLike,
        y_pred_b: npt.ArrayLike,
        *,
        ids: npt.ArrayLike,
    ) -> Self:
        """Count a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels: integers, booleans, floats with integral values, or text.
        y_pred_a, y_pred_b : array-like of shape (n_samples,)
            What A and what B predicted for the same samples.
        ids : array-like of shape (n_samples,)
            The cluster of each sample: integers or text.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For lengths that differ, and labels that are not labels or not declared.
        """
        function = "ClusteredPairedOutcomes.update"
        self._state.update(
            targets.coded_target(ids, "ids", function),
            targets.coded_target(y_true, "y_true", function),
            [
                targets.coded_target(y_pred_a, "y_pred_a", function),
                targets.coded_target(y_pred_b, "y_pred_b", function),
            ],
        )
        return self

    @property
    def labels(self) -> list[int] | list[str]:
        """The labels, sorted: those declared, or those seen so far."""
        return self._state.labels

    @property
    def a(self) -> Confusion:
        """What a :class:`Confusion` holds that has seen the predictions of A alone."""
        return Confusion._holding(self._state.confusions()[0])

    @property
    def b(self) -> Confusion:
        """What a :class:`Confusion` holds that has seen the predictions of B alone."""
        return Confusion._holding(self._state.confusions()[1])

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

        Raises
        ------
        InvalidParameterError
            For an unknown metric.
        """
        if not callable(metric) and metric not in CLUSTERED:
            raise parameters.refuse(
                "metric",
                "ClusteredPairedOutcomes.difference",
                f"one of {sorted(CLUSTERED)}, or a callable",
                metric,
            )
        return self._measure(metric, options)(self)

    def compute(self) -> dict[str, float]:
        """Return ``samples``, ``clusters``, ``accuracy_a``, ``accuracy_b`` and the difference."""
        a, b = (Confusion._holding(state) for state in self._state.copy().confusions())
        return {
            "samples": a.samples,
            "clusters": len(self.ids),
            "accuracy_a": a.accuracy(),
            "accuracy_b": b.accuracy(),
            "accuracy_difference": a.accuracy() - b.accuracy(),
        }

    def _measure(
        self, metric: str | Callable[[Any], float], options: dict[str, Any]
    ) -> Callable[[Any], float]:
        of_one = super()._measure(metric, options)

        def of_both(drawn: Any) -> float:
            a, b = drawn if isinstance(drawn, tuple) else (drawn.a, drawn.b)
            return of_one(a) - of_one(b)

        return of_both

    def _replicates(self, seed: int, first: int, count: int) -> list[Any]:
        drawn = self._state.replicates(seed, first, count)
        return [(Confusion._holding(a), Confusion._holding(b)) for a, b in drawn]
