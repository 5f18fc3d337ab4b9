"""Reading a log of many tool calls: they are passed over, and none that is wrong goes unseen."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from memory_state.core.journal import format_event
from memory_state.core.layout import event_log
from memory_state.workspace.history import log_opening
from memory_state.workspace.logscan import Log, scan_log

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.logscan import Scan

WORKFLOW = "7f3a9c21"
MOMENT = "2026-11-20T10:00:00.123Z"


def event(number: int, kind: str = "tool.used", subject: str = "Bash") -> bytes:
    """One line of a log."""
    return format_event(number, MOMENT, kind, subject, {"call": f"toolu_{number}", "doc": 1})


CALLS = b"".join(event(number) for number in range(1, 9))


def scanned(folder: Path, content: bytes) -> tuple[Scan, list[str]]:
    """What a log of this content holds, and the types that were visited."""
    path = event_log(str(folder), WORKFLOW)
    place = folder / path[len(str(folder)) + 1 :]
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content)
    visited: list[str] = []
    return scan_log(str(folder), WORKFLOW, lambda _, parts: visited.append(parts[2])), visited


def test_tool_calls_are_passed_over() -> None:
    """Sound calls in their order are counted and hashed, none of them looked at."""
    log = Log(io.BytesIO(CALLS + event(9, "note.added", "-")))
    assert log.calls(1) == (8, event(9, "note.added", "-"))
    assert log.lines == 8


def test_what_is_no_tool_call_is_visited(tmp_path: Path) -> None:
    """Calls before and after another event hide it from nobody."""
    content = log_opening(WORKFLOW) + CALLS + event(9, "note.added", "-") + event(10, "tool.denied")
    scan, visited = scanned(tmp_path, content)
    assert (scan.events, scan.problems, scan.size) == (10, (), len(content))
    assert visited == ["note.added"]


def test_every_changed_byte_among_calls_is_found(tmp_path: Path) -> None:
    """Whichever byte of a call's line changes, something is told of it."""
    opening = log_opening(WORKFLOW)
    for at in range(len(event(1)), len(CALLS) - 1, 5):
        changed = opening + CALLS[:at] + bytes([CALLS[at] ^ 1]) + CALLS[at + 1 :]
        assert scanned(tmp_path, changed)[0].problems, at


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (event(1) + event(3), "event 2 is missing before event 3"),
        (event(1) + event(5), "events 2 to 4 are missing before event 5"),
        (event(1) + event(2) + event(2), "event 2 comes after event 2: git merged two histories"),
        (event(1) + b"x\n" + event(2), "this line is damaged: its checksum does not hold"),
    ],
)
def test_order_of_calls(tmp_path: Path, content: bytes, told: str) -> None:
    """Missing and repeated numbers and lines that are none are told once, at their line."""
    scan, _ = scanned(tmp_path, log_opening(WORKFLOW) + content)
    assert [each.message for each in scan.problems] == [told]


def test_torn_call(tmp_path: Path) -> None:
    """A last call without its LF counts when its checksum holds; cut earlier it is torn."""
    whole = scanned(tmp_path, log_opening(WORKFLOW) + CALLS[:-1])[0]
    assert (whole.events, whole.torn, whole.problems) == (8, False, ())
    torn = scanned(tmp_path, log_opening(WORKFLOW) + CALLS[:-5])[0]
    assert (torn.events, torn.torn, torn.problems) == (7, True, ())
