"""What is wrong in the files of a project: each is read as what it is, and every problem is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.errors import MemoryStateError
from memory_state.core.journal import split_event
from memory_state.core.layout import history_folder, workflow_id
from memory_state.workflow.document import read_document
from memory_state.workflow.frontmatter import parse
from memory_state.workflow.model import Problem
from memory_state.workspace.definitions import check_definition, find_definition

if TYPE_CHECKING:
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


def project_files(memory: str) -> list[str]:
    """The project's own definitions and the files of its state, sorted within each kind."""
    return [str(path) for pattern in STATE_FILES for path in sorted(Path(memory).glob(pattern))]


def problems_in(memory: str, path: str) -> list[Problem]:
    """Every problem of a file: a definition has `phases`, a document a `workflow_id` and a `definition`."""
    try:
        content = Path(path).read_bytes()
        if Path(path).name == "events.md":
            return log_problems(path, content)
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        return [Problem(path, 0, f"not UTF-8 at byte {error.start}")]
    except OSError as error:
        return [Problem(path, 0, f"can not be read: {error.strerror}")]
    parsed = parse(text)
    if "phases" in parsed.values or Path(path).parent == Path(memory, "workflows"):
        return list(check_definition(Path(path), path)[1])
    if parsed.problems:
        return [each._replace(path=path) for each in parsed.problems]
    if "workflow_id" not in parsed.values:
        return [Problem(path, 1, "neither a definition (no phases) nor a document (no workflow_id)")]
    return known_file_problems(memory, path, text, parsed.values)


def known_file_problems(memory: str, path: str, text: str, values: dict[str, object]) -> list[Problem]:
    """The problems of a document; a recovery file, known by its time, is fine once it can be read."""
    if "definition" not in values or "saved_at" in values:
        return []
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


def log_problems(path: str, content: bytes) -> list[Problem]:
    """The damaged lines of an event log; a torn last line is no damage."""
    lines = content.split(b"\n")[:-1]
    return [
        Problem(path, at, "this line is damaged: its checksum does not hold")
        for at, line in enumerate(lines, 1)
        if at > LOG_OPENING and line and split_event(line) is None
    ]
