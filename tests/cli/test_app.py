"""The program as a whole: its overview, its lazy commands, options before and after a command."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import click
import pytest

from memory_state import __version__
from memory_state.cli.app import ENTRIES, GROUPS, application
from memory_state.cli.parameters import ARGUMENTS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Program

PRINT_MODULES = """
import sys
from memory_state.cli import main
main({arguments}, environment={{"HOME": "/nonexistent"}}, program="memory-state")
print(*sorted(sys.modules), file=sys.stderr)
"""


def modules_after(folder: Path, *arguments: str) -> set[str]:
    """The modules that a call of the program leaves imported."""
    source = PRINT_MODULES.format(arguments=list(arguments))
    ran = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True, cwd=folder, timeout=30
    )
    return set(ran.stderr.splitlines()[-1].split())


def test_overview_lists_every_command_in_its_group(ask: Program) -> None:
    """The overview names the groups in their order and every command with its line."""
    told = ask("--help")
    assert told.code == 0
    assert [line[:-1] for line in told.out.splitlines() if line.rstrip(":") in GROUPS] == [
        "Set up", "Work", "Recover", "Look",
    ]  # fmt: skip
    for name, entry in ENTRIES.items():
        assert f"  {name:10}  {entry.help}\n" in told.out


def test_without_a_command_the_overview_is_shown(ask: Program) -> None:
    """A call without a command is a question for help, no mistake."""
    told = ask()
    assert (told.code, told.err) == (0, "")
    assert told.out == ask("-h").out


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_every_command_is_there_and_says_what_the_overview_says(name: str) -> None:
    """A command's own help begins with its line of the overview."""
    found = application.get_command(click.Context(application), name)
    assert found is not None
    assert (found.help or "").startswith(ENTRIES[name].help.removesuffix("."))


def test_version(ask: Program) -> None:
    """`--version` says name and version."""
    assert ask("--version").out == f"memory-state {__version__}\n"


def test_overview_imports_no_command(tmp_path: Path) -> None:
    """Help costs click and nothing of the rules, YAML or Markdown."""
    found = modules_after(tmp_path, "--help")
    assert not found & {"yaml", "mistune", "frontmatter", "memory_state.workspace", "memory_state.cli.work"}


def test_status_imports_only_its_own_module(tmp_path: Path) -> None:
    """A command does not pay for the others."""
    found = modules_after(tmp_path, "status")
    assert "memory_state.cli.work" in found
    assert not found & {
        f"memory_state.cli.{name}" for name in ("look", "asking", "recover", "tasks", "ending")
    }


@pytest.mark.parametrize("arguments", [("--json", "status"), ("status", "--json")])
def test_shared_options_stand_before_or_after_the_command(
    planning: Program, arguments: tuple[str, ...]
) -> None:
    """`--json` means the same on both sides of the command's name."""
    assert planning(*arguments).document["kind"] == "status"


def test_shared_options_reach_commands_below_a_command(planning: Program) -> None:
    """`task list` takes them at each of the three places."""
    for arguments in (("--json", "task", "list"), ("task", "--json", "list"), ("task", "list", "--json")):
        assert planning(*arguments).document["kind"] == "task"


def test_help_of_a_command_tells_its_own_options_apart(ask: Program) -> None:
    """What every command takes stands in a section of its own."""
    own, _, common = ask("start", "--help").out.partition("Options of every command:")
    assert "--issue" in own
    assert "--memory-path" not in own
    assert "--memory-path" in common


def test_completion_script(ask: Program) -> None:
    """The environment variable that click's completion uses asks for its script."""
    told = ask(_MEMORY_STATE_COMPLETE="bash_source")
    assert told.code == 0
    assert "complete -o nosort -F _memory_state_completion memory-state" in told.out


def test_nearest_command_is_suggested(ask: Program) -> None:
    """A typo is answered with the command that was probably meant."""
    told = ask("hstory")
    assert told.code == 2
    assert told.err.splitlines()[:2] == [
        "there is no command 'hstory'; did you mean history?",
        "next: `memory-state history`",
    ]


def test_every_argument_is_explained() -> None:
    """The help of a command says what each of its arguments is, apart from the options."""
    for name in ENTRIES:
        context = click.Context(application, info_name="memory-state")
        command = application.get_command(context, name)
        assert command is not None
        below = (
            [command.get_command(context, each) for each in command.list_commands(context)]
            if isinstance(command, click.Group)
            else [command]
        )
        for each in below:
            assert each is not None
            found = [
                part.name
                for part in click.Command.get_params(each, context)
                if isinstance(part, click.Argument)
            ]
            assert [part for part in found if part not in ARGUMENTS] == []
