"""Top-k accuracy over a stream."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics.errors import InvalidParameterError
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._top_k import check_k, score_array
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._ways import TOP_K

__all__ = ["TopK"]


class TopK(Streaming):
    """How often the true label is among the k with the highest scores, for several k at once.

    Parameters
    ----------
    k : int or iterable of int, default=2
        How many labels count.
    labels : array-like of shape (n_labels,), default=None
        The labels of the columns of scores, at least two: sorted, the first is that of the first
        column. When None, true labels are the numbers of columns.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For a k below 1 or given twice, and labels that cannot be used.

    Examples
    --------
    >>> from lstmetrics.streaming import TopK
    >>> top = TopK(k=(1, 2))
    >>> top.update([0, 1], [[0.5, 0.2, 0.2], [0.3, 0.4, 0.2]])
    TopK(k=(1, 2), samples=2)
    >>> top.update([2, 2], [[0.2, 0.4, 0.3], [0.7, 0.2, 0.1]]).accuracy(2)
    0.75
    """

    _state: _core.TopKCounts
    _kind: ClassVar[type[_core.TopKCounts]] = _core.TopKCounts
    _intervals = TOP_K

    __slots__ = ()

    def __init__(self, k: int | Iterable[int] = 2, labels: npt.ArrayLike | None = None) -> None:
        ks = [k] if isinstance(k, Integral | str) or not isinstance(k, Iterable) else list(k)
        self._state = _core.TopKCounts(
            [check_k(one, "TopK") for one in ks], targets.declared_labels(labels, "TopK")
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
        y_true : array-like of shape (n_samples,)
            True labels.
        y_score : array-like of shape (n_samples, n_labels)
            A score of each label: the higher, the likelier. Infinities are let pass.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For lengths or columns that do not fit, NaN (with row and column), labels that no
            column has, and weights that are negative or not finite.
        """
        self._state.update(
            targets.coded_target(y_true, "y_true", "TopK.update"),
            score_array(y_score, "TopK.update"),
            targets.weights(sample_weight, "TopK.update"),
        )
        return self

    @property
    def k(self) -> tuple[int, ...]:
        """The ks, in ascending order."""
        return tuple(self._state.ks)

    @property
    def labels(self) -> list[int] | list[str]:
        """The labels of the columns; none when labels are the numbers of columns."""
        return self._state.labels

    @property
    def samples(self) -> int:
        """How many samples were added."""
        return self._state.samples

    def accuracy(self, k: int | None = None) -> float:
        """Return the share of samples whose true label is among the first k.

        Parameters
        ----------
        k : int, default=None
            One of those declared, which None stands for when there is one.

        Returns
        -------
        float
            As :func:`lstmetrics.metrics.top_k_accuracy_score`; NaN when there are no samples.
        """
        return self._state.accuracies()[self._place(k)]

    def hits(self, k: int | None = None) -> float:
        """Return the number (or weight) of samples whose true label is among the first k.

        Parameters
        ----------
        k : int, default=None
            One of those declared, which None stands for when there is one.

        Returns
        -------
        float
        """
        return self._state.hits()[self._place(k)]

    def _place(self, k: Any) -> int:
        ks = self.k
        if k is None and len(ks) == 1:
            return 0
        if k not in ks:
            raise InvalidParameterError(f"k must be one of {ks}, got {k!r}")
        return ks.index(k)

    def compute(self) -> dict[str, float]:
        """Return the headline results: ``samples``, and ``top_<k>_accuracy`` of each k."""
        state = self._state.copy()
        found: dict[str, float] = {"samples": state.samples}
        for k, value in zip(state.ks, state.accuracies(), strict=True):
            found[f"top_{k}_accuracy"] = value
        return found

    def __repr__(self) -> str:
        labels = f", labels={self.labels}" if self.labels else ""
        return f"TopK(k={self.k}, samples={self.samples}{labels})"
