"""Starting a workflow."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from memory_state.core.errors import Misused, Refused
from memory_state.workspace.beginning import prepare, random_id
from tests.workspace.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run


def test_start_makes_what_is_published(ground: Ground, started: Run) -> None:
    """Document, log, definition, recovery file, ignore file, cache: each where people expect it."""
    here = f".memory/state/workflow-history/{started.id}"
    assert sorted(ground.files()) == sorted(
        [
            ".memory-state.toml",
            ".memory/state/.cache/active",
            f".memory/state/.cache/{started.id}.definition.json",
            f".memory/state/.cache/{started.id}.md",
            f".memory/state/.cache/{started.id}.standing.md",
            ".memory/state/.gitignore",
            ".memory/state/active-workflow.md",
            f".memory/state/interruption-recovery/{started.id}.md",
            f"{here}/definition.md",
            f"{here}/events.md",
            ".memory/workflows/steps.md",
        ]
    )
    assert (ground.state / ".gitignore").read_text() == "*\n"


def test_new_document_reads_as_published(ground: Ground) -> None:
    """Front matter of one key a line, then Phases, Tasks, Notes."""
    run = ground.start("feature", issue_number=42, branch_name="feat/login", context={"autonomy": "L3"})
    assert (
        ground.document.read_text()
        == f"""---
schema: 1
workflow_id: "{run.id}"
title: "Add login"
definition: "feature"
level: "outer"
parent: null
status: "in_progress"
phase: "plan"
role: "architect"
allow: {str(list(run.state.allow)).replace("'", '"')}
deny: ["shell(git push *)"]
issue_number: 42
branch_name: "feat/login"
plan_file: "plan.md"
context: {{"autonomy": "L3"}}
created_at: "2026-11-20T10:00:00Z"
updated_at: "2026-11-20T10:00:00.000Z"
event: 2
---

# Add login

## Phases

- [ ] **plan**: since 2026-11-20T10:00:00Z
- [ ] build
- [ ] test
- [ ] review
- [ ] document

## Tasks

### plan
- [ ] Write the plan

