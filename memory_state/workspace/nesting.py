"""Workflows within and beside others: an inner one holds its parent until it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import MemoryStateError, Refused
from memory_state.core.files import read_if_there, read_tail
from memory_state.core.journal import last_event, split_event
from memory_state.core.jsontext import encode_json_event
from memory_state.core.layout import event_log
from memory_state.workflow.document import header_values
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import LIVE, STATUSES
from memory_state.workspace import sessions
from memory_state.workspace.actor import require_person
from memory_state.workspace.history import event_from
from memory_state.workspace.run import current_id, document_path, known_id, load
from memory_state.workspace.transaction import locked, settled, transact

if TYPE_CHECKING:
    from memory_state.workspace.actor import Actor
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run

WORKING = ("in_progress", "review")
LEVELS = 8


def inner_ids(memory: str, parent: str) -> list[str]:
    """The ids of the workflows that say they are within `parent`, live or not, and that of its last hold."""
    found = []
    for path in sorted(Path(memory, "state").glob("active-workflow.*.md")):
        values = header_values(path.read_bytes().decode("utf-8", "replace"))[0]
        if values.get("parent") == parent:
            found.append(str(values.get("workflow_id")))
    held = last_held(memory, parent)
    if held and held[0] not in found and Path(event_log(memory, held[0])).is_file():
        found.append(held[0])
    return found


def last_held(memory: str, workflow: str) -> tuple[str, str] | None:
    """The inner workflow that a workflow stood still for when it last did, and since when; None for none."""
    found = None
    with Path(event_log(memory, workflow)).open("rb") as log:
        for line in log:
            if b" **workflow.parked** " in line:
                found = split_event(line.removesuffix(b"\n")) or found
    event = None if found is None else event_from(found)
    inner = None if event is None else event.details.get("inner")
    return (str(inner), event.time) if event and inner else None


def live_inner(memory: str, parent: str) -> Run | None:
    """The inner workflow that a workflow waits for; None when there is none at work."""
    for each in inner_ids(memory, parent):
        run = load(memory, each)
        if run.state.status in LIVE:
            return run
    return None


def last_worked_on(memory: str, session: str) -> str | None:
    """The live workflow at the end of whose history a session stands last; None when it is in none."""
    mark = b'"session":' + encode_json_event(session).encode()
    found: list[tuple[str, str]] = []
    for path in Path(memory, "state").glob("active-workflow*.md"):
        workflow = header_values(path.read_bytes().decode("utf-8", "replace"))[0].get("workflow_id")
        log = Path(event_log(memory, str(workflow)))
        if log.is_file():
            lines = [line for line in read_tail(str(log), last_event).split(b"\n") if mark in line]
            last = last_event(b"\n".join(lines))
            found += [(last[1], str(workflow))] if last else []
    return max(found)[1] if found else None


def innermost(memory: str, workflow: str) -> str:
    """The workflow that is at work within a waiting one: where a fresh session goes on."""
    inner = live_inner(memory, workflow)
    return workflow if inner is None else innermost(memory, inner.id)


def at_work(memory: str, workflow: str) -> str:
    """The workflow that counts where this one is meant: one above it once it has ended or stands still.

    So it is too where a crash kept a session bound to an inner workflow that is done.
    """
    for _ in range(LEVELS):
        content = read_if_there(document_path(memory, workflow)) or b""
        values = header_values(content.decode("utf-8", "replace"))[0]
        parent = known_id(memory, values.get("parent"))
        if parent is None or values.get("status") not in STATUSES - LIVE:
            break
        workflow = parent
    return workflow


def relieved(project: Project, actor: Actor, run: Run) -> Run:
    """The run, at work again where its inner workflow is done and a crash kept it waiting.

    One that was held after that, as for a resume that goes on just now, is left waiting.
    """
    held = last_held(run.memory, run.id) if run.state.status == "waiting" else None
    if held is None or not Path(event_log(run.memory, held[0])).is_file():
        return run
    inner = load(run.memory, held[0])
    if inner.state.status in LIVE or inner.state.updated_at < held[1]:
        return run
    return give_back(project, actor, inner) or run


def refuse_above_inner(run: Run, verb: str) -> None:
    """Raise Refused for a move of a workflow whose inner one is still at work."""
    inner = live_inner(run.memory, run.id)
    if inner is not None:
        raise Refused(
            f'{verb}: workflow {run.id} waits for its inner workflow {inner.id} "{inner.state.title}", '
            f"which is in phase {inner.state.phase}",
            (f"-w {inner.id} status", f"-w {inner.id} finish"),
        )


def hold_parent(project: Project, actor: Actor, parent: str, inner: str) -> Run:
    """Let a workflow wait for an inner one; Refused unless it is at work."""

    def decide(run: Run) -> tuple[Draft, ...]:
        refuse_above_inner(run, "start --inner")
        if run.state.status == "waiting" and (last_held(run.memory, run.id) or ("",))[0] == inner:
            return ()
        if run.state.status not in WORKING:
            raise Refused(
                f"start --inner: workflow {run.id} is {run.state.status}; an inner one needs it at work",
                (f"-w {run.id} status", f"-w {run.id} next", f"resume {run.id}"),
            )
        return (Draft("workflow.parked", "-", {"status": "waiting", "inner": inner}),)

    return transact(project, parent, actor, decide)


def give_back(project: Project, actor: Actor, run: Run) -> Run | None:
    """After an inner workflow: its parent goes on, and its sessions are the parent's again.

    Gives the parent's run; None for a workflow that is at work or within none.
    """
    parent = run.state.parent
    if parent is None or run.state.status in LIVE:
        return None

    def decide(above: Run) -> tuple[Draft, ...]:
        if above.state.status != "waiting" or live_inner(above.memory, above.id):
            return ()
        return (Draft("workflow.resumed", "-", {"from": "waiting", "inner": run.id}),)

    above = transact(project, parent, actor, decide)
    rebind(project, run.id, parent)
    return above


def rebind(project: Project, workflow: str, other: str) -> None:
    """Bind every session of one workflow to another."""
    for each in sessions.bindings(project.environment, workflow):
        sessions.write_binding(project.environment, each._replace(workflow=other))


def require_own_place(project: Project, actor: Actor, verb: str) -> None:
    """Refused where an agent's session works on a live workflow in another memory path: it stays with that.

    A person may take it elsewhere.
    """
    binding = sessions.binding_of(project.environment, actor.session) if actor.session else None
    if binding is None or binding.memory == project.memory or not is_live(binding):
        return
    require_person(actor, f"{verb} beside workflow {binding.workflow} of {binding.memory}")


def require_place(project: Project, actor: Actor, run: Run) -> None:
    """See that a run can go on: an inner one holds its parent again, another needs the current place.

    A person may let it go on beside a live one; Refused for anybody else.
    """
    if run.state.parent is not None:
        hold_parent(project, actor, run.state.parent, run.id)
        return
    current = current_id(project.memory)
    if current in (None, run.id) or actor.by == "person":
        return
    with locked(project.memory):
        other = settled(project, str(current))
    if other.state.status in LIVE:
        raise Refused(
            f'workflow {other.id} "{other.state.title}" is {other.state.status} in the current place',
            (f"-w {other.id} finish", f"-w {other.id} park", f"-w {other.id} status"),
        )


def is_live(binding: sessions.Binding) -> bool:
    """Whether the workflow that a session is bound to is live; one that can not be read counts as such."""
    if not Path(event_log(binding.memory, binding.workflow)).is_file():
        return False
    try:
        return load(binding.memory, binding.workflow).state.status in LIVE
    except MemoryStateError:
        return True
