"""Loading a run: its definition, its log's end and its document, brought to agree.

The log is the record. A document behind it is evolved, one that was edited is reconciled, one that
is missing, damaged or ahead of it is archived and built anew.
"""

from __future__ import annotations

import time
from pathlib import Path

from memory_state.core.errors import Broken, Misused, Refused
from memory_state.core.files import (
    file_mode,
    make_folder,
    read_if_there,
    read_tail,
    replace_file,
)
from memory_state.core.journal import document_number, last_event
from memory_state.core.layout import (
    accepted_copy,
    active_document,
    event_log,
    further_document,
    history_folder,
    recovery_file,
    workflow_id,
)
from memory_state.workflow.document import (
    SCHEMA,
    Document,
    body_start,
    header_values,
    notes_of,
    read_document,
    section_range,
)
from memory_state.workflow.fold import fold
from memory_state.workflow.model import Definition, Event, Problem, State
from memory_state.workflow.projection import evolve_text, new_document, owned_values, project
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.accepted import keep_accepted
from memory_state.workspace.belonging import is_of_log, read_accepted
from memory_state.workspace.definitions import snapshot
from memory_state.workspace.history import read_events
from memory_state.workspace.holding import in_conflict, with_merged_log
from memory_state.workspace.keeping import keep_definition
from memory_state.workspace.merged import merged_entries
from memory_state.workspace.naming import no_workflow

RETRIES = (0.02, 0.05, 0.1)
DOCUMENT_LIMIT = 1 << 20
SECTIONS = ("Phases", "Tasks", "Notes")


class Run(NamedTuple):
    """A run as it stands on disk.

    `text` is what its document should show and `stored` what the file holds (None: it is not
    there); `origin` is the state the document was last accepted at, which an edit is compared with,
    `state` that of the log's end; `notes` were logged between the two. `fault` says why the stored
    document can not be used, `held` why nothing may be written for now, `ways` the commands that help.
    `lowered` says that events are missing in the log and the state is in an earlier phase than the
    others give.
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
    held: str = ""
    ways: tuple[str, ...] = ()
    lowered: bool = False

    @property
    def edited(self) -> bool:
        """Whether somebody changed the document since it was last accepted."""
        return not self.fault and self.shown is not None


def pointer(memory: str) -> str:
    """The file that remembers which workflow is current, for when its document is gone."""
    return f"{memory}/state/.cache/active"


def current_id(memory: str) -> str | None:
    """The id of the current workflow; None where there is none."""
    content = read_if_there(active_document(memory)) or b""
    named = header_values(content.decode("utf-8", "replace"))[0].get("workflow_id")
    remembered = read_if_there(pointer(memory)) or b""
    found = (known_id(memory, each) for each in (named, remembered.decode("utf-8", "replace").strip()))
    return next((each for each in found if each is not None), None)


def known_id(memory: str, named: object) -> str | None:
    """`named` when it is the id of a workflow that has a history here."""
    try:
        workflow = workflow_id(str(named))
    except Misused:
        return None
    return workflow if Path(history_folder(memory, workflow)).is_dir() else None


def document_path(memory: str, workflow: str) -> str:
    """Where that workflow's document is, or belongs when it is gone."""
    ended = f"{history_folder(memory, workflow)}/final.md"
    active, further = active_document(memory), further_document(memory, workflow)
    if Path(ended).is_file():
        return ended
    if current_id(memory) == workflow and (Path(active).exists() or not Path(further).is_file()):
        return active
    return further


def load(memory: str, workflow: str) -> Run:
    """Load a run; the caller holds the lock. Missing when there is no such workflow here."""
    folder = history_folder(memory, workflow)
    if not Path(folder).is_dir():
        raise no_workflow(memory, workflow)
    definition, definition_text = snapshot(Path(folder, "definition.md"))
    tail = last_event(read_log_tail(memory, workflow))
    if tail is None:
        raise Broken(f"{event_log(memory, workflow)} holds no readable event", ("recover", "list"))
    accepted, origin = read_accepted(memory, workflow, definition, document_number(tail[4]))
    run = loaded(memory, workflow, definition, definition_text, tail, (accepted, origin))
    merged = merged_entries(memory, workflow)
    if merged is not None:
        return with_merged_log(run, merged)
    if origin is None or not (run.edited or run.fault) or is_proven(run, origin):
        return run
    return loaded(memory, workflow, definition, definition_text, tail, (None, None))


def loaded(
    memory: str,
    workflow: str,
    definition: Definition,
    definition_text: str,
    tail: tuple[int, str, str, str, bytes],
    copy: tuple[str | None, State | None],
) -> Run:
    """The run by its log, whose last event is `tail`, and by an accepted copy, if there is one."""
    accepted, origin = copy
    state, notes, complete = evolved(memory, workflow, definition, origin, document_number(tail[4]))
    run = Run(
        memory, workflow, definition, definition_text, state, origin or state,
        document_path(memory, workflow), text="", stored=None, shown=None, moment=tail[1],
    )  # fmt: skip
    return compare(run, accepted, notes, complete=complete)


