"""A workflow that comes from another memory path: its values checked, its state, its first events.

What is sent is the sender's word. Its policy, its parent and an open approval are not taken over:
the policy is that of the definition found here, the others stay where they are.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from memory_state.core.clock import parse_time, whole_seconds
from memory_state.core.errors import Misused
from memory_state.workflow.checks import Check, Complaint, inside, list_of, of_type, one_of, whole_number
from memory_state.workflow.fields import FIELDS, NAME_LIMIT, checked_context, line_of, optional
from memory_state.workflow.fold import context_pairs, in_phase_order, policy
from memory_state.workflow.machine import (
    MAX_RETRIES,
    REASON_LIMIT,
    TASK_LIMIT,
    Draft,
    phase_of,
    phase_state,
    status_within,
)
from memory_state.workflow.model import STATUSES, PhaseState, State, Task
from memory_state.workflow.phase_lines import MARKS, phase_line, read_phase_line
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from memory_state.workflow.model import Definition

TOLD = 8
PERSON_LIMIT = 64
RETURNS_LIMIT = 1000
CHAT_LIMIT = 10**18 - 1
REQUIRED = ("title", "status", "phase", "phases", "created_at")
WORKING = ("in_progress", "review")
TASK_STATUSES = ("pending", "in_progress", "completed", "dropped")
BEFORE = ("completed", "skipped")
AFTER = ("pending", "returned", "skipped")
# What the current phase may be, by the workflow's status; in_progress where it is not listed.
WITHIN = {
    "pending": ("pending",),
    "completed": ("completed", "skipped"),
    "paused": ("in_progress", "pending"),
    "failed": ("in_progress", "pending"),
    "cancelled": ("in_progress", "pending"),
}


class Arrival(NamedTuple):
    """A workflow as it arrives, and in sentences what of it was left behind."""

    state: State
    left: tuple[str, ...]


def arrival(values: Mapping[str, object], definition: Definition, *, vouched: bool) -> Arrival:
    """The workflow that the `workflow` part of a status document describes, under a definition found here.

    `vouched` says that a person passes it on: then an approval of the current phase holds. Misused
    with all that is wrong in the values. `event` of the state is 0, `updated_at` when it was created.
    """
    refuse(complaints(dict(values), definition))
    state = state_of(cast("dict[str, Any]", values), definition)
    refuse(standing_complaints(state))
    return taken_over(values, state, vouched=vouched)


def refuse(found: Iterable[Complaint]) -> None:
    """Raise Misused with the first complaints, if there are any."""
    told = [placed(each) for each in islice(found, TOLD)]
    if told:
        more = "; and there may be more" if len(told) == TOLD else ""
        raise Misused(f"the workflow on standard input makes no sense: {'; '.join(told)}{more}", ("list",))


def placed(complaint: Complaint) -> str:
    """A complaint with the place of its value: `phases[2].status: must be ...`."""
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in complaint.steps)
    return f"{''.join(steps).removeprefix('.')}: {complaint.message}".removeprefix(": ")


def complaints(values: dict[str, object], definition: Definition) -> Iterable[Complaint]:
    """What is wrong with single values; keys that mean nothing here are left alone."""
    phase = one_of(*(each.id for each in definition.phases))
    checks: dict[str, Check] = {
        **FIELDS,
        "level": one_of("outer", "inner"),
        "status": one_of(*sorted(STATUSES)),
        "phase": phase,
        "phases": list_of(mapping_of({"id": phase, **STANDING}, ("id", "status"))),
        "tasks": list_of(mapping_of({"phase": phase, **TASK}, ("phase", *TASK))),
        "origin": optional(mapping_of(ORIGIN)),
        "retries": whole_number(0, MAX_RETRIES),
        "created_at": moment,
    }
    return mapping_of(checks, REQUIRED)(values)


def mapping_of(checks: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """A mapping with these keys and any others besides."""

    def check(value: object) -> Iterator[Complaint]:
        yield from of_type(dict, value)
        if isinstance(value, dict):
            yield from (Complaint((), f"the key {key} is missing") for key in required if key not in value)
            for key in (each for each in checks if each in value):
                yield from inside(key, checks[key](value[key]))

    return check


def moment(value: object) -> Iterator[Complaint]:
    """A time in whole seconds, as documents show it."""
    yield from of_type(str, value)
    if isinstance(value, str) and not is_moment(value):
        yield Complaint((), f"must be a time such as 2026-11-20T10:00:00Z, not {value[:40]!r}")


def is_moment(text: str) -> bool:
    """Whether a text is a time in whole seconds."""
    try:
        parse_time(text)
    except ValueError:
        return False
    return whole_seconds(text) == text


STANDING: dict[str, Check] = {
    "status": one_of(*MARKS),
    "started_at": optional(moment),
    "completed_at": optional(moment),
    "reason": optional(line_of(REASON_LIMIT)),
    "returns": whole_number(0, RETURNS_LIMIT),
    "returned_at": optional(moment),
    "approved_by": optional(line_of(PERSON_LIMIT)),
    "approved_at": optional(moment),
}
TASK: dict[str, Check] = {"text": line_of(TASK_LIMIT), "status": one_of(*TASK_STATUSES)}
ORIGIN: dict[str, Check] = {
    "channel": line_of(NAME_LIMIT),
    "chat_id": whole_number(-CHAT_LIMIT, CHAT_LIMIT),
}


def state_of(values: Mapping[str, Any], definition: Definition) -> State:
    """The state that checked values say, its policy that of the definition."""
    phase = phase_of(definition, values["phase"])
    works = values["status"] in WORKING
    sent = {each["id"]: each for each in reversed(values["phases"])}
    tasks = [kept(each, Task._fields) for each in values.get("tasks", ())]
    return State(
        workflow_id=values["workflow_id"],
        definition=definition.name,
        level=values.get("level", definition.level),
        status=status_within(phase) if works else values["status"],
        phase=phase.id,
        role=phase.role,
        phases=tuple(
            PhaseState(**{"id": each.id} | kept(sent.get(each.id, {}), PhaseState._fields))
            for each in definition.phases
        ),
        created_at=values["created_at"],
        updated_at=values["created_at"],
        event=0,
        tasks=in_phase_order(definition, (Task(**each) for each in tasks)),
        allow=policy(phase),
        deny=phase.deny,
        context=context_pairs(checked_context(values.get("context", {}))),
        retries=values.get("retries", 0),
        advance_on=phase.advance_on,
        origin=context_pairs(kept(values.get("origin") or {}, tuple(ORIGIN))),
        **kept(values, ("title", "issue_number", "branch_name", "plan_file")),
    )


def kept(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    """The values of these names, texts without outer blanks."""
    found = {name: values[name] for name in names if name in values}
    return {name: value.strip() if isinstance(value, str) else value for name, value in found.items()}


def standing_complaints(state: State) -> Iterator[Complaint]:
    """Phases whose standing contradicts the workflow's, or holds more than their line can show.

    A phase is come to only through those before it; that its line can show it keeps document and log one.
    """
    ids = [each.id for each in state.phases]
    here = ids.index(state.phase)
    for at, each in enumerate(state.phases):
        if each.status not in possible(state.status, at - here):
            where = "comes after" if at > here else "comes before" if at < here else "is"
            yield Complaint(
                (), f"phase {each.id} is {each.status}, but {where} the current phase of a workflow "
                f"that is {state.status}",
            )  # fmt: skip
        line = phase_line(each, 1)
        if read_phase_line(line[0], line[3:]) != each:
            yield Complaint(
                (), f"phase {each.id}: times, returns or approval do not fit its status {each.status}"
            )


def possible(status: str, distance: int) -> tuple[str, ...]:
    """What a phase may be that stands so far from the current one of a workflow with this status."""
    if distance == 0:
        return WITHIN.get(status, ("in_progress",))
    if distance < 0:
        return BEFORE
    return ("skipped",) if status == "completed" else AFTER


def taken_over(values: Mapping[str, object], state: State, *, vouched: bool) -> Arrival:
    """What of a state is taken over, and what is left behind."""
    left = []
    if values.get("parent") is not None:
        left.append(f"the workflow was within {str(values['parent'])[:80]!r}; here it stands alone")
    sent = (values.get("allow", list(state.allow)), values.get("deny", list(state.deny)))
    if sent != (list(state.allow), list(state.deny)):
        left.append(f"the policy of phase {state.phase} is that of the definition here; another one was sent")
    standing = phase_state(state, state.phase)
    if standing.approved_by and not vouched and state.status != "completed":
        left.append(
            f"the approval of phase {state.phase} by {standing.approved_by} was left behind: "
            "a person approves here, or passes it on with --by NAME"
        )
        voided = standing._replace(approved_by=None, approved_at=None)
        state = state._replace(phases=tuple(voided if each is standing else each for each in state.phases))
    return Arrival(state, tuple(left))


def opening(state: State) -> tuple[Draft, ...]:
    """The events that a workflow begins with where it arrives: folding them gives this state."""
    details: dict[str, object] = {
        "workflow_id": state.workflow_id,
        "title": state.title,
        "level": state.level,
        "issue_number": state.issue_number,
        "branch_name": state.branch_name,
        "plan_file": state.plan_file,
        "context": dict(state.context),
        "origin": dict(state.origin) or None,
        "arrived": {
            "status": state.status,
            "phase": state.phase,
            "phases": [said(each) for each in state.phases if each != PhaseState(each.id)],
            "created_at": state.created_at,
            "retries": state.retries,
        },
    }
    start = {name: value for name, value in details.items() if value is not None}
    tasks = (
        Draft("task.added", each.phase, {"text": each.text, "status": each.status}) for each in state.tasks
    )
    return (Draft("workflow.started", state.definition, start), *tasks)


def said(phase: PhaseState) -> dict[str, object]:
    """A phase's standing without what says nothing."""
    return {name: value for name, value in phase._asdict().items() if value}
