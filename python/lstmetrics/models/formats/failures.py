"""What readers raise: errors of ours that begin with the file's path."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lstmetrics.errors import FormatError, LstmetricsError, MissingExtraError, UnsupportedError

__all__ = ["named"]


@contextmanager
def named(path: str, what: str) -> Iterator[None]:
    """Name the file in an error, and turn whatever a malformed file leads to into a FormatError.

    Parameters
    ----------
    path : str
        The file.
    what : str
        What of it is being read: "the graph".
    """
    try:
        yield
    except (FormatError, UnsupportedError) as error:
        if str(error).startswith(path):
            raise
        raise type(error)(f"{path}: {error}") from None
    except MissingExtraError:
        raise
    except (LstmetricsError, LookupError, TypeError, AttributeError, ValueError) as error:
        raise FormatError(f"{path}: {what} is not valid: {error}") from None
    except RecursionError:
        raise FormatError(f"{path}: {what} is nested too deeply") from None
