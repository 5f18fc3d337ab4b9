"""The event log as a workspace reads and writes it."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import Event
from memory_state.workspace.actor import Actor
from memory_state.workspace.history import (
    append_events,
    event_line,
    log_opening,
    number_events,
    phase_events,
    read_events,
)
from memory_state.workspace.validation import problems_in
from tests.workspace.ground import NOON, Ground

if TYPE_CHECKING:
    from memory_state.workspace.run import Run

ACTOR = Actor("cli", session="s1")


def raw_line(body: bytes) -> bytes:
    """A line whose checksum holds, whatever its body."""
    return body + b" ^%08x\n" % zlib.crc32(body)


def append(ground: Ground, workflow: str, *drafts: Draft) -> list[Event]:
    """Append events as a command does."""
    return append_events(str(ground.memory), workflow, drafts, ACTOR, ground.clock(), power=False)


def test_log_begins_as_published() -> None:
    """Front matter, a heading, a blank line: Markdown that people can read."""
    assert log_opening("7f3a9c21") == (
        b'---\nschema: 1\nworkflow_id: "7f3a9c21"\n---\n# History of 7f3a9c21\n\n'
    )


def test_new_log_is_a_markdown_list(ground: Ground, started: Run) -> None:
    """A fresh log has its opening and a numbered line for each event, each with its checksum."""
    content = ground.log(started.id).read_bytes()
    assert content.startswith(log_opening(started.id) + b"1. 2026-11-20T10:00:00.000Z **workflow.started** ")
    lines = content.removeprefix(log_opening(started.id)).split(b"\n")
    assert [line.partition(b".")[0] for line in lines] == [b"1", b"2", b""]
    assert lines[1].startswith(b"2. 2026-11-20T10:00:00.000Z **phase.entered** plan `{")


def test_every_event_says_who(ground: Ground, started: Run) -> None:
    """By, and session and name where there is one; `doc` is last."""
    append(ground, started.id, Draft("gate.refused", "plan", {"move": "next"}))
    details = ground.events(started.id)[-1][3]
    assert list(details.items()) == [("move", "next"), ("by", "cli"), ("session", "s1"), ("doc", 2)]


def test_events_are_read_from_a_number_on(ground: Ground, started: Run) -> None:
    """Only what comes after a number, in the file's order."""
    append(ground, started.id, Draft("task.added", "plan", {"text": "a"}))
    append(ground, started.id, Draft("task.added", "plan", {"text": "b"}))
    assert [each.number for each in read_events(str(ground.memory), started.id)] == [1, 2, 3, 4]
    later = list(read_events(str(ground.memory), started.id, 3))
    assert [(each.number, each.type, each.details["text"]) for each in later] == [(4, "task.added", "b")]


def test_numbers_and_document_numbers() -> None:
    """Events that change the document carry their own number, the others that of the last that did."""
    drafts = [Draft("gate.refused", "-", {}), Draft("task.added", "-", {}), Draft("tool.used", "-", {})]
    events = number_events(drafts, Actor("cli"), NOON, 7, "2026-11-20T09:00:00.000Z", 5)
    assert [(each.number, each.details["doc"]) for each in events] == [(8, 5), (9, 9), (10, 9)]


@pytest.mark.parametrize(
    ("now", "last", "stamp"),
    [
        (NOON, "", "2026-11-20T10:00:00.000Z"),
        (NOON, "2026-11-20T09:59:59.999Z", "2026-11-20T10:00:00.000Z"),
        (NOON, "2026-11-20T10:00:00.000Z", "2026-11-20T10:00:00.001Z"),
        (NOON - 86400, "2026-11-20T10:00:00.999Z", "2026-11-20T10:00:01.000Z"),
        (NOON, "2026-12-31T23:59:59.999Z", "2027-01-01T00:00:00.000Z"),
    ],
)
def test_event_of_a_document_is_later_than_the_last(now: float, last: str, stamp: str) -> None:
    """A clock that stands or goes back still gives a later time, by a millisecond."""
    (event,) = number_events([Draft("task.added", "-", {})], Actor("cli"), now, 1, last, 1)
    assert event.time == stamp


