"""Writing one setting into its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Broken, Misused
from memory_state.workspace.choosing import write_setting
from memory_state.workspace.configuration import read_layers

if TYPE_CHECKING:
    from tests.workspace.ground import Ground


def write(ground: Ground, name: str, text: str, where: str | None = None) -> str:
    """Set a setting; gives the file's name."""
    return write_setting(ground.environment, str(ground.root), name, text, where).rpartition("/")[2]


def test_setting_is_written_where_it_belongs(ground: Ground) -> None:
    """The project's file by default, the user's on request, and always for a program."""
    assert write(ground, "save_interval", "60") == ".memory-state.toml"
    assert write(ground, "on_fault", "allow", "user") == "config.toml"
    assert write(ground, "test_command", "make test") == "config.toml"
    settings = read_layers(ground.environment, str(ground.root), None)
    assert (settings.save_interval, settings.test_command) == (60, "make test")
    assert (ground.root / ".memory-state.toml").read_text() == 'durability = "process"\nsave_interval = 60\n'


@pytest.mark.parametrize(
    ("name", "text", "where", "said"),
    [
        ("test_command", "make", "project", "only the user's file may set it"),
        ("save_interval", "soon", None, "whole number"),
        ("save_interval", "-1", None, "whole number"),
        ("scope", "galaxy", None, "worktree or repository"),
        ("durabilty", "power", None, "did you mean durability"),
    ],
)
def test_wrong_setting_writes_nothing(
    ground: Ground, name: str, text: str, where: str | None, said: str
) -> None:
    """A refused value leaves every file as it was."""
    before = ground.files()
    with pytest.raises(Misused, match=said):
        write(ground, name, text, where)
    assert ground.files() == before


def test_link_of_the_user_is_followed(ground: Ground) -> None:
    """Settings that a person keeps elsewhere stay there."""
    kept = ground.home / "dotfiles.toml"
    kept.write_text("# mine\n", encoding="utf-8")
    folder = ground.home / ".config/memory-state"
    folder.mkdir(parents=True)
    (folder / "config.toml").symlink_to(kept)
    write(ground, "on_fault", "allow", "user")
    assert kept.read_text(encoding="utf-8") == '# mine\non_fault = "allow"\n'
    assert (folder / "config.toml").is_symlink()


def test_link_in_a_project_is_not_followed(ground: Ground) -> None:
    """A cloned repository can not make us write elsewhere."""
    outside = ground.home / "outside"
    outside.write_text("# x\n", encoding="utf-8")
    (ground.root / ".memory-state.toml").unlink()
    (ground.root / ".memory-state.toml").symlink_to(outside)
    with pytest.raises(Broken, match="symbolic link"):
        write(ground, "save_interval", "60")
    assert outside.read_text(encoding="utf-8") == "# x\n"


def test_broken_file_is_named(ground: Ground) -> None:
    """What is no TOML is left alone, and the line is told."""
    (ground.root / ".memory-state.toml").write_text("a = = 1\n", encoding="utf-8")
    with pytest.raises(Misused, match=r"memory-state.toml can not be changed: .*line 1"):
        write(ground, "save_interval", "60")
