"""What each event does to a state: folding a history gives where its run stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from memory_state.core.clock import whole_seconds
from memory_state.core.errors import Broken, MemoryStateError
from memory_state.workflow.machine import phase_of, status_within
from memory_state.workflow.model import Definition, Event, Phase, PhaseState, State, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FREE_FIELDS = ("title", "issue_number", "branch_name", "plan_file", "context")
EDITED_FIELDS = (*FREE_FIELDS, "allow", "deny")
DOCUMENT_EVENTS = frozenset(
    {
        "workflow.started", "workflow.completed", "workflow.failed", "workflow.cancelled",
        "workflow.parked", "workflow.resumed",
        "phase.entered", "phase.completed", "phase.returned", "phase.skipped",
        "approval.given", "approval.voided",
        "task.added", "task.started", "task.completed", "task.reopened", "task.dropped",
        "document.edited", "state.recovered", "state.rolled_back", "note.added",
    }
)  # fmt: skip
# What details of another shape than theirs lead to.
SENSELESS = (MemoryStateError, AttributeError, LookupError, StopIteration, TypeError, ValueError)
WAYS = ("verify", "recover")

NEVER_RUN: dict[str, object] = {
    "status": "pending", "started_at": None, "completed_at": None, "reason": None, "returned_at": None,
    "approved_by": None, "approved_at": None,
}  # fmt: skip


def started(definition: Definition, event: Event) -> State:
    """The state of a run whose only event is `workflow.started`: pending, before its first phase."""
    details = event.details
    first = definition.phases[0]
    context = cast("dict[str, object]", details.get("context") or {})
    state = State(
        workflow_id=str(details["workflow_id"]),
        title=str(details["title"]),
        definition=definition.name,
        level=str(details.get("level", definition.level)),
        status="pending",
        phase=first.id,
        role=first.role,
        phases=tuple(PhaseState(each.id) for each in definition.phases),
        created_at=whole_seconds(event.time),
        updated_at=event.time,
        event=event.number,
        allow=policy(first),
        deny=first.deny,
        parent=cast("str | None", details.get("parent")),
        issue_number=cast("int | None", details.get("issue_number")),
        branch_name=cast("str | None", details.get("branch_name")),
        plan_file=cast("str | None", details.get("plan_file")),
        context=context_pairs(context),
        advance_on=first.advance_on,
        origin=context_pairs(cast("dict[str, object]", details.get("origin") or {})),
    )
    arrived = details.get("arrived")
    return state if arrived is None else standing_as_sent(definition, state, cast("dict[str, Any]", arrived))


def standing_as_sent(definition: Definition, state: State, sent: dict[str, Any]) -> State:
    """The state of a run that began in another memory path; a phase of which nothing was sent is pending."""
    phase = phase_of(definition, sent["phase"])
    standing = {each["id"]: PhaseState(**each) for each in sent["phases"]}
    return state._replace(
        status=sent["status"], phase=phase.id, role=phase.role, allow=policy(phase), deny=phase.deny,
        phases=tuple(standing.get(each.id, each) for each in state.phases),
        created_at=sent["created_at"], retries=sent["retries"], advance_on=phase.advance_on,
    )  # fmt: skip


def fold(definition: Definition, events: Iterable[Event], state: State | None = None) -> State | None:
    """The state after these events; None when there is no `workflow.started` among them.

    Broken for an event that makes no sense where it stands, or a state that no history can give.
    """
    from memory_state.workflow.flaws import flaw

    before = state
    for event in events:
        try:
            if event.type == "workflow.started" and state is None:
                state = started(definition, event)
            elif state is not None:
                state = evolve(definition, state, event)
        except SENSELESS as error:
            why = f"event {event.number}, {event.type}, does not fit the events before it"
            raise Broken(f"{why}: {type(error).__name__}: {error}", WAYS) from error
    why = "" if state is None or state is before else flaw(definition, state)
    if why:
        raise Broken(f"the history makes no sense: {why}", WAYS)
    return state


def evolve(definition: Definition, state: State, event: Event) -> State:
    """The state after one more event; events that concern no document leave it as it is."""
    if event.type not in DOCUMENT_EVENTS or event.number <= state.event:
        return state
    change = EVOLUTIONS.get(event.type)
    if change is not None:
        state = change(definition, state, event)
        state = state._replace(tasks=in_phase_order(definition, state.tasks))
    return state._replace(event=event.number, updated_at=max(event.time, state.updated_at))


def in_phase_order(definition: Definition, tasks: Iterable[Task]) -> tuple[Task, ...]:
    """The tasks as a document lists them: by phase, those of one phase in the order they came."""
    places = {each.id: at for at, each in enumerate(definition.phases)}
    return tuple(sorted(tasks, key=lambda task: places.get(task.phase, len(places))))


def context_pairs(context: dict[str, object]) -> tuple[tuple[str, object], ...]:
    """A context as a state holds it: by key, as the order of a mapping's keys says nothing."""
    return tuple(sorted(context.items()))


