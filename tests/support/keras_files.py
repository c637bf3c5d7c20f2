"""Files as Keras writes them, written without Keras: configs and arrays in, ``.h5``, ``.keras``."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

Weights = Mapping[str, Sequence[tuple[str, Any]]]


def layer(class_name: str, name: str, **config: Any) -> dict[str, Any]:
    """An entry of a list of layers as Keras 2 writes it."""
    return {"class_name": class_name, "config": {"name": name, "trainable": True, **config}}


def lstm(name: str, units: int, **config: Any) -> dict[str, Any]:
    """An LSTM of Keras 2 with all that its config holds."""
    own = {
        "dtype": "float32",
        "return_sequences": False,
        "return_state": False,
        "go_backwards": False,
        "stateful": False,
        "unroll": False,
        "time_major": False,
        "units": units,
        "activation": "tanh",
        "recurrent_activation": "sigmoid",
        "use_bias": True,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": None}},
        "unit_forget_bias": True,
        "dropout": 0.2,
        "recurrent_dropout": 0.1,
        "implementation": 2,
    }
    return layer("LSTM", name, **(own | config))


def sequential(layers: Sequence[Any], name: str = "sequential") -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": name, "layers": list(layers)}}


def node(*places: Any, **keywords: Any) -> list[Any]:
    """A call as Keras 2 writes it: the outputs of other layers."""
    return [[name, use, output, keywords] for name, use, output in places]


def tensor(name: str, use: int = 0, output: int = 0) -> dict[str, Any]:
    """A value as Keras 3 writes it."""
    history = {"shape": [None], "dtype": "float32", "keras_history": [name, use, output]}
    return {"class_name": "__keras_tensor__", "config": history}


def arrays(shapes: Sequence[tuple[int, ...]], seed: int = 0) -> list[Any]:
    generator = np.random.default_rng(seed)
    return [generator.normal(size=shape).astype(np.float32) / 2 for shape in shapes]


def lstm_shapes(features: int, units: int) -> list[tuple[int, ...]]:
    return [(features, 4 * units), (units, 4 * units), (4 * units,)]


def named(layer_name: str, kinds: str, given: Sequence[Any]) -> list[tuple[str, Any]]:
    """Arrays with names as Keras 2 gives them: ``dense/kernel:0``."""
    return [(f"{layer_name}/{k}:0", x) for k, x in zip(kinds.split(), given, strict=True)]


def write_legacy(
    path: Path,
    config: Any,
    weights: Weights,
    *,
    version: str = "2.9.0",
    texts: str = "bytes",
    chunks: int = 0,
) -> Path:
    """A whole model in HDF5. Attributes are bytes as of h5py 2, or str; lists may be chunked."""

    def text(value: str) -> Any:
        return value if texts == "str" else np.bytes_(value.encode())

    def put_list(group: Any, name: str, values: Sequence[str]) -> None:
        dtype = h5py.string_dtype() if texts == "str" else None
        encoded = [v if texts == "str" else v.encode() for v in values]
        parts = [encoded]
        if chunks and encoded:
            parts = [encoded[k : k + chunks] for k in range(0, len(encoded), chunks)]
        for index, part in enumerate(parts):
            data = np.array(part, dtype=dtype) if part else np.zeros(0)
            group.attrs[f"{name}{index}" if chunks and encoded else name] = data

    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = text(version)
        file.attrs["backend"] = text("tensorflow")
        file.attrs["model_config"] = text(json.dumps(config))
        group = file.create_group("model_weights")
        put_list(group, "layer_names", list(weights))
        for name, own in weights.items():
            inner = group.create_group(name)
            put_list(inner, "weight_names", [key for key, _ in own])
            for key, array in own:
                inner[key] = array
    return path


def weights_h5(weights: Mapping[str, Sequence[Any]]) -> bytes:
    """``model.weights.h5``: numbered arrays by the place of their layer."""
    data = io.BytesIO()
    with h5py.File(data, "w") as file:
        for place, own in weights.items():
            group = file.create_group(f"{place}/vars")
            for index, array in enumerate(own):
                group[str(index)] = array
    return data.getvalue()


def weights_npz(weights: Mapping[str, Any]) -> bytes:
    """``model.weights.npz``: an array of one object, a dictionary, for each place."""
    data = io.BytesIO()
    held = {
        place: {str(k): one for k, one in enumerate(own)} if isinstance(own, list) else own
        for place, own in {"__root__": [], **weights}.items()
    }
    np.savez(data, **{place: np.array(own, object) for place, own in held.items()})
    return data.getvalue()


def write_archive(
    path: Path,
    config: Any,
    weights: Mapping[str, Sequence[Any]] | bytes | None,
    *,
    version: str = "3.9.0",
    more: Mapping[str, bytes] | None = None,
    compression: int = zipfile.ZIP_STORED,
) -> Path:
    """A ``.keras`` archive."""
    with zipfile.ZipFile(path, "w", compression) as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("config.json", config if isinstance(config, str) else json.dumps(config))
        if weights is not None:
            data = weights if isinstance(weights, bytes) else weights_h5(weights)
            archive.writestr("model.weights.h5", data)
        for name, content in (more or {}).items():
            archive.writestr(name, content)
    return path
