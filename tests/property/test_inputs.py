"""The same data gives the same bits, whichever library's column it comes in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics import metrics
from lstmetrics.streaming import Confusion, Loss, Tokens
from property.strategies import TEXTS
from support import columns

SETTINGS = settings(max_examples=8)
LABELS = st.lists(st.tuples(*[st.sampled_from([*TEXTS, "longer than twelve"])] * 2), min_size=3)
HALVES = st.integers(0, 64).map(lambda n: n / 64)


def _check(pairs: list[tuple[Any, Any]], make: columns.Make) -> None:
    truth, predicted = [a for a, _ in pairs], [b for _, b in pairs]
    expected = Confusion().update(truth, predicted)
    for given_as in ((make(truth), make(predicted)), (make(truth), predicted)):
        assert Confusion().update(*given_as).digest() == expected.digest()
        assert metrics.accuracy_score(*given_as) == expected.accuracy()
        assert metrics.f1_score(*given_as, average="macro") == metrics.f1_score(
            truth, predicted, average="macro"
        )


@pytest.mark.parametrize("kind", columns.TEXT)
@pytest.mark.filterwarnings("ignore:Recall is ill-defined")
@SETTINGS
@given(pairs=LABELS)
def test_text(kind: str, pairs: list[tuple[str, str]]) -> None:
    _check(pairs, columns.TEXT[kind])


@pytest.mark.parametrize("kind", columns.INTEGERS)
@SETTINGS
@given(pairs=st.lists(st.tuples(*[st.integers(-3, 12)] * 2), min_size=3))
def test_integers(kind: str, pairs: list[tuple[int, int]]) -> None:
    _check(pairs, columns.INTEGERS[kind])


@pytest.mark.parametrize("kind", columns.FLAGS)
@SETTINGS
@given(pairs=st.lists(st.tuples(st.booleans(), st.booleans()), min_size=3))
def test_booleans(kind: str, pairs: list[tuple[bool, bool]]) -> None:
    _check(pairs, columns.FLAGS[kind])


@pytest.mark.parametrize("kind", columns.FLOATS)
@SETTINGS
@given(rows=st.lists(st.tuples(st.booleans(), HALVES, HALVES), min_size=3))
def test_weights_losses_and_probabilities(kind: str, rows: list[tuple[bool, float, float]]) -> None:
    make = columns.FLOATS[kind]
    truth, scores = [int(t) for t, _, _ in rows], [s for _, s, _ in rows]
    weights = [w for _, _, w in rows]
    expected = Confusion().update(truth, truth, weights)
    assert Confusion().update(truth, truth, make(weights)).digest() == expected.digest()
    losses = Loss("user").update_losses(scores, weights)
    assert Loss("user").update_losses(make(scores), make(weights)).digest() == losses.digest()
    nll = Tokens().update_nll(scores, sample_weight=weights, mask=truth)
    assert (
        Tokens().update_nll(make(scores), sample_weight=make(weights), mask=truth).digest()
        == nll.digest()
    )
    brier = Loss("brier", labels=[0, 1]).update(truth, scores, weights)
    assert (
        Loss("brier", labels=[0, 1]).update(truth, make(scores), make(weights)).digest()
        == brier.digest()
    )


@pytest.mark.parametrize("kind", columns.TEXT)
def test_labels_named_by_a_column(kind: str) -> None:
    truth, predicted = ["b", "a", "b", "c"], ["b", "b", "b", "c"]
    expected = metrics.f1_score(truth, predicted, labels=["a", "b"], average="micro")
    make = columns.TEXT[kind]
    got = metrics.f1_score(make(truth), make(predicted), labels=make(["a", "b"]), average="micro")
    assert got == expected
    assert metrics.log_loss(make(truth[:2]), [0.3, 0.6], labels=make(["a", "b"])) == (
        metrics.log_loss(truth[:2], [0.3, 0.6], labels=["a", "b"])
    )


@pytest.mark.parametrize("make", [*columns.TEXT.values()])
def test_declared_labels_are_named_when_another_comes(make: columns.Make) -> None:
    state = Confusion(["a", "b"]).update(make(["a", "b", "a"]), make(["a", "a", "a"]))
    before = state.to_bytes()
    with pytest.raises(ValueError, match=r"y_pred\[1\] is 'new'"):
        state.update(make(["a", "b", "a"]), make(["a", "new", "a"]))
    assert state.to_bytes() == before
