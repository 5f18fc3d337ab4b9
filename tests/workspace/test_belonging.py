"""Whether a document was written by the history it stands beside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from memory_state.core.clock import format_time
from memory_state.core.journal import format_event
from memory_state.core.layout import event_log
from memory_state.workspace.belonging import is_of_log, time_of_event

if TYPE_CHECKING:
    from memory_state.workspace.run import Run
    from tests.workspace.ground import Ground


def test_time_of_an_event(ground: Ground, started: Run) -> None:
    """It is that of the last undamaged line of the number; none for a number that is not there."""
    memory = str(ground.memory)
    run = ground.workspace().task("add", "Second")
    assert time_of_event(memory, started.id, 3) == run.state.updated_at
    assert time_of_event(memory, started.id, 4) is None
    with ground.log(started.id).open("ab") as log:
        log.write(b"3. 2026-11-20T11:00:00.000Z **torn")
    assert time_of_event(memory, started.id, 3) == run.state.updated_at


def test_an_event_far_back_is_found(ground: Ground, started: Run) -> None:
    """However many events that change no document came after it."""
    run = ground.workspace().task("add", "Second")
    for _ in range(200):
        ground.workspace().save()
    assert ground.log(started.id).stat().st_size > 1 << 14
    assert is_of_log(str(ground.memory), started.id, run.state)


def test_a_state_of_another_time_is_of_another_log(ground: Ground, started: Run) -> None:
    """The right number at the wrong time does not count, a number that the log lacks does."""
    state = started.state
    memory = str(ground.memory)
    assert is_of_log(memory, started.id, state)
    assert not is_of_log(memory, started.id, state._replace(updated_at="2026-11-20T10:00:00.999Z"))
    assert is_of_log(memory, started.id, state._replace(event=99))


def test_a_document_of_another_history_is_rebuilt(ground: Ground, started: Run) -> None:
    """With the accepted copy or without it goes to the archive, and what it shows is not taken over."""
    for copied in (True, False):
        text = ground.document.read_text(encoding="utf-8")
        other = text.replace(".000Z", ".999Z").replace("Write the plan", "Something else")
        assert other != text
        ground.document.write_text(other, encoding="utf-8")
        if copied:
            ground.accepted(started.id).write_text(other, encoding="utf-8")
        else:
            ground.accepted(started.id).unlink()
        run = ground.workspace().status()
        assert "it belongs to another history" in run.problems[0].message
        assert [task.text for task in run.state.tasks] == ["Write the plan"]
        assert other in [path.read_text(encoding="utf-8") for path in (ground.state / "archive").iterdir()]
        ground.document.write_text(text, encoding="utf-8")
        ground.accepted(started.id).write_text(text, encoding="utf-8")


@pytest.mark.parametrize("damaged", [False, True])
def test_an_event_of_a_long_log_is_found(tmp_path: Path, *, damaged: bool) -> None:
    """Wherever in a log of megabytes an event stands, its time is found, damaged lines about it or not."""
    path = Path(event_log(str(tmp_path), "7f3a9c21"))
    path.parent.mkdir(parents=True)
    lines = [
        format_event(number, format_time(number), "note.added", "-", {"text": "x" * 300, "doc": number})
        for number in range(1, 4001)
    ]
    if damaged:
        lines[1:-1:7] = [b"x" * 4000 + b"\n"] * len(lines[1:-1:7])
    path.write_bytes(b"---\nschema: 1\n---\n\n" + b"".join(lines))
    for number in (1, 3, 1999, 2001, 3998, 4000):
        assert time_of_event(str(tmp_path), "7f3a9c21", number) == format_time(number), number
    assert time_of_event(str(tmp_path), "7f3a9c21", 4001) is None
    assert time_of_event(str(tmp_path), "7f3a9c21", 2) == (None if damaged else format_time(2))
