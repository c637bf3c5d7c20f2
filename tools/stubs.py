"""Writes the stub of ``lstmetrics._core`` from the module itself.

``python tools/stubs.py`` writes python/lstmetrics/_core.pyi; with ``--check`` it fails when that
file says something else, and shows the difference. Needs pybind11-stubgen, ruff and the package.
"""

from __future__ import annotations

import argparse
import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODULE = "lstmetrics._core"
STUB = ROOT / "python" / "lstmetrics" / "_core.pyi"
HEADER = "# Written by tools/stubs.py from the module itself, not by hand.\n"


def generated() -> str:
    """Return the stub as the installed module has it."""
    with tempfile.TemporaryDirectory() as folder:
        _run(
            "pybind11_stubgen",
            MODULE,
            "--output-dir",
            folder,
            "--exit-code",
            "--numpy-array-use-type-var",
            "--enum-class-locations",
            ".*:lstmetrics._core",
        )
        written = next(Path(folder).rglob("_core.pyi"))
        # States are mutable, hence not hashable, which `object` says they are.
        stub = written.read_text(encoding="utf-8").replace(
            "__hash__: typing.ClassVar[None] = None",
            "__hash__: typing.ClassVar[None]  # type: ignore[assignment]",
        )
        written.write_text(HEADER + stub, encoding="utf-8")
        config = f"--config={ROOT / 'pyproject.toml'}"
        _run("ruff", "check", "--quiet", "--fix", "--select=I,F,UP", config, str(written))
        _run("ruff", "format", "--quiet", config, str(written))
        return written.read_text(encoding="utf-8")


def _run(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=tempfile.gettempdir()
    )
    if done.returncode != 0:
        raise SystemExit(f"{module} failed:\n{done.stdout}{done.stderr}")


def main() -> int:
    """Write or check the stub."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="only tell of differences")
    check = parser.parse_args().check
    wanted = generated()
    stated = STUB.read_text(encoding="utf-8") if STUB.exists() else ""
    if wanted == stated:
        print(f"{STUB.relative_to(ROOT)} is up to date")
        return 0
    if check:
        sys.stdout.writelines(
            difflib.unified_diff(
                stated.splitlines(keepends=True),
                wanted.splitlines(keepends=True),
                STUB.name,
                "the module",
            )
        )
        return 1
    STUB.write_text(wanted, encoding="utf-8")
    print(f"{STUB.relative_to(ROOT)} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
