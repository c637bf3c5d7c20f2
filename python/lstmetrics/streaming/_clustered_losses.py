"""Mean losses over samples that come in clusters: intervals by drawing whole clusters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidParameterError
from lstmetrics.metrics import _targets as targets
from lstmetrics.streaming._base import Floats
from lstmetrics.streaming._clusters import Clustered
from lstmetrics.streaming._interval import replicate_values
from lstmetrics.streaming._ways import CLUSTERED_LOSS, CLUSTERED_LOSSES

__all__ = ["ClusteredLoss", "ClusteredPairedLoss"]


class _ClusteredMeans(Clustered):
    """Mean losses by cluster."""

    _state: _core.ClusteredLosses
    _kind: ClassVar[type[_core.ClusteredLosses]]  # of the two below: this is no state of its own
    _places: ClassVar[dict[str, int]]

    __slots__ = ()

    def __init__(self) -> None:
        self._state = _core.ClusteredLosses(self._models)

    def _add(self, losses: list[npt.ArrayLike], sample_weight: Any, ids: npt.ArrayLike) -> Self:
        function = f"{type(self).__name__}.update"
        self._state.update(
            targets.coded_target(ids, "ids", function),
            [
                targets.at_most_double(targets.array_like(values, "losses", function))
                for values in losses
            ],
            targets.weights(sample_weight, function),
        )
        return self

    def _replicate_values(
        self, measure: Callable[[Any], float], seed: int, replicates: int
    ) -> Floats:
        return replicate_values(self._state.cluster_replicates, measure, seed, replicates)

    def _measure(
        self, metric: str | Callable[[Any], float], options: dict[str, Any]
    ) -> Callable[[Any], float]:
        if options:
            raise InvalidParameterError(
                f"{type(self).__name__}.interval: {metric!r} has no arguments, got {list(options)}"
            )
        place = self._places[str(metric)]

        def mean(drawn: Any) -> float:
            means = drawn._state.means() if isinstance(drawn, _ClusteredMeans) else drawn
            return float(means[place])

        return mean


class ClusteredLoss(_ClusteredMeans):
    """A mean loss over samples in clusters, such as tokens of documents.

    Memory goes by clusters, about 120 bytes each and the ids.

    Examples
    --------
    >>> from lstmetrics.streaming import ClusteredLoss
    >>> loss = ClusteredLoss().update([0.5, 1.5, 1.0], ids=["doc1", "doc1", "doc2"])
    >>> loss.value(), loss.ids
    (1.0, ['doc1', 'doc2'])
    """

    _intervals = CLUSTERED_LOSS
    _kind = _core.ClusteredLosses
    _models = 1
    _places: ClassVar[dict[str, int]] = {"value": 0}

    __slots__ = ()

    def update(
        self,
        losses: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        *,
        ids: npt.ArrayLike,
    ) -> Self:
        """Add a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        losses : array-like of shape (n_samples,)
            Numbers, not NaN.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.
        ids : array-like of shape (n_samples,)
            The cluster of each sample: integers or text.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError
            For lengths that differ, NaN, and weights that are negative or not finite.
        """
        return self._add([losses], sample_weight, ids)

    def value(self) -> float:
        """``sum(w * loss) / sum(w)``, both sums exact; NaN when there are no samples."""
        return self._state.means()[0]

    def compute(self) -> dict[str, float]:
        """Return ``samples``, ``clusters`` and ``loss``."""
        return {"samples": self.samples, "clusters": len(self.ids), "loss": self.value()}


class ClusteredPairedLoss(_ClusteredMeans):
    """The mean losses of two models, A and B, over the same samples in clusters.

    Examples
    --------
    >>> from lstmetrics.streaming import ClusteredPairedLoss
    >>> pair = ClusteredPairedLoss().update([0.5, 1.5], [1.0, 1.5], ids=[1, 2])
    >>> pair.a(), pair.b(), pair.difference()
    (1.0, 1.25, -0.25)
    """

    _intervals = CLUSTERED_LOSSES
    _kind = _core.ClusteredLosses
    _models = 2
    _places: ClassVar[dict[str, int]] = {"a": 0, "b": 1, "difference": 2}

    __slots__ = ()

    def update(
        self,
        losses_a: npt.ArrayLike,
        losses_b: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
        *,
        ids: npt.ArrayLike,
    ) -> Self:
        """Add a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        losses_a, losses_b : array-like of shape (n_samples,)
            Losses of A and of B for the same samples, not NaN.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.
        ids : array-like of shape (n_samples,)
            The cluster of each sample: integers or text.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError
            For lengths that differ, NaN, and weights that are negative or not finite.
        """
        return self._add([losses_a, losses_b], sample_weight, ids)

    def a(self) -> float:
        """Return the mean loss of A; NaN when there are no samples."""
        return self._state.means()[0]

    def b(self) -> float:
        """Return the mean loss of B; NaN when there are no samples."""
        return self._state.means()[1]

    def difference(self) -> float:
        """Return the mean loss of A less that of B: the exact difference of sums, divided."""
        return self._state.means()[2]

    def compute(self) -> dict[str, float]:
        """Return ``samples``, ``clusters``, ``loss_a``, ``loss_b`` and ``loss_difference``."""
        a, b, difference = self._state.means()
        return {
            "samples": self.samples,
            "clusters": len(self.ids),
            "loss_a": a,
            "loss_b": b,
            "loss_difference": difference,
        }
