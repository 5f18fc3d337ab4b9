"""Making a workflow whole again whose document, log or definition is damaged or gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from memory_state.core.clock import format_time, parse_time
from memory_state.core.errors import Broken, MemoryStateError, Refused
from memory_state.core.files import make_folder, read_if_there, replace_file
from memory_state.core.jsontext import encode_json_event
from memory_state.core.layout import event_log, history_folder, recovery_file
from memory_state.workflow.document import read_document
from memory_state.workflow.fold import fold, started
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import LIVE, Definition, Event, State
from memory_state.workflow.projection import project
from memory_state.workflow.rebuilding import safe_state
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace import sessions
from memory_state.workspace.accepted import forget_accepted, keep_accepted
from memory_state.workspace.beginning import prepare
from memory_state.workspace.definitions import load_definition, snapshot
from memory_state.workspace.history import event_line, log_opening, number_events, read_events
from memory_state.workspace.logscan import scan_log
from memory_state.workspace.naming import no_workflow
from memory_state.workspace.phaselogs import rebuild_phase_logs
from memory_state.workspace.remains import Remains, lost_id, remains_of
from memory_state.workspace.run import keep
from memory_state.workspace.saves import save_recovery
from memory_state.workspace.statefiles import state_details
from memory_state.workspace.swapping import swap_file
from memory_state.workspace.transaction import commit, locked, settled

if TYPE_CHECKING:
    from memory_state.workspace.logscan import Line, Parts
    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace

DAMAGED_TOLD = 100


class Recovery(NamedTuple):
    """A run made whole, and in sentences what was done; none when nothing was wrong."""

    run: Run
    done: tuple[str, ...]


def recover(workspace: Workspace, wanted: str | None = None) -> Recovery:
    """Make a workflow whole from what is left of it, at no later phase than that proves.

    Broken when nothing is left to build it from; its sessions are then freed if a person asks.
    """
    workflow = lost_id(workspace, wanted)
    memory = workspace.project.memory
    if not Path(memory, "state").is_dir():
        nothing_left(workspace, workflow)
    prepare(memory)
    with locked(memory):
        left = remains_of(memory, workflow)
        if not (left.events or left.text or left.kept or Path(history_folder(memory, workflow)).is_dir()):
            nothing_left(workspace, workflow)
        done = [*mend_definition(workspace, workflow, left), *mend_log(workspace, workflow, left)]
        run = settled(workspace.project, workflow)
        done += [each.message for each in run.problems]
        run, told = note_damage(workspace, run)
        save_recovery(workspace.project, run, "manual", workspace.actor.session)
        rebuild_phase_logs(memory, run.id)
    if workspace.bound() is None and run.state.status in LIVE:
        workspace.bind(run.id)
    return Recovery(run, (*done, *told))


def nothing_left(workspace: Workspace, workflow: str) -> NoReturn:
    """Raise: Missing for a workflow that nobody knows, Broken for one that a session is bound to."""
    environment, memory = workspace.project.environment, workspace.project.memory
    bound = [each for each in sessions.bindings(environment, workflow) if each.memory == memory]
    if not bound:
        raise no_workflow(memory, workflow)
    sentence = f"nothing is left of workflow {workflow} below {memory}: no history, document or recovery file"
    if workspace.actor.by != "person":
        raise Broken(f"{sentence}; a person who runs recover frees the session of it", ("list",))
    for each in bound:
        sessions.unbind(environment, each.session)
    raise Broken(
        f"{sentence}; the sessions that worked on it are free of it now", ("start DEFINITION TITLE",)
    )


def mend_definition(workspace: Workspace, workflow: str, left: Remains) -> list[str]:
    """Put a definition of the same name in the place of a snapshot that is gone; says so."""
    folder = history_folder(workspace.project.memory, workflow)
    path = Path(folder, "definition.md")
    try:
        snapshot(path)
    except Broken as error:
        why = error.sentence
    else:
        return []
    definition, text = substitute(workspace.project.memory, workflow, left, why)
    damaged = read_if_there(str(path))
    if damaged is not None:
        keep(workspace.project.memory, f"{workflow}-definition", damaged)
    make_folder(folder)
    replace_file(str(path), text.encode(), durable=True)
    return [f"{why}; the definition {definition.name} as it is now took its place"]


def substitute(memory: str, workflow: str, left: Remains, why: str) -> tuple[Definition, str]:
    """The definition of a workflow's name, and its text; Broken when it has not the phases of the run."""
    name = left.definition
    try:
        definition, text = load_definition(memory, name or "")
    except MemoryStateError as error:
        raise Broken(f"{why}, and {error.sentence}", ("list", "validate")) from error
    known = {each.id for each in definition.phases}
    used = {each.subject for each in left.events if each.type.startswith("phase.")}
    used |= {left.kept.phase} if left.kept and not left.events else set()
    strange = sorted(used - known)
    if strange:
        raise Broken(
            f"{why}, and the definition {name} has no phase {strange[0]}, which workflow {workflow} was in",
            ("list", "validate"),
        )
    return definition, text


