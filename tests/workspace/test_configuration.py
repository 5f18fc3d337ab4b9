"""Settings in their layers, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from memory_state.core.errors import Misused
from memory_state.workspace.configuration import (
    SETTINGS,
    known_place,
    read_layers,
    setting_named,
    strange_keys,
    survey,
)

if TYPE_CHECKING:
    from tests.workspace.ground import Ground


def project_settings(ground: Ground, text: str) -> None:
    """Write the project's settings."""
    (ground.root / ".memory-state.toml").write_text(text, encoding="utf-8")


def chosen(ground: Ground, name: str, flag: str | None = None) -> tuple[object, str, str]:
    """Value, origin and place of a setting."""
    found = next(
        each for each in survey(ground.environment, str(ground.root), flag) if each.setting.name == name
    )
    return found.value, found.origin, found.place


def test_each_layer_wins_over_the_next(ground: Ground) -> None:
    """Flag, environment, project, user, default: the first that says something."""
    project_settings(ground, "")
    user = ground.home / ".config/memory-state/config.toml"
    assert chosen(ground, "memory_path") == (".memory", "default", "")
    ground.configure('memory_path = "of-user"\n')
    assert chosen(ground, "memory_path") == ("of-user", "user", str(user))
    project_settings(ground, 'memory_path = "of-project"\n')
    assert chosen(ground, "memory_path") == ("of-project", "project", str(ground.root / ".memory-state.toml"))
    ground.environment["MEMORY_STATE_PATH"] = "of-env"
    assert chosen(ground, "memory_path") == ("of-env", "environment", "MEMORY_STATE_PATH")
    assert chosen(ground, "memory_path", "of-flag") == ("of-flag", "flag", "--memory-path")


def test_empty_text_chooses_nothing(ground: Ground) -> None:
    """An empty text, as an empty variable, leaves the question to the next layer."""
    ground.configure('memory_path = "of-user"\n')
    project_settings(ground, 'memory_path = ""\n')
    ground.environment["MEMORY_STATE_PATH"] = ""
    assert read_layers(ground.environment, str(ground.root), None).memory == f"{ground.root}/of-user"


def test_environment_gives_numbers(ground: Ground) -> None:
    """A number in the environment is a number."""
    ground.environment["MEMORY_STATE_SAVE_INTERVAL"] = "7"
    assert chosen(ground, "save_interval") == (7, "environment", "MEMORY_STATE_SAVE_INTERVAL")


def test_programs_are_named_by_the_user_alone(ground: Ground) -> None:
    """Neither a project's file nor the environment can name the test command."""
    project_settings(ground, 'test_command = "evil"\n')
    ground.environment["MEMORY_STATE_TEST_COMMAND"] = "evil"
    assert chosen(ground, "test_command") == (None, "default", "")
    ground.configure('test_command = "make test"\n')
    assert read_layers(ground.environment, str(ground.root), None).test_command == "make test"
    assert [each.name for each in SETTINGS if each.user_only] == ["test_command"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("save_interval = -1", "save_interval must be a whole number of at least 0, not -1"),
        ("save_interval = true", "save_interval must be a whole number"),
        ("save_interval = 1.5", "save_interval must be a whole number"),
        ("memory_path = 5", "memory_path must be a text, not 5"),
        ('durability = "disk"', "durability must be power or process, not 'disk'"),
        ("scope = []", "scope must be worktree or repository"),
        ('on_fault = "ask"', "on_fault must be deny or allow"),
        ("a = = 1", "can not be read"),
    ],
)
def test_wrong_values_are_refused_by_name(ground: Ground, text: str, said: str) -> None:
    """A value that is none of its setting's stops a command, with what is meant."""
    project_settings(ground, text)
    with pytest.raises(Misused, match=said):
        read_layers(ground.environment, str(ground.root), None)
    assert known_place(ground.environment, str(ground.root), None) == (
        str(ground.root),
        f"{ground.root}/.memory",
    )


def test_scope_of_the_repository(ground: Ground) -> None:
    """A linked work tree has the memory path of the main one, at the hook as at the command."""
    private = ground.root / ".git/worktrees/one"
    private.mkdir(parents=True)
    (private / "commondir").write_text("../..\n", encoding="utf-8")
    tree = ground.root.parent / "linked"
    tree.mkdir()
    (tree / ".git").write_text(f"gitdir: {private}\n", encoding="utf-8")
    assert read_layers(ground.environment, str(tree), None).memory == f"{tree}/.memory"
    ground.configure('scope = "repository"\n')
    assert read_layers(ground.environment, str(tree), None).memory == f"{ground.root}/.memory"


def test_keys_without_effect_are_told(ground: Ground) -> None:
    """An unknown key, and one that stands in the wrong file."""
    project_settings(ground, 'test_command = "x"\nsave_intervall = 5\n')
    assert [each.partition(": ")[2] for each in strange_keys(ground.environment, str(ground.root))] == [
        "test_command has an effect in the user's file only",
        "there is no setting 'save_intervall'",
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [("save_intervall", "did you mean save_interval?"), ("colour", "there are memory_path, scope")],
)
def test_unknown_setting_is_refused(name: str, said: str) -> None:
    """With the nearest one, or all there are."""
    with pytest.raises(Misused, match=said):
        setting_named(name)
