"""What nobody works on, and what can go; a live workflow never can."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from memory_state.workspace import sessions
from memory_state.workspace.ancestry import process_birth
from memory_state.workspace.leftovers import DAY, Leftover, Orphan, collect, leftovers, orphans
from tests.workspace.ground import Ground

if TYPE_CHECKING:
    from pathlib import Path

MONTH = 30 * DAY


def old(path: Path, now: float, days: float) -> Path:
    """A file whose time is some days before now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x" * 10, encoding="utf-8")
    os.utime(path, (now - days * DAY, now - days * DAY))
    return path


def found(ground: Ground, *, archive: bool = False, keep: int = 12) -> list[Leftover]:
    """What can go after a month."""
    return leftovers(ground.workspace(), MONTH, keep, archive=archive)


def test_an_untouched_workflow_is_an_orphan_after_a_day(ground: Ground) -> None:
    """Live or paused, without a living session, and nothing happened for so long."""
    paused = ground.start(title="Paused")
    ground.workspace().park()
    live = ground.start(title="Live")
    ground.clock.now += DAY - 1
    assert orphans(ground.workspace(), DAY) == []
    ground.clock.now += 2
    listed = {each.id: each for each in orphans(ground.workspace(), DAY)}
    assert listed[live.id] == Orphan(live.id, "Live", "in_progress", DAY + 1, "no session works on it")
    assert (listed[paused.id].status, len(listed)) == ("paused", 2)


def test_a_living_session_keeps_a_workflow(ground: Ground) -> None:
    """As long as its client runs it is nobody's orphan; once it is gone the binding does not help."""
    run = ground.start()
    ground.clock.now += 2 * DAY
    pid = os.getpid()
    binding = sessions.Binding("s1", str(ground.root), str(ground.memory), run.id, pid, process_birth(pid))
    sessions.write_binding(ground.environment, binding)
    assert orphans(ground.workspace(), DAY) == []
    sessions.write_binding(ground.environment, binding._replace(born=1))
    assert [each.why for each in orphans(ground.workspace(), DAY)] == ["its session ended without a word"]


def test_ended_workflows_are_no_orphans(ground: Ground) -> None:
    """Completed, cancelled and failed ones wait for nobody."""
    ground.start()
    ground.workspace().fail("No")
    ground.clock.now += 2 * DAY
    assert orphans(ground.workspace(), DAY) == []


def test_a_history_without_a_start_is_told(ground: Ground) -> None:
    """A folder that holds no workflow is listed with what is wrong."""
    (ground.state / "workflow-history" / "abcd1234").mkdir(parents=True)
    assert [(each.id, each.age) for each in orphans(ground.workspace(), DAY)] == [("abcd1234", None)]


def test_only_old_histories_of_ended_workflows_go(ground: Ground) -> None:
    """A cancelled one after a month, with all its files; a younger and a live one stay."""
    gone = ground.start(title="Old")
    ground.workspace().cancel()
    ground.clock.now += MONTH + 1
    young = ground.start(title="Young")
    ground.workspace().cancel()
    live = ground.start(title="Live")
    (one,) = found(ground)
    assert (one.name, one.why) == (gone.id, "cancelled, last touched 30 days ago")
    assert one.size > 500
    collect(ground.workspace(), [one], MONTH, 12)
    assert {run.id for run in ground.workspace().workflows()} == {young.id, live.id}
    assert found(ground) == []


def test_the_newest_resumable_stay(ground: Ground) -> None:
    """Of many paused ones the newest are kept however old they are, and the live one is no part of it."""
    ids = []
    for _ in range(5):
        ids.append(ground.start().id)
        ground.workspace().park()
        ground.clock.now += 60
    live = ground.start().id
    ground.clock.now += 2 * MONTH
    assert sorted(each.name for each in found(ground, keep=3)) == sorted(ids[:2])
    collect(ground.workspace(), found(ground, keep=3), MONTH, 3)
    assert {run.id for run in ground.workspace().workflows()} == {*ids[2:], live}
    assert not ground.further(ids[0]).exists()
    assert not ground.recovery(ids[0]).exists()


def test_what_came_back_to_life_stays(ground: Ground) -> None:
    """A workflow that was resumed between looking and removing is not removed."""
    run = ground.start()
    ground.workspace().park()
    ground.clock.now += 2 * MONTH
    seen = found(ground, keep=0)
    ground.workspace().resume(run.id)
    collect(ground.workspace(), seen, MONTH, 0)
    assert ground.workspace().status().state.status == "in_progress"


def test_unfinished_writes_go_when_their_program_is_dead(ground: Ground) -> None:
    """Only files of our own form, an hour old, whose process is gone."""
    ground.start()
    now = ground.clock.now
    dead = old(ground.state / f".active-workflow.md.{2**22 + 5}-0a1b2c.tmp", now, 1)
    old(ground.state / f".active-workflow.md.{os.getpid()}-0a1b2c.tmp", now, 1)
    old(ground.state / f".active-workflow.md.{2**22 + 5}-0a1b2d.tmp", now, 0.01)
    old(ground.state / ".mine.tmp", now, 1)
    assert found(ground) == [Leftover(dead.name, (str(dead),), "an unfinished write", 10)]
    collect(ground.workspace(), found(ground), MONTH, 12)
    assert not dead.exists()


@pytest.mark.parametrize("archive", [False, True])
def test_the_archive_goes_only_when_named(ground: Ground, *, archive: bool) -> None:
    """What was kept for a person is theirs to throw away."""
    ground.start()
    path = old(ground.state / "archive" / "x-damaged-00000000.md", ground.clock.now, 31)
    old(ground.state / "archive" / "y-damaged-00000000.md", ground.clock.now, 29)
    assert [each.name for each in found(ground, archive=archive)] == [path.name] * archive


def test_bindings_of_dead_sessions_go(ground: Ground) -> None:
    """After a month, unless the client still runs."""
    run = ground.workspace(session="s1").start("steps", "Add login")
    path = ground.home / ".local" / "state" / "memory-state" / "sessions" / "s1"
    os.utime(path, (ground.clock.now - 31 * DAY,) * 2)
    assert [each.name for each in found(ground)] == ["s1"]
    collect(ground.workspace(), found(ground), MONTH, 12)
    assert sessions.bindings(ground.environment, run.id) == []


def test_an_interrupted_removal_is_finished(ground: Ground) -> None:
    """What was moved aside before a crash goes the next time."""
    ground.start()
    aside = ground.state / ".cache" / "removed-abcd1234"
    old(aside / "events.md", ground.clock.now, 0)
    assert [each.why for each in found(ground)] == ["a removal that was interrupted"]
    collect(ground.workspace(), found(ground), MONTH, 12)
    assert not aside.exists()
