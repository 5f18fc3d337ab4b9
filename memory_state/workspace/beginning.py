"""Starting a workflow: its folder, its definition's snapshot, its first events, its document."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, cast

from memory_state.core.errors import Misused, Refused
from memory_state.core.files import make_folder, read_if_there, replace_file
from memory_state.core.jsontext import encode_json
from memory_state.core.layout import active_document, event_log, further_document, history_folder
from memory_state.workflow.checks import path_refusal
from memory_state.workflow.document import FIELD_TYPES, TYPE_NAMES, fits
from memory_state.workflow.fields import checked_context
from memory_state.workflow.fold import fold
from memory_state.workflow.machine import Draft, checked_text
from memory_state.workflow.model import LIVE, Definition, State
from memory_state.workflow.projection import new_document
from memory_state.workspace.history import event_line, log_opening, number_events
from memory_state.workspace.nesting import hold_parent
from memory_state.workspace.placing import relocate
from memory_state.workspace.resources import template
from memory_state.workspace.run import Run, current_id, keep, store
from memory_state.workspace.saves import save_recovery
from memory_state.workspace.swapping import take_away
from memory_state.workspace.transaction import locked, settled
from memory_state.workspace.trust import TEST_KEY, give_trust, runs_only_test, trust_digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory_state.workspace.actor import Actor
    from memory_state.workspace.project import Project

LETTERS = "0123456789abcdefghijklmnopqrstuvwxyz"
TITLE_LIMIT = 200
FOLDERS = (
    "workflows",
    "state/workflow-history",
    "state/interruption-recovery",
    "state/archive",
    "state/.cache",
)


def random_id() -> str:
    """A new workflow id."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


def prepare(memory: str) -> None:
    """Make what a memory path needs; live state is kept out of git."""
    for folder in FOLDERS:
        make_folder(f"{memory}/{folder}")
    ignore = f"{memory}/state/.gitignore"
    if not Path(ignore).exists():
        replace_file(ignore, b"*\n", durable=True)


def begin(
    project: Project, actor: Actor, definition: Definition, text: str, title: str, options: dict[str, object]
) -> Run:
    """Start a workflow; Refused beside a live one, unless the options put it within or beside it.

    With `parent` it is an inner one, which begins with the parent's context as it is now; with
    `beside` it takes a place of its own.
    """
    title = checked_text("the title", title, TITLE_LIMIT)
    check_fields(options)
    prepare(project.memory)
    workflow = unused_id(project.memory)
    parent = options.get("parent")
    if isinstance(parent, str):
        above = hold_parent(project, actor, parent, workflow)
        options = inherited(options, above.state)
    with locked(project.memory):
        path = document_place(project, workflow, apart=bool(parent or options.get("beside")))
        drafts = opening(definition, workflow, title, options)
        run = lay_down(project, actor, definition, text, workflow, drafts, path)
    remember_trust(project, actor, definition, text, options)
    return run


def lay_down(
    project: Project,
    actor: Actor,
    definition: Definition,
    text: str,
    workflow: str,
    drafts: Sequence[Draft],
    path: str,
) -> Run:
    """Write a new workflow's files, its document at `path`; the caller holds the lock.

    Misused, with nothing written, when one of its first events is too large for a history.
    """
    events = number_events(drafts, actor, project.clock(), 0, "", 0)
    lines = log_opening(workflow) + b"".join(map(event_line, events))
    folder = history_folder(project.memory, workflow)
    make_folder(folder)
    replace_file(f"{folder}/definition.md", text.encode(), durable=True)
    replace_file(event_log(project.memory, workflow), lines, durable=True)
    state = fold(definition, events)
    if state is None:
        raise AssertionError("a start gives a state")
    run = Run(
        project.memory, workflow, definition, text, state, state, path,
        text="", stored=None, shown=None, moment=events[-1].time,
    )  # fmt: skip
    run = relocate(store(run, new_document(template("document.md"), definition, state), power=project.power))
    save_recovery(project, run, "phase", actor.session)
    return run


