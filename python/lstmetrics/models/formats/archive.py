"""Zip archives, which ``.keras`` files, arrays inside them and PyTorch's checkpoints are."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from lstmetrics.errors import FormatError

__all__ = ["Archive", "parse_json"]

# Of unpacked to packed; trained weights hardly shrink, JSON shrinks to a tenth.
_LARGEST_RATIO = 200
_LARGEST_FREE = 1 << 20  # so much may unpack from anything
_LARGEST_TEXT = 1 << 28
_KINDS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


class Archive:
    """The entries of a zip file, each checked before it is unpacked.

    Parameters
    ----------
    path : str
        The file; what errors call it where ``data`` is given.
    data : bytes, optional
        The bytes of the archive, where it is no file of its own.

    Raises
    ------
    lstmetrics.errors.FormatError
        It is no zip file, names an entry twice or outside itself, or would unpack to many times its
        size.
    """

    def __init__(self, path: str, data: bytes | None = None) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path if data is None else io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OverflowError) as error:
            raise FormatError(f"{path}: not a zip archive: {error}") from None
        self._entries: dict[str, zipfile.ZipInfo] = {}
        try:
            for entry in self._zip.infolist():
                self._check(entry)
                self._entries[entry.filename] = entry
        except FormatError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._zip.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def names(self) -> list[str]:
        """Return the names of the entries."""
        return list(self._entries)

    def read(self, name: str) -> bytes:
        """Unpack one entry; FormatError where it is missing or damaged."""
        if name not in self._entries:
            raise FormatError(f"{self.path}: the archive has no {name}")
        entry = self._entries[name]
        try:
            with self._zip.open(entry) as file:
                data = file.read(entry.file_size + 1)
        except (zipfile.BadZipFile, OSError, EOFError, ValueError, RuntimeError) as error:
            raise FormatError(f"{self.path}: {name} cannot be unpacked: {error}") from None
        except Exception as error:  # zlib's own error has no common base
            raise FormatError(f"{self.path}: {name} cannot be unpacked: {error}") from None
        if len(data) != entry.file_size:
            raise FormatError(
                f"{self.path}: {name} unpacks to another size than the {entry.file_size} bytes it "
                "claims"
            )
        return data

    def json(self, name: str) -> dict[str, Any]:
        """Parse one entry as a JSON object."""
        return parse_json(f"{self.path}: {name}", self.read(name))

    def _check(self, entry: zipfile.ZipInfo) -> None:
        name = entry.filename
        if name in self._entries:
            raise FormatError(f"{self.path}: the archive has two entries named {name!r}")
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise FormatError(f"{self.path}: the entry {name!r} lies outside the archive")
        if entry.flag_bits & 1:
            raise FormatError(f"{self.path}: the entry {name!r} is encrypted")
        if entry.compress_type not in _KINDS:
            raise FormatError(
                f"{self.path}: the entry {name!r} is packed in a way that no framework uses"
            )
        allowed = max(_LARGEST_RATIO * entry.compress_size, _LARGEST_FREE)
        if entry.file_size > allowed:
            raise FormatError(
                f"{self.path}: the entry {name!r} would unpack from {entry.compress_size} to "
                f"{entry.file_size} bytes, more than {_LARGEST_RATIO} times its size: refused as a "
                "zip bomb"
            )


def parse_json(owner: str, text: bytes | str) -> dict[str, Any]:
    """Return a JSON object; FormatError for anything else."""
    if len(text) > _LARGEST_TEXT:
        raise FormatError(f"{owner} has {len(text)} bytes, more than any model's description")
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{owner} is not valid JSON: {error}") from None
    if not isinstance(parsed, dict):
        raise FormatError(f"{owner} must be a JSON object, got {type(parsed).__name__}")
    return parsed
