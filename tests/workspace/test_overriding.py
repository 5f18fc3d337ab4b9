"""A person's word against a shut gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Refused

if TYPE_CHECKING:
    from tests.sessions import Project


def test_a_person_leaves_a_phase_whose_gate_is_shut(planned: Project) -> None:
    """The phase is left, and who, why and what was not met stand in the history."""
    run = planned.workspace().override("the plan is in the ticket")
    assert run.state.phase == "build"
    event = next(each for each in planned.workspace().history() if each.type == "gate.overridden")
    assert {name: event.details[name] for name in ("name", "reason", "unmet")} == {
        "name": "Ann",
        "reason": "the plan is in the ticket",
        "unmet": ['tasks: 1 of 1 open: "Write the plan"', "file: plan.md: plan.md is missing or empty"],
    }


def test_nobody_else_overrides(planned: Project) -> None:
    """Without a person's name nothing moves, and the attempt is recorded."""
    with pytest.raises(Refused, match="override is for a person"):
        planned.workspace(person=None).override("because")
    assert planned.workspace().status().state.phase == "plan"
    assert planned.workspace().history()[-1].type == "violation.recorded"


def test_an_open_gate_needs_no_override(planned: Project) -> None:
    """Where nothing is unmet, the way is next."""
    run = planned.workspace().override("go")
    for number in range(1, sum(task.phase == "build" for task in run.state.tasks) + 1):
        planned.workspace().task("done", f"build.{number}")
    with pytest.raises(Refused) as caught:
        planned.workspace().override("go")
    assert caught.value.next_commands == ("next",)


def test_the_last_phase_ends_by_an_override(planned: Project) -> None:
    """In the last phase the workflow is completed."""
    for _ in range(4):
        planned.workspace().override("go")
    assert planned.workspace().override("good enough").state.status == "completed"


def test_a_reason_is_asked_for(planned: Project) -> None:
    """An override without a reason is none."""
    with pytest.raises(Exception, match="the reason is empty"):
        planned.workspace().override(" ")


def test_there_must_be_changes_to_accept(planned: Project) -> None:
    """Accepting changes where there are none is refused."""
    with pytest.raises(Refused, match="no file stands changed"):
        planned.workspace().override("fine", changes=True)
