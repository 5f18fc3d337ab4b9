"""How far a run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.clock import parse_time
from memory_state.workflow.machine import MAX_RETRIES

if TYPE_CHECKING:
    from memory_state.workflow.model import Definition, State, Task

PASSED = ("completed", "skipped")


def counted(state: State, phase: str | None = None) -> list[Task]:
    """The tasks that count, of one phase or of all: dropped ones do not."""
    return [task for task in state.tasks if task.status != "dropped" and phase in (None, task.phase)]


def progress_percentage(state: State) -> int:
    """floor(100 x (phases completed or skipped + done share of the current phase's tasks) / phases).

    At most 99 before the workflow is completed, then 100.
    """
    if state.status == "completed":
        return 100
    passed = sum(each.status in PASSED for each in state.phases)
    tasks = counted(state, state.phase)
    done = sum(task.status == "completed" for task in tasks)
    whole = len(state.phases) * max(len(tasks), 1)
    return min(99, 100 * (passed * max(len(tasks), 1) + done) // whole)


def progress_values(definition: Definition, state: State) -> dict[str, object]:
    """How far a run has come and what it can do, as values for JSON.

    `progress_percentage`, `is_complete`, `status`, `phase`; `phases` and `tasks` as counts `done` and
    `total` (dropped tasks do not count); `created_at`, `updated_at` and the whole `seconds` between;
    `retries` used, `can_retry` after a failure; `valid_transitions`, the statuses that a move leads to.
    """
    from memory_state.workflow.transitions import valid_transitions

    tasks = counted(state)
    return {
        "progress_percentage": progress_percentage(state),
        "is_complete": state.status == "completed",
        "status": state.status,
        "phase": state.phase,
        "phases": {
            "done": sum(each.status in PASSED for each in state.phases),
            "total": len(state.phases),
        },
        "tasks": {"done": sum(task.status == "completed" for task in tasks), "total": len(tasks)},
        "created_at": state.created_at,
        "updated_at": state.updated_at,
        "seconds": int(parse_time(state.updated_at) - parse_time(state.created_at)),
        "retries": state.retries,
        "can_retry": state.status == "failed" and state.retries < MAX_RETRIES,
        "valid_transitions": valid_transitions(definition, state),
    }
