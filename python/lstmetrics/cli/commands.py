"""The commands about files and this machine; importing this module joins all commands.

Each reads, calls the library once, and prints a table or JSON.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lstmetrics.cli import display, evaluating
from lstmetrics.cli.app import app, with_errors
from lstmetrics.cli.options import Json

__all__ = ["app", "evaluating"]


@app.command()
@with_errors
def info(as_json: Json = False) -> None:
    """Tell versions, instruction sets and threads."""
    from lstmetrics.runtime import info as runtime_info

    facts = runtime_info()
    if as_json:
        print(json.dumps(facts, indent=2))
    else:
        display.show_info(facts)


@app.command()
@with_errors
def demo(as_json: Json = False) -> None:
    """Evaluate the two models that come with lstmetrics on held-out text."""
    import lstmetrics.demo

    reports = lstmetrics.demo.run()
    if as_json:
        print(json.dumps({n: json.loads(r.to_json()) for n, r in reports.items()}, indent=2))
        return
    for report in reports.values():
        display.show_report(report)


@app.command()
@with_errors
def convert(
    source: Annotated[Path, typer.Argument(help="A model: .keras, .h5, .onnx or .safetensors.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Ends in .safetensors.")],
    hard_sigmoid: Annotated[
        str | None,
        typer.Option(help="What Keras's files mean by it: hard_sigmoid or hard_sigmoid_02."),
    ] = None,
    self_test: Annotated[
        bool, typer.Option(help="Write digests of outputs, which each loading checks.")
    ] = True,
    precision: Annotated[
        str | None,
        typer.Option(help="How weights are held: float32, bf16 or int8; as in the source."),
    ] = None,
) -> None:
    """Write a model of any supported format as a native file, which needs numpy alone."""
    from lstmetrics.models import convert_model
    from lstmetrics.models.precision import as_precision

    model = convert_model(
        source,
        output,
        hard_sigmoid=hard_sigmoid,
        self_test=self_test,
        precision=None if precision is None else as_precision(precision),
    )
    print(f"{output}: {model.count_params():,} weights, {output.stat().st_size:,} bytes")


@app.command()
@with_errors
def inspect(
    path: Annotated[Path, typer.Argument(help="A model, or the bytes of a streaming state.")],
    as_json: Json = False,
) -> None:
    """Explain a file, and all that keeps it from running; exit with 4 where something does."""
    from lstmetrics.inspection import inspect_file

    found = inspect_file(path)
    print(found.to_json() if as_json else found)
    if not found.can_run:
        raise typer.Exit(4)