@pytest.mark.parametrize(
    "line",
    [
        raw_line(b"3. 2026-11-20T10:00:00.123Z **task.added** plan `{not json}`"),
        raw_line(b'3. 2026-11-20T10:00:00.123Z **task.added** plan `{"a":1,"a":2}`'),
        raw_line(b'3. 2026-11-20T10:00:00.123Z **task.added** plan `{"text":"\xff"}`'),
        b"\n",
        b"\0" * 40 + b"\n",
        b"<<<<<<< HEAD\n",
        b"x" * 40_000 + b"\n",
    ],
)
def test_line_that_is_no_event_is_passed_over(ground: Ground, started: Run, line: bytes) -> None:
    """Whatever stands between two events, the second is read, and gets the next number."""
    with ground.log(started.id).open("ab") as log:
        log.write(line)
    append(ground, started.id, Draft("note.added", "plan", {"text": "after"}))
    events = list(read_events(str(ground.memory), started.id))
    assert [each.type for each in events] == ["workflow.started", "phase.entered", "note.added"]
    assert line in ground.log(started.id).read_bytes()
    assert ground.workspace().status().state.phase == "plan"


def test_damaged_lines_are_told_with_their_number(ground: Ground, started: Run) -> None:
    """A changed line is reported by its line number; a torn last one is no damage."""
    append(ground, started.id, Draft("note.added", "plan", {"text": "Second"}))
    append(ground, started.id, Draft("note.added", "plan", {"text": "Third"}))
    log = ground.log(started.id)
    log.write_bytes(log.read_bytes().replace(b"Second", b"Sec0nd") + b"5. torn")
    problems = problems_in(str(ground.memory), str(log))
    assert [(each.line, each.message) for each in problems] == [
        (9, "this line is damaged: its checksum does not hold")
    ]


def test_long_output_is_shortened_and_told_about() -> None:
    """What only tells of something is cut until it fits, whatever it is made of."""
    for character in ("x", "é", "\0", "`", "\U0001f600"):
        event = Event(
            7, "T", "evidence.recorded", "test", {"output": character * 9000, "status": 1, "doc": 1}
        )
        line = event_line(event)
        assert len(line) <= 8192
        assert b'"status":1,"doc":1' in line
        assert "…".encode() in line


def test_what_counts_is_never_shortened() -> None:
    """A note that does not fit is refused, not cut."""
    with pytest.raises(Misused, match="longer text belongs in a file"):
        event_line(Event(7, "T", "note.added", "plan", {"text": "`" * 2000, "doc": 7}))


def test_failed_append_leaves_the_log(ground: Ground, started: Run) -> None:
    """Of several events none is written when one does not fit."""
    before = ground.log(started.id).read_bytes()
    drafts = (Draft("note.added", "plan", {"text": "a"}), Draft("note.added", "plan", {"text": "`" * 2000}))
    with pytest.raises(Misused):
        append(ground, started.id, *drafts)
    assert ground.log(started.id).read_bytes() == before


def test_events_of_a_phase_are_those_since_it_began(ground: Ground, started: Run) -> None:
    """What was noted in the phase before does not count; nothing stands where there is no log."""
    workspace = ground.workspace()
    workspace.note("In plan")
    ground.to_phase("build")
    assert phase_events(str(ground.memory), started.id, ("note.added",)) == []
    workspace.note("In build")
    workspace.note("Again")
    found = phase_events(str(ground.memory), started.id, ("note.added", "task.added"))
    assert [(each.type, each.details["text"]) for each in found] == [
        ("note.added", "In build"),
        ("note.added", "Again"),
    ]
    assert phase_events(str(ground.memory), "00000000", ("note.added",)) == []
