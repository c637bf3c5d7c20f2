"""Agreement beyond chance, with scikit-learn's signatures, values and warnings."""

from __future__ import annotations

from numbers import Real
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import undefined_metric_warning, warn
from lstmetrics.errors import InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._asking import ask
from lstmetrics.metrics._classification import check_selected, warn_single_label
from lstmetrics.metrics._delegation import OutOfTradeError, delegate

__all__ = [
    "balanced_accuracy_score",
    "class_likelihood_ratios",
    "cohen_kappa_score",
    "matthews_corrcoef",
    "replaced_likelihood_ratios",
    "replacement_pair",
    "warn_kappa",
    "warn_likelihoods",
]

_NAN = np.nan  # scikit-learn knows this object when a call is handed over


def balanced_accuracy_score(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    adjusted: bool = False,
) -> float:
    """Mean recall over the labels, so that a frequent label counts no more than a rare one.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    adjusted : bool, default=False
        Rescale so that chance, 1 over the number of labels, is 0 and perfection stays 1.

    Returns
    -------
    float
        The mean of ``tp / (tp + fn)`` over the labels that are ever true. Adjusted, with a single
        label, NaN when all samples are right and -inf otherwise, as in scikit-learn.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.balanced_accuracy_score`` refuses.

    References
    ----------
    K. H. Brodersen et al., "The balanced accuracy and its posterior distribution", Proceedings of
    the 20th International Conference on Pattern Recognition, 2010.

    Examples
    --------
    >>> from lstmetrics.metrics import balanced_accuracy_score
    >>> balanced_accuracy_score([0, 1, 0, 0, 1, 0], [0, 1, 0, 0, 0, 1])
    0.625
    """
    function = "balanced_accuracy_score"
    parameters.check_flag(adjusted, "adjusted", function)
    try:
        value, labels_dropped, (labels, _, _, weights_cancel) = ask(
            _arrays.balanced_accuracy, function, y_true, y_pred, sample_weight, bool(adjusted)
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function, y_true, y_pred, sample_weight=sample_weight, adjusted=adjusted
        )
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    warn_single_label(labels)
    if labels_dropped:
        warn("y_pred contains classes not in y_true")
    return value  # type: ignore[no-any-return]


def matthews_corrcoef(
    y_true: npt.ArrayLike, y_pred: npt.ArrayLike, *, sample_weight: npt.ArrayLike | None = None
) -> float:
    """Correlation of true and predicted labels, from -1 over 0 (chance) to 1 (perfect).

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.

    Returns
    -------
    float
        With n samples, c of them right, and t true and p predicted ones per label,
        ``(c n - sum(t p)) / sqrt((n**2 - sum(t**2)) (n**2 - sum(p**2)))``, within 3 units in the
        last place; 0 when all true or all predicted labels are the same.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.matthews_corrcoef`` refuses, in the same words.

    References
    ----------
    J. Gorodkin, "Comparing two K-category assignments by a K-category correlation coefficient",
    Computational Biology and Chemistry 28, 2004.

    Examples
    --------
    >>> from lstmetrics.metrics import matthews_corrcoef
    >>> round(matthews_corrcoef([+1, +1, +1, -1], [+1, -1, +1, +1]), 4)
    -0.3333
    """
    function = "matthews_corrcoef"
    try:
        value, (labels, _, _, weights_cancel) = ask(
            _arrays.matthews_corrcoef, function, y_true, y_pred, sample_weight
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function, y_true, y_pred, sample_weight=sample_weight
        )
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    warn_single_label(labels)
    return value  # type: ignore[no-any-return]


