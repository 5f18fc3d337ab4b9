"""What is wrong in a recovery file, from which a workflow may have to be made whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.clock import parse_time
from memory_state.core.errors import Misused
from memory_state.core.layout import workflow_id
from memory_state.workflow.document import section_range
from memory_state.workflow.model import STATUSES, Problem
from memory_state.workflow.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.workflow.frontmatter import Parsed

TEXTS = ("workflow_id", "saved_at", "reason", "phase", "status")
SECTIONS = ("Where it stands", "Done", "Pending", "Resume", "Notes")


def recovery_problems(text: str, parsed: Parsed) -> list[Problem]:
    """Every problem of a recovery file that YAML can read; the paths are empty."""
    return [*value_problems(parsed), *section_problems(parsed.body, text.rstrip("\n").count("\n") + 1)]


def value_problems(parsed: Parsed) -> Iterator[Problem]:
    """Keys that are missing, and values that mean nothing."""
    for name in TEXTS:
        value = parsed.values.get(name)
        line, column = parsed.places.get((name,), (1, 1))
        if name not in parsed.values:
            near = nearest(name, map(str, parsed.values)).replace("did you mean", "is it")
            yield Problem("", 1, f"the key {name} is missing{near}", 1)
        elif not isinstance(value, str):
            yield Problem("", line, f"{name} must be a text", column)
        else:
            why = wrong_text(name, value)
            if why:
                yield Problem("", line, why, column)


def wrong_text(name: str, value: str) -> str:
    """Why a text means nothing under its key; empty when it may."""
    try:
        if name == "workflow_id":
            workflow_id(value)
        if name == "saved_at":
            parse_time(value)
    except Misused as error:
        return error.sentence
    except ValueError:
        return f"saved_at {value[:40]!r} is no time such as 2026-11-20T10:00:00Z"
    if name == "status" and value not in STATUSES:
        return f"status {value[:40]!r} is none of {', '.join(sorted(STATUSES))}{nearest(value, STATUSES)}"
    return ""


def section_problems(body: str, last: int) -> Iterator[Problem]:
    """Sections that are not there, told at the end of the file."""
    for title in SECTIONS:
        if section_range(body, title) is None:
            yield Problem("", last, f"the section `## {title}` is missing", 1)
