"""Collects every C++ case as a test of its own: ``tests/cpp/test_x.cpp::name of the case``.

The executable with the cases is built first, by CMake's preset ``dev``. ``LSTMETRICS_CASES`` names
one to use instead, such as one built with a sanitizer.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "dev"
CASES = pytest.StashKey[Path | None]()  # the executable; None when it could not be built
TIME_LIMIT = 900  # seconds a case may take; a deadlock ends here


class CaseError(Exception):
    """A case that failed; the message is what it printed."""


def find_tool(name: str) -> str:
    """Find a program on PATH, or where pip puts the one from PyPI."""
    found = shutil.which(name) or shutil.which(name, path=sysconfig.get_path("scripts"))
    if found is None:
        message = f"{name} is needed to build the C++ cases: pip install {name}"
        raise FileNotFoundError(message)
    return found


def call(*command: str) -> None:
    """Run a build step; its output is the error when it fails."""
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode != 0:
        raise CaseError(f"{' '.join(command)}\n{done.stdout}")


def is_configured() -> bool:
    """Tell whether the build folder belongs to this clone and its tools still exist.

    Tools from PyPI go away with the virtual environment that they were installed in.
    """
    cache = BUILD / "CMakeCache.txt"
    if not (BUILD / "build.ninja").exists() or not cache.exists():
        return False
    entries = dict(re.findall(r"^(CMAKE_[A-Z_]+):\w+=(.*)$", cache.read_text(), re.MULTILINE))
    tools = [entries.get(name, "") for name in ("CMAKE_COMMAND", "CMAKE_MAKE_PROGRAM")]
    return entries.get("CMAKE_HOME_DIRECTORY") == str(ROOT) and all(map(os.path.exists, tools))


def build() -> Path:
    """Build the cases; quick when nothing has changed. Safe from several processes at once."""
    cmake = find_tool("cmake")
    BUILD.parent.mkdir(exist_ok=True)
    with (BUILD.parent / "dev.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_configured():
            ninja = find_tool("ninja")
            (BUILD / "build.ninja").unlink(missing_ok=True)  # it is there only after a success
            call(cmake, "--preset", "dev", "--fresh", f"-DCMAKE_MAKE_PROGRAM={ninja}")
        call(cmake, "--build", str(BUILD), "--target", "lstmetrics_cases")
    return BUILD / "tests" / "cpp" / "lstmetrics_cases"


def executable(config: pytest.Config) -> Path:
    """Return the executable with the cases, built at most once per session."""
    if CASES not in config.stash:
        config.stash[CASES] = None
        try:
            given = os.environ.get("LSTMETRICS_CASES")
            config.stash[CASES] = Path(given).resolve(strict=True) if given else build()
        except (CaseError, OSError) as error:
            raise pytest.Collector.CollectError(str(error)) from None
    found = config.stash[CASES]
    if found is None:
        raise pytest.Collector.CollectError("no C++ cases: see the error above")
    return found


def run(*command: str | Path) -> str:
    """Run the executable and return what it printed; CaseError when it fails."""
    try:
        done = subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=TIME_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired as expired:
        output = (expired.stdout or b"").decode(errors="replace")
        raise CaseError(f"{output}\nnot done after {TIME_LIMIT} seconds") from None
    output = done.stdout.decode(errors="replace")
    if done.returncode < 0:
        raise CaseError(f"{output}\nended by {signal.Signals(-done.returncode).name}")
    if done.returncode > 0:
        raise CaseError(f"{output}\nexit status {done.returncode}")
    return output


class CppCase(pytest.Item):
    """One CASE."""

    def runtest(self) -> None:
        output = run(executable(self.config), "--run", self.name)
        self.add_report_section("call", "output", output)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, CaseError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class CppFile(pytest.File):
    """A test_*.cpp; the executable knows which of its cases come from there."""

    def collect(self) -> Iterator[CppCase]:
        for name in run(executable(self.config), "--list", self.path.name).splitlines():
            yield CppCase.from_parent(self, name=name)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CppFile | None:
    """Take the sources of the cases for test files."""
    if file_path.match("test_*.cpp"):
        return CppFile.from_parent(parent, path=file_path)
    return None