def cohen_kappa_score(
    y1: npt.ArrayLike,
    y2: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    weights: str | None = None,
    sample_weight: npt.ArrayLike | None = None,
    replace_undefined_by: float = _NAN,
) -> float:
    """Agreement of two annotators beyond what chance would give, at most 1.

    Parameters
    ----------
    y1 : array-like of shape (n_samples,)
        Labels by the first annotator.
    y2 : array-like of shape (n_samples,)
        Labels by the second.
    labels : array-like of shape (n_labels,), default=None
        Which labels, and in which order; all that occur, sorted, when None. Samples with another
        label are left out.
    weights : {'linear', 'quadratic'}, default=None
        How much a disagreement weighs: 1, or the distance of the labels in their order, or its
        square.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    replace_undefined_by : float in [-1, 1] or nan, default=nan
        The value when no sample has selected labels by both, or when there is only one label.

    Returns
    -------
    float
        ``1 - sum(weight * observed) / sum(weight * expected)``: of samples without weights the
        correctly rounded quotient ``(n**2 e - n o) / (n**2 e)`` of integers.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.cohen_kappa_score`` refuses.

    References
    ----------
    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological
    Measurement 20(1), 1960.

    Examples
    --------
    >>> from lstmetrics.metrics import cohen_kappa_score
    >>> first = ["negative", "positive", "negative", "neutral", "positive"]
    >>> second = ["negative", "positive", "negative", "neutral", "negative"]
    >>> cohen_kappa_score(first, second)
    0.6875
    """
    function = "cohen_kappa_score"
    parameters.check_disagreement(weights, function)
    parameters.check_replacement(replace_undefined_by, function)
    wanted = targets.labels_argument(labels, function)
    try:
        value, no_samples, one_label, (_, selected, any_true, weights_cancel) = ask(
            _arrays.cohen_kappa,
            function,
            y1,
            y2,
            sample_weight,
            wanted,
            _arrays.DISAGREEMENTS[weights],
            names=("y1", "y2"),
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y1,
            y2,
            labels=labels,
            weights=weights,
            sample_weight=sample_weight,
            replace_undefined_by=replace_undefined_by,
        )
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    if wanted and not any_true:
        raise InvalidValueError(
            "At least one label in `labels` must be present in `y1` (even though "
            "`cohen_kappa_score` is otherwise agnostic to the order of `y1` and `y2`)."
        )
    check_selected(wanted, any_true)
    warn_single_label(selected)
    if no_samples or one_label:
        warn_kappa(no_samples, replace_undefined_by)
        return replace_undefined_by
    return value  # type: ignore[no-any-return]


def warn_kappa(no_samples: bool, replacement: float) -> None:
    """Say why kappa is undefined."""
    cause = (
        "`y2` contains no labels that are present in both `y1` and `labels`."
        "`cohen_kappa_score` is undefined and set to the value defined by "
        if no_samples
        else "`y1`, `y2` and `labels` have only one label in common. "
        "`cohen_kappa_score` is undefined and set to the value defined by the "
    )
    warn(
        f"{cause}the `replace_undefined_by` param, which is set to {replacement}.",
        undefined_metric_warning(),
    )


def class_likelihood_ratios(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    sample_weight: npt.ArrayLike | None = None,
    replace_undefined_by: float | dict[str, float] = _NAN,
) -> tuple[float, float]:
    """How much a positive, and a negative, prediction changes the odds of the positive label.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,)
        True labels, of two.
    y_pred : array-like of shape (n_samples,)
        Predicted labels.
    labels : array-like of shape (2,), default=None
        The negative and the positive label; the lesser and the greater one when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    replace_undefined_by : nan, 1.0 or dict, default=nan
        What stands for a ratio over zero: NaN, 1, or ``{"LR+": value, "LR-": value}`` with the
        first at least 1 and the second from 0 to 1, or NaN.

    Returns
    -------
    tuple of float
        ``recall / (1 - specificity)`` and ``(1 - recall) / specificity``, correctly rounded
        quotients of counts when there are no weights.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.class_likelihood_ratios`` refuses.

    References
    ----------
    J. J. Deeks, D. G. Altman, "Diagnostic tests 4: likelihood ratios", BMJ 329, 2004.

    Examples
    --------
    >>> from lstmetrics.metrics import class_likelihood_ratios
    >>> class_likelihood_ratios([0, 1, 0, 1, 0], [1, 1, 0, 0, 0])
    (1.5, 0.75)
    """
    function = "class_likelihood_ratios"
    if not isinstance(replace_undefined_by, dict):
        replacement_pair(replace_undefined_by, function)
    wanted = targets.labels_argument(labels, function)
    try:
        ratios, zeros, (seen, selected, any_true, weights_cancel) = ask(
            _arrays.likelihood_ratios,
            function,
            y_true,
            y_pred,
            sample_weight,
            wanted,
            multilabel=_refuse_indicators,
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_pred,
            labels=labels,
            sample_weight=sample_weight,
            replace_undefined_by=replace_undefined_by,
        )
    if weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    if seen > 2:
        raise InvalidValueError(
            "class_likelihood_ratios only supports binary classification problems, got targets of "
            "type: multiclass"
        )
    replacements = replacement_pair(replace_undefined_by, function)
    check_selected(wanted, any_true)
    warn_single_label(selected)
    if selected != 2:
        raise InvalidValueError(
            "class_likelihood_ratios needs two labels, the negative and the positive one, got "
            f"{selected}: pass both as `labels`"
        )
    warn_likelihoods(*zeros)
    return replaced_likelihood_ratios(ratios, zeros, replacements)


