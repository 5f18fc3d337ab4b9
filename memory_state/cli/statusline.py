"""`statusline`: one line for a client's status bar, at the price of a few small modules."""

from __future__ import annotations

import io
import select
import sys
from typing import TYPE_CHECKING, TextIO

import click

from memory_state.cli.context import Call, environment_of, folder_of
from memory_state.cli.output import answer, width_of
from memory_state.cli.parameters import Sharing
from memory_state.core.clients import named_session
from memory_state.core.errors import Misused
from memory_state.core.files import read_if_there
from memory_state.core.jsontext import decode_json
from memory_state.core.layout import active_document, further_document
from memory_state.core.locate import locate
from memory_state.reports.statusline import Standing, standing_of, status_line

if TYPE_CHECKING:
    from collections.abc import Mapping

# A client writes at once; whoever leaves standard input open without a word gets an answer too.
PATIENCE = 1.0


@click.command("statusline", cls=Sharing)
@click.pass_obj
def statusline(call: Call) -> None:
    """Print one line for a client's status bar.

    Session and folder come from the client's JSON on standard input, if there is any. Without a workflow
    the line is empty.
    """
    told = client_words(sys.stdin)
    found = current_standing(call, told)
    values = None if found is None else found._asdict()
    lines = [] if found is None else [status_line(found, width_of(call))]
    answer(call, "statusline", {"workflow": values}, lines)


def client_words(stream: TextIO | None) -> Mapping[str, object]:
    """The object on standard input; empty for a terminal, for nothing, and for none within a second."""
    if stream is None or stream.isatty() or not has_words(stream):
        return {}
    text = stream.read()
    try:
        found = decode_json(text) if text.strip() else {}
    except ValueError as error:
        raise Misused(f"statusline: standard input is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise Misused("statusline: the JSON on standard input is no object")
    return found


def has_words(stream: TextIO) -> bool:
    """Whether something can be read now, or soon; what is no file of the system always can."""
    try:
        return bool(select.select([stream], [], [], PATIENCE)[0])
    except io.UnsupportedOperation:
        return True


def current_standing(call: Call, told: Mapping[str, object]) -> Standing | None:
    """Where the session's workflow stands, or the current one; None when there is none."""
    options = call.options
    environment = dict(environment_of(call))
    if options.memory_path:
        environment["MEMORY_STATE_PATH"] = options.memory_path
    if options.workflow:
        environment["MEMORY_STATE_WORKFLOW"] = options.workflow
    session = str(told.get("session_id") or named_session(environment))
    try:
        located = locate(environment, folder_told(call, told), session)
        text = document_text(located.memory, located.workflow)
        return None if text is None else standing_of(text)
    except ValueError:
        return read_slowly(call)


def folder_told(call: Call, told: Mapping[str, object]) -> str:
    """The folder that the client says it works in; ours where it says none, or `-C` does."""
    place = told.get("workspace")
    inner = place if isinstance(place, dict) else {}
    said = inner.get("project_dir") or inner.get("current_dir") or told.get("cwd")
    if call.options.directory is None and isinstance(said, str) and said.startswith("/"):
        return said
    return str(folder_of(call))


def document_text(memory: str, workflow: str | None) -> str | None:
    """The document of a workflow, or the current one; None when there is none."""
    content = read_if_there(active_document(memory))
    text = None if content is None else content.decode("utf-8")
    if workflow is None or (text is not None and f'workflow_id: "{workflow}"' in text.split("\n---", 1)[0]):
        return text
    content = read_if_there(further_document(memory, workflow))
    return None if content is None else content.decode("utf-8")


def read_slowly(call: Call) -> Standing | None:
    """The same by all that `status` knows, where settings or document need more than plain lines."""
    from memory_state.cli.context import workspace_of
    from memory_state.core.errors import MemoryStateError
    from memory_state.workflow.progress import counted

    try:
        workspace = workspace_of(call)
        state = workspace.show(workspace.workflow()).state
    except MemoryStateError:
        return None
    ids = [each.id for each in state.phases]
    tasks = counted(state, state.phase)
    done = sum(each.status == "completed" for each in tasks)
    return Standing(
        state.workflow_id, state.title, state.status, state.phase, ids.index(state.phase) + 1, len(ids), done,
        len(tasks),
    )  # fmt: skip
