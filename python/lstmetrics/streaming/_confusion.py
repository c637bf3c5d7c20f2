"""Classification metrics over a stream: how often each label was predicted as each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays, _core
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidParameterError, InvalidValueError, UnsupportedError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._agreement import (
    replaced_likelihood_ratios,
    replacement_pair,
    warn_kappa,
    warn_likelihoods,
)
from lstmetrics.metrics._jaccard import JACCARD_UNDEFINED
from lstmetrics.metrics._label_scores import warn_undefined
from lstmetrics.metrics._report import (
    Facts,
    bits,
    laid_out,
    report_names,
    scores_of,
    warn_report,
)
from lstmetrics.streaming._base import Streaming
from lstmetrics.streaming._ways import CONFUSION

__all__ = ["Confusion"]

Floats = npt.NDArray[np.float64]
_PRECISION, _RECALL, _F_SCORE = range(3)


class Confusion(Streaming):
    """Confusion counts: accuracy, precision, recall, F-scores and the matrix over a stream.

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
    >>> from lstmetrics.streaming import Confusion
    >>> monday, tuesday = Confusion(), Confusion()
    >>> monday.update(["spam", "ham"], ["spam", "spam"])
    Confusion(samples=2, labels=['ham', 'spam'])
    >>> tuesday.update(["ham", "ham"], ["ham", "ham"])
    Confusion(samples=2, labels=['ham'])
    >>> week = monday + tuesday
    >>> week.accuracy(), week.f1(pos_label="spam")
    (0.75, 0.6666666666666666)
    """

    _state: _core.ConfusionCounts
    _kind: ClassVar[type[_core.ConfusionCounts]] = _core.ConfusionCounts
    _intervals = CONFUSION

    __slots__ = ()

    def __init__(self, labels: npt.ArrayLike | None = None) -> None:
        self._state = _core.ConfusionCounts(targets.declared_labels(labels, "Confusion"))

    @classmethod
    def from_matrix(
        cls, matrix: npt.ArrayLike, labels: npt.ArrayLike, *, declare: bool = False
    ) -> Self:
        """Take over a confusion matrix that was computed elsewhere.

        Parameters
        ----------
        matrix : array-like of shape (n_labels, n_labels)
            Row i, column j: samples of label i predicted as j. Integers count samples; floats are
            weights of an unknown number of samples.
        labels : array-like of shape (n_labels,)
            The labels of rows and columns.
        declare : bool, default=False
            Whether these are all labels there may be.

        Returns
        -------
        Confusion

        Raises
        ------
        ShapeError, InvalidValueError, InvalidTypeError
            If the matrix is not square, does not fit the labels, or holds negative counts or NaN;
            if labels repeat.
        """
        cells = targets.array_like(matrix, "matrix", "Confusion.from_matrix")
        names = targets.declared_labels(labels, "Confusion.from_matrix")
        return cls._holding(_core.ConfusionCounts.from_matrix(cells, names, declare))

    def update(
        self,
        y_true: npt.ArrayLike,
        y_pred: npt.ArrayLike,
        sample_weight: npt.ArrayLike | None = None,
    ) -> Self:
        """Count a batch; all of it or, if anything is refused, nothing.

        Parameters
        ----------
        y_true, y_pred : array-like of shape (n_samples,)
            True and predicted labels: integers, booleans, floats with integral values, or text.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights, finite and not negative; 1 each when None.

        Returns
        -------
        self

        Raises
        ------
        ShapeError, InvalidTypeError, InvalidValueError, CountOverflowError
            For lengths that differ, labels that are not labels or not declared (naming the first),
            and weights that are negative or not finite.
        """
        self._state.update(
            _labels(y_true, "y_true"),
            _labels(y_pred, "y_pred"),
            targets.weights(sample_weight, "Confusion.update"),
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

    def accuracy(self) -> float:
        """Fraction (by weight) of samples predicted right; NaN when there are none."""
        return self._state.accuracy()

    def zero_one_loss(self, *, normalize: bool = True) -> float:
        """Fraction (by weight) of samples predicted wrong, or their number (or weight).

        Of single labels this is also the Hamming loss. NaN when there are no samples.
        """
        parameters.check_flag(normalize, "normalize", "Confusion.zero_one_loss")
        return self._state.error_rate() if normalize else self._state.errors()

    def hamming_loss(self) -> float:
        """Fraction (by weight) of labels predicted wrong; NaN when there are no samples."""
        return self._state.error_rate()

    def matthews_corrcoef(self) -> float:
        """Correlation of true and predicted labels; NaN when there are no samples.

        See :func:`lstmetrics.metrics.matthews_corrcoef`.
        """
        return self._state.matthews_corrcoef()

    def chance_test(self) -> tuple[float, float]:
        """Test whether predictions have anything to do with the truth.

        Of all ways to hand out the same predictions to the same samples, so many standard
        deviations more are right than on average. Samples count once, whatever they weigh.

        Returns
        -------
        z, p_value : float
            0 and 1 when all samples have one true or one predicted label. Of two labels z is
            ``matthews_corrcoef * sqrt(samples - 1)``.
        """
        z, p_value = self._state.chance_test()
        return z, p_value

    def cohen_kappa(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        weights: str | None = None,
        replace_undefined_by: float = float("nan"),
    ) -> float:
        """Agreement beyond chance; as in :func:`lstmetrics.metrics.cohen_kappa_score`."""
        function = "Confusion.cohen_kappa"
        parameters.check_disagreement(weights, function)
        parameters.check_replacement(replace_undefined_by, function)
        value, no_samples, one_label = self._state.cohen_kappa(
            targets.labels_argument(labels, function), _arrays.DISAGREEMENTS[weights]
        )
        if no_samples or one_label:
            warn_kappa(no_samples, replace_undefined_by)
            return replace_undefined_by
        return value

    def likelihood_ratios(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        replace_undefined_by: float | dict[str, float] = float("nan"),
    ) -> tuple[float, float]:
        """LR+ and LR-; as in :func:`lstmetrics.metrics.class_likelihood_ratios`."""
        function = "Confusion.likelihood_ratios"
        replacements = replacement_pair(replace_undefined_by, function)
        ratios, zeros = self._state.likelihood_ratios(targets.labels_argument(labels, function))
        warn_likelihoods(*zeros)
        return replaced_likelihood_ratios(ratios, zeros, replacements)

    def balanced_accuracy(self, *, adjusted: bool = False) -> float:
        """Mean recall over the labels that have true samples.

        Parameters
        ----------
        adjusted : bool, default=False
            Rescale so that chance is 0 and perfection stays 1.

        Returns
        -------
        float
            NaN when there are no samples.
        """
        value, labels_dropped = self._state.balanced_accuracy(adjusted)
        if labels_dropped:
            warn("y_pred contains classes not in y_true")
        return value

    def precision(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        pos_label: int | str | None = 1,
        average: str | None = "binary",
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``tp / (tp + fp)``; arguments as in :func:`lstmetrics.metrics.precision_score`."""
        return self._score(_PRECISION, 1.0, labels, pos_label, average, zero_division, "precision")

    def recall(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        pos_label: int | str | None = 1,
        average: str | None = "binary",
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``tp / (tp + fn)``; arguments as in :func:`lstmetrics.metrics.recall_score`."""
        return self._score(_RECALL, 1.0, labels, pos_label, average, zero_division, "recall")

    def f1(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        pos_label: int | str | None = 1,
        average: str | None = "binary",
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``2 tp / (2 tp + fp + fn)``; arguments as in :func:`lstmetrics.metrics.f1_score`."""
        return self._score(_F_SCORE, 1.0, labels, pos_label, average, zero_division, "f-score")

    def fbeta(
        self,
        beta: float,
        *,
        labels: npt.ArrayLike | None = None,
        pos_label: int | str | None = 1,
        average: str | None = "binary",
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """F-beta; arguments as in :func:`lstmetrics.metrics.fbeta_score`."""
        parameters.check_beta(beta, "Confusion.fbeta")
        return self._score(_F_SCORE, beta, labels, pos_label, average, zero_division, "f-score")

    def jaccard(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        pos_label: int | str | None = 1,
        average: str | None = "binary",
        zero_division: float | str = "warn",
    ) -> float | Floats:
        """``tp / (tp + fp + fn)``; arguments as in :func:`lstmetrics.metrics.jaccard_score`."""
        wanted, value = self._selection(labels, pos_label, average, zero_division)
        per_label, averaged, undefined = self._state.jaccard(
            wanted, _arrays.AVERAGES[average], value
        )
        if isinstance(zero_division, str) and undefined:
            warn_undefined(JACCARD_UNDEFINED, len(per_label), ("jaccard",))
        if average is None:
            return per_label
        return per_label.item(0) if average == "binary" else averaged

    def report(
        self,
        *,
        labels: npt.ArrayLike | None = None,
        target_names: Sequence[str] | None = None,
        digits: int = 2,
        output_dict: bool = False,
        zero_division: float | str = "warn",
    ) -> str | dict[str, Any]:
        """Precision, recall, F1 and support, as text or as a dict.

        Arguments are those of :func:`lstmetrics.metrics.classification_report`.
        """
        function = "Confusion.report"
        parameters.check_digits(digits, function)
        parameters.check_flag(output_dict, "output_dict", function)
        wanted = targets.labels_argument(labels, function)
        state = self._state.copy()
        *scores, support, all_labels, none_correct = state.report(
            wanted, parameters.zero_division_value(zero_division, function)
        )
        order = state.labels if wanted is None else wanted
        names = report_names(order, target_names, wanted is not None)
        if isinstance(zero_division, str):
            warn_report([bits(undefined) for *_, undefined in scores], len(order))
        columns, amounts, _, _ = scores[0]
        if not (state.is_weighted or none_correct):
            amounts = amounts.astype(np.int64)
        averages = [averaged for _, _, averaged, _ in scores[1:]]
        shown = scores_of((*columns, amounts), averages, Facts(support, all_labels))
        return laid_out(names, shown, digits, bool(output_dict))

    def support(self) -> npt.NDArray[Any]:
        """Return the true samples (or their weight) of each label, in the order of `labels`."""
        return self._state.scores(None, _arrays.AVERAGES[None], 1.0, 0.0)[1]

    def matrix(
        self, *, labels: npt.ArrayLike | None = None, normalize: str | None = None
    ) -> npt.NDArray[Any]:
        """Return the confusion matrix.

        Parameters
        ----------
        labels : array-like, default=None
            Which labels, and in which order; all when None.
        normalize : {'true', 'pred', 'all'}, default=None
            Divide by the totals of rows, of columns, or of all.

        Returns
        -------
        ndarray of shape (n_labels, n_labels)
            int64 counts, or float64 once weights were given or when normalized.
        """
        parameters.check_normalize(normalize, "Confusion.matrix")
        names = targets.labels_argument(labels, "Confusion.matrix")
        matrix: npt.NDArray[Any] = self._state.matrix(names, _arrays.NORMALIZATIONS[normalize])
        return matrix

    def against_rest(self, *, labels: npt.ArrayLike | None = None) -> npt.NDArray[Any]:
        """Return ``[[tn, fp], [fn, tp]]`` of each label against the rest.

        Parameters
        ----------
        labels : array-like, default=None
            Which labels, and in which order; all when None.

        Returns
        -------
        ndarray of shape (n_labels, 2, 2)
            int64 counts, or float64 once weights were given.
        """
        names = targets.labels_argument(labels, "Confusion.against_rest")
        matrices: npt.NDArray[Any] = self._state.one_against_rest(names)
        return matrices

    def compute(self) -> dict[str, float]:
        """Return the headline results; a ratio over zero counts as 0, and no samples give NaN.

        Returns
        -------
        dict
            ``samples``, ``accuracy``, ``balanced_accuracy``, and ``precision``, ``recall`` and
            ``f1``, each as the mean over labels (macro) and weighted by their samples.
        """
        state = self._state.copy()
        results: dict[str, float] = {
            "samples": state.samples,
            "accuracy": state.accuracy(),
            "balanced_accuracy": state.balanced_accuracy(False)[0],
        }
        for average in ("macro", "weighted"):
            scores = state.scores(None, _arrays.AVERAGES[average], 1.0, 0.0)[2]
            for name, value in zip(("precision", "recall", "f1"), scores, strict=True):
                results[f"{name}_{average}"] = value
        return results

    def _score(
        self,
        which: int,
        beta: float,
        labels: Any,
        pos_label: Any,
        average: str | None,
        zero_division: Any,
        warn_for: str,
    ) -> float | Floats:
        wanted, value = self._selection(labels, pos_label, average, zero_division)
        per_label, support, averages, undefined = self._state.scores(
            wanted, _arrays.AVERAGES[average], beta, value
        )
        if isinstance(zero_division, str) and undefined[which]:
            warn_undefined(1 << which, len(support), (warn_for,))
        if average is None:
            return per_label[which]
        return per_label[which].item(0) if average == "binary" else averages[which]

    def _selection(
        self, labels: Any, pos_label: Any, average: str | None, zero_division: Any
    ) -> tuple[list[Any] | None, float]:
        """Return the labels to score, and what stands for a ratio over zero."""
        function = "Confusion"
        parameters.check_average(average, function)
        parameters.check_pos_label(pos_label, function)
        value = parameters.zero_division_value(zero_division, function)
        if average == "samples":
            raise UnsupportedError("average='samples' is for multilabel data")
        wanted = targets.labels_argument(labels, function)
        if average == "binary":
            wanted = [self._positive(targets.scalar(pos_label))]
        return wanted, value

    def _positive(self, pos_label: Any) -> Any:
        labels = self.labels
        if len(labels) > 2:
            raise InvalidValueError(
                "Target is multiclass but average='binary'. Please choose another average "
                "setting, one of [None, 'micro', 'macro', 'weighted']."
            )
        if pos_label not in labels and len(labels) == 2:
            raise InvalidValueError(
                f"pos_label={pos_label} is not a valid label. It should be one of {labels}"
            )
        if pos_label is None:
            raise InvalidParameterError("average='binary' needs a pos_label, got None")
        return pos_label

    def __repr__(self) -> str:
        labels = self.labels
        shown = f"{labels}" if len(labels) <= 8 else f"<{len(labels)} labels>"
        return f"Confusion(samples={self.samples}, labels={shown})"


def _labels(value: Any, name: str) -> npt.NDArray[Any] | targets.Column:
    return targets.coded_target(value, name, "Confusion.update")
