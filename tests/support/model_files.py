"""Native model files as bytes: taken apart, put together wrongly, and what becomes of them."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

from lstmetrics.errors import FormatError, ShapeError, UnsupportedError
from lstmetrics.models import LSTM, Bidirectional, Dense, Embedding, WordVocabulary, load_model
from support.random_models import build, random_ids

IDS = random_ids((2, 4), 3)


def small_file(folder: Path) -> bytes:
    """1 kB of header, some hundred bytes of tensors."""
    model = build(
        [Embedding(3, 2), Bidirectional(LSTM(2), "sum"), Dense(2)],
        text=WordVocabulary(["", "?", "good"]),
        labels=["a", "b"],
    )
    path = folder / "small.safetensors"
    model.save(path)
    return path.read_bytes()


def outcome(folder: Path, data: bytes) -> bytes | type[Exception]:
    """What a file gives: the weights of a model that runs, or the error."""
    path = folder / "file.safetensors"
    path.write_bytes(data)
    try:
        model = load_model(path)
        with contextlib.suppress(ShapeError):  # a model that takes other lengths
            model.predict(IDS)
        if model.text is not None:
            model.text.encode(["good, bad"])
        return b"".join(weight.tobytes() for weight in model.get_weights())
    except (FormatError, UnsupportedError) as error:
        return type(error)
    finally:
        path.unlink()  # some file systems are slow at writing over a file


def split(data: bytes) -> tuple[dict[str, Any], bytes]:
    size = int.from_bytes(data[:8], "little")
    return json.loads(data[8 : 8 + size]), data[8 + size :]


def join(header: Any, tensors: bytes) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + tensors


def described(data: bytes) -> dict[str, Any]:
    """The description of the model in a file."""
    description: dict[str, Any] = json.loads(split(data)[0]["__metadata__"]["lstmetrics"])
    return description


def with_description(data: bytes, description: Any) -> bytes:
    header, tensors = split(data)
    text = description if isinstance(description, str) else json.dumps(description)
    return join(header | {"__metadata__": {"lstmetrics": text}}, tensors)
