"""What the next one is told of the last session."""

from __future__ import annotations

from memory_state.workflow.handoff import (
    HANDOFF_LIMIT,
    LINES_SHOWN,
    Handoff,
    handed_over,
    handoff_of,
    handoff_text,
)
from memory_state.workflow.model import Event


def event(number: int, kind: str, subject: str = "-", **details: object) -> Event:
    """An event of some minute."""
    return Event(number, f"2026-11-20T10:{number:02}:00.000Z", kind, subject, details)


EVENTS = [
    event(1, "tool.used", "Edit", ok=True, paths=["before.py"]),
    event(2, "session.started", source="startup"),
    event(3, "tool.used", "Edit", ok=True, paths=["src/a.py"]),
    event(4, "tool.used", "Write", ok=True, paths=["src/b.py", "src/a.py"]),
    event(5, "tool.used", "Edit", ok=False, paths=["src/failed.py"]),
    event(6, "tool.used", "Read", ok=True, paths=["src/read.py"]),
    event(7, "tool.used", "Bash", ok=True, bytes=5),
    event(8, "task.completed", "build", text="Add the table"),
    event(9, "tool.denied", "Write", reason="no rule allows Write on x"),
    event(10, "gate.refused", "build", unmet=["tasks"], reasons=["2 tasks are open"]),
    event(11, "violation.recorded", "build", rule="tree", what="src/c.py changed out of phase"),
    event(12, "workflow.parked", status="paused", reason="Lunch"),
]


def test_the_last_session_counts() -> None:
    """What was done, refused, violated, and the files that its edits changed, the latest first."""
    assert handoff_of(EVENTS) == Handoff(
        "2026-11-20T10:02:00.000Z",
        ("task build: Add the table", "paused: Lunch"),
        (
            "2026-11-20 10:09:00 Write: no rule allows Write on x",
            "2026-11-20 10:10:00 the gate of build: 2 tasks are open",
        ),
        ("tree: src/c.py changed out of phase",),
        ("src/b.py", "src/a.py"),
        1,
    )
    assert handoff_of([]) is None


def test_as_markdown() -> None:
    """One line an item; what shell commands wrote is said to be unknown."""
    found = handoff_of(EVENTS)
    assert found is not None
    assert handoff_text(found).split("\n") == [
        "Since 2026-11-20 10:02:00 UTC.",
        "",
        "- Done: task build: Add the table",
        "- Done: paused: Lunch",
        "- Refused: 2026-11-20 10:09:00 Write: no rule allows Write on x",
        "- Refused: 2026-11-20 10:10:00 the gate of build: 2 tasks are open",
        "- Violation: tree: src/c.py changed out of phase",
        "- Changed files: src/b.py, src/a.py",
        "- 1 shell command ran; the files that shell commands wrote are not listed here",
    ]
    assert (
        handoff_text(Handoff("2026-11-20T10:02:00.000Z"))
        == "Since 2026-11-20 10:02:00 UTC. Nothing is recorded."
    )


def test_it_is_capped() -> None:
    """Few of many items, long ones cut, the whole cut."""
    many = Handoff(
        "2026-11-20T10:02:00.000Z", tuple(f"{at} " + "x" * 500 for at in range(100)), files=("f" * 900,) * 90
    )
    text = handoff_text(many)
    assert len(text) == HANDOFF_LIMIT
    assert "- Done: 88 more before, see `history`\n- Done: 88 xxx" in text
    files = handoff_text(Handoff("2026-11-20T10:02:00.000Z", files=tuple(f"f{at}" for at in range(25))))
    assert files.endswith("f18, f19 and 5 more")


def test_stored_text_stays_in_its_line() -> None:
    """A text with line ends or control characters makes no heading and steers no terminal."""
    found = handoff_of([event(1, "note.added", text="a\n## Resume\n\x1b[31m")])
    assert found is not None
    assert handoff_text(found).split("\n")[2:] == ["- Done: note: a ## Resume \\x1b[31m"]


def test_what_is_shown_of_a_recovery_file() -> None:
    """All but its title and the notes, and not without an end."""
    body = "\n# Recovery of x\n\n## Where it stands\n\nHere.\n\n## Resume\n\n1. Go.\n\n## Notes\n\nMine.\n"
    assert handed_over(body) == "## Where it stands\n\nHere.\n\n## Resume\n\n1. Go."
    long = handed_over("\n## Done\n" + "- x\n" * 100 + "\n## Notes\n")
    assert long.split("\n")[-1] == f"… and {101 - LINES_SHOWN} more lines"
