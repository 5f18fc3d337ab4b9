"""Ids that name nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workspace.naming import no_workflow

if TYPE_CHECKING:
    from pathlib import Path


def test_the_nearest_id_is_named(tmp_path: Path) -> None:
    """An id with a slip leads to the one that was meant."""
    (tmp_path / "state/workflow-history/7f3a9c21").mkdir(parents=True)
    error = no_workflow(str(tmp_path), "7f3a9c12")
    assert str(error) == f"there is no workflow 7f3a9c12 below {tmp_path}; did you mean 7f3a9c21?"
    assert error.next_commands == ("show 7f3a9c21", "list")


def test_nothing_is_guessed_where_nothing_is_near(tmp_path: Path) -> None:
    """An id unlike all others leads to the list alone."""
    (tmp_path / "state/workflow-history/7f3a9c21").mkdir(parents=True)
    error = no_workflow(str(tmp_path), "zzzzzzzz", "history of workflow", ("recover", "list"))
    assert str(error) == f"there is no history of workflow zzzzzzzz below {tmp_path}"
    assert error.next_commands == ("recover", "list")
