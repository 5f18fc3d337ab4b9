"""A workflow arriving through a pipe: read from a stream, made here with the id it had elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Missing, Misused
from memory_state.core.layout import further_document, history_folder, workflow_id
from memory_state.workflow.arrival import arrival, opening
from memory_state.workflow.exchange import ANSWER
from memory_state.workflow.model import LIVE, Problem
from memory_state.workspace.beginning import document_place, lay_down, prepare
from memory_state.workspace.definitions import load_definition
from memory_state.workspace.transaction import locked, settled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from memory_state.workflow.model import Definition
    from memory_state.workspace.actor import Actor
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run

INPUT_LIMIT = 16 << 20


def text_of(stream: TextIO | None) -> str | None:
    """The text of a stream, at most 16 Mi characters, empty for one that is closed; None for a terminal.

    Misused for more, and for bytes that are no UTF-8.
    """
    if stream is None:
        return ""
    if stream.isatty():
        return None
    try:
        text = stream.read(INPUT_LIMIT + 1)
    except UnicodeDecodeError as error:
        raise Misused(f"standard input is not UTF-8 at byte {error.start}", ANSWER) from error
    if len(text) > INPUT_LIMIT:
        raise Misused(f"standard input holds more than {INPUT_LIMIT} characters", ANSWER)
    return text


def is_here(memory: str, workflow: str) -> bool:
    """Whether a memory path has anything of a workflow.

    Its definition alone does not count: an arrival that was cut off at its start may leave that.
    """
    folder = Path(history_folder(memory, workflow))
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    started = any(name != "definition.md" and not name.startswith(".") for name in names)
    return started or Path(further_document(memory, workflow)).exists()


def arrive(project: Project, actor: Actor, values: Mapping[str, object]) -> Run:
    """Make the workflow here that the `workflow` part of a status document describes; gives its run.

    What was left behind is among the run's problems. Missing when its definition is not here, or the
    document does not say it; Misused for values that make no sense or do not fit into a history; Refused
    beside a live workflow.
    """
    workflow = workflow_id(str(values["workflow_id"]))
    definition, text = definition_for(project.memory, workflow, values.get("definition"))
    sent = arrival(values, definition, vouched=actor.by == "person")
    state = sent.state
    prepare(project.memory)
    with locked(project.memory):
        if is_here(project.memory, workflow):  # another process was faster
            return settled(project, workflow)
        if state.status in LIVE:
            path = document_place(project, workflow, apart=False)
        else:
            path = further_document(project.memory, workflow)
        run = lay_down(project, actor, definition, text, workflow, opening(state), path)
    return run._replace(problems=tuple(Problem(run.path, 0, each) for each in sent.left))


def definition_for(memory: str, workflow: str, name: object) -> tuple[Definition, str]:
    """The definition here that a workflow follows, and its text; Missing when there is none."""
    if not isinstance(name, str):
        raise Missing(
            f"there is no workflow {workflow} below {memory}, "
            "and the JSON on standard input has no definition, so it can not arrive",
            ("list", *ANSWER),
        )
    try:
        return load_definition(memory, name)
    except Missing as error:
        raise Missing(
            f"workflow {workflow} can not arrive: {error.sentence} "
            f"(it follows that definition, which must be at {memory}/workflows/{name}.md first)",
            ("validate", "list"),
        ) from error
