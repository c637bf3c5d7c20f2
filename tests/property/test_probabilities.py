"""Log loss against the definition and against scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import Loss
from property.strategies import probability_tables, strided, weights
from reference import losses
from reference.exact import exact_sum, round_to_float32, ulp_distance

SETTINGS = settings(max_examples=60)
LABELS: tuple[list[Any], ...] = ([0, 1], [-1, 1], ["a", "é", "\U0001f600"], [3, 5, 7, 2**40])


@st.composite
def predictions(draw: st.DrawFn) -> tuple[list[Any], np.ndarray[Any, Any], list[Any]]:
    labels = draw(st.sampled_from(LABELS))
    rows = draw(st.integers(1, 25))
    table = draw(probability_tables(len(labels), rows, draw(st.sampled_from(["f4", "f8"]))))
    truth = draw(st.lists(st.sampled_from(labels), min_size=rows, max_size=rows))
    return truth, table, labels


@SETTINGS
@given(predictions(), st.data())
def test_log_loss(given_: tuple[list[Any], Any, list[Any]], data: st.DataObject) -> None:
    truth, table, labels = given_
    amounts = data.draw(st.none() | weights(len(truth)))
    value = metrics.log_loss(truth, table, labels=labels, sample_weight=amounts)
    per_sample = losses.sample_losses(truth, table.tolist(), labels, table.dtype.name)
    assert type(value) is float
    assert ulp_distance(value, losses.log_loss(per_sample, amounts)) <= 3


@SETTINGS
@given(predictions())
def test_sum_of_losses(given_: tuple[list[Any], Any, list[Any]]) -> None:
    truth, table, labels = given_
    value = metrics.log_loss(truth, table, labels=labels, normalize=False)
    per_sample = losses.sample_losses(truth, table.tolist(), labels, table.dtype.name)
    assert ulp_distance(value, exact_sum(per_sample)) <= 2


@SETTINGS
@given(predictions())
def test_close_to_sklearn(given_: tuple[list[Any], Any, list[Any]]) -> None:
    truth, table, labels = given_
    theirs = sklearn.metrics.log_loss(truth, table, labels=labels)
    tolerance = 1e-12 if table.dtype == np.float64 else 1e-5
    assert abs(metrics.log_loss(truth, table, labels=labels) - theirs) <= tolerance * (1 + theirs)


@SETTINGS
@given(
    st.lists(st.tuples(st.booleans(), st.floats(0, 1)), min_size=2, max_size=30),
    st.sampled_from(["float32", "float64"]),
)
def test_probabilities_of_the_positive_label(pairs: list[tuple[bool, float]], dtype: str) -> None:
    truth = [label for label, _ in pairs]
    column = [round_to_float32(p) if dtype == "float32" else p for _, p in pairs]
    value = metrics.log_loss(truth, np.array(column, dtype), labels=[False, True])
    rows = losses.positive_rows(column, dtype)
    per_sample = losses.sample_losses(truth, rows, [False, True], dtype)
    assert ulp_distance(value, losses.log_loss(per_sample)) <= 3


@SETTINGS
@given(predictions(), st.data())
def test_layout_does_not_matter(
    given_: tuple[list[Any], Any, list[Any]], data: st.DataObject
) -> None:
    truth, table, labels = given_
    expected = Loss("log_loss", labels=labels).update(truth, table)
    moved = data.draw(
        st.sampled_from([table[:, ::-1].copy()[:, ::-1], np.asfortranarray(table), table[:, :]])
    )
    truth_array = data.draw(strided(np.array(truth)))
    assert Loss("log_loss", labels=labels).update(truth_array, moved).digest() == expected.digest()


@SETTINGS
@given(predictions())
def test_the_function_is_the_state(given_: tuple[list[Any], Any, list[Any]]) -> None:
    truth, table, labels = given_
    state = Loss("log_loss", labels=labels).update(truth, table)
    assert state.value() == metrics.log_loss(truth, table, labels=labels)
