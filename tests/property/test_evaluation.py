"""Laws of the evaluation: order, batches and shards never show; the core's fits against oracles."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lstmetrics
from lstmetrics import evaluate_predictions
from lstmetrics.evaluation import fit_temperature
from lstmetrics.evaluation.mistakes import WorstMistakes
from lstmetrics.evaluation.slices import SliceCounts
from lstmetrics.streaming import Confusion
from reference.evaluation import chance_z, scaled_loss

pairs = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=6)


@given(pairs)
@settings(max_examples=60, deadline=None)
def test_chance_is_that_of_all_orders(rows: list[tuple[int, int]]) -> None:
    truth, predicted = zip(*rows, strict=True)
    z, p_value = Confusion().update(truth, predicted).chance_test()
    assert z == pytest.approx(chance_z(truth, predicted), rel=1e-9, abs=1e-7)
    assert 0 <= p_value <= 1


@st.composite
def probability_tables(draw: Any) -> tuple[Any, Any]:
    classes = draw(st.integers(2, 4))
    rows = draw(st.integers(1, 12))
    weights = st.lists(st.integers(1, 1000), min_size=classes, max_size=classes)
    table = np.array(draw(st.lists(weights, min_size=rows, max_size=rows)), float)
    targets = draw(st.lists(st.integers(0, classes - 1), min_size=rows, max_size=rows))
    return np.array(targets), table / table.sum(axis=1, keepdims=True)


@given(probability_tables())
@settings(max_examples=60, deadline=None)
def test_no_other_temperature_is_better(case: tuple[Any, Any]) -> None:
    truth, table = case
    fitted = fit_temperature(truth, table)
    assert 1 / 128 <= fitted <= 128
    least = scaled_loss(truth, table, fitted)
    for other in (1.0, fitted * 0.99, fitted * 1.01, 0.1, 10.0):
        if 1 / 128 <= other <= 128:
            assert least <= scaled_loss(truth, table, other) + 1e-9


@given(probability_tables(), st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_order_of_samples_does_not_change_a_bit_of_the_temperature(
    case: tuple[Any, Any], random: Any
) -> None:
    truth, table = case
    order = list(range(len(truth)))
    random.shuffle(order)
    assert fit_temperature(truth, table) == fit_temperature(truth[order], table[order])


def test_every_level_fits_the_same_temperature() -> None:
    rng = np.random.default_rng(8)
    truth, table = rng.integers(0, 5, 400), rng.dirichlet([0.3] * 5, 400)
    before = lstmetrics.runtime.current_isa()
    try:
        fitted = set()
        for level in lstmetrics.info()["isa_available"]:
            lstmetrics.runtime.set_isa(level)
            fitted.add(fit_temperature(truth, table))
    finally:
        lstmetrics.runtime.set_isa(before)
    assert len(fitted) == 1


def predictions(seed: int, rows: int = 300) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    scores = rng.dirichlet([1, 1, 1], rows).round(1)
    scores[:, 2] = 1 - scores[:, 0] - scores[:, 1]
    return {
        "y_true": rng.integers(0, 3, rows),
        "scores": np.abs(scores),
        "by": {"source": rng.choice(["web", "mail", "chat"], rows)},
        "texts": [f"text {number}" for number in rng.integers(0, 99, rows)],
        "ids": [f"row {number}" for number in range(rows)],
    }


def cut(columns: dict[str, Any], rows: Any) -> dict[str, Any]:
    taken = {name: column for name, column in columns.items() if name != "by"}
    batch = {
        name: [column[row] for row in rows] if isinstance(column, list) else column[rows]
        for name, column in taken.items()
    }
    return batch | {"by": {name: column[rows] for name, column in columns["by"].items()}}


FREE_OF_ORDER = ("metrics", "intervals", "digest", "slices", "worst", "calibration", "per_class")


@pytest.mark.parametrize("size", [1, 7, 300])
def test_a_stream_in_any_order_gives_the_same_report(size: int) -> None:
    columns = predictions(5)
    whole = evaluate_predictions(**columns, labels=[0, 1, 2], replicates=20)
    order = np.random.default_rng(size).permutation(300)
    batches = (cut(columns, order[first : first + size]) for first in range(0, 300, size))
    stream = evaluate_predictions(batches, labels=[0, 1, 2], replicates=20)
    for name in FREE_OF_ORDER:
        assert getattr(stream, name) == getattr(whole, name), name


def test_slices_are_what_an_evaluation_of_each_gives() -> None:
    columns = predictions(6)
    report = evaluate_predictions(**columns, replicates=0)
    for row in report.slices:
        if row["column"] != "source":
            continue
        part = cut(columns, np.flatnonzero(columns["by"]["source"] == row["value"]))
        alone = evaluate_predictions(**part, labels=[0, 1, 2], replicates=0)
        assert row["samples"] == alone.samples
        for name, value in row["metrics"].items():
            assert value == alone.metrics[name], name
        assert row["intervals"]["accuracy"] == alone.intervals["accuracy"]


def test_slices_and_mistakes_of_shards_merge() -> None:
    columns = predictions(7)
    truth, predicted = columns["y_true"], columns["scores"].argmax(axis=1)
    confidence = columns["scores"].max(axis=1)
    whole, whole_worst = SliceCounts("source", 3), WorstMistakes(5, [0, 1, 2])
    merged, merged_worst = SliceCounts("source", 3), WorstMistakes(5, [0, 1, 2])
    sources = columns["by"]["source"]
    whole.update(sources, truth, predicted)
    whole_worst.update(truth, predicted, confidence, columns["texts"], columns["ids"])
    for rows in np.array_split(np.random.default_rng(1).permutation(300), 9):
        part, worst = SliceCounts("source", 3), WorstMistakes(5, [0, 1, 2])
        part.update(sources[rows], truth[rows], predicted[rows])
        named = [[columns[name][row] for row in rows] for name in ("texts", "ids")]
        worst.update(truth[rows], predicted[rows], confidence[rows], *named)
        merged.merge(part)
        merged_worst.merge(worst)
    assert merged.rows(None, 0.95) == whole.rows(None, 0.95)
    assert merged_worst.rows(True) == whole_worst.rows(True)
