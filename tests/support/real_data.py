"""Where real models and texts lie: ``LSTMETRICS_DATA``, or ``shared/data`` beside this clone."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
ROOT = Path(os.environ.get("LSTMETRICS_DATA", BESIDE))


def find(folder: str) -> Path:
    """A folder of the real data; the test is skipped where there is none."""
    path = ROOT / folder
    if not path.exists():
        pytest.skip(f"no real data at {path}: set LSTMETRICS_DATA to where it is")
    return path


def read_csv(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV file by the names of its columns."""
    with path.open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
