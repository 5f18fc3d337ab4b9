"""One workflow from Python: where it stands, and the legal moves."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Missing, Misused, Refused
from memory_state.workflow.exchange import document_text, document_values, error_in, workflow_in
from memory_state.workflow.fields import checked_fields
from memory_state.workflow.machine import WAYS_OUT
from memory_state.workflow.model import STATUSES
from memory_state.workflow.progress import progress_values
from memory_state.workflow.transitions import stands_so, valid_transitions, verb_to_phase, verb_to_status
from memory_state.workspace.actor import Actor, in_agent_session, session_of
from memory_state.workspace.arriving import text_of
from memory_state.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

    from memory_state.workflow.model import PhaseState, Problem, State, Task
    from memory_state.workspace.run import Run

MOVED = ("phase", "status")


class WorkflowState:
    """One workflow of a project: its fields as they stood when last asked or changed, and what may be done.

    In the examples `folder` is a project's folder and `environment` the environment of its user.

    >>> workspace = Workspace.find(folder, environment=environment)
    >>> run = workspace.start("feature", "Add login", issue_number=42)
    >>> state = WorkflowState.load(folder=folder, environment=environment)
    >>> state.title, state.phase, state.issue_number
    ('Add login', 'plan', 42)

    Everything goes through the rules: an illegal move raises Refused and changes nothing.

    >>> state.save(phase="build")
    Traceback (most recent call last):
    memory_state.core.errors.Refused: next: phase plan can not be left yet. tasks: 1 of 1 open: ...
    """

    def __init__(self, workspace: Workspace, run: Run) -> None:
        self.workspace = Workspace(workspace.project, workspace.actor, run.id)
        self.run = run

    @classmethod
    def load(
        cls,
        workflow_id: str | None = None,
        *,
        folder: str | os.PathLike[str] = ".",
        environment: Mapping[str, str] = os.environ,
        memory_path: str | None = None,
        by: str | None = None,
    ) -> WorkflowState | None:
        """The workflow of that id, or the current one; None when there is none, and no file is made.

        `by` is the name of the person who asks, for what only a person may do; within an agent's
        session it counts for nothing. Misused for what is no id.

        >>> WorkflowState.load("zzzzzzzz", folder=folder, environment=environment) is None
        True
        """
        workspace = found(folder, environment, memory_path, by, workflow_id)
        try:
            return cls(workspace, workspace.status())
        except Missing:
            return None

    @classmethod
    def from_stdin(
        cls,
        stream: TextIO | None = None,
        *,
        folder: str | os.PathLike[str] = ".",
        environment: Mapping[str, str] = os.environ,
        memory_path: str | None = None,
        by: str | None = None,
    ) -> WorkflowState | None:
        """The workflow whose JSON stands on a stream, standard input by default; one not here arrives.

        None when the stream is a terminal or empty. Misused for what is no JSON or has no workflow_id;
        the error of an earlier command is raised again.

        >>> import io
        >>> text = io.StringIO()
        >>> WorkflowState.load(folder=folder, environment=environment).to_stdout(text)
        >>> _ = text.seek(0)
        >>> place = {"folder": folder, "environment": environment, "memory_path": "other"}
        >>> other = WorkflowState.from_stdin(text, **place)
        >>> other.title, other.phase
        ('Add login', 'plan')
        """
        text = text_of(sys.stdin if stream is None else stream) or ""
        if not text.strip():
            return None
        values = document_values(text)
        error = error_in(values)
        if error is not None:
            raise error
        workspace = found(folder, environment, memory_path, by)
        arrived = workspace.receive(workflow_in(values))
        return cls(workspace, arrived or workspace.status())

    def to_stdout(self, stream: TextIO | None = None) -> None:
        """Write the document of `status --json` and a newline, to standard output by default.

        >>> WorkflowState.load(folder=folder, environment=environment).to_stdout()
        {"schemaVersion": 1, "kind": "status", "workflow": {"workflow_id": ...
        """
        stream = sys.stdout if stream is None else stream
        stream.write(document_text("status", self.workspace.values(self.run)) + "\n")

    # where it stands

    @property
    def state(self) -> State:
        """All of it, as one immutable value."""
        return self.run.state

    @property
    def workflow_id(self) -> str:
        """The id: 8 characters of `[0-9a-z]`."""
        return self.state.workflow_id

    @property
    def title(self) -> str:
        """The title."""
        return self.state.title

    @property
    def definition(self) -> str:
        """The name of the definition that it follows."""
        return self.state.definition

    @property
    def status(self) -> str:
        """The status, such as `in_progress`."""
        return self.state.status

    @property
    def phase(self) -> str:
        """The id of the current phase."""
        return self.state.phase

    @property
    def role(self) -> str:
        """The role of the current phase."""
        return self.state.role

    @property
    def phases(self) -> tuple[PhaseState, ...]:
        """Where each phase stands, in order."""
        return self.state.phases

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks, by phase."""
        return self.state.tasks

    @property
    def issue_number(self) -> int | None:
        """The issue's number."""
        return self.state.issue_number

    @property
    def branch_name(self) -> str | None:
        """The branch of the work."""
        return self.state.branch_name

    @property
    def plan_file(self) -> str | None:
        """The plan's path, relative to the project's root."""
        return self.state.plan_file

    @property
    def context(self) -> dict[str, object]:
        """Whatever else belongs to it."""
        return dict(self.state.context)

    @property
    def created_at(self) -> str:
        """When it was started: RFC 3339, UTC."""
        return self.state.created_at

    @property
    def updated_at(self) -> str:
        """When it was last changed: RFC 3339, UTC."""
        return self.state.updated_at

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong in its files, or left behind when it arrived."""
        return self.run.problems

    def get_progress(self) -> dict[str, object]:
        """How far it has come and what it can do, as values for JSON.

        The keys: `progress_percentage`, `is_complete`, `status`, `phase`; `phases` and `tasks`, each with
        `done` and `total`; `created_at`, `updated_at`, the `seconds` between them; `retries`, `can_retry`;
        `valid_transitions`, what `transition_to` takes here, if the gate is met.

        >>> progress = WorkflowState.load(folder=folder, environment=environment).get_progress()
        >>> progress["progress_percentage"], progress["phases"], progress["tasks"]
        (0, {'done': 0, 'total': 5}, {'done': 0, 'total': 1})
        >>> progress["valid_transitions"]
        ['waiting', 'paused', 'failed', 'cancelled']
        """
        return progress_values(self.run.definition, self.state)

    # changing

    def update(self, **fields: object) -> None:
        """Set core fields: `title`, `issue_number`, `branch_name`, `plan_file`, `context`; `phase`, `status`.

        A context is merged into the one there is; a key with None goes. Phase and status change by the
        legal move, as in `save` and `transition_to`, and first: where it is refused, nothing changes.
        Misused for an unknown field, which belongs in `context`, and for a value of a wrong type.

        >>> state = WorkflowState.load(folder=folder, environment=environment)
        >>> state.update(branch_name="feat/login", context={"autonomy": "L3"})
        >>> state.branch_name, state.context
        ('feat/login', {'autonomy': 'L3'})
        >>> state.update(branch="feat/login")
        Traceback (most recent call last):
        memory_state.core.errors.Misused: a workflow has no field 'branch'; did you mean 'branch_name'?; ...
        """
        free = {name: value for name, value in fields.items() if name not in (*MOVED, "workflow_id")}
        checked_fields(free, MOVED)
        if fields.get("workflow_id", self.workflow_id) != self.workflow_id:
            raise Refused(f"workflow_id: {self.workflow_id} keeps its id for ever", ("status",))
        check_status(fields.get("status", self.status))
        if "phase" in fields:
            self.move_to(str(fields["phase"]))
        if "status" in fields:
            self.transition_to(str(fields["status"]))
        if free:
            self.run = self.workspace.edit(free)

    def save(self, phase: str | None = None, *, reason: str | None = None) -> None:
        """Write the recovery file; with `phase`, move there first, by `next` or `back`.

        `reason` is for `back`. Refused for a phase that is no neighbour of the current one, and where the
        gate is not met.

        >>> state = WorkflowState.load(folder=folder, environment=environment)
        >>> state.save()
        """
        if phase is not None:
            self.move_to(phase, reason)
        self.run = self.workspace.save()[0]

    def move_to(self, phase: str, reason: str | None = None) -> None:
        """Move to a phase; nothing is done when it is the current one."""
        self.run = self.workspace.status()
        verb = verb_to_phase(self.run.definition, self.state, phase)
        if verb == "next":
            self.run = self.workspace.next()
        elif verb == "back":
            if not reason:
                raise Misused(f"going back to {phase} needs a reason: save({phase!r}, reason=...)")
            self.run = self.workspace.back(reason)
        if self.phase != phase:
            raise Refused(f"workflow {self.workflow_id} is {self.status} in phase {self.phase}", ("resume",))

    def transition_to(self, status: str, *, reason: str | None = None) -> bool:
        """Bring the workflow to a status by the move that leads there; True when it stands so.

        `waiting` waits; `paused` parks, `failed` and `cancelled` end it, which is for a person;
        `completed` finishes; `in_progress` goes on after a wait, a pause, a block or a failure, and stands
        for `review` too. Refused where no move leads there, Misused for what is no status.

        >>> state = WorkflowState.load(folder=folder, environment=environment, by="Ann")
        >>> state.transition_to("waiting"), state.status
        (True, 'waiting')
        >>> state.transition_to("paused", reason="Holiday"), state.status
        (True, 'paused')
        >>> state.transition_to("in_progress"), state.status
        (True, 'in_progress')
        """
        check_status(status)
        self.run = self.workspace.status()
        if stands_so(self.state, status):
            return True
        verb = verb_to_status(self.run.definition, self.state, status)
        if verb is None:
            legal = " or ".join(valid_transitions(self.run.definition, self.state))
            raise Refused(
                f"workflow {self.workflow_id} is {self.status} in phase {self.phase}: "
                f"no move leads to {status}" + (f", only to {legal}" if legal else ""),
                WAYS_OUT[self.status],
            )
        self.run = self.moved(verb, reason)
        return True

    def rollback(self, steps: int, *, reason: str | None = None) -> None:
        """Undo the last `steps` changes of a live workflow; for a person.

        What is undone leaves the state and stays in the history. Refused for more steps than there are.

        >>> state = WorkflowState.load(folder=folder, environment=environment, by="Ann")
        >>> state.update(title="Another title", branch_name="feat/other")
        >>> state.rollback(steps=1)
        >>> state.branch_name == "feat/other"
        False
        """
        from memory_state.workspace.rollback import roll_back

        self.run = roll_back(self.workspace, steps=steps, reason=reason)

    def moved(self, verb: str, reason: str | None) -> Run:
        """The run after the move of that verb."""
        moves: dict[str, Callable[[], Run]] = {
            "next": self.workspace.next,
            "resume": self.workspace.resume,
            "finish": self.workspace.finish,
            "wait": partial(self.workspace.wait, reason),
            "park": partial(self.workspace.park, reason),
            "fail": partial(self.workspace.fail, reason or ""),
            "cancel": partial(self.workspace.cancel, reason),
        }
        return moves[verb]()


def check_status(status: object) -> None:
    """Raise Misused unless there is such a status."""
    if status not in STATUSES:
        raise Misused(f"status must be one of {', '.join(sorted(STATUSES))}, not {str(status)[:80]!r}")


def found(
    folder: str | os.PathLike[str],
    environment: Mapping[str, str],
    memory_path: str | None,
    by: str | None,
    workflow: str | None = None,
) -> Workspace:
    """The workspace of a folder, as a person sees it where one is named, outside an agent's session."""
    person = by is not None and not in_agent_session(environment)
    actor = Actor("person" if person else "cli", by if person else None, session_of(environment))
    return Workspace.find(
        Path(folder), environment=environment, memory_path=memory_path, workflow=workflow, actor=actor
    )
