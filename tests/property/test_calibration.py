"""Calibration against exact arithmetic, against scikit-learn, and by torchmetrics' definition."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import sklearn.calibration
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics, runtime
from lstmetrics.streaming import Calibration
from property.strategies import probability_tables, strided, weights
from reference import calibration as reference
from reference.exact import round_once, round_to_float32, ulp_distance

SETTINGS = settings(max_examples=80)
NORMS = ("l1", "l2", "max")
DTYPES = ("float32", "float64")

# On edges of many numbers of bins, next to them, and far too small to be seen.
probabilities = st.one_of(
    st.floats(0, 1),
    st.integers(0, 60).map(lambda i: i / 60),
    st.integers(0, 15).map(lambda i: i * (1 / 15)),
    st.integers(1, 9).map(lambda i: float(np.nextafter(i * 0.1, 1))),
    st.sampled_from([0.0, 5e-324, 2.0**-1030, 2.0**-53, 2.0**-52, 0.5, 1 - 2.0**-53, 1.0]),
)


@st.composite
def judged(draw: st.DrawFn) -> tuple[list[bool], Any]:
    """Pairs of whether a thing came true and its probability, as a list and an array."""
    pairs = draw(st.lists(st.tuples(st.booleans(), probabilities), min_size=1, max_size=40))
    dtype = draw(st.sampled_from(DTYPES))
    column = [round_to_float32(p) if dtype == "float32" else p for _, p in pairs]
    return [hit for hit, _ in pairs], draw(strided(np.array(column, dtype)))


def test_the_signature_is_that_of_sklearn() -> None:
    ours, theirs = (
        inspect.signature(function).parameters.values()
        for function in (metrics.calibration_curve, sklearn.calibration.calibration_curve)
    )
    assert [(p.name, p.kind, p.default) for p in ours] == [
        (p.name, p.kind, p.default) for p in theirs
    ]


@SETTINGS
@given(judged(), st.integers(1, 20), st.sampled_from(["uniform", "quantile"]))
def test_curve(given_: Any, bins: int, strategy: str) -> None:
    hits, column = given_
    truth = np.array(hits)
    ours = metrics.calibration_curve(truth, column, n_bins=bins, strategy=strategy)
    theirs = sklearn.calibration.calibration_curve(truth, column, n_bins=bins, strategy=strategy)
    assert [a.dtype for a in ours] == [np.float64, np.float64]
    np.testing.assert_array_equal(ours[0], theirs[0])  # the same samples in the same bins
    np.testing.assert_allclose(ours[1], theirs[1], rtol=1e-14, atol=0)
    if strategy == "quantile":
        edges = np.percentile(column, 100 * np.linspace(0, 1, bins + 1)).tolist()
    else:
        edges = reference.uniform_edges(bins)
    pairs = list(zip(column.tolist(), hits, strict=True))
    exact = reference.curve(reference.binned(pairs, edges))
    assert ours[0].tolist() == [round_once(share) for share, _ in exact]
    for value, (_, mean) in zip(ours[1].tolist(), exact, strict=True):
        assert ulp_distance(value, round_once(mean)) <= 1


@SETTINGS
@given(
    st.sampled_from([[0, 1], [-1, 1], [3, 7], [0.5, 2.5], [False, True], ["no", "yes"]]),
    judged(),
    st.data(),
)
def test_labels_of_every_kind(classes: list[Any], given_: Any, data: st.DataObject) -> None:
    hits, column = given_
    truth = [classes[hit] for hit in hits]
    known = classes in ([0, 1], [-1, 1], [False, True])
    pos_label = data.draw(st.sampled_from([*classes, *([None] if known else [])]))
    theirs = sklearn.calibration.calibration_curve(truth, column, pos_label=pos_label)
    ours = metrics.calibration_curve(truth, column, pos_label=pos_label)
    np.testing.assert_array_equal(ours[0], theirs[0])
    positive = [label == (1 if pos_label is None else pos_label) for label in truth]
    error = metrics.expected_calibration_error(truth, column, pos_label=pos_label)
    assert error == Calibration().update(positive, column).expected_error()


@SETTINGS
@given(
    st.lists(st.one_of(probabilities, st.floats(0, 1)), min_size=1, max_size=50),
    st.integers(1, 25),
    st.sampled_from(DTYPES),
)
def test_quantile_edges_are_numpys_bit_by_bit(values: list[float], bins: int, dtype: str) -> None:
    column = np.array(values, dtype)
    edges = metrics.calibration_edges(column, n_bins=bins, strategy="quantile")
    assert edges.tolist() == np.percentile(column, 100 * np.linspace(0, 1, bins + 1)).tolist()
    exact = reference.percentile_edges(column.tolist(), bins)
    np.testing.assert_allclose(edges, [float(edge) for edge in exact], rtol=1e-6, atol=1e-12)
    # A sample on an edge and its neighbours show every bit of it.
    beside = np.concatenate([edges, np.nextafter(edges, 1), np.nextafter(edges, 0)])
    shown = Calibration(edges=edges).update(beside > 2, beside).reliability()
    places = [reference.place(p, edges.tolist()) for p in beside.tolist()]
    assert shown["samples"].tolist() == [places.count(i) for i in sorted(set(places))]


@given(st.integers(1, 5000))
def test_uniform_edges_are_numpys_bit_by_bit(bins: int) -> None:
    edges = metrics.calibration_edges([], n_bins=bins)
    assert edges.tolist() == np.linspace(0, 1, bins + 1).tolist()


@SETTINGS
@given(judged(), st.integers(1, 20), st.sampled_from(NORMS), st.data())
def test_error_of_one_column(given_: Any, bins: int, norm: str, data: st.DataObject) -> None:
    hits, column = given_
    amounts = data.draw(st.none() | weights(len(hits)))
    ours = metrics.expected_calibration_error(
        hits, column, n_bins=bins, norm=norm, sample_weight=amounts
    )
    pairs = list(zip(column.tolist(), hits, strict=True))
    bins_ = reference.binned(pairs, reference.uniform_edges(bins), amounts)
    expected = reference.error(bins_, norm)
    assert expected is not None
    assert type(ours) is float
    if norm != "l2":
        assert ulp_distance(ours, expected) <= 2
    elif not expected or expected > 1e-140:
        assert ours == pytest.approx(expected, rel=1e-15)
    state = Calibration(bins).update(hits, column, amounts)
    assert state.expected_error(norm) == ours
    if norm == "max":
        largest = metrics.maximum_calibration_error(
            hits, column, n_bins=bins, sample_weight=amounts
        )
        assert largest == ours == state.maximum_error()


@SETTINGS
@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_torchmetrics_differ_on_edges_alone(pairs: list[tuple[float, bool]]) -> None:
    edges = reference.uniform_edges(15)
    column, hits = zip(*pairs, strict=True)
    if not set(column) & set(edges):
        ours = metrics.expected_calibration_error(hits, column)
        expected = reference.closed_on_the_left(pairs, 15)
        assert ours == pytest.approx(expected, rel=1e-13, abs=1e-300)


@st.composite
def tables(
    draw: st.DrawFn, dtypes: tuple[str, ...] = ("float16", *DTYPES)
) -> tuple[list[Any], list[Any], Any, list[float] | None]:
    labels: list[Any] = draw(
        st.sampled_from([[0, 1], [0, 1, 2], ["a", "é", "\U0001f600"], [-3, 5, 7, 2**40]])
    )
    rows = draw(st.integers(1, 25))
    table = draw(probability_tables(len(labels), rows, draw(st.sampled_from(dtypes))))
    if draw(st.booleans()):
        table = np.asfortranarray(table)
    truth = draw(st.lists(st.sampled_from(labels), min_size=rows, max_size=rows))
    return labels, truth, table, draw(st.none() | weights(rows))


@SETTINGS
@given(tables(), st.integers(1, 12), st.sampled_from(NORMS), st.sampled_from([True, False]))
def test_errors_of_tables(given_: Any, bins: int, norm: str, classwise: bool) -> None:
    labels, truth, table, amounts = given_
    kind = "classwise" if classwise else "top_label"
    ours = metrics.expected_calibration_error(
        truth, table, labels=labels, n_bins=bins, norm=norm, sample_weight=amounts, kind=kind
    )
    rows = table.tolist()
    edges = reference.uniform_edges(bins)
    if classwise:
        sets = [
            [(row[k], true == label) for row, true in zip(rows, truth, strict=True)]
            for k, label in enumerate(labels)
        ]
    else:
        tops = [reference.top_label(row) for row in rows]
        sets = [
            [
                (row[top], labels[top] == true)
                for row, top, true in zip(rows, tops, truth, strict=True)
            ]
        ]
    errors = [reference.error(reference.binned(pairs, edges, amounts), norm) for pairs in sets]
    known = [error for error in errors if error is not None]
    expected = max(known) if norm == "max" else np.mean(known)
    assert ours == pytest.approx(expected, rel=1e-14, abs=1e-140)
    state = Calibration(bins, kind=kind, labels=labels).update(truth, table, amounts)
    assert state.expected_error(norm) == ours
    default = metrics.expected_calibration_error(
        truth, table, labels=labels, n_bins=bins, norm=norm, sample_weight=amounts
    )
    if not classwise:
        assert default == ours


@SETTINGS
@given(tables(DTYPES), st.integers(1, 12))
def test_quantiles_of_the_top_label(given_: Any, bins: int) -> None:
    labels, truth, table, _ = given_
    ours = metrics.expected_calibration_error(
        truth, table, labels=labels, n_bins=bins, strategy="quantile"
    )
    edges = np.percentile(table.max(axis=1), 100 * np.linspace(0, 1, bins + 1))
    state = Calibration(kind="top_label", labels=labels, edges=edges).update(truth, table)
    assert ours == state.expected_error()


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_long_columns_in_pieces(threads: int) -> None:
    generator = np.random.default_rng(5)
    column = np.concatenate([generator.random(700_000), generator.random(9) * 1e-300])
    hits = generator.random(len(column)) < column
    runtime.set_num_threads(threads)
    prob_true, prob_pred = metrics.calibration_curve(hits, column, n_bins=10)
    at = np.searchsorted(np.linspace(0, 1, 11)[1:-1], column)
    assert prob_true.tolist() == [hits[at == k].mean() for k in range(10)]
    np.testing.assert_allclose(prob_pred, [column[at == k].mean() for k in range(10)], rtol=1e-13)
    pieces = [Calibration(10) for _ in range(7)]
    for state, part, came in zip(
        pieces, np.array_split(column, 7), np.array_split(hits, 7), strict=True
    ):
        state.update(came, part)
    merged = pieces[3]
    for k in (6, 0, 5, 1, 4, 2):
        merged += pieces[k]
    assert merged.digest() == Calibration(10).update(hits, column).digest()
