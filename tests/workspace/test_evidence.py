"""What a gate's conditions ask: files and commands."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused
from memory_state.workspace.evidence import file_headings
from memory_state.workspace.sources import read_source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspace.ground import Ground

SLOW = """---
schema: 1
name: slow
phases:
  - id: check
    exit: [{command: "COMMAND", timeout: 1}]
  - id: close
---
"""


def slow(ground: Ground, command: str) -> str:
    """Start a trusted workflow whose gate runs a command for at most a second; gives its id."""
    ground.define("slow", SLOW.replace("COMMAND", command))
    run = ground.start("slow")
    ground.workspace().trust()
    return run.id


# commands


def test_gate_is_closed_by_a_command_that_was_stopped(ground: Ground) -> None:
    """The refusal says after how long; the attempt and its evidence are in the log."""
    workflow = slow(ground, "sleep 60")
    with pytest.raises(Refused, match="was stopped after 1 s"):
        ground.workspace().next()
    assert ground.types(workflow)[-2:] == ["gate.refused", "evidence.recorded"]
    assert ground.events(workflow)[-1][3]["status"] is None


@pytest.mark.parametrize(
    "output", ["head -c 9000 /dev/zero", "head -c 9000 /dev/urandom", "printf '%09000d`' 7"]
)
def test_any_output_can_be_recorded(ground: Ground, output: str) -> None:
    """A gate's command may print what it likes: its failure is a refusal, its success a success."""
    workflow = slow(ground, f"{output}; test -e pass")
    with pytest.raises(Refused, match="ended with status 1"):
        ground.workspace().next()
    (ground.root / "pass").touch()
    assert ground.workspace().next().state.phase == "close"
    assert ground.types(workflow).count("evidence.recorded") == 2


def test_lock_is_free_while_a_command_runs(ground: Ground) -> None:
    """A slow test holds nobody up: another command goes through meanwhile."""
    slow(ground, "sleep 0.9; test -e pass")
    program = ground.program("workspace.next()")
    time.sleep(0.5)
    began = time.monotonic()
    ground.workspace().note("Meanwhile")
    assert time.monotonic() - began < 0.35
    program.communicate(timeout=20)
    assert "- Meanwhile" in ground.document.read_text()


# files


@pytest.mark.parametrize(
    ("content", "headings"),
    [
        (None, None),
        ("", None),
        (" \n\n", None),
        ("text", ()),
        ("# One\n\n## Two ##\n\nThree\n=====\n", ("One", "Two", "Three")),
        ("```\n# not one\n```\n# One\n", ("One",)),
        ("\ufeff# One\r\n\r\ntext\r\n", ("One",)),
    ],
)
def test_headings_of_a_file(tmp_path: Path, content: str | None, headings: tuple[str, ...] | None) -> None:
    """A file that is missing or empty has none; else those that Markdown shows."""
    if content is not None:
        (tmp_path / "plan.md").write_bytes(content.encode())
    assert file_headings(str(tmp_path), "plan.md") == headings


def test_file_outside_of_the_project_does_not_count(tmp_path: Path) -> None:
    """Neither by its name nor by a link, also not by a link in the way."""
    root = tmp_path / "project"
    (root / "docs").mkdir(parents=True)
    (tmp_path / "secret.md").write_text("# Secret\n")
    (root / "plan.md").symlink_to(tmp_path / "secret.md")
    (root / "up").symlink_to(tmp_path)
    (root / "inside.md").symlink_to(root / "docs" / "real.md")
    (root / "docs" / "real.md").write_text("# Real\n")
    for name in ("plan.md", "up/secret.md", "../secret.md", str(tmp_path / "secret.md")):
        assert file_headings(str(root), name) is None, name
    assert file_headings(str(root), "inside.md") == ("Real",)


def test_odd_files_are_none(tmp_path: Path) -> None:
    """A folder, a pipe, a loop of links, names that no file can have: nothing, at once."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder").mkdir()
    for name in ("pipe", "loop", "loop/x", "folder", "x" * 300, "a\0b", ""):
        assert read_source(str(tmp_path), name) is None, name


def test_file_gate_names_what_is_missing(ground: Ground) -> None:
    """A gate with headings says which it lacks, and opens when they are there."""
    ground.define(
        "filed",
        """---
schema: 1
name: filed
phases:
  - id: plan
    exit: [{file: plan.md, headings: [Goal, Risks]}]
  - id: close
---
""",
    )
    ground.start("filed")
    for content, reason in (
        (None, "plan.md is missing or empty"),
        ("\n", "plan.md is missing or empty"),
        ("# Plan\n\n## goal\n", "plan.md lacks the headings Risks"),
    ):
        if content is not None:
            (ground.root / "plan.md").write_text(content)
        with pytest.raises(Refused, match=reason):
            ground.workspace().next()
    (ground.root / "plan.md").write_text("# Plan\n\n## Goal\n\n## Risks\n")
    assert ground.workspace().next().state.phase == "close"
