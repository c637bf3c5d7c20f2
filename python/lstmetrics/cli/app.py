"""The application that commands join, and what its errors end with.

Exit codes: 0 done, 1 a file cannot be read, 2 wrong arguments or data, 3 a gate was not passed
(``--fail-under``, ``--fail-unless-ready``, or a comparison whose candidate is worse), 4 a file that
``inspect`` finds cannot run, 5 there is nothing to evaluate: no rows, or none that can be used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import typer

from lstmetrics.cli.gates import GateError
from lstmetrics.errors import EmptyInputError, LstmetricsError

__all__ = ["app", "with_errors"]

# Of what a command raises; the first that fits.
_EXIT_CODES: dict[type[Exception], int] = {
    GateError: 3,
    EmptyInputError: 5,
    LstmetricsError: 2,
    OSError: 1,
}

app = typer.Typer(
    name="lstmetrics",
    help="Measure and run LSTM text models on CPUs: the same numbers, to the last bit, anywhere."
    "\n\n"
    "Exit codes: 0 done, 1 a file cannot be read, 2 wrong arguments or data, 3 a gate not passed, "
    "4 a file that inspect finds cannot run, 5 nothing to evaluate.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def with_errors(command: Callable[..., None]) -> Callable[..., None]:
    """Turn the library's errors into one line and an exit code."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except tuple(_EXIT_CODES) as error:
            code = next(code for kind, code in _EXIT_CODES.items() if isinstance(error, kind))
            said = "failed" if isinstance(error, GateError) else "error"
            print(f"{said}: {error}", file=sys.stderr)
            raise typer.Exit(code) from None

    return wrapped
