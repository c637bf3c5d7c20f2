"""Names of a package that are fetched when first used: imports stay quick, and small."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["fetched"]


def fetched(package: str, name: str, places: Mapping[str, str]) -> Any:
    """Return what a package names so from the module below it where it lives, and keep it there."""
    if name not in places:
        raise AttributeError(f"module {package!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{package}.{places[name]}"), name)
    setattr(sys.modules[package], name, value)
    return value
