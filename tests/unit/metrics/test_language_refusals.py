"""What language-model metrics refuse."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest

from lstmetrics import metrics
from lstmetrics.errors import (
    InvalidParameterError,
    InvalidTypeError,
    InvalidValueError,
    ShapeError,
    UnsupportedError,
)

LOGITS = np.zeros((3, 4))


FUNCTIONS = [
    metrics.cross_entropy,
    metrics.perplexity,
    metrics.bits_per_token,
    functools.partial(metrics.bits_per_character, characters=9),
    functools.partial(metrics.bits_per_byte, bytes=9),
    metrics.token_accuracy,
    metrics.top_k_token_accuracy,
]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("logits", "targets", "keywords", "error", "message"),
    [
        (LOGITS, [0, 1], {}, ShapeError, r"targets has shape \(2,\), expected \(3,\)"),
        (LOGITS[0], [0, 1, 2, 3], {}, ShapeError, "at least two dimensions"),
        (LOGITS, [0, 1, 4], {}, InvalidValueError, "4"),
        (LOGITS, [0, -1, 1], {}, InvalidValueError, "-1"),
        (LOGITS, [0.0, 1.0, 2.0], {}, InvalidTypeError, "targets must be integers"),
        (LOGITS.astype(int), [0, 1, 2], {}, InvalidTypeError, "logits must be floats"),
        (LOGITS.astype("longdouble"), [0, 1, 2], {}, UnsupportedError, "is not supported"),
        (LOGITS * np.nan, [0, 1, 2], {}, InvalidValueError, "0"),
        (LOGITS - np.inf, [0, 1, 2], {}, InvalidValueError, "0"),
        (LOGITS + np.inf, [0, 1, 2], {}, InvalidValueError, "0"),
        (LOGITS, [0, 1, 2], {"mask": [1, 1]}, ShapeError, r"mask has shape \(2,\)"),
        (LOGITS, [0, 1, 2], {"sample_weight": [1, 1, -1]}, InvalidValueError, "sample_weight"),
        (LOGITS, [0, 1, 2], {"sample_weight": [1, 1, np.nan]}, InvalidValueError, "sample_weight"),
        (LOGITS, [0, 1, 2], {"inputs": "probs"}, InvalidParameterError, "'logits', 'log_probs'"),
        (LOGITS, [0, 1, 2], {"context": 1.5}, InvalidTypeError, "context must be whole numbers"),
        (LOGITS, [0, 1, 2], {"context": -1}, InvalidValueError, "context must not be negative"),
        (LOGITS, [0, 1, 2], {"context": [1]}, ShapeError, r"context has shape \(1,\)"),
        (LOGITS, [0, 1, 2], {"reduction": "batch"}, InvalidParameterError, "'reduction'"),
        (LOGITS, [0, 1, 2], {"ignore_index": 1.5}, InvalidParameterError, "an int or None"),
    ],
)
def test_refusals(
    function: Any, logits: Any, targets: Any, keywords: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        function(logits, targets, **keywords)


def test_nothing_left_gives_nan() -> None:
    assert math.isnan(metrics.cross_entropy(LOGITS, [-100] * 3))
    assert math.isnan(metrics.perplexity(LOGITS, [0, 1, 2], mask=[0, 0, 0]))
    assert math.isnan(metrics.cross_entropy(np.zeros((0, 4)), []))


def test_ignored_rows_may_hold_anything() -> None:
    logits = LOGITS.copy()
    logits[1] = np.nan
    assert metrics.perplexity(logits, [0, -100, 3]) == 4.0
    assert metrics.perplexity(logits, [0, 99, 3], mask=[True, False, True]) == 4.0


def test_leading_axes_are_flattened() -> None:
    generator = np.random.default_rng(0)
    logits = generator.standard_normal((2, 3, 5))
    targets = generator.integers(0, 5, (2, 3))
    mask = generator.integers(0, 2, (2, 3))
    assert metrics.cross_entropy(logits, targets, mask=mask) == metrics.cross_entropy(
        logits.reshape(6, 5), targets.ravel(), mask=mask.ravel()
    )


def test_a_target_ruled_out_is_infinitely_surprising() -> None:
    logits = LOGITS.copy()
    logits[1, 2] = -np.inf
    assert metrics.cross_entropy(logits, [0, 2, 0]) == math.inf
    assert metrics.perplexity(logits, [0, 2, 0]) == math.inf
    assert math.isfinite(metrics.cross_entropy(logits, [0, 1, 0]))


def test_huge_logits_do_not_overflow() -> None:
    logits = np.full((3, 4), 1e4, np.float32)
    assert metrics.perplexity(logits, [0, 1, 2]) == 4.0
    assert metrics.perplexity(-logits, [0, 1, 2]) == 4.0


@pytest.mark.parametrize("function", FUNCTIONS[:3] + FUNCTIONS[5:])
def test_sequences_are_named_in_refusals(function: Any) -> None:
    logits = np.zeros((2, 3, 4))
    with pytest.raises(InvalidValueError, match=r"sequence 1: targets\[2\] is 4"):
        function(logits, [[0, 1, 2], [0, 1, 4]], reduction="sequence")
    logits[1, 0, 0] = np.nan
    with pytest.raises(InvalidValueError, match="sequence 1: row 0 of logits holds NaN"):
        function(logits, [[0, 1, 2], [0, 1, 3]], reduction="sequence")


@pytest.mark.parametrize(
    ("characters", "keywords", "error", "message"),
    [
        (1.5, {}, InvalidTypeError, "must be whole numbers, got 1.5"),
        ([3, 4], {}, ShapeError, "goes with reduction='sequence'"),
        (-1, {}, InvalidValueError, "must not be negative"),
        ([3], {"reduction": "sequence"}, ShapeError, r"shape \(1,\), expected \(2,\)"),
        ([3, -4], {"reduction": "sequence"}, InvalidValueError, "must not be negative"),
        ([3, 0.5], {"reduction": "sequence"}, InvalidTypeError, "must be whole numbers"),
    ],
)
def test_lengths_of_text(
    characters: Any, keywords: Any, error: type[Exception], message: str
) -> None:
    logits, targets = np.zeros((2, 3, 4)), np.zeros((2, 3), int)
    with pytest.raises(error, match=message):
        metrics.bits_per_character(logits, targets, characters=characters, **keywords)


@pytest.mark.parametrize("k", [0, -1, 1.5, True, None])
def test_the_k_of_top_k(k: Any) -> None:
    with pytest.raises(InvalidParameterError, match="'k' parameter"):
        metrics.top_k_token_accuracy(LOGITS, [0, 1, 2], k=k)


@pytest.mark.parametrize(
    ("positions", "window", "stride", "error"),
    [
        (5, 0, None, InvalidParameterError),
        (5, 2.0, None, InvalidParameterError),
        (5, 2, 0, InvalidParameterError),
        (5, 2, 3, InvalidParameterError),
        (5, 2, True, InvalidParameterError),
        (-1, 2, None, InvalidValueError),
        ([3, -1], 2, None, InvalidValueError),
        (5.0, 2, None, InvalidTypeError),
    ],
)
def test_windows(positions: Any, window: Any, stride: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        metrics.token_windows(positions, window, stride)
