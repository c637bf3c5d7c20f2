"""Reports as tables for people; plain text where the output is not a terminal."""

from __future__ import annotations

from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from lstmetrics.evaluation import Report

__all__ = ["show_info", "show_report"]


def _console() -> Console:
    console = Console()
    # A file or a pipe has no width: never fold what machines may read.
    return console if console.is_terminal else Console(width=120)


def show_info(facts: dict[str, Any]) -> None:
    """Print facts, one a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    for name, value in facts.items():
        table.add_row(
            Text(name, style="bold"),
            Text(", ".join(value) if isinstance(value, list) else str(value)),
        )
    _console().print(table)


def show_report(report: Report) -> None:
    """Print a report: metrics, classes, confusion matrix, digest."""
    console = _console()
    title = report.kind.capitalize() + (f" of {report.model}" if report.model else "")
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Text(report.throughput(), style="dim"))
    console.print(_metrics_table(report))
    if report.per_class:
        console.print(_class_table(report))
    if report.confusion is not None and report.labels is not None and len(report.labels) <= 12:
        console.print(_confusion_table(report))
    console.print(Text(f"digest {report.digest}", style="dim"), soft_wrap=True)


def _metrics_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("metric")
    table.add_column("value", justify="right")
    for name, value in report.metrics.items():
        table.add_row(name.replace("_", " "), f"{value:.6g}")
    return table


def _class_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("class")
    for name in ("precision", "recall", "f1", "support"):
        table.add_column(name, justify="right")
    for row in report.per_class or []:
        scores = [f"{row[name]:.4f}" for name in ("precision", "recall", "f1")]
        table.add_row(Text(str(row["label"])), *scores, f"{row['support']:,}")
    return table


def _confusion_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="true (rows) and predicted (columns)")
    table.title_style = "dim"
    names = [str(label) for label in report.labels or []]
    table.add_column("")
    for name in names:
        table.add_column(Text(name), justify="right")
    cells = [] if report.confusion is None else report.confusion.tolist()
    for i, (name, row) in enumerate(zip(names, cells, strict=True)):
        counts = [Text(f"{n:,}", style="bold" if i == j else "") for j, n in enumerate(row)]
        table.add_row(Text(name), *counts)
    return table
