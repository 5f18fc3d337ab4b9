"""Counting events without reading what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.journal import format_event
from memory_state.reports.counting import count_events, count_log
from memory_state.workspace.history import log_opening

if TYPE_CHECKING:
    from tests.sessions import Project

MOMENT = "2026-11-20T10:00:00.123Z"
TOLD = (
    ("workflow.started", "feature"),
    ("phase.entered", "plan"),
    ("tool.used", "Bash"),
    ("tool.used", "Edit"),
    ("phase.completed", "plan"),
    ("phase.entered", "build"),
    ("log.sealed", "-"),
    ("tool.used", "Bash"),
    ("state.rolled_back", "plan"),
    ("tool.denied", "mcp__lab__echo"),
)
LOG = log_opening("7f3a9c21") + b"".join(
    format_event(
        number, MOMENT, kind, subject, {"text": "a ` b\n2. x **phase.entered** z `{}`", "doc": number}
    )
    for number, (kind, subject) in enumerate(TOLD, 1)
)


@pytest.mark.parametrize("size", [1, 7, 100, 1 << 20])
def test_counts_do_not_depend_on_blocks(size: int) -> None:
    """Wherever a block ends, each event counts once, in the phase that it fell into."""
    found = count_events(LOG[at : at + size] for at in range(0, len(LOG), size))
    assert found.events == {
        ("", "workflow.started", "feature"): 1,
        ("plan", "phase.entered", "plan"): 1,
        ("plan", "tool.used", "Bash"): 1,
        ("plan", "tool.used", "Edit"): 1,
        ("plan", "phase.completed", "plan"): 1,
        ("build", "phase.entered", "build"): 1,
        ("build", "log.sealed", "-"): 1,
        ("build", "tool.used", "Bash"): 1,
        ("plan", "state.rolled_back", "plan"): 1,
        ("plan", "tool.denied", "mcp__lab__echo"): 1,
    }
    assert found.other == 6


def test_sums() -> None:
    """The same numbers by phase, by type and by tool."""
    found = count_events([LOG])
    assert found.total == 10
    assert found.by_phase() == {"": 1, "plan": 6, "build": 3}
    assert found.by_type()["tool.used"] == 3
    assert found.by_tool() == {"Bash": 2, "Edit": 1, "mcp__lab__echo": 1}


def test_torn_and_damaged_lines_are_no_events() -> None:
    """A last line without its end is not counted, a line of another form is one of the others."""
    torn = format_event(11, MOMENT, "note.added", "-", {"doc": 4})[:-1]
    found = count_events([LOG, b"garbage\n", torn[:-12] + b"\n", torn])
    assert found.total == 10
    assert found.other == 8


def test_no_log() -> None:
    """Nothing counts nothing."""
    assert count_events([]) == ({}, 0)


def test_a_log_on_disk(planned: Project) -> None:
    """A workflow's own log gives what its history gives."""
    workspace = planned.workspace()
    found = count_log(workspace.project.memory, workspace.workflow())
    assert found.by_type() == {"workflow.started": 1, "phase.entered": 1}
    assert found.total == len(workspace.history())
