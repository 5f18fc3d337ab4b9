"""Commands that set up: `init` and `trust`."""

from __future__ import annotations

import click

from memory_state.cli.context import Call, command_line, workspace_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.core.text import visible_text


@click.command("init", cls=Sharing)
@click.pass_obj
def init(call: Call) -> None:
    """Make the memory path.

    It is optional before `start`, and harmless when done twice.
    """
    memory = workspace_of(call).init()
    steps = f"next: `{command_line(call, 'start DEFINITION TITLE')}`"
    answer(call, "init", {"paths": {"memory": memory}}, [visible_text(memory), steps])


@click.command("trust", cls=Sharing)
@click.argument("definition", required=False)
@click.pass_obj
def trust(call: Call, definition: str | None) -> None:
    """Let a definition run the commands it names.

    Without DEFINITION it is that of the current workflow, as it was when the workflow started. Any
    later change of the definition needs your trust anew. For a person only.
    """
    name, commands = workspace_of(call, person=True).trust(definition)
    head = f"{name} is trusted to run" if commands else f"{name} names no command to run"
    lines = [head, *(f"  {each}" for each in commands)]
    answer(call, "trust", {"definition": name, "commands": list(commands)}, map(visible_text, lines))
