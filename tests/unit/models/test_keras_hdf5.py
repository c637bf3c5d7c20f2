"""What HDF5 could do beyond holding arrays is refused before it is done."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import lstmetrics
from lstmetrics.errors import FormatError, UnsupportedError
from support.keras_files import named, weights_h5, write_archive, write_legacy
from support.keras_small import GIVEN, PLACES, config, legacy, refuses


def changed(path: Path, change: Any) -> Path:
    with h5py.File(path, "r+") as file:
        change(file["model_weights"])
    return path


def external_link(group: Any) -> None:
    group["head"]["far"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(group: Any) -> None:
    group["head"]["near"] = h5py.SoftLink("/model_weights/reader")


def external_data(group: Any) -> None:
    del group["head/head/kernel:0"]
    where = [("/etc/passwd", 0, h5py.h5f.UNLIMITED)]
    group.create_dataset("head/head/kernel:0", (3, 2), "f4", external=where)


def virtual_data(group: Any) -> None:
    del group["head/head/kernel:0"]
    layout = h5py.VirtualLayout((3, 2), "f4")
    layout[:] = h5py.VirtualSource("other.h5", "x", (3, 2))
    group.create_virtual_dataset("head/head/kernel:0", layout)


def huge_shape(group: Any) -> None:
    del group["head/head/kernel:0"]
    group.create_dataset("head/head/kernel:0", (1 << 20, 1 << 20), "f4", chunks=(64, 64))


def huge_compressed(group: Any) -> None:
    del group["head/head/kernel:0"]
    options = {"chunks": (1 << 12, 1 << 10), "compression": "gzip"}
    data = group.create_dataset("head/head/kernel:0", (1 << 12, 1 << 20), "f4", **options)
    data[:1, :1] = 1


def other_filter(group: Any) -> None:
    del group["head/head/kernel:0"]
    data = group.create_dataset("head/head/kernel:0", (3, 2), "f4", compression="lzf")
    data[:] = 1


def objects(group: Any) -> None:
    del group["head/head/kernel:0"]
    group.create_dataset("head/head/kernel:0", (3, 2), h5py.string_dtype())


def missing(group: Any) -> None:
    del group["head/head/kernel:0"]


def a_group(group: Any) -> None:
    del group["head/head/kernel:0"]
    group.create_group("head/head/kernel:0")


def no_names(group: Any) -> None:
    del group["head"].attrs["weight_names"]


def other_shape(group: Any) -> None:
    del group["head/head/kernel:0"]
    group["head/head/kernel:0"] = np.zeros((4, 2), np.float32)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (external_link, "'model_weights/head/far' is a link to another file"),
        (soft_link, "'model_weights/head/near' is a soft link"),
        (external_data, "keeps its bytes in another file"),
        (virtual_data, "is a virtual dataset"),
        (huge_shape, r"of shape \(1048576, 1048576\) needs 4398046511104 bytes"),
        (huge_compressed, "needs 17179869184 bytes"),
        (other_filter, "is packed by the HDF5 filter 32000"),
        (objects, "must hold numbers"),
        (missing, "there is no 'head/kernel:0'"),
        (a_group, "is not a dataset"),
        (no_names, "there is no attribute 'weight_names'"),
        (other_shape, "not valid"),
    ],
)
def test_what_hdf5_may_not_do(tmp_path: Path, change: Any, match: str) -> None:
    path = changed(legacy(tmp_path / "m.h5"), change)
    tracemalloc.start()
    try:
        refuses(path, (FormatError, UnsupportedError), match)  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < 1 << 22
    finally:
        tracemalloc.stop()


def test_links_inside_archives(tmp_path: Path) -> None:
    inner = tmp_path / "inner.h5"
    inner.write_bytes(weights_h5(PLACES))
    with h5py.File(inner, "r+") as file:
        file["layers/dense/vars/7"] = h5py.ExternalLink("/etc/passwd", "/")
    path = write_archive(tmp_path / "m.keras", config(), inner.read_bytes())
    refuses(path, FormatError, "'layers/dense/vars/7' is a link to another file")


def test_weights_alone(tmp_path: Path) -> None:
    path = legacy(tmp_path / "m.h5")
    with h5py.File(path, "r+") as file:
        del file.attrs["model_config"]
    refuses(path, FormatError, r"holds no model: .*save it with model\.save\(\), not model\.save_w")
    for name in ("layer_names", "layer_names0"):
        with h5py.File(path, "w") as file:
            file.attrs[name] = np.array([b"dense"])
        refuses(path, FormatError, "holds weights alone")


def test_weights_of_other_layers(tmp_path: Path) -> None:
    path = write_legacy(
        tmp_path / "m.h5", config(), {"reader": named("reader", "kernel", GIVEN[:1])}
    )
    refuses(path, FormatError, "2 layers have weights, the file has those of 1")


def test_damaged_hdf5(tmp_path: Path) -> None:
    path = legacy(tmp_path / "m.h5")
    data = path.read_bytes()
    for cut in range(0, len(data), 997):
        path.write_bytes(data[:cut])
        with pytest.raises((FormatError, UnsupportedError)):
            lstmetrics.load_model(path)
