"""Tables of any size, batch by batch: CSV, JSON lines, Parquet, Arrow."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from lstmetrics.errors import EmptyInputError, FormatError, InvalidValueError

__all__ = ["Table", "open_table"]

_ROWS = 1 << 16
_BLOCK = 1 << 22  # bytes of CSV
_SHOWN = 60  # characters of a value in an error
_READ_AHEAD = frozenset({"csv", "parquet"})  # which pyarrow reads without the interpreter


@dataclass
class Table:
    """A file of rows, read batch by batch in memory that does not grow with it.

    Parameters
    ----------
    path : pathlib.Path
        The file; its kind goes by the end of its name.
    columns : list of str
        The columns that are read.
    skip : bool
        Whether rows that cannot be used are counted and left out, rather than being an error.
    """

    path: Path
    columns: list[str]
    skip: bool = False
    skipped: Counter[str] = field(default_factory=Counter)
    rows: int | None = None  # in all, where the file says it

    @property
    def kind(self) -> str:
        """Return ``"csv"``, ``"json"``, ``"parquet"`` or ``"arrow"``."""
        return _kind(self.path)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Yield the columns; of a CSV and of JSON lines as text, or null."""
        self.skipped.clear()
        batches = _READERS[self.kind](self)
        yield from _ahead(batches) if self.kind in _READ_AHEAD else batches

    def refuse(self, row: int, column: str, problem: str, value: str | None = None) -> None:
        """Count a data row, from 0, that cannot be used; or raise an error that says where it is.

        Raises
        ------
        lstmetrics.errors.InvalidValueError
            Unless rows are skipped.
        """
        if not self.skip:
            got = "" if value is None else f", got {value}"
            raise InvalidValueError(
                f"{self.path}: {self.place(row)}, column {column!r}: {problem}{got}"
            )
        self.skipped[f"column {column!r}: {problem}"] += 1

    def nothing(self) -> EmptyInputError:
        """Return the error that says, once all was read, that there was nothing to evaluate."""
        if not self.skipped:
            return EmptyInputError(f"{self.path} has no rows: there is nothing to evaluate")
        reasons = ", ".join(f"{reason} ({count})" for reason, count in self.skipped.items())
        return EmptyInputError(
            f"{self.path} has no row that can be used: there is nothing to evaluate; skipped: "
            f"{reasons}"
        )

    def place(self, row: int) -> str:
        """Return in words where a data row, counted from 0, is."""
        if self.kind == "csv":
            return f"line {_csv_line(self.path, row)}"
        if self.kind == "json":
            return f"line {_json_line(self.path, row)}"
        return f"row {row + 1}"


def _ahead(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield batches, the next of which a thread reads meanwhile."""
    with closing(batches), ThreadPoolExecutor(max_workers=1) as reader:  # type: ignore[type-var]
        following = reader.submit(next, batches, None)
        while (batch := following.result()) is not None:
            following = reader.submit(next, batches, None)
            yield batch


def open_table(path: Path, columns: Sequence[str], *, skip: bool = False) -> Table:
    """Return a table, once its columns are known to be there.

    Raises
    ------
    lstmetrics.errors.EmptyInputError
        The file is empty.
    lstmetrics.errors.FormatError
        It is of no kind that is known, or not what its name says.
    lstmetrics.errors.InvalidValueError
        A column is missing, or there are two of its name.
    """
    table = Table(path, list(dict.fromkeys(columns)), skip)
    found = _column_names(path)
    for name in table.columns:
        if found.count(name) != 1:
            raise InvalidValueError(
                f"{path}: there is no single column {name!r}; columns are {', '.join(found)}"
            )
    if _kind(path) == "parquet":
        table.rows = pyarrow.parquet.ParquetFile(path).metadata.num_rows
    return table


def _kind(path: Path) -> str:
    kinds = {
        ".csv": "csv",
        ".tsv": "csv",
        ".jsonl": "json",
        ".ndjson": "json",
        ".parquet": "parquet",
        ".arrow": "arrow",
        ".feather": "arrow",
    }
    kind = kinds.get(path.suffix.lower())
    if kind is None:
        raise FormatError(f"{path}: the name must end in one of {', '.join(kinds)}")
    return kind


def _column_names(path: Path) -> list[str]:
    kind = _kind(path)
    if not path.stat().st_size:
        raise EmptyInputError(f"{path} is empty")
    try:
        if kind == "csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                header = next(
                    (row for row in csv.reader(file, delimiter=_delimiter(path)) if row), None
                )
            if header is None:
                raise EmptyInputError(f"{path} is empty")
            return header
        if kind == "json":
            return _json_names(path)
        schema = pyarrow.parquet.read_schema(path) if kind == "parquet" else _arrow_schema(path)
    except (pa.ArrowInvalid, UnicodeDecodeError, csv.Error) as error:
        raise FormatError(f"{path}: {error}") from None
    return list(schema.names)


def _arrow_schema(path: Path) -> Any:
    with pa.memory_map(str(path)) as source:
        return _arrow_reader(source).schema


def _arrow_reader(source: Any) -> Any:
    """Open what is either a file of Arrow batches or a stream of them."""
    try:
        return pa.ipc.open_file(source)
    except pa.ArrowInvalid:
        source.seek(0)
        return pa.ipc.open_stream(source)


# ---- CSV ----------------------------------------------------------------------------------------


def _delimiter(path: Path) -> str:
    return "\t" if path.suffix.lower() == ".tsv" else ","


def _csv_batches(table: Table) -> Iterator[pa.RecordBatch]:
    refused: list[Any] = []

    def keep(row: Any) -> str:
        refused.append(row)
        return "skip" if table.skip else "error"

    try:
        reader = pyarrow.csv.open_csv(
            table.path,
            # One thread, so that rows have numbers; this reader gains nothing by more (measured).
            read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_BLOCK),
            parse_options=pyarrow.csv.ParseOptions(
                delimiter=_delimiter(table.path),
                newlines_in_values=True,
                invalid_row_handler=keep,
            ),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(table.columns, pa.string()),
                include_columns=table.columns,
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                null_values=[""],
            ),
        )
        for batch in reader:
            if batch.num_rows:
                yield batch
    except pa.ArrowInvalid as error:
        if refused and not table.skip:
            raise FormatError(_malformed(table.path, refused[-1])) from None
        raise FormatError(f"{table.path}: {error}") from None
    for row in refused:
        expected, found = row.expected_columns, row.actual_columns
        table.skipped[f"expected {expected} cells, got {found}"] += 1


def _malformed(path: Path, row: Any) -> str:
    line = next(
        (line for number, (line, _) in enumerate(_csv_records(path), 1) if number == row.number),
        row.number,
    )
    return (
        f"{path}: line {line}: expected {row.expected_columns} cells, got {row.actual_columns}: "
        f"{row.text[:_SHOWN]!r}"
    )


def _csv_records(path: Path) -> Iterator[tuple[int, int]]:
    """Yield the first line and the number of cells of each record, the header among them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, delimiter=_delimiter(path))
        begin = 1
        for cells in reader:
            if cells:
                yield begin, len(cells)
            begin = reader.line_num + 1


