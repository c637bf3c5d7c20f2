"""Losses over a stream: exact sums of a loss over samples."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy.typing as npt

from lstmetrics import _core
from lstmetrics._warnings import warn
from lstmetrics.errors import UnsupportedError
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._brier import warn_too_few
from lstmetrics.metrics._parameters import check_scale
from lstmetrics.metrics._probabilistic import probability_array
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._ways import LOSS

__all__ = ["Loss"]


class Loss(Streaming):
    """Log loss, Brier loss, or losses of the caller's own, over a stream.

    Parameters
    ----------
    loss : {'log_loss', 'brier', 'user'}, default='log_loss'
        ``-log(p[true label])``; ``sum((p - [label is true])**2)`` over labels; or numbers that
        the caller hands to :meth:`update_losses`.
    labels : array-like of shape (n_labels,), default=None
        All labels there are, at least two. When None, every batch must show all of its own.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For an unknown loss, or labels that cannot be used.

    Examples
    --------
    >>> from lstmetrics.streaming import Loss
    >>> loss = Loss("log_loss", labels=["ham", "spam"])
    >>> loss.update(["spam", "ham"], [0.9, 0.1]).update(["ham"], [0.2])
    Loss('log_loss', samples=3, labels=['ham', 'spam'])
    >>> round(loss.value(), 5)
    0.14462
    """

    _state: _core.LossSum
    _kind: ClassVar[type[_core.LossSum]] = _core.LossSum
    _intervals = LOSS

    __slots__ = ()

    def __init__(
        self,
        loss: Literal["log_loss", "brier", "user"] = "log_loss",
        labels: npt.ArrayLike | None = None,
    ) -> None:
        self._state = _core.LossSum(loss, targets.declared_labels(labels, "Loss"))

    def update(
        self,
        y_true: npt.ArrayLike,
        y_proba: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Add a batch of probabilities; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true : array-like of shape (n_samples,)
            True labels.
        y_proba : array-like of shape (n_samples, n_labels) or (n_samples,)
            Probabilities, columns in the order of the sorted labels; or of the greater of two.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For lengths that differ, NaN or values outside [0, 1], labels that are not declared,
            and weights that are negative or not finite.
        """
        rows = self._state.update(
            targets.coded_target(y_true, "y_true", "Loss.update"),
            probability_array(y_proba, "Loss.update"),
            targets.weights(sample_weight, "Loss.update"),
        )
        if rows:
            warn("The y_prob values do not sum to one. Make sure to pass probabilities.")
        return self

    def update_losses(
        self, losses: npt.ArrayLike, sample_weight: npt.ArrayLike | None = None
    ) -> Self:
        """Add losses computed elsewhere, to a ``Loss("user")``.

        Parameters
        ----------
        losses : array-like of shape (n_samples,)
            Numbers, not NaN.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError
            For lengths that differ, NaN, or a state of another loss.
        """
        self._state.update_losses(
            targets.at_most_double(targets.array_like(losses, "losses", "Loss.update_losses")),
            targets.weights(sample_weight, "Loss.update_losses"),
        )
        return self

    @property
    def loss(self) -> str:
        """Which loss this is."""
        return self._state.loss

    @property
    def labels(self) -> list[int] | list[str]:
        """The labels, sorted: those declared, or those seen so far."""
        return self._state.labels

    @property
    def samples(self) -> int:
        """How many samples were added."""
        return self._state.samples

    def value(self) -> float:
        """``sum(w * loss) / sum(w)``, both sums exact; NaN when there are no samples."""
        return self._state.value()

    def total(self) -> float:
        """``sum(w * loss)``, exact and rounded once."""
        return self._state.total()

    def brier_score(self, *, scale_by_half: bool | str = "auto") -> float:
        """Mean of ``sum((p - [label is true])**2)``, or half of it, of a ``Loss("brier")``.

        Parameters
        ----------
        scale_by_half : bool or 'auto', default='auto'
            Whether to halve it, so that it lies between 0 and 1; 'auto' does so for two labels.

        Returns
        -------
        float
            NaN when there are no samples.

        Raises
        ------
        UnsupportedError
            For another loss.
        """
        function = "Loss.brier_score"
        check_scale(scale_by_half, function)
        state = self._state.copy()
        if state.loss != "brier":
            raise UnsupportedError(f"{function} is of a Loss('brier'), this is a {self!r}")
        return state.brier_score(self._halves(scale_by_half))

    def _halves(self, scale_by_half: bool | str) -> bool:
        """Whether the Brier score is halved."""
        if isinstance(scale_by_half, str):
            return len(self._state.labels) < 3
        return bool(scale_by_half)

    def d2(self) -> float:
        """Fraction of the loss of always predicting each label's share that is saved.

        Returns
        -------
        float
            ``1 - loss / null loss``, 1 being perfect and 0 no better than the shares, as
            :func:`lstmetrics.metrics.d2_log_loss_score` and
            :func:`lstmetrics.metrics.d2_brier_score`; NaN, and a warning, for fewer than two
            samples.

        Raises
        ------
        UnsupportedError
            For losses of the caller's.
        """
        state = self._state.copy()
        if state.loss == "user":
            raise UnsupportedError("Loss.d2 is of a Loss('log_loss') or a Loss('brier')")
        if state.samples < 2:
            warn_too_few()
        return state.d2_log_loss() if state.loss == "log_loss" else state.d2_brier()

    def standard_error(self) -> float:
        """Return the standard error of :meth:`value`, by exact second moments.

        Returns
        -------
        float
            ``sqrt(sum(w**2 (loss - mean)**2) n / (n - 1)) / sum(w)``; NaN for fewer than two
            samples.
        """
        return self._state.standard_error()

    def compute(self) -> dict[str, float]:
        """Return the headline results: ``samples``, the loss by its name, ``standard_error``."""
        state = self._state.copy()
        name = "loss" if state.loss == "user" else state.loss
        return {
            "samples": state.samples,
            name: state.value(),
            "standard_error": state.standard_error(),
        }

    def __repr__(self) -> str:
        labels = f", labels={self.labels}" if self.labels else ""
        return f"Loss({self.loss!r}, samples={self.samples}{labels})"
