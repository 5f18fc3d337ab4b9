"""The spans of tasks, told from how a workflow's task list changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.reports.timeline import TaskSpan
from memory_state.workflow.reconcile import numbered_tasks

if TYPE_CHECKING:
    from memory_state.reports.workclock import WorkClock
    from memory_state.workflow.model import State

    Key = tuple[str, str, int]


class TaskSpans:
    """The tasks so far, in the order they came.

    `since` is the work that had been done when a task could first be worked on, or was begun;
    `latest` the same for the last one done in each phase, `entered` for the phase that is current.
    """

    def __init__(self, clock: WorkClock) -> None:
        self.clock = clock
        self.found: dict[Key, TaskSpan] = {}
        self.since: dict[Key, int] = {}
        self.latest: dict[str, int] = {}
        self.phase, self.entered = "", 0

    def see(self, state: State) -> None:
        """Compare with the tasks of a later state."""
        if state.phase != self.phase:
            self.phase, self.entered = state.phase, self.clock.worked
        now = {key: task.status for key, task in numbered_tasks(state.tasks).items()}
        for key, status in now.items():
            known = self.found.get(key)
            if known is None or known.status != status:
                self.change(key, status)
        for key, span in self.found.items():
            if key not in now and span.status != "removed":
                self.found[key] = span._replace(status="removed")

    def change(self, key: Key, status: str) -> None:
        """A task is new, or stands otherwise."""
        moment, worked = self.clock.now, self.clock.worked
        new = TaskSpan(key[0], key[1], "pending", moment, None, None, None, 0)
        span = self.found.setdefault(key, new)
        self.since.setdefault(key, worked)
        if status == "in_progress":
            self.since[key] = worked
            span = span._replace(started=moment)
        elif status == "completed":
            span = span._replace(done=moment, worked=max(0, worked - self.begun(key, span)))
            self.latest[key[0]] = worked
        elif span.status in ("completed", "removed") and status == "pending":
            self.since[key] = worked
            span = span._replace(started=None, done=None, worked=None, reopened=span.reopened + 1)
        self.found[key] = span._replace(status=status)

    def begun(self, key: Key, span: TaskSpan) -> int:
        """The work that had been done when a task was begun, as far as it is known."""
        if span.started is not None:
            return self.since[key]
        entered = self.entered if key[0] == self.phase else 0
        return max(self.since[key], self.latest.get(key[0], 0), entered)
