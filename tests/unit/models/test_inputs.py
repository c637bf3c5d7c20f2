"""What a model is handed: forms that mean the same, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lstmetrics.errors import InvalidTypeError, InvalidValueError, ShapeError
from lstmetrics.models import LSTM, CharVocabulary, Dense, Embedding, WordVocabulary
from support.random_models import build, random_features, random_ids

IDS_MODEL = build([Embedding(1000, 4), LSTM(3), Dense(2)])
FIXED_MODEL = build([Embedding(9, 4, input_length=5), LSTM(3)])
FEATURES_MODEL = build([LSTM(3, input_shape=(None, 8))], features=8)
DENSE_MODEL = build([Dense(3, input_shape=(8,))], features=8)
LANGUAGE_MODEL = build([Embedding(50, 4), LSTM(3, return_sequences=True), Dense(50)])
IDS = random_ids((2, 5), 9)

WRONG_IDS = np.zeros((4, 6), dtype=np.int64)
WRONG_IDS[3, 2] = 1007
NEGATIVE_IDS = np.zeros((2, 6), dtype=np.int64)
NEGATIVE_IDS[0, 5] = -1

REFUSED: dict[str, tuple[Any, Any, type[Exception], str]] = {
    "one text of ids": (IDS_MODEL, [1, 2, 3], ShapeError, r"\(batch, timesteps\), got 1 dim"),
    "ids of 3 dimensions": (IDS_MODEL, [[[1]]], ShapeError, "got 3 dimensions"),
    "features into an Embedding": (
        IDS_MODEL,
        np.zeros((2, 5), np.float32),
        InvalidTypeError,
        "token ids must be integers, got dtype float32",
    ),
    "booleans as ids": (IDS_MODEL, np.zeros((2, 5), bool), InvalidTypeError, "got dtype bool"),
    "id too large": (
        IDS_MODEL,
        WRONG_IDS,
        InvalidValueError,
        r"id 1007 at row 3, step 2 is outside the vocabulary of 1000 \(ids 0 to 999\)",
    ),
    "negative id": (IDS_MODEL, NEGATIVE_IDS, InvalidValueError, "id -1 at row 0, step 5"),
    "id beyond 64 bits": (
        IDS_MODEL,
        np.full((1, 2), 2**64 - 1, np.uint64),
        InvalidValueError,
        "64-bit signed",
    ),
    "another length": (
        FIXED_MODEL,
        np.zeros((2, 6), int),
        ShapeError,
        r"expected shape \(None, 5\), found shape \(2, 6\)",
    ),
    "ids into an LSTM": (
        FEATURES_MODEL,
        IDS,
        ShapeError,
        r"expected shape \(None, None, 8\), found shape \(2, 5\)",
    ),
    "other features": (
        FEATURES_MODEL,
        np.zeros((2, 5, 7)),
        ShapeError,
        r"expected shape \(None, None, 8\), found shape \(2, 5, 7\)",
    ),
    "one vector": (FEATURES_MODEL, np.zeros(8), ShapeError, r"\(batch, timesteps, features\)"),
    "a sequence into a Dense": (
        DENSE_MODEL,
        np.zeros((2, 5, 8)),
        ShapeError,
        r"expected shape \(None, 8\), found shape \(2, 5, 8\)",
    ),
    "complex features": (FEATURES_MODEL, np.zeros((2, 5, 8), complex), InvalidTypeError, "complex"),
    "ragged features": (FEATURES_MODEL, [[[0.0] * 8], []], ShapeError, "regular array"),
    "objects": (FEATURES_MODEL, [[None]], InvalidTypeError, "numbers, got dtype object"),
    "ragged floats as ids": (
        IDS_MODEL,
        [[1, 2], [0.5]],
        InvalidTypeError,
        "sequence 1 must be integers, got dtype float64",
    ),
    "ragged text as ids": (IDS_MODEL, [[1], ["a", "b"]], InvalidTypeError, "sequence 1"),
    "text into an LSTM": (
        FEATURES_MODEL,
        ["a fine film"],
        InvalidTypeError,
        "raw strings.*put a tokenizer and an Embedding before it",
    ),
    "text into an Embedding": (
        IDS_MODEL,
        ["a fine film", "a bad one"],
        InvalidTypeError,
        "raw strings.*takes token ids.*text=WordVocabulary",
    ),
    "an array of text": (FEATURES_MODEL, np.array(["a"]), InvalidTypeError, "raw strings"),
    "one string": (IDS_MODEL, "a fine film", InvalidTypeError, "list of texts, got one string"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_inputs(name: str) -> None:
    model, inputs, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        model.predict(inputs)


REFUSED_OPTIONS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "batch size of 0": ({"batch_size": 0}, InvalidValueError, "batch_size must be a positive"),
    "batch size of 1.5": ({"batch_size": 1.5}, InvalidTypeError, "batch_size must be a positive"),
    "lengths of other rows": (
        {"lengths": [5]},
        ShapeError,
        r"lengths must have shape \(2,\).*\(1,\)",
    ),
    "long length": (
        {"lengths": [5, 6]},
        InvalidValueError,
        "lengths: 6 at row 1 is outside 0 to 5",
    ),
    "negative length": ({"lengths": [-1, 5]}, InvalidValueError, "lengths: -1 at row 0"),
    "lengths of floats": ({"lengths": [5.0, 5.0]}, InvalidTypeError, "lengths must be integers"),
    "ragged lengths": ({"lengths": [[1], [2, 3]]}, ShapeError, "lengths must be a regular array"),
    "mask of another shape": (
        {"mask": np.ones((2, 4), bool)},
        ShapeError,
        r"mask must have shape \(2, 5\).*\(2, 4\)",
    ),
    "mask of integers": ({"mask": np.ones((2, 5), int)}, InvalidTypeError, "mask must be boolean"),
    "ragged mask": ({"mask": [[True], [True, True]]}, ShapeError, "mask must be a regular array"),
    "no pairs": ({"initial_state": 3}, InvalidTypeError, r"list of \(hidden, cell\) pairs"),
    "arrays as state": (
        {"initial_state": [np.zeros((1, 3)), np.zeros((1, 3))]},
        InvalidTypeError,
        r"list of \(hidden, cell\) pairs",
    ),
    "too many states": (
        {"initial_state": [(np.zeros((2, 3)), np.zeros((2, 3)))] * 2},
        ShapeError,
        "each of the model's 1 recurrent directions, got 2",
    ),
    "state of other units": (
        {"initial_state": [(np.zeros((2, 4)), np.zeros((2, 4)))]},
        ShapeError,
        r"initial_state of lstm must have shape \(2, 3\).*\(2, 4\)",
    ),
    "state of text": (
        {"initial_state": [([["a"] * 3] * 2, np.zeros((2, 3)))]},
        InvalidTypeError,
        "initial_state must hold numbers",
    ),
}


@pytest.mark.parametrize("name", REFUSED_OPTIONS)
def test_refused_options(name: str) -> None:
    options, error, message = REFUSED_OPTIONS[name]
    with pytest.raises(error, match=message):
        IDS_MODEL.predict(IDS, **options)


REFUSED_TARGETS: dict[str, tuple[Any, type[Exception], str]] = {
    "other rows": (np.zeros((1, 5), int), ShapeError, r"targets must have shape \(2, 5\)"),
    "one dimension": ([1, 2, 3, 4, 5], ShapeError, "got 1 dim"),
    "floats": (np.zeros((2, 5)), InvalidTypeError, "targets must be integers, got dtype float64"),
    "ragged": ([[1], [2, 3]], ShapeError, "targets must be a regular array"),
    "too large": (
        [[0] * 5, [0, 0, 50, 0, 0]],
        InvalidValueError,
        r"targets: id 50 at row 1, step 2 is outside the model's 50 outputs \(0 to 49\)",
    ),
    "negative": ([[0] * 5, [-1] * 5], InvalidValueError, "id -1 at row 1, step 0.*ignore_index"),
}


@pytest.mark.parametrize("name", REFUSED_TARGETS)
def test_refused_targets(name: str) -> None:
    targets, error, message = REFUSED_TARGETS[name]
    with pytest.raises(error, match=message):
        LANGUAGE_MODEL.nll(IDS, targets)


def test_losses_take_a_regular_array_of_ids() -> None:
    with pytest.raises(ShapeError, match="ids must be a regular array"):
        LANGUAGE_MODEL.nll([[1], [2, 3]], [[1], [2, 3]])
    with pytest.raises(InvalidTypeError, match="ignore_index must be an integer or None"):
        LANGUAGE_MODEL.nll(IDS, IDS, ignore_index=0.5)  # type: ignore[arg-type]


def test_losses_need_a_distribution_per_step() -> None:
    with pytest.raises(ShapeError, match=r"per-token losses need .* this one gives \(None, 2\)"):
        IDS_MODEL.nll(IDS, IDS)


def test_ragged_ids_are_padded_and_masked() -> None:
    ragged = [[1, 2, 3], [4], [], [5, 6]]
    found = IDS_MODEL.predict(ragged)
    for row, ids in zip(found, ragged, strict=True):
        alone = IDS_MODEL.predict(np.array([ids], dtype=np.int64))
        assert row.tobytes() == alone[0].tobytes()
    as_arrays = [np.array(ids, dtype=np.int32) for ids in ragged]
    assert IDS_MODEL.predict(as_arrays).tobytes() == found.tobytes()


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int32, np.uint64])
def test_ids_of_any_integer_type(dtype: Any) -> None:
    assert IDS_MODEL.predict(IDS.astype(dtype)).tobytes() == IDS_MODEL.predict(IDS).tobytes()


def test_arrays_in_any_memory_order() -> None:
    features = random_features((4, 5, 8))
    expected = FEATURES_MODEL.predict(features).tobytes()
    assert FEATURES_MODEL.predict(np.asfortranarray(features)).tobytes() == expected
    assert FEATURES_MODEL.predict(features.astype(">f8")).tobytes() == expected
    backwards = np.ascontiguousarray(features[:, :, ::-1])[:, :, ::-1]
    assert FEATURES_MODEL.predict(backwards).tobytes() == expected


def test_inputs_are_left_alone() -> None:
    ids = IDS.copy()
    ids.flags.writeable = False
    IDS_MODEL.predict(ids)
    assert np.array_equal(ids, IDS)


@pytest.mark.parametrize(("shape", "expected"), [((0, 5), (0, 2)), ((3, 0), (3, 2))])
def test_nothing_to_read(shape: tuple[int, int], expected: tuple[int, int]) -> None:
    assert IDS_MODEL.predict(np.zeros(shape, np.int64)).shape == expected
    assert IDS_MODEL.predict(np.zeros(shape)).shape == expected  # what np.array([[], []]) gives
    assert LANGUAGE_MODEL.nll(np.zeros(shape, int), np.zeros(shape, int)).shape == shape


def test_one_text_has_losses_of_one_dimension() -> None:
    one = LANGUAGE_MODEL.nll(IDS[0], IDS[1])
    assert one.shape == (5,)
    assert one.tobytes() == LANGUAGE_MODEL.nll(IDS[:1], IDS[1:])[0].tobytes()


def test_text_goes_through_the_vocabulary() -> None:
    words = WordVocabulary(["", "<unk>", "good", "bad"])
    model = build([Embedding(4, 3), LSTM(3)], text=words)
    expected = model.predict([[2, 1], [3]])
    assert model.predict(["Good stuff", "bad"]).tobytes() == expected.tobytes()
    assert model.predict(np.array(["Good stuff", "bad"])).tobytes() == expected.tobytes()
    assert model.predict(("Good stuff", "bad")).tobytes() == expected.tobytes()


def test_the_vocabulary_must_fit_the_embedding() -> None:
    with pytest.raises(InvalidValueError, match="text has 3 ids, the Embedding's input_dim is 2"):
        build([Embedding(2, 3), LSTM(3)], text=CharVocabulary("abc"))
    with pytest.raises(InvalidTypeError, match="text must be a Vocabulary or a function, got list"):
        build([Embedding(2, 3), LSTM(3)], text=["a", "b"])


def test_labels_must_fit_the_outputs() -> None:
    with pytest.raises(ShapeError, match="2 outputs and 3 labels"):
        build([Embedding(2, 3), LSTM(2)], labels=["a", "b", "c"])
    with pytest.raises(InvalidTypeError, match="labels must be strings or integers"):
        build([Embedding(2, 3), LSTM(2)], labels=[0.5, 1.5])
