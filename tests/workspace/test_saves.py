"""The recovery file: when it is written and what it holds."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.header import read_header
from memory_state.core.layout import recovery_file
from memory_state.workspace.saves import is_due
from tests.workspace.ground import Ground, edit

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace
    from tests.sessions import Project


def saved(ground: Ground, run: Run) -> dict[str, object]:
    """The front matter of a run's recovery file."""
    return read_header(ground.recovery(run.id).read_text())


def test_start_saves(ground: Ground, started: Run) -> None:
    """A workflow has a recovery file from its first moment, with all that is needed to go on."""
    text = ground.recovery(started.id).read_text()
    assert saved(ground, started) == {
        "schema": 1, "workflow_id": started.id, "title": "Add login", "definition": "steps",
        "saved_at": "2026-11-20T10:00:00.000Z", "reason": "phase",
        "phase": "plan", "status": "in_progress", "progress": 0, "done": 0, "pending": 1, "event": 2,
        "session_id": None, "branch": None, "commit": None,
    }  # fmt: skip
    headings = [line for line in text.split("\n") if line.startswith("## ")]
    assert headings == [
        "## Where it stands",
        "## Done",
        "## Pending",
        "## Resume",
        "## Last session",
        "## Notes",
    ]
    assert "`memory-state task done plan.1`" in text


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (lambda workspace: workspace.task("done", "1"), "task"),
        (lambda workspace: workspace.task("add", "Another"), "task"),
        (lambda workspace: workspace.note("A note"), "task"),
        (lambda workspace: workspace.wait("for an answer"), "phase"),
        (lambda workspace: workspace.save(), "manual"),
    ],
)
def test_change_saves(ground: Ground, started: Run, act: Callable[[Workspace], object], reason: str) -> None:
    """Every change of tasks, notes or status writes the recovery file, with its reason."""
    ground.clock.now += 10
    act(ground.workspace(session="s1"))
    found = saved(ground, started)
    assert (found["reason"], found["saved_at"]) == (reason, "2026-11-20T10:00:10.000Z")
    assert found["session_id"] == "s1"
    assert found["event"] == ground.workspace().status().state.event


def test_phase_change_saves(ground: Ground, started: Run) -> None:
    """Entering a phase writes it, with what is done and what is to come."""
    ground.workspace().task("done", "1")
    ground.workspace().next()
    text = ground.recovery(started.id).read_text()
    found = saved(ground, started)
    assert (found["reason"], found["phase"], found["progress"], found["done"]) == ("phase", "build", 25, 1)
    assert "- plan (completed)\n- plan.1 Write the plan\n" in text
    assert "- phase review\n- phase close\n" in text


@pytest.mark.parametrize(
    ("seconds", "written"), [(0, False), (299, False), (300, True), (86400, True), (-1, True), (-86400, True)]
)
def test_old_recovery_file_is_written_anew(
    ground: Ground, started: Run, seconds: float, *, written: bool
) -> None:
    """After five minutes any look writes it, and so does a clock that went back behind the last save."""
    before = ground.recovery(started.id).read_bytes()
    ground.clock.now += seconds
    ground.workspace().status()
    assert (ground.recovery(started.id).read_bytes() != before) is written
    assert saved(ground, started)["reason"] == ("interval" if written else "phase")


def test_interval_is_a_setting(ground: Ground, started: Run) -> None:
    """A shorter interval saves sooner."""
    ground.configure("save_interval = 60\n")
    ground.clock.now += 60
    ground.workspace().status()
    assert saved(ground, started)["reason"] == "interval"


@pytest.mark.parametrize(
    "content",
    [None, b"", b"garbage", b"\xff\xfe", b'---\nsaved_at: "yesterday"\n---\n', b"---\nschema: 1\n---\n"],
)
def test_damaged_recovery_file_is_written_anew(ground: Ground, started: Run, content: bytes | None) -> None:
    """Gone or unreadable, it is due at once."""
    path = ground.recovery(started.id)
    path.unlink() if content is None else path.write_bytes(content)
    assert is_due(ground.workspace().project, started)
    ground.workspace().status()
    assert saved(ground, started)["workflow_id"] == started.id


def test_notes_are_kept_verbatim(ground: Ground, started: Run) -> None:
    """The document's notes stand in the recovery file as they are."""
    notes = "Two *lines*\n\n```\n## no heading\n```\n\n- [ ] not a task"
    edit(ground.document, "## Notes\n", f"## Notes\n\n{notes}\n")
    ground.workspace().status()
    assert ground.recovery(started.id).read_text().endswith(f"## Notes\n\n{notes}\n")


def test_size_does_not_grow_with_the_history(ground: Ground, started: Run) -> None:
    """Thirty events more leave the recovery file as large as before."""
    ground.workspace().task("start", "1")
    before = len(ground.recovery(started.id).read_bytes())
    for _ in range(15):
        ground.workspace().task("undo", "1")
        ground.workspace().task("start", "1")
    assert abs(len(ground.recovery(started.id).read_bytes()) - before) < 10


def test_refused_move_does_not_save(ground: Ground, started: Run) -> None:
    """A refusal leaves its record only."""
    before = ground.recovery(started.id).read_bytes()
    ground.clock.now += 10
    with pytest.raises(Exception, match="next"):
        ground.workspace().next()
    assert ground.recovery(started.id).read_bytes() == before


def test_ended_workflow_has_no_recovery_file(ground: Ground, started: Run) -> None:
    """There is nothing to recover, and saving makes nothing."""
    ground.workspace().cancel("enough")
    ground.clock.now += 3600
    ground.workspace(workflow=started.id).status()
    assert not ground.recovery(started.id).exists()


def test_failed_workflow_keeps_its_recovery_file(ground: Ground, started: Run) -> None:
    """What can be resumed can be recovered, and the file says how."""
    ground.workspace().fail("no power")
    assert f"`memory-state resume {started.id}`" in ground.recovery(started.id).read_text()


def test_the_last_session_is_told(planned: Project) -> None:
    """Edits, refusals and tasks of it stand in the recovery file, above the notes; those before it do not."""
    planned.play("PostToolUse.Edit")
    planned.play("SessionStart.startup")
    planned.write("src/app.py")
    planned.play("PostToolUse.Write")
    planned.play("SessionEnd.other")
    workflow = planned.workspace().workflow()
    text = Path(recovery_file(str(planned.root / ".memory"), workflow)).read_text(encoding="utf-8")
    told = text.partition("## Last session\n")[2].partition("\n## Notes\n")[0]
    assert "- Refused: " in told
    assert "Write: " in told
    assert told.count("- Changed files: ") == 1


def test_a_change_of_another_kind_counts_as_one_of_a_task(ground: Ground, started: Run) -> None:
    """An approval is saved too."""
    ground.to_phase("review")
    ground.workspace().approve()
    assert saved(ground, started)["reason"] == "task"


def test_branch_and_commit_are_noted(ground: Ground) -> None:
    """In a repository of git the recovery file says where the work stands."""
    git = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-C", str(ground.root)]
    for words in (["init", "-q", "-b", "main"], ["commit", "-q", "--allow-empty", "-m", "One"]):
        subprocess.run([*git, *words], check=True, env=ground.environment)
    head = subprocess.run(
        [*git, "rev-parse", "HEAD"], check=True, env=ground.environment, capture_output=True, text=True
    ).stdout.strip()
    found = saved(ground, ground.start())
    assert (found["session_id"], found["branch"]) == (None, "main")
    assert head.startswith(str(found["commit"]))
    assert len(str(found["commit"])) >= 7