def policy(phase: Phase) -> tuple[str, ...]:
    """What a phase allows, in words: no `allow` key means everything."""
    return ("*",) if phase.allow is None else phase.allow


def with_phase(state: State, phase: str, **changes: object) -> State:
    """The state with these fields of one phase changed."""
    return state._replace(
        phases=tuple(each._replace(**changes) if each.id == phase else each for each in state.phases)  # type: ignore[arg-type]  # fields by name
    )


def enter(phase: Phase, state: State, moment: str) -> State:
    """The state in that phase, its own tasks listed; nothing changes when it is in progress there."""
    standing = next(each for each in state.phases if each.id == phase.id)
    if state.phase == phase.id and standing.status == "in_progress":
        return state
    known = {task.text for task in state.tasks if task.phase == phase.id}
    added = tuple(Task(phase.id, text) for text in phase.tasks if text not in known)
    state = with_phase(
        state, phase.id, **NEVER_RUN | {"status": "in_progress", "started_at": whole_seconds(moment)},
    )  # fmt: skip
    return state._replace(
        phase=phase.id, role=phase.role, allow=policy(phase), deny=phase.deny,
        status=status_within(phase), tasks=state.tasks + added, advance_on=phase.advance_on,
    )  # fmt: skip


def phase_entered(definition: Definition, state: State, event: Event) -> State:
    """`phase.entered`."""
    return enter(phase_of(definition, event.subject), state, event.time)


def phase_completed(definition: Definition, state: State, event: Event) -> State:
    """`phase.completed` names the phase it leads to, so that a move is whole with its first line."""
    state = with_phase(state, event.subject, status="completed", completed_at=whole_seconds(event.time))
    target = event.details.get("to")
    if target is None:
        return state._replace(status="completed")
    return enter(phase_of(definition, str(target)), state, event.time)


def phase_skipped(definition: Definition, state: State, event: Event) -> State:
    """`phase.skipped`, of the current phase (then it names the next) or of one to come."""
    skipped = {"status": "skipped", "reason": event.details.get("reason")}
    state = with_phase(state, event.subject, **NEVER_RUN | skipped)
    target = event.details.get("to")
    if event.details.get("ends"):
        return state._replace(status="completed")
    return state if target is None else enter(phase_of(definition, str(target)), state, event.time)


def phase_returned(definition: Definition, state: State, event: Event) -> State:
    """`phase.returned`: phases between are to do again, and the reason is a task where the work goes."""
    target = phase_of(definition, str(event.details["to"]))
    ids = [each.id for each in definition.phases]
    redone = definition.phases[ids.index(target.id) + 1 : ids.index(event.subject) + 1]
    own = {(each.id, text) for each in redone for text in each.tasks}
    tasks = tuple(
        task._replace(status="pending")
        if (task.phase, task.text) in own and task.status == "completed"
        else task
        for task in state.tasks
    )
    for each in redone:
        state = with_phase(state, each.id, **NEVER_RUN)
    state = with_phase(
        state,
        event.subject,
        status="returned",
        returned_at=whole_seconds(event.time),
        returns=event.details["count"],
    )
    state = state._replace(tasks=(*tasks, Task(target.id, str(event.details["reason"]))))
    return enter(target, state, event.time)


def status_changed(definition: Definition, state: State, event: Event) -> State:
    """`workflow.parked` and the ends: only the status changes."""
    ends = {"workflow.completed": "completed", "workflow.failed": "failed", "workflow.cancelled": "cancelled"}
    return state._replace(status=ends.get(event.type) or str(event.details["status"]))


