"""Entities of tagged sequences, over a stream."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays, _core
from lstmetrics.metrics._entities import Score, entity_report, entity_scores
from lstmetrics.metrics._sequences import SCHEMES, feed, scheme_number
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._ways import ENTITIES

__all__ = ["Entities"]


class Entities(Streaming):
    """Entity counts: precision, recall, F-scores, the report, and the accuracy of tokens.

    Kept are, for each type, how many entities are right, only predicted and only true; and the
    tokens, and how many of them have the very tag that is true. Tags are read as
    :func:`lstmetrics.metrics.entity_precision_recall_fscore_support` says.

    Parameters
    ----------
    mode : {'strict'}, default=None
        None reads tags as the script conlleval does; 'strict' takes what `scheme` allows.
    scheme : str, default=None
        In mode 'strict': 'IOB1', 'IOB2' (or 'BIO'), 'IOE1', 'IOE2', 'IOBES' (or 'BIOES') or
        'BILOU'. Only instances of the same scheme merge.

    Raises
    ------
    InvalidParameterError
        For another mode or scheme, or one without the other.

    Examples
    --------
    >>> from lstmetrics.streaming import Entities
    >>> monday, tuesday = Entities(), Entities()
    >>> monday.update([["B-PER", "I-PER", "O"]], [["B-PER", "I-PER", "O"]])
    Entities(tokens=3, types=['PER'])
    >>> tuesday.update([["B-LOC", "O", "O"]], [["B-LOC", "I-LOC", "O"]])
    Entities(tokens=3, types=['LOC'])
    >>> week = monday + tuesday
    >>> week.f1(), week.f1(average=None).tolist(), round(week.token_accuracy(), 4)
    (0.5, [0.0, 1.0], 0.8333)
    """

    _state: _core.EntityCounts
    _kind: ClassVar[type[_core.EntityCounts]] = _core.EntityCounts
    _intervals = ENTITIES

    __slots__ = ()

    def __init__(self, mode: str | None = None, scheme: Any = None) -> None:
        self._state = _core.EntityCounts(scheme_number(mode, scheme, "Entities"))

    def update(
        self,
        y_true: Any,
        y_pred: Any,
        *,
        suffix: bool = False,
        lengths: npt.ArrayLike | None = None,
        tags: Sequence[str] | None = None,
    ) -> Entities:
        """Count whole sequences; all of them or, if anything is refused, none.

        Parameters
        ----------
        y_true, y_pred : sequence of sequences of str
            Tags of each sequence: ``O``, or a letter with a type, ``B-PER``.
        suffix, lengths, tags
            As in :func:`lstmetrics.metrics.entity_precision_recall_fscore_support`.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For sequences that differ in number or in length, and for text that is no tag.
        """
        feed(self._state, y_true, y_pred, suffix, lengths, tags, "Entities.update")
        return self

    @property
    def mode(self) -> str | None:
        """'strict', or None."""
        return "strict" if self._state.scheme else None

    @property
    def scheme(self) -> str | None:
        """The scheme of mode 'strict', else None."""
        number = self._state.scheme
        return SCHEMES[number] if number else None

    @property
    def types(self) -> list[str]:
        """Types that any entity was of, sorted."""
        return self._state.types  # type: ignore[return-value]  # text alone

    @property
    def tokens(self) -> int:
        """How many tokens were seen."""
        return self._state.tokens

    def counts(self) -> npt.NDArray[np.int64]:
        """Return how many entities are right, only predicted and only true: a row for each type."""
        return self._state.counts()

    def support(self) -> npt.NDArray[np.int64]:
        """Return the true entities of each type."""
        support = self._state.scores(_arrays.AVERAGES[None], 1.0, 0.0)[1]
        return support.astype(np.int64)

    def token_accuracy(self) -> float:
        """Fraction of tokens with the very tag that is true; NaN when there are none."""
        return self._state.token_accuracy()

    def precision(
        self, *, average: str | None = "micro", zero_division: float | str = "warn"
    ) -> Score:
        """``tp / (tp + fp)``.

        Parameters
        ----------
        average : {'micro', 'macro', 'weighted'} or None, default='micro'
            None gives every type its own.
        zero_division : {"warn", 0.0, 1.0, nan}, default="warn"
            The value of a ratio over zero.

        Returns
        -------
        float, or ndarray of shape (n_types,) when `average` is None
        """
        return self._scores(1.0, average, zero_division, "precision")[0]

    def recall(
        self, *, average: str | None = "micro", zero_division: float | str = "warn"
    ) -> Score:
        """``tp / (tp + fn)``; arguments as of :meth:`precision`."""
        return self._scores(1.0, average, zero_division, "recall")[1]

    def f1(self, *, average: str | None = "micro", zero_division: float | str = "warn") -> Score:
        """``2 tp / (2 tp + fp + fn)``; arguments as of :meth:`precision`."""
        return self._scores(1.0, average, zero_division, "f-score")[2]

    def fbeta(
        self, beta: float, *, average: str | None = "micro", zero_division: float | str = "warn"
    ) -> Score:
        """F-beta, of a `beta` from 0 to infinity; other arguments as of :meth:`precision`."""
        return self._scores(beta, average, zero_division, "f-score")[2]

    def report(
        self, *, digits: int = 2, output_dict: bool = False, zero_division: float | str = "warn"
    ) -> str | dict[str, Any]:
        """Precision, recall, F1 and support of each type and averaged, as text or as a dict.

        Arguments are those of :func:`lstmetrics.metrics.entity_classification_report`.
        """
        return entity_report(self._state, digits, output_dict, zero_division, "Entities.report")

    def compute(self) -> dict[str, float]:
        """Return the headline results; a ratio over zero counts as 0, and no tokens give NaN.

        Returns
        -------
        dict
            ``tokens``, ``token_accuracy``, the true ``entities``, and ``precision``, ``recall``
            and ``f1``, over all types together (micro), as the mean over types (macro), and
            weighted by their true entities.
        """
        state = self._state.copy()
        results: dict[str, float] = {
            "tokens": state.tokens,
            "token_accuracy": state.token_accuracy(),
            "entities": state.all_types()[2],
        }
        for average in ("micro", "macro", "weighted"):
            scores = state.scores(_arrays.AVERAGES[average], 1.0, 0.0)[2]
            for name, value in zip(("precision", "recall", "f1"), scores, strict=True):
                results[f"{name}_{average}"] = value
        return results

    def _scores(
        self, beta: float, average: str | None, zero_division: Any, warn_for: str
    ) -> tuple[Score, ...]:
        state = self._state.copy()
        scores = entity_scores(state, beta, average, zero_division, (warn_for,), "Entities")
        return scores[:3]

    def __repr__(self) -> str:
        scheme = f", scheme={self.scheme!r}" if self.scheme else ""
        return f"Entities(tokens={self.tokens}, types={self.types}{scheme})"
