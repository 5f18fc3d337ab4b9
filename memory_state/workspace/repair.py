"""Writing a merged log anew: one order, dense numbers, one seal; the merged one stays in the archive."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.clock import format_time
from memory_state.core.errors import Broken
from memory_state.core.files import read_if_there, replace_file
from memory_state.core.layout import event_log
from memory_state.workflow.conflict import conflict_line
from memory_state.workflow.document import read_document
from memory_state.workflow.fold import DOCUMENT_EVENTS, fold
from memory_state.workflow.merging import in_order, merged_state, renumbered
from memory_state.workflow.model import Event
from memory_state.workflow.projection import project
from memory_state.workspace.accepted import forget_accepted, keep_accepted
from memory_state.workspace.history import event_line, log_opening
from memory_state.workspace.merged import merged_entries
from memory_state.workspace.run import keep, load
from memory_state.workspace.statefiles import state_details
from memory_state.workspace.swapping import swap_file, take_away
from memory_state.workspace.transaction import locked, settled

if TYPE_CHECKING:
    from memory_state.workflow.merging import Entry
    from memory_state.workflow.model import Definition, State
    from memory_state.workspace.actor import Actor
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace


def repair_logs(workspace: Workspace) -> str:
    """Write every log of a memory path that git merged anew; gives a sentence about each, empty for none."""
    memory = workspace.project.memory
    paths = sorted(Path(memory, "state", "workflow-history").glob("*/events.md"))
    told = [repair_log(workspace.project, path.parent.name, workspace.actor) for path in paths]
    return "; ".join(filter(None, told))


def repair_log(project_: Project, workflow: str, actor: Actor) -> str:
    """Write a log that git merged anew; gives a sentence about it, empty for a log that is in order."""
    memory = project_.memory
    with locked(memory):
        entries = merged_entries(memory, workflow)
        if entries is None:
            return ""
        run = load(memory, workflow)
        path = event_log(memory, workflow)
        content = Path(path).read_bytes()
        kept = keep(memory, f"{workflow}-merged", content)
        events = new_events(project_, run, entries, actor, kept, hashlib.sha256(content).hexdigest())
        lines = log_opening(workflow) + b"".join(event_line(bare(each)) for each in events)
        seal = sealing(events[-1], lines, actor)
        replace_file(path, lines + event_line(seal), durable=True)
        mend_document(run, fold(run.definition, events))
        run = settled(project_, workflow)
    return (
        f"the merged history of {workflow} was put in order, {len(events) + 1} events; it goes on in phase "
        f"{run.state.phase}. The merged one is {kept}"
    )


def new_events(
    project_: Project, run: Run, entries: list[Entry], actor: Actor, kept: str, digest: str
) -> list[Event]:
    """The merged events in order without their seals, then the repair and where it goes on."""
    events = renumbered([each for each in in_order(entries) if each.event.type != "log.sealed"])
    state = merged_state(run.definition, entries)
    if state is None:
        raise Broken(f"the merged history of {run.id} does not begin with its start", ("recover",))
    stamp = max(format_time(project_.clock()), events[-1].time)
    who = actor.details()
    repaired = {"archived": kept, "merged_sha256": digest, **who}
    details = state_details(run.memory, run.id, {"why": "git merged two histories", **who}, state)
    number = len(events)
    events.append(Event(number + 1, stamp, "log.repaired", "-", repaired))
    events.append(Event(number + 2, stamp, "state.recovered", state.phase, details))
    return documented(events)


def documented(events: list[Event]) -> list[Event]:
    """The events, each with the number that the document carries after it, as its last detail."""
    doc = 0
    found = []
    for event in events:
        doc = event.number if event.type in DOCUMENT_EVENTS else doc
        details = {name: value for name, value in event.details.items() if name != "doc"}
        found.append(event._replace(details={**details, "doc": doc}))
    return found


def bare(event: Event) -> Event:
    """The event as its line holds it: without a state that stands in a file of its own."""
    if "file" not in event.details:
        return event
    return event._replace(details={name: each for name, each in event.details.items() if name != "state"})


def sealing(last: Event, lines: bytes, actor: Actor) -> Event:
    """The seal after these lines."""
    details = {"sha256": hashlib.sha256(lines).hexdigest(), **actor.details(), "doc": last.details["doc"]}
    return Event(last.number + 1, last.time, "log.sealed", "-", details)


def mend_document(run: Run, state: State | None) -> None:
    """Bring a readable document to the state of the new log, the old one in the archive."""
    forget_accepted(run.memory, run.id)
    stored = read_if_there(run.path)
    if stored is None or state is None:
        return
    label = f"{run.id}-merged-document"
    keep(run.memory, label, stored)
    text = stored.decode("utf-8", "replace")
    if conflict_line(text) or not is_sound(text, run.definition):
        keep(run.memory, label, take_away(run.path) or stored)
        return
    content = project(text, run.definition, state).encode()
    swap_file(run.path, content, stored, durable=True, keep=lambda found: keep(run.memory, label, found))
    keep_accepted(run.memory, state, content)


def is_sound(text: str, definition: Definition) -> bool:
    """Whether a document can be read."""
    return read_document(text, definition, "").state is not None
