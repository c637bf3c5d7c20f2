"""The classification report, character by character scikit-learn's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lstmetrics import _arrays
from lstmetrics._warnings import warn
from lstmetrics.errors import InvalidValueError
from lstmetrics.metrics import _parameters as parameters
from lstmetrics.metrics import _targets as targets
from lstmetrics.metrics._asking import ask
from lstmetrics.metrics._delegation import OutOfTradeError, delegate
from lstmetrics.metrics._label_scores import warn_undefined

__all__ = [
    "Facts",
    "Scores",
    "bits",
    "classification_report",
    "laid_out",
    "report_names",
    "scores_of",
    "warn_report",
]

_HEADERS = ("precision", "recall", "f1-score", "support")
_AVERAGES = ("micro avg", "macro avg", "weighted avg", "samples avg")

Row = tuple[float, float, float, float]
Report = dict[str, Any]


class Facts(NamedTuple):
    """What the core tells beside the scores."""

    support: float
    all_labels: bool  # none is left out, so micro is accuracy
    weights_cancel: bool = False
    samples: int = 0  # told where they may have several labels, and have an average of their own


class Scores(NamedTuple):
    """What a report shows: a row per label, one per average, and the support of all."""

    rows: list[Row]
    averages: list[tuple[float, float, float]]
    support: float
    all_labels: bool


def classification_report(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    labels: npt.ArrayLike | None = None,
    target_names: Sequence[str] | npt.NDArray[Any] | None = None,
    sample_weight: npt.ArrayLike | None = None,
    digits: int = 2,
    output_dict: bool = False,
    zero_division: float | str = "warn",
) -> str | Report:
    """Precision, recall, F1 and support of each label and averaged, as text or as a dict.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,) or (n_samples, n_labels)
        True labels: integers, booleans, floats with integral values, or text; or an indicator, 1
        where a sample has a label.
    y_pred : array-like of shape (n_samples,) or (n_samples, n_labels)
        Predicted labels, of the same kind.
    labels : array-like of shape (n_labels,), default=None
        Which labels, and in which order, of indicators by their column; all that occur, sorted,
        when None.
    target_names : array-like of shape (n_labels,), default=None
        What to call them; by themselves when None.
    sample_weight : array-like of shape (n_samples,), default=None
        Weights; 1 each when None.
    digits : int, default=2
        Digits after the point, in text.
    output_dict : bool, default=False
        Whether to return a dict, with full precision.
    zero_division : {"warn", 0.0, 1.0, nan}, default="warn"
        The value of a ratio over zero. "warn" gives 0 and warns; NaN is left out of averages.

    Returns
    -------
    str or dict
        A line for each label, then accuracy (where `labels` leave one out: the micro average),
        the mean over labels (macro) and that weighted by support; of indicators the micro average
        and the mean over samples too. As a dict
        ``{label: {"precision": ..., "recall": ..., "f1-score": ..., "support": ...}}``, with
        ``"accuracy"`` a number.

    Raises
    ------
    InvalidValueError, InvalidTypeError
        For what ``sklearn.metrics.classification_report`` refuses, in the same words.

    Examples
    --------
    >>> from lstmetrics.metrics import classification_report
    >>> print(classification_report([0, 1, 2, 2, 2], [0, 0, 2, 2, 1], target_names=["a", "b", "c"]))
                  precision    recall  f1-score   support
    <BLANKLINE>
               a       0.50      1.00      0.67         1
               b       0.00      0.00      0.00         1
               c       1.00      0.67      0.80         3
    <BLANKLINE>
        accuracy                           0.60         5
       macro avg       0.50      0.56      0.49         5
    weighted avg       0.70      0.60      0.61         5
    <BLANKLINE>
    """
    function = "classification_report"
    parameters.check_digits(digits, function)
    parameters.check_flag(output_dict, "output_dict", function)
    wanted = targets.labels_argument(labels, function)
    try:
        per_label, averages, undefined, told, seen = ask(
            _arrays.classification_report,
            function,
            y_true,
            y_pred,
            sample_weight,
            wanted,
            parameters.zero_division_value(zero_division, function),
        )
    except OutOfTradeError:
        return delegate(  # type: ignore[no-any-return]
            function,
            y_true,
            y_pred,
            labels=labels,
            target_names=target_names,
            sample_weight=sample_weight,
            digits=digits,
            output_dict=output_dict,
            zero_division=zero_division,
        )
    facts = Facts(*told)
    if facts.weights_cancel:
        targets.explain_cancelling(sample_weight, function)
    if labels is not None:
        order = list(np.asarray(labels))
    else:
        order = seen if facts.samples else _as_given(seen, y_true, y_pred)
    names = report_names(order, target_names, wanted is not None)
    if isinstance(zero_division, str):
        warn_report(undefined, len(order), facts.samples)
    return laid_out(names, scores_of(per_label, averages, facts), digits, bool(output_dict))


def scores_of(
    per_label: Sequence[npt.NDArray[Any]],
    averages: Sequence[tuple[float, float, float]],
    facts: Facts,
) -> Scores:
    """Bring what the core says into rows; the total is an integer where the supports are."""
    precision, recall, f_score, support = (column.tolist() for column in per_label)
    total = int(facts.support) if per_label[3].dtype.kind == "i" else facts.support
    rows = list(zip(precision, recall, f_score, support, strict=True))
    return Scores(rows, list(averages), total, facts.all_labels)


def _as_given(seen: list[Any], y_true: Any, y_pred: Any) -> list[Any]:
    """Labels of the core, as they print in the caller's dtype: False, 1.0."""
    dtypes = [targets.target(y, "y", "classification_report").dtype for y in (y_true, y_pred)]
    if any(dtype.kind not in "bf" for dtype in dtypes) and "f" not in {d.kind for d in dtypes}:
        return seen
    return list(np.array(seen).astype(np.result_type(*dtypes)))


