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
        except GateError as failed:
            print(f"failed: {failed}", file=sys.stderr)
            raise typer.Exit(3) from None
        except EmptyInputError as error:
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(5) from None
        except LstmetricsError as error:
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(2) from None
        except OSError as error:
            print(f"error: {error}", file=sys.stderr)
            raise typer.Exit(1) from None

    return wrapped
