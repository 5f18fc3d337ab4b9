"""Histories that git merged: they hold the workflow back until they are written anew in one order."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Conflict
from memory_state.workspace.actor import Actor
from memory_state.workspace.repair import repair_log, repair_logs
from memory_state.workspace.verification import verify
from tests.workspace.ground import Ground, tasks_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workspace.run import Run

ANN = Actor("person", "Ann")


def merged(ground: Ground, run: Run, *sides: Callable[[], object]) -> bytes:
    """Let each side go on from where the workflow stands, and put their histories one after the other."""
    files = [ground.log(run.id), ground.document, ground.accepted(run.id)]
    common = [path.read_bytes() for path in files]
    ends = []
    for side in sides:
        for path, content in zip(files, common, strict=True):
            path.write_bytes(content)
        ground.clock.now += 60
        side()
        ends.append(files[0].read_bytes()[len(common[0]) :])
    files[0].write_bytes(common[0] + b"".join(ends))
    return files[0].read_bytes()


@pytest.fixture
def torn_apart(ground: Ground) -> Run:
    """A workflow that one side gave a task in build while the other went on to review."""
    run = ground.start()
    ground.to_phase("build")
    merged(ground, run, lambda: ground.workspace().task("add", "Mine"), lambda: ground.to_phase("review"))
    return run


def test_the_earlier_phase_holds(ground: Ground, torn_apart: Run) -> None:
    """What is shown is where the less advanced side stood, with the tasks of both."""
    run = ground.workspace().status()
    assert (run.state.phase, run.state.status) == ("build", "in_progress")
    assert [text for _, text, _ in tasks_of(run)] == ["Write the plan", "Mine", "Build it"]
    assert "git merged its history" in run.problems[0].message


def test_nothing_moves_before_the_repair(ground: Ground, torn_apart: Run) -> None:
    """Moving commands name the command that helps, and the document stays as it is."""
    before = ground.document.read_bytes()
    with pytest.raises(Conflict, match="stands still: git merged its history") as caught:
        ground.workspace().note("More")
    assert caught.value.next_commands == ("doctor --fix",)
    assert ground.document.read_bytes() == before


def test_no_hook_decides_by_the_document_alone(ground: Ground, torn_apart: Run) -> None:
    """Without an accepted copy the fast path asks again each time."""
    ground.workspace().status()
    assert not ground.accepted(torn_apart.id).exists()


def test_the_repair(ground: Ground, torn_apart: Run) -> None:
    """Numbers are dense again, a seal covers it all, and the merged log is in the archive."""
    before = ground.log(torn_apart.id).read_bytes()
    said = repair_log(ground.workspace().project, torn_apart.id, ANN)
    assert "was put in order, 13 events; it goes on in phase build" in said
    assert verify(str(ground.memory), torn_apart.id).problems == ()
    assert ground.types(torn_apart.id)[-3:] == ["log.repaired", "state.recovered", "log.sealed"]
    details = ground.events(torn_apart.id)[-3][3]
    assert details["merged_sha256"] == hashlib.sha256(before).hexdigest()
    assert before in [path.read_bytes() for path in (ground.state / "archive").iterdir()]
    run = ground.workspace().status()
    assert (run.state.phase, run.problems, run.held) == ("build", (), "")
    assert ground.workspace().task("done", "Mine").state.tasks[1].status == "completed"


def test_a_repaired_log_is_left_alone(ground: Ground, torn_apart: Run) -> None:
    """Done twice, nothing happens."""
    assert repair_logs(ground.workspace()) != ""
    before = ground.files()
    assert repair_logs(ground.workspace()) == ""
    assert ground.files() == before


def test_a_log_of_one_writer_is_in_order(ground: Ground) -> None:
    """A gap or a damaged line is no merge."""
    run = ground.start()
    ground.to_phase("review")
    log = ground.log(run.id)
    log.write_bytes(log.read_bytes().replace(b"\n9. ", b"\n2. ", 1))
    assert repair_log(ground.workspace().project, run.id, ANN) == ""


def test_lines_that_both_sides_have_count_once(ground: Ground) -> None:
    """A merge that took a part twice is put in order without the second."""
    run = ground.start()
    ground.workspace().task("add", "Mine")
    log = ground.log(run.id)
    log.write_bytes(log.read_bytes() + log.read_bytes().split(b"\n")[-2] + b"\n")
    assert ground.workspace().status().held != ""
    repair_log(ground.workspace().project, run.id, ANN)
    assert [text for _, text, _ in tasks_of(ground.workspace().status())] == ["Write the plan", "Mine"]


def test_a_rollback_is_brought_along(ground: Ground) -> None:
    """What one side went back to still holds, in its place of the order."""
    from memory_state.workspace.rollback import roll_back

    run = ground.start()
    ground.to_phase("build")

    def undo() -> None:
        ground.workspace().task("add", "Undone")
        roll_back(ground.workspace(), steps=1)

    merged(ground, run, undo, lambda: ground.workspace().task("add", "Kept"))
    repair_log(ground.workspace().project, run.id, ANN)
    assert [text for _, text, _ in tasks_of(ground.workspace().status())] == ["Write the plan", "Kept"]
    assert verify(str(ground.memory), run.id).problems == ()
