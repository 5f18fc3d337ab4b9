"""The percentage of a run."""

from __future__ import annotations

import json

import pytest

from memory_state.workflow.machine import Draft, finish, skip
from memory_state.workflow.model import PhaseState, State, Task
from memory_state.workflow.progress import counted, progress_percentage, progress_values
from tests.workflow.examples import FEATURE, MET, at, begun, entered


def standing(passed: int, phases: int, *tasks: str, status: str = "in_progress") -> State:
    """A state with so many phases passed, and these tasks in the next."""
    states = tuple(PhaseState(f"p{n}", "completed" if n < passed else "pending") for n in range(phases))
    current = f"p{min(passed, phases - 1)}"
    listed = tuple(Task(current, f"t{n}", each) for n, each in enumerate(tasks))
    return begun(FEATURE).state._replace(status=status, phase=current, phases=states, tasks=listed)


@pytest.mark.parametrize(
    ("state", "percent"),
    [
        (standing(0, 5), 0),
        (standing(1, 5, "completed", "pending"), 30),
        (standing(3, 10), 30),
        (standing(1, 3), 33),
        (standing(2, 3), 66),
        (standing(0, 3, "completed", "pending", "pending"), 11),
        (standing(0, 7, "completed", "completed", "pending"), 9),
        (standing(1, 5, "completed", "dropped", "dropped", "pending"), 30),
        (standing(1, 5, "dropped"), 20),
        (standing(1, 5, "in_progress"), 20),
        (standing(4, 5, "completed"), 99),
        (standing(5, 5), 99),
        (standing(1, 5, status="completed"), 100),
        (standing(4, 5, "completed", status="failed"), 99),
        (standing(1, 1, "completed", "completed", status="cancelled"), 99),
        (standing(0, 50, *["completed"] * 99, "pending"), 1),
    ],
)
def test_the_formula(state: State, percent: int) -> None:
    """Phases passed plus the done share of the current one's tasks, rounded down, 100 only at the end."""
    assert progress_percentage(state) == percent


def test_progress_over_a_whole_run() -> None:
    """Progress rises with each phase, skipped ones count, and ends at 100."""
    run = entered(FEATURE)
    seen = [progress_percentage(run.state)]
    run = run.then(*skip(FEATURE, run.state, "none", "document"))
    seen.append(progress_percentage(run.state))
    for _ in range(3):
        run = run.next()
        seen.append(progress_percentage(run.state))
    run = run.then(*finish(FEATURE, run.state, MET))
    assert [*seen, progress_percentage(run.state)] == [0, 20, 40, 60, 80, 100]


def test_a_return_lowers_it() -> None:
    """Phases that are to do again no longer count."""
    run = at("review").then(Draft("phase.returned", "review", {"to": "build", "reason": "no", "count": 1}))
    assert progress_percentage(run.state) == 20


def test_what_counts() -> None:
    """Dropped tasks count nowhere; without a phase those of all phases count."""
    state = standing(1, 5, "completed", "dropped", "pending")
    state = state._replace(tasks=(Task("p0", "before", "completed"), *state.tasks))
    assert [task.text for task in counted(state)] == ["before", "t0", "t2"]
    assert [task.text for task in counted(state, "p1")] == ["t0", "t2"]


def test_progress_as_values() -> None:
    """What a program may ask: counts, times, retries, and the moves from here."""
    run = at("build").then(
        Draft("task.added", "build", {"text": "a", "status": "completed"}),
        Draft("task.added", "build", {"text": "b"}),
        Draft("task.added", "build", {"text": "c", "status": "dropped"}),
    )
    values = progress_values(FEATURE, run.state)
    assert values == {
        "progress_percentage": 30,
        "is_complete": False,
        "status": "in_progress",
        "phase": "build",
        "phases": {"done": 1, "total": 5},
        "tasks": {"done": 1, "total": 3},
        "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:09:01.500Z",
        "seconds": 541,
        "retries": 0,
        "can_retry": False,
        "valid_transitions": ["waiting", "paused", "failed", "cancelled"],
    }
    assert json.loads(json.dumps(values)) == values


def test_a_failure_can_be_retried() -> None:
    """`can_retry` holds for a failed run until its retries are used up."""
    state = at("build").state._replace(status="failed")
    assert progress_values(FEATURE, state)["can_retry"] is True
    assert progress_values(FEATURE, state._replace(retries=3))["can_retry"] is False
