"""A report in the words and figures of a page: every number is text by now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["MOST_CLASSES", "count", "figure", "page_view", "row_totals", "spoken"]

MOST_CLASSES = 30  # for which a matrix is shown; of more, the commonest confusions
_MOST_PAIRS = 30
_STATUS = {
    "ready": "Ready",
    "not ready": "Not ready",
    "cannot tell": "Cannot tell",
}
_HINTS = {
    "accuracy": "share of samples whose label is right",
    "balanced_accuracy": "mean recall of the classes: what accuracy would be if all were alike",
    "precision": "of those called positive, the share that is",
    "recall": "of those that are positive, the share that is found",
    "f1": "harmonic mean of precision and recall",
    "roc_auc": "chance that a positive sample scores higher than a negative one",
    "roc_auc_error": "the most by which the area can be off, as scores were kept to fewer bits",
    "log_loss": "nats; 0 is perfect",
    "brier_score": "squared error of the probabilities",
    "expected_calibration_error": "how far confidence lies from accuracy, on average",
    "cross_entropy": "nats a token; lower is better",
    "perplexity": "e to the cross-entropy: as unsure as among so many tokens",
}


def page_view(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the template shows.

    Parameters
    ----------
    report : mapping
        As :meth:`lstmetrics.evaluation.Report.to_dict` gives it.

    Returns
    -------
    dict
    """
    unit = "samples" if report["kind"] == "classification" else "tokens"
    return {
        "title": f"{report['kind'].capitalize()} report",
        "model": report["model"],
        "amount": f"{count(report['samples'])} {unit}",
        "status": report["verdict"]["status"].replace(" ", "-"),
        "status_text": _STATUS[report["verdict"]["status"]],
        "reasons": report["verdict"]["reasons"],
        "checks": [_check(check) for check in report["verdict"]["checks"]],
        "findings": [_finding(finding) for finding in report["findings"]],
        "metrics": _metrics(report),
        "classes": [_class(row) for row in report["per_class"] or ()],
        "matrix": _matrix(report),
        "pairs": _pairs(report),
        "slices": _slices(report["slices"]),
        "thresholds": _table(report["thresholds"]),
        "precisions": [_precision(found) for found in report["precisions"]],
        "language_model": report["kind"] == "language model",
        "worst": [_row(row) for row in report["worst"]],
        "facts": _facts(report),
        "digest": report["digest"],
        "speed": _speed(report, unit),
        "versions": [(spoken(name), _text(value)) for name, value in report["versions"].items()],
    }


def count(value: Any) -> str:
    """Return a whole number with its thousands set apart."""
    return f"{int(value):,}"


def figure(value: Any) -> str:
    """Return a measure with four decimals, or fewer where it is large."""
    if value is None:
        return "–"
    number = float(value)
    if number != number:
        return "not defined"
    return f"{number:.4f}" if abs(number) < 100 else f"{number:,.1f}"


def spoken(name: str) -> str:
    """Return the name of a metric or fact as a person would write it."""
    words = str(name).replace("_", " ").strip()
    known = {"f1": "F1", "roc": "ROC", "auc": "AUC", "isa": "ISA", "id": "id"}
    parts = [known.get(word, word) for word in words.split(" ")]
    return " ".join([parts[0][:1].upper() + parts[0][1:], *parts[1:]])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return count(value)
    if isinstance(value, float):
        return figure(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{spoken(name)}: {_text(item)}" for name, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(_text(item) for item in value)
    return "–" if value is None else str(value)


def _interval(interval: Mapping[str, Any] | None) -> str:
    if interval is None or interval["low"] is None:
        return ""
    return f"{figure(interval['low'])} to {figure(interval['high'])}"


def _check(check: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "metric": spoken(check["metric"]),
        "goal": f"{check['relation']} {_text(check['goal'])}",
        "value": figure(check["value"]),
        "interval": _interval(check),
        "outcome": check["outcome"],
    }


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "code": finding["code"],
        "name": spoken(finding["code"]),
        "severity": finding["severity"],
        "meaning": finding["meaning"],
        "advice": finding["advice"],
        "evidence": [(spoken(name), _text(value)) for name, value in finding["evidence"].items()],
    }


def _hint(task: Any, name: str) -> str:
    if task == "multilabel" and name == "accuracy":
        return "share of samples with every label right"
    return _HINTS.get(name, "")


