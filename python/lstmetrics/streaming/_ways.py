"""Which intervals the metrics of each streaming class have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmetrics.streaming._interval import BOOTSTRAP, Bounds, Options, Way, Ways, proportion

__all__ = [
    "CLUSTERED",
    "CLUSTERED_LOSS",
    "CLUSTERED_LOSSES",
    "CONFUSION",
    "ENTITIES",
    "LOSS",
    "MULTILABEL",
    "PAIRED_OUTCOMES",
    "PAIRED_SCORES",
    "SCORES",
    "TOKENS",
    "TOP_K",
]


def _accuracy(confusion: Any, _options: Options) -> tuple[float, float] | None:
    state = confusion._state
    return None if state.is_weighted else (state.correct(), state.samples)


def _error_rate(confusion: Any, options: Options) -> tuple[float, float] | None:
    state = confusion._state
    if state.is_weighted or not options.get("normalize", True):
        return None
    return state.errors(), state.samples


def _one_label(confusion: Any, options: Options) -> tuple[int, int, int, int] | None:
    """(tn, fp, fn, tp) where one label is asked for, and samples were counted without weights."""
    labels = options.get("labels")
    if options.get("average", "binary") == "binary":
        labels = [options.get("pos_label", 1)]
    if labels is None or len(labels) != 1 or confusion._state.is_weighted:
        return None
    (tn, fp), (fn, tp) = confusion.against_rest(labels=labels)[0].tolist()
    return tn, fp, fn, tp


def _precision(confusion: Any, options: Options) -> tuple[float, float] | None:
    if (cells := _one_label(confusion, options)) is None:
        return None
    _, fp, _, tp = cells
    return tp, tp + fp


def _recall(confusion: Any, options: Options) -> tuple[float, float] | None:
    if (cells := _one_label(confusion, options)) is None:
        return None
    _, _, fn, tp = cells
    return tp, tp + fn


_DRAWN = (BOOTSTRAP,)

# Of weights, a proportion has no number of trials: the bootstrap takes over.
CONFUSION: Ways = {
    "accuracy": (proportion(_accuracy), BOOTSTRAP),
    "balanced_accuracy": _DRAWN,
    "cohen_kappa": _DRAWN,
    "f1": _DRAWN,
    "fbeta": _DRAWN,
    "hamming_loss": (proportion(_error_rate), BOOTSTRAP),
    "jaccard": _DRAWN,
    "matthews_corrcoef": _DRAWN,
    "precision": (proportion(_precision), BOOTSTRAP),
    "recall": (proportion(_recall), BOOTSTRAP),
    "zero_one_loss": (proportion(_error_rate), BOOTSTRAP),
}

# Whole clusters are drawn, whatever the metric.
CLUSTERED: Ways = dict.fromkeys(CONFUSION, _DRAWN)
CLUSTERED_LOSS: Ways = {"value": _DRAWN}
CLUSTERED_LOSSES: Ways = dict.fromkeys(("a", "b", "difference"), _DRAWN)


# The rates of a label, in the order of the core's.
_LABEL_RATES = ("precision", "recall", "f1", "jaccard")


def _of_rows(options: Options) -> bool:
    """Whether what rows came to, whatever the labels, is all that the metric looks at."""
    return options.get("labels") is None and options.get("average") in ("micro", "samples")


def _by_label(rate: int) -> Way:
    def bounds(multilabel: Any, level: float, options: Options) -> Bounds | None:
        labels, average = options.get("labels"), options.get("average")
        one = labels is not None and len(labels) == 1
        if multilabel._state.is_weighted or not (one or average in ("macro", "weighted")):
            return None
        found: Bounds = multilabel._bounds_by_label(
            rate, labels, average, options.get("zero_division", 0.0), level
        )
        return found

    return Way("wilson", bounds)


_ROWS = Way("bootstrap", None, _of_rows)

# Samples are what is drawn. Of single labels the state tells how often each is right, so each has
# bounds of its own; how labels go together it tells for whole rows alone.
MULTILABEL: Ways = {
    "accuracy": (proportion(_accuracy), BOOTSTRAP),
    "fbeta": (_ROWS,),
    "hamming_loss": _DRAWN,
    "zero_one_loss": (proportion(_error_rate), BOOTSTRAP),
    **{name: (_by_label(rate), _ROWS) for rate, name in enumerate(_LABEL_RATES)},
}


def _newcombe(paired: Any, level: float, _options: Options) -> Bounds:
    bounds: Bounds = paired._state.newcombe_bounds(level)
    return bounds


def _difference_of_accuracies(paired: Any, level: float, _options: Options) -> Bounds:
    bounds: Bounds = paired._state.normal_bounds(level)
    return bounds


# Of the difference of two models.
PAIRED_OUTCOMES: Ways = {
    **dict.fromkeys(CONFUSION, _DRAWN),
    "accuracy": (Way("newcombe", _newcombe), Way("normal", _difference_of_accuracies), BOOTSTRAP),
}


def _delong(paired: Any, level: float, _options: Options) -> Bounds:
    bounds: Bounds = paired._state.bounds(level)
    return bounds


PAIRED_SCORES: Ways = {"roc_auc": (Way("delong", _delong), BOOTSTRAP)}


def _area(scores: Any, level: float, options: Options) -> Bounds | None:
    """Return the bounds of one column's whole area, of samples without weights."""
    if scores.columns > 1 or options.get("max_fpr") is not None or scores._state.is_weighted:
        return None
    bounds: Bounds = scores._state.bounds(0, level)
    return bounds


