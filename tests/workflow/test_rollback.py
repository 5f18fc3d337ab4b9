"""Which changes can be undone, and to which event a rollback goes."""

from __future__ import annotations

import pytest

from memory_state.core.errors import Missing, Refused
from memory_state.workflow.model import Event
from memory_state.workflow.rollback import back_by, back_to, is_undone, points

START = (
    Event(1, "T1", "workflow.started", "steps", {}),
    Event(2, "T1", "phase.entered", "plan", {}),
)
WORK = (
    *START,
    Event(3, "T2", "task.added", "plan", {"text": "a"}),
    Event(4, "T3", "tool.used", "Edit", {}),
    Event(5, "T4", "checkpoint.saved", "before", {}),
    Event(6, "T5", "phase.completed", "plan", {"to": "build"}),
    Event(7, "T5", "phase.entered", "build", {}),
    Event(8, "T5", "log.sealed", "-", {}),
    Event(9, "T6", "note.added", "build", {"text": "n"}),
    Event(10, "T7", "document.edited", "-", {"text": True}),
    Event(11, "T8", "document.edited", "-", {"fields": {"title": "x"}}),
)


def test_a_move_of_two_events_is_one_step() -> None:
    """What one command logged is undone together."""
    line = points(WORK)
    assert [back_by(line, steps) for steps in (1, 2, 3)] == [10, 5, 2]


def test_too_many_steps_are_refused() -> None:
    """The start itself can not be undone."""
    with pytest.raises(Refused, match="4 steps are too many, there are 3 to undo since the start"):
        back_by(points(WORK), 4)
    with pytest.raises(Refused, match="there are none to undo"):
        back_by(points(START), 1)


def test_a_named_point_is_found() -> None:
    """An event by its number, a checkpoint by its name, the last of several of that name."""
    line = points((*WORK, Event(12, "T9", "checkpoint.saved", "before", {})))
    assert back_to(line, "3", 12) == 3
    assert back_to(line, "before", 12) == 12


def test_unknown_points_are_told() -> None:
    """An event that is still to come and a name that nobody gave are missing, with what there is."""
    line = points(WORK)
    with pytest.raises(Missing, match="there is no event 12; the last is 11"):
        back_to(line, "12", 11)
    with pytest.raises(Missing, match="no checkpoint 'after'; there are before"):
        back_to(line, "after", 11)
    with pytest.raises(Missing, match="no checkpoint '³'"):
        back_to(line, "³", 11)


def test_nothing_goes_back_across_the_start() -> None:
    """Before the end of the start there is no state to go back to."""
    with pytest.raises(Refused, match="before the end of the start, event 2"):
        back_to(points(WORK), "1", 11)


def test_what_was_undone_is_off_the_line() -> None:
    """After a rollback steps count on from where it went, and its checkpoints are gone."""
    back = Event(12, "T9", "state.rolled_back", "plan", {"to": 3})
    line = points((*WORK, back))
    assert [point.number for point in line] == [1, 2, 3, 12]
    assert back_by(line, 1) == 2
    with pytest.raises(Missing):
        back_to(line, "before", 12)


@pytest.mark.parametrize(("number", "undone"), [(3, False), (4, True), (11, True), (12, False)])
def test_there_is_no_way_forward(number: int, *, undone: bool) -> None:
    """Events between a rollback and where it went are undone; those before and after are not."""
    assert is_undone((Event(12, "T9", "state.rolled_back", "plan", {"to": 3}),), number) is undone
