"""Moving documents."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from memory_state.workspace.moving import move_file

if TYPE_CHECKING:
    from pathlib import Path

    from memory_state.workspace.run import Run
    from tests.workspace.ground import Ground


def test_file_gets_its_new_name(tmp_path: Path) -> None:
    """The old name is gone, also where both folders differ."""
    (tmp_path / "there").mkdir()
    (tmp_path / "a").write_bytes(b"1")
    move_file(str(tmp_path / "a"), str(tmp_path / "there" / "b"))
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "there" / "b").read_bytes() == b"1"


def test_file_takes_the_place_of_another(tmp_path: Path) -> None:
    """What had the name before is replaced."""
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"2")
    move_file(str(tmp_path / "a"), str(tmp_path / "b"))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"b": b"1"}


def test_interrupted_move_is_finished(tmp_path: Path) -> None:
    """A file that has both names already keeps the new one."""
    (tmp_path / "a").write_bytes(b"1")
    os.link(tmp_path / "a", tmp_path / "b")
    move_file(str(tmp_path / "a"), str(tmp_path / "b"))
    assert [path.name for path in tmp_path.iterdir()] == ["b"]


def test_missing_file_is_told(tmp_path: Path) -> None:
    """A file that is not there can not be moved."""
    with pytest.raises(FileNotFoundError):
        move_file(str(tmp_path / "a"), str(tmp_path / "b"))


def test_ended_workflow_frees_its_place_after_a_crash(ground: Ground, started: Run) -> None:
    """A second name of an ended workflow's document, left in the current place, goes at the next look."""
    ended = ground.workspace().cancel("not now")
    os.link(ended.path, ground.document)
    ground.workspace(workflow=started.id).status()
    assert not ground.document.exists()
    assert ground.start(title="Anew").state.status == "in_progress"


def test_edited_second_name_is_archived(ground: Ground, started: Run) -> None:
    """What is left in the current place is kept where it says something else than the document."""
    ended = ground.workspace().cancel("not now")
    ground.document.write_bytes((ground.root / ended.path).read_bytes() + b"One more line.\n")
    ground.workspace(workflow=started.id).status()
    assert not ground.document.exists()
    kept = list((ground.state / "archive").glob("*second*"))
    assert [path.read_bytes().endswith(b"One more line.\n") for path in kept] == [True]
