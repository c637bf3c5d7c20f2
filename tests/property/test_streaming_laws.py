"""The laws of every streaming class, bit for bit, through Python."""

from __future__ import annotations

import copy
import pickle
import random
import sys
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmetrics.errors import FormatError
from lstmetrics.streaming import (
    Calibration,
    ClusteredConfusion,
    ClusteredLoss,
    ClusteredPairedLoss,
    ClusteredPairedOutcomes,
    Collection,
    Confusion,
    Entities,
    Grouped,
    Loss,
    MultilabelConfusion,
    PairedOutcomes,
    PairedScores,
    Scores,
    Tokens,
    TopK,
)

SETTINGS = settings(max_examples=25)
Arguments = tuple[Any, ...]


class Kind(NamedTuple):
    """A streaming class as it is made, and batches for it."""

    name: str
    make: Callable[[], Any]
    batch: Callable[[np.random.Generator, int], Arguments]
    feed: Callable[[Any, Arguments], Any]


def _labels(generator: np.random.Generator, size: int) -> Arguments:
    pool = np.array(["a", "b", "é", "\U0001f600"])
    return generator.choice(pool, size), generator.choice(pool, size)


def _weighted(generator: np.random.Generator, size: int) -> Arguments:
    true, pred = generator.integers(0, 300, (2, size))
    return true, pred, generator.standard_exponential(size) * 10.0 ** generator.integers(-200, 200)


def _probabilities(generator: np.random.Generator, size: int) -> Arguments:
    table = generator.dirichlet([0.3, 0.5, 1.0], size)
    return generator.integers(0, 3, size), table, generator.standard_exponential(size)


def _losses(generator: np.random.Generator, size: int) -> Arguments:
    return generator.standard_normal(size) * 10.0 ** generator.integers(-200, 200), None


def _chances(generator: np.random.Generator, size: int) -> Arguments:
    chances = generator.random(size)
    return generator.random(size) < chances, chances, generator.standard_exponential(size)


def _indicators(generator: np.random.Generator, size: int) -> Arguments:
    true = generator.random((size, 9)) < 0.3
    return true, true ^ (generator.random((size, 9)) < 0.2)


def _weighted_indicators(generator: np.random.Generator, size: int) -> Arguments:
    sizes = 10.0 ** generator.integers(-200, 200)
    return *_indicators(generator, size), generator.standard_exponential(size) * sizes


def _scores(generator: np.random.Generator, size: int) -> Arguments:
    scores = generator.integers(0, 5, (size, 7)).astype("f4")
    return generator.integers(0, 7, size), scores, generator.standard_exponential(size)


def _logits(generator: np.random.Generator, size: int) -> Arguments:
    return generator.standard_normal((size, 33)).astype("f4") * 9, generator.integers(0, 33, size)


def _triples(generator: np.random.Generator, size: int) -> Arguments:
    return tuple(generator.choice(["a", "b", "é", ""], (3, size)))


def _pairs(generator: np.random.Generator, size: int) -> Arguments:
    scores = generator.standard_normal((2, size)).round(1) * 10.0 ** generator.integers(-200, 200)
    return generator.integers(0, 2, size), *scores


def _ranked(generator: np.random.Generator, size: int) -> Arguments:
    scores = generator.standard_normal(size).round(1) * 10.0 ** generator.integers(-200, 200)
    return generator.choice(["ham", "spam"], size), scores, generator.standard_exponential(size)


def _ranked_classes(generator: np.random.Generator, size: int) -> Arguments:
    return generator.integers(0, 3, size), generator.dirichlet([0.3, 0.5, 1.0], size)


def _ranked_indicators(generator: np.random.Generator, size: int) -> Arguments:
    return generator.random((size, 4)) < 0.3, generator.random((size, 4)).astype("f4")


def _tags(generator: np.random.Generator, size: int) -> Arguments:
    pool = np.array(["O", "B-A", "I-A", "E-A", "S-A", "B-é", "I-é"])
    cuts = generator.integers(1, 6, size)
    return tuple([generator.choice(pool, n).tolist() for n in cuts] for _ in range(2))


def _in_groups(generator: np.random.Generator, size: int) -> Arguments:
    return generator.choice(["", "x", "é"], size), *_labels(generator, size)


def _in_two_columns(generator: np.random.Generator, size: int) -> Arguments:
    sites, kinds = generator.integers(-1, 2, size), generator.choice(["p", "q"], size)
    return sites, kinds, *_probabilities(generator, size)


_SEVERAL = ("y_true", "y_pred", "y_proba", "sample_weight")


def _several(generator: np.random.Generator, size: int) -> Arguments:
    true, table, weights = _probabilities(generator, size)
    return true, table.argmax(1), table, weights


