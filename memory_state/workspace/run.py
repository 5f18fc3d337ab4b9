"""Loading a run: its definition, its log's end and its document, brought to agree.

The log is the record. A document behind it is evolved, one that was edited is reconciled, one that
is missing, damaged or ahead of it is archived and built anew.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import NamedTuple

from memory_state.core.errors import Broken, Missing, Refused
from memory_state.core.files import make_folder, read_if_there, read_tail, remove_file, replace_file
from memory_state.core.journal import document_number, last_event
from memory_state.core.layout import (
    accepted_copy,
    active_document,
    event_log,
    further_document,
    history_folder,
    recovery_file,
)
from memory_state.workflow.document import (
    SCHEMA,
    Document,
    body_start,
    header_values,
    notes_of,
    read_document,
)
from memory_state.workflow.fold import fold
from memory_state.workflow.model import Definition, Event, Problem, State
from memory_state.workflow.projection import new_document, owned_values, project
from memory_state.workspace.definitions import snapshot
from memory_state.workspace.history import read_events
from memory_state.workspace.resources import template

RETRIES = (0.02, 0.05, 0.1)


class Run(NamedTuple):
    """A run as it stands on disk.

    `text` is what its document should show and `stored` what the file holds (None: it is not
    there); `origin` is the state the document was last accepted at, which an edit is compared with,
    `state` that of the log's end; `notes` were logged between the two. `fault` says why the stored
    document can not be used.
    """

    memory: str
    id: str
    definition: Definition
    definition_text: str
    state: State
    origin: State
    path: str
    text: str
    stored: bytes | None
    shown: Document | None
    moment: str
    notes: tuple[str, ...] = ()
    fault: str = ""
    problems: tuple[Problem, ...] = ()

    @property
    def edited(self) -> bool:
        """Whether somebody changed the document since it was last accepted."""
        return not self.fault and self.shown is not None


def pointer(memory: str) -> str:
    """The file that remembers which workflow is current, for when its document is gone."""
    return f"{memory}/state/.cache/active"


def current_id(memory: str) -> str | None:
    """The id of the current workflow; None where there is none."""
    content = read_if_there(active_document(memory))
    named = (
        None if content is None else header_values(content.decode("utf-8", "replace"))[0].get("workflow_id")
    )
    if isinstance(named, str) and Path(event_log(memory, named)).is_file():
        return named
    remembered = read_if_there(pointer(memory))
    return None if remembered is None else remembered.decode().strip()


def document_path(memory: str, workflow: str) -> str:
    """Where that workflow's document is, or belongs when it is gone."""
    ended = f"{history_folder(memory, workflow)}/final.md"
    for path in (further_document(memory, workflow), ended):
        if Path(path).is_file():
            return path
    return active_document(memory) if current_id(memory) == workflow else further_document(memory, workflow)


def load(memory: str, workflow: str) -> Run:
    """Load a run; the caller holds the lock. Missing when there is no such workflow here."""
    folder = history_folder(memory, workflow)
    if not Path(folder).is_dir():
        raise Missing(f"there is no workflow {workflow} below {memory}", ("list",))
    definition, definition_text = snapshot(Path(folder, "definition.md"))
    tail = last_event(read_log_tail(memory, workflow))
    if tail is None:
        raise Broken(f"{event_log(memory, workflow)} holds no readable event", ("list",))
    accepted = read_if_there(accepted_copy(memory, workflow))
    origin, state, notes = states(memory, workflow, definition, accepted, document_number(tail[4]))
    path = document_path(memory, workflow)
    run = Run(
        memory, workflow, definition, definition_text, state, origin or state, path,
        text="", stored=None, shown=None, moment=tail[1],
    )  # fmt: skip
    return compare(run, accepted if origin else None, notes)


def read_log_tail(memory: str, workflow: str) -> bytes:
    """The end of a log; Broken when the log is gone."""
    try:
        return read_tail(event_log(memory, workflow), last_event)
    except FileNotFoundError:
        raise Broken(f"{event_log(memory, workflow)} is gone", ("list",)) from None


def states(
    memory: str, workflow: str, definition: Definition, accepted: bytes | None, doc: int
) -> tuple[State | None, State, list[str]]:
    """The state of the accepted copy (None when it is of no use), that of the log's end, notes between."""
    origin = None
    if accepted is not None:
        origin = read_document(accepted.decode("utf-8", "replace"), definition, "").state
    if origin is None or origin.event > doc:
        origin = None
    elif origin.event == doc:
        return origin, origin, []
    events = list(read_events(memory, workflow, origin.event if origin else 0))
    state = fold(definition, events, origin)
    if state is None:
        raise Broken(f"the history of {workflow} does not begin with its start", ("list",))
    return origin, state, notes_in(events) if origin else []


def notes_in(events: list[Event]) -> list[str]:
    """The texts of the notes among these events."""
    return [str(event.details["text"]) for event in events if event.type == "note.added"]


