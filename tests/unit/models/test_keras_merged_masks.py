"""Which steps count where sequences of different masks are joined, by the version of Keras."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lstmetrics
from support.keras_files import arrays, layer, tensor, write_archive

TABLES = arrays([(5, 3), (5, 3)])
FIRST, SECOND = np.array([[1, 0, 2, 0]]), np.array([[3, 4, 0, 0]])


def config() -> dict[str, Any]:
    def called(entry: dict[str, Any], *names: str) -> dict[str, Any]:
        values = [tensor(name) for name in names]
        arguments = values if len(names) == 1 else [values]
        nodes = [{"args": arguments, "kwargs": {}}] if names else []
        return entry | {"name": entry["config"]["name"], "inbound_nodes": nodes}

    layers = [called(layer("InputLayer", name, batch_shape=[None, None])) for name in ("a", "b")]
    for name in ("a", "b"):
        table = layer("Embedding", f"{name}s", input_dim=5, output_dim=3, mask_zero=True)
        layers.append(called(table, name))
    layers.append(called(layer("Add", "sum"), "as", "bs"))
    layers.append(called(layer("GlobalAveragePooling1D", "mean"), "sum"))
    ends = {"input_layers": [["a", 0, 0], ["b", 0, 0]], "output_layers": [["mean", 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "m", "layers": layers, **ends}}


@pytest.mark.parametrize(
    ("version", "counting"),
    [
        ("2.15.0", [0]),  # what counts in all
        ("3.3.3", [0, 1, 2, 3]),  # masks end here
        ("3.4.0", [0, 1, 2]),  # what counts in any
    ],
)
def test_joined_masks(tmp_path: Path, version: str, counting: list[int]) -> None:
    weights = {"layers/embedding": TABLES[:1], "layers/embedding_1": TABLES[1:]}
    path = write_archive(tmp_path / "m.keras", config(), weights, version=version)
    steps = TABLES[0][FIRST] + TABLES[1][SECOND]
    found = lstmetrics.load_model(path).predict([FIRST, SECOND])
    np.testing.assert_allclose(found, steps[:, counting].mean(axis=1), rtol=1e-6)
