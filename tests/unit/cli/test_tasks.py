"""Files with several labels a sample, with tags, and with what was said of tokens."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("typer", reason="the command line is an extra")
pytest.importorskip("pyarrow", reason="the command line is an extra")

import lstmetrics
from lstmetrics import evaluate_predictions, evaluate_tags, evaluate_token_losses
from lstmetrics.models import LSTM, Dense, Embedding, Sequential, WordVocabulary
from unit.cli.test_files import KINDS, run, write

LISTS = ("jsonl", "parquet", "arrow")
LABELS = ["rude", "spam", "toxic"]


def listed(kind: str, columns: dict[str, Any]) -> dict[str, Any]:
    """Columns as a file of this kind has them: lists, or text with blanks between."""
    if kind not in ("csv", "tsv"):
        return columns
    return {
        name: [" ".join(map(str, cell)) for cell in column]
        if isinstance(column[0], list)
        else column
        for name, column in columns.items()
    }


def of_several(rows: int = 120) -> tuple[Any, Any, dict[str, Any]]:
    rng = np.random.default_rng(6)
    truth = (rng.random((rows, 3)) < 0.4).astype(int)
    scores = np.clip(0.3 + 0.4 * truth + rng.normal(0, 0.2, (rows, 3)), 0, 1).round(3)
    names = np.asarray(LABELS)
    columns = {
        "labels": [names[row == 1].tolist() for row in truth],
        "guesses": [names[row > 0.5].tolist() for row in scores],
        "scores": scores.tolist(),
        "source": rng.choice(["web", "mail"], rows).tolist(),
        "text": [f"text {row % 100}" for row in range(rows)],
    }
    columns |= {f"p {name}": scores[:, at].tolist() for at, name in enumerate(LABELS)}
    return truth, scores, columns


@pytest.mark.parametrize("kind", KINDS)
def test_several_labels(capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str) -> None:
    truth, scores, columns = of_several()
    path = write(tmp_path / f"p.{kind}", listed(kind, columns))
    options = ("evaluate", "--predictions", path, "--task", "multilabel", "--label", "labels")
    options += ("--by", "source", "--text", "text", "--json")
    code, out, error = run(capsys, *options, "--pred", "guesses")
    assert (code, error) == (0, "")
    extra: dict[str, Any] = {"by": {"source": columns["source"]}, "texts": columns["text"]}
    expected = evaluate_predictions(truth, y_pred=scores > 0.5, labels=LABELS, **extra)
    assert json.loads(out)["digest"] == expected.digest
    of_each = [part for name in LABELS for part in ("--score", f"p {name}")]
    wanted = json.loads(
        evaluate_predictions(truth, scores=scores, labels=LABELS, **extra).to_json()
    )
    for said in (of_each, ["--score", "scores"]):
        code, out, error = run(capsys, *options, *said)
        assert (code, error) == (0, "")
        found = json.loads(out)
        for name in ("metrics", "digest", "curves", "slices", "worst", "duplicates", "labels"):
            assert found[name] == wanted[name], name


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_lists_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    columns: dict[str, Any] = {
        "labels": [["rude"], ["rude", "kind"], [], ["spam"]],
        "scores": [[0.1, 0.2], [0.1, 0.2], [0.5], [0.3, 1.5]],
    }
    path = write(tmp_path / f"p.{kind}", listed(kind, columns))
    options = ("evaluate", "--predictions", path, "--task", "multilabel", "--label", "labels")
    options += ("--labels", "rude,spam", "--score", "scores")
    code, _, error = run(capsys, *options)
    place = {"csv": "line 3", "jsonl": "line 2"}.get(kind, "row 2")
    assert code == 2
    assert f"{place}, column 'labels': unknown label, got 'kind'" in error
    code, out, _ = run(capsys, *options, "--on-error", "skip", "--json")
    assert code == 0
    assert json.loads(out)["samples"] == 1
    assert json.loads(out)["data"]["skip_reasons"] == {
        "column 'labels': unknown label": 1,
        "column 'scores': not as many numbers as classes": 1,
        "column 'scores': not a probability in [0, 1]": 1,
    }


def test_lists_of_json_that_are_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text('labels,scores\n"[""a""]","[0.5]"\n"[""a""","[0.5]"\n[],"[null]"\n')
    options = ("evaluate", "--predictions", path, "--task", "multilabel", "--label", "labels")
    options += ("--labels", "a", "--score", "scores")
    code, _, error = run(capsys, *options)
    assert code == 2
    assert "line 3, column 'labels': not a list" in error
    code, out, _ = run(capsys, *options, "--on-error", "skip", "--json")
    assert json.loads(out)["data"]["skip_reasons"] == {
        "column 'labels': not a list": 1,
        "column 'scores': a list of something else than numbers": 1,
    }