def compare(run: Run, accepted: bytes | None, notes: list[str]) -> Run:
    """Tell whether the stored document is as accepted, behind, edited or of no use."""
    stored, shown, fault = read_stored(run)
    run = run._replace(stored=stored)
    if fault or shown is None or stored is None:
        return rebuilt(run, fault or "the document is missing")
    base = stored if accepted is None else accepted
    expected = project(base.decode(), run.definition, run.state, notes)
    if stored in (expected.encode(), accepted):
        return run._replace(text=expected)
    if accepted is None and run.state == shown.state:
        return run._replace(text=stored.decode())
    if shown.state is not None and shown.state.event == run.state.event:
        return run._replace(text=expected, shown=shown, origin=run.state)
    return run._replace(text=expected, shown=shown, notes=tuple(notes))


def read_stored(run: Run) -> tuple[bytes | None, Document | None, str]:
    """The document on disk, and why it is of no use; an unreadable one may be in the middle of a save."""
    stored, shown, fault = None, None, ""
    for pause in (*RETRIES, 0.0):
        stored = read_if_there(run.path)
        shown, fault = readable(run, stored)
        if not fault and shown is not None:
            break
        time.sleep(pause)
    return stored, shown, fault


def readable(run: Run, stored: bytes | None) -> tuple[Document | None, str]:
    """A document as read, or what is wrong with it as a whole."""
    if stored is None:
        return None, ""
    try:
        text = stored.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, f"not UTF-8 at byte {error.start}"
    values, _, unreadable = header_values(text)
    require_schema(values, run.path)
    fallback = None if unreadable else owned_values(run.state)
    shown = read_document(text, run.definition, run.path, fallback)
    if shown.state is None:
        first = shown.problems[0]
        return None, f"line {first.line}: {first.message}"
    if shown.state.workflow_id != run.id:
        return None, f"its workflow_id is {shown.state.workflow_id}"
    if shown.state.event > run.state.event:
        return None, f"it stands at event {shown.state.event}, the history at {run.state.event}"
    return shown, ""


def require_schema(values: dict[str, object], path: str) -> None:
    """Raise Refused for a document of a newer schema: it is read by a newer program only, and stays."""
    schema = values.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise Refused(
            f"{path} has schema {schema}, this memory-state knows up to {SCHEMA}: nothing was changed; "
            "install the version that wrote it"
        )


def rebuilt(run: Run, fault: str) -> Run:
    """The run with a document made from its log, its notes from the recovery file."""
    text = new_document(template("document.md"), run.definition, run.state)
    kept = read_if_there(recovery_file(run.memory, run.id))
    notes = notes_of_recovery(kept.decode("utf-8", "replace")) if kept else ""
    if notes:
        text = text.rstrip("\n") + f"\n\n{notes}\n"
    problem = Problem(run.path, 0, f"{fault}; it was rebuilt from the history")
    return run._replace(text=text, fault=fault, problems=(*run.problems, problem))


def notes_of_recovery(text: str) -> str:
    """The notes that a recovery file kept."""
    notes = notes_of(text[body_start(text) :])
    return "" if notes == "None." else notes


def store(run: Run, text: str, *, power: bool) -> Run:
    """Write the document and its accepted copy; Conflict when the file changed since it was loaded."""
    content = text.encode()
    if content != run.stored:
        replace_file(run.path, content, durable=power, expected=run.stored)
    copy = accepted_copy(run.memory, run.id)
    if read_if_there(copy) != content:
        replace_file(copy, content, durable=False)
    return run._replace(text=text, stored=content, shown=None, notes=(), fault="")


def archive(run: Run, label: str) -> str:
    """Keep the stored document in the archive; gives its path. The same bytes are kept once."""
    import hashlib

    content = run.stored or b""
    folder = f"{run.memory}/state/archive"
    make_folder(folder)
    path = f"{folder}/{run.id}-{run.state.event}-{label}-{hashlib.sha256(content).hexdigest()[:8]}.md"
    if not Path(path).exists():
        replace_file(path, content, durable=True)
    return path


def relocate(run: Run) -> Run:
    """Put the document where its status belongs: current, further, or ended."""
    wanted = place_of(run)
    if wanted != run.path:
        Path(run.path).rename(wanted)
    if run.state.status in ("completed", "cancelled"):
        remove_file(accepted_copy(run.memory, run.id))
        remove_file(recovery_file(run.memory, run.id))
    current = wanted == active_document(run.memory)
    remembered = read_if_there(pointer(run.memory))
    if current and remembered != run.id.encode():
        replace_file(pointer(run.memory), run.id.encode(), durable=False)
    elif not current and remembered == run.id.encode():
        remove_file(pointer(run.memory))
    return run._replace(path=wanted)


def place_of(run: Run) -> str:
    """The path that a run's document should have."""
    if run.state.status in ("completed", "cancelled"):
        return f"{history_folder(run.memory, run.id)}/final.md"
    if run.state.status in ("paused", "failed"):
        return further_document(run.memory, run.id)
    active = active_document(run.memory)
    if run.path != active and not Path(active).exists():
        return active
    return run.path
