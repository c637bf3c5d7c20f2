"""Every check of the house, one session each: ``nox --list``; told of in CONTRIBUTING.md.

What comes after ``--`` goes to the session's main tool, e.g. ``nox -s tests -- -k digest``.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nox

ROOT = Path(__file__).parent
PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")["project"]
DEV = PROJECT["optional-dependencies"]["dev"]
PYTHONS = ["3.11", "3.12", "3.13", "3.14"]
TORCH = "torch==2.13.0"  # a later or unpinned one may bring gigabytes for graphics cards
PEERS = [TORCH, "torchmetrics==1.9.0", "torcheval==0.0.7"]
RUNTIMES = ["onnx>=1.18", "onnxruntime==1.32.0", "openvino==2026.4.1"]
# LiteRT's operators are made by TensorFlow's converter, of Keras 2's layers.
TENSORFLOW = ["tensorflow-cpu==2.21.0", "tf-keras==2.21.0", "ai-edge-litert==2.3.0"]
# Whose own tests our functions pass; a later one has others.
SKLEARN = ["scikit-learn==1.9.1", "matplotlib>=3.10,<4", "pandas>=2.2,<4", "array-api-strict>=2.4"]
TORCHMETRICS = "torchmetrics>=1.9,<2"
# Who writes the models that ours are compared with: the newest Keras and, with `-- --full`, one of
# each kind of file and semantics before it, on the last Python that it runs on. Beside what is
# installed stands which modules write, on which backends.
_OLD_PROTOBUF = "protobuf<3.21"
_TENSORFLOW1 = ["tensorflow==1.15.5", "numpy<1.19", "h5py<3", _OLD_PROTOBUF]
KERAS: dict[str, tuple[str, list[str], list[str]]] = {
    "keras": (
        "3.11",
        ["tensorflow-cpu==2.21.0", "keras==3.15.1", "tf-keras==2.21.0"],
        ["keras,tensorflow", "tf_keras,tensorflow"],
    ),
    "keras on torch": ("3.11", [TORCH, "keras==3.15.1"], ["keras,torch"]),
    "keras on jax": ("3.11", ["jax[cpu]", "keras==3.9.2"], ["keras,jax"]),
    "keras 3.0": (
        "3.11",
        ["keras==3.0.5", "tensorflow-cpu==2.16.2", "tf-keras==2.16.0", "numpy<2"],
        ["keras,tensorflow", "tf_keras,tensorflow"],
    ),
    "keras 2.13": ("3.11", ["tensorflow-cpu==2.13.1", "setuptools<80"], ["keras,tensorflow"]),
    "keras 2.12": ("3.11", ["tensorflow-cpu==2.12.1", "numpy<1.24"], ["keras,tensorflow"]),
    "keras 2.4": ("3.8", ["tensorflow-cpu==2.4.4", _OLD_PROTOBUF], ["tensorflow.keras,tensorflow"]),
    "keras 2.3-tf": (
        "3.8",
        ["tensorflow-cpu==2.2.3", _OLD_PROTOBUF],
        ["tensorflow.keras,tensorflow"],
    ),
    "keras 2.3": ("3.7", ["keras==2.3.1", *_TENSORFLOW1], ["keras,tensorflow"]),
    "keras 2.2.5": ("3.7", ["keras==2.2.5", *_TENSORFLOW1], ["keras,tensorflow"]),
    "keras 2.2.4": ("3.7", ["keras==2.2.4", *_TENSORFLOW1], ["keras,tensorflow"]),
}
# Whose hooks ours are, as small as they come: Keras runs on PyTorch, MLflow without its server.
HOOKS = ["transformers>=5,<6", "accelerate>=1.1", "keras==3.15.1", "mlflow-skinny>=3,<4"]
TF2ONNX = ["tf2onnx==1.17.0", "onnx==1.16.2", "tensorflow-cpu==2.16.2", "tf-keras==2.16.0"]
# The emulator cannot fork where threads run, and programs that a case starts are not emulated.
NOT_EMULATED = {
    "test_lstm_teams.cpp",
    "test_runtime_fork.cpp",
    "test_runtime_isa.cpp",
    "test_runtime_team.cpp",
}
# Emulators cannot run with a sanitizer loaded before them.
NOT_SANITIZED = "tests/integration/test_digest_table.py::test_a_processor_without_fma"
CPU_WITHOUT_FMA = "Nehalem"  # SSE4.2, what numpy's own builds ask for, and nothing above

nox.needs_version = ">=2024.4.15"
nox.options.default_venv_backend = "virtualenv"
nox.options.error_on_missing_interpreters = False
nox.options.error_on_external_run = True
nox.options.reuse_venv = "yes"
nox.options.sessions = ["lint", "typing", "cases", "tests"]

# pyenv's `python3.12` fails unless that version is switched on: switch all of them on.
if shutil.which("pyenv") and "PYENV_VERSION" not in os.environ:
    os.environ["PYENV_VERSION"] = ":".join(
        subprocess.run(
            ["pyenv", "versions", "--bare"], capture_output=True, text=True, check=True
        ).stdout.split()
    )


# ---- tests ------------------------------------------------------------------------------------


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Run the whole suite on every installed Python."""
    session.install(".[test]")
    session.run("pytest", *(session.posargs or ["-n", "auto"]))


