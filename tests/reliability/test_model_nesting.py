"""Commands that move two workflows at once, killed anywhere: neither is stuck and the gate stays closed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Missing, Refused
from memory_state.workspace.nesting import live_inner
from memory_state.workspace.sessions import binding_of
from memory_state.workspace.verification import verify
from tests.reliability.conftest import by_run
from tests.reliability.disk import put_image, read_image
from tests.reliability.model_kills import KILLED, Command, perform, striker, workspace_for
from tests.sessions import SESSION, Project

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1200)]
STRIDE = by_run(16, 4, 1)
SMALL = """---
schema: 1
name: small
level: inner
phases:
  - id: work
    allow: [read, "edit(docs/**)", "edit(src/**)"]
---
# Small
"""


def command(project: Project, verb: str, *words: str) -> Command:
    """A person's command in the session."""
    home = project.environment["HOME"]
    return Command(str(project.root), home, "", time.time(), True, verb, words, SESSION)  # noqa: FBT003


def alone(project: Project) -> None:
    """A workflow in a phase that lets write `docs` and the plan only."""
    folder = project.root / ".memory/workflows"
    folder.mkdir(parents=True)
    (folder / "small.md").write_text(SMALL, encoding="utf-8")
    perform(command(project, "start", "feature", "Outer"))


def nested(project: Project) -> None:
    """The same with an inner one, which may write `src` too."""
    alone(project)
    perform(command(project, "start inner", "small", "Inner"))


def parked(project: Project) -> None:
    """The same with the inner one parked."""
    nested(project)
    perform(command(project, "park"))


SCENES = {
    "start inner": (alone, "start inner", ("small", "Inner")),
    "finish": (nested, "finish", ()),
    "park": (nested, "park", ()),
    "cancel": (nested, "cancel", ()),
    "resume": (parked, "resume", ("INNER",)),
}


@pytest.mark.parametrize("name", SCENES)
def test_killed_between_two_workflows(name: str, disk: Path, figure: Callable[..., None]) -> None:
    """No call passes that the outer phase forbids, one of both is at work, and asking again works."""
    prepare, verb, words = SCENES[name]
    root = disk / "disk"
    root.mkdir()
    project = Project.make(root)
    prepare(project)
    before = read_image(root)
    inner = next((run.id for run in project.workspace().workflows() if run.state.parent), "")
    asked = command(project, verb, *(inner if word == "INNER" else word for word in words))
    killed = 0
    with striker() as strike:
        for calls in range(0, 1000, STRIDE):
            put_image(root, before)
            if strike(asked, calls) != KILLED:
                break
            killed += 1
            require_closed(project)
            require_going_on(project)
    figure(f"nested      {name:12} {killed} kills, 0 stuck, 0 open")
    assert killed > 3


def require_closed(project: Project) -> None:
    """The outer workflow forbids it, so it is denied whatever the session is bound to."""
    assert project.write("src/a.py").decision == "deny"
    assert project.write("docs/a.md").decision == ""


def require_going_on(project: Project) -> None:
    """What the session means goes on or names what does, and only one of the two is at work."""
    run = workspace_for(command(project, "status")).status()
    inner = [each.id for each in project.workspace().workflows() if each.state.parent == run.id]
    if run.state.status == "waiting" and live_inner(run.memory, run.id) is None:
        workspace_for(command(project, "next")).next()
    elif run.state.status == "waiting":
        with pytest.raises(Refused, match=f"waits for its inner workflow {inner[0]}"):
            workspace_for(command(project, "next")).next()
    runs = project.workspace().workflows()
    standing = {each.state.parent is not None: each.state.status for each in runs}
    assert standing.get(True) in (None, "paused", "completed", "cancelled", "in_progress")
    assert standing[False] == ("waiting" if standing.get(True) == "in_progress" else "in_progress")
    for each in runs:
        workspace_for(command(project, "status")._replace(workflow=each.id)).status()
        assert verify(each.memory, each.id).problems == ()
    binding = binding_of(project.environment, SESSION)
    if binding is None:
        raise Missing("the session is bound to nothing")
