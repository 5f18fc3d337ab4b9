"""Whether a command that a message names is one that the program takes."""

from __future__ import annotations

import re
import shlex

import click

from memory_state.cli.app import application
from memory_state.cli.context import Call

# What a message leaves to whoever reads it.
FILLED = {
    "DEFINITION": "feature", "TITLE": "Title", "TEXT": "text", "ID": "7f3a9c21", "CMD": "true", "N": "1",
    "EVENT": "3", "WHY": "because", "NAME": "Ann", "PATH": "path", "FILE": "plan.md", "AGENT": "claude",
}  # fmt: skip


def filled(command: str) -> str:
    """A command with something in the place of what was left open."""
    return re.sub(r"\b[A-Z]{1,10}\b", lambda found: FILLED.get(found[0], found[0]), command)


def takes(command: str) -> bool:
    """Whether the program takes a command line, which comes without the program's name."""
    words = shlex.split(filled(command))
    if not words:
        return False
    call = Call(tuple(words), {}, lambda: 0.0, "memory-state")
    try:
        context = application.make_context("memory-state", words, obj=call)
        while isinstance(context.command, click.Group):
            rest = [*context._protected_args, *context.args]  # noqa: SLF001 - its public name is going
            name, found, rest = context.command.resolve_command(context, rest)
            if found is None:
                return False
            context = found.make_context(name, rest, parent=context)
    except click.exceptions.Exit as ended:  # --help
        return ended.exit_code == 0
    except Exception:  # noqa: BLE001 - whatever is wrong with it, it is not taken
        return False
    return True


def named_commands(text: str) -> list[str]:
    """The commands of ours that a sentence names in backticks, without the program's name."""
    return re.findall(r"`[^` ]*memory-state ([^`]*)`", text)