def _csv_line(path: Path, row: int) -> int:
    """Return the line that a data row begins in: only looked up for errors."""
    records = _csv_records(path)
    _, width = next(records)
    good = (line for line, cells in records if cells == width)
    return next((line for number, line in enumerate(good) if number == row), row + 2)


# ---- JSON lines ---------------------------------------------------------------------------------


def _json_names(path: Path) -> list[str]:
    for line, text in _json_lines(path):
        return list(_json_row(path, line, text))
    raise EmptyInputError(f"{path} is empty")


def _json_lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open(encoding="utf-8-sig") as file:
        for line, text in enumerate(file, 1):
            if text.strip():
                yield line, text.rstrip("\n")


def _json_row(path: Path, line: int, text: str) -> dict[str, Any]:
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise FormatError(f"{path}: line {line}, column {error.colno}: {error.msg}") from None
    if not isinstance(row, dict):
        raise FormatError(f"{path}: line {line}: expected an object, got {text.strip()[:_SHOWN]!r}")
    return row


def _json_batches(table: Table) -> Iterator[pa.RecordBatch]:
    rows: list[dict[str, Any]] = []
    for line, text in _json_lines(table.path):
        try:
            rows.append(_json_row(table.path, line, text))
        except FormatError:
            if not table.skip:
                raise
            table.skipped["not a JSON object"] += 1
        if len(rows) == _ROWS:
            yield _json_batch(rows, table.columns)
            rows = []
    if rows:
        yield _json_batch(rows, table.columns)


def _json_batch(rows: list[dict[str, Any]], columns: list[str]) -> pa.RecordBatch:
    arrays = [pa.array([_cell(row.get(name)) for row in rows], pa.string()) for name in columns]
    return pa.record_batch(arrays, names=columns)


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    return json.dumps(value)


def _json_line(path: Path, row: int) -> int:
    good = 0
    for line, text in _json_lines(path):
        try:
            _json_row(path, line, text)
        except FormatError:
            continue
        if good == row:
            return line
        good += 1
    return row + 1


# ---- Parquet and Arrow --------------------------------------------------------------------------


def _parquet_batches(table: Table) -> Iterator[pa.RecordBatch]:
    try:
        with pyarrow.parquet.ParquetFile(table.path) as file:
            yield from file.iter_batches(_ROWS, columns=table.columns)
    except pa.ArrowInvalid as error:
        raise FormatError(f"{table.path}: {error}") from None


def _arrow_batches(table: Table) -> Iterator[pa.RecordBatch]:
    with pa.memory_map(str(table.path)) as source:
        reader = _arrow_reader(source)
        if hasattr(reader, "num_record_batches"):
            batches = (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            batches = iter(reader)
        for batch in batches:
            chosen = batch.select(table.columns)
            for first in range(0, chosen.num_rows, _ROWS):
                yield chosen.slice(first, _ROWS)


_READERS = {
    "csv": _csv_batches,
    "json": _json_batches,
    "parquet": _parquet_batches,
    "arrow": _arrow_batches,
}