def _refuse_indicators(
    truth: npt.NDArray[Any], predicted: npt.NDArray[Any], weights: Any, _labels: Any
) -> NoReturn:
    targets.refuse_targets(truth, predicted, weights, multilabel=True)
    raise InvalidValueError(
        "class_likelihood_ratios only supports binary classification problems, got targets of "
        "type: multilabel-indicator"
    )


def replacement_pair(value: Any, function: str) -> tuple[float, float]:
    """Return what stands for LR+ and for LR- over zero."""
    if not isinstance(value, dict):
        if isinstance(value, Real) and (value == 1 or value != value):
            return float(value), float(value)
        expected = "a float among {nan, 1.0} or an instance of 'dict'"
        raise parameters.refuse("replace_undefined_by", function, expected, value)
    positive, negative = value.get("LR+"), value.get("LR-")
    if (
        isinstance(positive, Real)
        and isinstance(negative, Real)
        and not float(positive) < 1
        and not (float(negative) < 0 or float(negative) > 1)
    ):
        return float(positive), float(negative)
    raise InvalidValueError(
        "The dictionary passed as `replace_undefined_by` needs to be in the form "
        "`{'LR+': `value_1`, 'LR-': `value_2`}` where the value for `LR+` ranges from `1.0` to "
        "`np.inf` or is `np.nan` and the value for `LR-` ranges from `0.0` to `1.0` or is "
        f"`np.nan`; got `{value}`."
    )


def warn_likelihoods(
    no_positives: bool, no_true_positives: bool, no_false_positives: bool, no_true_negatives: bool
) -> None:
    """Say which ratios are undefined."""
    category = undefined_metric_warning()
    control = (
        "Use the `replace_undefined_by` param to control this behavior. To suppress this warning "
        "or turn it into an error, see Python's `warnings` module and `warnings.catch_warnings()`."
    )
    if no_positives:
        warn(
            "No samples of the positive class are present in `y_true`. "
            "`positive_likelihood_ratio` and `negative_likelihood_ratio` are both set to `np.nan`. "
            + control,
            category,
        )
    if no_false_positives:
        cause = (
            "No samples were predicted for the positive class and `positive_likelihood_ratio` is "
            if no_true_positives
            else "`positive_likelihood_ratio` is ill-defined and "
        )
        # scikit-learn's sentence ends here as well.
        warn(f"{cause}set to `np.nan`. Use the `replace_undefined_by` param to ", category)
    if no_true_negatives:
        warn("`negative_likelihood_ratio` is ill-defined and set to `np.nan`. " + control, category)


def replaced_likelihood_ratios(
    ratios: tuple[float, float],
    zeros: tuple[bool, bool, bool, bool],
    replacements: tuple[float, float],
) -> tuple[float, float]:
    """Put the replacements where a ratio is over zero; without positives both stay NaN."""
    _, _, no_false_positives, no_true_negatives = zeros
    return (
        replacements[0] if no_false_positives else ratios[0],
        replacements[1] if no_true_negatives else ratios[1],
    )
