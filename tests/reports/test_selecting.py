"""Choosing events of a history."""

from __future__ import annotations

import pytest

from memory_state.reports.selecting import Selection, Wanted
from tests.reports.histories import Writing, winding

START = 1_795_168_800_000


def history() -> Writing:
    """Two phases, two sessions, a person."""
    run = Writing().next().after(60).event("tool.used", "Bash", session="s1-a").next().after(60)
    run.event("tool.denied", "Write", session="s2-b")
    run.event("task.added", "plan", by="cli", text="Later, for plan")
    run.event("note.added", "build", by="person", name="Ann", text="x")
    return run.event("checkpoint.saved", "before", by="cli").event("checkpoint.saved", by="cli")


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [
        (Wanted(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
        (Wanted(types=("tool",)), [3, 6]),
        (Wanted(types=("tool.denied", "phase")), [2, 4, 5, 6]),
        (Wanted(types=("too",)), []),
        (Wanted(phase="plan"), [2, 3, 4, 5, 7]),
        (Wanted(phase="build"), [5, 6, 7, 8, 9, 10]),
        (Wanted(actor="person"), [8]),
        (Wanted(actor="Ann"), [8]),
        (Wanted(actor="hook"), [3, 6]),
        (Wanted(session="s1"), [3]),
        (Wanted(since=START + 60_000, until=START + 60_000), [3, 4, 5]),
        (Wanted(since=START + 60_001), [6, 7, 8, 9, 10]),
        (Wanted(checkpoints=True), [9]),
        (Wanted(types=("tool",), phase="build", session="s2"), [6]),
    ],
)
def test_filters(wanted: Wanted, numbers: list[int]) -> None:
    """Each asks for itself, and all that are given must hold."""
    assert [each.number for each in Selection(wanted).of(history().events)] == numbers


def test_a_history_in_parts() -> None:
    """The phase is known across the parts that a growing log is read in."""
    events = winding(7, 500).events
    whole = [each.number for each in Selection(Wanted(phase="test")).of(events)]
    parts = Selection(Wanted(phase="test"))
    assert [each.number for at in range(0, 600, 7) for each in parts.of(events[at : at + 7])] == whole
    assert 5 < len(whole) < len(events)


def test_an_event_without_a_time_is_in_no_time() -> None:
    """Whoever asks for a time gets no event of which nobody knows when it was."""
    odd = history().events[2]._replace(time="later")
    assert list(Selection(Wanted(since=0)).of([odd])) == []
    assert list(Selection(Wanted()).of([odd])) == [odd]
