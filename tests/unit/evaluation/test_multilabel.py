"""Reports on samples that have any number of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import metrics as oracle

import lstmetrics
from lstmetrics import evaluate_predictions
from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models import Dense, Sequential
from lstmetrics.streaming import MultilabelConfusion

LABELS = ["toxic", "rude", "spam"]


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    rng = np.random.default_rng(3)
    truth = (rng.random((600, 3)) < [0.5, 0.3, 0.1]).astype(int)
    noise = rng.normal(0, np.where(rng.random(600) < 0.3, 0.4, 0.1)[:, None], (600, 3))
    return {
        "truth": truth,
        "scores": np.clip(0.3 + 0.4 * truth + noise, 0, 1).round(3),
        "source": rng.choice(["web", "mail"], 600),
        "texts": [f"text {row % 500}" for row in range(600)],
    }


@pytest.fixture(scope="module")
def report(data: dict[str, Any]) -> lstmetrics.Report:
    return evaluate_predictions(
        data["truth"],
        scores=data["scores"],
        labels=LABELS,
        by={"source": data["source"]},
        texts=data["texts"],
        train_texts=["text 3", "another"],
        worst=5,
    )


def test_curves_and_areas_of_each_label(report: lstmetrics.Report, data: dict[str, Any]) -> None:
    truth, scores = data["truth"], data["scores"]
    assert list(report.curves) == LABELS
    for column, label in enumerate(LABELS):
        curve = report.curves[label]
        fpr, tpr, _ = oracle.roc_curve(truth[:, column], scores[:, column])
        assert oracle.auc(curve["roc"]["fpr"], curve["roc"]["tpr"]) == pytest.approx(
            oracle.auc(fpr, tpr), abs=1e-12
        )
        outcomes = curve["outcomes"]
        for at in range(0, len(outcomes["thresholds"]), 40):
            called = scores[:, column] >= outcomes["thresholds"][at]
            assert outcomes["tp"][at] == np.count_nonzero(called & (truth[:, column] == 1))
            assert outcomes["fp"][at] == np.count_nonzero(called & (truth[:, column] == 0))
    assert report.metrics["roc_auc_macro"] == pytest.approx(oracle.roc_auc_score(truth, scores))
    assert report.metrics["average_precision_macro"] == pytest.approx(
        oracle.average_precision_score(truth, scores)
    )


def test_every_headline_metric_has_an_interval(
    report: lstmetrics.Report, data: dict[str, Any]
) -> None:
    counts = MultilabelConfusion().update(data["truth"], data["scores"] > 0.5)
    rates = [name for name in report.metrics if name.startswith(("precision_", "recall_", "f1_"))]
    assert len(rates) == 12
    for name in rates:
        rate, average = name.split("_")
        expected = counts.interval(rate, average=average, zero_division=0)
        assert report.intervals[name] == expected
        assert expected.low < report.metrics[name] < expected.high
    for name in ("accuracy", "hamming_loss"):
        assert report.intervals[name] == counts.interval(name)
    quick = evaluate_predictions(data["truth"], scores=data["scores"], replicates=0)
    assert "f1_micro" not in quick.intervals
    assert quick.intervals["f1_macro"] == report.intervals["f1_macro"]


def test_slices_are_reports_of_their_rows(report: lstmetrics.Report, data: dict[str, Any]) -> None:
    for row in report.slices:
        if row["column"] != "source":
            assert row["column"] == "text length"
            continue
        here = data["source"] == row["value"]
        alone = evaluate_predictions(data["truth"][here], scores=data["scores"][here])
        assert row["samples"] == alone.samples == np.count_nonzero(here)
        assert row["metrics"] == {name: alone.metrics[name] for name in row["metrics"]}
        assert row["intervals"]["accuracy"] == alone.intervals["accuracy"]


def test_the_worst_labels_come_first(report: lstmetrics.Report, data: dict[str, Any]) -> None:
    truth, scores = data["truth"], data["scores"]
    wrong = []
    for row in range(600):
        for column, label in enumerate(LABELS):
            true, called = bool(truth[row, column]), bool(scores[row, column] > 0.5)
            sure = scores[row, column] if called else 1 - scores[row, column]
            names = [label if hit else f"not {label}" for hit in (true, called)]
            if true != called:
                wrong.append((-sure, data["texts"][row], str(row), *names))
    shown = [
        (-row["confidence"], row["text"], row["id"], row["true"], row["predicted"])
        for row in report.worst
    ]
    assert [one[0] for one in shown] == [one[0] for one in sorted(wrong)[:5]]
    assert set(shown) <= set(wrong)


def test_calibration_is_over_all_labels(report: lstmetrics.Report, data: dict[str, Any]) -> None:
    expected = lstmetrics.metrics.expected_calibration_error(
        data["truth"].reshape(-1), data["scores"].reshape(-1), n_bins=10
    )
    assert report.metrics["expected_calibration_error"] == expected
    assert report.calibration is not None
    assert report.calibration["kind"] == "binary"
    assert sum(one["samples"] for one in report.calibration["bins"]) == 1800


def test_texts_that_repeat(report: lstmetrics.Report, data: dict[str, Any]) -> None:
    assert report.duplicates is not None
    assert (report.duplicates["repeated"], report.duplicates["in_train"]) == (100, 2)
    truth = data["truth"]
    differ = [row for row in range(100) if (truth[row] != truth[row + 500]).any()]
    assert report.duplicates["conflicting"] == len(differ)
    assert {"leakage", "duplicates", "conflicting_labels"} <= {f.code for f in report.findings}


def test_a_stream_is_the_same(report: lstmetrics.Report, data: dict[str, Any]) -> None:
    def batches() -> Any:
        for first in range(0, 600, 37):
            part = slice(first, first + 37)
            yield {
                "y_true": data["truth"][part],
                "scores": data["scores"][part],
                "texts": data["texts"][part],
                "by": {"source": data["source"][part]},
            }

    stream = evaluate_predictions(
        batches(), labels=LABELS, train_texts=["text 3", "another"], worst=5
    )
    ours, theirs = stream.to_dict(), report.to_dict()
    for name in ("metrics", "slices", "worst", "curves", "duplicates", "digest", "findings"):
        assert ours[name] == theirs[name], name


def test_predicted_labels_without_scores(data: dict[str, Any]) -> None:
    report = evaluate_predictions(
        data["truth"], y_pred=data["scores"] > 0.5, labels=LABELS, by={"source": data["source"]}
    )
    assert report.curves == {}
    assert report.calibration is None
    assert {row["confidence"] for row in report.worst} == {None}
    assert {row["column"] for row in report.slices} == {"source"}


def test_a_model_of_several_labels(data: dict[str, Any]) -> None:
    model = Sequential([Dense(3, activation="sigmoid", input_shape=(3,))], labels=LABELS)
    model.set_weights([np.eye(3, dtype=np.float32) * 8, np.full(3, -4, np.float32)])
    inputs = data["scores"].astype(np.float32)
    options: dict[str, Any] = {"by": {"source": data["source"]}, "texts": data["texts"]}
    found = lstmetrics.evaluate(
        model, inputs, data["truth"], train=(inputs[:50], data["truth"][:50]), **options
    )
    expected = evaluate_predictions(
        data["truth"], scores=model.predict(inputs), labels=LABELS, **options
    )
    assert found.task == "multilabel"
    for name in ("metrics", "slices", "worst", "digest", "curves"):
        assert getattr(found, name) == getattr(expected, name), name
    assert "outputs" in found.digests
    small = evaluate_predictions(data["truth"][:50], scores=model.predict(inputs[:50]))
    assert found.train is not None
    assert found.train["f1_macro"] == small.metrics["f1_macro"]
    pairs = ((inputs[at : at + 99], data["truth"][at : at + 99]) for at in range(0, 600, 99))
    assert lstmetrics.evaluate(model, pairs).digests == found.digests


def test_the_page_shows_them(report: lstmetrics.Report) -> None:
    pytest.importorskip("plotly", reason="pages are an extra")
    page = report.to_html()
    assert "Worst mistakes" in page
    assert "Slices" in page
    assert 'id="threshold" hidden' in page


def test_refusals(data: dict[str, Any]) -> None:
    truth, scores = data["truth"], data["scores"]
    with pytest.raises(InvalidTypeError, match="validation= is for one label a sample"):
        evaluate_predictions(truth, scores=scores, validation=(truth, scores))
    with pytest.raises(ShapeError, match="600 rows of y_true and 1 of by"):
        evaluate_predictions(truth, scores=scores, by={"source": ["web"]})
    spoilt = scores.copy()
    spoilt[2, 1] = np.nan
    with pytest.raises(InvalidValueError, match="got NaN at row 2, column 1"):
        evaluate_predictions(truth, scores=spoilt)
