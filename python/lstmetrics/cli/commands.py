"""The commands: each reads, calls the library once, and prints a table or JSON.

Exit codes: 0 done, 1 a file cannot be read, 2 wrong arguments or data.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from lstmetrics.cli.display import show_info, show_report
from lstmetrics.errors import InvalidValueError, LstmetricsError

__all__ = ["app"]

app = typer.Typer(
    name="lstmetrics",
    help="Measure and run LSTM text models on CPUs: the same numbers, to the last bit, anywhere.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def _with_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the library's errors into one line and an exit code."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except LstmetricsError as error:
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        except OSError as error:
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(1) from None

    return wrapped


@app.command()
@_with_errors
def info(as_json: Json = False) -> None:
    """Tell versions, instruction sets and threads."""
    from lstmetrics.runtime import info as runtime_info

    facts = runtime_info()
    if as_json:
        print(json.dumps(facts, indent=2))
    else:
        show_info(facts)


@app.command()
@_with_errors
def demo(as_json: Json = False) -> None:
    """Evaluate the two models that come with lstmetrics on held-out text."""
    import lstmetrics.demo

    reports = lstmetrics.demo.run()
    if as_json:
        print(json.dumps({n: json.loads(r.to_json()) for n, r in reports.items()}, indent=2))
        return
    for report in reports.values():
        show_report(report)


@app.command()
@_with_errors
def evaluate(
    model: Annotated[
        Path | None, typer.Option(help="A native .safetensors model; needs --data.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="CSV of texts or ids, with the true labels.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="Column of --data with the texts.")] = None,
    ids: Annotated[
        str | None, typer.Option(help="Column of --data with token ids, separated by blanks.")
    ] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="CSV of predictions made elsewhere, instead of a model.")
    ] = None,
    label: Annotated[
        str | None,
        typer.Option(help="Column with the true labels; a language model needs none."),
    ] = None,
    pred: Annotated[
        str | None, typer.Option(help="Column of --predictions with the predicted labels.")
    ] = None,
    score: Annotated[
        list[str] | None,
        typer.Option(
            help="Column of --predictions with the probability of the second of two classes; or, "
            "given once per class, of each class in sorted order."
        ),
    ] = None,
    skip_missing: Annotated[
        bool,
        typer.Option("--skip-missing", help="Leave out rows with an empty cell, and count them."),
    ] = False,
    batch_size: Annotated[int, typer.Option(min=1, help="The most rows that run together.")] = 32,
    as_json: Json = False,
) -> None:
    """Evaluate a model on a CSV of texts or ids, or a CSV of predictions."""
    from lstmetrics.cli.sources import evaluate_model, evaluate_table

    if (model is None) == (predictions is None):
        raise InvalidValueError("give either --model with --data, or --predictions")
    if model is not None:
        report, skipped = evaluate_model(
            model, data, text, ids, label, skip_missing=skip_missing, batch_size=batch_size
        )
    else:
        report, skipped = evaluate_table(
            predictions, label, pred, score or [], skip_missing=skip_missing
        )
    if as_json:
        print(json.dumps(json.loads(report.to_json()) | {"rows_skipped": skipped}, indent=2))
        return
    show_report(report)
    if skipped:
        print(f"rows left out for an empty cell: {skipped:,}")