## Notes
"""
    )


def test_everything_is_private(ground: Ground) -> None:
    """Whatever the umask: files for their owner alone, and so the folders that are new."""
    subprocess.run(["rm", "-r", str(ground.memory)], check=True)
    ground.start("feature")
    for path in ground.memory.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path


def test_live_state_is_kept_out_of_git(ground: Ground) -> None:
    """In a repository a start adds nothing that git would show, but for the project's own definitions."""
    subprocess.run(["git", "-C", str(ground.root), "init", "-q"], check=True)
    ground.start()
    shown = subprocess.run(
        ["git", "-C", str(ground.root), "status", "--porcelain", "-uall"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    assert shown.split() == ["??", ".memory-state.toml", "??", ".memory/workflows/steps.md"]


def test_own_ignore_file_stays(ground: Ground) -> None:
    """Preparing twice changes nothing, and no file of a person's."""
    prepare(str(ground.memory))
    (ground.state / ".gitignore").write_text("# mine\n")
    prepare(str(ground.memory))
    assert (ground.state / ".gitignore").read_text() == "# mine\n"


def test_ids_are_new_and_safe() -> None:
    """Ten thousand ids: eight characters each, no one twice, nothing but 0-9 and a-z."""
    ids = {random_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(re.fullmatch("[0-9a-z]{8}", each) for each in ids)


def test_second_start_is_refused(ground: Ground, started: Run) -> None:
    """Beside a live workflow the four ways out are named, and nothing changes."""
    before = ground.files()
    with pytest.raises(Refused) as caught:
        ground.start(title="Another")
    ways = " ".join(caught.value.next_commands)
    for word in ("finish", "park", "start --inner", "start --beside"):
        assert word in ways
    assert started.id in caught.value.sentence
    assert ground.files() == before


@pytest.mark.parametrize("end", ["cancel", "fail", "park"])
def test_place_is_free_after_an_end(ground: Ground, started: Run, end: str) -> None:
    """A workflow that was ended, failed or parked is in nobody's way."""
    getattr(ground.workspace(), end)("enough")
    second = ground.start(title="Another")
    assert second.id != started.id
    assert ground.workspace().status().id == second.id


@pytest.mark.parametrize("title", ["", "  ", "x" * 201, "two\nlines", "NUL\0", "\u2028", "a\rb", "\ud800"])
def test_odd_titles_are_refused(ground: Ground, title: str) -> None:
    """A title is one line of at most 200 characters."""
    with pytest.raises(Misused):
        ground.start(title=title)
    assert not ground.document.exists()


@pytest.mark.parametrize(
    "title",
    [
        "x" * 200,
        "日本語 😀",
        "# Heading",
        "--- `code` [x]",
        '"quoted": yes',
        "$title $header",
        "-rf",
        "a\tb",
        "{}",
    ],
)
def test_any_line_may_be_a_title(ground: Ground, title: str) -> None:
    """It is read back as it was given, and stands in the document."""
    ground.start(title=title)
    again = ground.workspace().status()
    assert (again.state.title, again.problems) == (title, ())
    assert again.state.tasks[0].text == "Write the plan"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("issue_number", "abc"),
        ("issue_number", True),
        ("issue_number", 1.5),
        ("issue_number", 10**20),
        ("branch_name", 7),
        ("branch_name", "\ud800"),
        ("plan_file", 7),
        ("plan_file", "/etc/passwd"),
        ("plan_file", "../x.md"),
        ("plan_file", "docs/"),
        ("context", [1]),
        ("context", {"a": 1.5}),
        ("context", {"a": "x" * 5000}),
        ("context", {"a": "\ud800"}),
        ("context", {1: "a"}),
    ],
)
def test_wrong_field_is_refused_by_name(ground: Ground, name: str, value: Any) -> None:
    """A value of the wrong type, or one that no document can hold, starts nothing."""
    with pytest.raises(Misused, match=name):
        ground.start(**{name: value})
    assert not ground.document.exists()
    assert not (ground.state / "workflow-history").exists() or not any(
        (ground.state / "workflow-history").iterdir()
    )


def test_interrupted_start_is_in_nobody_s_way(ground: Ground) -> None:
    """A crash before the first event leaves a folder that hinders nothing."""
    prepare(str(ground.memory))
    left = ground.state / "workflow-history" / "aaaaaaaa"
    left.mkdir()
    (left / "definition.md").write_text("cut o")
    run = ground.start()
    runs, problems = ground.workspace().survey()
    assert [each.id for each in runs] == [run.id]
    assert len(problems) == 1
    assert "aaaaaaaa" in str(problems[0])


def test_start_that_was_cut_before_its_document_can_be_resumed(ground: Ground, started: Run) -> None:
    """A crash after the first events and before the document: `resume` finds the workflow."""
    for path in (ground.document, ground.accepted(started.id), ground.state / ".cache" / "active"):
        path.unlink()
    ground.recovery(started.id).unlink()
    run = ground.workspace().resume()
    assert (run.id, run.state.phase) == (started.id, "plan")
    assert ground.document.is_file()


@pytest.mark.parametrize(
    "content", [b"garbage", b"", b"\xff\xfe", b'---\nworkflow_id: "00000000"\n---\n# Mine\n']
)
def test_stray_document_is_kept(ground: Ground, content: bytes) -> None:
    """What stands in the document's place and belongs to no workflow is archived, not overwritten."""
    ground.state.mkdir(parents=True)
    ground.document.write_bytes(content)
    run = ground.start()
    assert ground.workspace().status().id == run.id
    archived: list[Path] = list((ground.state / "archive").iterdir())
    assert [path.read_bytes() for path in archived] == [content]


def test_odd_session_hinders_no_start(ground: Ground) -> None:
    """A session id that could name no file is no session: the workflow starts, nothing is bound."""
    from memory_state.workspace.workspace import Workspace

    ground.environment["CLAUDE_CODE_SESSION_ID"] = "../../x"
    run = Workspace.find(ground.root, environment=ground.environment, clock=ground.clock).start("steps", "A")
    assert run.state.phase == "plan"
    assert not [path for path in ground.home.rglob("*") if path.is_file()]


def test_internal_keys_are_not_for_users(ground: Ground) -> None:
    """A context has no key that begins with `_`, and nothing is written for one that has."""
    before = ground.files()
    with pytest.raises(Misused, match="keys that begin with _ are internal"):
        ground.start(context={"_run": 1})
    assert {name for name in ground.files() if "workflow-history" in name} <= set(before)
