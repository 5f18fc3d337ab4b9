"""One change of a run: lock, load, settle, decide, log, write.

The event is logged first, then the document is written. Should a person save the document in
between, the next turn of the loop merges both.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.clock import format_time
from memory_state.core.errors import Conflict, Missing, Misused, Refused
from memory_state.core.files import (
    make_folder,
    read_if_there,
    release_lock,
    replace_file,
    take_lock,
)
from memory_state.core.layout import history_folder, state_lock
from memory_state.workflow.document import FIELD_TYPES, body_start, notes_of, read_body, read_document
from memory_state.workflow.fold import DOCUMENT_EVENTS, fold
from memory_state.workflow.gates import ask
from memory_state.workflow.machine import Draft, Verdict, gate_of
from memory_state.workflow.model import ENDED, Event, Problem, State
from memory_state.workflow.projection import evolve_text, project
from memory_state.workflow.reconcile import Adoption, Refusal, reconcile, refusal, unread_refusals
from memory_state.workspace.accepted import forget_accepted
from memory_state.workspace.actor import Actor
from memory_state.workspace.evidence import gather
from memory_state.workspace.history import append_events, event_line
from memory_state.workspace.holding import MERGED_WAYS
from memory_state.workspace.phaselogs import keep_phase_log
from memory_state.workspace.placing import relocate
from memory_state.workspace.run import Run, archive, fresh_text, load, ordered, store
from memory_state.workspace.saves import save_after
from memory_state.workspace.sources import read_source
from memory_state.workspace.statefiles import state_details

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from memory_state.workspace.project import Project

PAUSES = (0.0, 0.02, 0.05, 0.1, 0.2)
LOCK_PATIENCE = 10.0
NEW = "start DEFINITION TITLE"
TEXT: dict[str, object] = {"text": True}
ROOM: dict[str, object] = {"by": "edit", "agent": "agent", "clock_back": 10**9, "doc": 10**9}


@contextmanager
def locked(memory: str, seconds: float = LOCK_PATIENCE) -> Iterator[None]:
    """Hold the lock of a memory path; Conflict when it is not had in time, Missing without any state."""
    if not Path(memory, "state").is_dir():
        raise Missing(f"there is no workflow below {memory}", ("start DEFINITION TITLE",))
    make_folder(f"{memory}/state/.cache")
    descriptor = take_lock(state_lock(memory), seconds)
    try:
        yield
    finally:
        release_lock(descriptor)


def transact(
    project_: Project,
    workflow: str,
    actor: Actor,
    decide: Callable[[Run], Sequence[Draft]],
    *,
    agent: bool = False,
) -> Run:
    """Change a run by what `decide` makes of it; a refusal leaves its record and nothing else.

    `agent` says that an edit found on the way was made by an agent.
    """
    with locked(project_.memory):
        run = settled(project_, workflow, agent=agent)
        try:
            drafts = tuple(decide(run))
        except Refused as refused:
            require_free(run)
            if refused.record is not None:
                log(project_, run, [Draft(*refused.record)], actor)
            raise
        return commit(project_, run, drafts, actor)


def settled(project_: Project, workflow: str, *, agent: bool = False) -> Run:
    """Load a run and bring its document to agree with its log; the caller holds the lock."""
    for pause in PAUSES:
        try:
            return settle(project_, load(project_.memory, workflow), agent=agent)
        except Conflict:
            time.sleep(pause)
    raise Conflict(f"the document of {workflow} keeps changing while it is written; try again")


def settle(project_: Project, run: Run, *, agent: bool) -> Run:
    """Store what the log says, or adopt what a person or an agent wrote; a held run stays as it is."""
    if run.held:
        # Without its accepted copy no hook decides by the document's front matter alone.
        if run.ways == MERGED_WAYS:
            forget_accepted(run.memory, run.id)
        return run
    if run.fault:
        return recovered(project_, run)
    if run.edited:
        return adopted(project_, run, agent=agent)
    state = shown_state(run.text, run) or run.state
    return relocate(store(run._replace(state=state), run.text, power=project_.power))


def recovered(project_: Project, run: Run) -> Run:
    """The run with its document built anew, the unusable one in the archive."""
    details: dict[str, object] = {"why": run.fault[:500]}
    if run.stored is not None:
        details["archived"] = archive(run, "damaged")
    if run.lowered:
        details = state_details(run.memory, run.id, details, run.state)
    run = log(project_, run, [Draft("state.recovered", run.state.phase, details)], Actor("hook"))
    return relocate(store(run, project(run.text, run.definition, run.state), power=project_.power))


def adopted(project_: Project, run: Run, *, agent: bool) -> Run:
    """The run with an edit taken over as far as it is legal; the rest is archived and told."""
    adoption = judge(project_, run, agent=agent)
    wrong = [Refusal("value", f"line {each.line}: {each.message}", "validate") for each in wrong_values(run)]
    adoption = adoption._replace(refusals=(*adoption.refusals, *wrong))
    drafts = list(adoption.drafts)
    if adoption.refusals:
        kept = archive(run, "refused")
        drafts += [
            Draft(
                "violation.recorded",
                run.state.phase,
                {"rule": r.rule, "what": r.what[:500], "archived": kept},
            )
            for r in adoption.refusals
        ]
        told = [
            Problem(
                run.path,
                0,
                f"{r.what} was refused; the legal way is `{project_.program} {r.way}`. Kept in {kept}",
            )
            for r in adoption.refusals
        ]
        run = run._replace(problems=(*run.problems, *told))
    edited = (run.stored or b"").decode()
    expected = run.text
    run = log(project_, run, drafts, Actor("edit", agent="agent" if agent else None))
    text = settled_text(run, edited, expected)
    run = run._replace(state=shown_state(text, run) or run.state)
    run = relocate(store(run, text, power=project_.power))
    save_after(project_, run, drafts, None)
    return run


def settled_text(run: Run, edited: str, expected: str) -> str:
    """An edited document put right: if need be as it was expected, or made anew with its notes."""
    text = evolve_text(edited, run.definition, run.origin, run.state, run.notes)
    if shown_state(text, run) is None:
        text = project(expected, run.definition, run.state)
    if shown_state(text, run) is None:
        text = fresh_text(run, notes_of(edited[body_start(edited) :]))
    return text


def wrong_values(run: Run) -> tuple[Problem, ...]:
    """The values of an edited front matter that mean nothing."""
    return run.shown.wrong if run.shown else ()


def judge(project_: Project, run: Run, *, agent: bool) -> Adoption:
    """What of an edit is legal, less what the log says already."""
    if run.shown is None or run.shown.state is None:
        raise AssertionError("only a readable document is judged")
    verdicts: tuple[Verdict, ...] = ()
    if run.shown.state.phase != run.state.phase:
        facts = gather(run, project_.settings, project_.environment, commands=False)
        state = with_edited_tasks(run, run.shown.state, agent=agent)
        verdicts = ask(gate_of(run.definition, state), state, facts)
    changed = residue(run.text) != residue((run.stored or b"").decode())
    adoption = reconcile(
        run.definition, run.origin, run.shown.state, agent=agent, body_changed=changed, verdicts=verdicts
    )
    known = reconcile(run.definition, run.origin, run.state, agent=False, body_changed=False).drafts
    drafts = [draft for draft in adoption.drafts if draft not in known]
    wrong = unread_refusals(run.origin, run.shown.state, run.shown.unread)
    wrong += tuple(refusal("size", why) for draft in drafts if (why := unrecordable(draft)))
    fit = tuple(draft for draft in drafts if not unrecordable(draft))
    if run.state.status in ENDED:
        wrong += tuple(
            Refusal("ended", f"{each.type} after the end", NEW) for each in fit if each.details != TEXT
        )
        fit = tuple(each for each in fit if each.details == TEXT)
    return Adoption(fit, (*adoption.refusals, *wrong))


def with_edited_tasks(run: Run, shown: State, *, agent: bool) -> State:
    """The state once the tasks of an edit are taken over: who ticks the last one may move on in one save."""
    found = reconcile(run.definition, run.origin, shown, agent=agent, body_changed=False).drafts
    tasks = [each for each in found if each.type.startswith("task.") and not unrecordable(each)]
    number = run.state.event
    events = (Event(number + at, run.moment, *each) for at, each in enumerate(tasks, 1))
    return fold(run.definition, events, run.state) or run.state


def unrecordable(draft: Draft) -> str:
    """Why an edit can not be written as an event; empty when it can."""
    try:
        event_line(Event(10**9, format_time(0.0), draft.type, draft.subject, {**draft.details, **ROOM}))
    except Misused as error:
        return error.sentence
    return ""


def residue(text: str) -> list[str]:
    """The lines of a document that are not ours: notes, comments, unknown keys, whatever a person adds."""
    start = body_start(text)
    body = read_body(text[start:])
    own = {line.at for line in body.phases} | {placed.at for placed in body.tasks}
    keys = tuple(f"{name}:" for name in FIELD_TYPES)
    header = [line for line in text[:start].split("\n") if not line.startswith(keys)]
    return header + [line for at, line in enumerate(text[start:].split("\n")) if at not in own]


def shown_state(text: str, run: Run) -> State | None:
    """The run's state with its tasks in the order of a document; None when that shows another state.

    Tasks are addressed by their place in the document, also where the log has them in another order.
    """
    state = read_document(text, run.definition, run.path).state
    return state if state is not None and ordered(state) == ordered(run.state) else None


def log(project_: Project, run: Run, drafts: Sequence[Draft], actor: Actor) -> Run:
    """Append events; the run then stands where the log's end does, its document still to be written."""
    if not drafts:
        return run
    events = append_events(run.memory, run.id, drafts, actor, project_.clock(), power=project_.power)
    state = fold(run.definition, events, run.state)
    return run._replace(state=state or run.state, moment=events[-1].time)


