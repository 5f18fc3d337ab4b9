"""Histories that git merged: told by their numbers, ordered, and read for what they prove."""

from __future__ import annotations

import pytest

from memory_state.workflow.machine import Draft, next_phase
from memory_state.workflow.merging import Entry, branches, in_order, is_merged, merged_state, renumbered
from memory_state.workflow.model import Event
from tests.workflow.examples import FEATURE, MET, at, numbered


def entry(number: int, time: str, line: bytes = b"") -> Entry:
    """An event of this number and time."""
    return Entry(Event(number, time, "note.added", "-", {"text": "n"}), line or f"{number} {time}".encode())


@pytest.mark.parametrize(
    ("numbers", "merged"),
    [((), False), ((1, 2, 3), False), ((1, 5), False), ((1, 2, 2), True), ((1, 2, 3, 2), True), ((0,), True)],
)
def test_numbers_of_one_writer_go_up(numbers: tuple[int, ...], *, merged: bool) -> None:
    """Equal or falling ones are of two."""
    assert is_merged(numbers) is merged


def test_the_order_is_time_then_number_then_bytes() -> None:
    """And a line that is there twice counts once."""
    one, two, three = entry(3, "T1"), entry(2, "T2", b"b"), entry(2, "T2", b"a")
    assert in_order([two, three, one, one]) == [one, three, two]


def test_rollbacks_name_their_event_by_its_new_number() -> None:
    """The event that was gone back to got another number, too."""
    back = Entry(Event(4, "T4", "state.rolled_back", "-", {"to": 3}), b"r")
    events = renumbered([entry(1, "T1"), entry(2, "T2"), entry(7, "T2"), entry(3, "T3"), back])
    assert [each.number for each in events] == [1, 2, 3, 4, 5]
    assert events[-1].details == {"to": 4}


def test_each_branch_has_what_is_common() -> None:
    """The second begins where its numbers fall back to."""
    lines = [entry(1, "T1"), entry(2, "T2"), entry(3, "A"), entry(4, "A"), entry(3, "B")]
    assert [[each.event.number for each in branch] for branch in branches(lines)] == [[1, 2, 3, 4], [1, 2, 3]]
    assert branches(lines)[1][-1].event.time == "B"


def test_the_earlier_phase_holds() -> None:
    """One side went on to test, the other added a task in build: build it is, with the task."""
    run = at("build")
    count = len(run.events)
    ours = run.then(*next_phase(FEATURE, run.state, MET))
    theirs = numbered(count + 1, Draft("task.added", "build", {"text": "More"}))
    entries = [Entry(each, str(each).encode()) for each in (*ours.events, theirs)]
    state = merged_state(FEATURE, entries)
    assert state is not None
    assert (state.phase, state.status) == ("build", "in_progress")
    assert [task.text for task in state.tasks] == ["Write the plan", "More"]


def test_without_a_start_there_is_no_state() -> None:
    """A history that lacks its beginning proves nothing."""
    assert merged_state(FEATURE, [entry(2, "T"), entry(2, "U")]) is None
