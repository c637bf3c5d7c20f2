"""What a process has in memory, as Linux tells it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

_Test = TypeVar("_Test", bound=Callable[..., object])
_STATUS = Path("/proc/self/status")
_TESTS = Path(__file__).resolve().parents[1]

_SANITIZED = "libasan" in os.environ.get("LD_PRELOAD", "")


def needs_true_memory(test: _Test) -> _Test:
    """Mark a test that bounds a process's memory: a sanitizer keeps what is freed, and shadows."""
    test = pytest.mark.skipif(not _STATUS.exists(), reason="reads Linux's /proc")(test)
    return pytest.mark.skipif(_SANITIZED, reason="AddressSanitizer keeps freed memory")(test)


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
