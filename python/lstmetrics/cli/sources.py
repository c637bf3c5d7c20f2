"""From files to the arguments of the library."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from lstmetrics.errors import FormatError, InvalidValueError
from lstmetrics.evaluation import Report, evaluate, evaluate_predictions
from lstmetrics.models import load_model

__all__ = ["evaluate_model", "evaluate_table", "read_csv"]


def evaluate_model(
    model: Path,
    data: Path | None,
    text: str | None,
    ids: str | None,
    label: str | None,
    *,
    skip_missing: bool,
    batch_size: int,
) -> tuple[Report, int]:
    """Evaluate a model file on a CSV; return the report and how many rows were left out."""
    if data is None:
        raise InvalidValueError("--model needs --data, the CSV to evaluate it on")
    if (text is None) == (ids is None):
        raise InvalidValueError("say which column to read: either --text or --ids")
    source = text if text is not None else str(ids)
    loaded = load_model(model)
    if label is None and not loaded.is_language_model:
        raise InvalidValueError("a classifier needs --label, the column with the true labels")
    columns = [source] + ([label] if label is not None else [])
    table, skipped = read_csv(data, columns, as_text={source}, skip_missing=skip_missing)
    values = table.column(source).to_pylist()
    inputs = values if text is not None else [_ids(value, i) for i, value in enumerate(values)]
    targets = None if label is None else _labels(table.column(label), label)
    return evaluate(loaded, inputs, targets, batch_size=batch_size), skipped


def evaluate_table(
    predictions: Path | None,
    label: str | None,
    pred: str | None,
    score: list[str],
    *,
    skip_missing: bool,
) -> tuple[Report, int]:
    """Evaluate a CSV of predictions; return the report and how many rows were left out."""
    if predictions is None or label is None:
        raise InvalidValueError("--predictions needs --label, the column with the true labels")
    if (pred is None) == (not score):
        raise InvalidValueError("say what was predicted: either --pred or --score")
    columns = [label, *([pred] if pred is not None else score)]
    table, skipped = read_csv(predictions, columns, as_text=set(), skip_missing=skip_missing)
    truth = _labels(table.column(label), label)
    if pred is not None:
        return evaluate_predictions(truth, y_pred=_labels(table.column(pred), pred)), skipped
    scores = [_scores(table.column(name), name) for name in score]
    matrix = scores[0] if len(scores) == 1 else np.column_stack(scores)
    return evaluate_predictions(truth, scores=matrix), skipped


def read_csv(
    path: Path, columns: list[str], *, as_text: set[str], skip_missing: bool
) -> tuple[pa.Table, int]:
    """Read columns of a CSV; cells that are empty are an error, or left out and counted.

    Raises
    ------
    lstmetrics.errors.FormatError
        The file is not a CSV; the message has the row.
    lstmetrics.errors.InvalidValueError
        A column is missing, or a cell is empty.
    """
    convert = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(as_text, pa.string()),
        strings_can_be_null=False,
        null_values=["", "NA", "N/A", "NaN", "nan", "null"],
    )
    parse = pyarrow.csv.ParseOptions(newlines_in_values=True)
    try:
        table = pyarrow.csv.read_csv(path, parse_options=parse, convert_options=convert)
    except pa.ArrowInvalid as error:
        raise FormatError(f"{path}: {error}") from None
    for name in columns:
        if table.column_names.count(name) != 1:
            raise InvalidValueError(
                f"{path}: there is no single column {name!r}; columns are "
                f"{', '.join(table.column_names)}"
            )
    table = table.select(list(dict.fromkeys(columns)))
    complete = table.drop_null()
    missing = table.num_rows - complete.num_rows
    if missing and not skip_missing:
        name, row = _first_missing(table)
        raise InvalidValueError(
            f"{path}: column {name!r} is empty in data row {row + 1} ({missing} rows have an empty "
            "cell); mend the file or pass --skip-missing"
        )
    return complete, missing


def _first_missing(table: pa.Table) -> tuple[str, int]:
    places = [
        (pc.index(table.column(name).is_null(), value=True).as_py(), name)
        for name in table.column_names
    ]
    row, name = min(place for place in places if place[0] >= 0)
    return name, row


def _labels(column: pa.ChunkedArray, name: str) -> Any:
    if pa.types.is_integer(column.type) or pa.types.is_boolean(column.type):
        return column.to_numpy()
    if pa.types.is_string(column.type):
        return np.asarray(column.to_pylist(), dtype=np.str_)
    if pa.types.is_floating(column.type):
        values = column.to_numpy()
        if (values == np.rint(values)).all():
            return values.astype(np.int64)
    raise InvalidValueError(
        f"column {name!r} must hold labels (text or whole numbers), got {column.type}"
    )


def _scores(column: pa.ChunkedArray, name: str) -> Any:
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        raise InvalidValueError(f"column {name!r} must hold probabilities, got {column.type}")
    return column.to_numpy().astype(np.float64)


def _ids(cell: str, row: int) -> list[int]:
    try:
        return [int(token) for token in cell.split()]
    except ValueError:
        raise InvalidValueError(
            f"data row {row + 1}: ids must be integers separated by blanks, got {cell[:60]!r}"
        ) from None