def report_names(order: list[Any], target_names: Any, labels_given: bool) -> list[Any]:
    """Return what the labels are called; refuse or warn of another number of names."""
    if target_names is None:
        return [f"{label}" for label in order]
    if len(order) != len(target_names):
        if not labels_given:
            raise InvalidValueError(
                f"Number of classes, {len(order)}, does not match size of target_names, "
                f"{len(target_names)}. Try specifying the labels parameter"
            )
        warn(f"labels size, {len(order)}, does not match size of target_names, {len(target_names)}")
    return list(target_names)


def warn_report(undefined: Sequence[int], labels: int, samples: int = 0) -> None:
    """Warn once for the labels and once for each average, as so many calls would."""
    calls = ((labels, None), (1, "micro"), (labels, "macro"), (labels, "weighted"))
    for bits, (entries, average) in zip(undefined, (*calls, (samples, "samples")), strict=False):
        warn_undefined(bits, entries, (*_HEADERS[:2], "f-score"), average)


def bits(undefined: tuple[bool, bool, bool]) -> int:
    """Return what is undefined as the bits that warnings are chosen by."""
    precision, recall, f_score = undefined
    return precision | recall << 1 | f_score << 2


def laid_out(names: list[Any], scores: Scores, digits: int, output_dict: bool) -> str | Report:
    """Return the scores as scikit-learn lays them out."""
    headings = ["accuracy" if scores.all_labels else _AVERAGES[0], *_AVERAGES[1:]]
    rows = list(zip(names, scores.rows, strict=False))
    averages = [
        (heading, (*average, scores.support))
        for heading, average in zip(headings, scores.averages, strict=False)
    ]
    return _as_dict([*rows, *averages]) if output_dict else _as_text(names, rows, averages, digits)


def _as_dict(rows: list[tuple[Any, Row]]) -> Report:
    report: Report = {name: dict(zip(_HEADERS, map(float, row), strict=True)) for name, row in rows}
    if "accuracy" in report:
        report["accuracy"] = report["accuracy"]["precision"]
    return report


def _as_text(
    names: list[Any], rows: list[tuple[Any, Row]], averages: list[tuple[str, Row]], digits: int
) -> str:
    width = max(*map(len, names), len(_AVERAGES[2]), digits)
    lines = [f"{'':>{width}s} " + "".join(f" {header:>9}" for header in _HEADERS), ""]
    lines += [_line(name, row, width, digits) for name, row in rows]
    lines += [""]
    for heading, row in averages:
        if heading == "accuracy":
            blank = f" {'':>9.{digits}}"
            lines.append(f"{heading:>{width}s} {blank}{blank} {row[2]:>9.{digits}f} {row[3]:>9}")
        else:
            lines.append(_line(heading, row, width, digits))
    return "\n".join(lines) + "\n"


def _line(name: str, row: Row, width: int, digits: int) -> str:
    scores = "".join(f" {score:>9.{digits}f}" for score in row[:3])
    return f"{name:>{width}s} {scores} {row[3]:>9}"
