"""Commands that set up: `init` and `trust`."""

from __future__ import annotations

import click

from memory_state.cli.completing import definition_names
from memory_state.cli.context import Call, command_line, environment_of, workspace_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.core.text import visible_text


@click.command("init", cls=Sharing)
@click.option(
    "--track/--no-track",
    default=None,
    help="Keep histories and recovery files in git, or all state out of it; as it is when not given.",
)
@click.pass_obj
def init(call: Call, *, track: bool | None) -> None:
    """Make the memory path, and install the hook that the plugin calls.

    It is optional before `start`, and harmless when done twice. No client is wired.
    """
    from memory_state.agents.installation import install
    from memory_state.workspace import tracking
    from memory_state.workspace.guarded import own_change

    memory = workspace_of(call).init()
    if track is not None:
        (tracking.track if track else tracking.untrack)(memory)
    workspace = workspace_of(call)
    with own_change(environment_of(call), workspace.project.settings.root):
        install(environment_of(call))
    steps = f"next: `{command_line(call, 'start DEFINITION TITLE')}`"
    answer(call, "init", {"paths": {"memory": memory}}, [visible_text(memory), steps])


@click.command("trust", cls=Sharing)
@click.argument("definition", required=False, shell_complete=definition_names)
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
