"""Workflows within and beside others: an inner one holds its parent until it ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Refused
from memory_state.core.files import read_tail
from memory_state.core.journal import last_event
from memory_state.core.jsontext import encode_json_event
from memory_state.core.layout import event_log
from memory_state.workflow.document import header_values
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import LIVE
from memory_state.workspace import sessions
from memory_state.workspace.run import load
from memory_state.workspace.transaction import transact

if TYPE_CHECKING:
    from memory_state.workspace.actor import Actor
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run

WORKING = ("in_progress", "review")


def inner_ids(memory: str, parent: str) -> list[str]:
    """The ids of the workflows that say they are within `parent`, live or not."""
    found = []
    for path in sorted(Path(memory, "state").glob("active-workflow.*.md")):
        values = header_values(path.read_bytes().decode("utf-8", "replace"))[0]
        if values.get("parent") == parent:
            found.append(str(values.get("workflow_id")))
    return found


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
        if run.state.status not in WORKING:
            raise Refused(
                f"start --inner: workflow {run.id} is {run.state.status}; an inner one needs it at work",
                (f"-w {run.id} status", f"-w {run.id} next"),
            )
        return (Draft("workflow.parked", "-", {"status": "waiting", "inner": inner}),)

    return transact(project, parent, actor, decide)


def give_back(project: Project, actor: Actor, run: Run) -> None:
    """After an inner workflow: its parent goes on, and its sessions are the parent's again."""
    parent = run.state.parent
    if parent is None or run.state.status in LIVE:
        return

    def decide(above: Run) -> tuple[Draft, ...]:
        if above.state.status != "waiting" or live_inner(above.memory, above.id):
            return ()
        return (Draft("workflow.resumed", "-", {"from": "waiting", "inner": run.id}),)

    transact(project, parent, actor, decide)
    rebind(project, run.id, parent)


def rebind(project: Project, workflow: str, other: str) -> None:
    """Bind every session of one workflow to another."""
    for each in sessions.bindings(project.environment, workflow):
        sessions.write_binding(project.environment, each._replace(workflow=other))