def test_a_model_of_several_labels(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = Sequential(
        [Embedding(4, 3), LSTM(4), Dense(3, activation="sigmoid")],
        text=WordVocabulary(["", "[UNK]", "good", "bad"], unknown=1),
        labels=LABELS,
    )
    rng = np.random.default_rng(1)
    shapes = [(4, 3), (3, 16), (4, 16), (16,), (4, 3), (3,)]
    model.set_weights([rng.normal(size=shape).astype(np.float32) for shape in shapes])
    model.save(tmp_path / "m.safetensors")
    truth, _, columns = of_several()
    words = np.asarray(["good", "bad", "other"])
    columns["text"] = [" ".join(rng.choice(words, 5)) for _ in truth]
    path = write(tmp_path / "d.jsonl", columns)
    options = ("evaluate", "--model", tmp_path / "m.safetensors", "--data", path, "--json")
    options += ("--text", "text", "--task", "multilabel", "--label", "labels", "--train", path)
    code, out, error = run(capsys, *options)
    assert (code, error) == (0, "")
    expected = lstmetrics.evaluate(model, columns["text"], truth, train=(columns["text"], truth))
    assert json.loads(out)["digests"] == expected.digests
    assert json.loads(out)["train"] == expected.train


TAGS = {
    "true": [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-ORG"], ["O"]] * 30,
    "guess": [["B-PER", "I-PER", "O", "B-LOC"], ["O", "B-LOC"], ["O"]] * 30,
    "words": [["Angela", "Merkel", "visited", "Paris"], ["the", "UN"], ["no"]] * 30,
    "source": ["web", "mail", "web"] * 30,
    "name": [f"s{row}" for row in range(90)],
}


@pytest.mark.parametrize("kind", KINDS)
def test_tags(capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str) -> None:
    path = write(tmp_path / f"p.{kind}", listed(kind, TAGS))
    options = ("evaluate", "--predictions", path, "--task", "tags", "--label", "true")
    options += ("--pred", "guess", "--text", "words", "--by", "source", "--id", "name")
    code, out, error = run(capsys, *options, "--json")
    assert (code, error) == (0, "")
    expected = evaluate_tags(
        TAGS["true"],
        TAGS["guess"],
        tokens=TAGS["words"],
        by={"source": TAGS["source"]},
        ids=TAGS["name"],
    )
    found, wanted = json.loads(out), json.loads(expected.to_json())
    for name in ("metrics", "intervals", "digest", "slices", "worst", "findings", "verdict"):
        assert found[name] == wanted[name], name
    code, out, _ = run(capsys, *options)
    assert code == 0
    assert "Tagging" in out
    assert "mail" in out


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_tags_that_cannot_be_used(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    columns: dict[str, Any] = {
        "true": [["B-PER", "O"], ["O", "B-LOC"], ["O"]],
        "guess": [["B-PER", "O"], ["O"], ["PER"]],
    }
    path = write(tmp_path / f"p.{kind}", listed(kind, columns))
    options = ("evaluate", "--predictions", path, "--task", "tags", "--label", "true")
    options += ("--pred", "guess")
    code, _, error = run(capsys, *options)
    place = {"csv": "line 3", "jsonl": "line 2"}.get(kind, "row 2")
    assert code == 2
    assert f"{place}, column 'guess': not as many items as in 'true', got 1, not 2" in error
    code, out, _ = run(capsys, *options, "--on-error", "skip", "--json")
    assert json.loads(out)["data"]["skip_reasons"] == {
        "column 'guess': not as many items as in 'true'": 1,
        "column 'guess': not a tag": 1,
    }
    assert json.loads(out)["samples"] == 2


def test_a_tagger(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    tags = ["O", "B-PER", "B-LOC"]
    model = Sequential(
        [Embedding(4, 3), LSTM(4, return_sequences=True), Dense(3, activation="softmax")],
        text=WordVocabulary(["", "[UNK]", "anna", "rom"], unknown=1),
        labels=tags,
    )
    rng = np.random.default_rng(1)
    shapes = [(4, 3), (3, 16), (4, 16), (16,), (4, 3), (3,)]
    model.set_weights([rng.normal(size=shape).astype(np.float32) for shape in shapes])
    saved = tmp_path / "m.safetensors"
    model.save(saved)
    words = [["anna", "likes", "rom"], ["rom"]] * 20
    truth = [["B-PER", "O", "B-LOC"], ["B-LOC"]] * 20
    path = write(tmp_path / "d.parquet", {"words": words, "tags": truth})
    options = ("evaluate", "--model", saved, "--data", path, "--text", "words", "--label", "tags")
    code, out, error = run(capsys, *options, "--task", "tags", "--train", path, "--json")
    assert (code, error) == (0, "")
    expected = lstmetrics.evaluate(model, words, truth, train=(words, truth))
    found = json.loads(out)
    assert found["digests"] == expected.digests
    assert found["worst"] == json.loads(expected.to_json())["worst"]
    assert found["train"] == expected.train
    code, _, error = run(capsys, *options)
    assert code == 2
    assert "or a tagger: --task tags" in error
    classifier = lstmetrics.demo.path("classifier.safetensors")
    code, _, error = run(capsys, options[0], "--model", classifier, *options[3:], "--task", "tags")
    assert code == 2
    assert "a distribution for each token" in error


TOKENS = {
    "loss": [[0.5, 2.0, 3.0], [0.25, 4.0], [1.0, 2.5, 0.125, 1.5, 6.0]],
    "log_prob": [[-0.5, -2.0, -3.0], [-0.25, -4.0], [-1.0, -2.5, -0.125, -1.5, -6.0]],
    "token": [["the", "cat", "sat"], ["the", "dog"], ["a", "cat", "and", "a", "dog"]],
    "text": ["the cat sat", "the dog", "a cat and a dog"],
    "source": ["web", "mail", "web"],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", ["loss", "log_prob"])
def test_losses_of_tokens(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str, column: str
) -> None:
    path = write(tmp_path / f"p.{kind}", listed(kind, TOKENS))
    options = ("perplexity", "--predictions", path, f"--{column.replace('_', '-')}", column)
    options += ("--token", "token", "--text", "text", "--by", "source", "--vocabulary-size", "20")
    code, out, error = run(capsys, *options, "--json", "--goal", "perplexity=9")
    assert (code, error) == (0, "")
    expected = evaluate_token_losses(
        TOKENS["loss"],
        tokens=TOKENS["token"],
        texts=TOKENS["text"],
        by={"source": TOKENS["source"]},
        vocabulary_size=20,
        goals={"perplexity": 9},
    )
    found, wanted = json.loads(out), json.loads(expected.to_json())
    for name in ("metrics", "digest", "baseline", "worst", "positions", "verdict"):
        assert found[name] == wanted[name], name
    assert sorted(map(str, found["slices"])) == sorted(map(str, wanted["slices"]))
    code, out, _ = run(capsys, *options)
    assert code == 0
    assert "perplexity" in out
    assert run(capsys, *options, "--fail-under", "perplexity=2")[0] == 3


def test_a_token_in_each_row(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    losses = [loss for row in TOKENS["loss"] for loss in row]
    tokens = [token for row in TOKENS["token"] for token in row]
    for kind in KINDS:
        path = write(tmp_path / f"p.{kind}", {"loss": losses, "token": tokens})
        options = ("perplexity", "--predictions", path, "--loss", "loss", "--token", "token")
        code, out, error = run(capsys, *options, "--json")
        assert (code, error) == (0, "")
        found = json.loads(out)
        assert found["digest"] == evaluate_token_losses(TOKENS["loss"]).digest
        assert found["positions"] == []
        assert found["worst"][0]["token"] == "dog"


def test_losses_that_are_none(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    columns = {"loss": [[1.0], [2.0, -1.0], [1.0]], "token": [["a"], ["b", "c"], ["d", "e"]]}
    path = write(tmp_path / "p.jsonl", columns)
    options = ("perplexity", "--predictions", path, "--loss", "loss", "--token", "token")
    code, _, error = run(capsys, *options)
    assert code == 2
    assert "line 2, column 'loss': not a loss, which is at least 0, got -1.0" in error
    code, out, _ = run(capsys, *options, "--on-error", "skip", "--json")
    assert json.loads(out)["samples"] == 1
    assert sorted(json.loads(out)["data"]["skip_reasons"]) == [
        "column 'loss': not a loss, which is at least 0",
        "column 'token': not as many items as in 'loss'",
    ]
    assert run(capsys, "perplexity", "--predictions", path)[0] == 2
    assert run(capsys, "perplexity")[0] == 2


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_logits(capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str) -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, 200)
    logits = (rng.normal(0, 2, (200, 3)) + 3 * np.eye(3)[truth]).round(4)
    columns = {"label": truth.tolist(), "logits": logits.tolist()}
    columns |= {f"l{at}": logits[:, at].tolist() for at in range(3)}
    path = write(tmp_path / f"p.{kind}", listed(kind, columns))
    expected = evaluate_predictions(truth, logits=logits, validation=(truth, logits_to(logits)))
    options = ("evaluate", "--predictions", path, "--label", "label", "--validation", path)
    for said in (["logits"], ["l0", "l1", "l2"]):
        given = [part for name in said for part in ("--logit", name)]
        code, out, error = run(capsys, *options, *given, "--json")
        assert (code, error) == (0, "")
        found = json.loads(out)
        assert found["digest"] == expected.digest
        assert found["temperature"] == expected.temperature


def logits_to(logits: Any) -> Any:
    return lstmetrics.numeric.softmax(logits)


def test_token_ids_may_be_lists(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model = lstmetrics.demo.path("classifier.safetensors")
    texts, labels = lstmetrics.demo.held_out_messages()
    vocabulary = lstmetrics.load_model(model).text
    assert vocabulary is not None
    columns = {"ids": [vocabulary.tokens_of(text) for text in texts], "label": labels}
    expected = lstmetrics.demo.run()["classifier"].digests
    for kind in LISTS:
        path = write(tmp_path / f"ids.{kind}", columns)
        options = ("evaluate", "--model", model, "--data", path, "--ids", "ids", "--label", "label")
        code, out, error = run(capsys, *options, "--json")
        assert (code, error) == (0, "")
        assert json.loads(out)["digests"] == expected


def test_a_positive_label_that_is_a_number(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path / "p.csv", {"label": [0, 1, 1, 0], "p": [0.9, 0.2, 0.6, 0.8]})
    options = ("--label", "label", "--score", "p", "--pos-label", "0", "--json")
    code, out, _ = run(capsys, "evaluate", "--predictions", path, *options)
    assert code == 0
    assert json.loads(out)["pos_label"] == 0
    code, out, _ = run(capsys, "thresholds", "--validation", path, "--rule", "f1", *options)
    assert code == 0
    assert json.loads(out)[0]["threshold"] == 0.8
    code, _, error = run(capsys, "thresholds", "--validation", path, *options[:5], "2")
    assert code == 2
    assert "--pos-label must be one of [0, 1]" in error


def test_validation_data_with_fewer_classes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Its classes are those of the data, whichever of them occur there."""
    columns: dict[str, Any] = {"label": ["a", "b", "c"] * 20}
    columns |= {f"p{at}": [0.6 if at == row % 3 else 0.2 for row in range(60)] for at in range(3)}
    path = write(tmp_path / "p.csv", columns)
    part = write(
        tmp_path / "v.csv", {n: [c[i] for i in range(60) if i % 3] for n, c in columns.items()}
    )
    options = ("--label", "label", "--score", "p0", "--score", "p1", "--score", "p2", "--json")
    code, out, error = run(
        capsys, "evaluate", "--predictions", path, "--validation", part, *options
    )
    assert (code, error) == (0, "")
    assert (
        json.loads(out)["temperature"]["temperature"] < 0.2
    )  # all are right: the surer the better
