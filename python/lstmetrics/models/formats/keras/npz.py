"""The weights of a ``.keras`` archive in ``model.weights.npz``, which Keras writes as pickles.

Each entry is a numpy array of one object: a pickle of a dictionary from "0", "1", ... to arrays
(before Keras 3) or to the backend's variables (since), which hold arrays. They are read as data
(:mod:`lstmetrics.models.formats.pickles`): a pickle is never run, and no backend is needed.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, UnsupportedError
from lstmetrics.models.formats.archive import Archive
from lstmetrics.models.formats.pickles import Made, Named, arrays_in, read_pickle

__all__ = ["PickledArrays"]

# One object, as numpy's format says it: magic, version, the description's length, the description.
_OBJECT = re.compile(
    rb"\x93NUMPY\x01\x00..\{'descr': '\|O', 'fortran_order': False, 'shape': \(\), *\} *\n",
    re.DOTALL,
)


class PickledArrays:
    """The arrays of an npz archive; a :class:`~lstmetrics.models.formats.keras.weights.Store`.

    Parameters
    ----------
    archive : Archive
        What was read of ``model.weights.npz``.
    """

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._places = {name.removesuffix(".npy") for name in archive.names()}
        self._read: dict[str, dict[str, Any]] = {}

    def __contains__(self, path: str) -> bool:
        place = path.removesuffix("/vars")
        return place in self._places or any(one.startswith(f"{path}/") for one in self._places)

    def names(self, path: str = "") -> list[str]:
        """Return the names of the arrays at a path that ends in ``vars``."""
        return list(self._dictionary(path.removesuffix("/vars")))

    def array(self, path: str) -> npt.NDArray[Any]:
        """Return one array, as ``layers/dense/vars/0``."""
        place, _, name = path.rpartition("/vars/")
        owner = f"{self._archive.path}: {place}/{name}"
        value = _numbers_of(self._dictionary(place).get(name))
        found = arrays_in(owner, value)
        if len(found) != 1:
            named = isinstance(value, Made) and isinstance(value.function, Named)
            kind = f" ({value.function})" if named else ""
            raise UnsupportedError(
                f"{owner}: a variable of a backend that does not keep its numbers as an array of "
                f"numpy{kind}: save the model with its weights in HDF5, as model.save does"
            )
        return np.array(found[0])

    def _dictionary(self, place: str) -> dict[str, Any]:
        if place not in self._read:
            owner = f"{self._archive.path}: {place}"
            data = self._archive.read(f"{place}.npy")
            start = _OBJECT.match(data)
            if start is None:
                raise FormatError(f"{owner}: not a numpy array of one object, as Keras writes them")
            self._read[place] = _held(owner, read_pickle(owner, data[start.end() :]))
        return self._read[place]


def _numbers_of(value: Any) -> Any:
    """Return what of a variable holds its numbers."""
    if isinstance(value, Made) and isinstance(value.state, dict) and "_value" in value.state:
        value = value.state["_value"]  # of Keras 3; it has other things beside it
    if isinstance(value, Made) and _is_jax(value.function) and len(value.arguments) == 4:
        return Made(*value.arguments[:3])  # JAX has it in pieces
    return value


def _is_jax(function: Any) -> bool:
    return isinstance(function, Named) and function.name == "_reconstruct_array"


def _held(owner: str, tree: Any) -> dict[str, Any]:
    """Return what an array of one object holds, which must be a dictionary."""
    try:
        (held,) = tree.state[-1]
        if isinstance(held, dict) and all(isinstance(name, str) for name in held):
            return held
    except (AttributeError, LookupError, TypeError, ValueError):
        pass
    raise FormatError(f"{owner}: the array's object is not a dictionary of arrays by their numbers")
