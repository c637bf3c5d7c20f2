"""Precision, recall and F-scores of entities in tagged sequences, by seqeval's definitions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays, _core
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics._label_scores import warn_undefined
from lstmetrics.metrics._report import Facts, bits, laid_out, scores_of, warn_report
from lstmetrics.metrics._sequences import counted

__all__ = [
    "entity_classification_report",
    "entity_f1_score",
    "entity_precision_recall_fscore_support",
    "entity_precision_score",
    "entity_recall_score",
    "entity_report",
    "entity_scores",
]

Floats = npt.NDArray[np.float64]
Score = float | Floats
_PRECISION, _RECALL, _F_SCORE = range(3)
_AVERAGES = (None, "macro", "micro", "weighted")


def entity_scores(
    state: _core.EntityCounts,
    beta: float,
    average: str | None,
    zero_division: Any,
    warn_for: Iterable[str],
    function: str,
) -> tuple[Score, Score, Score, Any]:
    """Return precision, recall, F-beta and support of a state, and warn of what is undefined."""
    if average not in _AVERAGES:
        raise parameters.refuse("average", function, f"one of {_AVERAGES}", average)
    parameters.check_beta(beta, function)
    value = parameters.zero_division_value(zero_division, function)
    per_type, support, averages, undefined = state.scores(_arrays.AVERAGES[average], beta, value)
    if isinstance(zero_division, str):
        warn_undefined(bits(undefined), len(support), warn_for, average)
    if average is None:
        return (*per_type, support.astype(np.int64))
    return (*averages, state.all_types()[2])


def entity_report(
    state: _core.EntityCounts, digits: Any, output_dict: Any, zero_division: Any, function: str
) -> str | dict[str, Any]:
    """Return the report on a state."""
    parameters.check_digits(digits, function)
    parameters.check_flag(output_dict, "output_dict", function)
    value = parameters.zero_division_value(zero_division, function)
    state = state.copy()
    *scores, support = state.report(value)
    types = state.types
    if isinstance(zero_division, str):
        warn_report([bits(some) for *_, some in scores], len(types))
    columns, amounts, _, _ = scores[0]
    averages = [averaged for _, _, averaged, _ in scores[1:]]
    shown = scores_of(
        (*columns, amounts.astype(np.int64)), averages, Facts(support, all_labels=False)
    )
    return laid_out(types, shown, digits, bool(output_dict))


def entity_precision_recall_fscore_support(
    y_true: Any,
    y_pred: Any,
    *,
    beta: float = 1.0,
    average: str | None = None,
    warn_for: list[str] | tuple[str, ...] | set[str] = ("precision", "recall", "f-score"),
    zero_division: float | str = "warn",
    mode: str | None = None,
    scheme: Any = None,
    suffix: bool = False,
    lengths: npt.ArrayLike | None = None,
    tags: Sequence[str] | None = None,
) -> tuple[Score, Score, Score, npt.NDArray[np.int64] | int]:
    """Precision, recall, F-beta and the number of true entities, of each type or averaged.

    An entity is right when the other side has one of the same type that begins and ends at the
    same tokens of the same sequence.

    Parameters
    ----------
    y_true : sequence of sequences of str
        True tags, a sequence of them for each sentence: ``O``, or a letter with a type,
        ``B-PER``. Also an array of shape (n_sequences, n_steps), or a column of lists of pyarrow,
        polars or pandas; and with `lengths` an array or column of tags in one row.
    y_pred : sequence of sequences of str
        Predicted tags, as many in each sequence.
    beta : float, default=1.0
        How many times recall counts as much as precision, from 0 to infinity.
    average : {'micro', 'macro', 'weighted'}, default=None
        None gives every type its own, types sorted; 'micro' adds up the counts first; 'macro'
        takes the mean over types; 'weighted' weighs it by the true entities of each.
    warn_for : list, tuple or set of str
        Which of ``'precision'``, ``'recall'`` and ``'f-score'`` to warn about.
    zero_division : {"warn", 0.0, 1.0, nan}, default="warn"
        The value of a ratio over zero. "warn" gives 0 and warns; NaN is left out of averages.
    mode : {'strict'}, default=None
        None reads tags as the script conlleval does: any mix of B, I, E and S, in which every
        token that is not ``O`` belongs to some entity. 'strict' takes what `scheme` allows.
    scheme : str, default=None
        In mode 'strict': 'IOB1', 'IOB2' (or 'BIO'), 'IOE1', 'IOE2', 'IOBES' (or 'BIOES') or
        'BILOU'; seqeval's classes of these names will do. An entity that does not begin and end
        as the scheme says is none.
    suffix : bool, default=False
        Whether letters stand after the types: ``PER-B``.
    lengths : array-like of shape (n_sequences,), default=None
        Where sequences end: of tags in one row, which are then cut into sequences, or of an array
        with a row for each, of which only so many tags count.
    tags : sequence of str, default=None
        The names of tags that are numbers, such as a model's outputs: ``tags[number]``.

    Returns
    -------
    precision, recall, f_score : float, or ndarray of shape (n_types,) when `average` is None
        ``tp / (tp + fp)``, ``tp / (tp + fn)`` and
        ``(1 + beta**2) tp / ((1 + beta**2) tp + beta**2 fn + fp)``, each quotient correctly
        rounded. Without any entity 'micro' and 'weighted' are ratios over zero, 'macro' is NaN.
    support : ndarray of shape (n_types,), or int when averaged
        True entities.

    Raises
    ------
    ShapeError
        For sequences that differ in number or, naming the first, in length.
    InvalidValueError, InvalidTypeError
        For text that is no tag of the scheme, naming its place, where seqeval only warns; and for
        arguments that are none of the above.

    References
    ----------
    E. F. Tjong Kim Sang and F. De Meulder, "Introduction to the CoNLL-2003 shared task", 2003.

    Examples
    --------
    >>> from lstmetrics.metrics import entity_precision_recall_fscore_support
    >>> y_true = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC", "O"]]
    >>> y_pred = [["B-PER", "I-PER", "O", "B-PER"], ["B-LOC", "O"]]
    >>> entity_precision_recall_fscore_support(y_true, y_pred, average="macro")
    (0.75, 0.75, 0.6666666666666666, 3)
    """
    function = "entity_precision_recall_fscore_support"
    parameters.check_warn_for(warn_for, function)
    state = counted(y_true, y_pred, mode, scheme, suffix, lengths, tags, function)
    return entity_scores(state, beta, average, zero_division, warn_for, function)


def entity_precision_score(
    y_true: Any,
    y_pred: Any,
    *,
    average: str | None = "micro",
    zero_division: float | str = "warn",
    mode: str | None = None,
    scheme: Any = None,
    suffix: bool = False,
    lengths: npt.ArrayLike | None = None,
    tags: Sequence[str] | None = None,
) -> Score:
    """Of the entities that were predicted, the fraction that truly is there: ``tp / (tp + fp)``.

    Parameters
    ----------
    y_true, y_pred : sequence of sequences of str
        Tags of each sequence: ``O``, or a letter with a type, ``B-PER``.
    average, zero_division, mode, scheme, suffix, lengths, tags
        As in :func:`entity_precision_recall_fscore_support`; `average` is 'micro' by default.

    Returns
    -------
    float, or ndarray of shape (n_types,) when `average` is None

    Raises
    ------
    ShapeError, InvalidValueError, InvalidTypeError
        As :func:`entity_precision_recall_fscore_support`.

    Examples
    --------
    >>> from lstmetrics.metrics import entity_precision_score
    >>> entity_precision_score([["B-PER", "O", "B-LOC"]], [["B-PER", "O", "O"]])
    1.0
    """
    function = "entity_precision_score"
    state = counted(y_true, y_pred, mode, scheme, suffix, lengths, tags, function)
    return entity_scores(state, 1.0, average, zero_division, ("precision",), function)[_PRECISION]


def entity_recall_score(
    y_true: Any,
    y_pred: Any,
    *,
    average: str | None = "micro",
    zero_division: float | str = "warn",
    mode: str | None = None,
    scheme: Any = None,
    suffix: bool = False,
    lengths: npt.ArrayLike | None = None,
    tags: Sequence[str] | None = None,
) -> Score:
    """Of the entities that are there, the fraction that was found: ``tp / (tp + fn)``.

    Parameters
    ----------
    y_true, y_pred : sequence of sequences of str
        Tags of each sequence: ``O``, or a letter with a type, ``B-PER``.
    average, zero_division, mode, scheme, suffix, lengths, tags
        As in :func:`entity_precision_recall_fscore_support`; `average` is 'micro' by default.

    Returns
    -------
    float, or ndarray of shape (n_types,) when `average` is None

    Raises
    ------
    ShapeError, InvalidValueError, InvalidTypeError
        As :func:`entity_precision_recall_fscore_support`.

    Examples
    --------
    >>> from lstmetrics.metrics import entity_recall_score
    >>> entity_recall_score([["B-PER", "O", "B-LOC"]], [["B-PER", "O", "O"]])
    0.5
    """
    function = "entity_recall_score"
    state = counted(y_true, y_pred, mode, scheme, suffix, lengths, tags, function)
    return entity_scores(state, 1.0, average, zero_division, ("recall",), function)[_RECALL]


def entity_f1_score(
    y_true: Any,
    y_pred: Any,
    *,
    average: str | None = "micro",
    zero_division: float | str = "warn",
    mode: str | None = None,
    scheme: Any = None,
    suffix: bool = False,
    lengths: npt.ArrayLike | None = None,
    tags: Sequence[str] | None = None,
) -> Score:
    """The harmonic mean of precision and recall of entities: ``2 tp / (2 tp + fp + fn)``.

    Parameters
    ----------
    y_true, y_pred : sequence of sequences of str
        Tags of each sequence: ``O``, or a letter with a type, ``B-PER``.
    average, zero_division, mode, scheme, suffix, lengths, tags
        As in :func:`entity_precision_recall_fscore_support`; `average` is 'micro' by default.

    Returns
    -------
    float, or ndarray of shape (n_types,) when `average` is None

    Raises
    ------
    ShapeError, InvalidValueError, InvalidTypeError
        As :func:`entity_precision_recall_fscore_support`.

    Examples
    --------
    >>> from lstmetrics.metrics import entity_f1_score
    >>> entity_f1_score([["B-PER", "O", "B-LOC"]], [["B-PER", "O", "O"]])
    0.6666666666666666
    >>> entity_f1_score([2, 0, 1], [2, 0, 0], lengths=[3], tags=["O", "B-LOC", "B-PER"])
    0.6666666666666666
    >>> entity_f1_score([["I-PER", "I-PER"]], [["I-PER", "I-PER"]], mode="strict", scheme="IOB2",
    ...                 zero_division=0)  # no entity of IOB2 begins with I
    0.0
    """
    function = "entity_f1_score"
    state = counted(y_true, y_pred, mode, scheme, suffix, lengths, tags, function)
    return entity_scores(state, 1.0, average, zero_division, ("f-score",), function)[_F_SCORE]


def entity_classification_report(
    y_true: Any,
    y_pred: Any,
    *,
    digits: int = 2,
    output_dict: bool = False,
    zero_division: float | str = "warn",
    mode: str | None = None,
    scheme: Any = None,
    suffix: bool = False,
    lengths: npt.ArrayLike | None = None,
    tags: Sequence[str] | None = None,
) -> str | dict[str, Any]:
    """Precision, recall, F1 and support of the entities of each type and averaged.

    Parameters
    ----------
    y_true, y_pred : sequence of sequences of str
        Tags of each sequence: ``O``, or a letter with a type, ``B-PER``.
    digits : int, default=2
        Digits after the point, in text.
    output_dict : bool, default=False
        Whether to return a dict, with full precision.
    zero_division, mode, scheme, suffix, lengths, tags
        As in :func:`entity_precision_recall_fscore_support`.

    Returns
    -------
    str or dict
        A line for each type, sorted, then the averages micro, macro and weighted: seqeval's
        report. As a dict ``{type: {"precision": ..., "recall": ..., "f1-score": ...,
        "support": ...}}``.

    Raises
    ------
    ShapeError, InvalidValueError, InvalidTypeError
        As :func:`entity_precision_recall_fscore_support`.

    Examples
    --------
    >>> from lstmetrics.metrics import entity_classification_report
    >>> y_true = [["O", "O", "B-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    >>> y_pred = [["O", "B-MISC", "I-MISC", "I-MISC", "O"], ["B-PER", "I-PER", "O"]]
    >>> print(entity_classification_report(y_true, y_pred))
                  precision    recall  f1-score   support
    <BLANKLINE>
            MISC       0.00      0.00      0.00         1
             PER       1.00      1.00      1.00         1
    <BLANKLINE>
       micro avg       0.50      0.50      0.50         2
       macro avg       0.50      0.50      0.50         2
    weighted avg       0.50      0.50      0.50         2
    <BLANKLINE>
    """
    function = "entity_classification_report"
    state = counted(y_true, y_pred, mode, scheme, suffix, lengths, tags, function)
    return entity_report(state, digits, output_dict, zero_division, function)
