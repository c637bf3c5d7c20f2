"""Shows the digest table at the end of a test run, from whichever process made it."""

from __future__ import annotations

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the lines that tests have left in their reports."""
    lines = [
        line
        for report in terminalreporter.getreports("passed")
        for name, line in report.user_properties
        if name == "digest table"
    ]
    if lines:
        terminalreporter.section("the same digests everywhere")
        for line in lines:
            terminalreporter.write_line(line)
