"""`-` as an argument: the workflow is the one whose JSON stands on standard input."""

from __future__ import annotations

import sys

import click

from memory_state.cli.completing import workflow_ids
from memory_state.cli.context import Call
from memory_state.core.errors import MemoryStateError, Missing
from memory_state.core.layout import workflow_id
from memory_state.core.text import visible_text

# The exit codes of an error document's codes that are none of our errors.
EXIT_CODES = {"interrupted": 130, "fault": 70}


def keep_piped(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Act on the workflow from standard input if `-` was given."""
    if value is not None and not ctx.resilient_parsing:
        use_piped(ctx)


def offer_nothing(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """What completes a `-`: nothing, as it would stand in the line for whoever presses the key once more."""
    return []


# Lets a command take `-` behind its own arguments.
piped = click.argument(
    "piped",
    metavar="[-]",
    required=False,
    type=click.Choice(["-"]),
    expose_value=False,
    callback=keep_piped,
    shell_complete=offer_nothing,
)


def keep_named(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Act on the workflow that was named, or on that from standard input for `-`."""
    if value is None or ctx.resilient_parsing:
        return
    call = ctx.ensure_object(Call)
    named = use_piped(ctx) if value == "-" else value
    call.options = call.options._replace(workflow=named)


# Lets a command that only looks name its workflow, which may be over.
named = click.argument(
    "named",
    metavar="[ID]",
    required=False,
    expose_value=False,
    callback=keep_named,
    shell_complete=workflow_ids,
)


def use_piped(ctx: click.Context) -> str:
    """Act on the workflow in the JSON document on standard input; gives its id.

    It arrives if it is not here, once the workspace is known. The error document of an earlier command
    of the pipe is passed on and ends the call with its exit code. Missing when there is no document,
    Misused when it names no workflow.
    """
    from memory_state.workflow.exchange import document_values, error_in, workflow_in

    call = ctx.ensure_object(Call)
    values = document_values(piped_text())
    if error_in(values) is not None:
        ctx.exit(pass_on(call, values))
    call.piped = workflow_in(values)
    return workflow_id(str(call.piped["workflow_id"]))


def piped_text() -> str:
    """What stands on standard input."""
    from memory_state.workspace.arriving import text_of

    text = text_of(sys.stdin)
    if text is None:
        raise Missing("there is no workflow on standard input: it is a terminal", ("status",))
    if not text.strip():
        raise Missing("there is no workflow on standard input: it is empty", ("status",))
    return text


def pass_on(call: Call, values: dict[str, object]) -> int:
    """Tell an error that an earlier command of the pipe met; gives its exit code."""
    import json

    from memory_state.workflow.exchange import ERRORS, error_in

    if call.options.json:
        click.echo(json.dumps(values))
    click.echo(visible_text(str(error_in(values))), err=True)
    code = str(values.get("code"))
    return EXIT_CODES.get(code) or ERRORS.get(code, MemoryStateError).exit_code
