"""Metrics of samples with any number of labels, over a stream."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays, _core
from lstmetrics.errors import InvalidParameterError, InvalidTypeError, UnsupportedError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._jaccard import JACCARD_UNDEFINED
from lstmetrics.metrics._label_scores import warn_undefined
from lstmetrics.metrics._report import Facts, bits, laid_out, report_names, scores_of, warn_report
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._interval import Bounds
from lstmetrics.streaming._ways import MULTILABEL

__all__ = ["MultilabelConfusion"]

Floats = npt.NDArray[np.float64]
_PRECISION, _RECALL, _F_SCORE = range(3)


class MultilabelConfusion(Streaming):
    """Multilabel counts: subset accuracy, Hamming loss, precision, recall, F-scores, Jaccard.

    Kept are, for each label, how often it is true, predicted and both, and how many samples have
    so many labels right, predicted and true. The first give everything per label and averaged over
    labels, the second everything averaged over samples.

    Intervals take samples for independent, not labels. The bootstrap draws samples by what came of
    all their labels: it is for whole samples, the Hamming loss, and micro and samples averages. Of
    single labels, and of macro and weighted averages, bounds are Wilson's of each label, averaged:
    F1 goes with the Jaccard index J, a proportion of samples, as ``2 J / (1 + J)``. They hold
    however labels go together; where labels err independently they are wide, by up to the square
    root of their number.

    Parameters
    ----------
    n_labels : int, default=None
        How many labels there are; as many as the first sample has when None.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        If `n_labels` is not a whole number from 1 to 2097151.

    Examples
    --------
    >>> from lstmetrics.streaming import MultilabelConfusion
    >>> monday, tuesday = MultilabelConfusion(), MultilabelConfusion()
    >>> monday.update([[1, 0, 1], [0, 1, 0]], [[1, 0, 0], [0, 1, 0]])
    MultilabelConfusion(samples=2, n_labels=3)
    >>> tuesday.update([[0, 0, 1]], [[0, 1, 1]])
    MultilabelConfusion(samples=1, n_labels=3)
    >>> week = monday + tuesday
    >>> week.accuracy(), week.f1(average="micro")
    (0.3333333333333333, 0.75)
    >>> of_week = week.interval("f1", average="samples")
    >>> of_week.estimate, of_week.low, of_week.high, of_week.method
    (0.7777777777777777, 0.6666666666666666, 1.0, 'bootstrap')
    """

    _state: _core.MultilabelCounts
    _kind: ClassVar[type[_core.MultilabelCounts]] = _core.MultilabelCounts

    _intervals = MULTILABEL

    __slots__ = ()

    def __init__(self, n_labels: int | None = None) -> None:
        if n_labels is None:
            self._state = _core.MultilabelCounts()
            return
        if isinstance(n_labels, bool) or not isinstance(n_labels, Integral) or n_labels < 1:
            expected = "an int in the range [1, 2097151] or None"
            raise parameters.refuse("n_labels", "MultilabelConfusion", expected, n_labels)
        self._state = _core.MultilabelCounts(int(n_labels))

    def update(
        self,
        y_true: npt.ArrayLike,
        y_pred: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Count a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_samples, n_labels)
            Indicators: 1 where a sample has a label, else 0, of any dtype and layout.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For shapes that differ, from each other or from the labels so far; for values other
            than 0 and 1, naming the first; for weights that are negative or not finite.
        """
        function = "MultilabelConfusion.update"
        self._state.update(
            targets.indicator(y_true, "y_true", function),
            targets.indicator(y_pred, "y_pred", function),
            targets.weights(sample_weight, function),
        )
        return self

    @property
    def n_labels(self) -> int:
        """How many labels there are; 0 while that is not known."""
        return self._state.labels

    @property
    def samples(self) -> int:
        """How many samples were counted."""
        return self._state.samples

    def accuracy(self) -> float:
        """Fraction (by weight) of samples with every label right; NaN when there are none."""
        return self._state.accuracy()

    def zero_one_loss(self, *, normalize: bool = True) -> float:
        """Fraction (by weight) of samples with some label wrong, or their number (or weight).

        NaN when there are no samples.
        """
        parameters.check_flag(normalize, "normalize", "MultilabelConfusion.zero_one_loss")
        return self._state.error_rate() if normalize else self._state.errors()

    def hamming_loss(self) -> float:
        """Fraction (by weight) of labels that are wrong; NaN when there are no samples."""
        return self._state.hamming_loss()

    def precision(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        average: str | None = None,
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``tp / (tp + fp)`` of labels, averaged over them, or over samples.

        Parameters
        ----------
        labels : array-like of int, default=None
            Which labels, by their column; all when None. Averages over samples are of all.
        average : {'micro', 'macro', 'weighted', 'samples'}, default=None
            None gives every label its own; 'samples' is the mean over samples of each one's
            value; else as in :func:`lstmetrics.metrics.precision_score`.
        zero_division : {"warn", 0.0, 1.0, nan}, default="warn"
            The value of a ratio over zero.

        Returns
        -------
        float, or ndarray of shape (n_labels,) when `average` is None
        """
        return self._score(_PRECISION, 1.0, labels, average, zero_division, "precision")

    def recall(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        average: str | None = None,
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``tp / (tp + fn)``; arguments as of :meth:`precision`."""
        return self._score(_RECALL, 1.0, labels, average, zero_division, "recall")

    def f1(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        average: str | None = None,
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``2 tp / (2 tp + fp + fn)``; arguments as of :meth:`precision`."""
        return self._score(_F_SCORE, 1.0, labels, average, zero_division, "f-score")

    def fbeta(
        self,
        beta: float,
        *,
        labels: npt.ArrayLike | None = None,
        average: str | None = None,
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """F-beta, of a `beta` from 0 to infinity; other arguments as of :meth:`precision`."""
        parameters.check_beta(beta, "MultilabelConfusion.fbeta")
        return self._score(_F_SCORE, beta, labels, average, zero_division, "f-score")

    def jaccard(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        average: str | None = None,
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``tp / (tp + fp + fn)``; arguments as of :meth:`precision`."""
        wanted, value = _selection(labels, average, zero_division)
        per_label, averaged, undefined = self._state.jaccard(
            wanted, _arrays.AVERAGES[average], value
        )
        if isinstance(zero_division, str) and undefined:
            entries = self._entries(average, len(per_label))
            warn_undefined(JACCARD_UNDEFINED, entries, ("jaccard",), average)
        return per_label if average is None else averaged

    def support(self) -> npt.NDArray[Any]:
        """Return the true samples (or their weight) of each label."""
        return self._state.scores(None, _arrays.AVERAGES[None], 1.0, 0.0)[1]

    def against_rest(self, *, labels: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return ``[[tn, fp], [fn, tp]]`` of each label.

        Parameters
        ----------
        labels : array-like of int, default=None
            Which labels, by their column, and in which order; all when None.

        Returns
        -------
        ndarray of shape (n_labels, 2, 2)
            int64 counts, or float64 once weights were given.
        """
        matrices: npt.NDArray[Any] = self._state.one_against_rest(_columns(labels))
        return matrices

    def report(
        self,
        *,
        target_names: Sequence[str] | None = None,
        digits: int = 2,
        output_dict: bool = False,
        zero_division: float | str = "warn",
    ) -> str | dict[str, Any]:
        """Precision, recall, F1 and support of every label and averaged, as text or as a dict.

        Arguments are those of :func:`lstmetrics.metrics.classification_report`.
        """
        function = "MultilabelConfusion.report"
        parameters.check_digits(digits, function)
        parameters.check_flag(output_dict, "output_dict", function)
        value = parameters.zero_division_value(zero_division, function)
        state = self._state.copy()
        *scores, support = state.report(value)
        names = report_names(list(range(state.labels)), target_names, labels_given=False)
        if isinstance(zero_division, str):
            undefined = [bits(some) for *_, some in scores]
            warn_report(undefined, state.labels, state.samples)
        columns, amounts, _, _ = scores[0]
        averages = [averaged for _, _, averaged, _ in scores[1:]]
        per_label = (*columns, amounts if state.is_weighted else amounts.astype(np.int64))
        shown = scores_of(per_label, averages, Facts(support, all_labels=False))
        return laid_out(names, shown, digits, bool(output_dict))

    def compute(self) -> dict[str, float]:
        """Return the headline results; a ratio over zero counts as 0, and no samples give NaN.

        Returns
        -------
        dict
            ``samples``, ``accuracy`` (of whole samples), ``hamming_loss``, and ``precision``,
            ``recall`` and ``f1``, each over all labels together (micro), as the mean over labels
            (macro), weighted by their samples, and as the mean over samples.
        """
        state = self._state.copy()
        results: dict[str, float] = {
            "samples": state.samples,
            "accuracy": state.accuracy(),
            "hamming_loss": state.hamming_loss(),
        }
        for average in ("micro", "macro", "weighted", "samples"):
            scores = state.scores(None, _arrays.AVERAGES[average], 1.0, 0.0)[2]
            for name, value in zip(("precision", "recall", "f1"), scores, strict=True):
                results[f"{name}_{average}"] = value
        return results

    def _score(
        self,
        which: int,
        beta: float,
        labels: Any,
        average: str | None,
        zero_division: Any,
        warn_for: str,
    ) -> float | Floats:
        wanted, value = _selection(labels, average, zero_division)
        per_label, support, averages, undefined = self._state.scores(
            wanted, _arrays.AVERAGES[average], beta, value
        )
        if isinstance(zero_division, str) and undefined[which]:
            entries = self._entries(average, len(support))
            warn_undefined(1 << which, entries, (warn_for,), average)
        return per_label[which] if average is None else averages[which]

    def _entries(self, average: str | None, labels: int) -> int:
        return self.samples if average == "samples" else labels

    def _bounds_by_label(
        self, rate: int, labels: Any, average: str | None, zero_division: Any, level: float
    ) -> Bounds:
        """Return Wilson's bounds of a rate of labels, averaged over them."""
        wanted, value = _selection(labels, average, zero_division)
        bounds: Bounds = self._state.bounds_by_label(
            wanted, rate, _arrays.AVERAGES[average], value, level
        )
        return bounds

    def _replicates(self, seed: int, first: int, count: int) -> list[Any]:
        """Return replicates of the samples; of single labels they tell nothing."""
        drawn: list[Any] = self._state.row_replicates(seed, first, count)
        return [self._holding(state) for state in drawn]

    def __repr__(self) -> str:
        return f"MultilabelConfusion(samples={self.samples}, n_labels={self.n_labels})"


def _selection(
    labels: Any, average: str | None, zero_division: Any
) -> tuple[list[int] | None, float]:
    """Return the columns to score, and what stands for a ratio over zero."""
    function = "MultilabelConfusion"
    parameters.check_average(average, function)
    if average == "binary":
        raise UnsupportedError(
            "Target is multilabel-indicator but average='binary'. Please choose another average "
            "setting, one of [None, 'micro', 'macro', 'weighted', 'samples']."
        )
    return _columns(labels), parameters.zero_division_value(zero_division, function)


def _columns(labels: Any) -> list[int] | None:
    if labels is None:
        return None
    wanted = targets.array_like(labels, "labels", "MultilabelConfusion")
    if wanted.ndim != 1 or not wanted.size:
        raise InvalidParameterError("labels must be one or more columns of an indicator")
    if wanted.dtype.kind not in "iu":
        raise InvalidTypeError(f"labels must be whole numbers: columns; got dtype {wanted.dtype}")
    columns: list[int] = wanted.tolist()
    return columns
