"""What users call explains itself: parameters, returns and an example, in numpy's sections.

The examples are run by tests/doctests.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

PUBLIC = (
    "lstmetrics",
    "lstmetrics.metrics",
    "lstmetrics.streaming",
    "lstmetrics.models",
    "lstmetrics.runtime",
    "lstmetrics.evaluation",
    "lstmetrics.integrations",
)

# Classes that users are given, or derive from, and do not make.
NOT_MADE_BY_USERS = {"Comparison", "Layer", "Report", "State", "Vocabulary"}


def _public() -> Iterator[Any]:
    seen: set[int] = set()
    for module_name in PUBLIC:
        module = importlib.import_module(module_name)
        for name in module.__all__:
            thing = getattr(module, name)
            if callable(thing) and name not in NOT_MADE_BY_USERS and id(thing) not in seen:
                seen.add(id(thing))
                yield pytest.param(thing, id=f"{module_name}.{name}")


def _sections(docstring: str) -> dict[str, str]:
    parts = re.split(r"^([A-Z][A-Za-z ]+)\n-{3,}\n", docstring, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _documented(section: str) -> set[str]:
    """Names before the colon at the left edge: ``a, b : int``; ``*args`` without stars."""
    heads = re.findall(r"^(\S[^:\n]*?)\s*(?::.*)?$", section, re.MULTILINE)
    return {name.strip().lstrip("*") for head in heads for name in head.split(",")}


@pytest.mark.parametrize("thing", list(_public()))
def test_docstring_is_complete(thing: Any) -> None:
    docstring = inspect.getdoc(thing) or ""
    sections = _sections(docstring)
    assert docstring.partition("\n")[0].endswith("."), "the first line is a sentence"
    assert ">>> " in sections.get("Examples", ""), "an example that can be run"
    parameters = {name for name in inspect.signature(thing).parameters if name != "self"}
    assert parameters <= _documented(sections.get("Parameters", "")), "every parameter is explained"
    if inspect.isfunction(thing) and thing.__annotations__.get("return") not in ("None", None):
        assert "Returns" in sections


@pytest.mark.parametrize("module_name", PUBLIC)
def test_what_a_module_promises_is_there(module_name: str) -> None:
    module = importlib.import_module(module_name)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []
