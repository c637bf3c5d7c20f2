"""What a process has in memory, as Linux tells it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

_STATUS = Path("/proc/self/status")
_TESTS = Path(__file__).resolve().parents[1]

needs_proc = pytest.mark.skipif(not _STATUS.exists(), reason="reads Linux's /proc")


def kilobytes(field: str) -> int:
    """``VmRSS``: in memory now; ``VmHWM``: at most so far; ``RssAnon``: shared with no file."""
    lines = _STATUS.read_text(encoding="ascii").splitlines()
    (found,) = (int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))
    return found


def printed_by(code: str, *arguments: object) -> list[int]:
    """Run code in a process of its own, where nothing else has taken memory; what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(_TESTS)},
    )
    return [int(word) for word in done.stdout.split()]
