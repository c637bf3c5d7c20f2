"""Descriptions in a sound file that describe no model, or none that can be run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models import load_model
from support.model_files import described, small_file, with_description


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def good(folder: Path) -> bytes:
    return small_file(folder)


DESCRIPTIONS: dict[str, tuple[Callable[[Any], Any], type[Exception], str]] = {
    "not JSON": (lambda one: "{", FormatError, "not valid JSON"),  # noqa: ARG005
    "a list": (lambda one: [one], FormatError, "has no model"),
    "nested": (lambda one: "[" * 20000, FormatError, "not valid JSON"),  # noqa: ARG005
    "huge number": (lambda one: "9" * 5000, FormatError, "not valid JSON"),  # noqa: ARG005
    "newer": (
        lambda one: one | {"format_version": 4},
        UnsupportedError,
        "format version 4 is newer than 3.*update lstmetrics",
    ),
    "version of 0": (lambda one: one | {"format_version": 0}, FormatError, "positive integer"),
    "version as text": (lambda one: one | {"format_version": "1"}, FormatError, "got '1'"),
    "no version": (lambda one: {"model": one["model"]}, FormatError, "got None"),
    "unknown class": (
        lambda one: with_layer(one, class_name="Lambda"),
        UnsupportedError,
        "layer class 'Lambda' is not supported; supported are Activation, ",
    ),
    "class as list": (lambda one: with_layer(one, class_name=["LSTM"]), FormatError, "not valid"),
    "unknown option": (
        lambda one: with_layer(one, config={"units": 2, "peephole": True}),
        FormatError,
        "unexpected keyword argument 'peephole'",
    ),
    "another size": (
        lambda one: with_layer(one, config={"units": 3, "name": "dense"}),
        FormatError,
        r"kernel must have shape \(2, 3\)",
    ),
    "another activation": (
        lambda one: with_layer(one, config={"units": 2, "name": "dense", "activation": "sine"}),
        UnsupportedError,
        '"sine" is not supported',
    ),
    "no layers": (lambda one: with_model(one, layers=[]), FormatError, "belongs to no layer"),
    "layers as text": (lambda one: with_model(one, layers="LSTM"), FormatError, "class_name"),
    "labels of floats": (lambda one: with_model(one, labels=[0.5, 1]), FormatError, "labels"),
    "too many labels": (lambda one: with_model(one, labels=["a"] * 3), FormatError, "3 labels"),
    "name of numbers": (lambda one: with_model(one, name=[1]), FormatError, "name"),
    "text as list": (lambda one: with_model(one, text=[]), FormatError, "not valid"),
    "unknown text": (
        lambda one: with_model(one, text={"kind": "bpe", "config": {}}),
        FormatError,
        "unknown kind of vocabulary 'bpe'",
    ),
    "text without tokens": (
        lambda one: with_model(one, text={"kind": "words", "config": {}}),
        FormatError,
        "tokens",
    ),
    "dangerous pattern": (
        lambda one: with_words(one, pattern="(a+)+$"),
        FormatError,
        "one character class, repeated",
    ),
    "length as text": (lambda one: with_words(one, max_length="7"), FormatError, "max_length"),
    "flag as text": (lambda one: with_words(one, lower="no"), FormatError, "lower"),
}  # fmt: skip


def with_model(one: Any, **changes: Any) -> Any:
    return one | {"model": one["model"] | changes}


def with_words(one: Any, **changes: Any) -> Any:
    config = one["model"]["text"]["config"] | changes
    return with_model(one, text={"kind": "words", "config": config})


def with_layer(one: Any, **changes: Any) -> Any:
    *others, last = one["model"]["layers"]
    return with_model(one, layers=[*others, last | changes])


@pytest.mark.parametrize("name", DESCRIPTIONS)
def test_malformed_description(name: str, good: bytes, folder: Path) -> None:
    alter, error, message = DESCRIPTIONS[name]
    path = folder / "model.safetensors"
    path.write_bytes(with_description(good, alter(described(good))))
    with pytest.raises(error, match=message):
        load_model(path)
