"""What the rules of the house are checked on: the files of the repository, read as text.

Everything here is about sources; nothing is imported from the package.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "cpp" / "lstmetrics"
BORDER = ROOT / "src"
PACKAGE = ROOT / "python" / "lstmetrics"

_CPP = {".cpp", ".hpp", ".h", ".inc"}
_NOT_SOURCES = {"build", "dist", "wheelhouse", "__pycache__", "node_modules", "venv"}


@cache
def tree() -> tuple[Path, ...]:
    """Every file of the repository: what git tracks or would, else all but build products."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
            text=True,
        ).stdout.split("\0")
        found = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        found = []
        for folder, inner, names in os.walk(ROOT):
            inner[:] = [name for name in inner if not _is_product(name)]
            found += [Path(folder, name) for name in names if not _is_product(name)]
    return tuple(sorted(path for path in found if path.is_file()))


def _is_product(name: str) -> bool:
    return name in _NOT_SOURCES or name.startswith(".")


def files(folder: Path, *suffixes: str) -> list[Path]:
    """Return the files of the repository under a folder that end in one of the suffixes."""
    return [path for path in tree() if path.is_relative_to(folder) and path.suffix in suffixes]


def cpp_files(folder: Path) -> list[Path]:
    """Return the C++ files under a folder."""
    return files(folder, *_CPP)


def python_files(folder: Path) -> list[Path]:
    """Return the Python files under a folder."""
    return files(folder, ".py")


def name_of(path: Path) -> str:
    """Return the path as messages and test ids show it."""
    return path.relative_to(ROOT).as_posix()


_INCLUDE = re.compile(r'^\s*#\s*include\s+(?:<([^>]+)>|"([^"]+)"|(\w+))', re.MULTILINE)


def includes(path: Path) -> list[str]:
    """Return what a file includes, as written between the brackets; macros by their name."""
    return ["".join(match.groups(default="")) for match in _INCLUDE.finditer(text(path))]


def text(path: Path) -> str:
    """Return a file's text."""
    return path.read_text(encoding="utf-8")


_CPP_NOISE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'""", re.DOTALL
)


def code(path: Path) -> str:
    """Return C++ text without comments and literals, its line numbers kept."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"[^\n]", " ", match.group())

    return _CPP_NOISE.sub(blank, text(path))


def places(pattern: str, source: str, path: Path) -> Iterator[str]:
    """Yield ``file:line: match`` for every match of a pattern."""
    for match in re.finditer(pattern, source):
        line = source.count("\n", 0, match.start()) + 1
        yield f"{name_of(path)}:{line}: {match.group().strip()}"
