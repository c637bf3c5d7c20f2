"""What every streaming class refuses, and that a refusal leaves the state as it was.

NaN where numbers are meant, labels that were not declared, weights that are negative, NaN or
infinite, lengths that differ, states with other parameters, and counts beyond 64 bits: the bad
value stands at the end of a batch that is good before it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from lstmetrics.errors import CountOverflowError, LstmetricsError, MergeError
from lstmetrics.streaming import (
    Calibration,
    Confusion,
    Loss,
    MultilabelConfusion,
    PairedOutcomes,
    PairedScores,
    Scores,
    Tokens,
    TopK,
)

NAN, INFINITY = float("nan"), float("inf")


class Case(NamedTuple):
    """A class, a good batch by argument, and bad ends of the arguments."""

    make: Callable[[], Any]
    good: dict[str, Any]
    bad: dict[str, list[Any]]
    others: list[Callable[[], Any]]  # states that it cannot be merged with
    method: str = "update"


LABELS = ["ham", "spam"]
WEIGHTS = [-1.0, NAN, INFINITY]
CHANCES = [NAN, 1.5, -0.25]

CASES = {
    "Confusion": Case(
        lambda: Confusion(LABELS),
        {"y_true": ["ham", "spam"], "y_pred": ["spam", "ham"], "sample_weight": [1.0, 2.0]},
        {"y_true": ["eggs"], "y_pred": ["eggs"], "sample_weight": WEIGHTS},
        [Confusion, lambda: Confusion(["ham"])],
    ),
    "MultilabelConfusion": Case(
        lambda: MultilabelConfusion(2),
        {"y_true": [[0, 1], [1, 0]], "y_pred": [[1, 1], [0, 0]], "sample_weight": [1.0, 2.0]},
        {"y_true": [[0, 2], [0, NAN]], "y_pred": [[-1, 0]], "sample_weight": WEIGHTS},
        [MultilabelConfusion, lambda: MultilabelConfusion(3)],
    ),
    "log loss": Case(
        lambda: Loss("log_loss", LABELS),
        {"y_true": ["ham", "spam"], "y_proba": [0.25, 0.5], "sample_weight": [1.0, 2.0]},
        {"y_true": ["eggs"], "y_proba": CHANCES, "sample_weight": WEIGHTS},
        [lambda: Loss("log_loss"), lambda: Loss("brier", LABELS), lambda: Loss("user")],
    ),
    "brier": Case(
        lambda: Loss("brier", [0, 1, 2]),
        {"y_true": [0, 2], "y_proba": np.eye(3)[:2], "sample_weight": [1.0, 2.0]},
        {
            "y_true": [3],
            "y_proba": [[0.5, 0.5, NAN], [0, 1.5, 0], [-0.5, 1, 0.5]],
            "sample_weight": WEIGHTS,
        },
        [lambda: Loss("brier", [0, 1])],
    ),
    "losses": Case(
        lambda: Loss("user"),
        {"losses": [0.5, 1.5], "sample_weight": [1.0, 2.0]},
        {"losses": [NAN], "sample_weight": WEIGHTS},
        [lambda: Loss("brier")],
        "update_losses",
    ),
    "Calibration": Case(
        lambda: Calibration(5),
        {"y_true": [0, 1], "y_prob": [0.25, 0.5], "sample_weight": [1.0, 2.0]},
        {"y_true": [2], "y_prob": CHANCES, "sample_weight": WEIGHTS},
        [lambda: Calibration(6)],
    ),
    "Scores": Case(
        lambda: Scores(LABELS, probabilities=True),
        {"y_true": ["ham", "spam"], "y_score": [0.25, 0.5], "sample_weight": [1.0, 2.0]},
        {"y_true": ["eggs"], "y_score": CHANCES, "sample_weight": WEIGHTS},
        [
            lambda: Scores(LABELS),
            lambda: Scores(LABELS, "ham", probabilities=True),
            lambda: Scores(LABELS, probabilities=True, max_points=50),
        ],
    ),
    "TopK": Case(
        lambda: TopK((1, 2), labels=[3, 4, 5]),
        {"y_true": [3, 5], "y_score": [[1.0, 2, 3], [3, 2, 1]], "sample_weight": [1.0, 2.0]},
        {"y_true": [6], "y_score": [[1, NAN, 2]], "sample_weight": WEIGHTS},
        [lambda: TopK((1, 2)), lambda: TopK((1,), labels=[3, 4, 5])],
    ),
    "PairedOutcomes": Case(
        lambda: PairedOutcomes([0, 1]),
        {"y_true": [0, 1], "y_pred_a": [1, 1], "y_pred_b": [0, 0]},
        {"y_true": [2], "y_pred_a": [7], "y_pred_b": [-1]},
        [PairedOutcomes],
    ),
    "PairedScores": Case(
        lambda: PairedScores([0, 1]),
        {"y_true": [0, 1], "y_score_a": [0.5, 1.5], "y_score_b": [0.0, -1.0]},
        {"y_true": [2], "y_score_a": [NAN], "y_score_b": [NAN]},
        [lambda: PairedScores([1, 2])],
    ),
    "Tokens": Case(
        lambda: Tokens(top_k=(2,)),
        {"logits": np.zeros((2, 3), "f4"), "targets": [0, 2], "sample_weight": [1.0, 2.0]},
        {"logits": [[0, NAN, 0]], "targets": [3, -1], "sample_weight": WEIGHTS},
        [lambda: Tokens(top_k=(1,))],
    ),
    "losses of tokens": Case(
        Tokens,
        {"nll": [0.5, 1.5], "sample_weight": [1.0, 2.0]},
        {"nll": [NAN], "sample_weight": WEIGHTS},
        [],
        "update_nll",
    ),
}
cases = pytest.mark.parametrize("case", CASES.values(), ids=CASES)
ENDS = [
    pytest.param(case, argument, bad, id=f"{name}-{argument}-{bad}")
    for name, case in CASES.items()
    for argument, values in case.bad.items()
    for bad in values
]


def fed(case: Case) -> Any:
    return getattr(case.make(), case.method)(**case.good)


def assert_refused(case: Case, arguments: dict[str, Any]) -> None:
    state = fed(case)
    before = state.to_bytes()
    with pytest.raises(LstmetricsError):
        getattr(state, case.method)(**arguments)
    assert state.to_bytes() == before


@pytest.mark.parametrize(("case", "argument", "bad"), ENDS)
def test_a_bad_end_of_a_batch(case: Case, argument: str, bad: Any) -> None:
    assert_refused(case, {**case.good, argument: [*list(case.good[argument])[:-1], bad]})


@cases
def test_lengths_that_differ(case: Case) -> None:
    for argument in list(case.good)[1:]:
        assert_refused(case, {**case.good, argument: case.good[argument][:1]})


@cases
def test_states_with_other_parameters(case: Case) -> None:
    for other in case.others:
        state, twin = fed(case), other()
        before, others = state.to_bytes(), twin.to_bytes()
        with pytest.raises(MergeError):
            state.merge(twin)
        with pytest.raises(MergeError):
            state + twin
        assert (state.to_bytes(), twin.to_bytes()) == (before, others)


@cases
def test_counts_beyond_64_bits(case: Case) -> None:
    """A state merged with itself doubles; it refuses before it would overflow, and stays."""
    state = fed(case)
    before = state.to_bytes()
    for _ in range(64):
        before = state.to_bytes()
        try:
            state.merge(state)
        except CountOverflowError:
            break
    else:
        pytest.fail("no overflow was refused")
    assert state.to_bytes() == before
    with pytest.raises(CountOverflowError):
        state + state