def commit(project_: Project, run: Run, drafts: Sequence[Draft], actor: Actor) -> Run:
    """Log these events and write what they change; Conflict for a held run that they would move."""
    if any(draft.type in DOCUMENT_EVENTS for draft in drafts):
        require_free(run)
    if not drafts:
        save_after(project_, run, drafts, actor.session)
        return run
    before = run.state
    run = log(project_, run, drafts, actor)
    if run.state.event != before.event:
        notes = [str(draft.details["text"]) for draft in drafts if draft.type == "note.added"]
        text = evolve_text(run.text, run.definition, before, run.state, notes)
        try:
            run = relocate(store(run, text, power=project_.power))
        except Conflict:
            run = settled_later(project_, run)
    if any(draft.type == "phase.completed" for draft in drafts):
        keep_plan(project_, run)
    save_after(project_, run, drafts, actor.session)
    keep_phase_log(run, before.phase, drafts)
    return run


def require_free(run: Run) -> None:
    """Raise Conflict for a held run: until it is repaired nothing moves it, and no refusal is recorded."""
    if run.held:
        raise Conflict(f"workflow {run.id} stands still: {run.held}", run.ways)


def settled_later(project_: Project, run: Run) -> Run:
    """A run whose events are logged and whose document somebody is saving: what is logged holds."""
    try:
        return settled(project_, run.id)
    except Conflict as error:
        told = f"{error.sentence}. The history has it; the next command brings the document up to date"
        return run._replace(problems=(*run.problems, Problem(run.path, 0, told)))


def keep_plan(project_: Project, run: Run) -> None:
    """Keep a copy of the plan, as it is at the end of a phase, with the workflow's history."""
    if run.state.plan_file is None:
        return
    content = read_source(project_.settings.root, run.state.plan_file)
    kept = f"{history_folder(run.memory, run.id)}/plan.md"
    if content and content != read_if_there(kept):
        replace_file(kept, content, durable=False)
