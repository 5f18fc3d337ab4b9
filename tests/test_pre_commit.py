"""The hook that pre-commit and prek read from the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from tests.sessions import Project

ROOT = Path(__file__).parents[1]


def hook() -> dict[str, str]:
    """The one hook there is."""
    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert isinstance(found, list)
    assert len(found) == 1
    return dict(found[0])


def test_hook_has_what_pre_commit_asks_for() -> None:
    """Id, name, entry and language are needed (pre-commit.com, Creating new hooks)."""
    found = hook()
    assert (found["id"], found["entry"], found["language"]) == (
        "memory-state-validate",
        "memory-state validate",
        "python",
    )
    assert found["name"]


@pytest.mark.parametrize(
    "path",
    [
        ".memory/workflows/own.md",
        "packages/a/.memory/workflows/own.md",
        ".memory/state/active-workflow.md",
        ".memory/state/active-workflow.7f3a9c21.md",
        "notes/state/workflow-history/7f3a9c21/events.md",
        ".memory/state/workflow-history/7f3a9c21/definition.md",
        ".memory/state/workflow-history/7f3a9c21/final.md",
        ".memory/state/interruption-recovery/7f3a9c21.md",
    ],
)
def test_our_files_are_looked_at(path: str) -> None:
    """Definitions, documents, histories and recovery files, wherever the memory path is."""
    assert re.search(hook()["files"], path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md", ".github/workflows/README.md", "src/state/readme.md", ".memory/state/.gitignore",
        ".memory/state/workflow-history/7f3a9c21/plan.md", ".memory/state/archive/7f3a9c21.md",
        "docs/workflows/own.md", ".memory/workflows/own.md.orig",
    ],
)  # fmt: skip
def test_other_files_are_not(path: str) -> None:
    """Nobody's README is called a bad document."""
    assert not re.search(hook()["files"], path)


def test_entry_checks_files(planned: Project) -> None:
    """The entry with file names behind it exits 0 for sound files, and 1 with every problem of others."""
    words = hook()["entry"].split()
    assert words[0] == "memory-state"
    own = planned.root / ".memory/workflows/own.md"
    files = [
        str(path.relative_to(planned.root))
        for path in sorted(planned.root.rglob("*.md"))
        if re.search(hook()["files"], str(path.relative_to(planned.root)))
    ]
    assert len(files) == 4

    def run(*names: str) -> tuple[int, str]:
        ran = subprocess.run(
            [sys.executable, "-m", "memory_state", *words[1:], *names], cwd=planned.root,
            env={**planned.environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
            check=False, timeout=60,
        )  # fmt: skip
        return ran.returncode, ran.stdout

    assert run(*files) == (0, "no problems\n")
    own.write_text("---\nschema: 1\nname: own\nphases: []\n---\n", encoding="utf-8")
    code, out = run(*files, str(own.relative_to(planned.root)))
    assert code == 1
    assert out.startswith(".memory/workflows/own.md:")