def is_proven(run: Run, origin: State) -> bool:
    """Whether the log says what an accepted copy shows.

    The copy is not synced: after a power cut it may have its front matter and half of its body, and
    the document would pass for an edit of that.
    """
    events = [each for each in read_events(run.memory, run.id) if each.number <= origin.event]
    state = fold(run.definition, events)
    return state is not None and ordered(state) == ordered(origin)


def ordered(state: State) -> State:
    """The state with its tasks sorted: a document may list them otherwise than the log."""
    return state._replace(tasks=tuple(sorted(state.tasks)))


def read_log_tail(memory: str, workflow: str) -> bytes:
    """The end of a log; Broken when the log is gone."""
    try:
        return read_tail(event_log(memory, workflow), last_event)
    except FileNotFoundError:
        raise Broken(f"{event_log(memory, workflow)} is gone", ("recover", "list")) from None


def evolved(
    memory: str, workflow: str, definition: Definition, origin: State | None, doc: int
) -> tuple[State, list[str], bool]:
    """The state at the log's end, from `origin` on where there is one, and the notes since then.

    With them whether no event was missing on the way.
    """
    if origin is not None and origin.event == doc:
        return origin, [], True
    start = origin.event if origin else 0
    events = list(read_events(memory, workflow, start))
    state = fold(definition, events, origin)
    if state is None:
        raise Broken(f"the history of {workflow} does not begin with its start", ("recover", "list"))
    complete = all(each.number == start + at for at, each in enumerate(events, 1))
    return state, notes_in(events) if origin else [], complete


def notes_in(events: list[Event]) -> list[str]:
    """The texts of the notes among these events."""
    return [str(event.details["text"]) for event in events if event.type == "note.added"]


def compare(run: Run, accepted: str | None, notes: list[str], *, complete: bool) -> Run:
    """Tell whether the stored document is as accepted, behind, edited, in conflict or of no use.

    `complete` says that no event of the log is missing.
    """
    held = in_conflict(run)
    if held is not None:
        return held
    stored, shown, fault = read_stored(run, accepted)
    run = run._replace(stored=stored)
    phase = proven_phase(run, complete=complete)
    if phase != run.state.phase:
        from memory_state.workflow.conflict import in_earlier_phase

        why = f"events are missing in its history, which would give phase {run.state.phase}; {phase} is safe"
        state = in_earlier_phase(run.definition, run.state, phase)
        return rebuilt(run._replace(state=state, lowered=True), why)
    if fault or stored is None or shown is None or shown.state is None:
        return rebuilt(run, fault or "the document is missing")
    try:
        if accepted is not None:
            expected = evolve_text(accepted, run.definition, run.origin, run.state, notes)
            if stored in (expected.encode(), accepted.encode()):
                return run._replace(text=expected)
            if shown.state.event == run.origin.event:
                return run._replace(text=expected, shown=shown, notes=tuple(notes))
        return without_copy(run, stored.decode(), shown, shown.state)
    except Broken as error:
        return rebuilt(run, error.sentence)


def proven_phase(run: Run, *, complete: bool) -> str:
    """The phase of the log's end, or an earlier one where the log has lost events.

    What it has lost may have led back. Document, accepted copy and recovery file tell: those that are
    of a later event than the log's last, and all of them where an event before is missing.
    """
    copies = (run.stored, *map(read_if_there, (
        accepted_copy(run.memory, run.id), recovery_file(run.memory, run.id),
    )))  # fmt: skip
    ids = [each.id for each in run.definition.phases]
    found = [run.state.phase]
    for each in copies:
        values = header_values((each or b"").decode("utf-8", "replace"))[0]
        event, phase = values.get("event"), values.get("phase")
        counts = isinstance(event, int) and (not complete or event > run.state.event)
        if counts and phase in ids and values.get("workflow_id") == run.id:
            found.append(str(phase))
    return min(found, key=ids.index)


def without_copy(run: Run, stored: str, shown: Document, state: State) -> Run:
    """Compare a document of which no accepted copy is left with the log as it was at its event."""
    if not is_of_log(run.memory, run.id, state):
        return rebuilt(
            run, f"it belongs to another history, in which event {state.event} was at another time"
        )
    origin, notes = run.state, []
    if state.event != run.state.event:
        events = list(read_events(run.memory, run.id))
        past = fold(run.definition, [each for each in events if each.number <= state.event])
        if past is None:
            return rebuilt(run, f"it stands at event {state.event}, before its start")
        origin, notes = past, notes_in([each for each in events if each.number > state.event])
    text = evolve_text(stored, run.definition, origin, run.state, notes)
    if origin == state:
        return run._replace(text=text)
    return run._replace(text=text, shown=shown, origin=origin, notes=tuple(notes))


def read_stored(run: Run, accepted: str | None) -> tuple[bytes | None, Document | None, str]:
    """The document on disk, and why it is of no use; an unreadable one may be in the middle of a save."""
    stored, shown, fault = None, None, ""
    file_mode(run.path)  # a link is told before anything is logged that could not be shown then
    for pause in (*RETRIES, 0.0):
        stored = read_if_there(run.path, DOCUMENT_LIMIT)
        shown, fault = readable(run, stored, accepted)
        if not fault and shown is not None:
            break
        time.sleep(pause)
    return stored, shown, fault