def _in_clusters(generator: np.random.Generator, size: int) -> Arguments:
    ids = generator.choice(["a", "", "\U0001f600", "user 7"], size)
    return ids, *generator.integers(-1, 3, (3, size))


def _losses_in_clusters(generator: np.random.Generator, size: int) -> Arguments:
    losses = generator.standard_normal((2, size)) * 10.0 ** generator.integers(-200, 200)
    return generator.integers(-9, 9, size), *losses, generator.standard_exponential(size)


def _update(state: Any, arguments: Arguments) -> Any:
    return state.update(*arguments)


KINDS = [
    Kind("confusion", Confusion, _labels, _update),
    Kind("declared", lambda: Confusion(range(300)), _weighted, _update),
    Kind("weighted", Confusion, _weighted, _update),
    Kind("multilabel", MultilabelConfusion, _indicators, _update),
    Kind("labels", lambda: MultilabelConfusion(9), _weighted_indicators, _update),
    Kind("log_loss", lambda: Loss("log_loss", [0, 1, 2]), _probabilities, _update),
    Kind("brier", lambda: Loss("brier", [0, 1, 2]), _probabilities, _update),
    Kind("user", lambda: Loss("user"), _losses, lambda s, a: s.update_losses(*a)),
    Kind("calibration", lambda: Calibration(7), _chances, lambda s, a: s.update(*a[:2])),
    Kind(
        "classwise",
        lambda: Calibration(3, kind="classwise", labels=[0, 1, 2]),
        _probabilities,
        _update,
    ),
    Kind("scores", lambda: Scores(["ham", "spam"]), _ranked, _update),
    Kind(
        "scores_bounded",
        lambda: Scores([0, 1, 2], max_points=9, probabilities=True),
        _ranked_classes,
        _update,
    ),
    Kind(
        "scores_of_indicators",
        lambda: Scores(labels=None, n_labels=4, max_points=20),
        _ranked_indicators,
        _update,
    ),
    Kind("top_k", lambda: TopK((1, 3)), _scores, _update),
    Kind("entities", Entities, _tags, _update),
    Kind("IOBES", lambda: Entities("strict", "IOBES"), _tags, _update),
    Kind("outcomes", PairedOutcomes, _triples, _update),
    Kind("scores of two", PairedScores, _pairs, _update),
    Kind("tokens", lambda: Tokens(top_k=(5, 2)), _logits, _update),
    Kind("nll", Tokens, _losses, lambda s, a: s.update_nll(a[0])),
    Kind("grouped", lambda: Grouped(Confusion()), _in_groups, _update),
    Kind(
        "grouped by two",
        lambda: Grouped(Loss("brier", [0, 1, 2]), by=["site", "kind"]),
        _in_two_columns,
        lambda s, a: s.update(a[:2], *a[2:]),
    ),
    Kind(
        "collection",
        lambda: Collection({"hits": Confusion(), "loss": Loss("log_loss", [0, 1, 2])}),
        _several,
        lambda s, a: s.update(**dict(zip(_SEVERAL, a, strict=True))),
    ),
    Kind("clusters", ClusteredConfusion, _in_clusters, lambda s, a: s.update(a[1], a[2], ids=a[0])),
    Kind(
        "clusters of two",
        lambda: ClusteredPairedOutcomes([-1, 0, 1, 2]),
        _in_clusters,
        lambda s, a: s.update(*a[1:], ids=a[0]),
    ),
    Kind(
        "clustered loss",
        ClusteredLoss,
        _losses_in_clusters,
        lambda s, a: s.update(a[1], a[3], ids=a[0]),
    ),
    Kind(
        "clustered losses",
        ClusteredPairedLoss,
        _losses_in_clusters,
        lambda s, a: s.update(*a[1:], ids=a[0]),
    ),
]
kinds = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
seeds = st.integers(0, 2**32 - 1)


def batches(kind: Kind, seed: int, count: int = 5) -> list[Arguments]:
    generator = np.random.default_rng(seed)
    return [kind.batch(generator, int(size)) for size in generator.integers(1, 40, count)]


def fed(kind: Kind, *given_: Arguments) -> Any:
    state = kind.make()
    for arguments in given_:
        kind.feed(state, arguments)
    return state


def assert_same(left: Any, right: Any) -> None:
    assert left == right
    assert left.to_bytes() == right.to_bytes()
    assert left.digest() == right.digest()
    assert repr(left) == repr(right)
    assert repr(left.compute()) == repr(right.compute())