@nox.session
def isa(session: nox.Session) -> None:
    """Run the suite with each instruction-set level of this machine forced in turn."""
    session.install(".[test]")
    for level in _available_levels(session):
        session.log(f"LSTMETRICS_ISA={level}")
        session.run(
            "pytest",
            "-n",
            "auto",
            "-m",
            "not slow",
            "--ignore=tests/architecture",
            *session.posargs,
            env={"LSTMETRICS_ISA": level},
        )


@nox.session
@nox.parametrize("preset", ["dev", "release"])
def cases(session: nox.Session, preset: str) -> None:
    """Build the core and its C++ cases, warnings being errors, and run them."""
    session.install(*_requirements("cmake", "ninja"))
    session.run(str(_built_cases(session, preset)), *session.posargs, external=True)


@nox.session
def exhaustive(session: nox.Session) -> None:
    """Run the float exp, sigmoid and tanh over all 2^32 inputs; takes minutes."""
    session.install(*_requirements("cmake", "ninja"))
    cases = _built_cases(session, "release", target="lstmetrics_exhaustive")
    session.run(str(cases), *session.posargs, external=True)


@nox.session
def conformance(session: nox.Session) -> None:
    """Compare with PyTorch, torchmetrics and ONNX Runtime, too heavy for the other sessions.

    ``-- --full`` compares more graphs, and models of Keras that tf2onnx writes in an environment of
    its own.
    """
    full = "--full" in session.posargs
    session.install(_ours("test"), TORCH, TORCHMETRICS, "onnxscript>=0.7,<1", *RUNTIMES[:2])
    which = ["tests/conformance", "tests/doctests", "tests/integration/test_real_onnx.py"]
    session.run("pytest", "-n", "auto", *which, "-k", "torch or onnx")
    writers = []
    if full:
        place = Path(session.create_tmp()).resolve() / "tf2onnx"
        if not place.exists():
            session.run("python", "-m", "venv", str(place))
        python = str(place / "bin" / "python")
        session.run(python, "-m", "pip", "install", "--quiet", *TF2ONNX, external=True)
        writers.append(python)
    session.run("python", "tests/conformance/onnx_suite", "170" if full else "40", "7", *writers)


@nox.session
def conformance_keras(session: nox.Session) -> None:
    """Compare with models that Keras itself has saved; ``-- --full`` takes more, of more versions.

    Each version of Keras lives in an environment of its own, where ours is not.
    """
    full = "--full" in session.posargs
    session.install(_ours("test"))
    writers = []
    for name in KERAS if full else ["keras"]:
        version, requirements, modules = KERAS[name]
        interpreter = shutil.which(f"python{version}") if full else "python"
        if interpreter is None:
            session.warn(f"{name} needs Python {version}, which is not there")
            continue
        place = Path(session.create_tmp()).resolve() / name.replace(" ", "-")
        python = str(place / "bin" / "python")
        if not place.exists():
            session.run(interpreter, "-m", "venv", str(place), external=True)
        session.run(python, "-m", "pip", "install", "--quiet", *requirements, external=True)
        writers += [f"{python},{module}" for module in modules]
    count = "320" if full else "40"
    session.run("python", "tests/conformance/keras_suite", count, "7", *writers)


