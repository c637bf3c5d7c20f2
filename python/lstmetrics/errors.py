"""The errors of lstmetrics: one tree, each also the built-in class that callers expect.

Every error raised on purpose is a :class:`LstmetricsError`; a wrong value is also a ``ValueError``
and a wrong kind of thing also a ``TypeError``, so that code written against scikit-learn, numpy or
Keras catches what it always caught. The C++ core raises the same classes.
"""

from __future__ import annotations

import sys

__all__ = [
    "CountOverflowError",
    "EmptyInputError",
    "FormatError",
    "InvalidParameterError",
    "InvalidTypeError",
    "InvalidValueError",
    "IsaError",
    "LstmetricsError",
    "MergeError",
    "MissingExtraError",
    "ShapeError",
    "UnsupportedError",
]


class LstmetricsError(Exception):
    """Base of every error that lstmetrics raises on purpose."""


class InvalidTypeError(LstmetricsError, TypeError):
    """An argument is of a kind that cannot be used at all."""


class InvalidValueError(LstmetricsError, ValueError):
    """An argument is of the right kind and cannot be used as it is."""


class InvalidParameterError(InvalidValueError, InvalidTypeError):
    """A keyword or argument outside what its function accepts.

    Wherever scikit-learn is loaded, what is raised is also an instance of its class of this name.
    """

    def __new__(cls, *args: object) -> InvalidParameterError:
        """Make an instance of scikit-learn's class too, if that is loaded."""
        if cls is InvalidParameterError:
            cls = _shared_with_scikit_learn()
        return super().__new__(cls, *args)

    def __reduce__(self) -> tuple[type[InvalidParameterError], tuple[object, ...]]:
        """Pickle as our class: who loads it decides whether scikit-learn's is there."""
        return InvalidParameterError, self.args


def _shared_with_scikit_learn() -> type[InvalidParameterError]:
    """Return a class that is also scikit-learn's, made once; ours where that is not loaded."""
    theirs = getattr(
        sys.modules.get("sklearn.utils._param_validation"), "InvalidParameterError", None
    )
    if not isinstance(theirs, type):
        return InvalidParameterError
    if theirs not in _SHARED:
        ours = InvalidParameterError
        body = {"__doc__": ours.__doc__, "__module__": __name__, "__qualname__": ours.__name__}
        _SHARED[theirs] = type(ours.__name__, (ours, theirs), body)
    return _SHARED[theirs]


_SHARED: dict[type, type[InvalidParameterError]] = {}


class ShapeError(InvalidValueError):
    """Dimensions or lengths that do not fit together."""


class EmptyInputError(InvalidValueError):
    """A file without a row that can be used: there is nothing to evaluate."""


class FormatError(InvalidValueError):
    """Bytes or a file that are not what they claim to be."""


class MergeError(InvalidValueError):
    """States whose parameters differ, and which therefore cannot be merged."""


class UnsupportedError(InvalidValueError):
    """Something understood, and refused by name."""


class IsaError(InvalidValueError):
    """An instruction set that is unknown or that this machine lacks."""


class CountOverflowError(InvalidValueError):
    """A count that no longer fits in 64 bits."""


class MissingExtraError(LstmetricsError, ImportError):
    """An optional dependency that is not installed; the message names the extra."""

    def __init__(self, feature: str, extra: str) -> None:
        """State which feature needs which extra of the package."""
        super().__init__(f"{feature} needs an extra: pip install 'lstmetrics[{extra}]'")
        self.feature = feature
        self.extra = extra

    def __reduce__(self) -> tuple[type[MissingExtraError], tuple[str, str]]:
        """Pickle by the two names rather than by the finished message."""
        return type(self), (self.feature, self.extra)
