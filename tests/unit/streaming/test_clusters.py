"""Clusters: what is refused, and that a refusal leaves the state as it was."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import (
    CountOverflowError,
    FormatError,
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    MergeError,
    ShapeError,
)
from lstmetrics.streaming import (
    ClusteredConfusion,
    ClusteredLoss,
    ClusteredPairedLoss,
    ClusteredPairedOutcomes,
)

NAN = float("nan")


def assert_refused(state: Any, error: type[LstmetricsError], text: str, *a: Any, **k: Any) -> None:
    before = state.to_bytes()
    with pytest.raises(error, match=text):
        state.update(*a, **k)
    assert state.to_bytes() == before


def test_counts_refuse() -> None:
    state = ClusteredConfusion([0, 1]).update([0, 1], [1, 1], ids=["a", "b"])
    assert_refused(state, ShapeError, "inconsistent", [0], [0], ids=["a", "b"])
    assert_refused(state, ShapeError, "inconsistent", [0, 1], [0], ids=["a", "b"])
    assert_refused(state, InvalidValueError, r"y_pred\[1\]", [0, 1], [0, 2], ids=["a", "b"])
    assert_refused(state, InvalidTypeError, "text", [0], [0], ids=[1])
    assert_refused(state, InvalidValueError, "ids", [0], [0], ids=[0.5])
    with pytest.raises(TypeError, match="ids"):
        state.update([0], [0])  # type: ignore[call-arg]
    with pytest.raises(InvalidValueError, match="at least one label"):
        ClusteredConfusion([])


def test_losses_refuse() -> None:
    state = ClusteredPairedLoss().update([0.5], [0.25], ids=[1])
    assert_refused(state, InvalidValueError, r"losses\[1\] is NaN", [0, NAN], [0, 0], ids=[1, 2])
    assert_refused(state, InvalidValueError, r"losses_b\[0\] is NaN", [0, 0], [NAN, 0], ids=[1, 2])
    for weight in (-1.0, NAN, math.inf):
        assert_refused(state, InvalidValueError, "sample_weight", [0], [0], [weight], ids=[1])
    assert_refused(state, ShapeError, "inconsistent", [0, 1], [0], ids=[1, 2])
    assert_refused(state, ShapeError, "inconsistent", [0], [0], [1, 1], ids=[1])
    assert_refused(state, InvalidTypeError, "text", [0], [0], ids=["a"])


def test_merges_refuse() -> None:
    one = ClusteredConfusion().update([0], [0], ids=[1])
    for other in (
        ClusteredConfusion([0, 1]),
        ClusteredConfusion().update([0], [0], ids=["1"]),
        ClusteredConfusion().update(["0"], ["0"], ids=[1]),
    ):
        before = one.to_bytes()
        with pytest.raises(MergeError):
            one.merge(other)
        assert one.to_bytes() == before
    with pytest.raises(MergeError, match="text and integers"):
        ClusteredLoss().update([1], ids=[1]).merge(ClusteredLoss().update([1], ids=["1"]))


def test_counts_that_overflow() -> None:
    state = ClusteredLoss().update([1.0], ids=[1])
    for _ in range(62):
        state.merge(state)
    with pytest.raises(CountOverflowError):
        state.merge(state)
    assert state.samples == 2**62
    with pytest.raises(CountOverflowError, match="2\\^56"):
        state.interval("value")


def test_bytes_of_another_number_of_models() -> None:
    with pytest.raises(FormatError, match="number of models"):
        ClusteredConfusion.from_bytes(ClusteredPairedOutcomes().to_bytes())
    with pytest.raises(FormatError, match="number of models"):
        ClusteredPairedLoss.from_bytes(ClusteredLoss().to_bytes())


def test_intervals() -> None:
    state = ClusteredConfusion().update([0, 1, 1], [0, 1, 0], ids=[1, 2, 3])
    own = state.interval(lambda confusion: confusion.accuracy(), replicates=20)
    assert own == state.interval("accuracy", replicates=20)
    assert own.method == "bootstrap"
    with pytest.raises(InvalidParameterError, match="metric"):
        state.interval("auc")
    with pytest.raises(InvalidParameterError, match="method"):
        state.interval("accuracy", method="wilson")
    pair = ClusteredPairedLoss().update([1, 2], [0, 3], ids=["a", "b"])
    assert pair.interval("difference", replicates=10).estimate == 0
    with pytest.raises(InvalidParameterError, match="metric"):
        ClusteredPairedOutcomes().difference("auc")


def test_nothing_seen() -> None:
    assert math.isnan(ClusteredLoss().value())
    assert ClusteredConfusion().ids == []
    assert ClusteredConfusion().compute()["clusters"] == 0
    assert ClusteredLoss().update([], ids=np.array([], int)) == ClusteredLoss()
