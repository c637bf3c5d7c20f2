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
    ComparePrecision,
    FailUnder,
    Goal,
    Html,
    Ids,
    Json,
    Label,
    Labels,
    Logit,
    Model,
    Name,
    OnError,
    PosLabel,
    Pred,
    Replicates,
    Rules,
    Score,
    Task,
    Text,
)
from lstmetrics.errors import InvalidValueError
from lstmetrics.evaluation import Report
from lstmetrics.evaluation.plain import finite, plain

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
    logit: Logit = None,
    task: Task = "classes",
    by: By = None,
    name: Name = None,
    labels: Labels = None,
    pos_label: PosLabel = None,
    train: Annotated[
        Path | None, typer.Option(help="The training data: finds overfitting and leakage.")
    ] = None,
    validation: Annotated[
        Path | None,
        typer.Option(help="Validation data, alike: a temperature and thresholds by it."),
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
    compare_precision: ComparePrecision = None,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Evaluate a model on texts or ids, or a file of predictions: CSV, JSONL, Parquet, Arrow."""
    from lstmetrics.cli.from_models import evaluate_model
    from lstmetrics.cli.from_predictions import evaluate_table
    from lstmetrics.cli.source import Source

    path = _evaluated(model, data, predictions, compare_precision, html)
    source = Source(
        path,
        label=label,
        pred=pred,
        scores=score or (),
        logits=logit or (),
        text=text,
        ids=ids,
        name=name,
        by=by or (),
        labels=_named(labels),
        skip=_skips(on_error),
        task=task,
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
                model,
                source,
                progress,
                train=train,
                validation=validation,
                batch_size=batch_size,
                compare_precision=compare_precision,
                **options,
            )
        else:
            report = evaluate_table(
                source,
                progress,
                validation=validation,
                tell_skipped=display.tell_skipped,
                **options,
            )
    _finish(report, html, as_json, bounds, fail_unless_ready)


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
    from lstmetrics.cli.operating import operating_points
    from lstmetrics.cli.source import Source

    source = Source(
        validation, label=label, scores=[score], labels=_named(labels), skip=_skips(on_error)
    )
    rows, skipped = operating_points(
        source,
        validation if test is None else test,
        rule or ["f1", "precision>=0.9", "recall>=0.9"],
        pos_label,
        replicates,
    )
    for path, facts in skipped.items():
        display.tell_skipped(path, facts)
    if as_json:
        print(json.dumps(finite(plain(rows)), indent=2))
        return
    display.show_thresholds(rows)
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
    from lstmetrics.cli.kept import predictions_of
    from lstmetrics.cli.source import Source
    from lstmetrics.evaluation import compare as compare_predictions

    if (pred is None) == (not score):
        raise InvalidValueError("say what was predicted: either --pred or --score")
    sides = [
        Source(
            path,
            label=label,
            pred=pred,
            scores=score or (),
            name=name,
            by=groups,
            labels=_named(labels),
            skip=_skips(on_error),
        )
        for path, groups in ((baseline, by or ()), (candidate, ()))
    ]
    classes = sorted({one for side in sides for one in side.find_labels()}, key=_order)
    if labels is not None:
        classes = sides[0].find_labels()
    read = [predictions_of(side, classes) for side in sides]
    for side, (_, skipped) in zip(sides, read, strict=True):
        display.tell_skipped(side.path, skipped)
    found = compare_predictions(
        *(predictions for predictions, _ in read),
        labels=range(len(classes)),
        replicates=replicates,
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
    model: Annotated[Path | None, typer.Option(help="A language model; needs --data.")] = None,
    data: Annotated[
        Path | None, typer.Option(help="Texts or ids; a .txt file is one text.")
    ] = None,
    text: Text = None,
    ids: Ids = None,
    predictions: Annotated[
        Path | None, typer.Option(help="What a model said of each token, instead of a model.")
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(help="Column with the losses of tokens in nats: a list, or one a row."),
    ] = None,
    log_prob: Annotated[
        str | None, typer.Option(help="Instead, column with the logarithms of probabilities.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(help="Column with the tokens themselves, as many as losses.")
    ] = None,
    vocabulary_size: Annotated[
        int | None, typer.Option(min=1, help="How many tokens the model chooses from.")
    ] = None,
    by: By = None,
    name: Name = None,
    train: Annotated[
        Path | None, typer.Option(help="The training text: overfitting, the unigram baseline.")
    ] = None,
    goal: Goal = None,
    on_error: OnError = "fail",
    fail_under: FailUnder = None,
    batch_size: BatchSize = 32,
    compare_precision: ComparePrecision = None,
    html: Html = None,
    as_json: Json = False,
) -> None:
    """Evaluate a language model, or what one said of each token: perplexity beside baselines."""
    from lstmetrics.cli.from_models import evaluate_model, evaluate_text
    from lstmetrics.cli.from_predictions import evaluate_token_table
    from lstmetrics.cli.source import Source

    path = _evaluated(model, data, predictions, compare_precision, html)
    source = Source(
        path,
        text=text,
        ids=ids,
        name=name,
        by=by or (),
        skip=_skips(on_error),
        loss=loss,
        log_prob=log_prob,
        token=token,
    )
    options: dict[str, Any] = {"goals": read_bounds(goal, "--goal") or None}
    if model is not None:
        options |= {"batch_size": batch_size, "compare_precision": compare_precision}
    bounds = read_bounds(fail_under, "--fail-under")
    with display.progress() as progress:
        if model is None:
            report = evaluate_token_table(source, progress, vocabulary_size, **options)
        elif path.suffix == ".txt":
            report = evaluate_text(model, path, train=train, **options)
        else:
            report = evaluate_model(model, source, progress, train=train, **options)
    _finish(report, html, as_json, bounds)


def _evaluated(
    model: Path | None,
    data: Path | None,
    predictions: Path | None,
    compare_precision: list[str] | None,
    page: Path | None,
) -> Path:
    """Return the file that is evaluated, once the arguments go together."""
    if page is not None and page.suffix.lower() != ".html":
        raise InvalidValueError(f"--html must name a file that ends in .html, got {str(page)!r}")
    if (model is None) == (predictions is None):
        raise InvalidValueError("give either --model with --data, or --predictions")
    if model is None and compare_precision:
        raise InvalidValueError("--compare-precision needs --model, which is run in each")
    path = predictions if predictions is not None else data
    if path is None:
        raise InvalidValueError("--model needs --data, the file to evaluate it on")
    return path


def _finish(
    report: Report,
    page: Path | None,
    as_json: bool,
    bounds: dict[str, float],
    unless_ready: bool = False,
) -> None:
    """Write and print a report, and hold it against the gates."""
    if page is not None:
        report.save(page)
    _print(report, as_json, display.show_report)
    check_gates(report, bounds, unless_ready)


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


def _named(labels: str | None) -> list[str] | None:
    return None if labels is None else labels.split(",")