def workflow_resumed(definition: Definition, state: State, event: Event) -> State:
    """`workflow.resumed`: after a failure a retry is used up, after a block returns count anew.

    A run that was stopped before its first phase enters it now.
    """
    source = event.details.get("from")
    if source == "failed":
        state = state._replace(retries=state.retries + 1)
    if source == "blocked":
        state = with_phase(state, state.phase, returns=0)
    phase = phase_of(definition, state.phase)
    return enter(phase, state, event.time)._replace(status=status_within(phase))


def approval_given(definition: Definition, state: State, event: Event) -> State:
    """`approval.given`: who let the phase be left, and when."""
    return with_phase(
        state, event.subject, approved_by=event.details["name"], approved_at=whole_seconds(event.time)
    )


def approval_voided(definition: Definition, state: State, event: Event) -> State:
    """`approval.voided`."""
    return with_phase(state, event.subject, approved_by=None, approved_at=None)


def task_added(definition: Definition, state: State, event: Event) -> State:
    """`task.added`, at the end of its phase."""
    status = str(event.details.get("status", "pending"))
    return state._replace(tasks=(*state.tasks, Task(event.subject, str(event.details["text"]), status)))


TASK_STATUS = {
    "task.started": "in_progress",
    "task.completed": "completed",
    "task.reopened": "pending",
    "task.dropped": "dropped",
}


def task_changed(definition: Definition, state: State, event: Event) -> State:
    """A task's box; `nth` tells tasks of the same phase and text apart, `removed` means its line is gone."""
    wanted = (event.subject, event.details["text"])
    nth = cast("int", event.details.get("nth", 1))
    places = [i for i, task in enumerate(state.tasks) if (task.phase, task.text) == wanted]
    if not 1 <= nth <= len(places):
        return state
    at = places[nth - 1]
    changed = (
        () if event.details.get("removed") else (state.tasks[at]._replace(status=TASK_STATUS[event.type]),)
    )
    return state._replace(tasks=state.tasks[:at] + changed + state.tasks[at + 1 :])


def document_edited(definition: Definition, state: State, event: Event) -> State:
    """`document.edited`: fields that are a person's to set, and a policy that became narrower."""
    given = cast("dict[str, object]", event.details.get("fields") or {})
    fields = {name: value for name, value in given.items() if name in EDITED_FIELDS}
    if "context" in fields:
        fields["context"] = context_pairs(cast("dict[str, object]", fields["context"] or {}))
    for name in ("allow", "deny"):
        if fields.get(name) is not None:
            fields[name] = tuple(cast("list[str]", fields[name]))
    return state._replace(**fields)  # type: ignore[arg-type]  # fields by name


def rolled_back(definition: Definition, state: State, event: Event) -> State:
    """`state.rolled_back`: the state it went back to, in full; without it, the start of the first phase."""
    from memory_state.workflow.restoration import restored, state_in

    values = state_in(event.details)
    return from_first(definition, state, event) if values is None else restored(state, values)


def recovered(definition: Definition, state: State, event: Event) -> State:
    """`state.recovered`: a state where it holds one; else only the document was built anew."""
    from memory_state.workflow.restoration import restored, state_in

    values = state_in(event.details)
    return state if values is None else restored(state, values)


def from_first(definition: Definition, state: State, event: Event) -> State:
    """The state with no phase done, in its first one."""
    state = state._replace(phases=tuple(PhaseState(each.id) for each in definition.phases))
    return enter(definition.phases[0], state, event.time)


EVOLUTIONS: dict[str, Callable[[Definition, State, Event], State]] = {
    "phase.entered": phase_entered,
    "phase.completed": phase_completed,
    "phase.skipped": phase_skipped,
    "phase.returned": phase_returned,
    "workflow.parked": status_changed,
    "workflow.completed": status_changed,
    "workflow.failed": status_changed,
    "workflow.cancelled": status_changed,
    "workflow.resumed": workflow_resumed,
    "approval.given": approval_given,
    "approval.voided": approval_voided,
    "task.added": task_added,
    "task.started": task_changed,
    "task.completed": task_changed,
    "task.reopened": task_changed,
    "task.dropped": task_changed,
    "document.edited": document_edited,
    "state.rolled_back": rolled_back,
    "state.recovered": recovered,
}
