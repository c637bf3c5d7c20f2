"""Top-k accuracy against sorting, and against scikit-learn."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics, runtime
from lstmetrics.streaming import TopK
from property.strategies import weights
from reference import top_k as reference
from reference.exact import round_once, ulp_distance
from reference.outcome import outcome_of

SETTINGS = settings(max_examples=100)
LABELS: tuple[list[Any], ...] = (
    [0, 1, 2],
    [-3, 5, 7, 2**40],
    ["", "a", "é", "日本", "\U0001f600"],
    list(range(40)),
)
DTYPES = ("float32", "float64", "float16", "int8", "int64", "uint64", "bool")

Given = tuple[list[Any], list[Any], Any, list[float] | None]


@st.composite
def arrays(draw: st.DrawFn, shape: tuple[int, ...]) -> Any:
    """Scores with many ties, of any number type and layout."""
    dtype = draw(st.sampled_from(DTYPES))
    size = int(np.prod(shape))
    if dtype.startswith("float"):
        width = {"float16": 16, "float32": 32, "float64": 64}[dtype]
        score: Any = st.one_of(
            st.sampled_from([0.0, -0.0, 0.5, 1.0, -1.0]),
            st.floats(allow_nan=False, allow_infinity=False, width=width),
        )
    elif dtype == "bool":
        score = st.booleans()
    else:
        limits = np.iinfo(dtype)
        score = st.one_of(st.integers(0, 3), st.integers(limits.max - 2, limits.max))
    values = draw(st.lists(score, min_size=size, max_size=size))
    table = np.array(values, dtype).reshape(shape)
    layout = draw(st.sampled_from(["plain", "columns", "reversed", "spread"]))
    if layout == "columns":
        return np.asfortranarray(table)
    if layout == "reversed":
        return table[::-1].copy()[::-1]
    if layout == "spread":
        wide = np.zeros((*shape[:-1], 2 * shape[-1]), dtype)
        wide[..., ::2] = table
        return wide[..., ::2]
    return table


@st.composite
def ranked(draw: st.DrawFn) -> Given:
    labels = draw(st.sampled_from(LABELS))
    rows = draw(st.integers(1, 12))
    table = draw(arrays((rows, len(labels))))
    truth = draw(st.lists(st.sampled_from(labels), min_size=rows, max_size=rows))
    return labels, truth, table, draw(st.none() | weights(rows))


def test_the_signature_is_that_of_sklearn() -> None:
    ours, theirs = (
        inspect.signature(module.top_k_accuracy_score).parameters.values()
        for module in (metrics, sklearn.metrics)
    )
    assert [(p.name, p.kind, p.default) for p in ours] == [
        (p.name, p.kind, p.default) for p in theirs
    ]


@SETTINGS
@given(ranked(), st.integers(1, 8), st.booleans())
def test_tables(given_: Given, k: int, normalize: bool) -> None:
    labels, truth, table, amounts = given_
    keywords: dict[str, Any] = {"k": k, "labels": labels, "normalize": normalize}
    keywords["sample_weight"] = amounts
    ours = outcome_of(metrics.top_k_accuracy_score, truth, table, **keywords)
    theirs = outcome_of(sklearn.metrics.top_k_accuracy_score, truth, table, **keywords)
    assert ours.warnings == theirs.warnings
    assert type(ours.value) is float
    assert ours.value == pytest.approx(theirs.value, rel=1e-12)
    hits = [
        reference.among_first(row, labels.index(label), k)
        for row, label in zip(table.tolist(), truth, strict=True)
    ]
    hit, total = reference.hit_weight(hits, amounts)
    exact = round_once(hit / total if normalize else hit)
    assert ulp_distance(ours.value, exact) <= (0 if amounts is None or not normalize else 2)
    state = TopK((k, 3 * k), labels=labels).update(truth, table, amounts)
    assert (state.accuracy(k) if normalize else state.hits(k)) == ours.value
    numbers = [labels.index(label) for label in truth]
    assert TopK(k).update(numbers, table, amounts).hits() == state.hits(k)


@SETTINGS
@given(
    st.sampled_from([[0, 1], [-1, 1], [3.0, 7.0], [False, True], ["no", "yes"]]),
    st.lists(st.booleans(), min_size=1, max_size=20),
    st.integers(1, 3),
    st.booleans(),
    st.data(),
)
def test_two_labels(
    labels: list[Any], given_: list[bool], k: int, normalize: bool, data: st.DataObject
) -> None:
    truth = [labels[greater] for greater in given_]
    shape = data.draw(st.sampled_from([(len(given_),), (len(given_), 1)]))
    column = data.draw(arrays(shape))
    keywords: dict[str, Any] = {"k": k, "normalize": normalize}
    if len(set(truth)) == 1 or data.draw(st.booleans()):
        keywords["labels"] = labels
    if data.draw(st.booleans()):
        keywords["sample_weight"] = data.draw(weights(len(given_)))
    ours = outcome_of(metrics.top_k_accuracy_score, truth, column, **keywords)
    theirs = outcome_of(sklearn.metrics.top_k_accuracy_score, truth, column, **keywords)
    assert ours.warnings == theirs.warnings
    assert ours.value == pytest.approx(theirs.value, rel=1e-12)
    scores = column.ravel().tolist()
    hits = [
        k > 1 or reference.decided(score, scores, greater)
        for score, greater in zip(scores, given_, strict=True)
    ]
    hit, total = reference.hit_weight(hits, keywords.get("sample_weight"))
    assert ulp_distance(ours.value, round_once(hit / total if normalize else hit)) <= 2


@SETTINGS
@given(st.lists(st.floats(-10, 10), min_size=3, max_size=3).filter(lambda w: abs(sum(w)) > 1e-3))
def test_negative_weights_are_let_pass(amounts: list[float]) -> None:
    table = np.eye(3)[[0, 0, 2]]
    keywords: dict[str, Any] = {"k": 1, "sample_weight": amounts}
    ours = metrics.top_k_accuracy_score([0, 1, 2], table, **keywords)
    theirs = sklearn.metrics.top_k_accuracy_score([0, 1, 2], table, **keywords)
    assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("level", runtime.available_isa_levels())
@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_many_rows_on_every_level(level: str, threads: int, dtype: str) -> None:
    generator = np.random.default_rng(3)
    table = generator.integers(0, 40, (20_000, 130)).astype(dtype)
    truth = generator.integers(0, 130, 20_000)
    runtime.set_isa(level)
    runtime.set_num_threads(threads)
    state = TopK((1, 5, 129)).update(truth, table)
    order = np.argsort(table, axis=1, kind="stable")[:, ::-1]
    rank = (order == truth[:, None]).argmax(axis=1)
    for k in (1, 5, 129):
        assert state.hits(k) == (rank < k).sum()
    parts = TopK((1, 5, 129))
    for piece in np.array_split(np.arange(20_000), 7):
        parts.update(truth[piece], table[piece])
    assert parts.digest() == state.digest()
