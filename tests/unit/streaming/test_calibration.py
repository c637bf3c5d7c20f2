"""Calibration: results, and input that is refused whole."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics.errors import (
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    LstmetricsError,
    MergeError,
    ShapeError,
)
from lstmetrics.streaming import Calibration

NAN = float("nan")
TABLE = np.array([[0.75, 0.25], [0.25, 0.75], [0.5, 0.5], [0.125, 0.875]])


def test_a_stream_by_hand() -> None:
    state = Calibration(2)
    for truth, p in ((0, 0.125), (1, 0.75), (1, 0.75), (1, 0.5)):
        state.update([truth], [p])
    assert (state.samples, state.kind, state.labels) == (4, "binary", [0, 1])
    assert state.edges.tolist() == [0.0, 0.5, 1.0]
    shown = {name: column.tolist() for name, column in state.reliability().items()}
    assert shown == {
        "lower": [0.0, 0.5],
        "upper": [0.5, 1.0],
        "samples": [2, 2],
        "weight": [2.0, 2.0],
        "prob_true": [0.5, 1.0],
        "prob_pred": [0.3125, 0.75],
    }
    assert [a.tolist() for a in state.curve()] == [[0.5, 1.0], [0.3125, 0.75]]
    assert state.expected_error() == (2 * 0.1875 + 2 * 0.25) / 4
    assert state.expected_error("l2") == math.sqrt((2 * 0.1875**2 + 2 * 0.25**2) / 4)
    assert state.maximum_error() == state.expected_error("max") == 0.25
    assert state.compute() == {
        "samples": 4,
        "expected_calibration_error": 0.21875,
        "maximum_calibration_error": 0.25,
    }


def test_the_same_probability_of_either_label() -> None:
    state = Calibration(labels=["no", "yes"]).update(["no", "yes"], [0.25, 0.5])
    assert state.expected_error() == metrics.expected_calibration_error(
        ["no", "yes"], [0.25, 0.5], pos_label="yes"
    )


def test_bins_without_weight_are_empty() -> None:
    state = Calibration(2).update([0, 1], [0.25, 1.0], [0.0, 2.0])
    assert state.reliability()["samples"].tolist() == [1]
    assert state.expected_error() == 0.0
    assert math.isnan(Calibration().update([1], [0.5], [0.0]).expected_error())


def test_each_label() -> None:
    truth = ["a", "b", "b", "a"]
    state = Calibration(2, kind="classwise", labels=["b", "a"]).update(truth, TABLE)
    columns = [
        Calibration(2).update([label == name for label in truth], TABLE[:, k])
        for k, name in enumerate(["a", "b"])
    ]
    assert [a.tolist() for a in state.curve("b")] == [a.tolist() for a in columns[1].curve()]
    assert state.maximum_error() == max(column.maximum_error() for column in columns)
    mean = (columns[0].expected_error() + columns[1].expected_error()) / 2
    assert state.expected_error() == mean
    assert repr(state) == "Calibration(n_bins=2, kind='classwise', samples=4, labels=['a', 'b'])"
    with pytest.raises(InvalidParameterError, match="label must be one of"):
        state.curve()
    with pytest.raises(InvalidParameterError, match="kind='classwise'"):
        columns[0].curve(1)


def test_nothing_seen_gives_nan() -> None:
    state = Calibration()
    assert math.isnan(state.expected_error())
    assert math.isnan(state.maximum_error())
    assert [len(a) for a in state.curve()] == [0, 0]
    assert state.update([], []).samples == 0


def test_outer_edges_bound_nothing() -> None:
    state = Calibration(edges=[0.25, 0.5, 0.5, 0.75]).update([0, 1, 1], [0.0, 0.5, 1.0])
    assert state.reliability()["samples"].tolist() == [2, 1]
    assert state.reliability()["lower"].tolist() == [0.25, 0.5]


REFUSED: list[tuple[tuple[Any, ...], type[LstmetricsError], str]] = [
    (([0, 1], [0.5]), ShapeError, "inconsistent"),
    (([0, 1], [0.5, 0.5], [1.0]), ShapeError, "inconsistent"),
    (([0, 1], [0.5, NAN]), InvalidValueError, "row 1"),
    (([0, 1], [0.5, 1.5]), InvalidValueError, "1.5"),
    (([0, 1], [0.5, -0.5]), InvalidValueError, "-0.5"),
    (([0, 7], [0.5, 0.5]), InvalidValueError, r"y_true\[1\]"),
    (([0, 1], [[0.5, 0.5]] * 2), ShapeError, "must have 1 column to judge the greater label"),
    (([0, 1], [0.5, 0.5], [1, -1]), InvalidValueError, r"sample_weight\[1\]"),
    (([0, 1], [0.5, 0.5], [1, NAN]), InvalidValueError, "sample_weight"),
    ((["0", "1"], [0.5, 0.5]), InvalidValueError, "not belonging to the passed labels"),
    (([0.5, 1], [0.5, 0.5]), InvalidValueError, "continuous"),
    (([0, 1], ["x", "y"]), InvalidValueError, "y_prob must hold numbers"),
]


@pytest.mark.parametrize(("arguments", "error", "message"), REFUSED)
def test_refused_updates_change_nothing(
    arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    state = Calibration().update([0, 1, 1], [0.5, 0.6, 0.7])
    before = state.to_bytes()
    with pytest.raises(error, match=message):
        state.update(*arguments)
    assert state.to_bytes() == before


BAD: list[tuple[dict[str, Any], type[LstmetricsError], str]] = [
    ({"n_bins": 0}, InvalidParameterError, "n_bins"),
    ({"n_bins": "15"}, InvalidParameterError, "n_bins"),
    ({"kind": "soft"}, InvalidValueError, "'binary', 'top_label' or 'classwise', got 'soft'"),
    ({"kind": "top_label"}, InvalidParameterError, "needs labels="),
    ({"labels": [0, 1, 2]}, InvalidValueError, "labels must be two to judge the greater label"),
    ({"labels": [1], "kind": "top_label"}, InvalidValueError, "two or more"),
    ({"labels": ["a", 1]}, InvalidTypeError, "mixes"),
    ({"edges": [0.5]}, InvalidValueError, "at least two"),
    ({"edges": [0.5, 0.25]}, InvalidValueError, r"edges\[1\] is 0.25"),
    ({"edges": [0, NAN, 1]}, InvalidValueError, r"edges\[1\] is NaN"),
    ({"edges": [0, 1.5]}, InvalidValueError, r"edges\[1\] is 1.5"),
    ({"edges": [-0.5, 1]}, InvalidValueError, r"edges\[0\] is -0.5"),
    ({"edges": [[0, 1]]}, ShapeError, "one dimension"),
    ({"edges": ["a", "b"]}, InvalidParameterError, "must be numbers"),
]


@pytest.mark.parametrize(("keywords", "error", "message"), BAD)
def test_parameters_that_are_refused(
    keywords: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Calibration(**keywords)


@pytest.mark.parametrize(
    "other",
    [
        Calibration(10),
        Calibration(labels=[0, 2]),
        Calibration(kind="top_label", labels=[0, 1]),
        Calibration(kind="classwise", labels=[0, 1]),
        Calibration(edges=np.linspace(0, 1, 16) ** 2),
    ],
    ids=repr,
)
def test_other_parameters_do_not_merge(other: Calibration) -> None:
    state = Calibration()
    with pytest.raises(MergeError, match="edges, labels and what is judged must be the same"):
        state.merge(other)


def test_a_negative_zero_is_no_other_edge() -> None:
    assert Calibration(edges=[-0.0, 1]) == Calibration(1)
    assert Calibration(edges=[-0.0, 1]).digest() == Calibration(1).digest()
