"""Runs every example: those in the docstrings of the installed package, and in the documents."""

from __future__ import annotations

import ast
import doctest
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import lstmetrics
from lstmetrics.errors import MissingExtraError

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = (
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "docs/evaluation.md",
    "docs/models.md",
)
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def _modules() -> Iterator[str]:
    """Every Python module; pkgutil takes the core's shared library for one as well."""
    for package in map(Path, lstmetrics.__path__):  # of an editable install there are two
        for path in sorted(package.rglob("*.py")):
            parts = path.relative_to(package.parent).with_suffix("").parts
            if parts[-1] != "__main__":
                yield ".".join(parts).removesuffix(".__init__")


def _examples() -> Iterator[Any]:
    finder = doctest.DocTestFinder(exclude_empty=True)
    for name in _modules():
        try:
            module = importlib.import_module(name)
        except MissingExtraError:
            continue
        for test in finder.find(module, name):
            if test.examples:
                yield pytest.param(test, id=test.name)
    parser = doctest.DocTestParser()
    for document in DOCUMENTS:
        test = parser.get_doctest(_pythons(document), {}, document, document, 0)
        if test.examples:
            yield pytest.param(test, id=document)


def _pythons(document: str) -> str:
    """Keep what stands in fences for Python and blank the rest, so that line numbers stay."""
    kept, inside = [], False
    for line in (ROOT / document).read_text(encoding="utf-8").splitlines():
        fence = line.startswith("```")
        kept.append(line if inside and not fence else "")
        inside = line.startswith("```py") if fence else inside
    return "\n".join(kept) + "\n"


@pytest.mark.parametrize("example", list(_examples()))
def test_example(example: doctest.DocTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if any(line.source.startswith("import torch") for line in example.examples):
        pytest.importorskip("torch", reason="an example with PyTorch: nox -s conformance")
    monkeypatch.chdir(tmp_path)
    report: list[str] = []
    result = doctest.DocTestRunner(optionflags=OPTIONS).run(example, out=report.append)
    assert result.failed == 0, "".join(report)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_documents_import_is_there(document: str) -> None:
    """Sketches that cannot be run as they stand still parse, and name what exists."""
    source = _pythons(document)
    if ">>> " in source:  # run above
        return
    for node in ast.walk(ast.parse(source, document)):
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("lstmetrics"):
            module = importlib.import_module(str(node.module))
            assert all(hasattr(module, alias.name) for alias in node.names), ast.unparse(node)


def test_there_are_examples() -> None:
    assert len(list(_examples())) > 50