@kinds
@SETTINGS
@given(seed=seeds)
def test_sharding_and_order_never_show(kind: Kind, seed: int) -> None:
    given_ = batches(kind, seed)
    whole = fed(kind, *given_)
    shuffled = random.Random(seed).sample(given_, len(given_))
    assert_same(fed(kind, *shuffled), whole)
    left = right = kind.make()
    for arguments in shuffled:
        left = left + fed(kind, arguments)
        right = fed(kind, arguments) + right
    assert_same(left, whole)
    assert_same(right, whole)


@kinds
@SETTINGS
@given(seed=seeds)
def test_a_batch_may_be_cut_anywhere(kind: Kind, seed: int) -> None:
    (arguments,) = batches(kind, seed, 1)
    cut = seed % len(arguments[0])
    pieces = [
        tuple(None if a is None else a[part] for a in arguments)
        for part in (slice(cut), slice(cut, None))
    ]
    filled = [piece for piece in pieces if len(piece[0])]
    assert_same(fed(kind, *filled), fed(kind, arguments))


@kinds
@SETTINGS
@given(seed=seeds)
def test_nothing_is_the_identity(kind: Kind, seed: int) -> None:
    state = fed(kind, *batches(kind, seed))
    for total in (state + kind.make(), kind.make() + state):
        assert_same(total, state)
    assert_same(state.copy().reset(), kind.make())


@kinds
@SETTINGS
@given(seed=seeds)
def test_copies_are_independent_and_equal(kind: Kind, seed: int) -> None:
    given_ = batches(kind, seed)
    state = fed(kind, *given_)
    before = state.to_bytes()
    copies = [
        state.copy(),
        copy.copy(state),
        copy.deepcopy(state),
        pickle.loads(pickle.dumps(state)),
        type(state).from_bytes(before),
    ]
    for twin in copies:
        assert_same(twin, state)
        kind.feed(twin, given_[0])
        assert twin != state
    assert state.to_bytes() == before


@kinds
def test_merging_with_itself_doubles(kind: Kind) -> None:
    given_ = batches(kind, 7)
    state = fed(kind, *given_)
    twice = fed(kind, *given_, *given_)
    assert_same(state.copy().merge(state.copy()), twice)
    assert state.merge(state) is state
    assert_same(state, twice)


@kinds
def test_in_place_sum_keeps_the_object(kind: Kind) -> None:
    given_ = batches(kind, 8)
    state = same = fed(kind, *given_[:2])
    state += fed(kind, *given_[2:])
    assert state is same
    assert_same(state, fed(kind, *given_))


@kinds
def test_threads_updating_one_state(kind: Kind) -> None:
    given_ = batches(kind, 9, 24)
    shared = kind.make()
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def work(part: list[Arguments]) -> None:
        try:
            start.wait()
            for index, arguments in enumerate(part):
                if index % 2:
                    kind.feed(shared, arguments)
                else:
                    shared.merge(fed(kind, arguments))
                shared.compute()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(given_[k::4],)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert_same(shared, fed(kind, *given_))


@kinds
def test_threads_merging_two_states_into_each_other(kind: Kind) -> None:
    """Both locks are taken at once, in either order: no deadlock."""
    left, right = (fed(kind, *batches(kind, seed)) for seed in (1, 2))

    def work(one: Any, other: Any) -> None:
        for _ in range(20):
            assert one is not other
            one.copy().merge(other)
            _ = one == other

    threads = [threading.Thread(target=work, args=pair) for pair in ((left, right), (right, left))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@kinds
@SETTINGS
@given(seed=seeds, data=st.data())
def test_damaged_bytes_are_refused(kind: Kind, seed: int, data: st.DataObject) -> None:
    good = fed(kind, *batches(kind, seed, 2)).to_bytes()
    place = data.draw(st.integers(0, len(good) - 1))
    flipped = bytearray(good)
    flipped[place] ^= data.draw(st.integers(1, 255))
    restore = type(kind.make()).from_bytes
    for bad in (bytes(flipped), good[:place], good + b"\0"):
        with pytest.raises(FormatError):
            restore(bad)


@kinds
def test_other_classes_bytes_are_refused(kind: Kind) -> None:
    own = kind.make()
    for other in (Confusion(), Loss("user"), Tokens()):
        if type(other) is not type(own):
            with pytest.raises(FormatError):
                type(own).from_bytes(other.to_bytes())
            assert own != other
            with pytest.raises(TypeError, match="can only merge"):
                own.merge(other)
            with pytest.raises(TypeError, match="unsupported operand"):
                own + other


@kinds
def test_size_and_hash(kind: Kind) -> None:
    state = fed(kind, *batches(kind, 3))
    assert sys.getsizeof(state) >= len(state.to_bytes()) // 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(state)
    with pytest.raises(TypeError, match="data must be bytes"):
        type(state).from_bytes("text")
