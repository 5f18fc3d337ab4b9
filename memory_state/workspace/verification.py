"""Whether a workflow's log is whole and its document says the same; nothing is written."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import Broken, MemoryStateError
from memory_state.core.files import read_if_there
from memory_state.core.layout import event_log, history_folder
from memory_state.workflow.document import body_start, header_values, read_document, section_range
from memory_state.workflow.fold import DOCUMENT_EVENTS, fold
from memory_state.workflow.model import Definition, Problem, State
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.definitions import snapshot
from memory_state.workspace.history import event_from
from memory_state.workspace.logscan import Scan, scan_log
from memory_state.workspace.naming import no_workflow
from memory_state.workspace.run import document_path, ordered
from memory_state.workspace.statefiles import is_lost, whole

if TYPE_CHECKING:
    from memory_state.workflow.model import Event
    from memory_state.workspace.logscan import Line, Parts

SECTION_OF = {"phases": "Phases", "tasks": "Tasks"}


class Verification(NamedTuple):
    """What was found: the log's counts, and every problem of log, definition and document."""

    workflow: str
    scan: Scan
    problems: tuple[Problem, ...]


class Replay:
    """The fold of a log while it is read."""

    def __init__(self, memory: str, workflow: str, definition: Definition | None) -> None:
        self.memory = memory
        self.workflow = workflow
        self.definition = definition
        self.state: State | None = None
        self.problems: list[Problem] = []

    def visit(self, line: Line, parts: Parts) -> None:
        """Take one more event in; of those that change no document not even the JSON is read."""
        if parts[2] not in DOCUMENT_EVENTS:
            return
        event = event_from(parts)
        if event is None:
            self.tell(line, f"the details of event {parts[0]} are no JSON object")
            return
        event = whole(self.memory, self.workflow, event)
        if is_lost(event):
            self.tell(line, f"the state that event {parts[0]} went back to is lost: {event.details['file']}")
        self.fold(line, event)

    def fold(self, line: Line, event: Event) -> None:
        """Fold an event; one that makes no sense where it stands is a problem."""
        if self.definition is None:
            return
        try:
            self.state = fold(self.definition, [event], self.state)
        except Broken as error:
            self.tell(line, error.sentence)

    def tell(self, line: Line, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(event_log(self.memory, self.workflow), line.number, message))


def verify(memory: str, workflow: str) -> Verification:
    """Check the log's lines, numbers and seals, and its fold against the document.

    Missing when there is no such workflow here.
    """
    definition: Definition | None = None
    problems: list[Problem] = []
    try:
        definition = snapshot(Path(history_folder(memory, workflow), "definition.md"))[0]
    except MemoryStateError as error:
        problems.append(Problem(f"{history_folder(memory, workflow)}/definition.md", 0, error.sentence))
    replay = Replay(memory, workflow, definition)
    try:
        scan = scan_log(memory, workflow, replay.visit)
    except FileNotFoundError:
        raise no_workflow(memory, workflow, "history of workflow", ("recover", "list")) from None
    problems += sorted((*scan.problems, *replay.problems), key=lambda each: each.line)
    if definition is not None and not scan.merged:
        problems += document_problems(document_path(memory, workflow), definition, replay.state)
    return Verification(workflow, scan, tuple(problems))


def document_problems(path: str, definition: Definition, folded: State | None) -> list[Problem]:
    """Where a document says something else than the fold of its history."""
    content = read_if_there(path)
    if folded is None:
        return [
            Problem(path, 0, "the history does not begin with its start: there is nothing to compare with")
        ]
    if content is None:
        return [Problem(path, 0, "the document is missing")]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return [Problem(path, 0, f"not UTF-8 at byte {error.start}")]
    shown = read_document(text, definition, path)
    if shown.state is None:
        return list(shown.problems)
    return differences(path, text, shown.state, folded)


def differences(path: str, text: str, shown: State, folded: State) -> list[Problem]:
    """The fields in which two states differ, each with its line in the document."""
    shown, folded = ordered(shown), ordered(folded)
    if shown.event != folded.event:
        said = f"the document stands at event {shown.event}, the history at {folded.event}"
        return [Problem(path, line_of(text, "event"), said)]
    return [
        Problem(path, line_of(text, name), f"{name} {differs(getattr(shown, name), getattr(folded, name))}")
        for name in shown._fields
        if getattr(shown, name) != getattr(folded, name)
    ]


def differs(shown: object, folded: object) -> str:
    """How a value of the document differs from the history's."""
    if isinstance(shown, tuple) or isinstance(folded, tuple):
        return "is not what the history says"
    return f"is {shown!r}, the history says {folded!r}"


def line_of(text: str, name: str) -> int:
    """The line of a field in a document: of its key, or of the heading of its section; 0 when unknown."""
    start = body_start(text)
    if name in SECTION_OF:
        inside = section_range(text[start:], SECTION_OF[name])
        return 0 if inside is None else text.count("\n", 0, start) + inside.start
    return header_values(text)[1].get(name, 0)
