"""The documents say what the tools do."""

from __future__ import annotations

import ast
import re
import subprocess

import pytest

from architecture.house import ROOT, text

CI = ROOT / ".ci" / "run"


def _readme_blocks() -> dict[str, str]:
    """The commands of the README that continuous integration runs, by their marks."""
    return dict(
        re.findall(
            r"^<!-- run: (\w+) -->\n+```\w*\n(.*?)^```$",
            text(ROOT / "README.md"),
            re.MULTILINE | re.DOTALL,
        )
    )


def test_the_readme_marks_its_two_commands() -> None:
    assert list(_readme_blocks()) == ["demo", "tests"]


def test_ci_runs_the_commands_of_the_readme_and_none_of_its_own() -> None:
    script = text(CI)
    assert re.findall(r"\breadme (\w+)", script) == ["demo", "tests"]
    assert not re.search(r"pip install +['\"]?\.", script), "installs are the README's"


@pytest.mark.parametrize("name", ["demo", "tests"])
def test_ci_finds_what_the_readme_marks(name: str) -> None:
    found = subprocess.run(
        ["bash", str(CI), "--print", name], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert found.stdout == _readme_blocks()[name]


def _nox_sessions() -> list[str]:
    module = ast.parse(text(ROOT / "noxfile.py"))
    return [
        node.name
        for node in module.body
        if isinstance(node, ast.FunctionDef)
        and any("session" in ast.unparse(decorator) for decorator in node.decorator_list)
    ]


def test_contributors_are_told_of_every_session() -> None:
    told = text(ROOT / "CONTRIBUTING.md")
    assert _nox_sessions()
    assert [name for name in _nox_sessions() if f"nox -s {name}" not in told] == []


def test_the_rooms_are_told_of() -> None:
    told = text(ROOT / "ARCHITECTURE.md")
    rooms = [path.name for path in (ROOT / "cpp" / "lstmetrics").iterdir() if path.is_dir()]
    assert [room for room in rooms if f"`{room}`" not in told and f"{room}/" not in told] == []


@pytest.mark.parametrize("name", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(name: str) -> None:
    targets = re.findall(r"\]\((?!https?://|#|mailto:)([^)#\s]+)", text(ROOT / name))
    assert [target for target in targets if not (ROOT / target).exists()] == []
