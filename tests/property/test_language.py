"""Cross-entropy and perplexity against the definition in 50-digit arithmetic."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import Tokens
from reference import tokens as reference
from reference.exact import round_to_float32, ulp_distance

SETTINGS = settings(max_examples=50)
Batch = tuple[list[list[float]], list[int]]


@st.composite
def batches(draw: st.DrawFn, infinities: bool = False) -> Batch:
    vocabulary = draw(st.sampled_from([1, 2, 3, 16, 17, 40]))
    span = draw(st.sampled_from([1.0, 30.0, 1e4]))
    logit = st.floats(-span, span).map(round_to_float32)
    if infinities:
        logit = st.one_of(logit, st.just(-math.inf))
    row = st.lists(logit, min_size=vocabulary, max_size=vocabulary).filter(
        lambda values: max(values) > -math.inf
    )
    rows = draw(st.lists(row, min_size=1, max_size=8))
    target = st.integers(0, vocabulary - 1)
    return rows, draw(st.lists(target, min_size=len(rows), max_size=len(rows)))


def losses_of(batch: Batch) -> list[float]:
    return [
        reference.negative_log_likelihood(row, target) for row, target in zip(*batch, strict=True)
    ]


def assert_near(got: float, expected: float, scale: float, relative: float) -> None:
    """Within a bound on the error: of the result, and of the logits it is a difference of."""
    if math.isinf(expected):
        assert got == expected
    else:
        assert abs(got - expected) <= relative * (abs(expected) + scale), (got, expected)


def largest(batch: Batch) -> float:
    return max((abs(x) for row in batch[0] for x in row if math.isfinite(x)), default=0.0)


@SETTINGS
@given(batches(infinities=True))
def test_cross_entropy_of_double_logits(batch: Batch) -> None:
    expected = reference.cross_entropy(losses_of(batch))
    got = metrics.cross_entropy(np.array(batch[0]), np.array(batch[1]))
    assert type(got) is float
    assert_near(got, expected, largest(batch) + 1, 2**-51)


@SETTINGS
@given(batches(infinities=True))
def test_cross_entropy_of_single_logits(batch: Batch) -> None:
    expected = reference.cross_entropy(losses_of(batch))
    got = metrics.cross_entropy(np.array(batch[0], np.float32), np.array(batch[1]))
    assert_near(got, expected, 1.0, 2**-21)


@SETTINGS
@given(batches(), st.data())
def test_weights_masks_and_ignored_targets(batch: Batch, data: st.DataObject) -> None:
    count = len(batch[0])
    keep = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    ignored = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    amounts = data.draw(st.lists(st.floats(0.5, 4.0), min_size=count, max_size=count))
    targets = [-7 if skip else target for target, skip in zip(batch[1], ignored, strict=True)]
    got = metrics.cross_entropy(
        np.array(batch[0]), targets, ignore_index=-7, mask=keep, sample_weight=amounts
    )
    counted = [k for k in range(count) if keep[k] and not ignored[k]]
    losses = losses_of(batch)
    expected = reference.cross_entropy([losses[k] for k in counted], [amounts[k] for k in counted])
    if not counted:
        assert math.isnan(got)
    else:
        assert_near(got, expected, largest(batch) + 1, 2**-50)


@SETTINGS
@given(batches())
def test_perplexity_is_the_exponential(batch: Batch) -> None:
    arrays = np.array(batch[0]), np.array(batch[1])
    entropy = metrics.cross_entropy(*arrays)
    if entropy < 700:
        expected = reference.perplexity(entropy)
        assert ulp_distance(metrics.perplexity(*arrays), expected) <= 2


@SETTINGS
@given(batches())
def test_log_probabilities_are_taken_as_they_are(batch: Batch) -> None:
    arrays = np.array(batch[0]), np.array(batch[1])
    got = metrics.cross_entropy(*arrays, inputs="log_probs")
    expected = reference.cross_entropy([-row[target] for row, target in zip(*batch, strict=True)])
    assert ulp_distance(got, expected) <= 1


@SETTINGS
@given(batches())
def test_accuracy_and_top_k(batch: Batch) -> None:
    vocabulary = len(batch[0][0])
    ranks = (1, 2, vocabulary + 2)
    model = Tokens(top_k=ranks).update(np.array(batch[0], np.float32), batch[1])
    for k in ranks:
        hits = [reference.top_k_hit(row, target, k) for row, target in zip(*batch, strict=True)]
        assert model.top_k_accuracy(k) == sum(hits) / len(hits)
    assert model.token_accuracy() == model.top_k_accuracy(1)


@SETTINGS
@given(batches(), st.sampled_from(["float32", "float64"]))
def test_layout_does_not_matter(batch: Batch, dtype: str) -> None:
    logits, targets = np.array(batch[0], dtype), np.array(batch[1])
    expected = Tokens().update(logits, targets).digest()
    layouts: list[Any] = [np.asfortranarray(logits), logits[::-1].copy()[::-1]]
    wide = np.zeros((len(logits), 2 * logits.shape[1]), dtype)
    wide[:, ::2] = logits
    layouts.append(wide[:, ::2])
    for layout in layouts:
        for kind in ("int8", "int32", "uint16"):
            assert Tokens().update(layout, targets.astype(kind)).digest() == expected


@SETTINGS
@given(batches())
def test_the_function_is_the_state(batch: Batch) -> None:
    arrays = np.array(batch[0]), np.array(batch[1])
    model = Tokens().update(*arrays)
    assert model.cross_entropy() == metrics.cross_entropy(*arrays)
    assert model.perplexity() == metrics.perplexity(*arrays)
    assert ulp_distance(model.bits_per_token(), model.cross_entropy() / math.log(2)) <= 1
