"""Files of every kind: the same report from each, and each bad cell by its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("typer", reason="the command line is an extra")
pytest.importorskip("pyarrow", reason="the command line is an extra")

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import lstmetrics
import lstmetrics.demo
from lstmetrics.cli.commands import app
from lstmetrics.cli.tables import Table, open_table
from lstmetrics.errors import EmptyInputError, FormatError
from lstmetrics.models import LSTM, Dense, Embedding, Sequential, WordVocabulary

KINDS = ("csv", "tsv", "jsonl", "parquet", "arrow", "feather")


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as stop:
        app([str(argument) for argument in arguments])
    printed = capsys.readouterr()
    return int(stop.value.code or 0), printed.out, printed.err


def columns_of(rows: int = 300, seed: int = 1) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, rows)
    score = np.clip(truth * 0.4 + 0.3 + rng.normal(0, 0.2, rows), 0, 1).round(3)
    return {
        "label": np.where(truth == 1, "spam", "ham").tolist(),
        "guess": np.where(score > 0.5, "spam", "ham").tolist(),
        "p": score.tolist(),
        "source": rng.choice(["web", "mail, post", 'say "hi"'], rows).tolist(),
        "text": [f"text {row}\nof two lines" for row in range(rows)],
        "name": [f"row {row}" for row in range(rows)],
    }


def write(path: Path, columns: dict[str, Any]) -> Path:
    table = pa.table(columns)
    if path.suffix in (".csv", ".tsv"):
        options = pa.csv.WriteOptions(delimiter="\t" if path.suffix == ".tsv" else ",")
        pa.csv.write_csv(table, path, options)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()))
    elif path.suffix == ".parquet":
        pa.parquet.write_table(table, path, row_group_size=100)
    elif path.suffix == ".arrow":
        with pa.ipc.new_stream(path, table.schema) as stream:
            stream.write_table(table, 100)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table, 100)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_gives_the_same_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    columns = columns_of()
    path = write(tmp_path / f"predictions.{kind}", columns)
    options = ("--label", "label", "--score", "p", "--by", "source", "--text", "text")
    code, out, error = run(
        capsys, "evaluate", "--predictions", path, *options, "--id", "name", "--json"
    )
    assert (code, error) == (0, "")
    found = json.loads(out)
    expected = json.loads(
        lstmetrics.evaluate_predictions(
            columns["label"],
            scores=columns["p"],
            by={"source": columns["source"]},
            texts=columns["text"],
            ids=columns["name"],
        ).to_json()
    )
    for name in ("metrics", "intervals", "digest", "worst", "verdict", "curves"):
        assert found[name] == expected[name], name
    assert sorted(map(str, found["slices"])) == sorted(map(str, expected["slices"]))


@pytest.mark.parametrize("kind", KINDS)
def test_bad_cells_are_named_or_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    columns = columns_of(50)
    columns["label"][7] = None
    columns["p"][20] = float("nan")
    columns["p"][30] = 1.5
    path = write(tmp_path / f"gaps.{kind}", columns)
    options = ("evaluate", "--predictions", path, "--label", "label", "--score", "p")
    code, out, error = run(capsys, *options)
    # Texts of two lines stand before, so that row 8 of a CSV begins in line 16.
    place = {"csv": "line 16", "tsv": "line 16", "jsonl": "line 8"}.get(kind, "row 8")
    assert (code, out) == (2, "")
    assert f"{place}, column 'label': the cell is empty" in error
    code, out, _ = run(capsys, *options, "--on-error", "skip", "--json")
    assert code == 0
    found = json.loads(out)
    assert found["samples"] == 47
    assert found["data"]["rows_skipped"] == 3
    assert found["data"]["skip_reasons"] == {
        "column 'label': the cell is empty": 1,
        "column 'p': not a probability in [0, 1]": 2,
    }
    assert [f["code"] for f in found["findings"] if f["code"] == "rows_skipped"]


def test_what_other_commands_skip_is_told_too(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    columns = columns_of(60)
    columns["name"] = [f"s{index}" for index in range(60)]
    path = write(tmp_path / "whole.csv", columns)
    columns["p"][20] = None
    columns["p"][30] = 1.5
    gaps = write(tmp_path / "gaps.csv", columns)
    told = (
        f"{gaps}: 2 rows skipped: column 'p': the cell is empty (1), "
        "column 'p': not a probability in [0, 1] (1)"
    )
    skip = ("--label", "label", "--score", "p", "--on-error", "skip", "--json")
    for command in (
        ("compare", gaps, path, "--id", "name"),
        ("thresholds", "--validation", gaps, "--test", path),
        ("thresholds", "--validation", path, "--test", gaps),
        ("evaluate", "--predictions", path, "--validation", gaps),
    ):
        code, out, error = run(capsys, *command, *skip)
        assert told in error, (command, code, out, error)


def test_malformed_rows(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "bad.csv"
    path.write_text('label,p\n1,0.9\n"0\n",0.1\n\n1,0.2,0.3\n0,0.4\n1,x\n', encoding="utf-8")
    options = ("evaluate", "--predictions", path, "--label", "label", "--score", "p")
    code, _, error = run(capsys, *options)
    assert code == 2
    assert "line 6: expected 2 cells, got 3: '1,0.2,0.3'" in error
    code, out, _ = run(capsys, *options, "--on-error", "skip", "--json", "--labels", "0,1")
    found = json.loads(out)["data"]["skip_reasons"]
    assert found["expected 2 cells, got 3"] == 1
    assert found["column 'p': not a number"] == 1
    lines = tmp_path / "bad.jsonl"
    lines.write_text('{"label": 1, "p": 0.9}\n\n{"label": 1, "p": 0.9\n', encoding="utf-8")
    code, _, error = run(capsys, options[0], options[1], lines, *options[3:])
    assert "line 3, column 22" in error


def test_unknown_labels_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = write(tmp_path / "p.csv", {"label": ["a", "b", "c"], "guess": ["a", "b", "b"]})
    options = ("evaluate", "--predictions", path, "--label", "label", "--pred", "guess")
    code, _, error = run(capsys, *options, "--labels", "a,b")
    assert code == 2
    assert "line 4, column 'label': unknown label, got 'c'" in error
    code, out, _ = run(capsys, *options, "--labels", "a,b", "--on-error", "skip", "--json")
    assert json.loads(out)["data"]["rows_skipped"] == 1


@pytest.mark.parametrize("labels", [[3, 7, 3], [1.0, 0.0, 1.0], [True, False, True], [-1, 1, 1]])
def test_labels_that_are_numbers(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, labels: list[Any]
) -> None:
    for kind in ("csv", "parquet", "jsonl"):
        path = write(tmp_path / f"p.{kind}", {"label": labels, "guess": labels})
        options = ("--label", "label", "--pred", "guess", "--json")
        code, out, error = run(capsys, "evaluate", "--predictions", path, *options)
        if kind == "csv" and labels[0] is True:
            assert json.loads(out)["labels"] == ["false", "true"]
            continue
        assert (code, error) == (0, "")
        assert json.loads(out)["labels"] == sorted({int(label) for label in labels})
        assert json.loads(out)["metrics"]["accuracy"] == 1


def test_gates(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = write(tmp_path / "p.parquet", columns_of())
    options = ("evaluate", "--predictions", path, "--label", "label", "--score", "p")
    assert run(capsys, *options, "--fail-under", "f1=0.5")[0] == 0
    code, out, error = run(capsys, *options, "--fail-under", "f1=0.99", "--json")
    assert code == 3
    assert json.loads(out)["samples"] == 300
    assert "f1 is 0." in error
    assert "below 0.99" in error
    code, _, error = run(capsys, *options, "--fail-under", "log_loss=0.1")
    assert code == 3
    assert "above 0.1" in error
    assert run(capsys, *options, "--fail-under", "f7=0.1")[0] == 2
    assert run(capsys, *options, "--fail-under", "f1=high")[0] == 2
    assert run(capsys, *options, "--fail-unless-ready", "--goal", "recall=0.999")[0] == 3
    assert run(capsys, *options, "--fail-unless-ready", "--goal", "recall=0.5")[0] == 0


def test_a_page_is_written_beside_what_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path / "p.parquet", columns_of())
    options = ("evaluate", "--predictions", path, "--label", "label", "--score", "p", "--json")
    page = tmp_path / "report.html"
    code, out, _ = run(capsys, *options, "--html", page)
    assert code == 0
    assert json.loads(out)["digest"] in page.read_text(encoding="utf-8")
    code, _, error = run(capsys, *options, "--html", tmp_path / "report.pdf")
    assert code == 2
    assert "--html must name a file that ends in .html" in error
    assert not (tmp_path / "report.pdf").exists()
    model = lstmetrics.demo.path("language_model.safetensors")
    text = tmp_path / "short.txt"
    text.write_text(lstmetrics.demo.held_out_text()[:500], encoding="utf-8")
    assert run(capsys, "perplexity", "--model", model, "--data", text, "--html", page)[0] == 0
    assert "Language model report" in page.read_text(encoding="utf-8")


def test_thresholds(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    validation = write(tmp_path / "validation.csv", columns_of(400, 2))
    test = write(tmp_path / "test.parquet", columns_of(400, 3))
    options = ("thresholds", "--validation", validation, "--label", "label", "--score", "p")
    code, out, _ = run(capsys, *options, "--test", test, "--rule", "recall>=0.9", "--json")
    assert code == 0
    (row,) = json.loads(out)
    assert row["validation"]["recall"] >= 0.9
    there, here = columns_of(400, 2), columns_of(400, 3)
    expected = lstmetrics.evaluate_predictions(
        here["label"],
        scores=here["p"],
        validation=(there["label"], there["p"]),
        thresholds=["recall>=0.9"],
    )
    assert row == json.loads(expected.to_json())["thresholds"][0]
    code, out, _ = run(capsys, *options)
    assert code == 0
    assert "precision>=0.9" in out
    assert "pass --test" in out


def test_compare(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    good = columns_of(500, 4)
    bad = {name: list(column) for name, column in good.items()}
    bad["guess"] = ["spam"] * 500
    order = np.random.default_rng(1).permutation(500)
    bad = {name: [column[row] for row in order] for name, column in bad.items()}
    old, new = write(tmp_path / "old.csv", good), write(tmp_path / "new.jsonl", bad)
    options = ("--label", "label", "--pred", "guess", "--id", "name", "--by", "source")
    code, out, error = run(capsys, "compare", old, new, *options, "--json")
    assert code == 3
    assert "accuracy changes by -" in error
    found = json.loads(out)
    assert found["change"] == "worse"
    assert {row["change"] for row in found["slices"]} == {"worse"}
    code, out, _ = run(capsys, "compare", new, old, *options)
    assert code == 0
    assert "the candidate is better" in out
    assert run(capsys, "compare", old, new, *options, "--tolerance", "0.9")[0] == 0
    assert run(capsys, "compare", old, new, "--label", "label")[0] == 2


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_samples_that_cannot_be_compared_are_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    columns = {"label": [0, 1, 0, 1], "p": [0.1, 0.9, 0.4, 0.6], "name": ["a", "b\n", "c", "d"]}
    good = write(tmp_path / f"good.{kind}", columns)
    options = ("--label", "label", "--score", "p")
    again = write(tmp_path / f"again.{kind}", columns | {"name": ["a", "b\n", "c", "b\n"]})
    code, _, error = run(capsys, "compare", good, again, *options, "--id", "name")
    assert code == 2
    assert r"the id 'b\n' of candidate repeats" in error
    other = write(tmp_path / f"other.{kind}", columns | {"label": [0, 1, 1, 1]})
    code, _, error = run(capsys, "compare", good, other, *options, "--id", "name")
    assert code == 2
    assert "the true labels of 1 samples differ, first that of id 'c'" in error
    code, _, error = run(capsys, "compare", good, other, *options)
    place = "line 5" if kind == "csv" else "row 3"
    assert f"first that of {place} of {good}" in error
    code, _, error = run(capsys, "compare", good, other, *options, "--on-error", "skip")
    assert code == 2
    assert "--on-error skip needs --id" in error


@pytest.mark.parametrize("labels", [["x", "y", "z"], [3, 7, 9], [0, 1, 2]])
def test_comparing_more_classes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, labels: list[Any]
) -> None:
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, 300)
    tables = [rng.dirichlet([1, 1, 1], 300) + 0.3 * np.eye(3)[truth] for _ in range(2)]
    names = np.asarray(labels)
    paths = []
    for which, table in zip("ab", tables, strict=True):
        table /= table.sum(axis=1, keepdims=True)
        columns: dict[str, Any] = {"label": names[truth].tolist(), "by": ["s", "t", "u"] * 100}
        columns |= {f"p{at}": table[:, at].tolist() for at in range(3)}
        columns |= {"guess": names[table.argmax(axis=1)].tolist()}
        paths.append(write(tmp_path / f"{which}.parquet", columns))
    expected = lstmetrics.evaluation.compare(
        *(lstmetrics.evaluation.Predictions(truth, scores=table) for table in tables)
    )
    for said in (["--score", "p0", "--score", "p1", "--score", "p2"], ["--pred", "guess"]):
        code, out, _ = run(capsys, "compare", *paths, "--label", "label", *said, "--json")
        assert code in (0, 3)
        found = json.loads(out)
        assert found["table"] == expected.table
        assert found["candidate"] == expected.candidate
        assert found["tests"]["mcnemar"]["p_value"] == expected.tests["mcnemar"].p_value


def test_perplexity(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = lstmetrics.demo.path("language_model.safetensors")
    text = lstmetrics.demo.held_out_text()
    path = tmp_path / "held_out.txt"
    path.write_text(text, encoding="utf-8")
    options = ("perplexity", "--model", model, "--data", path)
    code, out, _ = run(capsys, *options, "--json", "--train", path)
    assert code == 0
    found = json.loads(out)
    expected = lstmetrics.evaluate(lstmetrics.load_model(model), text)
    assert found["digest"] == expected.digest
    assert found["metrics"]["perplexity"] < found["baseline"]["unigram_perplexity"]
    assert found["baseline"]["unigram_from"] == "training data"
    code, _, error = run(capsys, *options, "--fail-under", "perplexity=1.01")
    assert code == 3
    assert "above 1.01" in error


def test_a_model_streamed_with_its_training_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model = lstmetrics.demo.path("classifier.safetensors")
    texts, labels = lstmetrics.demo.held_out_messages()
    path = write(tmp_path / "test.parquet", {"text": texts, "label": labels})
    options = ("evaluate", "--model", model, "--data", path, "--text", "text", "--label", "label")
    code, out, _ = run(capsys, *options, "--train", path, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["duplicates"]["in_train"] == len(texts)
    assert found["train"]["accuracy"] == found["metrics"]["accuracy"]
    assert found["verdict"]["status"] == "cannot tell"
    assert any(row["column"] == "text length" for row in found["slices"])


def test_a_model_of_labels_that_are_numbers_with_validation_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model = Sequential(
        [Embedding(4, 3), LSTM(4), Dense(1, activation="sigmoid")],
        text=WordVocabulary(["", "[UNK]", "good", "bad"], unknown=1),
        labels=[3, 7],
    )
    rng = np.random.default_rng(1)
    shapes = [(4, 3), (3, 16), (4, 16), (16,), (4, 1), (1,)]
    model.set_weights([rng.normal(size=shape).astype(np.float32) for shape in shapes])
    model.save(tmp_path / "m.safetensors")
    words = np.asarray(["good", "bad", "other"])
    texts = [" ".join(rng.choice(words, 4)) for _ in range(80)]
    labels = rng.choice([3, 7], 80).tolist()
    path = write(tmp_path / "d.csv", {"text": texts[:50], "label": labels[:50]})
    held = write(tmp_path / "v.csv", {"text": texts[50:], "label": labels[50:]})
    options = ("evaluate", "--model", tmp_path / "m.safetensors", "--data", path, "--json")
    options += ("--text", "text", "--label", "label", "--validation", held, "--pos-label", "3")
    code, out, error = run(capsys, *options, "--rule", "recall>=0.5")
    assert (code, error) == (0, "")
    expected = lstmetrics.evaluate(
        model,
        texts[:50],
        labels[:50],
        validation=(texts[50:], labels[50:]),
        pos_label=3,
        thresholds=["recall>=0.5"],
    )
    found, wanted = json.loads(out), json.loads(expected.to_json())
    for name in ("digests", "temperature", "thresholds", "pos_label", "labels"):
        assert found[name] == wanted[name], name


def test_what_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="must end in one of"):
        open_table(tmp_path / "table.xlsx", [])
    for kind in KINDS:
        path = tmp_path / f"empty.{kind}"
        path.write_bytes(b"")
        with pytest.raises(EmptyInputError, match="is empty"):
            open_table(path, ["a"])
    torn = tmp_path / "torn.parquet"
    torn.write_bytes(b"PAR1 and no more")
    with pytest.raises(FormatError, match=r"torn\.parquet"):
        open_table(torn, ["a"])


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_evaluate_has_an_exit_code_of_its_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    columns = columns_of(3)
    path, empty = write(tmp_path / f"rows.{kind}", columns), tmp_path / f"none.{kind}"
    score = ("--label", "label", "--score", "p")
    commands: list[tuple[object, ...]] = [
        ("evaluate", "--predictions", empty, *score),
        ("evaluate", "--predictions", empty, *score, "--labels", "ham,spam"),
        ("evaluate", "--predictions", empty, "--label", "label", "--pred", "guess"),
        ("evaluate", "--predictions", path, *score, "--labels", "ham,spam", "--validation", empty),
        ("thresholds", "--validation", empty, *score),
        ("thresholds", "--validation", empty, *score, "--labels", "ham,spam"),
        ("compare", path, empty, *score, "--labels", "ham,spam"),
        ("compare", empty, path, *score, "--id", "name"),
    ]
    model = lstmetrics.demo.path("classifier.safetensors")
    commands.append(("evaluate", "--model", model, "--data", empty, "--text", "text", *score[:2]))
    write(empty, {name: pa.array([], pa.string()) for name in columns})
    for command in commands:
        code, out, error = run(capsys, *command)
        assert (code, out) == (5, ""), (command, error)
        wanted = "is empty" if kind == "jsonl" else "has no rows: there is nothing to evaluate"
        assert f"{empty} {wanted}" in error, command
    columns["label"] = [None] * 3
    write(empty, {**columns, "label": pa.array([None] * 3, pa.string())})
    code, out, error = run(capsys, *commands[1], "--on-error", "skip", "--json")
    assert (code, out) == (5, "")
    assert "has no row that can be used" in error
    assert "column 'label': the cell is empty (3)" in error


def test_a_text_too_short_to_predict(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = lstmetrics.demo.path("language_model.safetensors")
    for name, content in (("short.txt", "a"), ("short.csv", "text\n")):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        options = ("--text", "text") if name.endswith("csv") else ()
        code, out, error = run(capsys, "perplexity", "--model", model, "--data", path, *options)
        assert (code, out) == (5, "")
        assert "there is nothing to evaluate" in error


def test_rows_are_known_where_the_file_says_it(tmp_path: Path) -> None:
    path = write(tmp_path / "p.parquet", columns_of(250))
    table: Table = open_table(path, ["p"])
    assert table.rows == 250
    assert sum(batch.num_rows for batch in table.batches()) == 250
