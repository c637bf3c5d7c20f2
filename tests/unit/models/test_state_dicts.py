"""State dicts in files, and by the names that wrappers give."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lstmetrics import load_model
from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models import LSTM, read_state_dict
from support.random_models import random_features


def write(path: Path, tensors: dict[str, tuple[str, Any]]) -> Path:
    header: dict[str, Any] = {}
    data = b""
    for name, (kind, array) in tensors.items():
        end = len(data) + array.nbytes
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [len(data), end]}
        data += array.tobytes()
    text = json.dumps(header).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text + data)
    return path


def test_safetensors_of_every_kind(tmp_path: Path) -> None:
    values = np.array([[1.0, -2.5], [0.0, 3.0]])
    upper = (values.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    found = read_state_dict(
        write(
            tmp_path / "a.safetensors",
            {
                "single": ("F32", values.astype(np.float32)),
                "double": ("F64", values),
                "half": ("F16", values.astype(np.float16)),
                "brain": ("BF16", upper),
                "counts": ("I64", np.arange(3)),
            },
        )
    )
    for name in ("single", "double", "half", "brain"):
        assert np.array_equal(found[name], values), name
    assert found["brain"].dtype == np.float32
    assert found["counts"].tolist() == [0, 1, 2]


def test_unknown_kinds_and_endings(tmp_path: Path) -> None:
    path = write(tmp_path / "a.safetensors", {"x": ("F8_E4M3", np.zeros(2, np.uint8))})
    with pytest.raises(UnsupportedError, match="'F8_E4M3'; supported are F32, F64"):
        read_state_dict(path)
    with pytest.raises(UnsupportedError, match=r"the ending must be .safetensors, .pt"):
        read_state_dict("weights.npz")
    with pytest.raises(UnsupportedError, match="holds weights, not how a model uses them"):
        load_model("weights.pt")
    with pytest.raises(FileNotFoundError):
        read_state_dict(tmp_path / "absent.pt")


def test_what_is_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "a.pt"
    path.write_bytes(b"\x80\x02K\x01.")
    with pytest.raises(UnsupportedError, match="not a zip archive"):
        read_state_dict(path)
    path.write_bytes(b"PK\x05\x06" + bytes(18))
    with pytest.raises((UnsupportedError, FormatError)):
        read_state_dict(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/data/0", bytes(1 << 24))
    with pytest.raises(FormatError, match="refused as a zip bomb"):
        read_state_dict(path)
    # Zip archives in several parts, which zipfile refuses when it is only asked what they are.
    path.write_bytes(
        b"PK" + b"PK\x06\x07" + (7).to_bytes(4, "little") + bytes(12) + b"PK\x05\x06" + bytes(18)
    )
    with pytest.raises(FormatError, match="not a zip archive"):
        read_state_dict(path)


def test_weights_that_fastai_has_wrapped() -> None:
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    shapes = ((12, 4), (12, 3), (12,), (12,))
    plain = {
        f"rnns.0.{name}": random_features(shape, seed)
        for seed, (name, shape) in enumerate(zip(names, shapes, strict=True))
    }
    wrapped = {key.replace("rnns.0.", "rnns.0.module."): value for key, value in plain.items()}
    wrapped["rnns.0.module.weight_hh_l0"] = np.zeros((12, 3), np.float32)  # what was dropped last
    wrapped["rnns.0.weight_hh_l0_raw"] = plain["rnns.0.weight_hh_l0"]
    found, expected = LSTM.from_torch(wrapped, "rnns.0"), LSTM.from_torch(plain, "rnns.0")
    assert isinstance(found, LSTM)
    assert isinstance(expected, LSTM)
    for name, weight in expected.weights.items():
        assert found.weights[name].tobytes() == weight.tobytes()
