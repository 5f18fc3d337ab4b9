"""`completion`: the script that lets a shell complete our commands."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import click
from click.shell_completion import ShellComplete, get_completion_class

from memory_state.agents.completions import MARK, PLACES, completion_file
from memory_state.cli.context import PROGRAM, Call
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "_MEMORY_STATE_COMPLETE"
MORE = {"zsh": ["# and before compinit in ~/.zshrc: fpath+=(~/.zfunc)"]}


@click.command("completion", cls=Sharing)
@click.argument("shell", type=click.Choice(tuple(PLACES)))
@click.pass_obj
def completion(call: Call, shell: str) -> None:
    """Print the script that completes our commands in a shell: bash, zsh or fish.

    Nothing is written: a comment at the script's head says where to put it.
    """
    lines = commented(shell, call.environment)
    answer(call, "completion", {"shell": shell, "script": "".join(f"{each}\n" for each in lines)}, lines)


def commented(shell: str, environment: Mapping[str, str]) -> list[str]:
    """Click's script with a comment that says how to enable it; zsh's first line must stay the first."""
    lines = script(shell).strip("\n").split("\n")
    at = 1 if lines[0].startswith("#compdef") else 0
    path = completion_file(environment, shell)
    folder, file = shlex.quote(str(path.parent)), shlex.quote(str(path))
    head = [f"{MARK} {shell}; to enable it:", f"# mkdir -p {folder} && {PROGRAM} completion {shell} > {file}"]
    return [*lines[:at], *head, *MORE.get(shell, []), *lines[at:]]


def script(shell: str) -> str:
    """Click's script for a shell, made without a look at the shell itself."""
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"there is no completion for {shell}")
    return ShellComplete.source(found(click.Command(PROGRAM), {}, PROGRAM, VARIABLE))
