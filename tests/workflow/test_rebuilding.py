"""Where a workflow goes on when its history is lost."""

from __future__ import annotations

import pytest

from memory_state.workflow.fold import started
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import Event, State, Task
from memory_state.workflow.rebuilding import Kept, read_recovery, safe_state
from memory_state.workflow.recovery import Saved, render_recovery
from tests.workflow.examples import FEATURE, at

NOW = "2026-11-21T08:00:00.000Z"
BASE = started(
    FEATURE, Event(1, NOW, "workflow.started", "feature", {"workflow_id": "7f3a9c21", "title": "T"})
)


def kept(phase: str, status: str = "in_progress", tasks: tuple[Task, ...] = ()) -> Kept:
    """A recovery file of a run in this phase."""
    return Kept("7f3a9c21", "feature", "Add login", phase, status, tasks)


def built() -> State:
    """A run in build with a task begun."""
    run = at("build").then(
        Draft("task.completed", "plan", {"text": "Write the plan"}),
        Draft("task.added", "build", {"text": "Add the table"}),
        Draft("task.started", "build", {"text": "Add the table"}),
        Draft("task.added", "build", {"text": "Add 2. form"}),
    )
    return run.state


def test_a_recovery_file_is_read_back() -> None:
    """Workflow, phase, status and all tasks but dropped ones."""
    state = built()
    text = render_recovery(FEATURE, state, "", Saved(NOW, "task"), "memory-state")
    assert read_recovery(text) == kept("build", tasks=state.tasks)


@pytest.mark.parametrize(
    "text", ["", "x", "---\nphase: build\n---\n", "---\nworkflow_id: a\nphase: b\nstatus: c\n---\n"]
)
def test_what_is_no_recovery_file(text: str) -> None:
    """A text without id, phase and a status that there is keeps nothing."""
    assert read_recovery(text) is None


@pytest.mark.parametrize(
    ("shown", "saved", "phase"),
    [
        ("review", "build", "build"), ("build", "review", "build"), ("test", "test", "test"),
        (None, "test", "test"), ("test", None, "plan"), ("test", "unknown", "test"),
        (None, "unknown", "plan"),
    ],
)  # fmt: skip
def test_the_phase(shown: str | None, saved: str | None, phase: str) -> None:
    """The earlier of both; without a recovery file the first."""
    state = safe_state(FEATURE, BASE, at(shown).state if shown else None, kept(saved) if saved else None, NOW)
    assert state.phase == phase
    at_phase = [each.id for each in FEATURE.phases].index(phase)
    statuses = [each.status for each in state.phases]
    assert statuses == [*["completed"] * at_phase, "in_progress", *["pending"] * (4 - at_phase)]


def test_times_and_tasks_of_the_document_stay() -> None:
    """What it says of phases that were left is all there is."""
    shown = built()
    state = safe_state(FEATURE, BASE, shown, kept("build"), NOW)
    assert (state.phases, state.tasks) == (shown.phases, shown.tasks)


@pytest.mark.parametrize(
    ("shown", "saved", "status"), [("paused", "in_progress", "paused"), ("review", "blocked", "blocked")]
)
def test_a_workflow_that_stood_still_does(shown: str, saved: str, status: str) -> None:
    """A pause, a block or a failure of either is kept."""
    document = at("build").state._replace(status=shown)
    assert safe_state(FEATURE, BASE, document, kept("build", saved), NOW).status == status


def test_an_end_is_not_believed() -> None:
    """Nothing proves that a gate was passed."""
    document = at("document").state._replace(status="completed")
    assert safe_state(FEATURE, BASE, document, kept("document", "completed"), NOW).status == "in_progress"
