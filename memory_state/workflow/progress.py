"""How far a run has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memory_state.workflow.model import State, Task


def counted(state: State, phase: str | None = None) -> list[Task]:
    """The tasks that count, of one phase or of all: dropped ones do not."""
    return [task for task in state.tasks if task.status != "dropped" and phase in (None, task.phase)]


def progress_percentage(state: State) -> int:
    """floor(100 x (phases completed or skipped + done share of the current phase's tasks) / phases).

    At most 99 before the workflow is completed, then 100.
    """
    if state.status == "completed":
        return 100
    passed = sum(each.status in ("completed", "skipped") for each in state.phases)
    tasks = counted(state, state.phase)
    done = sum(task.status == "completed" for task in tasks)
    whole = len(state.phases) * max(len(tasks), 1)
    return min(99, 100 * (passed * max(len(tasks), 1) + done) // whole)
