"""Values of tokens, sequences and the corpus; the kinds of floats; windows over long texts."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import Tokens
from reference import tokens as reference
from reference.exact import ulp_distance
from support.capsules import TensorExporter

SETTINGS = settings(max_examples=40)


@st.composite
def texts(draw: st.DrawFn) -> dict[str, Any]:
    """Logits of a few sequences, some of whose tokens are left out in one way or another."""
    generator = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    vocabulary = draw(st.sampled_from([1, 5, 17]))
    logits = generator.standard_normal((*shape, vocabulary)) * 10.0 ** draw(st.integers(-1, 3))
    targets = generator.integers(0, vocabulary, shape)
    targets[generator.random(shape) < 0.1] = -100
    return {
        "logits": logits.round(draw(st.sampled_from([1, 9]))),
        "targets": targets,
        "mask": generator.random(shape) < 0.8,
        "sample_weight": generator.choice([0.0, 0.5, 3.0], shape),
        "context": generator.integers(0, 3, shape[:-1]) if draw(st.booleans()) else None,
    }


def kept(text: dict[str, Any]) -> Any:
    """Which tokens count."""
    steps = np.arange(text["targets"].shape[-1])
    context = 0 if text["context"] is None else np.asarray(text["context"])[..., np.newaxis]
    return text["mask"] & (text["targets"] != -100) & (steps >= context)


def assert_close(got: float, expected: float, scale: float) -> None:
    if math.isnan(expected):
        assert math.isnan(got)
    else:
        assert abs(got - expected) <= 1e-13 * (abs(expected) + scale)


@SETTINGS
@given(texts())
def test_every_token(text: dict[str, Any]) -> None:
    got = metrics.cross_entropy(**text, reduction="none")
    hits = {k: metrics.top_k_token_accuracy(**text, k=k, reduction="none") for k in (1, 2, 30)}
    assert isinstance(got, np.ndarray)
    assert got.shape == text["targets"].shape
    scale = float(np.abs(text["logits"]).max())
    counts = kept(text)
    for place in np.ndindex(*text["targets"].shape):
        row, target = text["logits"][place].tolist(), int(text["targets"][place])
        if not counts[place]:
            assert got[place] == 0
            assert not any(hit[place] for hit in hits.values())  # type: ignore[index]
            continue
        expected = reference.negative_log_likelihood(row, target) * text["sample_weight"][place]
        assert_close(float(got[place]), expected, scale)
        for k, hit in hits.items():
            assert bool(hit[place]) == reference.top_k_hit(row, target, k)  # type: ignore[index]
    assert np.array_equal(metrics.token_accuracy(**text, reduction="none"), hits[1])


@SETTINGS
@given(texts())
def test_sums_and_means_of_tokens(text: dict[str, Any]) -> None:
    each = metrics.cross_entropy(**text, reduction="none")
    total = math.fsum(np.ravel(each))
    assert metrics.cross_entropy(**text, reduction="sum") == total
    weight = math.fsum(text["sample_weight"][kept(text)])
    mean = metrics.cross_entropy(**text)
    assert isinstance(mean, float)
    if not weight:
        assert math.isnan(mean)
        return
    assert mean == total / weight
    bits = Fraction(total) / Fraction(weight)
    with mpmath.workdps(40):
        expected = float(mpmath.mpf(bits.numerator) / bits.denominator / mpmath.log(2))
        per_character = float(mpmath.mpf(total) / mpmath.log(2) / 7)
    assert ulp_distance(float(metrics.bits_per_token(**text)), expected) <= 2
    assert ulp_distance(float(metrics.bits_per_character(**text, characters=7)), per_character) <= 2
    assert metrics.bits_per_byte(**text, bytes=7) == metrics.bits_per_character(
        **text, characters=7
    )


@SETTINGS
@given(texts(), st.data())
def test_a_sequence_is_what_it_is_alone(text: dict[str, Any], data: st.DataObject) -> None:
    shape = text["targets"].shape[:-1]
    lengths = np.array(data.draw(st.integers(0, 9))) + np.zeros(shape, np.int64)
    functions: list[tuple[Any, dict[str, Any]]] = [
        (metrics.cross_entropy, {}),
        (metrics.perplexity, {}),
        (metrics.bits_per_token, {}),
        (metrics.bits_per_character, {"characters": lengths}),
        (metrics.bits_per_byte, {"bytes": lengths}),
        (metrics.token_accuracy, {}),
        (metrics.top_k_token_accuracy, {"k": 2}),
    ]
    for function, keywords in functions:
        got = function(**text, **keywords, reduction="sequence")
        assert np.shape(got) == shape
        for place in np.ndindex(*shape):
            alone = {name: None if value is None else value[place] for name, value in text.items()}
            own = {
                name: int(value[place]) if isinstance(value, np.ndarray) else value
                for name, value in keywords.items()
            }
            assert np.array_equal(np.asarray(got)[place], function(**alone, **own), equal_nan=True)


@SETTINGS
@given(texts())
def test_the_functions_are_the_stream(text: dict[str, Any]) -> None:
    state = Tokens(top_k=(2,)).update(**text, characters=7, bytes=9)
    pairs = [
        (metrics.cross_entropy(**text), state.cross_entropy()),
        (metrics.cross_entropy(**text, reduction="sum"), state.total()),
        (metrics.perplexity(**text), state.perplexity()),
        (metrics.bits_per_token(**text), state.bits_per_token()),
        (metrics.bits_per_character(**text, characters=7), state.bits_per_character()),
        (metrics.bits_per_byte(**text, bytes=9), state.bits_per_byte()),
        (metrics.token_accuracy(**text), state.token_accuracy()),
        (metrics.top_k_token_accuracy(**text, k=2), state.top_k_accuracy(2)),
    ]
    for one, other in pairs:
        assert np.array_equal(one, other, equal_nan=True)
    losses = metrics.cross_entropy(
        text["logits"], np.where(text["targets"] < 0, 0, text["targets"]), reduction="none"
    )
    twin = Tokens().update_nll(
        losses,
        mask=text["mask"] & (text["targets"] != -100),
        sample_weight=text["sample_weight"],
        context=text["context"],
    )
    assert np.array_equal(twin.cross_entropy(), state.cross_entropy(), equal_nan=True)


@SETTINGS
@given(texts())
def test_half_precision_is_read_as_what_it_holds(text: dict[str, Any]) -> None:
    half = text["logits"].clip(-6e4, 6e4).astype(np.float16)
    bits = text["logits"].astype(np.float32).view(np.uint32) >> 16
    brain = (bits << 16).astype(np.uint32).view(np.float32)
    for narrow, wide in (
        (half, half.astype(np.float32)),
        (half[..., ::-1].copy()[..., ::-1], half.astype(np.float32)),
        (Brain(bits.astype(np.uint16)), brain),
    ):
        expected = Tokens(top_k=(2,)).update(**{**text, "logits": wide})
        assert Tokens(top_k=(2,)).update(**{**text, "logits": narrow}) == expected
        assert np.array_equal(
            metrics.perplexity(**{**text, "logits": narrow}, reduction="sequence"),
            metrics.perplexity(**{**text, "logits": wide}, reduction="sequence"),
            equal_nan=True,
        )


class Brain(TensorExporter):
    """A bfloat16 tensor with a reshape of its own, as torch has."""

    def __init__(self, bits: Any) -> None:
        super().__init__(bits, 4)
        self.bits = bits

    def reshape(self, *shape: int) -> Brain:
        return Brain(self.bits.reshape(*shape))


@SETTINGS
@given(st.integers(0, 40), st.integers(1, 12), st.data())
def test_windows_judge_every_token_once(tokens: int, window: int, data: st.DataObject) -> None:
    stride = data.draw(st.integers(1, window))
    windows = list(metrics.token_windows(max(tokens - 1, 0), window, stride))
    judged = [i for begin, end, context in windows for i in range(begin + context, end)]
    assert judged == list(range(max(tokens - 1, 0)))
    assert all(end - begin <= window for begin, end, _ in windows)
    if tokens > 1:
        # A position is the token before the one it predicts.
        expected = reference.strided_windows(tokens, window + 1, stride)
        got = [
            (begin, end + 1, [i + 1 for i in range(begin + context, end)])
            for begin, end, context in windows
        ]
        assert got == expected


@SETTINGS
@given(st.lists(st.integers(0, 9), max_size=5), st.integers(1, 6), st.data())
def test_windows_end_with_documents(sizes: list[int], window: int, data: st.DataObject) -> None:
    stride = data.draw(st.integers(1, window))
    start, expected = 0, []
    for size in sizes:
        for begin, end, context in metrics.token_windows(size, window, stride):
            expected.append((begin + start, end + start, context))
        start += size
    assert list(metrics.token_windows(np.array(sizes, np.int32), window, stride)) == expected


@SETTINGS
@given(st.integers(2, 30), st.integers(1, 8), st.data())
def test_a_long_text_in_windows(tokens: int, window: int, data: st.DataObject) -> None:
    """Of a model that looks at all tokens of its window: the guide's loop, token by token."""
    stride = data.draw(st.integers(1, window))
    generator = np.random.default_rng(data.draw(st.integers(0, 99)))
    ids = generator.integers(0, 5, tokens)
    table = generator.standard_normal((40, 5))

    def logits_of(part: Any) -> Any:
        return np.array([table[int(part[: i + 1].sum()) % 40] for i in range(len(part))])

    state = Tokens()
    for begin, end, context in metrics.token_windows(tokens - 1, window, stride):
        state.update(logits_of(ids[begin:end]), ids[begin + 1 : end + 1], context=context)
    losses = []
    for begin, end, judged in reference.strided_windows(tokens, window + 1, stride):
        rows = logits_of(ids[begin:end])
        losses += [
            reference.negative_log_likelihood(rows[i - begin - 1].tolist(), int(ids[i]))
            for i in judged
        ]
    assert state.tokens == len(losses) == tokens - 1
    assert_close(state.cross_entropy(), math.fsum(losses) / len(losses), 1.0)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_logits_of_ten_thousand(dtype: str) -> None:
    logits = np.array([[1e4, 9990.0, -1e4], [-1e4, -1e4, -1e4], [1e4, -np.inf, 0.0]], dtype)
    targets = [1, 2, 1]
    got = metrics.cross_entropy(logits, targets, reduction="none")
    rows = logits.astype(float).tolist()
    with mpmath.workdps(60):
        for value, row, target in zip(np.ravel(got)[:2], rows, targets, strict=False):
            total = mpmath.fsum(mpmath.exp(mpmath.mpf(x)) for x in row)
            exact = float(mpmath.log(total) - mpmath.mpf(row[target]))
            bound = 1e-12 if dtype == "float64" else 2e-7
            assert abs(value - exact) <= bound * abs(exact)
    assert np.ravel(got)[2] == math.inf
    assert metrics.perplexity(logits, targets) == math.inf
    assert metrics.cross_entropy(logits, targets, sample_weight=[1, 1, 0]) < 11
    assert metrics.token_accuracy(logits, targets) == 0
    assert metrics.top_k_token_accuracy(logits, targets, k=3) == 1


