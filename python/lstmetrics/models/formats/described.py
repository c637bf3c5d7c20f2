"""What a reader can say of a file that it may not be able to run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Described", "without_path"]


@dataclass
class Described:
    """Facts of a file, and all that keeps it from running.

    Attributes
    ----------
    format : str
        What wrote it: ``"Keras"``.
    version : str
        Of what wrote it, as the file states it.
    settings : dict
        What follows from the version rather than from the file's words.
    layers : list of dict
        ``name`` and ``class_name`` of each layer or operator, in the file's order.
    reasons : list of str
        What cannot run, each once.
    """

    format: str
    version: str
    settings: dict[str, str] = field(default_factory=dict)
    layers: list[dict[str, Any]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def add_layer(self, name: Any, class_name: Any) -> None:
        """Add a layer or operator."""
        self.layers.append({"name": str(name), "class_name": str(class_name)})

    def refuse(self, reason: str) -> None:
        """Add a reason, unless it is there."""
        if reason not in self.reasons:
            self.reasons.append(reason)


def without_path(path: str, error: Exception) -> str:
    """Return an error's text without the path that it begins with."""
    return str(error).removeprefix(f"{path}: ")
