"""What came of a call: its value, or the error, and the warnings; to compare two libraries."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """The result of one call."""

    value: Any
    error: Exception | None
    warnings: tuple[tuple[type[Warning], str], ...]

    @property
    def message(self) -> str:
        """The error's text; empty when there was none."""
        return "" if self.error is None else str(self.error)


def outcome_of(function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Outcome:
    """Call a function and catch what comes."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        value: Any = None
        error: Exception | None = None
        try:
            value = function(*arguments, **keywords)
        except Exception as raised:
            error = raised
    return Outcome(value, error, tuple((w.category, str(w.message)) for w in caught))
