"""Finished tool calls told from their lines: the same numbers as by reading each event in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.journal import format_event
from memory_state.core.record import note_call
from memory_state.reports.calls import ToolCall, finished_call
from memory_state.reports.reading import EventLog
from memory_state.reports.spans import timeline_of
from tests.reports.histories import WINDING, WORKFLOW, winding, write_log

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workflow.model import Event
    from tests.workspace.ground import Ground

MOMENT = "2026-11-20T10:00:01.250Z"
PLAIN: dict[str, object] = {"ok": True, "tool": "Read", "by": "hook", "doc": 2}


def line_with(**details: object) -> bytes:
    """The line of a finished call."""
    return format_event(7, MOMENT, "tool.used", "Read", {**PLAIN, **details})


def test_what_a_line_says() -> None:
    """Time, success, duration, tool and session."""
    details = {
        "ok": False, "paths": ["src/a b.py", "x"], "bytes": 12, "ms": 31, "tool": "Bash", "by": "hook",
        "call": "toolu_1", "session": "s1", "agent": "a1", "doc": 2,
    }  # fmt: skip
    assert finished_call(format_event(7, MOMENT, "tool.used", "Bash", details)) == ToolCall(
        1_795_168_801_250, ok=False, took=31, tool="Bash", session="s1"
    )
    assert finished_call(line_with()) == ToolCall(
        1_795_168_801_250, ok=True, took=0, tool="Read", session=None
    )


@pytest.mark.parametrize(
    "line",
    [
        line_with(clock_back=3),
        line_with(tool="Lesen\u00e4"),
        line_with(tool='a"b'),
        line_with(tool=""),
        line_with(ms=-3),
        line_with(more=1),
        format_event(7, "2026-13-20T10:00:01.250Z", "tool.used", "Read", PLAIN),
        format_event(7, MOMENT, "tool.denied", "Read", PLAIN),
        line_with()[:-1],
        line_with().replace(b"Read", b"Read"[::-1]),
    ],
)
def test_any_other_line_is_read_in_full(line: bytes) -> None:
    """More details, escapes, other events, damage, a torn end."""
    assert finished_call(line) is None


def test_what_the_hook_writes_is_taken(ground: Ground) -> None:
    """The lines of `note_call` are in that form, so a long log is told fast."""
    run = ground.start()
    payload = {
        "session_id": "s1", "tool_use_id": "t1", "tool_name": "Bash", "tool_input": {"command": "ls -l"},
        "duration_ms": 5,
    }  # fmt: skip
    note_call(str(ground.memory), run.id, "PostToolUse", payload, str(ground.root), ground.clock.now)
    line = ground.log(run.id).read_bytes().splitlines(keepends=True)[-1]
    found = finished_call(line)
    assert found is not None
    assert (found.ok, found.took, found.tool, found.session) == (True, 5, "Bash", "s1")


def as_noted(event: Event) -> Event:
    """The event of a finished call with its details in the hook's order."""
    details: dict[str, object] = {**event.details, "doc": 1}
    order = ("ok", "ms", "tool", "by", "session", "doc")
    return event._replace(details={name: details[name] for name in order})


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_both_ways_give_the_same_timeline(tmp_path: Path, seed: int) -> None:
    """Over a long history with everything in it, its calls in the hook's form."""
    events = winding(seed, 3000).events
    calls = [as_noted(each) if each.type == "tool.used" else each for each in events]
    write_log(tmp_path / "state/workflow-history" / WORKFLOW / "events.md", calls)
    log = EventLog(str(tmp_path), WORKFLOW)
    told = list(log.counted())
    assert (
        sum(isinstance(each, ToolCall) for each in told)
        == sum(each.type == "tool.used" for each in events)
        > 500
    )
    assert timeline_of(WINDING, told) == timeline_of(WINDING, iter(log))
