"""The commands that evaluate: each reads, calls the library once, and prints a table or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from lstmetrics.cli import display
from lstmetrics.cli.app import app, with_errors
from lstmetrics.cli.gates import GateError, check_gates, read_bounds
from lstmetrics.cli.options import (
    BatchSize,
    By,
    FailUnder,
    Goal,
    Html,
    Ids,
    Json,
    Label,
    Labels,
    Model,
    Name,
    OnError,
    PosLabel,
    Pred,
    Replicates,
    Rules,
    Score,
    Text,
)
from lstmetrics.errors import InvalidValueError

__all__ = ["compare", "evaluate", "perplexity", "thresholds"]


@app.command()
@with_errors
def evaluate(
    model: Model = None,
    data: Annotated[Path | None, typer.Option(help="Texts or ids with their true labels.")] = None,
    text: Text = None,
    ids: Ids = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Predictions made elsewhere, instead of a model.")
    ] = None,
    label: Label = None,
    pred: Pred = None,
    score: Score = None,
    by: By = None,
    name: Name = None,
    labels: Labels = None,
    pos_label: PosLabel = None,
    train: Annotated[
        Path | None, typer.Option(help="The training data: finds overfitting and leakage.")
    ] = None,
    validation: Annotated[
        Path | None,
        typer.Option(help="Predictions on validation data: a temperature and thresholds."),
    ] = None,
    rule: Rules = None,
    goal: Goal = None,
    near_duplicates: Annotated[
        bool, typer.Option("--near-duplicates", help="Also find texts nearly the same.")
    ] = False,
    replicates: Replicates = 1000,
    on_error: OnError = "fail",
    fail_under: FailUnder = None,
    fail_unless_ready: Annotated[
        bool, typer.Option("--fail-unless-ready", help="Exit with 3 unless the verdict is ready.")
    ] = False,
    batch_size: BatchSize = 32,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Evaluate a model on texts or ids, or a file of predictions: CSV, JSONL, Parquet, Arrow."""
    from lstmetrics.cli.sources import Source, evaluate_model, evaluate_table, scored

    _check_page(html)
    if (model is None) == (predictions is None):
        raise InvalidValueError("give either --model with --data, or --predictions")
    path = predictions if predictions is not None else data
    if path is None:
        raise InvalidValueError("--model needs --data, the file to evaluate it on")
    source = Source(
        path,
        label,
        pred,
        score or (),
        text,
        ids,
        name,
        by or (),
        None if labels is None else labels.split(","),
        _skips(on_error),
    )
    options: dict[str, Any] = {
        "goals": read_bounds(goal, "--goal") or None,
        "replicates": replicates,
        "near_duplicates": near_duplicates,
        "thresholds": rule or ["f1"],
        "pos_label": pos_label,
    }
    bounds = read_bounds(fail_under, "--fail-under")
    with display.progress() as progress:
        if model is not None:
            report = evaluate_model(
                model, source, progress, train=train, batch_size=batch_size, **options
            )
        else:
            if validation is not None:
                parts = {**vars(source), "path": validation, "by": (), "text": None, "name": None}
                _, *split, skipped = scored(Source(**parts))
                display.tell_skipped(validation, skipped)
                options["validation"] = tuple(split)
            report = evaluate_table(source, progress, **options)
    if html is not None:
        report.save(html)
    _print(report, as_json, display.show_report)
    check_gates(report, bounds, fail_unless_ready)


@app.command()
@with_errors
def thresholds(
    validation: Annotated[Path, typer.Option(help="Predictions by which thresholds are chosen.")],
    label: Annotated[str, typer.Option(help="Column with the true labels.")],
    score: Annotated[str, typer.Option(help="Column with the positive class's probability.")],
    test: Annotated[
        Path | None, typer.Option(help="Predictions on which they are measured; else the same.")
    ] = None,
    rule: Rules = None,
    labels: Labels = None,
    pos_label: PosLabel = None,
    replicates: Replicates = 1000,
    on_error: OnError = "fail",
    as_json: Json = False,
) -> None:
    """Choose thresholds of two classes on one file, and measure them on another."""
    from lstmetrics.cli.sources import Source, evaluate_table, scored

    named = None if labels is None else labels.split(",")
    chosen = Source(validation, label, scores=[score], labels=named, skip=_skips(on_error))
    classes, *split, skipped = scored(chosen)
    display.tell_skipped(validation, skipped)
    if len(classes) != 2:
        raise InvalidValueError(f"thresholds are of two classes, {validation} has {len(classes)}")
    source = Source(
        test or validation,
        label,
        scores=[score],
        labels=[str(one) for one in classes],
        skip=_skips(on_error),
    )
    report = evaluate_table(
        source,
        None,
        validation=tuple(split),
        thresholds=rule or ["f1", "precision>=0.9", "recall>=0.9"],
        pos_label=pos_label,
        replicates=replicates,
    )
    if test is not None:
        display.tell_skipped(test, report.data)
    if as_json:
        print(json.dumps(json.loads(report.to_json())["thresholds"], indent=2))
        return
    display.show_thresholds(report)
    if test is None:
        print("chosen and measured on the same rows: pass --test for numbers that can be trusted")


