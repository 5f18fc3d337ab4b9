"""Reading an event log for what is wrong in it: one pass, line by line, in bounded memory."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

from memory_state.core.journal import EVENT_LIMIT, split_event
from memory_state.core.layout import event_log
from memory_state.workflow.model import Problem
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.history import event_from, log_opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    Parts = tuple[int, str, str, str, bytes]

TOLD = 1000
CHECKED = len(b" ^01234567\n")
# A tool call's event: most of a log, and no document shows it.
CALLED = re.compile(
    rb"[0-9]+\. [0-9T:.Z-]+ \*\*tool\.(?:used|denied)\*\* [A-Za-z0-9._/-]+ `\{.*\}` \^[0-9a-f]{8}\n"
)
DAMAGED = "this line is damaged: its checksum does not hold"


class Line(NamedTuple):
    """A line of a log: its number from 1, its bytes without LF, whether an LF ends it.

    `before` is the SHA-256 of all bytes before it, good until the next line is asked for. Of a line
    longer than any event only the first bytes are there.
    """

    number: int
    content: bytes
    ended: bool
    before: hashlib._Hash


class Scan(NamedTuple):
    """What a log holds: counts, whether its last line is torn, what is wrong with it.

    `damaged` are the numbers of the damaged lines; `merged` says that numbers are equal or fall. Of
    very many problems only the first are in `problems`, `found` counts them all.
    """

    events: int
    seals: int
    size: int
    torn: bool
    merged: bool
    damaged: tuple[int, ...]
    problems: tuple[Problem, ...]
    found: int


class Tally:
    """What is known of a log so far."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.events = self.seals = self.size = self.found = self.last = self.gap = 0
        self.torn = self.merged = False
        self.damaged: list[int] = []
        self.problems: list[Problem] = []

    def tell(self, line: int, message: str) -> None:
        """Note a problem."""
        self.found += 1
        if len(self.problems) < TOLD:
            self.problems.append(Problem(self.path, line, message))

    def result(self) -> Scan:
        """All of it."""
        return Scan(
            self.events, self.seals, self.size, self.torn, self.merged, tuple(self.damaged),
            tuple(self.problems), self.found,
        )  # fmt: skip


class Log:
    """A log that is being read: where it stands, how many lines were read, the SHA-256 of them."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.lines = 0
        self.before = hashlib.sha256()

    def calls(self, number: int) -> tuple[int, bytes]:
        """Pass over sound events of tool calls that are numbered from `number` on.

        Gives how many there were, and the piece of the file that comes after them.
        """
        first = number
        read, update, called = self.file.readline, self.before.update, CALLED.fullmatch
        while piece := read(EVENT_LIMIT + 1):
            sound = piece[2 - CHECKED :] == b"%08x\n" % crc32(piece[:-CHECKED])
            if not (sound and piece.startswith(b"%d. " % number) and called(piece)):
                break
            update(piece)
            number += 1
        self.lines += number - first
        return number - first, piece

    def line(self, piece: bytes) -> Line:
        """The line that begins with this piece, the rest of a very long one still to be read."""
        self.lines += 1
        return Line(self.lines, piece.removesuffix(b"\n"), piece[-1:] == b"\n", self.before)

    def leave(self, piece: bytes) -> None:
        """Pass the line that begins with this piece."""
        self.before.update(piece)
        while piece[-1:] != b"\n" and (piece := self.file.readline(EVENT_LIMIT + 1)):
            self.before.update(piece)


def scan_log(memory: str, workflow: str, visit: Callable[[Line, Parts], None]) -> Scan:
    """Read a log from end to end; FileNotFoundError without a log.

    `visit` gets every undamaged event but those of tool calls in their order, of which there are many.
    """
    path = event_log(memory, workflow)
    opening = log_opening(workflow).split(b"\n")[:-1]
    tally = Tally(path)
    with Path(path).open("rb") as file:
        log = Log(file)
        while True:
            passed, piece = log.calls(tally.last + 1)
            if passed:
                tally.events, tally.last, tally.gap = tally.events + passed, tally.last + passed, 0
            if not piece:
                break
            line = log.line(piece)
            parts = split_event(line.content)
            if parts is not None:
                check_order(tally, line, parts)
                check_seal(tally, line, parts)
                visit(line, parts)
            elif tally.events or line.number > len(opening) or line.content != opening[line.number - 1]:
                check_other(tally, line)
            log.leave(piece)
        tally.size = file.tell()
    return tally.result()


def check_other(tally: Tally, line: Line) -> None:
    """A line that is no event: torn when it is the last and lacks its LF, else damaged."""
    if not line.ended and len(line.content) <= EVENT_LIMIT:
        tally.torn = True
    elif line.content:
        tally.damaged.append(line.number)
        tally.gap += 1
        tally.tell(line.number, DAMAGED)


def check_order(tally: Tally, line: Line, parts: Parts) -> None:
    """The numbers go up by one; a damaged line may have had one."""
    number, wanted = parts[0], tally.last + 1
    tally.events += 1
    if number < wanted:
        tally.merged = True
        tally.tell(line.number, f"event {number} comes after event {tally.last}: git merged two histories")
    elif number > wanted + tally.gap:
        missing = f"event {wanted} is" if number == wanted + 1 else f"events {wanted} to {number - 1} are"
        tally.tell(line.number, f"{missing} missing before event {number}")
    tally.last, tally.gap = number, 0


def check_seal(tally: Tally, line: Line, parts: Parts) -> None:
    """A seal holds the SHA-256 of every byte before it."""
    if parts[2] != "log.sealed":
        return
    tally.seals += 1
    event = event_from(parts)
    if event is None or event.details.get("sha256") != line.before.hexdigest():
        tally.tell(line.number, f"the seal of event {parts[0]} does not hold: a line before it was changed")
