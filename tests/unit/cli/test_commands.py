"""The command line, run as a user runs it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("typer", reason="the command line is an extra")
pytest.importorskip("pyarrow", reason="the command line is an extra")

import lstmetrics.demo
from lstmetrics.cli.commands import app


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run a command in this process; return its exit code and what it printed."""
    with pytest.raises(SystemExit) as stop:
        app([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "forecasts.csv"
    rows = [("label", "pred", "p"), (1, 1, 0.9), (0, 1, 0.6), (0, 0, 0.1), (1, 1, 0.7)]
    with path.open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_info(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "info", "--json")
    assert code == 0
    assert json.loads(out)["version"] == lstmetrics.__version__
    code, out, _ = run(capsys, "info")
    assert code == 0
    assert lstmetrics.info()["isa"] in out


def test_demo(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "demo", "--json")
    assert code == 0
    found = json.loads(out)
    reports = lstmetrics.demo.run()
    assert {name: found[name]["digest"] for name in found} == {
        name: report.digest for name, report in reports.items()
    }
    code, out, _ = run(capsys, "demo")
    assert code == 0
    for part in ("complaint", "perplexity", "true (rows)", reports["classifier"].digest):
        assert part in out


def test_model_on_texts_and_on_ids(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = lstmetrics.demo.path("classifier.safetensors")
    data = lstmetrics.demo.path("held_out.csv")
    options = ("evaluate", "--model", model, "--label", "label", "--json", "--data")
    _, by_text, _ = run(capsys, *options, data, "--text", "text", "--batch-size", 7)
    texts, labels = lstmetrics.demo.held_out_messages()
    vocabulary = lstmetrics.load_model(model).text
    assert vocabulary is not None
    ids = tmp_path / "ids.csv"
    with ids.open("w", newline="") as file:
        rows = (
            (" ".join(map(str, vocabulary.tokens_of(t))), y)
            for t, y in zip(texts, labels, strict=True)
        )
        csv.writer(file).writerows([("ids", "label"), *rows])
    _, by_ids, _ = run(capsys, *options, ids, "--ids", "ids")
    expected = lstmetrics.demo.run()["classifier"].digests
    assert json.loads(by_text)["digests"] == json.loads(by_ids)["digests"] == expected


def test_language_model_needs_no_labels(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = lstmetrics.demo.path("language_model.safetensors")
    data = tmp_path / "texts.csv"
    data.write_text('text\n"thank you, it works"\n', encoding="utf-8")
    code, out, _ = run(
        capsys, "evaluate", "--model", model, "--data", data, "--text", "text", "--json"
    )
    assert code == 0
    assert json.loads(out)["samples"] == len("thank you, it works") - 1


@pytest.mark.parametrize("what", [("--pred", "pred"), ("--score", "p")])
def test_predictions(
    capsys: pytest.CaptureFixture[str], table: Path, what: tuple[str, str]
) -> None:
    code, out, _ = run(
        capsys, "evaluate", "--predictions", table, "--label", "label", *what, "--json"
    )
    assert code == 0
    found = json.loads(out)
    assert found["metrics"]["accuracy"] == 0.75
    assert found["confusion_matrix"] == [[1, 1], [0, 2]]
    assert found["data"]["rows_skipped"] == 0


def test_empty_cells_are_named_or_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "gaps.csv"
    path.write_text("label,p\n1,0.9\n,0.5\n0,0.2\n1,\n", encoding="utf-8")
    options = ("evaluate", "--predictions", path, "--label", "label", "--score", "p")
    code, _, error = run(capsys, *options)
    assert code == 2
    assert "line 3, column 'label': the cell is empty" in error
    code, out, _ = run(capsys, *options, "--on-error", "skip", "--json")
    assert code == 0
    assert json.loads(out)["data"]["rows_skipped"] == 2
    assert json.loads(out)["data"]["skip_reasons"] == {
        "column 'label': the cell is empty": 1,
        "column 'p': the cell is empty": 1,
    }
    assert json.loads(out)["samples"] == 2


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        (
            "label,p\n1,0.9,7\n",
            ("--label", "label", "--score", "p"),
            "line 2: expected 2 cells, got 3",
        ),
        ("label,p\n1,0.9\n", ("--label", "truth", "--score", "p"), "no single column 'truth'"),
        (
            "label,p\n1,2.5\n0,0.1\n",
            ("--label", "label", "--score", "p"),
            "line 2, column 'p': not a probability in [0, 1], got 2.5",
        ),
        (
            "label,p\n1,much\n",
            ("--label", "label", "--score", "p"),
            "line 2, column 'p': not a number, got 'much'",
        ),
        ("label,p\n1,nan\n", ("--label", "label", "--score", "p"), "in [0, 1], got NaN"),
        ("label,p\n1,0.1\nx,0.1\n", ("--label", "label", "--score", "p"), "mix numbers and text"),
        ("label,p\n1,0.1\n", ("--label", "label", "--score", "p"), "name all classes"),
        ("label,p\n1,0.1\n", ("--label", "label"), "either --pred, --score or --logit"),
        ("label,p\n1,0.1\n", ("--score", "p"), "needs --label"),
    ],
)
def test_bad_tables_are_refused(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    content: str,
    options: tuple[str, ...],
    message: str,
) -> None:
    path = tmp_path / "bad.csv"
    path.write_text(content, encoding="utf-8")
    code, out, error = run(capsys, "evaluate", "--predictions", path, *options)
    assert code == 2
    assert message in error
    assert not out


def test_files_that_are_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, error = run(
        capsys, "evaluate", "--predictions", tmp_path / "no.csv", "--label", "a", "--pred", "b"
    )
    assert code == 1
    assert "no.csv" in error
    code, _, error = run(capsys, "evaluate")
    assert code == 2
    assert "either --model with --data, or --predictions" in error


def test_bad_ids_name_their_row(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = lstmetrics.demo.path("classifier.safetensors")
    data = tmp_path / "ids.csv"
    data.write_text("ids,label\n1 2,praise\n1 x,praise\n", encoding="utf-8")
    code, _, error = run(
        capsys, "evaluate", "--model", model, "--data", data, "--ids", "ids", "--label", "label"
    )
    assert code == 2
    assert "line 3, column 'ids': ids must be integers" in error


def test_module_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lstmetrics", "info", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)["version"] == lstmetrics.__version__


def test_missing_extra_is_one_clear_line() -> None:
    code = "import sys; sys.modules['typer'] = None\nfrom lstmetrics.cli import main\nmain()\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("pip install 'lstmetrics[cli]'")
    assert "Traceback" not in done.stderr
