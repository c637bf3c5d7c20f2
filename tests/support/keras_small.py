"""A small model of Keras in files, for what may be wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import lstmetrics
from support.keras_files import arrays, layer, lstm, lstm_shapes, named, sequential, write_legacy

GIVEN = arrays([*lstm_shapes(4, 3), (3, 2), (2,)])
PLACES = {"layers/lstm/cell": GIVEN[:3], "layers/dense": GIVEN[3:]}


def config(**head: Any) -> dict[str, Any]:
    reader = lstm("reader", 3, batch_input_shape=[None, None, 4])
    return sequential([reader, layer("Dense", "head", units=2, activation="linear") | head])


def legacy(path: Path, described: Any = None) -> Path:
    weights = {
        "reader": named("reader", "kernel recurrent_kernel bias", GIVEN[:3]),
        "head": named("head", "kernel bias", GIVEN[3:]),
    }
    return write_legacy(path, described or config(), weights)


def refuses(path: Path, kind: type[Exception], match: str) -> None:
    with pytest.raises(kind, match=match) as caught:
        lstmetrics.load_model(path)
    assert str(path) in str(caught.value)
