"""The command line: ``lstmetrics demo``, ``evaluate``, ``thresholds``, ``compare`` and more."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command line; say which extra is missing where it is not installed."""
    try:
        from lstmetrics.cli.commands import app
    except ModuleNotFoundError as error:
        if error.name not in {"typer", "rich", "pyarrow"}:
            raise
        from lstmetrics.errors import MissingExtraError

        sys.exit(f"error: {MissingExtraError('the command line', 'cli')}")
    app()
