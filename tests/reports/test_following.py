"""Reading a log while it grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Missing
from memory_state.reports.following import Follower, follow
from tests.reports.histories import WORKFLOW, Writing, line_of, write_log

if TYPE_CHECKING:
    from pathlib import Path


def log_at(folder: Path) -> Path:
    """Where the tests' workflow has its log."""
    return folder / "state" / "workflow-history" / WORKFLOW / "events.md"


def numbers(follower: Follower) -> list[int]:
    """The numbers of what is new."""
    return [each.number for each in follower.news()]


def test_only_whole_lines_are_news(tmp_path: Path) -> None:
    """Half a line waits for its other half; a damaged one is passed over."""
    run = Writing().next()
    write_log(log_at(tmp_path), run.events)
    log = Follower(str(tmp_path), WORKFLOW)
    assert (numbers(log), numbers(log)) == ([1, 2], [])
    line = line_of(run.event("note.added", "plan", text="x").events[-1])
    with log_at(tmp_path).open("ab") as file:
        file.write(b"damage\n" + line[:20])
        file.flush()
        assert numbers(log) == []
        file.write(line[20:])
    assert numbers(log) == [3]


def test_a_log_that_was_written_anew(tmp_path: Path) -> None:
    """What was given already is not given again; a log that is gone for a moment is waited for."""
    run = Writing().next()
    write_log(log_at(tmp_path), run.events)
    log = Follower(str(tmp_path), WORKFLOW)
    assert numbers(log) == [1, 2]
    log_at(tmp_path).unlink()
    assert numbers(log) == []
    write_log(log_at(tmp_path), run.event("note.added", "plan", text="x").events)
    assert numbers(log) == [3]


def test_equal_numbers_of_a_merged_log_are_all_given(tmp_path: Path) -> None:
    """On the first look nothing was given yet, so nothing is left out."""
    run = Writing().next()
    write_log(log_at(tmp_path), [*run.events, run.events[-1]])
    assert numbers(Follower(str(tmp_path), WORKFLOW)) == [1, 2, 2]


def test_following_goes_on_until_it_is_ended(tmp_path: Path) -> None:
    """Between two looks it pauses; what came meanwhile is given in order."""
    run = Writing().next()
    write_log(log_at(tmp_path), run.events)
    pauses = []

    def pause() -> None:
        """Append an event twice, then end."""
        pauses.append(len(run.events))
        if len(pauses) == 3:
            raise KeyboardInterrupt
        with log_at(tmp_path).open("ab") as file:
            file.write(line_of(run.event("note.added", "plan", text="x").events[-1]))

    seen: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        seen.extend(each.number for each in follow(Follower(str(tmp_path), WORKFLOW), pause))
    assert pauses == [2, 3, 4]
    given = follow(Follower(str(tmp_path), WORKFLOW), pause)
    assert [next(given).number for _ in range(4)] == [1, 2, 3, 4]


def test_without_a_log(tmp_path: Path) -> None:
    """There is nothing to follow."""
    with pytest.raises(Missing, match="there is no workflow"):
        Follower(str(tmp_path), WORKFLOW)