def check_fields(options: dict[str, object]) -> None:
    """Raise Misused for a field of the wrong type, or one that no document can hold."""
    for name in ("issue_number", "branch_name", "plan_file", "context"):
        value = options.get(name)
        if value is None:
            continue
        if not fits(value, FIELD_TYPES[name]):
            raise Misused(f"{name} must be {TYPE_NAMES[FIELD_TYPES[name][0]]}, not {str(value)[:80]!r}")
        try:
            encode_json(value)
        except ValueError as error:
            raise Misused(f"{name} can not be written: {error}") from error
    plan = options.get("plan_file")
    why = path_refusal(plan) if isinstance(plan, str) else ""
    if why:
        raise Misused(f"plan_file {plan!r} {why}")


def inherited(options: dict[str, object], above: State) -> dict[str, object]:
    """The options of an inner workflow: what is not given it has from its parent."""
    given = cast("dict[str, object]", options.get("context") or {})
    fields = {"issue_number": above.issue_number, "branch_name": above.branch_name}
    kept = {name: value for name, value in options.items() if value is not None}
    return {**fields, **kept, "context": {**dict(above.context), **given}, "level": "inner"}


def document_place(project: Project, workflow: str, *, apart: bool) -> str:
    """Where a new workflow's document goes: the current place, or one of its own."""
    if apart:
        return further_document(project.memory, workflow)
    make_room(project)
    return active_document(project.memory)


def make_room(project: Project) -> None:
    """See that no live workflow is current; Refused naming the ways out when one is.

    A document in its place that belongs to no workflow here goes to the archive.
    """
    current = current_id(project.memory)
    run = settled(project, current) if current else None
    if run is not None and run.state.status in LIVE:
        raise Refused(
            f'workflow {run.id} "{run.state.title}" is {run.state.status} in phase {run.state.phase}; '
            "a second one needs its place, or a place beside it",
            ("finish", "park", "start --inner DEFINITION TITLE", "start --beside DEFINITION TITLE"),
        )
    stray = read_if_there(active_document(project.memory))
    if stray is not None:
        keep(project.memory, "stray", stray)
        keep(project.memory, "stray", take_away(active_document(project.memory)) or stray)


def unused_id(memory: str) -> str:
    """An id that no workflow of this memory path ever had."""
    while True:
        workflow = random_id()
        taken = (history_folder(memory, workflow), further_document(memory, workflow))
        if not any(Path(each).exists() for each in taken):
            return workflow


def opening(
    definition: Definition, workflow: str, title: str, options: dict[str, object]
) -> tuple[Draft, ...]:
    """The events that a workflow begins with."""
    first = definition.phases[0]
    given = {name: options.get(name) for name in ("issue_number", "branch_name", "parent", "level", "origin")}
    details: dict[str, object] = {
        "workflow_id": workflow,
        "title": title,
        "plan_file": options.get("plan_file") or first_file(definition),
        "context": context_of(options),
        **given,
    }
    kept = {name: value for name, value in details.items() if value is not None}
    return (
        Draft("workflow.started", definition.name, kept),
        Draft("phase.entered", first.id, {"role": first.role}),
    )


def first_file(definition: Definition) -> str | None:
    """The first file that a gate asks for, which is where the plan is."""
    return next(
        (each.target for phase in definition.phases for each in phase.exit if each.kind == "file"), None
    )


def context_of(options: dict[str, object]) -> dict[str, object]:
    """The workflow's context, the test command a person gave in it; Misused when it is not one."""
    context = dict(cast("dict[str, object]", options.get("context") or {}))
    if options.get("test"):
        context[TEST_KEY] = options["test"]
    return checked_context(context)


def remember_trust(
    project: Project, actor: Actor, definition: Definition, text: str, options: dict[str, object]
) -> None:
    """A person who gives the test command trusts it; what else a definition would run is not trusted."""
    test = options.get("test")
    if isinstance(test, str) and actor.name and runs_only_test(definition):
        digest = trust_digest(text, definition, test)
        give_trust(project.environment, digest, actor.name, project.clock())
