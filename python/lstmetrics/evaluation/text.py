"""A report as plain text."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstmetrics.evaluation.report import Report

__all__ = ["report_text"]

_WIDTH = 96
_MOST_CLASSES = 12  # for which a matrix is shown


def report_text(report: Report) -> str:
    """Return a report as text: verdict, findings, metrics, classes, matrix, digest.

    Parameters
    ----------
    report : Report

    Returns
    -------
    str
    """
    title = f"{report.kind.capitalize()} report" + (f": {report.model}" if report.model else "")
    lines = [title, report.throughput(), ""]
    lines += _verdict_lines(report) + _metric_lines(report)
    lines += _per_class_lines(report) + _confusion_lines(report) + _precision_lines(report)
    return "\n".join([*lines, "", f"  digest  {report.digest}"])


def _wrapped(text: str, indent: int) -> list[str]:
    space = " " * indent
    return textwrap.wrap(text, _WIDTH, initial_indent=space, subsequent_indent=space)


def _verdict_lines(report: Report) -> list[str]:
    lines = [f"  {report.verdict.status.upper()}"]
    for reason in report.verdict.reasons:
        first, *rest = _wrapped(reason, 4)
        lines += [f"  - {first[4:]}", *rest]
    for finding in report.findings:
        lines += ["", f"  [{finding.severity}] {finding.code}"]
        lines += _wrapped(finding.meaning, 4) + _wrapped(f"-> {finding.advice}", 4)
    return [*lines, ""]


def _metric_lines(report: Report) -> list[str]:
    width = max((len(name) for name in report.metrics), default=0)
    lines = []
    for name, value in report.metrics.items():
        interval = report.intervals.get(name)
        bounds = "" if interval is None else f"  [{interval.low:.4g}, {interval.high:.4g}]"
        lines.append(f"  {name:<{width}}  {value:<10.6g}{bounds}".rstrip())
    return lines


def _per_class_lines(report: Report) -> list[str]:
    if not report.per_class:
        return []
    width = max(5, *(len(str(row["label"])) for row in report.per_class))
    head = f"  {'class':<{width}}  precision  recall      f1  support"
    return ["", head] + [
        f"  {row['label']!s:<{width}}  {row['precision']:9.4f}  {row['recall']:6.4f}  "
        f"{row['f1']:6.4f}  {row['support']:7,}"
        for row in report.per_class
    ]


def _confusion_lines(report: Report) -> list[str]:
    if report.confusion is None or report.labels is None or len(report.labels) > _MOST_CLASSES:
        return []
    names = [str(label) for label in report.labels]
    width = max(9, *(len(name) for name in names))
    cell = max(*(len(name) for name in names), *(len(f"{v:,}") for v in report.confusion.flat))
    head = " ".join(f"{name:>{cell}}" for name in names)
    lines = ["", f"  {'true/pred':<{width}}  {head}"]
    for name, row in zip(names, report.confusion.tolist(), strict=True):
        lines.append(f"  {name:<{width}}  " + " ".join(f"{value:>{cell},}" for value in row))
    return lines


def _precision_lines(report: Report) -> list[str]:
    lines = []
    for found in report.precisions:
        lines += ["", f"  in {found['precision']}, beside this ({found['differ']:,} differ)"]
        width = max(len(name) for name in found["differences"])
        lines += [
            f"  {name:<{width}}  {one.estimate:+.6f}  [{one.low:+.6f}, {one.high:+.6f}]"
            for name, one in found["differences"].items()
        ]
    return lines
