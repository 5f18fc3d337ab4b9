"""The line for a client's status bar, made with as few modules as can be.

A client runs it after every message, so nothing here may fail: what is wrong is the line itself.
"""

from __future__ import annotations

import os
import select
import sys
from typing import TYPE_CHECKING, NamedTuple, TextIO

from memory_state.core.errors import MemoryStateError, Missing
from memory_state.core.files import read_if_there
from memory_state.core.jsontext import decode_json
from memory_state.core.layout import active_document, further_document
from memory_state.core.locate import locate
from memory_state.core.text import one_line
from memory_state.reports.statusline import Standing, standing_of, status_line

if TYPE_CHECKING:
    from collections.abc import Mapping

# A client writes at once; whoever leaves standard input open without a word gets an answer too.
PATIENCE = 1.0
WIDTH = 120
"""Columns of the line where nobody says how many there are."""


class Place(NamedTuple):
    """Where the call is made: its environment and folder; `fixed` says that the folder was asked for."""

    environment: Mapping[str, str]
    folder: str
    fixed: bool = False
    memory_path: str | None = None
    workflow: str | None = None


class Bar(NamedTuple):
    """What is to be shown: where a workflow stands, or what is wrong; both empty without a workflow."""

    standing: Standing | None = None
    wrong: str = ""


def print_line(environment: Mapping[str, str], stream: TextIO | None) -> int:
    """Print the line; gives the exit code, which is 0."""
    line = bar_line(bar(Place(environment, own_folder()), stream), columns(environment))
    if line:
        try:
            known = sys.stdout.encoding or "utf-8"
            sys.stdout.write(line.encode(known, "backslashreplace").decode(known) + "\n")
            sys.stdout.flush()
        except OSError:  # the client does not listen any more
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def own_folder() -> str:
    """The folder that we are started in; the root where that is gone."""
    try:
        return os.getcwd()  # noqa: PTH109 - pathlib costs more than the whole line
    except OSError:
        return "/"


def columns(environment: Mapping[str, str]) -> int:
    """How many columns the line may take."""
    found = environment.get("COLUMNS", "")
    return int(found) if found.isascii() and found.isdigit() and 0 < int(found) < WIDTH * 10 else WIDTH


def bar_line(found: Bar, width: int) -> str:
    """The line; empty where there is nothing to show."""
    if found.standing is not None:
        return status_line(found.standing, width)
    return one_line(f"memory-state: {found.wrong}", width) if found.wrong else ""


def bar(place: Place, stream: TextIO | None) -> Bar:
    """What is to be shown for the client's words on standard input."""
    try:
        return Bar(current_standing(place, client_words(stream)))
    except Missing:
        return Bar()
    except MemoryStateError as error:
        return Bar(wrong=error.sentence)
    except (OSError, ValueError) as error:
        return Bar(wrong=str(error))


def client_words(stream: TextIO | None) -> Mapping[str, object]:
    """The object on standard input; empty for a terminal, for nothing, and for none within a second.

    ValueError for what is no JSON object.
    """
    if stream is None or stream.isatty() or not has_words(stream):
        return {}
    text = words_of(stream)
    try:
        found = decode_json(text) if text.strip() else {}
    except ValueError as error:
        raise ValueError(f"standard input is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise ValueError("the JSON on standard input is no object")  # noqa: TRY004 - wrong input, as above
    return found


def words_of(stream: TextIO) -> str:
    """All of a stream; what is no UTF-8 becomes U+FFFD."""
    content = getattr(stream, "buffer", None)
    return stream.read() if content is None else content.read().decode("utf-8", "replace")


def has_words(stream: TextIO) -> bool:
    """Whether something can be read now, or soon; what is no file of the system always can."""
    try:
        return bool(select.select([stream], [], [], PATIENCE)[0])
    except (OSError, ValueError):  # io.UnsupportedOperation is both
        return True


def current_standing(place: Place, told: Mapping[str, object]) -> Standing | None:
    """Where the session's workflow stands, or the current one; None when there is none."""
    environment = dict(place.environment)
    if place.memory_path:
        environment["MEMORY_STATE_PATH"] = place.memory_path
    if place.workflow:
        environment["MEMORY_STATE_WORKFLOW"] = place.workflow
    session = str(told.get("session_id") or environment.get("CLAUDE_CODE_SESSION_ID", ""))
    try:
        located = locate(environment, folder_told(place, told), session)
        text = document_text(located["memory"], located["workflow"])
        return None if text is None else standing_of(text)
    except ValueError:
        return read_slowly(place)


def folder_told(place: Place, told: Mapping[str, object]) -> str:
    """The folder that the client says it works in; ours where it says none, or ours was asked for."""
    found = told.get("workspace")
    inner = found if isinstance(found, dict) else {}
    said = inner.get("project_dir") or inner.get("current_dir") or told.get("cwd")
    return said if not place.fixed and isinstance(said, str) and said.startswith("/") else place.folder


def document_text(memory: str, workflow: str | None) -> str | None:
    """The document of a workflow, or the current one; None when there is none."""
    content = read_if_there(active_document(memory))
    text = None if content is None else content.decode("utf-8")
    if workflow is None or (text is not None and f'workflow_id: "{workflow}"' in text.split("\n---", 1)[0]):
        return text
    content = read_if_there(further_document(memory, workflow))
    return None if content is None else content.decode("utf-8")


def read_slowly(place: Place) -> Standing | None:
    """The same by all that `status` knows, where settings or document need more than plain lines."""
    from memory_state.workflow.progress import counted
    from memory_state.workspace.workspace import Workspace

    workspace = Workspace.find(
        place.folder, environment=place.environment, memory_path=place.memory_path, workflow=place.workflow
    )
    state = workspace.show(workspace.workflow()).state
    ids = [each.id for each in state.phases]
    tasks = counted(state, state.phase)
    done = sum(each.status == "completed" for each in tasks)
    return Standing(
        state.workflow_id, state.title, state.status, state.phase, ids.index(state.phase) + 1, len(ids), done,
        len(tasks),
    )  # fmt: skip
