"""States by group: what a group holds, what is refused, and that a refusal changes nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics.errors import (
    FormatError,
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    MergeError,
    ShapeError,
)
from lstmetrics.streaming import Collection, Confusion, Grouped, Interval, Loss, Tokens

NAN = float("nan")


@settings(max_examples=50)
@given(
    st.sampled_from([["a", "", "é"], [-1, 0, 2**40]]).flatmap(
        lambda groups: st.lists(
            st.tuples(st.sampled_from(groups), st.integers(0, 2), st.integers(0, 2)), min_size=1
        )
    )
)
def test_a_group_holds_what_its_samples_alone_give(rows: list[tuple[Any, int, int]]) -> None:
    groups, true, predicted = map(list, zip(*rows, strict=True))
    grouped = Grouped(Confusion()).update(groups, true, predicted)
    assert grouped.groups == sorted(set(groups))
    for group in grouped:
        own = [(t, p) for g, t, p in rows if g == group]
        assert grouped[group] == Confusion().update(*map(list, zip(*own, strict=True)))
    assert grouped.overall() == Confusion().update(true, predicted)
    results = grouped.compute()
    assert results["overall"] == grouped.overall().compute()  # type: ignore[attr-defined]
    assert list(results["groups"]) == grouped.groups


@pytest.mark.parametrize("spread", [1, 1000, 2**40])
def test_many_rows_however_far_groups_lie_apart(spread: int) -> None:
    random = np.random.default_rng(2)
    groups = (random.integers(-3, 4, 70_000) * spread).astype("i8")
    true, predicted = random.integers(0, 3, (2, 70_000))
    grouped = Grouped(Confusion()).update(groups, true, predicted)
    assert grouped.groups == [place * spread for place in range(-3, 4)]
    for group in grouped:
        own = groups == group
        assert grouped[group] == Confusion().update(true[own], predicted[own])


def test_several_columns() -> None:
    grouped = Grouped(Confusion(), by=["site", "kind"])
    grouped.update([[1, 1, 2], ["x", "y", "x"]], [0, 1, 1], [0, 0, 1])
    grouped.update({"kind": ["x"], "site": [1]}, [0], [1])
    assert grouped.groups == [(1, "x"), (1, "y"), (2, "x")]
    assert grouped[1, "x"].samples == 2  # type: ignore[attr-defined]
    assert (1, "y") in grouped
    assert (2, "y") not in grouped
    assert len(grouped) == 3
    assert grouped.by == ["site", "kind"]
    with pytest.raises(KeyError):
        grouped[2, "y"]


def test_dictionaries_stay_codes() -> None:
    pandas = pytest.importorskip("pandas")
    groups = pandas.Series(["b", "a", "b"], dtype=pandas.CategoricalDtype(["b", "unused", "a"]))
    grouped = Grouped(Confusion()).update(groups, [0, 1, 1], [0, 1, 0])
    assert grouped == Grouped(Confusion()).update(["b", "a", "b"], [0, 1, 1], [0, 1, 0])
    assert grouped == Grouped(Confusion()).update(
        np.array(["b", "a", "b"], object), pandas.Series([0, 1, 1]), np.array([0, 1, 0], "i1")
    )


def test_tables_strings_and_flags() -> None:
    logits = np.arange(24, dtype=np.float32).reshape(4, 6) % 5
    groups = [1, 0, 1, 1]
    grouped = Grouped(Tokens(top_k=(2,), ignore_index=3))
    grouped.update(groups, logits, [0, 3, 5, 3], inputs="logits", mask=np.array([1, 1, 1, 1]))
    alone = Tokens(top_k=(2,), ignore_index=3).update(logits[[0, 2, 3]], [0, 5, 3])
    assert grouped[1] == alone
    losses = Grouped(Loss("user")).update([True, False], [1.5, 2.5], using="update_losses")
    assert losses.groups == [0, 1]
    assert losses[1].value() == 1.5  # type: ignore[attr-defined]


def refused(grouped: Grouped, error: type[LstmetricsError], text: str, *a: Any, **k: Any) -> None:
    before = grouped.to_bytes()
    with pytest.raises(error, match=text):
        grouped.update(*a, **k)
    assert grouped.to_bytes() == before


def test_refusals() -> None:
    grouped = Grouped(Confusion([0, 1])).update(["a"], [0], [1])
    refused(grouped, ShapeError, "argument 0 has 1 rows", ["a", "b"], [0], [0, 1])
    refused(grouped, InvalidValueError, "y_pred", ["a", "b"], [0, 1], [0, 7])
    refused(grouped, InvalidTypeError, "text and integers", [1], [0], [0])
    refused(grouped, InvalidValueError, "integers or text", [0.5], [0], [0])
    refused(grouped, InvalidValueError, "NaN", [NAN], [0], [0])
    refused(grouped, InvalidTypeError, "integers or text", np.array([b"a"]), [0], [0])
    refused(grouped, InvalidTypeError, "integers or text", np.array([None], object), [0], [0])
    refused(grouped, InvalidValueError, "sample_weight", ["a", "b"], [0, 1], [0, 1], [1, NAN])
    refused(grouped, InvalidParameterError, "no method", ["a"], [0], [0], using="reset")
    refused(Grouped(Tokens()), InvalidTypeError, "whole batch", [0], [[0.5]], [0], characters=3)
    two = Grouped(Confusion(), by=["p", "q"])
    refused(two, InvalidTypeError, "2 columns", ["a"], [0], [0])
    refused(two, ShapeError, "group columns", [["a"], [1, 2]], [0], [0])
    for make, error in (
        (lambda: Grouped(Confusion().update([0], [0])), InvalidValueError),
        (lambda: Grouped(3), InvalidTypeError),
        (lambda: Grouped(Confusion(), by=["a", "a"]), InvalidValueError),
        (lambda: Grouped(Confusion(), by="ab"), InvalidTypeError),
    ):
        with pytest.raises(error):
            make()


def test_merges_refuse() -> None:
    grouped = Grouped(Confusion()).update(["a"], [0], [1])
    for other in (
        Grouped(Confusion([0, 1])),
        Grouped(Loss("user")),
        Grouped(Confusion(), by=["x"]),
        Grouped(Confusion()).update([1], [0], [0]),
        Grouped(Confusion()).update(["b", "a"], ["x", "x"], ["x", "x"]),
    ):
        before = grouped.to_bytes()
        with pytest.raises(MergeError):
            grouped.merge(other)
        assert grouped.to_bytes() == before


def test_intervals() -> None:
    grouped = Grouped(Confusion()).update(["a", "b", "a"], [0, 1, 1], [0, 1, 0])
    found = grouped.intervals("accuracy")
    assert list(found) == ["a", "b"]
    assert isinstance(found["a"], Interval)
    assert found["a"] == grouped["a"].interval("accuracy")
    assert grouped.interval("accuracy") == grouped.overall().interval("accuracy")


def test_nested() -> None:
    inside = Grouped(Collection({"hits": Confusion([0, 1])}))
    inside.update([3, 4, 3], y_true=[0, 1, 1], y_pred=[0, 1, 0])
    assert inside[3].compute()["hits.accuracy"] == 0.5  # type: ignore[attr-defined]
    assert Grouped.from_bytes(inside.to_bytes()) == inside


def test_bytes_of_something_else() -> None:
    with pytest.raises(FormatError):
        Grouped.from_bytes(Collection({"a": Confusion()}).to_bytes())
    with pytest.raises(FormatError):
        Grouped.from_bytes(Confusion().to_bytes())
