"""The options that commands share, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

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
Logit = Annotated[
    list[str] | None,
    typer.Option(help="As --score, with what a softmax makes probabilities of, or a sigmoid."),
]
Task = Annotated[
    str,
    typer.Option(
        help="'classes'; 'multilabel', where --label and --pred hold lists of labels, or --score "
        "is given once per label; or 'tags', where they hold lists of tags, and --text of tokens. "
        "Lists are Arrow's or JSON's, or text with blanks between."
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
ComparePrecision = Annotated[
    list[str] | None,
    typer.Option(help="bf16 or int8: also run the model so, and tell what changes on these data."),
]
BatchSize = Annotated[int, typer.Option(min=1, help="The most rows that run together.")]
Replicates = Annotated[int, typer.Option(min=0, help="Of the bootstrap; 0 leaves it out.")]
Rules = Annotated[
    list[str] | None,
    typer.Option("--rule", help="f1, f2, 'precision>=0.9', 'recall>=0.9' or 'cost fp=1 fn=5'."),
]
