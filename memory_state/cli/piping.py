"""`-` as an argument: the workflow is the one whose JSON stands on standard input."""

from __future__ import annotations

import sys

import click

from memory_state.cli.context import Call, is_terminal
from memory_state.core.errors import Broken, Conflict, MemoryStateError, Missing, Misused, Refused
from memory_state.core.jsontext import decode_json
from memory_state.core.layout import workflow_id
from memory_state.core.text import visible_text

INPUT_LIMIT = 16 << 20
ERRORS: tuple[type[MemoryStateError], ...] = (Refused, Misused, Missing, Conflict, Broken)
EXIT_CODES = {kind.code: kind.exit_code for kind in ERRORS}


def keep_piped(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Act on the workflow from standard input if `-` was given."""
    if value is not None and not ctx.resilient_parsing:
        use_piped(ctx)


# Lets a command take `-` behind its own arguments.
piped = click.argument(
    "piped", metavar="[-]", required=False, type=click.Choice(["-"]), expose_value=False, callback=keep_piped
)


def use_piped(ctx: click.Context) -> str:
    """Act on the workflow in the JSON document on standard input; gives its id.

    The error document of an earlier command of the pipe is passed on and ends the call with its exit
    code. Missing when there is no document, Misused when it names no workflow.
    """
    call = ctx.ensure_object(Call)
    text = piped_text()
    values = piped_values(text)
    if values.get("kind") == "error":
        ctx.exit(pass_on(call, values, text))
    inner = values.get("workflow")
    found = (inner if isinstance(inner, dict) else values).get("workflow_id")
    if not isinstance(found, str):
        raise Misused("the JSON on standard input has no workflow_id", ("status --json",))
    call.options = call.options._replace(workflow=workflow_id(found))
    return found


def piped_text() -> str:
    """What stands on standard input."""
    if is_terminal(sys.stdin):
        raise Missing("there is no workflow on standard input: it is a terminal", ("status",))
    text = sys.stdin.read(INPUT_LIMIT) if sys.stdin else ""
    if not text.strip():
        raise Missing("there is no workflow on standard input: it is empty", ("status",))
    return text


def piped_values(text: str) -> dict[str, object]:
    """The JSON object that a text is."""
    try:
        values = decode_json(text)
    except ValueError as error:
        raise Misused(f"standard input is no JSON: {error}", ("status --json",)) from error
    if not isinstance(values, dict):
        raise Misused("the JSON on standard input is no object", ("status --json",))
    return values


def pass_on(call: Call, values: dict[str, object], text: str) -> int:
    """Tell an error that an earlier command of the pipe met; gives its exit code."""
    if call.options.json:
        click.echo(text.strip())
    click.echo(visible_text(str(values.get("message"))), err=True)
    return EXIT_CODES.get(str(values.get("code")), MemoryStateError.exit_code)
