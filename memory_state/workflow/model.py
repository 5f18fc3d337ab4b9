"""The values of a workflow: what a definition says, where a run stands, what is wrong in a file."""

from __future__ import annotations

from memory_state.workflow.tuples import NamedTuple

LIVE = frozenset({"pending", "in_progress", "waiting", "review", "blocked"})
RESUMABLE = frozenset({"paused", "blocked", "failed"})
ENDED = frozenset({"completed", "cancelled"})
STATUSES = LIVE | RESUMABLE | ENDED


class Problem(NamedTuple):
    """Something wrong in a file that a person may edit.

    `line` and `column` count from 1; 0 means the whole file, or the whole line.
    """

    path: str
    line: int
    message: str
    column: int = 0

    def __str__(self) -> str:
        place = f":{self.line}" * bool(self.line) + f":{self.column}" * bool(self.line and self.column)
        return f"{self.path}{place}: {self.message}"


class Condition(NamedTuple):
    """One exit condition of a phase.

    `kind` is `tasks`, `file`, `command` or `approval`; `target` the path or the command line;
    `timeout` is in seconds and counts for commands only.
    """

    kind: str
    target: str = ""
    headings: tuple[str, ...] = ()
    timeout: int = 600


class Phase(NamedTuple):
    """One phase as its definition describes it.

    `allow` is None when the definition has no such key, which allows every tool. `tasks` are the
    tasks a run gets when it enters the phase, `guidance` the Markdown the agent is told.
    """

    id: str
    role: str = ""
    allow: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()
    exit: tuple[Condition, ...] = ()
    returns_to: str | None = None
    max_returns: int = 3
    skippable: bool = False
    hold: bool = False
    boundary: bool = False
    advance_on: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    guidance: str = ""


class Definition(NamedTuple):
    """A workflow definition: its phases in order, and what must be true besides when it finishes."""

    name: str
    description: str
    level: str
    phases: tuple[Phase, ...]
    criteria: tuple[Condition, ...] = ()


class PhaseState(NamedTuple):
    """Where one phase of a run stands.

    `status` is pending, in_progress, completed, returned or skipped; times are RFC 3339 UTC;
    `returns` counts the times it sent the workflow back; `reason` is that of a skip or return.
    """

    id: str
    status: str = "pending"
    started_at: str | None = None
    completed_at: str | None = None
    reason: str | None = None
    returns: int = 0
    returned_at: str | None = None
    approved_by: str | None = None
    approved_at: str | None = None


class Task(NamedTuple):
    """One task of a phase; `status` is pending, in_progress, completed or dropped."""

    phase: str
    text: str
    status: str = "pending"


class State(NamedTuple):
    """Where a run stands: exactly what its document shows and its event log folds to.

    `allow` and `deny` are the policy in force, `event` the last event that changed the document,
    `retries` how often the run was resumed after a failure, `advance_on` the calls whose success
    leaves the phase, `origin` the channel and chat that the work came from.
    """

    workflow_id: str
    title: str
    definition: str
    level: str
    status: str
    phase: str
    role: str
    phases: tuple[PhaseState, ...]
    created_at: str
    updated_at: str
    event: int
    tasks: tuple[Task, ...] = ()
    allow: tuple[str, ...] = ("*",)
    deny: tuple[str, ...] = ()
    parent: str | None = None
    issue_number: int | None = None
    branch_name: str | None = None
    plan_file: str | None = None
    context: tuple[tuple[str, object], ...] = ()
    retries: int = 0
    advance_on: tuple[str, ...] = ()
    origin: tuple[tuple[str, object], ...] = ()


class Event(NamedTuple):
    """One line of the history; `details` is its JSON object."""

    number: int
    time: str
    type: str
    subject: str
    details: dict[str, object]
