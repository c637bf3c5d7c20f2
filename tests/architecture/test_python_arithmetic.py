"""Python computes nothing on the way to a result.

numpy's and the C library's transcendentals and sums return other bits on other machines (the order
of a sum follows the vector width), so results come from the core alone. And a loop over samples in
Python is a thousand times slower than the core: loops over a handful of labels, layers or files
are named below, each with its reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from architecture.house import PACKAGE, name_of, python_files, text

SOURCES = python_files(PACKAGE)

# Functions of numpy that compute, wherever they hang: `np.exp`, `np.add.reduce`.
_POWERS = """
    exp exp2 expm1 log log2 log10 log1p logaddexp logaddexp2 sqrt cbrt power float_power sin cos tan
    sinh cosh tanh arctan arctanh hypot
"""
_SUMS = """
    sum nansum cumsum nancumsum prod nanprod cumprod mean nanmean average var nanvar std nanstd
    median nanmedian percentile quantile nanquantile dot vdot vecdot inner outer matmul matvec
    vecmat einsum tensordot kron trace convolve correlate corrcoef cov trapezoid linalg fft reduce
    reduceat accumulate
"""
COMPUTING = frozenset((_POWERS + _SUMS).split())
# The same as methods of arrays, when called: `x.sum()`.
COMPUTING_METHODS = {"sum", "cumsum", "prod", "cumprod", "mean", "var", "std", "dot", "trace"}
COMPUTING_MODULES = {"math", "cmath", "statistics", "scipy", "sklearn", "random"}
COMPUTING_BUILTINS = {"sum", "pow"}
COUNTING = {"sum()"}  # of shapes and sizes it is harmless: forbidden only where samples pass by

# Where samples pass by: no loop here without a reason. Comprehensions count as loops.
SAMPLES_PASS_BY = ("metrics", "streaming", "evaluation")
# A key is `file::function`, or a file or folder all of whose loops have the same reason.
LOOPS = {
    "evaluation/batches.py": "over batches of thousands of rows, and columns",
    "evaluation/classification.py": "over states, averages and labels",
    "evaluation/classifying.py": "over slices and columns",
    "evaluation/comparison.py": "over metrics, and the values of a column",
    "evaluation/curves.py": "over classes, and the points of a curve",
    "evaluation/diagnosis": "over labels and findings",
    "evaluation/digests.py": "over the digests of the parts",
    "evaluation/duplicates.py": "over texts, which are hashed one by one",
    "evaluation/goals.py": "over goals and findings",
    "evaluation/intervals.py": "over replicates and metrics",
    "evaluation/labels.py": "over columns",
    "evaluation/language_model.py": "over blocks of rows, and the names of metrics",
    "evaluation/mistakes.py": "over the few mistakes that are kept",
    "evaluation/multilabel.py": "over labels and averages",
    "evaluation/options.py": "over the names of metrics",
    "evaluation/page": "over what a report holds, and the few points of a curve",
    "evaluation/plain.py": "over what a report holds",
    "evaluation/plots.py": "over panels, labels and curves",
    "evaluation/precisions.py": "over precisions and the names of metrics",
    "evaluation/predictions.py": "over batches of thousands of rows, and columns",
    "evaluation/report.py": "over what a report holds",
    "evaluation/run.py": "over blocks of thousands of rows, and columns",
    "evaluation/slices.py": "over the values of a column, and labels",
    "evaluation/surprises.py": "over buckets of positions, and the few tokens that are kept",
    "evaluation/tagger.py": "over blocks of rows, and the tags of each, which come as lists",
    "evaluation/tagging.py": "over batches, types, averages, and rows of tags, which are lists",
    "evaluation/text.py": "over the lines of a text",
    "evaluation/thresholds.py": "over rules, costs and rates",
    "evaluation/token_losses.py": "over batches, and tokens, which come as lists",
    "evaluation/token_run.py": "over slices and the names of metrics",
    "evaluation/tokens.py": "over texts, as they are turned into ids",
    "metrics/_at_thresholds.py": "over thresholds, of the caller's metric",
    "metrics/_thresholded.py::all_at_once": "over the few kinds of thresholds that differ in words",
    "metrics/_columns.py": "over protocols and the columns of a table",
    "metrics/_entities.py::entity_report": "over the averages",
    "metrics/_label_scores.py::warn_undefined": "over the four metrics",
    "metrics/_report.py": "over labels, averages and the lines of a text",
    "metrics/_targets.py": "over arguments",
    "streaming/_clustered_losses.py": "over one or two models",
    "streaming/_clusters.py": "over a few replicates and one or two models",
    "streaming/_collection.py": "over states and their arguments",
    "streaming/_grouped.py": "over groups and the names of columns",
    "streaming/_members.py": "over states and classes",
    "streaming/_slices.py": "over groups, their labels and the columns of a batch",
    "streaming/_confusion.py::Confusion.compute": "over the three metrics",
    "streaming/_confusion.py::Confusion.report": "over the averages",
    "metrics/_windows.py::_windows": "over documents and their windows",
    "streaming/_entities.py::Entities.compute": "over averages and metrics",
    "streaming/_base.py::Streaming._replicates": "over a few replicates",
    "streaming/_interval.py": "over methods and replicates",
    "streaming/_ways.py": "over the names of metrics",
    "streaming/_multilabel.py::MultilabelConfusion._replicates": "over a few replicates",
    "streaming/_multilabel.py::MultilabelConfusion.compute": "over averages and metrics",
    "streaming/_multilabel.py::MultilabelConfusion.report": "over the averages",
    "streaming/_tokens.py::Tokens.__init__": "over the ks",
    "streaming/_tokens.py::Tokens.compute": "over the ks",
    "streaming/_tokens.py::Tokens.top_k_accuracy": "over the ks",
    "streaming/_top_k.py": "over the ks",
}

_LOOPS = (
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)


def _samples_pass_by(path: Path) -> bool:
    return path.relative_to(PACKAGE).parts[0] in SAMPLES_PASS_BY


def _tree(path: Path) -> ast.Module:
    return ast.parse(text(path), filename=str(path))


def _is_numpys(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name) and node.id in {"np", "numpy"}


def _is_the_cores(node: ast.expr) -> bool:
    """A state of the core has methods of the same names: ``self._state.mean()``."""
    match node:
        case ast.Attribute(attr="_state") | ast.Name(id="state"):
            return True
    return False


def _arithmetic(node: ast.AST) -> str | None:
    """Name the forbidden thing that a node does, if it does one."""
    match node:
        case ast.Attribute(value=value, attr=name) if name in COMPUTING and _is_numpys(value):
            return f"np.{name}"
        case ast.Call(func=ast.Attribute(value=value, attr=name)) if name in COMPUTING_METHODS:
            return None if _is_the_cores(value) else f".{name}()"
        case ast.Call(func=ast.Name(id=name)) if name in COMPUTING_BUILTINS:
            return f"{name}()"
        case ast.BinOp(op=ast.MatMult()) | ast.AugAssign(op=ast.MatMult()):
            return "@"
        case ast.Import(names=names):
            imported = [alias.name for alias in names]
        case ast.ImportFrom(module="numpy", names=names):
            imported = ["math" for alias in names if alias.name in COMPUTING]
        case ast.ImportFrom(module=str(module)):
            imported = [module]
        case _:
            return None
    parts = (name.partition(".")[0] for name in imported)
    return next((f"import {name}" for name in parts if name in COMPUTING_MODULES), None)


def test_the_package_is_there() -> None:
    assert len(SOURCES) > 5


@pytest.mark.parametrize(
    "line",
    [
        "np.exp(x)",
        "numpy.add.reduce(x)",
        "x.sum()",
        "sum(x)",
        "a @ b",
        "import math",
        "from math import exp",
        "from numpy import dot",
        "import scipy.special",
        "np.linalg.norm(x)",
    ],
)
def test_the_check_finds_arithmetic(line: str) -> None:
    assert any(_arithmetic(node) for node in ast.walk(ast.parse(line)))


@pytest.mark.parametrize(
    "line", ["scores.average", "np.unique(x)", "logger.log(3)", "self._state.mean()", "1 + 2"]
)
def test_the_check_leaves_other_code_alone(line: str) -> None:
    assert not any(_arithmetic(node) for node in ast.walk(ast.parse(line)))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_transcendental_and_no_sum(path: Path) -> None:
    found = [
        f"{name_of(path)}:{node.lineno}: {what}"  # type: ignore[attr-defined]
        for node in ast.walk(_tree(path))
        if (what := _arithmetic(node)) is not None
        and (_samples_pass_by(path) or what not in COUNTING)
    ]
    assert not found, "this belongs into the core: cpp/lstmetrics/metrics/formulas"


def _loops(node: ast.AST, within: str = "") -> Iterator[tuple[str, int]]:
    """Every loop with the qualified name of the function around it."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _loops(child, f"{within}.{child.name}".lstrip("."))
            continue
        if isinstance(child, _LOOPS):
            yield within, child.lineno  # type: ignore[attr-defined]
        yield from _loops(child, within)


def _reasoned(place: str) -> str | None:
    """Return the entry of LOOPS that a place falls under."""
    file = place.partition("::")[0]
    return next((key for key in (place, file, file.rpartition("/")[0]) if key in LOOPS), None)


def _places_of_loops() -> dict[str, int]:
    return {
        f"{path.relative_to(PACKAGE).as_posix()}::{function}": line
        for path in SOURCES
        if _samples_pass_by(path)
        for function, line in _loops(_tree(path))
    }


def test_loops_are_few_and_have_a_reason() -> None:
    found = _places_of_loops()
    without = [f"{place} (line {line})" for place, line in found.items() if not _reasoned(place)]
    assert not without, "loop over samples in the core; name other loops in LOOPS with the reason"


def test_reasons_are_of_loops_that_exist() -> None:
    assert LOOPS.keys() == {_reasoned(place) for place in _places_of_loops()} - {None}
