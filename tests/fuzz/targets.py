"""Each format: valid inputs, how they are changed, and what is done with one."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from fuzz import seeds
from fuzz.mutations import (
    Mutation,
    changed_archive,
    changed_bytes,
    changed_json,
    changed_state,
    changed_tensors,
)
from lstmetrics.errors import LstmetricsError
from lstmetrics.inspection import inspect_file
from lstmetrics.models import HuggingFaceTokenizer, load_model
from lstmetrics.models.formats.torch_files import read_state_dict
from lstmetrics.models.text import vocabulary_from_config
from lstmetrics.streaming._members import restored

__all__ = ["FORMATS", "Format"]


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


def _read_state(data: bytes) -> None:
    """A state that loads is one: it has bytes of its own, a digest, and merges with itself."""
    state = restored(data)
    again = restored(state.to_bytes())
    assert again == state
    assert again.digest() == state.digest()
    state.merge(again)


def _read_text(data: bytes) -> None:
    try:
        entry = json.loads(data)
    except (ValueError, RecursionError):
        return  # a model's file is refused before
    if isinstance(entry, Mapping) and {"kind", "config"} <= set(entry):
        vocabulary_from_config(entry["kind"], entry["config"]).encode(["good, bad é", ""])


def _read_tokenizer(data: bytes) -> None:
    try:
        json = data.decode()
    except UnicodeDecodeError:
        return  # a file of it is refused before
    HuggingFaceTokenizer(json).encode(["good, bad é", ""])


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
    "states": Format(seeds.states, changed_state, _read_state, 1.0),
    "native safetensors": Format(seeds.native, changed_tensors, _reader(".safetensors", _load)),
    "state dicts": Format(
        seeds.golden("model_*.safetensors"),
        changed_tensors,
        _reader(".safetensors", read_state_dict),
    ),
    "keras archives": Format(seeds.keras_archives, changed_archive, _reader(".keras", _load)),
    "keras hdf5": Format(seeds.keras_hdf5, changed_bytes, _reader(".h5", _load)),
    "onnx": Format(seeds.onnx, changed_bytes, _reader(".onnx", _load)),
    "vocabularies": Format(seeds.vocabularies, changed_json, _read_text),
    "tokenizer.json": Format(seeds.tokenizers_json, changed_json, _read_tokenizer),
}
if importlib.util.find_spec("torch"):  # too heavy to be there always
    FORMATS["checkpoints"] = Format(
        seeds.checkpoints, changed_archive, _reader(".pt", read_state_dict)
    )
