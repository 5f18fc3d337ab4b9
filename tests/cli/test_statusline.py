"""`statusline` as a client calls it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_app import modules_after

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program, Told


def tell(program: Program, monkeypatch: pytest.MonkeyPatch, text: str, *arguments: str) -> Told:
    """Call it with this on standard input."""
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    return program("statusline", *arguments)


def test_line_of_the_clients_project(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Session and folder are the client's; without a word of it ours."""
    said = json.dumps(
        {"session_id": "s1", "workspace": {"project_dir": str(planning.project.root)}, "model": {}}
    )
    for text in (said, "", "{}"):
        assert tell(planning, monkeypatch, text).out == "Add login: plan 1/5, tasks 0/1\n"


def test_session_s_own_workflow(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that is bound to another workflow sees that one; so does who names it."""
    planning("start", "tdd", "Round", "--beside", "--by", "Ada", CLAUDE_CODE_SESSION_ID="s2")
    said = json.dumps({"session_id": "s2", "cwd": str(planning.project.root)})
    assert tell(planning, monkeypatch, said).out == "Round: red 1/3, tasks 0/2\n"
    found = json.loads(tell(planning, monkeypatch, said, "--json").out)["workflow"]["workflow_id"]
    assert tell(planning, monkeypatch, "", "-w", found).out == "Round: red 1/3, tasks 0/2\n"
    assert tell(planning, monkeypatch, "").out.startswith("Add login: ")


def test_without_a_workflow_the_line_is_empty(ask: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no error: most projects have none."""
    told = tell(ask, monkeypatch, "{}")
    assert (told.code, told.out, told.err) == (0, "", "")
    assert json.loads(tell(ask, monkeypatch, "", "--json").out)["workflow"] is None


def test_a_document_that_needs_yaml(planning: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the fast reader refuses is read by the slow one."""
    document = planning.project.root / ".memory/state/active-workflow.md"
    text = document.read_text("utf-8").replace('title: "Add login"', "title: >-\n  Add\n  login")
    document.write_text(text, encoding="utf-8")
    assert tell(planning, monkeypatch, "").out == "Add login: plan 1/5, tasks 0/1\n"


@pytest.mark.parametrize("text", ["no", "[]"])
def test_words_that_are_none(planning: Program, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """What is no JSON object is wrong usage."""
    assert tell(planning, monkeypatch, text).code == 2


def test_standard_input_that_stays_silent(planning: Program) -> None:
    """Who leaves it open without a word is answered all the same."""
    source = "from memory_state.cli import main; raise SystemExit(main(['statusline']))"
    with subprocess.Popen(
        [sys.executable, "-c", source], cwd=planning.project.root, env=planning.project.environment,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.read() == "Add login: plan 1/5, tasks 0/1\n"


def test_it_imports_little(tmp_path: Path) -> None:
    """Neither YAML nor Markdown, nor what changes a workflow."""
    found = modules_after(tmp_path, "statusline")
    assert not found & {"yaml", "mistune", "frontmatter", "rich", "memory_state.workspace.workspace"}