@nox.session
def integrations(session: nox.Session) -> None:
    """Train by Hugging Face's Trainer and Keras, log to MLflow, with the report in their hooks."""
    session.install(_ours("test"), TORCH, *HOOKS)
    session.run("pytest", *(session.posargs or ["tests/integration/test_frameworks.py"]))


@nox.session
def sklearn(session: nox.Session) -> None:
    """Run scikit-learn's own tests of its metrics with ours in their places."""
    session.install(_ours("test"), *SKLEARN)
    session.run("python", "tests/conformance/sklearn_suite", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Look at pages of reports in a headless Chromium; ``-- --screenshots`` makes docs/*.png."""
    session.install(_ours("test"), "selenium>=4.30,<5")
    if "--screenshots" in session.posargs:
        session.run("python", "tools/screenshots.py", env={"PYTHONPATH": "tests"})
        return
    if shutil.which("chromium") is None or shutil.which("chromedriver") is None:
        session.error("needs chromium and chromedriver (Debian: chromium, chromium-driver)")
    session.run("pytest", *(session.posargs or ["tests/browser"]))


@nox.session
def emulated(session: nox.Session) -> None:
    """Run on an emulated processor without FMA: the generic level gives the same bits there."""
    emulator = shutil.which(f"qemu-{platform.machine()}")
    if emulator is None or platform.machine() != "x86_64":
        session.skip("needs an x86-64 machine with qemu-user")
    session.install(*_requirements("cmake", "ninja"))
    command = [emulator, "-cpu", CPU_WITHOUT_FMA, str(_built_cases(session, "dev"))]

    def run(file: str) -> int:
        done = subprocess.run([*command, "--file", file], capture_output=True, text=True)
        if done.returncode != 0:
            session.error(f"{file}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
        return int(done.stdout.split()[-4])  # of "... passed, ... failed"

    files = {path.name for path in (ROOT / "tests" / "cpp").glob("test_*.cpp")} - NOT_EMULATED
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        ran = sum(pool.map(run, sorted(files)))
    session.log(f"{ran} cases passed on an emulated {CPU_WITHOUT_FMA}")


# ---- sanitizers -------------------------------------------------------------------------------


@nox.session
def sanitizers(session: nox.Session) -> None:
    """ASan and UBSan over the C++ cases and the Python suite, TSan over the C++ cases.

    ``-- --short`` is the part that continuous integration runs.
    """
    short = "--short" in session.posargs
    session.install(*_requirements("cmake", "ninja"))
    tsan = [*_without_randomised_addresses(), _built_cases(session, "tsan")]
    ran = [f"tsan, C++ cases: {_run_and_tell(session, *tsan)}"]
    asan = _installed_with_asan(session)
    ran.append(f"asan, C++ cases: {_run_and_tell(session, asan)}")
    ran.append(f"asan, Python suite: {_sanitized_suite(session, short)}")
    for line in ran:
        session.log(line)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Change valid files and states at random and read them, in processes with limits.

    ``-- 200000`` says how many states; of each other format it is a tenth. With ``torch`` behind
    the number PyTorch's checkpoints are among them.
    """
    torch = "torch" in session.posargs
    session.install(_ours("test"), *([TORCH] if torch else []))
    counts = [argument for argument in session.posargs if argument != "torch"]
    session.run("python", "tests/fuzz", *(counts or ["100000"]))


@nox.session
def fuzz_guided(session: nox.Session) -> None:
    """Let libFuzzer find inputs by coverage, through atheris; ``-- 200000`` says how many of each.

    Of formats that our Python takes apart; it does not see what the core reads.
    """
    session.install(_ours("test"), "atheris>=3,<4")
    count = session.posargs[0] if session.posargs else "50000"
    for name in ("native safetensors", "keras archives", "keras hdf5", "onnx"):
        session.run("python", "tests/fuzz/guided.py", name, count)


def _without_randomised_addresses() -> list[str]:
    """ThreadSanitizer of older compilers cannot live with many random bits in addresses."""
    if shutil.which("setarch") is None:
        return []
    command = ["setarch", platform.machine(), "--addr-no-randomize"]
    allowed = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if allowed.returncode == 0 else []


def _installed_with_asan(session: nox.Session) -> Path:
    """Install an extension with ASan and UBSan; return the C++ cases built over the same core.

    As the preset ``asan`` does, but one build serves both.
    """
    build = ROOT / "build" / "python-asan"
    defines = {
        "CMAKE_CXX_FLAGS_RELWITHDEBINFO": "-O1",
        "LSTMETRICS_SANITIZE": "address,undefined",
        "LSTMETRICS_BUILD_TESTS": "ON",
    }
    session.install(
        ".[test]",
        f"--config-settings=build-dir={build}",
        "--config-settings=cmake.build-type=RelWithDebInfo",
        *(f"--config-settings=cmake.define.{name}={value}" for name, value in defines.items()),
    )
    return build / "tests" / "cpp" / "lstmetrics_cases"


def _sanitized_suite(session: nox.Session, short: bool) -> str:
    """Run the Python suite over the extension with ASan and UBSan; return its last line."""
    # libstdc++ as well: the sanitizer looks for the function that throws when it starts.
    libraries = ["libasan.so", "libubsan.so", "libstdc++.so"]
    environment = {
        "LD_PRELOAD": " ".join(_library(name) for name in libraries),
        "ASAN_OPTIONS": "detect_leaks=0",  # Python itself lets go of much at exit
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    which = ["tests/unit", "tests/integration", "-m", "not slow"] if short else ["tests"]
    return _run_and_tell(
        session,
        "python",
        "-m",
        "pytest",
        "-n",
        "auto",
        "--ignore=tests/architecture",
        "--ignore=tests/cpp",
        f"--deselect={NOT_SANITIZED}",
        *which,
        environment=environment,
    )


def _library(name: str) -> str:
    """Return the path of a library of the compiler."""
    compiler = os.environ.get("CXX", "c++")
    found = subprocess.run(
        [compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def _run_and_tell(
    session: nox.Session, *command: str | Path, environment: dict[str, str] | None = None
) -> str:
    """Run a command, show what it prints as it prints it, and return the last line."""
    arguments = [str(part) for part in command]
    program = shutil.which(arguments[0], path=session.bin + os.pathsep + os.environ["PATH"])
    session.log(" ".join(arguments))
    last = ""
    with subprocess.Popen(
        [program or arguments[0], *arguments[1:]],
        env={**os.environ, **(environment or {})},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            last = line.strip(" =\n") or last
    if process.returncode != 0:
        session.error(f"exit status {process.returncode}")
    return last


# ---- speed ------------------------------------------------------------------------------------


@nox.session
def bench(session: nox.Session) -> None:
    """Time ours beside what a user would pick instead; see ``-- --help``."""
    session.install(".", SKLEARN[0], *PEERS)
    session.run("python", "-m", "bench", *session.posargs)


@nox.session
def bench_lstm(session: nox.Session) -> None:
    """Time the engine beside other runtimes, a process for each; see ``-- --help``."""
    session.install(".", TORCH, *RUNTIMES)
    session.install(*TENSORFLOW, success_codes=[0, 1])  # without, where there are no wheels
    session.run("python", "-m", "bench.lstm", *session.posargs)


# ---- sources ----------------------------------------------------------------------------------


@nox.session
def lint(session: nox.Session) -> None:
    """Check the style of Python and C++; ``-- --fix`` changes what it can."""
    fix = "--fix" in session.posargs
    session.install(*_requirements("ruff", "clang-format"))
    session.run("ruff", "check", *(["--fix"] if fix else []))
    session.run("ruff", "format", *([] if fix else ["--check"]))
    sources = _sources("cpp", "src", "tests/cpp", "bench", suffixes=(".cpp", ".hpp"))
    mode = ["-i"] if fix else ["--dry-run", "-Werror"]
    session.log(f"clang-format {' '.join(mode)} of {len(sources)} files")
    session.run("clang-format", *mode, *sources, log=False)


@nox.session
def typing(session: nox.Session) -> None:
    """Check the types of the package, strictly."""
    session.install(
        *PROJECT["dependencies"], *PROJECT["optional-dependencies"]["cli"], *_requirements("mypy")
    )
    session.run("mypy")


@nox.session
def stubs(session: nox.Session) -> None:
    """Write the stub of _core from the module itself; ``-- --check`` only tells of drift."""
    session.install(_ours("cli"), *_requirements("pybind11-stubgen", "ruff", "mypy"))
    check = [argument for argument in session.posargs if argument == "--check"]
    session.run("python", "tools/stubs.py", *check)
    session.run(
        "stubtest",
        "lstmetrics._core",
        "lstmetrics._arrays",
        "--allowlist",
        "tools/stubtest_allowlist.txt",
    )


@nox.session
def package(session: nox.Session) -> None:
    """Build the sdist, from it the wheel, and use that wheel where nothing else is installed."""
    session.install("build", "wheel")
    dist = Path(session.create_tmp()).resolve() / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist))
    (sdist,) = dist.glob("*.tar.gz")
    (wheel,) = dist.glob("*.whl")
    session.run("python", "tools/check_package.py", "archives", str(sdist), str(wheel))

    fresh = dist.parent / "fresh"
    session.run("python", "-m", "venv", "--clear", str(fresh))
    python = str(fresh / "bin" / "python")
    # Away from the sources, so that nothing but the wheel can be found.
    with session.chdir(dist):
        session.run(python, "-m", "pip", "install", "--quiet", str(wheel), external=True)
        check = str(ROOT / "tools" / "check_package.py")
        session.run(python, "-I", check, "installed", external=True)
        session.run(python, "-m", "pip", "install", "--quiet", f"{wheel}[cli]", external=True)
        session.run(str(fresh / "bin" / "lstmetrics"), "demo", external=True)


# ---- what they share --------------------------------------------------------------------------


def _ours(extra: str) -> str:
    """Return what to install: the wheel that LSTMETRICS_WHEEL names, or what the sources give.

    Continuous integration builds that wheel once for all sessions.
    """
    return f"{os.environ.get('LSTMETRICS_WHEEL', '.')}[{extra}]"


def _requirements(*names: str) -> list[str]:
    """Return the requirements of these names as pyproject.toml states them."""
    stated = [*PROJECT["optional-dependencies"]["test"], *DEV]
    return [next(one for one in stated if one.startswith(name)) for name in names]


def _available_levels(session: nox.Session) -> list[str]:
    printed = session.run(
        "python",
        "-c",
        "from lstmetrics import runtime; print(*runtime.available_isa_levels())",
        silent=True,
    )
    return str(printed).split()


def _built_cases(session: nox.Session, preset: str, target: str = "lstmetrics_cases") -> Path:
    """Configure and build by a preset; return the executable."""
    session.run("cmake", "--preset", preset)
    jobs = os.environ.get("CMAKE_BUILD_PARALLEL_LEVEL", str(os.cpu_count() or 1))
    session.run("cmake", "--build", "--preset", preset, "--parallel", jobs, "--target", target)
    suffix = ".exe" if sys.platform == "win32" else ""
    return ROOT / "build" / preset / "tests" / "cpp" / f"{target}{suffix}"


def _sources(*folders: str, suffixes: Iterable[str]) -> list[str]:
    wanted = set(suffixes)
    return sorted(
        str(path.relative_to(ROOT))
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in wanted
    )