def readable(run: Run, stored: bytes | None, accepted: str | None) -> tuple[Document | None, str]:
    """A document as read, or what is wrong with it as a whole."""
    if stored is None:
        return None, ""
    if len(stored) == DOCUMENT_LIMIT:
        raise Refused(
            f"{run.path} is larger than {DOCUMENT_LIMIT - 1} bytes: nothing was changed; "
            "move long notes to a file",
            ("status",),
        )
    try:
        text = stored.decode("utf-8")
    except UnicodeDecodeError as error:
        return None, f"not UTF-8 at byte {error.start}"
    values, _, problems = header_values(text)
    require_schema(values, run.path)
    if problems:
        return None, f"line {problems[0].line}: {problems[0].message}"
    shown = read_document(text, run.definition, run.path, owned_values(run.state))
    return (None, fault) if (fault := fault_of(run, shown, text, accepted)) else (shown, "")


def fault_of(run: Run, shown: Document, text: str, accepted: str | None) -> str:
    """Why a document with a readable front matter is of no use; empty when it is."""
    if shown.state is None:
        return f"line {shown.problems[0].line}: {shown.problems[0].message}"
    if shown.state.workflow_id != run.id:
        return f"its workflow_id is {shown.state.workflow_id}"
    if shown.state.event > run.state.event:
        return f"it stands at event {shown.state.event}, the history at {run.state.event}"
    lost = lost_section(text, accepted)
    return f"its section {lost} is gone, as if it had been cut off" if lost else ""


def lost_section(text: str, accepted: str | None) -> str | None:
    """The first section of ours that a document lacks and its accepted copy, if there is one, has.

    Without the check a document that was cut off would count as one whose tasks a person removed.
    """
    here, there = text[body_start(text) :], (accepted or "")[body_start(accepted or "") :]
    wanted = [each for each in SECTIONS if accepted is None or section_range(there, each) is not None]
    return next((each for each in wanted if section_range(here, each) is None), None)


def require_schema(values: dict[str, object], path: str) -> None:
    """Raise Refused for a document of a newer schema: it is read by a newer program only, and stays."""
    schema = values.get("schema")
    if isinstance(schema, int) and schema > SCHEMA:
        raise Refused(
            f"{path} has schema {schema}, this memory-state knows up to {SCHEMA}: nothing was changed; "
            "install the version that wrote it",
            ("validate", "list"),
        )


def rebuilt(run: Run, fault: str) -> Run:
    """The run with a document made from its log, its notes from the recovery file and the log."""
    notes, event = kept_notes(run)
    text = project(
        fresh_text(run, notes),
        run.definition,
        run.state,
        notes_in(list(read_events(run.memory, run.id, event))),
    )
    problem = Problem(run.path, 0, f"{fault}; it was rebuilt from the history")
    return run._replace(text=text, fault=fault, problems=(*run.problems, problem))


def fresh_text(run: Run, notes: str) -> str:
    """A new document of a run with these notes."""
    from memory_state.workspace.resources import template

    text = new_document(template("document.md"), run.definition, run.state)
    return text.rstrip("\n") + f"\n\n{notes}\n" if notes else text


def kept_notes(run: Run) -> tuple[str, int]:
    """The notes that the recovery file kept, and the event it was saved at; none and 0 without it."""
    text = (read_if_there(recovery_file(run.memory, run.id)) or b"").decode("utf-8", "replace")
    event = header_values(text)[0].get("event")
    if not isinstance(event, int):
        return "", 0
    notes = notes_of(text[body_start(text) :])
    return "" if notes == "None." else notes, event


def store(run: Run, text: str, *, power: bool) -> Run:
    """Write the document and its accepted copy; Conflict when the file changed since it was loaded."""
    content = text.encode()
    if content != run.stored:
        from memory_state.workspace.swapping import swap_file

        swap_file(
            run.path, content, run.stored, durable=power,
            keep=lambda found: keep(run.memory, f"{run.id}-{run.state.event}-second", found),
        )  # fmt: skip
    keep_accepted(run.memory, run.state, content)
    snapshot_file = Path(history_folder(run.memory, run.id), "definition.md")
    keep_definition(snapshot_file, run.definition_text, run.definition)
    return run._replace(text=text, stored=content, shown=None, notes=(), fault="")


def archive(run: Run, label: str) -> str:
    """Keep the stored document in the archive; gives its path."""
    return keep(run.memory, f"{run.id}-{run.state.event}-{label}", run.stored or b"")


def keep(memory: str, name: str, content: bytes) -> str:
    """Keep a file's content in the archive; gives its path. The same bytes are kept once."""
    import hashlib

    folder = f"{memory}/state/archive"
    make_folder(folder)
    path = f"{folder}/{name}-{hashlib.sha256(content).hexdigest()[:8]}.md"
    if not Path(path).exists():
        replace_file(path, content, durable=True)
    return path