def test_a_hundred_million_tokens_by_weight() -> None:
    generator = np.random.default_rng(5)
    logits, targets = generator.standard_normal((100, 50)), generator.integers(0, 50, 100)
    weights = np.full(100, 1e6)
    losses = np.ravel(metrics.cross_entropy(logits, targets, reduction="none")).tolist()
    total = float(sum((Fraction(1e6 * loss) for loss in losses), Fraction(0)))
    assert metrics.cross_entropy(logits, targets, sample_weight=weights, reduction="sum") == total
    assert metrics.cross_entropy(logits, targets, sample_weight=weights) == total / 1e8
    bits = metrics.bits_per_byte(logits, targets, sample_weight=weights, bytes=4 * 10**8)
    with mpmath.workdps(40):
        assert (
            ulp_distance(float(bits), float(mpmath.mpf(total) / mpmath.log(2) / (4 * 10**8))) <= 2
        )


def test_a_hundred_million_tokens_by_merging() -> None:
    generator = np.random.default_rng(6)
    state = Tokens().update(generator.standard_normal((100, 50)), generator.integers(0, 50, 100))
    once = state.copy()
    for _ in range(20):
        state.merge(state)
    assert state.tokens == 100 * 2**20 > 10**8
    assert state.total() == once.total() * 2**20
    assert state.cross_entropy() == once.cross_entropy()
    assert state.token_accuracy() == once.token_accuracy()
