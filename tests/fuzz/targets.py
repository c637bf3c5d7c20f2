"""Each format: valid inputs, how they are changed, and what is done with one."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fuzz.mutations import (
    Mutation,
    changed_archive,
    changed_bytes,
    changed_json,
    changed_state,
    changed_tensors,
)
from golden.states import STATES
from lstmetrics.errors import LstmetricsError
from lstmetrics.inspection import inspect_file
from lstmetrics.models import (
    CharVocabulary,
    TextVectorization,
    Tokenizer,
    WordVocabulary,
    load_model,
)
from lstmetrics.models.formats.torch_files import read_state_dict
from lstmetrics.models.text import vocabulary_from_config
from lstmetrics.streaming._members import restored
from support.keras_files import write_archive
from support.keras_small import PLACES, config, legacy
from support.model_files import small_file
from support.onnx_files import GraphWriter, lstm_weights

__all__ = ["FORMATS", "Format"]

GOLDEN = Path(__file__).parents[1] / "golden"


@dataclass(frozen=True)
class Format:
    """What is fuzzed.

    Attributes
    ----------
    seeds : callable
        Returns valid inputs.
    change : callable
        Changes one of them.
    read : callable
        Reads what came of it; an error of ours is one way to answer, to return another.
    share : float
        How many inputs, as a share of those of the states.
    """

    seeds: Callable[[], list[bytes]]
    change: Mutation
    read: Callable[[bytes], None]
    share: float = 0.1


def _golden(pattern: str) -> Callable[[], list[bytes]]:
    return lambda: [path.read_bytes() for path in sorted(GOLDEN.glob(pattern))]


def _states() -> list[bytes]:
    return _golden("*.bin")() + [make().to_bytes() for make in STATES.values()]


def _read_state(data: bytes) -> None:
    """A state that loads is one: it has bytes of its own, a digest, and merges with itself."""
    state = restored(data)
    again = restored(state.to_bytes())
    assert again == state
    assert again.digest() == state.digest()
    state.merge(again)


def _made(make: Callable[[Path], Any]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        made = make(Path(folder))
        return bytes(made) if isinstance(made, bytes) else Path(made).read_bytes()


def _native() -> list[bytes]:
    def tested(folder: Path) -> Path:
        path = folder / "model.safetensors"
        path.write_bytes(small_file(folder))
        load_model(path).save(folder / "tested.safetensors", self_test=True)
        return folder / "tested.safetensors"

    return [*_golden("model_*.safetensors")(), _made(small_file), _made(tested)]


def _onnx() -> list[bytes]:
    def graph(folder: Path) -> Path:
        writer = GraphWriter({"ids": ["batch", 4]})
        value = writer.embedding(np.ones((5, 3), np.float32))
        steps = writer.node("Transpose", value, perm=[1, 0, 2])
        weights = [writer.array(one) for one in lstm_weights(2, 3)]
        hidden, _, _ = writer.node("LSTM", steps, *weights, outputs=3, hidden_size=2)
        last = writer.node("Squeeze", hidden, writer.ints(1))
        return writer.write(folder, writer.node("Transpose", last, perm=[1, 0, 2]))

    return [_made(graph)]


def _texts() -> list[bytes]:
    words = ["", "?", "good", "größe"]
    made = [
        WordVocabulary(words),
        CharVocabulary(["a", "é", "b"], unknown=0),
        Tokenizer({"good": 1, "bad": 2}, num_words=3),
        TextVectorization(words),
    ]
    return [json.dumps({"kind": x.kind, "config": x.get_config()}).encode() for x in made]


def _read_text(data: bytes) -> None:
    try:
        entry = json.loads(data)
    except (ValueError, RecursionError):
        return  # a model's file is refused before
    if isinstance(entry, Mapping) and {"kind", "config"} <= set(entry):
        vocabulary_from_config(entry["kind"], entry["config"]).encode(["good, bad é", ""])


def _reader(ending: str, read: Callable[[Path], Any]) -> Callable[[bytes], None]:
    place = Path(tempfile.mkdtemp(prefix="lstmetrics-fuzz-"))
    numbers = iter(range(10**9))

    def run(data: bytes) -> None:
        path = place / f"{next(numbers)}{ending}"  # a mapped file must not change
        path.write_bytes(data)
        try:
            read(path)
        finally:
            path.unlink()

    return run


def _load(path: Path) -> None:
    """Load and run it; what inspection says must be what loading does."""
    try:
        model = load_model(path)
    except LstmetricsError:
        assert not inspect_file(path).can_run
        raise
    assert inspect_file(path).can_run
    with contextlib.suppress(LstmetricsError):
        model.predict(np.ones((2, 4), np.int64) if model.takes_ids else np.ones((2, 4, 4)))


FORMATS: dict[str, Format] = {
    "states": Format(_states, changed_state, _read_state, 1.0),
    "native safetensors": Format(_native, changed_tensors, _reader(".safetensors", _load)),
    "state dicts": Format(
        _golden("model_*.safetensors"), changed_tensors, _reader(".safetensors", read_state_dict)
    ),
    "keras archives": Format(
        lambda: [_made(lambda folder: write_archive(folder / "m.keras", config(), PLACES))],
        changed_archive,
        _reader(".keras", _load),
    ),
    "keras hdf5": Format(
        lambda: [_made(lambda folder: legacy(folder / "m.h5"))],
        changed_bytes,
        _reader(".h5", _load),
    ),
    "onnx": Format(_onnx, changed_bytes, _reader(".onnx", _load)),
    "vocabularies": Format(_texts, changed_json, _read_text),
}
