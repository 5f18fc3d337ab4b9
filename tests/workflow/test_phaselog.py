"""The lines of a phase's log: what fell into the phase, who did it, in words."""

from __future__ import annotations

import pytest

from memory_state.workflow.model import Event
from memory_state.workflow.phaselog import by_phase, log_line, number_of_line

TIME = "2026-11-20T10:00:00.123Z"


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (
            Event(3, TIME, "task.added", "build", {"text": "Add the table", "by": "person", "name": "Ann"}),
            "     3  2026-11-20 10:00:00  Ann           task.added build  text: Add the table\n",
        ),
        (
            Event(12, TIME, "tool.used", "Edit", {
                "ok": True, "paths": ["a", "b"], "ms": 12, "tool": "Edit", "by": "hook", "call": "t1",
                "doc": 3,
            }),
            "    12  2026-11-20 10:00:00  hook          tool.used Edit  ok: true; paths: a, b; ms: 12\n",
        ),
        (
            Event(7, TIME, "checkpoint.saved", "-", {"by": "cli"}),
            "     7  2026-11-20 10:00:00  cli           checkpoint.saved\n",
        ),
        (
            Event(8, TIME, "note.added", "plan", {"text": "a\nb\x1b[31m", "by": "cli"}),
            "     8  2026-11-20 10:00:00  cli           note.added plan  text: a b\\x1b[31m\n",
        ),
    ],
)  # fmt: skip
def test_a_line_says_when_who_and_what(event: Event, line: str) -> None:
    """One line, nothing in it steers a terminal, and nothing that is only for programs."""
    assert log_line(event) == line
    assert number_of_line(line) == event.number


def test_long_details_are_cut() -> None:
    """A line stays readable."""
    assert len(log_line(Event(1, TIME, "note.added", "plan", {"text": "x" * 2000}))) < 480


def test_events_fall_into_the_phase_that_is_current() -> None:
    """What enters a phase falls into it, whether by a move, a recovery or a rollback."""
    kinds = [
        ("workflow.started", "feature", ""), ("phase.entered", "plan", "plan"),
        ("task.added", "build", "plan"), ("phase.completed", "plan", "plan"),
        ("phase.entered", "build", "build"),
        ("state.rolled_back", "plan", "plan"), ("note.added", "-", "plan"),
        ("state.recovered", "build", "build"),
    ]  # fmt: skip
    events = [Event(at, TIME, kind, subject, {}) for at, (kind, subject, _) in enumerate(kinds, 1)]
    assert [phase for phase, _ in by_phase(events)] == [phase for _, _, phase in kinds]


@pytest.mark.parametrize("line", ["", "\n", "note", "¹  x", "9" * 30])
def test_lines_that_are_not_ours_have_no_number(line: str) -> None:
    """They are not kept."""
    assert number_of_line(line) == 0
