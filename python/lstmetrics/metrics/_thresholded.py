"""Our metrics of labels at all thresholds of the scores at once.

The core has the confusion state at each threshold and applies the metric's formula to it. Whether
arguments are good, and what must be warned of, the metric says itself: it is called at the first
threshold, and once more at the first of each that differs in what there is to say.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics.errors import LstmetricsError
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._agreement import (
    balanced_accuracy_score,
    class_likelihood_ratios,
    cohen_kappa_score,
    matthews_corrcoef,
    replacement_pair,
)
from lstmetrics.metrics._classification import (
    accuracy_score,
    confusion_matrix,
    hamming_loss,
    multilabel_confusion_matrix,
    zero_one_loss,
)
from lstmetrics.metrics._jaccard import jaccard_score
from lstmetrics.metrics._precision import (
    f1_score,
    fbeta_score,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)

__all__ = ["all_at_once"]

Array = npt.NDArray[Any]
Arguments = dict[str, Any]


class _Found(NamedTuple):
    """What the core gives, a row for each threshold."""

    values: Array
    facts: Array
    weighted: bool

    def undefined(self, bit: int) -> Array:
        """Return where the formula marked a thing as undefined."""
        return (self.facts >> np.uint64(bit) & np.uint64(1)).astype(bool)


def _single(found: _Found, _: Arguments) -> Array:
    return found.values[:, 0]


def _score(which: int, found: _Found, arguments: Arguments) -> Array:
    """Precision, recall or F: of each label when there is no average."""
    if arguments["average"] is None:
        return _by_label(found, arguments)[:, which]
    return found.values[:, which]


def _by_label(found: _Found, _: Arguments) -> Array:
    return found.values.reshape(len(found.values), 4, -1)


def _scores(found: _Found, arguments: Arguments) -> Array:
    if arguments["average"] is None:
        return _by_label(found, arguments)
    scores = np.full((len(found.values), 4), None, object)  # averages have no support
    scores[:, :3] = found.values[:, :3]
    return scores


def _jaccard(found: _Found, arguments: Arguments) -> Array:
    return found.values if arguments["average"] is None else found.values[:, 0]


def _kappa(found: _Found, arguments: Arguments) -> Array:
    undefined = found.undefined(0) | found.undefined(1)
    return np.where(undefined, float(arguments["replace_undefined_by"]), found.values[:, 0])


def _likelihoods(found: _Found, arguments: Arguments) -> Array:
    instead = replacement_pair(arguments["replace_undefined_by"], "class_likelihood_ratios")
    undefined = np.stack((found.undefined(0), found.undefined(1)), axis=1)
    return np.where(undefined, np.array(instead), found.values)


def _matrix(found: _Found, arguments: Arguments) -> Array:
    size = round(found.values.shape[1] ** 0.5)
    matrices = found.values.reshape(-1, size, size)
    return matrices if found.weighted or arguments["normalize"] else matrices.astype(np.int64)


def _against_rest(found: _Found, _: Arguments) -> Array:
    matrices = found.values.reshape(len(found.values), -1, 2, 2)
    # As in scikit-learn, counts are floats where no sample is right.
    return matrices if found.weighted or found.undefined(0).any() else matrices.astype(np.int64)


# By our metric: the core's, and what makes the answer of its numbers.
_WAYS: dict[Callable[..., Any], tuple[str, Callable[[_Found, Arguments], Array]]] = {
    accuracy_score: ("accuracy", _single),
    balanced_accuracy_score: ("balanced_accuracy", _single),
    class_likelihood_ratios: ("likelihood_ratios", _likelihoods),
    cohen_kappa_score: ("cohen_kappa", _kappa),
    confusion_matrix: ("confusion_matrix", _matrix),
    f1_score: ("precision_recall_fscore", partial(_score, 2)),
    fbeta_score: ("precision_recall_fscore", partial(_score, 2)),
    hamming_loss: ("error_rate", _single),
    jaccard_score: ("jaccard", _jaccard),
    matthews_corrcoef: ("matthews_corrcoef", _single),
    multilabel_confusion_matrix: ("one_against_rest", _against_rest),
    precision_recall_fscore_support: ("precision_recall_fscore", _scores),
    precision_score: ("precision_recall_fscore", partial(_score, 0)),
    recall_score: ("precision_recall_fscore", partial(_score, 1)),
    zero_one_loss: ("error_rate", _single),
}
_TOTALS = {"accuracy": "correct", "error_rate": "errors"}


def all_at_once(
    truth: Array, scores: Array, weights: Array | None, metric: Callable[..., Any], options: Any
) -> tuple[Array, Array] | None:
    """Compute values and thresholds; None where that must be done one by one."""
    if isinstance(metric, partial) and not metric.args:
        options = metric.keywords | options
        metric = metric.func
    ours = getattr(metric, "_ours", metric)  # of what stands in scikit-learn's place
    if ours not in _WAYS or "sample_weight" in options or not len(scores):
        return None
    at = partial(_at, truth, scores, weights, metric, options)
    at(scores.max())
    arguments = inspect.signature(ours).bind(truth, scores, **options)
    arguments.apply_defaults()
    name, answer = _WAYS[ours]
    try:
        rows, facts, thresholds = _ask(truth, scores, weights, name, arguments.arguments)
    except LstmetricsError:
        return None
    if rows is None:
        return None
    thresholds = thresholds.astype(scores.dtype)
    _, firsts = np.unique(facts, return_index=True)
    for first in np.sort(firsts).tolist():
        if first > 0:
            at(thresholds[first])
    values = answer(_Found(rows, facts, weights is not None), arguments.arguments)
    return np.ascontiguousarray(values), thresholds


def _at(
    truth: Array,
    scores: Array,
    weights: Array | None,
    metric: Callable[..., Any],
    options: Any,
    threshold: Any,
) -> Any:
    """Call the metric at one threshold."""
    weighted = {} if weights is None else {"sample_weight": weights}
    return metric(truth, (scores >= threshold).astype(np.int32), **options, **weighted)


def _ask(
    truth: Array, scores: Array, weights: Array | None, name: str, arguments: Arguments
) -> tuple[Array | None, Array, Array]:
    """Ask the core, whose words are other than ours, of arguments that are known to be good."""
    normalize = arguments.get("normalize")
    average = arguments.get("average")
    zero_division = arguments.get("zero_division")
    labels = targets.labels_argument(arguments.get("labels"), "metric_at_thresholds")
    if average == "binary":
        labels = [targets.scalar(arguments["pos_label"])]
    return _arrays.at_thresholds(
        truth,
        scores,
        weights,
        labels,
        _arrays.LABEL_METRICS[_TOTALS[name] if normalize is False else name],
        _arrays.AVERAGES[average],
        arguments.get("beta", 1.0),
        0.0 if zero_division is None or isinstance(zero_division, str) else zero_division,
        _arrays.DISAGREEMENTS[arguments.get("weights")],
        _arrays.NORMALIZATIONS[normalize if isinstance(normalize, str) else None],
        bool(arguments.get("adjusted")),
    )
