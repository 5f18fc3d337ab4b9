"""Workflows and events as rows of a list, and as JSON shows them there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.jsontext import encode_json
from memory_state.core.text import column, one_line
from memory_state.reports.meanings import meaning_of
from memory_state.workflow.progress import progress_percentage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory_state.workflow.model import Event
    from memory_state.workspace.run import Run


NARROW = 110
# Details that say more than the sentence of their event.
PARTICULARS = ("reasons", "paths", "command", "fields")
HIDDEN = ("by", "doc", "name", "session", "agent")


def run_values(run: Run) -> dict[str, object]:
    """One workflow in `list --json`."""
    state = run.state
    return {
        "workflow_id": state.workflow_id,
        "title": state.title,
        "definition": state.definition,
        "level": state.level,
        "parent": state.parent,
        "origin": dict(state.origin) or None,
        "status": state.status,
        "phase": state.phase,
        "progress_percentage": progress_percentage(state),
        "created_at": state.created_at,
        "updated_at": state.updated_at,
    }


def run_rows(runs: Sequence[Run], width: int) -> list[str]:
    """Aligned columns: id, status, progress, definition, phase, title."""
    cells = [
        (s.workflow_id, s.status, f"{progress_percentage(s):>3} %", s.definition, s.phase)
        for s in (run.state for run in runs)
    ]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    heads = ["  ".join(f"{cell:{w}}" for cell, w in zip(row, widths, strict=True)) for row in cells]
    return [
        f"{head}  {one_line(run.state.title, max(width - len(head) - 2, 10))}"
        for head, run in zip(heads, runs, strict=True)
    ]


def run_columns(runs: Sequence[Run]) -> list[str]:
    """Columns that tabs separate, for scripts: id, status, progress, definition, phase, parent, title."""
    states = [run.state for run in runs]
    return [
        column(
            s.workflow_id, s.status, progress_percentage(s), s.definition, s.phase, s.parent or "", s.title
        )
        for s in states
    ]


def event_columns(event: Event) -> str:
    """The same of an event: number, time, type, subject, who, details."""
    more = {name: value for name, value in event.details.items() if name not in HIDDEN}
    return column(event.number, event.time, event.type, event.subject, who(event), encode_json(more))


def who(event: Event) -> str:
    """Who did it: a person's name, or what they came through."""
    return str(event.details.get("name") or event.details.get("by") or "")


def event_values(event: Event) -> dict[str, object]:
    """One event in `history --json`."""
    return {
        "n": event.number,
        "time": event.time,
        "type": event.type,
        "subject": event.subject,
        "details": event.details,
    }


def event_line(event: Event, width: int) -> str:
    """One event for people: number, time in UTC, type, who, and what it means in a sentence.

    Where there is little room the type and the year go first, as the sentence says what the type does.
    """
    moment = event.time[:19].replace("T", " ")
    head = f"{event.number:>4}  {moment}  {event.type:20}  {who(event):8}  "
    if width < NARROW:
        head = f"{event.number:>4}  {moment[5:]}  {one_line(who(event), 8):6}  "
    return head + one_line(": ".join((meaning_of(event), *particulars(event))), max(width - len(head), 10))


def particulars(event: Event) -> list[str]:
    """What the sentence of an event leaves out and a reader wants to know."""
    found = [event.details.get(name) for name in PARTICULARS]
    return [
        ", ".join(map(str, each)) if isinstance(each, list | dict) else str(each) for each in found if each
    ]
