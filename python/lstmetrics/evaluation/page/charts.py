"""What the page's script draws, as numbers.

Which charts there are is a matter of the report: of labels alone there are none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from lstmetrics.evaluation.curves import kept_places
from lstmetrics.evaluation.plain import finite

__all__ = ["chart_data"]

_OUTCOMES = ("tn", "fp", "fn", "tp")


def chart_data(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers of each chart that the report has something for.

    Parameters
    ----------
    report : mapping
        As :meth:`lstmetrics.evaluation.Report.to_dict` gives it.

    Returns
    -------
    dict
        Some of ``"roc"``, ``"precision_recall"``, ``"threshold"``, ``"reliability"``,
        ``"positions"`` and ``"history"``; empty when there is nothing to draw.
    """
    found = {
        "roc": _curves(report, "roc", "fpr", "tpr"),
        "precision_recall": _curves(report, "precision_recall", "recall", "precision"),
        "threshold": _thresholds(report),
        "reliability": _reliability(report),
        "positions": _positions(report),
        "history": _history(report),
    }
    return {name: data for name, data in found.items() if data}


def _curves(report: Mapping[str, Any], name: str, x: str, y: str) -> list[dict[str, Any]]:
    curves = []
    for label, of_label in report["curves"].items():
        if curve := of_label.get(name):
            kept = kept_places(len(curve[x]))
            curves.append(
                {"label": str(label), "x": _take(curve[x], kept), "y": _take(curve[y], kept)}
            )
    return curves


def _thresholds(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the counts at each threshold, of the positive one of two classes or of every class."""
    positive = report["pos_label"]
    names = [str(label) for label in report["labels"] or ()]
    found = []
    for name in names if positive is None else [str(positive)]:
        if outcomes := report["curves"].get(name, {}).get("outcomes"):
            negative = f"not {name}"
            if positive is not None:
                negative = next(other for other in names if other != name)
            found.append({"positive": name, "negative": negative, **_ascending(outcomes)})
    return found


def _ascending(outcomes: Mapping[str, Any]) -> dict[str, Any]:
    thresholds = outcomes["thresholds"]
    ascending = sorted(range(len(thresholds)), key=lambda i: thresholds[i])
    kept = [ascending[i] for i in kept_places(len(ascending))]
    counts = {name: [int(outcomes[name][i]) for i in kept] for name in _OUTCOMES}
    return {"thresholds": _take(thresholds, kept), **counts}


def _reliability(report: Mapping[str, Any]) -> dict[str, Any] | None:
    bins = [one for one in (report["calibration"] or {}).get("bins", ()) if one["samples"]]
    if not bins:
        return None
    found = {name: [_number(one[name]) for one in bins] for name in ("prob_pred", "prob_true")}
    several = report["task"] == "multilabel"
    return found | {
        "samples": [int(one["samples"]) for one in bins],
        "predicted": "probability of a label" if several else "mean confidence",
        "observed": "share that has it" if several else "share that is right",
    }


def _positions(report: Mapping[str, Any]) -> dict[str, Any] | None:
    rows = report["positions"]
    if not rows:
        return None
    places = [
        str(row["first"]) if row["first"] == row["last"] else f"{row['first']}-{row['last']}"
        for row in rows
    ]
    columns = {
        name: [_number(row[name]) for row in rows] for name in ("cross_entropy", "low", "high")
    }
    return {"positions": places, **columns}


def _history(report: Mapping[str, Any]) -> dict[str, Any] | None:
    series = {
        name: [_number(value) for value in values]
        for name, values in (report["history"] or {}).items()
        if name in ("loss", "val_loss")
    }
    return series or None


def _take(values: Sequence[Any], places: Sequence[int]) -> list[float | None]:
    return [_number(values[i]) for i in places]


def _number(value: Any) -> float | None:
    """Return a number that JSON has; infinities and NaN it has not."""
    return cast("float | None", finite(float(value)))
