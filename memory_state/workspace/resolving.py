"""A person's choice where two things claim one place: live workflows, or the sides of a conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Refused
from memory_state.core.layout import workflow_id
from memory_state.workflow import machine
from memory_state.workflow.conflict import sides
from memory_state.workflow.document import body_start, notes_of, read_document
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import ENDED, LIVE
from memory_state.workflow.projection import project
from memory_state.workspace.actor import require_person
from memory_state.workspace.holding import CONFLICT
from memory_state.workspace.nesting import give_back, live_inner, refuse_above_inner
from memory_state.workspace.placing import relocate
from memory_state.workspace.run import keep, load, store
from memory_state.workspace.statefiles import state_details
from memory_state.workspace.swapping import take_away
from memory_state.workspace.transaction import locked, log, settled, transact

if TYPE_CHECKING:
    from memory_state.workflow.model import State
    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace

REASON = "archived"


def keep_workflow(workspace: Workspace, wanted: str) -> Run:
    """Make a workflow the current one and park the live others; a conflict in its document ends.

    Those it is within, or that are within it, stay as they are.
    """
    require_person(workspace.actor, "resolve")
    chosen = workspace.show(workflow_id(wanted))
    if chosen.held == CONFLICT:
        chosen = resolve_conflict(workspace, chosen.id)
    if chosen.state.status not in LIVE:
        ways = ("list",) if chosen.state.status in ENDED else (f"resume {chosen.id}",)
        raise Refused(f"resolve: workflow {chosen.id} is {chosen.state.status}", ways)
    family = {run.id for run in related(workspace, chosen)}
    for other in workspace.workflows():
        if other.state.status in LIVE and other.id not in family:
            park(workspace, other)
    with locked(workspace.project.memory):
        chosen = settled(workspace.project, chosen.id)
    workspace.bind(chosen.id)
    return chosen


def related(workspace: Workspace, run: Run) -> list[Run]:
    """The workflow, those it is within, and the one within it that is at work."""
    found = [run]
    while (parent := found[-1].state.parent) is not None and parent not in [each.id for each in found]:
        found.append(workspace.show(parent))
    inner = live_inner(run.memory, run.id)
    while inner is not None:
        found.append(inner)
        inner = live_inner(inner.memory, inner.id)
    return found


def park(workspace: Workspace, run: Run) -> None:
    """Set a live workflow aside; one that is blocked is no longer at work anyway, and stays so."""
    if run.state.status != "blocked":
        transact(
            workspace.project, run.id, workspace.actor,
            lambda standing: machine.park(standing.state, "park", "paused", "another workflow was kept"),
        )  # fmt: skip


def archive_workflow(workspace: Workspace, wanted: str, *, live: bool = False) -> Run:
    """Put a workflow away for good: a parked or failed one is cancelled; with an ended one nothing happens.

    Refused for a live one, unless `live` says that a person chose that.
    """
    require_person(workspace.actor, "archive")
    run = workspace.show(workflow_id(wanted))
    if run.state.status in LIVE and not live:
        raise Refused(
            f"archive: workflow {run.id} is {run.state.status}; archive is for one that is parked or over",
            (f"-w {run.id} park", f"-w {run.id} finish", f"resolve --archive {run.id}"),
        )
    refuse_above_inner(run, "archive")
    run = transact(
        workspace.project, run.id, workspace.actor,
        lambda standing: ()
        if standing.state.status in ENDED
        else machine.end(standing.state, "cancel", "cancelled", REASON),
    )  # fmt: skip
    give_back(workspace.project, workspace.actor, run)
    return run


def merge_workflow(workspace: Workspace, wanted: str) -> Run:
    """Take a workflow's open tasks and its notes over into the one that is meant, then archive it."""
    require_person(workspace.actor, "resolve")
    source = workspace.show(workflow_id(wanted))
    target = workspace.workflow()
    if source.id == target:
        raise Refused(
            f"resolve: workflow {source.id} can not be merged into itself; -w names the other", ("list",)
        )
    refuse_above_inner(source, "resolve")
    run = transact(workspace.project, target, workspace.actor, lambda standing: taken_over(standing, source))
    archive_workflow(workspace, source.id, live=True)
    return run


def taken_over(run: Run, source: Run) -> tuple[Draft, ...]:
    """The events that bring open tasks and notes into a workflow, what is there already left out."""
    if run.state.status not in LIVE:
        raise Refused(f"resolve: workflow {run.id} is {run.state.status}", machine.WAYS_OUT[run.state.status])
    return (*tasks_over(run.state, source.state), *notes_over(run, source))


def tasks_over(state: State, source: State) -> list[Draft]:
    """The open tasks, each in its phase, or in the current one where there is no such phase."""
    known, phases = {each[:2] for each in state.tasks}, {each.id for each in state.phases}
    found = []
    for each in source.tasks:
        phase = each.phase if each.phase in phases else state.phase
        if each.status in ("pending", "in_progress") and (phase, each.text) not in known:
            status = {} if each.status == "pending" else {"status": each.status}
            found.append(Draft("task.added", phase, {"text": each.text, **status}))
    return found


def notes_over(run: Run, source: Run) -> list[Draft]:
    """The lines of the notes, one event each; a line longer than a note may be comes in parts."""
    there = set(note_lines(run.text))
    lines = [line for line in note_lines(source.text) if line not in there]
    limit = machine.NOTE_LIMIT
    parts = [line[at : at + limit] for line in lines for at in range(0, len(line), limit)]
    return [Draft("note.added", run.state.phase, {"text": part}) for part in parts]


def note_lines(text: str) -> list[str]:
    """The lines of a document's notes that say something, without their bullets."""
    lines = (
        line.strip().removeprefix("- ").strip() for line in notes_of(text[body_start(text) :]).split("\n")
    )
    return [line for line in lines if line]


def resolve_conflict(workspace: Workspace, workflow: str) -> Run:
    """End a merge conflict in a document: the file goes to the archive, the stricter state is written.

    The text is that of the first side that can be read, with the notes of the other.
    """
    project_ = workspace.project
    with locked(project_.memory):
        run = load(project_.memory, workflow)
        if run.held != CONFLICT:
            return run
        label = f"{run.id}-conflict"
        kept = keep(run.memory, label, run.stored or b"")
        state, both = run.state, sides(run.text)
        details = state_details(
            run.memory, run.id, {"why": "a person resolved a merge conflict", "archived": kept}, state
        )
        text = next((each for each in both if read_document(each, run.definition, "").state), None)
        draft = Draft("state.recovered", state.phase, details)
        logged = log(project_, run, [draft], workspace.actor)._replace(held="", ways=(), problems=())
        if text is None:
            keep(run.memory, label, take_away(run.path) or run.stored or b"")
            return settled(project_, run.id)
        more = [line for each in both for line in note_lines(each) if line not in note_lines(text)]
        content = project(text, run.definition, logged.state, list(dict.fromkeys(more)))
        return relocate(store(logged, content, power=project_.power))
