"""The commands: each reads, calls the library once, and prints a table or JSON.

Exit codes: 0 done, 1 a file cannot be read, 2 wrong arguments or data, 3 a gate was not passed
(``--fail-under``, ``--fail-unless-ready``, or a comparison whose candidate is worse), 4 a file that
``inspect`` finds cannot run.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Annotated, Any

import typer

from lstmetrics.cli import display
from lstmetrics.cli.gates import GateError, check_gates, read_bounds
from lstmetrics.errors import InvalidValueError, LstmetricsError

__all__ = ["app"]

app = typer.Typer(
    name="lstmetrics",
    help="Measure and run LSTM text models on CPUs: the same numbers, to the last bit, anywhere."
    "\n\n"
    "Exit codes: 0 done, 1 a file cannot be read, 2 wrong arguments or data, 3 a gate not passed, "
    "4 a file that inspect finds cannot run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Html = Annotated[
    Path | None, typer.Option(help="Also write the report to this file, as a page of its own.")
]
Label = Annotated[str | None, typer.Option(help="Column with the true labels.")]
Pred = Annotated[str | None, typer.Option(help="Column with the predicted labels.")]
Score = Annotated[
    list[str] | None,
    typer.Option(
        help="Column with the probability of the positive one of two classes; or, given once per "
        "class, of each class in the order of --labels, which is sorted by default."
    ),
]
By = Annotated[list[str] | None, typer.Option(help="Column by whose values to give metrics again.")]
Labels = Annotated[
    str | None, typer.Option(help="All classes, separated by commas; any other is an error.")
]
PosLabel = Annotated[
    str | None, typer.Option(help="The positive one of two classes; the second by default.")
]
Text = Annotated[str | None, typer.Option(help="Column with the texts.")]
Ids = Annotated[str | None, typer.Option(help="Column with token ids, separated by blanks.")]
Name = Annotated[str | None, typer.Option("--id", help="Column with the names of the samples.")]
OnError = Annotated[
    str, typer.Option(help="Rows that cannot be used: 'fail' at the first, or 'skip' and count.")
]
FailUnder = Annotated[
    list[str] | None,
    typer.Option(help="Such as f1=0.8: exit with 3 below it; of losses, above it."),
]
Goal = Annotated[
    list[str] | None,
    typer.Option(help="Such as recall=0.9: what the verdict asks for, instead of the defaults."),
]
Model = Annotated[Path | None, typer.Option(help="A native .safetensors model; needs --data.")]
BatchSize = Annotated[int, typer.Option(min=1, help="The most rows that run together.")]
Replicates = Annotated[int, typer.Option(min=0, help="Of the bootstrap; 0 leaves it out.")]
Rules = Annotated[
    list[str] | None,
    typer.Option("--rule", help="f1, f2, 'precision>=0.9', 'recall>=0.9' or 'cost fp=1 fn=5'."),
]


def _with_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the library's errors into one line and an exit code."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except GateError as failed:
            print(f"failed: {failed}", file=sys.stderr)
            raise typer.Exit(3) from None
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
        display.show_info(facts)


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
        display.show_report(report)


@app.command()
@_with_errors
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
@_with_errors
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
@_with_errors
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
@_with_errors
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


@app.command()
@_with_errors
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
) -> None:
    """Write a model of any supported format as a native file, which needs numpy alone."""
    from lstmetrics.models import convert_model

    model = convert_model(source, output, hard_sigmoid=hard_sigmoid, self_test=self_test)
    print(f"{output}: {model.count_params():,} weights, {output.stat().st_size:,} bytes")


@app.command()
@_with_errors
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
