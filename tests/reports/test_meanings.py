"""Each event in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import memory_state
from memory_state.reports.meanings import MEANINGS, UNKNOWN, meaning_of
from memory_state.workflow.fold import DOCUMENT_EVENTS
from memory_state.workflow.model import Event

WRITTEN = re.compile(
    r'(?:Draft\(|Event\([^"\n]*|append_note\([^"\n]*)"([a-z]+\.[a-z_]+)"|= "(\w+\.recorded)"'
)


def meaning(kind: str, subject: str = "-", **details: object) -> str:
    """The sentence of an event."""
    return meaning_of(Event(1, "2026-11-20T10:00:00.000Z", kind, subject, details))


def test_every_type_that_is_written_has_a_meaning() -> None:
    """No event of ours is one that this version does not know."""
    sources = Path(memory_state.__file__).parent.rglob("*.py")
    found = {each for path in sources for pair in WRITTEN.findall(path.read_text("utf-8")) for each in pair}
    assert len(found) > 15
    assert (found | DOCUMENT_EVENTS) - {""} - set(MEANINGS) == set()


@pytest.mark.parametrize(
    ("kind", "subject", "details", "said"),
    [
        ("phase.returned", "test", {"to": "build", "count": 1, "limit": 3, "reason": "Fails"},
         "phase test sent the work back to build, time 1 of 3: Fails"),
        ("phase.completed", "build", {"to": None}, "phase build was left through its gate"),
        ("phase.completed", "build", {"to": "test"}, "phase build was left through its gate for test"),
        ("workflow.parked", "-", {"status": "waiting", "inner": "0a0a0a0a"},
         "the workflow stands still, waiting for its inner workflow 0a0a0a0a"),
        ("workflow.parked", "-", {"status": "paused"}, "the workflow stands still, paused"),
        ("checkpoint.saved", "-", {}, "a recovery file was asked for"),
        ("checkpoint.saved", "before", {}, "a recovery file was asked for under the name before"),
        ("evidence.recorded", "test", {"command": "make test", "status": 1},
         "what a condition of test rests on: make test ended with status 1"),
        ("evidence.recorded", "test", {"condition": "tasks", "reason": "2 of 2 done"},
         "what a condition of test rests on: tasks: 2 of 2 done"),
        ("task.added", "build", {}, "a task was added to build: -"),
        ("task.added", "build", {"text": "{subject} \x1b[1m\nx"},
         "a task was added to build: {subject} \\x1b[1m x"),
        ("dream.begun", "x", {}, UNKNOWN),
    ],
)  # fmt: skip
def test_meaning(kind: str, subject: str, details: dict[str, object], said: str) -> None:
    """What an event does not say is left out; what it quotes stays in its line and means nothing."""
    assert meaning(kind, subject, **details) == said
