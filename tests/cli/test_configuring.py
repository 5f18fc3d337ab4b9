"""`config`: settings listed, asked for and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program, Told


def project_file(program: Program) -> Path:
    """The project's settings."""
    return program.project.root / ".memory-state.toml"


def settings(told: Told) -> dict[object, dict[str, object]]:
    """The settings of an answer by name."""
    found = cast("list[dict[str, object]]", told.document["settings"])
    return {each["name"]: each for each in found}


def test_list_is_what_a_settings_file_holds(ask: Program) -> None:
    """One setting a line, as TOML; what has no value is a comment."""
    assert ask("config", "list").out.splitlines() == [
        'memory_path = ".memory"',
        'scope = "worktree"',
        "save_interval = 300",
        "# test_command is not set",
        'durability = "power"',
        'on_fault = "deny"',
        "# build_output is not set",
    ]


def test_origins_are_shown_on_request(ask: Program) -> None:
    """Where each value comes from, and which flag, variable or file that is."""
    project_file(ask).write_text("save_interval = 60\n", encoding="utf-8")
    told = ask("--memory-path", "m", "config", "list", "--show-origin", MEMORY_STATE_DURABILITY="process")
    assert told.out.splitlines()[:5] == [
        'flag         memory_path = "m"  (--memory-path)',
        'default      scope = "worktree"',
        f"project      save_interval = 60  ({project_file(ask)})",
        "default      # test_command is not set",
        'environment  durability = "process"  (MEMORY_STATE_DURABILITY)',
    ]


def test_list_as_json(ask: Program) -> None:
    """Every setting with value, origin, place and what it is for."""
    found = settings(ask("config", "list", "--json"))
    assert found["save_interval"] == {
        "name": "save_interval",
        "value": 300,
        "origin": "default",
        "place": None,
        "help": "Seconds after which a recovery file is written anew.",
    }
    assert found["test_command"]["value"] is None


def test_wrong_settings_are_listed_with_what_is_wrong(ask: Program) -> None:
    """A file that stops every other command is explained by this one."""
    project_file(ask).write_text('save_interval = "soon"\nsave_intervall = 5\n', encoding="utf-8")
    assert ask("status").code == 2
    told = ask("config", "list")
    assert told.code == 0
    assert 'save_interval = "soon"' in told.out
    assert "save_interval must be a whole number of at least 0, not 'soon'" in told.err
    assert "there is no setting 'save_intervall'" in told.err
    assert len(cast("list[str]", ask("config", "list", "--json").document["problems"])) == 2


def test_get_prints_the_bare_value(ask: Program) -> None:
    """For scripts: the value alone, and exit code 1 where there is none."""
    assert ask("config", "get", "save_interval") == (0, "300\n", "")
    assert ask("config", "get", "test_command") == (1, "", "")
    told = ask("config", "get", "save")
    assert told.code == 2
    assert "there is no setting 'save'" in told.err


def test_set_changes_one_line(ask: Program) -> None:
    """What else the file holds stays, comments too."""
    project_file(ask).write_bytes(b"# ours\r\nsave_interval = 60 # a minute\r\n")
    told = ask("config", "set", "save_interval", "90", "--by", "Ada")
    assert (told.code, told.out) == (0, f"save_interval is set in {project_file(ask)}\n")
    assert project_file(ask).read_bytes() == b"# ours\r\nsave_interval = 90 # a minute\r\n"
    assert ask("config", "get", "save_interval").out == "90\n"


def test_set_mends_what_stops_other_commands(ask: Program) -> None:
    """A wrong value is replaced although nothing else works with it."""
    project_file(ask).write_text('save_interval = "soon"\n', encoding="utf-8")
    assert ask("config", "set", "save_interval", "60", "--by", "Ada").code == 0
    assert ask("list").code == 0


def test_set_says_when_something_stronger_holds(ask: Program) -> None:
    """A value that has no effect now is told together with what has."""
    told = ask("config", "set", "on_fault", "allow", "--by", "Ada", MEMORY_STATE_ON_FAULT="deny")
    assert told.out.splitlines()[1] == 'not in force: MEMORY_STATE_ON_FAULT is stronger and says "deny"'


def test_user_option_writes_the_file_of_the_user(ask: Program) -> None:
    """With `--user` it holds for all of the user's projects; a program is the user's anyway."""
    for name, value, options in (("scope", "repository", ("--user",)), ("test_command", "make test", ())):
        told = ask("config", "set", name, value, *options, "--by", "Ada", "--json")
        assert str(told.document["path"]).endswith("/home/.config/memory-state/config.toml")
        assert settings(told)[name]["origin"] == "user"
    assert not project_file(ask).exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("save_interval", "soon", "--by", "Ada"), 2, "must be a whole number"),
        (("scope", "all", "--by", "Ada"), 2, "must be worktree or repository"),
        (("save_intervall", "5", "--by", "Ada"), 2, "did you mean save_interval?"),
        (("test_command", "x", "--project", "--by", "Ada"), 2, "only the user's file may set it"),
        (("save_interval", "5"), 1, "config set is for a person"),
    ],
)
def test_refused_setting_writes_nothing(
    ask: Program, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """A wrong name, a wrong value, a wrong place, and nobody who asks."""
    told = ask("config", "set", *arguments)
    assert told.code == code
    assert said in told.err
    assert list(ask.project.root.iterdir()) == []


def test_agent_may_look_and_not_set(planning: Program) -> None:
    """The hook lets an agent list settings, and asks a person before one is changed."""
    for line, decision in (("list", "allow"), ("get scope", "allow"), ("set on_fault allow", "ask")):
        told = planning("check", "--shell", f"memory-state config {line}", "--json")
        assert told.document["decision"] == decision


def test_set_in_a_session_needs_the_grant(ask: Program) -> None:
    """Without a person's word, an agent's own call changes nothing, whatever name it gives."""
    told = ask("config", "set", "on_fault", "allow", "--by", "Ada", CLAUDECODE="1")
    assert told.code == 1
    assert not project_file(ask).exists()


def test_help_lists_the_settings(ask: Program) -> None:
    """`config --help` says what each setting is for."""
    assert "on_fault       What a hook says to a writing tool" in ask("config", "--help").out
