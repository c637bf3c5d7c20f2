"""A PyTorch checkpoint without PyTorch: the zip's pickle, restricted to arrays and plain values.

https://docs.pytorch.org/docs/stable/notes/serialization.html: ``data.pkl`` refers to storages,
which lie beside it as raw little-endian numbers.
"""

from __future__ import annotations

import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_DTYPES = {"FloatStorage": "<f4", "DoubleStorage": "<f8", "LongStorage": "<i8"}


def _rebuild_tensor(
    storage: npt.NDArray[Any], offset: int, shape: tuple[int, ...], stride: tuple[int, ...], *_: Any
) -> npt.NDArray[Any]:
    steps = [step * storage.itemsize for step in stride]
    return np.lib.stride_tricks.as_strided(storage[offset:], shape, steps).copy()


class _Reader(pickle.Unpickler):
    """Makes nothing but arrays, ordered dictionaries and the names of storages."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        (name,) = (entry for entry in archive.namelist() if entry.endswith("/data.pkl"))
        super().__init__(archive.open(name))
        self._archive = archive
        self._folder = name.removesuffix("data.pkl") + "data/"

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuild_tensor
        if module == "torch" and name in _DTYPES:
            return _DTYPES[name]
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in a checkpoint")

    def persistent_load(self, pid: Any) -> Any:
        _, dtype, key, _, count = pid
        values = np.frombuffer(self._archive.read(self._folder + key), dtype)
        if values.size != count:
            raise pickle.UnpicklingError(f"storage {key} has {values.size} numbers, not {count}")
        return values


def read_checkpoint(path: Path) -> Any:
    """What ``torch.load(path, weights_only=True)`` gives, with arrays in place of tensors."""
    with zipfile.ZipFile(path) as archive:
        return _Reader(archive).load()
