"""What is wrong in the files of a project: each is read as what it is, and every problem is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import MemoryStateError
from memory_state.core.journal import split_event
from memory_state.core.layout import history_folder, workflow_id
from memory_state.core.locate import PROJECT_FILE
from memory_state.workflow.document import read_document
from memory_state.workflow.frontmatter import parse
from memory_state.workflow.model import Problem
from memory_state.workflow.recoveryproblems import recovery_problems
from memory_state.workspace.definitions import check_definition, find_definition
from memory_state.workspace.history import event_from
from memory_state.workspace.settingsproblems import settings_problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.workflow.model import Definition

STATE_FILES = (
    "workflows/*.md",
    "state/active-workflow*.md",
    "state/workflow-history/*/definition.md",
    "state/workflow-history/*/events.md",
    "state/workflow-history/*/final.md",
    "state/interruption-recovery/*.md",
)
LOG_OPENING = 6  # lines: the front matter, the title, a blank


def project_files(memory: str, settings: tuple[str, ...] = ()) -> list[str]:
    """The settings that are there, the project's own definitions, the files of its state; sorted by kind."""
    found = [str(path) for pattern in STATE_FILES for path in sorted(Path(memory).glob(pattern))]
    return [*(path for path in settings if Path(path).is_file()), *found]


def problems_in(memory: str, path: str, user_settings: str = "") -> list[Problem]:
    """Every problem of a file, in the order of its lines.

    A definition has `phases`, a document a `workflow_id` and a `definition`, a recovery file a time of
    its save; settings are known by their name, `user_settings` is the path of the user's.
    """
    found = problems_of_kind(memory, path, user_settings)
    return sorted(found, key=lambda each: (each.line, each.column, each.message))


def problems_of_kind(memory: str, path: str, user_settings: str) -> list[Problem]:
    """The same, by what the file is."""
    try:
        content = Path(path).read_bytes()
        if Path(path).name == "events.md":
            return list(log_problems(path, content))
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return [undecodable(path, error)]
    except OSError as error:
        return [Problem(path, 0, f"can not be read: {error.strerror}")]
    if path == user_settings or Path(path).name == PROJECT_FILE:
        return settings_problems(path, text, user=path == user_settings)
    parsed = parse(text)
    if "phases" in parsed.values or Path(path).parent == Path(memory, "workflows"):
        return list(check_definition(Path(path), path)[1])
    if parsed.problems:
        return [each._replace(path=path) for each in parsed.problems]
    if "workflow_id" not in parsed.values:
        return [Problem(path, 1, "neither a definition (no phases) nor a document (no workflow_id)", 1)]
    if "saved_at" in parsed.values or "definition" not in parsed.values:
        return [each._replace(path=path) for each in recovery_problems(text, parsed)]
    return document_problems(memory, path, text, parsed.values)


def undecodable(path: str, error: UnicodeDecodeError) -> Problem:
    """The first byte of a file that is no UTF-8; the column counts the characters before it."""
    before = error.object[: error.start].decode("utf-8")
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Problem(path, before.count("\n") + 1, f"not UTF-8 at byte {error.start}", column)


def document_problems(memory: str, path: str, text: str, values: dict[str, object]) -> list[Problem]:
    """The problems of a document."""
    definition = governing_definition(memory, values)
    if isinstance(definition, Problem):
        return [definition._replace(path=path)]
    return list(read_document(text, definition, path).problems)


def governing_definition(memory: str, values: dict[str, object]) -> Definition | Problem:
    """The definition that a document is read by: that of its start, else the one of its name."""
    try:
        own = Path(history_folder(memory, workflow_id(str(values["workflow_id"]))), "definition.md")
        path = own if own.is_file() else find_definition(memory, str(values["definition"]))
    except MemoryStateError as error:
        return Problem("", 1, error.sentence)
    definition, problems, _ = check_definition(path, str(path))
    return definition or Problem("", 1, f"its definition has problems, the first: {problems[0]}")


def log_problems(path: str, content: bytes) -> Iterator[Problem]:
    """Damaged lines of an event log, and numbers that do not rise; a torn last line is no damage."""
    last = 0
    for at, line in enumerate(content.split(b"\n")[:-1], 1):
        parts = split_event(line)
        if parts is None:
            if at > LOG_OPENING and line:
                yield Problem(path, at, "this line is damaged: its checksum does not hold")
            continue
        if event_from(parts) is None:
            column = line.index(b" `") + 3
            yield Problem(path, at, f"the details of event {parts[0]} are no JSON object", column)
        if parts[0] <= last:
            said = f"event {parts[0]} comes after event {last}: git merged two histories"
            yield Problem(path, at, said, 1)
        last = parts[0]