# Where DeLong has no answer, the bootstrap of one column has.
SCORES: Ways = {"average_precision": _DRAWN, "roc_auc": (Way("delong", _area), BOOTSTRAP)}


def _mean_loss(loss: Any, level: float, _options: Options) -> Bounds:
    bounds: Bounds = loss._state.bounds(level)
    return bounds


def _brier(loss: Any, level: float, options: Options) -> Bounds:
    low, high = loss._state.bounds(level)
    half = loss._halves(options.get("scale_by_half", "auto"))
    return (low / 2, high / 2) if half else (low, high)


LOSS: Ways = {
    "brier_score": (Way("normal", _brier),),
    "value": (Way("normal", _mean_loss),),
}


def _of_tokens(name: str) -> Callable[[Any, float, Options], Bounds]:
    def bounds(tokens: Any, level: float, _options: Options) -> Bounds:
        found: Bounds = getattr(tokens._state, f"{name}_bounds")(level)
        return found

    return bounds


def _top_k(tokens: Any, level: float, options: Options) -> Bounds:
    bounds: dict[int, Bounds] = dict(tokens._state.top_k_bounds(level))
    return bounds[options["k"]]


_MEANS = (
    "bits_per_byte",
    "bits_per_character",
    "bits_per_token",
    "cross_entropy",
    "perplexity",
)

TOKENS: Ways = {
    **{name: (Way("normal", _of_tokens(name)),) for name in _MEANS},
    "token_accuracy": (Way("wilson", _of_tokens("token_accuracy")),),
    "top_k_accuracy": (Way("wilson", _top_k),),
}


def _hits(top: Any, options: Options) -> tuple[float, float] | None:
    if top._state.is_weighted:
        return None
    return top.hits(**options), top.samples


TOP_K: Ways = {"accuracy": (proportion(_hits),)}


def _tokens_right(entities: Any, _options: Options) -> tuple[float, float]:
    return entities._state.right_tokens, entities._state.tokens


def _found_of(trials: int) -> Way:
    """Of all types together, entities that are right are a proportion of the predicted or true."""

    def counts(entities: Any, options: Options) -> tuple[float, float] | None:
        if options.get("average", "micro") != "micro":
            return None
        all_types: tuple[int, int, int] = entities._state.all_types()
        return all_types[0], all_types[trials]

    return proportion(counts)


ENTITIES: Ways = {
    "f1": _DRAWN,
    "fbeta": _DRAWN,
    "precision": (_found_of(1), BOOTSTRAP),
    "recall": (_found_of(2), BOOTSTRAP),
    "token_accuracy": (proportion(_tokens_right), BOOTSTRAP),
}
