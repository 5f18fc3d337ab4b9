"""Where a workflow goes on whose history is lost: no later than its document and recovery file both say."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.core.clock import whole_seconds
from memory_state.workflow.document import body_start, header_values, section_range
from memory_state.workflow.fold import enter
from memory_state.workflow.model import STATUSES, PhaseState, State, Task
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from memory_state.workflow.model import Definition

STANDING_STILL = ("waiting", "blocked", "paused", "failed")
FIELDS = (
    "title", "level", "parent", "issue_number", "branch_name", "plan_file", "context", "retries", "origin",
)  # fmt: skip
TASK = re.compile(r"- (?P<phase>[a-z0-9][a-z0-9._-]*)\.[0-9]+ (?P<text>.+?)(?P<begun> \(started\))?")


class Kept(NamedTuple):
    """What a recovery file says; a value it lacks is empty."""

    workflow: str
    definition: str
    title: str
    phase: str
    status: str
    tasks: tuple[Task, ...]


def read_recovery(text: str) -> Kept | None:
    """What a recovery file keeps; None for a text that is none."""
    values = header_values(text)[0]
    words = [values.get(name) for name in ("workflow_id", "definition", "title", "phase", "status")]
    workflow, definition, title, phase, status = (each if isinstance(each, str) else "" for each in words)
    if not workflow or not phase or status not in STATUSES:
        return None
    body = text[body_start(text) :]
    tasks = (*listed_tasks(body, "Done", "completed"), *listed_tasks(body, "Pending", "pending"))
    return Kept(workflow, definition, title, phase, status, tasks)


def listed_tasks(body: str, section: str, status: str) -> list[Task]:
    """The tasks that a section of a recovery file lists."""
    inside = section_range(body, section) or range(0)
    lines = body.split("\n")[inside.start : inside.stop]
    found = [match for line in lines if (match := TASK.fullmatch(line))]
    return [Task(each["phase"], each["text"], "in_progress" if each["begun"] else status) for each in found]


def safe_state(
    definition: Definition, base: State, shown: State | None, kept: Kept | None, moment: str
) -> State:
    """The state to go on from: in the earlier phase of document and recovery file, in the first without it.

    `base` is that of a fresh start, `shown` what the document says, `moment` the time to give phases
    of which none is known. An approval of the phase gone on with does not count: nothing proves it.
    """
    ids = [each.id for each in definition.phases]
    reached = [ids.index(each.phase) for each in (shown, kept) if each is not None and each.phase in ids]
    at = min(reached) if kept is not None and reached else 0
    standing = {each.id: each for each in shown.phases} if shown else {}
    phases = [
        passed(standing.get(each), each, moment)
        if i < at
        else PhaseState(each, returns=returns(standing.get(each)))
        for i, each in enumerate(ids)
    ]
    fields = {name: getattr(shown, name) for name in FIELDS} if shown else {}
    tasks = shown.tasks if shown else tuple(each for each in kept.tasks if each.phase in ids) if kept else ()
    state = base._replace(phases=tuple(phases), tasks=tasks, **fields)
    since = standing[ids[at]].started_at if ids[at] in standing else None
    state = enter(definition.phases[at], state, since or moment)
    still = [each.status for each in (shown, kept) if each is not None and each.status in STANDING_STILL]
    return state._replace(status=still[0]) if still else state


def passed(phase: PhaseState | None, name: str, moment: str) -> PhaseState:
    """A phase that was left: as the document has it, else completed at some unknown time before."""
    if phase is not None and phase.status in ("completed", "skipped"):
        return phase
    stamp = whole_seconds(moment)
    return PhaseState(name, "completed", stamp, stamp, returns=returns(phase))


def returns(phase: PhaseState | None) -> int:
    """How often a phase sent the work back."""
    return phase.returns if phase else 0
