"""Checks what is shipped: the archives' content, and an installation of the wheel.

``python tools/check_package.py archives SDIST WHEEL``, and ``... installed`` in an environment that
holds the wheel and numpy alone.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from pathlib import Path, PurePosixPath

MOST_DATA = 1_000_000  # bytes of demo models and texts
NOT_IN_THE_WHEEL = {
    ".pyx",
    ".pxd",
    ".pxi",
    ".cpp",
    ".hpp",
    ".c",
    ".h",
    ".a",
    ".o",
    ".cmake",
    ".pyc",
}
NOT_IN_THE_SDIST = {"build", "dist", ".ci", ".nox", ".venv", ".git", "__pycache__"}
NEEDED_IN_THE_SDIST = {
    "CMakeLists.txt",
    "CMakePresets.json",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    "cpp/cmake/isa_levels.cmake",
    "src/CMakeLists.txt",
    "tests/cpp/CMakeLists.txt",
}
LOADERS = r"(?:lib)?lstmetrics_core_private\.(?:so|dylib|dll)"


class PackageError(Exception):
    """Something shipped is not as it must be."""


def expect(condition: object, message: str) -> None:
    """Refuse what is not so."""
    if not condition:
        raise PackageError(message)


# ---- archives ---------------------------------------------------------------------------------


def check_sdist(path: Path) -> str:
    """Everything needed to build and test, and no build products."""
    with tarfile.open(path) as archive:
        names = {str(PurePosixPath(*PurePosixPath(name).parts[1:])) for name in archive.getnames()}
    missing = NEEDED_IN_THE_SDIST - names
    expect(not missing, f"the sdist lacks {sorted(missing)}")
    foreign = {name for name in names if NOT_IN_THE_SDIST & set(PurePosixPath(name).parts)}
    expect(not foreign, f"the sdist holds {sorted(foreign)[:5]}")
    return f"{path.name}: {len(names)} files, {path.stat().st_size / 1e6:.2f} MB"


def check_wheel(path: Path) -> str:
    """One core beside both extension modules, stubs, types, licence; no sources; little data."""
    with zipfile.ZipFile(path) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
        with tempfile.TemporaryDirectory() as folder:
            archive.extractall(folder)
            _check_libraries(Path(folder) / "lstmetrics")
    suffixes = {name for name in sizes if PurePosixPath(name).suffix in NOT_IN_THE_WHEEL}
    expect(not suffixes, f"the wheel holds {sorted(suffixes)}")
    expect("lstmetrics/py.typed" in sizes, "the wheel lacks py.typed")
    for stub in ("_core.pyi", "_arrays.pyi"):
        expect(f"lstmetrics/{stub}" in sizes, f"the wheel lacks {stub}")
    expect(
        any(re.search(r"\.dist-info/licenses/LICENSE$", name) for name in sizes),
        "the wheel lacks the licence",
    )
    outside = {name for name in sizes if not re.match(r"lstmetrics(-[^/]+\.dist-info)?/", name)}
    expect(not outside, f"the wheel puts files beside the package: {sorted(outside)}")
    code = (".py", ".pyi", ".so", ".pyd", ".dll", ".dylib")
    data = sum(
        size
        for name, size in sizes.items()
        if name.startswith("lstmetrics/") and not name.endswith(code)
    )
    expect(data < MOST_DATA, f"the wheel ships {data} bytes of data")
    return f"{path.name}: {len(sizes)} files, {path.stat().st_size / 1e6:.2f} MB, {data} B of data"


def _check_libraries(package: Path) -> None:
    cores = [path for path in package.rglob("*") if re.fullmatch(LOADERS, path.name)]
    expect(
        len(cores) == 1 and cores[0].parent == package,
        f"one core beside the modules, found {[path.name for path in cores]}",
    )
    for module in ("_core", "_arrays"):
        found = [path for path in package.rglob(f"{module}.*") if path.suffix in {".so", ".pyd"}]
        expect(len(found) == 1 and found[0].parent == package, f"one {module}, found {found}")
        if sys.platform == "linux":
            dynamic = _dynamic_section(found[0])
            expect(cores[0].name in dynamic.get("NEEDED", []), f"{module} does not need the core")
            expect(
                dynamic.get("RUNPATH", dynamic.get("RPATH")) == ["$ORIGIN"],
                f"{module} looks for the core in {dynamic}",
            )


def _dynamic_section(library: Path) -> dict[str, list[str]]:
    printed = subprocess.run(
        ["readelf", "--dynamic", "--wide", str(library)], capture_output=True, text=True, check=True
    ).stdout
    section: dict[str, list[str]] = {}
    for kind, value in re.findall(r"\((\w+)\)\s+[^\[\n]*\[([^\]]*)\]", printed):
        section.setdefault(kind, []).append(value)
    return section


# ---- installation -----------------------------------------------------------------------------


def check_installed() -> str:
    """Runs with numpy alone, in a fraction of a second, and computes."""
    here = {one.metadata["Name"].lower() for one in importlib.metadata.distributions()}
    expect(
        here <= {"lstmetrics", "numpy", "pip", "setuptools", "wheel"},
        f"numpy alone was to be installed, found {sorted(here)}",
    )
    program = """
import json, sys, time
import numpy
before = set(sys.modules)
start = time.perf_counter()
import lstmetrics
seconds = time.perf_counter() - start
added = sorted({name.partition('.')[0] for name in set(sys.modules) - before})
print(json.dumps([seconds, [n for n in added if n not in sys.stdlib_module_names]]))
"""
    times = []
    for _ in range(5):
        seconds, added = json.loads(_fresh(program))
        times.append(seconds)
    foreign = [name for name in added if name != "lstmetrics" and "cython" not in name]
    expect(not foreign, f"the import loads {foreign}")
    start = time.perf_counter()
    printed = _fresh("""
import pickle
import lstmetrics, lstmetrics.metrics, lstmetrics.streaming
assert lstmetrics.metrics.f1_score([0, 1, 1, 0], [0, 1, 0, 0]) == 2 / 3
state = lstmetrics.streaming.Confusion().update([0, 1], [0, 0])
assert pickle.loads(pickle.dumps(state)) == state
try:
    import lstmetrics.cli
except ImportError as error:
    assert "lstmetrics[cli]" in str(error), error
print(lstmetrics.info())
""")
    expect(printed.strip(), "info() says nothing")
    return (
        f"{printed.strip()}\nimport of lstmetrics after numpy: {min(times) * 1e3:.1f} ms; "
        f"smoke test: {time.perf_counter() - start:.2f} s"
    )


def _fresh(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-I", "-c", program], capture_output=True, text=True, check=False
    )
    expect(done.returncode == 0, done.stderr)
    return done.stdout


def main() -> int:
    """Check, and say what was found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    archives = commands.add_parser("archives")
    archives.add_argument("sdist", type=Path)
    archives.add_argument("wheel", type=Path)
    commands.add_parser("installed")
    arguments = parser.parse_args()
    try:
        if arguments.command == "archives":
            print(check_sdist(arguments.sdist))
            print(check_wheel(arguments.wheel))
        else:
            print(check_installed())
    except PackageError as wrong:
        print(f"wrong: {wrong}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
