"""Digests of raw outputs and of whole evaluations: proof that two runs computed the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lstmetrics import _core

__all__ = ["OutputDigest", "combined"]


class OutputDigest:
    """SHA-256 over outputs in the order of the data, however it is cut into batches.

    It covers the contract's version, the dtype, the size of one row, and the rows' bytes.

    Parameters
    ----------
    kind : str
        What the outputs are, such as ``"probabilities"``.

    Examples
    --------
    >>> import numpy as np
    >>> from lstmetrics.evaluation.digests import OutputDigest
    >>> whole, parts = OutputDigest("x"), OutputDigest("x")
    >>> rows = np.arange(6, dtype=np.float32).reshape(3, 2)
    >>> whole.update(rows)
    >>> parts.update(rows[:1])
    >>> parts.update(rows[1:])
    >>> whole.hexdigest() == parts.hexdigest()
    True
    """

    def __init__(self, kind: str) -> None:
        self._hash = hashlib.sha256(f"{_core.CONTRACT_VERSION} {kind}".encode())
        self._row: tuple[str, tuple[int, ...]] | None = None

    def update(self, rows: npt.NDArray[Any]) -> None:
        """Add rows; the first dimension runs over samples or tokens."""
        little = np.ascontiguousarray(rows, dtype=rows.dtype.newbyteorder("<"))
        row = (little.dtype.str, little.shape[1:])
        if self._row is None:
            self._row = row
            self._hash.update(repr(row).encode())
        elif row != self._row:
            raise ValueError(f"rows must stay of one kind, got {row} after {self._row}")
        self._hash.update(little.tobytes())

    def hexdigest(self) -> str:
        """Return the digest so far, in hexadecimal."""
        return self._hash.hexdigest()


def combined(digests: Mapping[str, str]) -> str:
    """Return one digest over several by name."""
    lines = "\n".join(f"{name} {digests[name]}" for name in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()
