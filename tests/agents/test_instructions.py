"""Our block in a project's instructions for agents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.agents import installation
from memory_state.agents.instructions import instruct
from memory_state.agents.records import find_record

if TYPE_CHECKING:
    from tests.sessions import Project


def test_file_made_for_the_block_is_noted(project: Project) -> None:
    """Setup's record knows it, once, so that it can go with the block."""
    installation.set_up(project.environment, str(project.root))
    for _ in range(2):
        assert instruct(project.workspace().project) == project.root / "CLAUDE.md"
    known = find_record(project.environment, str(project.root)).record
    assert known is not None
    assert known.made == ("CLAUDE.md",)
    installation.set_up(project.environment, str(project.root))
    assert find_record(project.environment, str(project.root)).record == known


def test_file_that_was_there_is_not_noted(project: Project) -> None:
    """It stays, even empty."""
    (project.root / "AGENTS.md").write_bytes(b"")
    installation.set_up(project.environment, str(project.root))
    assert instruct(project.workspace().project) == project.root / "AGENTS.md"
    known = find_record(project.environment, str(project.root)).record
    assert known is not None
    assert known.made == ()


def test_memory_path_is_named_as_a_reader_would(project: Project) -> None:
    """Relative to the project where it is inside, absolute elsewhere."""
    text = instruct(project.workspace().project).read_text(encoding="utf-8")
    assert "`.memory/state/active-workflow.md`" in text
    project.environment["MEMORY_STATE_PATH"] = "/elsewhere"
    text = instruct(project.workspace().project).read_text(encoding="utf-8")
    assert "`/elsewhere/state/active-workflow.md`" in text
