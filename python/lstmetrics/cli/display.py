"""Reports as tables for people; plain text where the output is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from lstmetrics.evaluation import Comparison, Report
from lstmetrics.streaming import Interval

__all__ = [
    "progress",
    "show_comparison",
    "show_info",
    "show_report",
    "show_thresholds",
    "tell_skipped",
]

_STYLES = {"ready": "bold green", "not ready": "bold red", "cannot tell": "bold yellow"}
_STYLES |= {"critical": "bold red", "warning": "yellow", "info": "cyan"}
_STYLES |= {"better": "green", "worse": "red", "no difference": ""}
_MOST_CLASSES = 12  # for which a matrix is shown
_MOST_SLICES = 30


def _console() -> Console:
    console = Console()
    # A file or a pipe has no width: never fold what machines may read.
    return console if console.is_terminal else Console(width=120)


@contextmanager
def progress() -> Iterator[Callable[[int, int | None], None] | None]:
    """Show a bar of the rows done; nothing where errors do not go to a terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("rows"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("rows", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def tell_skipped(path: Path, facts: Mapping[str, Any]) -> None:
    """Say on standard error how many rows of a file were left out, and why."""
    if not facts.get("rows_skipped"):
        return
    reasons = ", ".join(f"{reason} ({count})" for reason, count in facts["skip_reasons"].items())
    print(f"{path}: {facts['rows_skipped']} rows skipped: {reasons}", file=sys.stderr)


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
    """Print a report: verdict, findings, metrics, classes, confusion matrix, digest."""
    console = _console()
    title = report.kind.capitalize() + (f" of {report.model}" if report.model else "")
    console.print()
    console.print(Text(title, style="bold"))
    console.print(Text(report.throughput(), style="dim"))
    _show_verdict(console, report)
    console.print(_metrics_table(report))
    if report.per_class:
        console.print(_class_table(report))
    if (
        report.confusion is not None
        and report.labels is not None
        and len(report.labels) <= _MOST_CLASSES
    ):
        console.print(_confusion_table(report))
    if report.thresholds:
        console.print(_threshold_table(report.thresholds))
    for found in report.precisions:
        console.print(_precision_table(found))
    if report.slices:
        console.print(_slice_table(report))
    console.print(Text(f"digest {report.digest}", style="dim"), soft_wrap=True)


def _show_verdict(console: Console, report: Report) -> None:
    verdict = report.verdict
    console.print()
    console.print(Text(verdict.status.upper(), style=_STYLES[verdict.status]))
    for reason in verdict.reasons:
        console.print(Padding(Text(f"- {reason}"), (0, 0, 0, 2)))
    for finding in report.findings:
        console.print()
        head = Text(f"{finding.severity}: ", style=_STYLES[finding.severity])
        console.print(head.append(finding.code, style="bold"))
        console.print(Padding(Text(finding.meaning), (0, 0, 0, 2)))
        console.print(Padding(Text(finding.advice, style="italic"), (0, 0, 0, 2)))


def _metrics_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("metric")
    table.add_column("value", justify="right")
    table.add_column("interval", justify="right")
    for name, value in report.metrics.items():
        interval = report.intervals.get(name)
        bounds = "" if interval is None else f"{interval.low:.4g} to {interval.high:.4g}"
        table.add_row(name.replace("_", " "), f"{value:.6g}", bounds)
    for name, value in report.baseline.items():
        shown = f"{value:.6g}" if isinstance(value, float) else str(value)
        table.add_row(Text(name.replace("_", " "), style="dim"), Text(shown, style="dim"))
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


def show_thresholds(rows: list[dict[str, Any]]) -> None:
    """Print operating points: what was chosen, and what it does."""
    _console().print(_threshold_table(rows))


def _threshold_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="thresholds chosen on the validation data")
    table.title_style = "dim"
    table.add_column("rule")
    for name in ("threshold", "precision", "recall", "f1", "tp", "fp", "fn", "tn"):
        table.add_column(name, justify="right")
    for row in rows:
        names = ("precision", "recall", "f1")
        rates = [_rate(row[name], row["intervals"].get(name)) for name in names]
        counts = [f"{row[name]:,}" for name in ("tp", "fp", "fn", "tn")]
        table.add_row(Text(row["rule"]), f"{row['threshold']:.6g}", *rates, *counts)
    return table


def _rate(value: float, interval: Interval | None) -> str:
    bounds = "" if interval is None else f" [{interval.low:.3f}, {interval.high:.3f}]"
    return f"{value:.4f}{bounds}"


def _precision_table(found: Mapping[str, Any]) -> Table:
    title = f"in {found['precision']}: {found['differ']:,} predictions differ"
    table = Table(box=box.SIMPLE_HEAD, title=title)
    table.title_style = "dim"
    table.add_column("metric")
    for name in ("value", "difference", "interval"):
        table.add_column(name, justify="right")
    for name, interval in found["differences"].items():
        value = found["metrics"].get(name)
        table.add_row(
            name.replace("_", " "),
            "" if value is None else f"{value:.6g}",
            f"{interval.estimate:+.6f}",
            f"{interval.low:+.6f} to {interval.high:+.6f}",
        )
    return table


def _slice_table(report: Report) -> Table:
    table = Table(box=box.SIMPLE_HEAD, title="slices")
    table.title_style = "dim"
    wanted = ("accuracy", "f1", "f1_macro", "perplexity", "cross_entropy", "token_accuracy")
    names = [name for name in wanted if name in report.slices[0]["metrics"]][:2]
    table.add_column("column")
    table.add_column("value")
    for name in ("samples", *(name.replace("_", " ") for name in names)):
        table.add_column(name, justify="right")
    for row in report.slices[:_MOST_SLICES]:
        cells = [_rate(row["metrics"][name], row["intervals"].get(name)) for name in names]
        shown = (Text(str(row["column"])), Text(str(row["value"])))
        table.add_row(*shown, f"{row['samples']:,}", *cells)
    left = len(report.slices) - _MOST_SLICES
    if left > 0:
        table.caption = f"and {left:,} more: see --json"
    return table


def show_comparison(comparison: Comparison) -> None:
    """Print two models side by side: metrics, differences, tests, slices that changed."""
    console = _console()
    console.print()
    words = Text(f"{comparison.samples:,} samples: the candidate is ")
    console.print(words.append(comparison.change, style=_STYLES[comparison.change]))
    for side, count in comparison.unmatched.items():
        if count:
            console.print(f"{count:,} samples of the {side} have no partner and are left out")
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("metric")
    for name in ("baseline", "candidate", "difference", "interval"):
        table.add_column(name, justify="right")
    for name, interval in comparison.differences.items():
        table.add_row(
            name.replace("_", " "),
            f"{comparison.baseline[name]:.4f}",
            f"{comparison.candidate[name]:.4f}",
            f"{interval.estimate:+.4f}",
            f"{interval.low:+.4f} to {interval.high:+.4f}",
        )
    console.print(table)
    for name, test in comparison.tests.items():
        console.print(f"{name}: p = {test.p_value:.3g}")
    for row in comparison.slices:
        words = Text(f"{row['column']} = {row['value']}, {row['samples']:,} samples: ")
        words.append(row["change"], style=_STYLES[row["change"]])
        console.print(words.append(f" ({row['difference']:+.4f}, p = {row['p_adjusted']:.3g})"))
