"""HDF5 files, read through h5py without following anything out of the file.

HDF5 can point elsewhere: soft and external links, datasets whose bytes lie in other files, virtual
datasets, filters that are loaded as plugins. All are refused before they are touched. A dataset is
read only when the bytes that its shape asks for are in the file.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics.errors import FormatError, MissingExtraError, UnsupportedError

__all__ = ["MAGIC", "Group", "opened"]

MAGIC = b"\x89HDF\r\n\x1a\n"
_MOST_LINKS = 1_000_000
_LARGEST_RATIO = 200  # of a compressed dataset's numbers to its bytes
_FILTERS = {1: "deflate", 2: "shuffle", 3: "fletcher32"}


def _h5py() -> ModuleType:
    try:
        import h5py
    except ImportError:
        raise MissingExtraError("Reading Keras's files", "keras") from None
    return h5py  # type: ignore[no-any-return]


class opened:  # noqa: N801  (used as ``with opened(...) as root``)
    """The root group of an HDF5 file, given as a path or as the bytes of a file.

    Parameters
    ----------
    owner : str
        What errors call the file.
    source : str or bytes
        Where it is, or what is in it.
    """

    def __init__(self, owner: str, source: str | bytes) -> None:
        h5py = _h5py()
        try:
            if isinstance(source, str):
                size = os.stat(source).st_size  # noqa: PTH116
                self._file = h5py.File(source, "r")
            else:
                size = len(source)
                self._file = h5py.File(h5py.h5f.open_file_image(source))
        except (OSError, ValueError, RuntimeError) as error:
            raise FormatError(f"{owner}: not a readable HDF5 file: {error}") from None
        try:
            _check_links(owner, h5py, self._file)
        except BaseException:
            self._file.close()
            raise
        self._root = Group(owner, size, h5py, self._file)

    def __enter__(self) -> Group:
        return self._root

    def __exit__(self, *error: object) -> None:
        self._file.close()


def _check_links(owner: str, h5py: ModuleType, file: Any) -> None:
    """Refuse a file with any link but hard ones."""
    kinds = {h5py.h5l.TYPE_SOFT: "a soft link", h5py.h5l.TYPE_EXTERNAL: "a link to another file"}
    seen = 0

    def check(name: bytes, info: Any) -> str | None:
        nonlocal seen
        seen += 1
        if info.type != h5py.h5l.TYPE_HARD:
            kind = kinds.get(info.type, "a link of an unknown kind")
            return f"{name.decode(errors='replace')!r} is {kind}; only what is in the file is read"
        return f"it has more than {_MOST_LINKS} links" if seen > _MOST_LINKS else None

    try:
        problem = file.id.links.visit(check, info=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise FormatError(f"{owner}: the HDF5 file is damaged: {error}") from None
    if problem is not None:
        raise FormatError(f"{owner}: {problem}")


class Group:
    """A group of an HDF5 file."""

    def __init__(self, owner: str, size: int, h5py: ModuleType, group: Any) -> None:
        self._owner = owner
        self._size = size  # of the file
        self._h5py = h5py
        self._group = group

    def names(self, path: str = "") -> list[str]:
        """Return the names of what is in the group, or in the one at a path."""
        if path:
            return self.group(path).names()
        with self._safely("its names"):
            return list(self._group)

    def __contains__(self, path: str) -> bool:
        with self._safely(path):
            return path in self._group

    def group(self, path: str) -> Group:
        """Return the group at a path; FormatError where there is none."""
        found = self._at(path)
        if not isinstance(found, self._h5py.Group):
            raise FormatError(f"{self._owner}: {path!r} is not a group")
        return Group(self._owner, self._size, self._h5py, found)

    def array(self, path: str) -> npt.NDArray[Any]:
        """Return the numbers of the dataset at a path, in its own type."""
        found = self._at(path)
        if not isinstance(found, self._h5py.Dataset):
            raise FormatError(f"{self._owner}: {path!r} is not a dataset")
        self._check_dataset(path, found.id)
        with self._safely(path):
            return np.asarray(found[()])

    def has_attribute(self, name: str) -> bool:
        """Whether there is an attribute of this name."""
        with self._safely(name):
            return name in self._group.attrs

    def text(self, name: str) -> str:
        """Return a text attribute."""
        value = self._attribute(name)
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        return self._as_text(name, value)

    def texts(self, name: str) -> list[str]:
        """Return a list of texts; Keras splits a long one into name0, name1, ..."""
        if self.has_attribute(name):
            return list(self._texts(name))
        found: list[str] = []
        chunk = 0
        while self.has_attribute(f"{name}{chunk}"):
            found.extend(self._texts(f"{name}{chunk}"))
            chunk += 1
        if not chunk:
            raise FormatError(f"{self._owner}: there is no attribute {name!r}")
        return found

    def _texts(self, name: str) -> Iterator[str]:
        values = self._attribute(name)
        if not isinstance(values, np.ndarray) or values.ndim != 1:
            raise FormatError(f"{self._owner}: attribute {name!r} is not a list of texts")
        for value in values.tolist():
            yield self._as_text(name, value)

    def _as_text(self, name: str, value: Any) -> str:
        try:
            if isinstance(value, bytes):
                return value.decode("utf-8")
        except UnicodeDecodeError as error:
            raise FormatError(f"{self._owner}: attribute {name!r} is not UTF-8: {error}") from None
        if not isinstance(value, str):
            raise FormatError(f"{self._owner}: attribute {name!r} is not text")
        return str(value)

    def _attribute(self, name: str) -> Any:
        if not self.has_attribute(name):
            raise FormatError(f"{self._owner}: there is no attribute {name!r}")
        with self._safely(name):
            one = self._h5py.h5a.open(self._group.id, name.encode())
            claimed = _product(one.shape or ()) * int(one.get_type().get_size())
            if claimed > self._size:
                raise FormatError(
                    f"{self._owner}: attribute {name!r} claims {claimed} bytes, the file has "
                    f"{self._size}"
                )
            return self._group.attrs[name]

    def _at(self, path: str) -> Any:
        with self._safely(path):
            if path not in self._group:
                raise FormatError(f"{self._owner}: there is no {path!r}")
            return self._group[path]

    def _check_dataset(self, path: str, dataset: Any) -> None:
        """Refuse what lies elsewhere, and shapes that the file has no bytes for."""
        h5d = self._h5py.h5d
        with self._safely(path):
            plan = dataset.get_create_plist()
            layout = plan.get_layout()
            if layout == h5d.VIRTUAL:
                raise FormatError(
                    f"{self._owner}: {path!r} is a virtual dataset; only what is in the file is "
                    "read"
                )
            if plan.get_external_count():
                raise FormatError(
                    f"{self._owner}: {path!r} keeps its bytes in another file; only what is in the "
                    "file is read"
                )
            filters = [plan.get_filter(index)[0] for index in range(plan.get_nfilters())]
            dtype, shape, stored = dataset.dtype, dataset.shape, dataset.get_storage_size()
        unknown = [one for one in filters if one not in _FILTERS]
        if unknown:
            raise UnsupportedError(
                f"{self._owner}: {path!r} is packed by the HDF5 filter {unknown[0]}; supported are "
                f"{', '.join(_FILTERS.values())}"
            )
        if dtype.kind not in "fiu" or dtype.itemsize > 8:
            raise FormatError(f"{self._owner}: {path!r} must hold numbers, got dtype {dtype}")
        needed, available = _product(shape or ()) * dtype.itemsize, min(stored, self._size)
        if needed > (available * _LARGEST_RATIO if 1 in filters else available):
            raise FormatError(
                f"{self._owner}: {path!r} of shape {shape} needs {needed} bytes, the file holds "
                f"{available} for it"
            )

    def _safely(self, what: str) -> _Damage:
        return _Damage(self._owner, what)


def _product(shape: Iterable[Any]) -> int:
    count = 1
    for length in shape:
        count *= int(length)
    return count


class _Damage:
    """Turns what h5py raises for damaged files into a FormatError."""

    def __init__(self, owner: str, what: str) -> None:
        self._owner, self._what = owner, what

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, trace: object) -> None:
        own = (FormatError, UnsupportedError)
        damage = (OSError, RuntimeError, KeyError, ValueError, TypeError, MemoryError)
        if isinstance(error, damage) and not isinstance(error, own):
            raise FormatError(f"{self._owner}: {self._what!r} cannot be read: {error}") from None
