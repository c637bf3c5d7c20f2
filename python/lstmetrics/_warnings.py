"""Warnings: scikit-learn's own class wherever scikit-learn is loaded, else one of ours.

Code that filters ``sklearn.exceptions.UndefinedMetricWarning`` must keep working after the import
has changed, and lstmetrics must not import scikit-learn to find it.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

__all__ = ["UndefinedMetricWarning", "silence", "undefined_metric_warning", "warn"]

_PACKAGE = str(Path(__file__).parent)
_silent: ContextVar[bool] = ContextVar("lstmetrics_silent", default=False)


class UndefinedMetricWarning(UserWarning):
    """A metric is undefined for this input and was set to a stated value."""


def undefined_metric_warning() -> type[UserWarning]:
    """Return the class to warn with: scikit-learn's if it is loaded, else ours."""
    exceptions = sys.modules.get("sklearn.exceptions")
    found = getattr(exceptions, "UndefinedMetricWarning", UndefinedMetricWarning)
    return found if isinstance(found, type) else UndefinedMetricWarning


@contextmanager
def silence() -> Iterator[None]:
    """Keep `warn` silent within: for values nobody asked for one by one. Of this thread alone."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line outside this package that caused it."""
    if _silent.get():
        return
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level + 1)
