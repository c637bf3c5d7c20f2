"""What cross_entropy and perplexity refuse."""

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
    ShapeError,
    UnsupportedError,
)

LOGITS = np.zeros((3, 4))


@pytest.mark.parametrize("function", [metrics.cross_entropy, metrics.perplexity])
@pytest.mark.parametrize(
    ("logits", "targets", "keywords", "error", "message"),
    [
        (LOGITS, [0, 1], {}, ShapeError, r"targets has shape \(2,\), expected \(3,\)"),
        (LOGITS[0], [0, 1, 2, 3], {}, ShapeError, "at least two dimensions"),
        (LOGITS, [0, 1, 4], {}, InvalidValueError, "4"),
        (LOGITS, [0, -1, 1], {}, InvalidValueError, "-1"),
        (LOGITS, [0.0, 1.0, 2.0], {}, InvalidTypeError, "targets must be integers"),
        (LOGITS.astype(int), [0, 1, 2], {}, InvalidTypeError, "logits must be floats"),
        (LOGITS.astype("f2"), [0, 1, 2], {}, UnsupportedError, "float16 is not supported"),
        (LOGITS * np.nan, [0, 1, 2], {}, InvalidValueError, "0"),
        (LOGITS - np.inf, [0, 1, 2], {}, InvalidValueError, "0"),
        (LOGITS + np.inf, [0, 1, 2], {}, InvalidValueError, "0"),
        (LOGITS, [0, 1, 2], {"mask": [1, 1]}, ShapeError, r"mask has shape \(2,\)"),
        (LOGITS, [0, 1, 2], {"sample_weight": [1, 1, -1]}, InvalidValueError, "sample_weight"),
        (LOGITS, [0, 1, 2], {"sample_weight": [1, 1, np.nan]}, InvalidValueError, "sample_weight"),
        (LOGITS, [0, 1, 2], {"inputs": "probs"}, InvalidParameterError, "'logits', 'log_probs'"),
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
