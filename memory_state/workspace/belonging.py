"""Whether a document was written by the history it stands beside.

Git can put the history of another branch under a document, and numbers alone would not tell: a
document says when the event was that it stands at, and the log must say the same of that event.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.files import read_if_there, read_tail
from memory_state.core.journal import EVENT_LIMIT, split_event
from memory_state.core.layout import accepted_copy, event_log
from memory_state.workflow.document import read_document

if TYPE_CHECKING:
    from typing import BinaryIO

    from memory_state.workflow.model import Definition, State

LONG_LOG = 1 << 20
SPAN = 4 * EVENT_LIMIT


def read_accepted(
    memory: str, workflow: str, definition: Definition, doc: int
) -> tuple[str | None, State | None]:
    """The accepted copy and its state; None and None where it is of no use."""
    content = read_if_there(accepted_copy(memory, workflow))
    try:
        text = None if content is None else content.decode("utf-8")
    except UnicodeDecodeError:
        return None, None
    state = None if text is None else read_document(text, definition, "").state
    if state is None or state.workflow_id != workflow or state.event > doc:
        return None, None
    if not is_of_log(memory, workflow, state):
        return None, None
    return text, state


def is_of_log(memory: str, workflow: str, state: State) -> bool:
    """Whether the log has the event that a state stands at, at its time; a damaged event counts as it."""
    moment = time_of_event(memory, workflow, state.event)
    return moment in (None, state.updated_at)


def time_of_event(memory: str, workflow: str, number: int) -> str | None:
    """When the event of a number was, by the last undamaged line of that number; None without one.

    A document may stand at the first of a million events: in a long log the line is sought by halving,
    which takes the numbers to rise, and only where that finds nothing is the log read backwards.
    """
    path = event_log(memory, workflow)
    with Path(path).open("rb") as log:
        if log.seek(0, 2) > LONG_LOG:
            found = time_among(b"\n" + text_around(log, number), number)
            if found is not None:
                return found
    mark = f"\n{number}. ".encode()
    return time_among(read_tail(path, lambda found: mark in found), number)


def text_around(log: BinaryIO, number: int) -> bytes:
    """A part of a log that holds the event of a number, if the numbers rise."""
    low, high = 0, log.seek(0, 2)
    while high - low > SPAN:
        middle = (low + high) // 2
        log.seek(middle)
        first = first_number(log.read(SPAN))
        low, high = (middle, high) if first is not None and first < number else (low, middle)
    log.seek(low)
    return log.read(high - low + SPAN)


def first_number(text: bytes) -> int | None:
    """The number of the first undamaged event behind an LF; None without one."""
    for line in text.split(b"\n")[1:]:
        parts = split_event(line)
        if parts is not None:
            return parts[0]
    return None


def time_among(text: bytes, number: int) -> str | None:
    """When the event of a number was, by the last undamaged line of a text with that number."""
    mark = f"\n{number}. ".encode()
    at = len(text)
    while (at := text.rfind(mark, 0, at)) >= 0:
        parts = split_event(text[at + 1 : at + 2 + EVENT_LIMIT].partition(b"\n")[0])
        if parts is not None:
            return parts[1]
    return None
