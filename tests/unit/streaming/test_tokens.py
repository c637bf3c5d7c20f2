"""Tokens: results, and input that is refused whole."""

from __future__ import annotations

import math
import pickle
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
from lstmetrics.streaming import Tokens

GENERATOR = np.random.default_rng(5)
LOGITS = GENERATOR.standard_normal((40, 11)).astype(np.float32)
TARGETS = GENERATOR.integers(0, 11, 40)
NAN = float("nan")


def test_batches_give_the_function() -> None:
    model = Tokens()
    for begin in range(0, 40, 7):
        model.update(LOGITS[begin : begin + 7], TARGETS[begin : begin + 7])
    assert model.tokens == 40
    assert model.cross_entropy() == metrics.cross_entropy(LOGITS, TARGETS)
    assert model.perplexity() == metrics.perplexity(LOGITS, TARGETS)
    assert model.total() == pytest.approx(40 * model.cross_entropy())
    assert 0 < model.standard_error() < 1


def test_text_lengths() -> None:
    model = Tokens().update(np.zeros((3, 4)), [0, 1, 2], characters=6, bytes=12)
    assert model.bits_per_token() == 2.0
    assert model.bits_per_character() == 1.0
    assert model.bits_per_byte() == 0.5
    assert math.isnan(Tokens().update(np.zeros((3, 4)), [0, 1, 2]).bits_per_byte())


def test_headlines() -> None:
    results = Tokens(top_k=(3, 1)).update(np.zeros((2, 4)), [0, 2], characters=2).compute()
    assert results == {
        "tokens": 2,
        "cross_entropy": pytest.approx(math.log(4)),
        "perplexity": 4.0,
        "bits_per_token": 2.0,
        "token_accuracy": 0.5,
        "top_1_accuracy": 0.5,
        "top_3_accuracy": 1.0,
        "bits_per_character": 2.0,
    }


def test_losses_computed_elsewhere() -> None:
    model = Tokens().update_nll([[1.0, 2.0], [3.0, 9.0]], mask=[[1, 1], [1, 0]],
                                correct=[[1, 0], [0, 1]])  # fmt: skip
    assert model.tokens == 3
    assert model.cross_entropy() == 2.0
    assert model.token_accuracy() == 1 / 3
    assert math.isnan(Tokens().update_nll([1.0]).token_accuracy())


def test_ignore_index_is_how_input_is_read() -> None:
    model = Tokens(ignore_index=0).update(np.zeros((2, 4)), [0, 1])
    assert model.tokens == 1
    for twin in (model.copy(), pickle.loads(pickle.dumps(model))):
        assert twin.ignore_index == 0
    assert Tokens.from_bytes(model.to_bytes(), ignore_index=3).ignore_index == 3
    assert Tokens.from_bytes(model.to_bytes()).ignore_index == -100
    assert model + Tokens() == model
    assert Tokens(ignore_index=None).update(np.zeros((1, 4)), [0]).tokens == 1


def test_nothing_seen_gives_nan() -> None:
    model = Tokens(top_k=[2])
    for name in ("cross_entropy", "perplexity", "bits_per_token", "token_accuracy"):
        assert math.isnan(getattr(model, name)())
    assert math.isnan(model.top_k_accuracy(2))
    with pytest.raises(InvalidParameterError, match="top-5 accuracy is not counted"):
        model.top_k_accuracy(5)


REFUSED: list[tuple[tuple[Any, ...], dict[str, Any], type[LstmetricsError]]] = [
    ((LOGITS, TARGETS[:3]), {}, ShapeError),
    ((LOGITS, TARGETS + 5), {}, InvalidValueError),
    ((LOGITS, -TARGETS - 1), {}, InvalidValueError),
    ((LOGITS * np.float32(NAN), TARGETS), {}, InvalidValueError),
    ((LOGITS, TARGETS), {"sample_weight": -np.ones(40)}, InvalidValueError),
    ((LOGITS, TARGETS), {"sample_weight": np.full(40, NAN)}, InvalidValueError),
    ((LOGITS, TARGETS), {"mask": np.ones(3)}, ShapeError),
    ((LOGITS, TARGETS), {"mask": np.ones(40)}, InvalidTypeError),
    ((LOGITS, TARGETS), {"inputs": "guess"}, InvalidParameterError),
    ((LOGITS, TARGETS), {"characters": -1}, InvalidValueError),
    ((LOGITS.astype("U"), TARGETS), {}, InvalidTypeError),
]


@pytest.mark.parametrize(("arguments", "keywords", "error"), REFUSED)
def test_refused_updates_change_nothing(
    arguments: Any, keywords: Any, error: type[Exception]
) -> None:
    model = Tokens(top_k=[2]).update(LOGITS, TARGETS)
    before = model.to_bytes()
    with pytest.raises(error):
        model.update(*arguments, **keywords)
    with pytest.raises(InvalidValueError):
        model.update_nll([1.0, NAN])
    assert model.to_bytes() == before


def test_other_ranks_do_not_merge() -> None:
    with pytest.raises(MergeError):
        Tokens(top_k=[2]).merge(Tokens(top_k=[3]))
    assert Tokens(top_k=[3, 1]).top_k == (1, 3)


@pytest.mark.parametrize("top_k", [[0], [-1], [2, 2], [1.5], ["a"], 3, [True]])
def test_ranks_that_are_none(top_k: Any) -> None:
    with pytest.raises(LstmetricsError):
        Tokens(top_k=top_k)


def test_repr() -> None:
    assert repr(Tokens()) == "Tokens(tokens=0)"
    assert repr(Tokens(top_k=[1])) == "Tokens(tokens=0, top_k=(1,))"