@app.command()
@with_errors
def compare(
    baseline: Annotated[Path, typer.Argument(help="Predictions of the model in use.")],
    candidate: Annotated[Path, typer.Argument(help="Predictions of the one to replace it.")],
    label: Annotated[str, typer.Option(help="Column with the true labels.")],
    pred: Pred = None,
    score: Score = None,
    name: Name = None,
    by: By = None,
    labels: Labels = None,
    metric: Annotated[str, typer.Option(help="The metric of the gate.")] = "accuracy",
    tolerance: Annotated[float, typer.Option(help="How much worse it may be.")] = 0.0,
    replicates: Replicates = 1000,
    on_error: OnError = "fail",
    as_json: Json = False,
) -> None:
    """Compare two files of predictions, matched by --id; exit with 3 if the second is worse."""
    from lstmetrics.cli.sources import Source, predictions_of
    from lstmetrics.evaluation import compare as compare_predictions

    if (pred is None) == (not score):
        raise InvalidValueError("say what was predicted: either --pred or --score")
    named = None if labels is None else labels.split(",")
    sides = [
        Source(path, label, pred, score or (), None, None, name, groups, named, _skips(on_error))
        for path, groups in ((baseline, by or ()), (candidate, ()))
    ]
    classes = sorted({one for side in sides for one in side.find_labels()}, key=_order)
    if named is not None:
        classes = sides[0].find_labels()
    read = [predictions_of(side, classes) for side in sides]
    for side, (_, skipped) in zip(sides, read, strict=True):
        display.tell_skipped(side.path, skipped)
    found = compare_predictions(
        *(predictions for predictions, _ in read), labels=classes, replicates=replicates
    )
    _print(found, as_json, display.show_comparison)
    if found.worse(metric, tolerance):
        change = found.differences[metric]
        raise GateError(
            f"{metric} changes by {change.estimate:+.4f} [{change.low:+.4f}, {change.high:+.4f}]"
        )


@app.command()
@with_errors
def perplexity(
    model: Annotated[Path, typer.Option(help="A native .safetensors language model.")],
    data: Annotated[Path, typer.Option(help="Texts or ids; a .txt file is one text.")],
    text: Text = None,
    ids: Ids = None,
    train: Annotated[
        Path | None, typer.Option(help="The training text: overfitting, the unigram baseline.")
    ] = None,
    goal: Goal = None,
    on_error: OnError = "fail",
    fail_under: FailUnder = None,
    batch_size: BatchSize = 32,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Evaluate a language model: perplexity beside its baselines."""
    from lstmetrics.cli.sources import Source, evaluate_model, evaluate_text

    _check_page(html)
    options: dict[str, Any] = {"goals": read_bounds(goal, "--goal") or None}
    options |= {"train": train, "batch_size": batch_size}
    bounds = read_bounds(fail_under, "--fail-under")
    with display.progress() as progress:
        if data.suffix == ".txt":
            report = evaluate_text(model, data, **options)
        else:
            source = Source(data, text=text, ids=ids, skip=_skips(on_error))
            report = evaluate_model(model, source, progress, **options)
    if html is not None:
        report.save(html)
    _print(report, as_json, display.show_report)
    check_gates(report, bounds, unless_ready=False)


def _check_page(path: Path | None) -> None:
    if path is not None and path.suffix.lower() != ".html":
        raise InvalidValueError(f"--html must name a file that ends in .html, got {str(path)!r}")


def _print(found: Any, as_json: bool, show: Callable[[Any], None]) -> None:
    if as_json:
        print(found.to_json())
    else:
        show(found)


def _skips(on_error: str) -> bool:
    if on_error not in ("fail", "skip"):
        raise InvalidValueError(f"--on-error must be 'fail' or 'skip', got {on_error!r}")
    return on_error == "skip"


def _order(label: Any) -> tuple[bool, Any]:
    return isinstance(label, str), label
