"""The benchmarks run, on whatever peers are installed, and all candidates compute the same."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from lstmetrics import metrics

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any]]:
    """Run every workload once, at a hundredth of its size; return what is printed and recorded."""
    record = tmp_path_factory.mktemp("bench") / "record.json"
    table = record.with_suffix(".md")
    options = ["--quick", "--rounds", "1", "--threads", "1", "--json", record, "--markdown", table]
    command = [sys.executable, "-m", "bench", *map(str, options)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert table.read_text() == done.stdout
    return done.stdout, json.loads(record.read_text())


def test_every_workload_is_timed_or_says_why_not(ran: tuple[str, dict[str, Any]]) -> None:
    printed, record = ran
    (run,) = record["runs"]
    assert run["threads"] == 1
    assert len(run["workloads"]) > 10
    for row in run["workloads"]:
        assert row["name"] in printed
        there = row["function"] is None or hasattr(metrics, row["function"])
        assert ("lstmetrics" in row["times"]) == there
        assert ("note" in row) == (not there)
        for times in row["times"].values():
            assert 0 < times["least"] <= times["median"]


def test_least_times_stand_beside_medians(ran: tuple[str, dict[str, Any]]) -> None:
    printed, record = ran
    for row in record["runs"][0]["workloads"]:
        line = next(line for line in printed.splitlines() if line.startswith(f"| {row['name']} |"))
        cells = re.findall(r"\| ([\d.]+ (?:s|ms|us) \([\d.]+(?: (?:s|ms|us))?\))", line)
        assert len(cells) == len(row["times"])


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (1.2345e-6, "1.23 us"),
        (0.9994e-3, "999 us"),
        (0.9996e-3, "1 ms"),
        (0.9996, "1 s"),
        (999.6, "1000 s"),
        (12345.6, "12346 s"),
    ],
)
def test_no_time_is_written_with_an_exponent(seconds: float, shown: str) -> None:
    spec = importlib.util.spec_from_file_location("report", ROOT / "bench" / "report.py")
    assert spec is not None
    assert spec.loader is not None
    report = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(report)
    assert report.scaled(seconds) == shown


def test_every_engine_that_is_there_takes_part(ran: tuple[str, dict[str, Any]]) -> None:
    printed, record = ran
    timed = {name for row in record["runs"][0]["workloads"] for name in row["times"]}
    packages = {"scikit-learn": "sklearn"}
    for name, version in record["engines"].items():
        installed = importlib.util.find_spec(packages.get(name, name)) is not None
        assert (version is not None) == (name in timed) == installed
        assert name in printed


def test_all_candidates_compute_the_same(ran: tuple[str, dict[str, Any]]) -> None:
    assert [row["name"] for row in ran[1]["runs"][0]["workloads"] if row["differs"]] == []


def test_lstms_are_timed_in_processes_of_their_own(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    options = ["--quick", "--threads", "1", "--only", "W5", "W6", "W8", "--json", record]
    options += ["--reviews", "50"]
    command = [sys.executable, "-m", "bench.lstm", *map(str, options)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (run,) = json.loads(record.read_text())
    assert [row["name"][:2] for row in run["workloads"]] == ["W5", "W6", "W8"]
    for row in run["workloads"]:
        assert row["name"] in done.stdout
        assert "lstmetrics" in row["engines"]
        for name, engine in row["engines"].items():
            # Weights of 8 bits give other probabilities, but not quite others.
            assert engine["difference"] < 0.02 if name.endswith("_int8") else engine["agrees"]
            assert 0 < engine["least"] <= engine["median"]


def test_the_machine_is_measured(ran: tuple[str, dict[str, Any]]) -> None:
    (run,) = ran[1]["runs"]
    assert run["bytes_a_second"] > 1e8
    assert run["operations_a_second"] > 1e8
    assert all(row["floor"] > 0 for row in run["workloads"] if row["times"])
