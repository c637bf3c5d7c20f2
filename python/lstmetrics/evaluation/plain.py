"""Results as plain Python objects, and as what JSON can hold."""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from typing import Any

import numpy as np

__all__ = ["finite", "number_text", "plain"]


def plain(value: Any) -> Any:
    """Return a value as lists, dicts and scalars of Python."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value


def number_text(value: float) -> str:
    """Return a number for an error."""
    return "NaN" if value != value else repr(value)


def finite(value: Any) -> Any:
    """Return a plain value with None for NaN and infinities, and text for keys."""
    if isinstance(value, dict):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [finite(item) for item in value]
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
