"""Warnings: scikit-learn's own class wherever scikit-learn is loaded, else one of ours.

Code that filters ``sklearn.exceptions.UndefinedMetricWarning`` must keep working after the import
has changed, and lstmetrics must not import scikit-learn to find it.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

__all__ = ["UndefinedMetricWarning", "undefined_metric_warning", "warn"]

_PACKAGE = str(Path(__file__).parent)


class UndefinedMetricWarning(UserWarning):
    """A metric is undefined for this input and was set to a stated value."""


def undefined_metric_warning() -> type[UserWarning]:
    """Return the class to warn with: scikit-learn's if it is loaded, else ours."""
    exceptions = sys.modules.get("sklearn.exceptions")
    found = getattr(exceptions, "UndefinedMetricWarning", UndefinedMetricWarning)
    return found if isinstance(found, type) else UndefinedMetricWarning


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the line outside this package that caused it."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
        level += 1
    warnings.warn(message, category, stacklevel=level + 1)