def _metrics(report: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {
            "name": spoken(name),
            "key": name,
            "value": figure(value),
            "interval": _interval(report["intervals"].get(name)),
            "hint": _hint(report["task"], name),
        }
        for name, value in report["metrics"].items()
    ]


def _class(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "label": str(row["label"]),
        **{name: figure(row[name]) for name in ("precision", "recall", "f1")},
        "support": count(row["support"]),
        "predicted": _text(row.get("predicted")),
    }


def _matrix(report: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the matrix, each cell with its share of the row for the shade."""
    matrix, labels = report["confusion_matrix"], report["labels"]
    if matrix is None or labels is None or len(labels) > MOST_CLASSES:
        return None
    rows = []
    totals = row_totals(report)
    for at, (label, row, total) in enumerate(zip(labels, matrix, totals, strict=True)):
        cells = [
            {
                "count": count(value),
                "share": f"{value / total:.3f}" if total else "0",
                "right": column == at,
            }
            for column, value in enumerate(row)
        ]
        rows.append({"label": str(label), "cells": cells})
    return {"labels": [str(label) for label in labels], "rows": rows}


def row_totals(report: Mapping[str, Any]) -> list[int]:
    """Return how many samples each row of the matrix has."""
    return [int(row["support"]) for row in report["per_class"]]


def _pairs(report: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return the commonest confusions where there are too many classes for a matrix."""
    matrix, labels = report["confusion_matrix"], report["labels"]
    if matrix is None or labels is None or len(labels) <= MOST_CLASSES:
        return []
    wrong = [
        (value, row, column)
        for row, cells in enumerate(matrix)
        for column, value in enumerate(cells)
        if value and row != column
    ]
    wrong.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    return [
        {"true": str(labels[row]), "predicted": str(labels[column]), "samples": count(value)}
        for value, row, column in wrong[:_MOST_PAIRS]
    ]


def _precision(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what another precision gives, and how much more that is."""
    rows = [
        {
            "name": spoken(name),
            "value": figure(found["metrics"].get(name)),
            "difference": f"{interval['estimate']:+.6f}",
            "interval": f"{interval['low']:+.6f} to {interval['high']:+.6f}",
        }
        for name, interval in found["differences"].items()
    ]
    return {"precision": found["precision"], "differ": count(found["differ"]), "rows": rows}


def _slices(slices: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a table for each column, a row for each of its values."""
    tables: dict[str, dict[str, Any]] = {}
    for one in slices:
        column = str(one["column"])
        names = _main_metrics(one["metrics"])
        table = tables.setdefault(column, {"column": column, "names": names, "rows": []})
        cells = [
            {"value": figure(one["metrics"].get(name)), "interval": _interval(bounds)}
            for name in table["names"]
            for bounds in [one["intervals"].get(name)]
        ]
        row = {"value": _text(one["value"]), "samples": count(one["samples"]), "cells": cells}
        table["rows"].append(row)
    for table in tables.values():
        table["names"] = [spoken(name) for name in table["names"]]
    return list(tables.values())


def _main_metrics(metrics: Mapping[str, Any]) -> list[str]:
    """Return those that a narrow table shows: of two classes the positive one's, else means."""
    kept = ("precision", "recall", "f1") if "f1" in metrics else ("f1_macro",)
    wanted = ("accuracy", "balanced_accuracy", *kept)
    return [name for name in wanted if name in metrics] or list(metrics)[:5]


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """Return rows of alike mappings as a table."""
    if not rows:
        return None
    names = list(rows[0])
    return {
        "names": [spoken(name) for name in names],
        "rows": [[_text(row.get(name)) for name in names] for row in rows],
    }


def _row(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else _text_of_data(value) for name, value in row.items()}


def _text_of_data(value: Any) -> str:
    return figure(value) if isinstance(value, float) else str(value)


def _facts(report: Mapping[str, Any]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the smaller tables: name and value, under a heading each."""
    wanted = {
        "Baselines": report["baseline"],
        "Training data": report["train"],
        "Data": report["data"],
        "Duplicates": report["duplicates"],
        "Temperature scaling": report["temperature"],
    }
    return [
        (heading, [(spoken(name), _text(value)) for name, value in facts.items()])
        for heading, facts in wanted.items()
        if facts
    ]


def _speed(report: Mapping[str, Any], unit: str) -> str:
    rate = report["throughput"]
    return f"{report['seconds']:.3f} s" + (f", {rate:,.0f} {unit} a second" if rate else "")