def mend_log(workspace: Workspace, workflow: str, left: Remains) -> list[str]:
    """Begin a new log where none is left that begins with the workflow's start; says from what."""
    memory = workspace.project.memory
    definition, _ = snapshot(Path(history_folder(memory, workflow), "definition.md"))
    why = unusable(definition, left)
    if not why:
        return []
    if Path(history_folder(memory, workflow), "final.md").is_file():
        raise Refused(
            f"workflow {workflow} has ended; its history is lost, final.md is left of it", ("list",)
        )
    shown = read_document(left.text, definition, "").state if left.text else None
    if shown is None and left.kept is None:
        raise Broken(f"the history of workflow {workflow} is lost, and nothing else is left", ("list",))
    kept = archived(memory, workflow)
    state = rebuilt_log(workspace, workflow, definition, left, shown, kept)
    stored = read_if_there(left.path) if left.path and shown is not None else None
    if left.path and left.text and stored is not None:
        label = f"{workflow}-unproven"
        keep(memory, label, stored)
        content = project(left.text, definition, state).encode()
        swap_file(left.path, content, stored, durable=True, keep=lambda found: keep(memory, label, found))
        keep_accepted(memory, state, content)
    else:
        forget_accepted(memory, workflow)
    return [f"{why}; it goes on in phase {state.phase}, {sources(shown, left)}"]


def unusable(definition: Definition, left: Remains) -> str:
    """Why a log gives no state; empty when it does."""
    try:
        return "" if fold(definition, left.events) is not None else "its history was lost"
    except Broken as error:
        return f"its history is of no use, as {error.sentence}"


def sources(shown: State | None, left: Remains) -> str:
    """From what a state was built, as the end of a sentence."""
    if left.kept is None:
        return "the first one, as only the document is left and no recovery file confirms it"
    return "by its document and recovery file" if shown is not None else "by its recovery file"


def archived(memory: str, workflow: str) -> list[str]:
    """Keep the unusable log and the recovery file in the archive; gives their places."""
    files = {"log": event_log(memory, workflow), "recovery": recovery_file(memory, workflow)}
    found = ((label, read_if_there(path, 1 << 30)) for label, path in files.items())
    return [keep(memory, f"{workflow}-{label}", content) for label, content in found if content]


def rebuilt_log(
    workspace: Workspace,
    workflow: str,
    definition: Definition,
    left: Remains,
    shown: State | None,
    kept: list[str],
) -> State:
    """Write a log of two events, a start and what was recovered; gives the state it folds to."""
    project_ = workspace.project
    now = format_time(project_.clock())
    title = shown.title if shown else (left.kept.title if left.kept else "") or f"Recovered {workflow}"
    first: dict[str, object] = {"workflow_id": workflow, "title": title}
    created = beginning_time(shown, now)
    base = started(definition, Event(1, created, "workflow.started", definition.name, first))
    state = safe_state(definition, base, shown, left.kept, now)
    details = state_details(
        project_.memory, workflow, {"why": "the history was lost", "archived": kept}, state
    )
    drafts = [
        Draft("workflow.started", definition.name, first),
        Draft("state.recovered", state.phase, details),
    ]
    events = number_events(drafts, workspace.actor, project_.clock(), 0, "", 0)
    events[0] = events[0]._replace(time=created)
    make_folder(history_folder(project_.memory, workflow))
    lines = log_opening(workflow) + b"".join(map(event_line, events))
    replace_file(event_log(project_.memory, workflow), lines, durable=True)
    return state._replace(event=events[-1].number, updated_at=max(events[-1].time, created))


def beginning_time(shown: State | None, now: str) -> str:
    """When the workflow began, by its document; now where that is no time."""
    if shown is None:
        return now
    try:
        return min(format_time(parse_time(shown.created_at)), now)
    except ValueError:
        return now


def note_damage(workspace: Workspace, run: Run) -> tuple[Run, list[str]]:
    """Keep a copy of a log with damaged lines and say so in the history, once for the same lines."""
    memory = run.memory
    recorded: list[bytes] = []

    def visit(line: Line, parts: Parts) -> None:
        if parts[2] == "state.recovered":
            recorded.append(parts[4])

    scan = scan_log(memory, run.id, visit)
    lines = list(scan.damaged[:DAMAGED_TOLD])
    mark = f'"damaged":{encode_json_event(lines)}'.encode()
    if not lines or any(mark in each for each in recorded):
        return run, []
    kept = keep(memory, f"{run.id}-log", Path(event_log(memory, run.id)).read_bytes())
    said = f"damaged lines in the history, passed over: {len(scan.damaged)}; a copy of it is in {kept}"
    details: dict[str, object] = {"why": "damaged lines in the history", "damaged": lines, "archived": kept}
    state = proven(run)
    draft = Draft("state.recovered", state.phase, state_details(memory, run.id, details, state))
    return commit(workspace.project, run, [draft], workspace.actor), [said]


def proven(run: Run) -> State:
    """The accepted state, or that of the events that can still be read where its phase is earlier."""
    folded = fold(run.definition, read_events(run.memory, run.id)) or run.state
    ids = [each.id for each in run.definition.phases]
    return min(run.state, folded, key=lambda state: ids.index(state.phase))
