"""Reading logs for reports: damaged lines, torn ends, logs that git merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Broken, Missing
from memory_state.core.layout import event_log
from memory_state.reports.reading import EventLog, read_timeline
from memory_state.reports.spans import timeline_of
from tests.reports.histories import WINDING, WORKFLOW, Writing, line_of, winding, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workspace.ground import Ground


def log_at(folder: Path) -> Path:
    """Where the tests' workflow has its log."""
    return folder / "state" / "workflow-history" / WORKFLOW / "events.md"


def test_damaged_lines_are_counted_and_passed_over(tmp_path: Path) -> None:
    """Blank lines within, other bytes and broken checksums are damage; a torn end is none."""
    events = winding(seed=3, count=50).events
    write_log(log_at(tmp_path), events)
    lines = log_at(tmp_path).read_bytes().split(b"\n")
    lines[20] = lines[20].replace(b"Z **", b"Z  **")
    lines[30:30] = [b"<<<<<<< HEAD", b"\xff\x00"]
    torn = line_of(events[-1]._replace(number=99))[:-9]
    log_at(tmp_path).write_bytes(b"\n".join(lines) + torn)
    log = EventLog(str(tmp_path), WORKFLOW)
    read = list(log)
    assert log.damaged == 3
    assert [each.number for each in read] == [each.number for each in events if each.number != 15]


def test_a_merged_log_is_read_in_order(tmp_path: Path) -> None:
    """Events of two branches are put in order by time, and numbered anew."""
    common = Writing().next().after(60)
    ours = [*common.events, *Writing(now=common.now).event("note.added", "plan", text="a").events[1:]]
    ours[2] = ours[2]._replace(number=3)
    theirs = Writing(now=common.now + 30).event("note.added", "plan", text="b").events[1:]
    write_log(log_at(tmp_path), [*ours, theirs[0]._replace(number=3)])
    read = list(EventLog(str(tmp_path), WORKFLOW))
    assert [(each.number, each.details.get("text")) for each in read] == [
        (1, None), (2, None), (3, "a"), (4, "b"),
    ]  # fmt: skip


def test_a_workflow_of_its_own(ground: Ground) -> None:
    """A workflow's timeline is that of its events, with what was damaged."""
    run = ground.start()
    ground.clock.now += 600
    ground.to_phase("review")
    path = ground.log(run.id)
    path.write_bytes(path.read_bytes() + b"damage\n")
    found = read_timeline(str(ground.memory), run.id)
    assert found.damaged == 1
    assert [(each.phase, each.worked // 1000, each.ended) for each in found.visits] == [
        ("plan", 600, "completed"), ("build", 0, "completed"), ("review", 0, "open"),
    ]  # fmt: skip


def test_the_same_numbers_from_the_file_as_from_the_events(tmp_path: Path) -> None:
    """Nothing is lost on the way through the log."""
    writing = winding(seed=11, count=400)
    write_log(log_at(tmp_path), writing.events)
    assert timeline_of(WINDING, EventLog(str(tmp_path), WORKFLOW)) == timeline_of(WINDING, writing.events)


def test_without_a_log(ground: Ground) -> None:
    """No history is missing; one without its definition is broken."""
    with pytest.raises(Missing, match="there is no history of workflow 0a0a0a0a"):
        read_timeline(str(ground.memory), "0a0a0a0a")
    run = ground.start()
    (ground.log(run.id).parent / "definition.md").unlink()
    assert event_log(str(ground.memory), run.id)
    with pytest.raises(Broken, match="is gone"):
        read_timeline(str(ground.memory), run.id)
