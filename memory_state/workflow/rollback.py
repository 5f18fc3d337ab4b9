"""Going back: which changes can be undone, and the event to go back to.

A change is what one command or edit did: its events carry the same time. What an earlier rollback
undid is off the line of changes for good, so there is no way forward to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Missing, Refused
from memory_state.workflow.fold import DOCUMENT_EVENTS
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory_state.workflow.model import Event

STEPS = ("phase.", "task.", "approval.")
CHECKPOINT = "checkpoint.saved"


class Point(NamedTuple):
    """One event that still holds: `step` says that it is a change that a rollback counts."""

    number: int
    time: str
    step: bool
    checkpoint: str = ""


def points(events: Iterable[Event]) -> list[Point]:
    """The events that changed the document or are named checkpoints, less what was undone."""
    found: list[Point] = []
    for event in events:
        if event.type == "state.rolled_back":
            to = event.details.get("to")
            while isinstance(to, int) and found and found[-1].number > to:
                found.pop()
        if event.type in DOCUMENT_EVENTS:
            found.append(Point(event.number, event.time, is_step(event)))
        elif event.type == CHECKPOINT and event.subject != "-":
            found.append(Point(event.number, event.time, step=False, checkpoint=event.subject))
    return found


def is_step(event: Event) -> bool:
    """Whether an event is one that a rollback counts: of a phase, a task, an approval, a field."""
    return event.type.startswith(STEPS) or (event.type == "document.edited" and "fields" in event.details)


def opening_end(line: Sequence[Point]) -> int:
    """The number of the last event of the start, before which nothing can go back."""
    return max(each.number for each in line if each.time == line[0].time and not each.checkpoint)


def back_by(line: Sequence[Point], steps: int) -> int:
    """The number of the event to go back to, to undo that many changes; Refused when there are fewer."""
    first = opening_end(line)
    later = [each for each in line if each.number > first]
    changes = list(dict.fromkeys(each.time for each in later if each.step))
    if steps > len(changes):
        raise Refused(
            f"rollback: {steps} steps are too many, there {were(len(changes))} to undo since the start",
            ("history",),
        )
    undone = min(each.number for each in later if each.time == changes[-steps])
    return max(each.number for each in line if each.number < undone)


def were(count: int) -> str:
    """How many changes there are, in words."""
    return "is 1" if count == 1 else f"are {count or 'none'}"


def back_to(line: Sequence[Point], wanted: str, last: int) -> int:
    """The number of an event, given as such or as the name of a checkpoint; `last` is the log's last.

    Refused for an event before the end of the start, or one that was undone; Missing for an unknown one.
    """
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) <= 18):
        named = [each.number for each in line if each.checkpoint == wanted]
        if not named:
            known = ", ".join(dict.fromkeys(each.checkpoint for each in line if each.checkpoint))
            hint = f"there are {known}" if known else "none has been saved"
            raise Missing(
                f"rollback: there is no checkpoint {wanted[:80]!r}; {hint}", ("save --name NAME", "history")
            )
        return named[-1]
    number = int(wanted)
    if number > last:
        raise Missing(f"rollback: there is no event {number}; the last is {last}", ("history",))
    if number < opening_end(line):
        raise Refused(
            f"rollback: event {number} is before the end of the start, event {opening_end(line)}",
            (f"rollback --to {opening_end(line)}",),
        )
    return number


def is_undone(events: Iterable[Event], number: int) -> bool:
    """Whether an earlier rollback went back behind this event."""
    spans = ((e.details.get("to"), e.number) for e in events if e.type == "state.rolled_back")
    return any(isinstance(to, int) and to < number < at for to, at in spans)
