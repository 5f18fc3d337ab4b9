"""Counting the events of a log of any length, in one pass and in bounded memory.

What an event says is not read and its checksum not asked: for that there is `verify`.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.layout import event_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Counted = Counter[tuple[str, str, str]]

BLOCK = 1 << 20
TOOL_EVENTS = ("tool.used", "tool.denied")
# Type and subject in one group: a pair for each of a million events would take longer than to cut it once.
EVENT = re.compile(
    rb"\n[0-9]+\. [0-9T:.Z-]+ \*\*([a-z_.]+\*\* [A-Za-z0-9._/-]+) `\{.*\}` \^[0-9a-f]{8}(?=\n)"
)
# The events after which another phase is current, and the marks that a block without them lacks.
ENTERED = re.compile(
    rb"\n[0-9]+\. [0-9T:.Z-]+ \*\*(?:phase\.entered|state\.recovered|state\.rolled_back)\*\* ([a-z0-9_-]+) `"
)
MARKS = (b"**phase.", b"**state.")


class Counts(NamedTuple):
    """How many events there are of each phase, type and subject, and how many lines are none.

    The phase is empty before the first is entered. The lines of a log's head are none.
    """

    events: Counted
    other: int

    @property
    def total(self) -> int:
        """All events."""
        return self.events.total()

    def by_type(self) -> Counter[str]:
        """Events by type."""
        return summed((kind, number) for (_, kind, _), number in self.events.items())

    def by_phase(self) -> Counter[str]:
        """Events by the phase they fell into."""
        return summed((phase, number) for (phase, _, _), number in self.events.items())

    def by_tool(self) -> Counter[str]:
        """Finished and denied tool calls by tool."""
        return summed(
            (subject, number) for (_, kind, subject), number in self.events.items() if kind in TOOL_EVENTS
        )


def summed(numbers: Iterable[tuple[str, int]]) -> Counter[str]:
    """The sums by name."""
    found: Counter[str] = Counter()
    for name, number in numbers:
        found[name] += number
    return found


def count_log(memory: str, workflow: str) -> Counts:
    """The counts of a workflow's log; FileNotFoundError when there is none."""
    with Path(event_log(memory, workflow)).open("rb") as log:
        return count_events(iter(lambda: log.read(BLOCK), b""))


def count_events(blocks: Iterable[bytes]) -> Counts:
    """Count the lines of an event log that comes in blocks, which may end anywhere.

    A last line without its LF is not counted: it may be torn.
    """
    found: Counted = Counter()
    lines, phase = 0, b""
    for text in whole_lines(blocks):
        lines += text.count(b"\n") - 1
        for current, part in by_phases(text, phase):
            phase = current
            for each, number in Counter(EVENT.findall(part)).items():
                kind, _, subject = each.decode().partition("** ")
                found[phase.decode(), kind, subject] += number
    return Counts(found, lines - found.total())


def whole_lines(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Texts that begin with an LF and end with one, each LF between two texts in both."""
    rest = b"\n"
    for block in blocks:
        text = rest + block
        end = text.rfind(b"\n")
        yield text[: end + 1]
        rest = text[end:]


def by_phases(text: bytes, phase: bytes) -> Iterator[tuple[bytes, bytes]]:
    """A text of whole lines cut where another phase is entered, each part with its phase."""
    at = 0
    for entered in ENTERED.finditer(text) if any(mark in text for mark in MARKS) else ():
        yield phase, text[at : entered.start() + 1]
        phase, at = entered[1], entered.start()
    yield phase, text[at:]
