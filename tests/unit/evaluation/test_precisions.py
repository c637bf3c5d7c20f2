"""What changes when a model runs in fewer bits, as a report tells it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import lstmetrics
from lstmetrics import demo, evaluate
from lstmetrics.errors import InvalidTypeError, InvalidValueError
from lstmetrics.evaluation import Predictions, Report, compare
from lstmetrics.models import LSTM, Dense, Embedding, Model, Sequential

FEWER = ["bf16", "int8"]


@pytest.fixture(scope="module")
def classifier() -> Model:
    return lstmetrics.load_model(demo.path("classifier.safetensors"))


@pytest.fixture(scope="module")
def report(classifier: Model) -> Report:
    return evaluate(classifier, *demo.held_out_messages(), compare_precision=FEWER, replicates=100)


def test_classes_are_compared_row_by_row(classifier: Model, report: Report) -> None:
    texts, labels = demo.held_out_messages()
    assert classifier.labels is not None
    truth = np.asarray([classifier.labels.index(label) for label in labels])
    own = classifier.predict(texts)
    assert [found["precision"] for found in report.precisions] == FEWER
    for found in report.precisions:
        other = classifier.with_precision(found["precision"])
        theirs = other.predict(texts)
        alone = evaluate(other, texts, labels, replicates=0)
        assert found["metrics"] == {name: alone.metrics[name] for name in found["metrics"]}
        paired = compare(
            Predictions(truth, scores=own), Predictions(truth, scores=theirs), replicates=100
        )
        for name in ("accuracy", "f1_macro", "recall_macro", "matthews_corrcoef"):
            assert found["differences"][name] == paired.differences[name], name
        assert found["p_value"] == paired.tests["mcnemar"].p_value
        assert found["differ"] == np.count_nonzero(own.argmax(1) != theirs.argmax(1))
        loss = found["differences"]["log_loss"]
        change = alone.metrics["log_loss"] - report.metrics["log_loss"]
        assert loss.estimate == pytest.approx(change, abs=1e-6)
        rows = np.arange(len(truth))
        each = np.log(own[rows, truth].astype(float)) - np.log(theirs[rows, truth].astype(float))
        reach = 1.959963984540054 * each.std(ddof=1) / len(each) ** 0.5
        assert loss.high - loss.low == pytest.approx(2 * reach, rel=1e-3)


def test_the_report_itself_stays_what_it_was(classifier: Model, report: Report) -> None:
    alone = evaluate(classifier, *demo.held_out_messages(), replicates=100)
    assert alone.precisions == []
    assert alone.digests == report.digests
    assert alone.metrics == report.metrics


def test_tokens_are_compared_one_by_one() -> None:
    model = lstmetrics.load_model(demo.path("language_model.safetensors"))
    text = demo.held_out_text()[:3000]
    report = evaluate(model, text, compare_precision="int8")
    (found,) = report.precisions
    alone = evaluate(model.with_precision("int8"), text)
    assert found["metrics"] == alone.metrics
    change = found["differences"]["cross_entropy"]
    assert change.estimate == pytest.approx(
        alone.metrics["cross_entropy"] - report.metrics["cross_entropy"], abs=1e-12
    )
    ratio = found["differences"]["perplexity_ratio"]
    assert ratio.estimate == pytest.approx(
        alone.metrics["perplexity"] / report.metrics["perplexity"], rel=1e-12
    )
    assert ratio.low == pytest.approx(np.exp(change.low), rel=1e-12)
    assert ratio.low < ratio.estimate < ratio.high
    assert found["differences"]["token_accuracy"].estimate == pytest.approx(
        alone.metrics["token_accuracy"] - report.metrics["token_accuracy"], abs=1e-12
    )


def test_it_is_shown(report: Report) -> None:
    assert "in int8, beside this" in repr(report)
    assert [one["precision"] for one in json.loads(report.to_json())["precisions"]] == FEWER
    pytest.importorskip("plotly", reason="pages are an extra")
    assert "In other precisions" in report.to_html()


def test_on_the_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, report: Report
) -> None:
    pytest.importorskip("typer", reason="the command line is an extra")
    from unit.cli.test_files import run

    model, data = demo.path("classifier.safetensors"), demo.path("held_out.csv")
    options = ("evaluate", "--model", model, "--data", data, "--text", "text", "--label", "label")
    options += ("--compare-precision", "bf16", "--compare-precision", "int8", "--replicates", 100)
    code, out, error = run(capsys, *options, "--json")
    assert (code, error) == (0, "")
    assert json.loads(out)["precisions"] == json.loads(report.to_json())["precisions"]
    code, out, _ = run(capsys, *options)
    assert code == 0
    assert "in int8" in out
    code, _, error = run(capsys, *options[:-4], "int4")
    assert code == 2
    assert "int4" in error
    code, _, error = run(
        capsys, "evaluate", "--predictions", data, "--label", "label", *options[9:11]
    )
    assert code == 2
    assert "--compare-precision needs --model" in error
    text = tmp_path / "text.txt"
    text.write_text(demo.held_out_text()[:500], encoding="utf-8")
    language_model = demo.path("language_model.safetensors")
    options = ("perplexity", "--model", language_model, "--data", text)
    code, out, _ = run(capsys, *options, "--compare-precision", "bf16")
    assert code == 0
    assert "perplexity ratio" in out


def test_refusals(classifier: Model) -> None:
    texts, labels = demo.held_out_messages()
    with pytest.raises(InvalidValueError, match="int4"):
        evaluate(classifier, texts, labels, compare_precision="int4")
    with pytest.raises(InvalidTypeError, match="a name or several"):
        evaluate(classifier, texts, labels, compare_precision=[8])  # type: ignore[list-item]
    model = Sequential([Dense(2, activation="sigmoid", input_shape=(2,))])
    model.set_weights([np.eye(2, dtype=np.float32), np.zeros(2, np.float32)])
    with pytest.raises(InvalidTypeError, match="takes no compare_precision="):
        evaluate(model, np.ones((1, 2)), np.ones((1, 2), int), compare_precision="int8")
    tagger = Sequential(
        [Embedding(3, 2), LSTM(2, return_sequences=True), Dense(2, activation="softmax")],
        labels=["O", "B-X"],
    )
    shapes = [(3, 2), (2, 8), (2, 8), (8,), (2, 2), (2,)]
    tagger.set_weights([np.ones(shape, np.float32) for shape in shapes])
    with pytest.raises(InvalidTypeError, match="a tagger takes no compare_precision="):
        evaluate(tagger, [[1, 2]], [["O", "B-X"]], compare_precision="int8")
