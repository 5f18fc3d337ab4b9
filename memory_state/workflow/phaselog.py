"""The log of a phase as people read it: one line for each event that fell into the phase.

It is told from the history alone, so it can be made anew at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.jsontext import encode_json_event
from memory_state.core.text import one_line, visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory_state.workflow.model import Event

ENTERING = ("phase.entered", "state.recovered", "state.rolled_back")
"""The events after which another phase is current; they fall into that one."""
LINE_LIMIT = 400
WHO_WIDTH = 12
# Who and where stand in front, or say nothing to a reader; a state is a whole document.
UNTOLD = frozenset({"by", "name", "doc", "session", "agent", "call", "state", "sha256", "tree", "tool"})


def by_phase(events: Iterable[Event], phase: str = "") -> Iterator[tuple[str, Event]]:
    """Each event with the phase that it fell into, `phase` until one is entered."""
    for event in events:
        if event.type in ENTERING:
            phase = event.subject
        yield phase, event


def log_line(event: Event) -> str:
    """The line of an event: number, time, who, what, and the details that say more."""
    who = one_line(str(event.details.get("name") or event.details.get("by") or "-"), WHO_WIDTH)
    subject = "" if event.subject == "-" else f" {event.subject}"
    head = f"{event.number:>6}  {event.time[:19].replace('T', ' ')}  {who:{WHO_WIDTH}}  {event.type}{subject}"
    rest = one_line(more(event), LINE_LIMIT)
    return visible_text(f"{head}  {rest}".rstrip().replace("\n", " ")) + "\n"


def more(event: Event) -> str:
    """The details as words, those that say nothing left out."""
    found = [f"{name}: {detail(value)}" for name, value in event.details.items() if name not in UNTOLD]
    return "; ".join(found)


def detail(value: object) -> str:
    """One detail's value: a text as it is, a list's items with commas, anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return encode_json_event(value)


def number_of_line(line: str) -> int:
    """The number of the event that a line is about; 0 for a line that is not ours."""
    first = line.split(maxsplit=1)[:1]
    return int(first[0]) if first and first[0].isascii() and first[0].isdigit() and len(first[0]) < 19 else 0
