"""`-` as an argument: the workflow is the one whose JSON stands on standard input."""

from __future__ import annotations

import sys

import click

from memory_state.cli.context import Call
from memory_state.core.errors import Broken, Conflict, MemoryStateError, Missing, Misused, Refused
from memory_state.core.jsontext import decode_json
from memory_state.core.layout import workflow_id
from memory_state.core.text import visible_text

INPUT_LIMIT = 16 << 20
EXIT_CODES = {kind.code: kind.exit_code for kind in (MemoryStateError, Refused, Misused, Missing, Conflict, Broken)}


def take_piped(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    """Take the workflow from standard input if `-` was given."""
    call = ctx.find_object(Call)
    if value == "-" and call is not None:
        call.options = call.options._replace(workflow=piped_workflow(ctx))


def piped_workflow(ctx: click.Context) -> str:
    """The id in the JSON document on standard input; an error document is passed on and ends the call."""
    if sys.stdin.isatty():
        raise Missing("there is no workflow on standard input: it is a terminal", ("status",))
    text = sys.stdin.read(INPUT_LIMIT)
    if not text.strip():
        raise Missing("there is no workflow on standard input: it is empty", ("status",))
    values = read_document(text)
    if values.get("kind") == "error":
        ctx.exit(pass_on(ctx.find_object(Call), values, text))
    inner = values.get("workflow")
    found = (inner if isinstance(inner, dict) else values).get("workflow_id")
    if not isinstance(found, str):
        raise Misused("the JSON on standard input has no workflow_id", ("status --json",))
    return workflow_id(found)


def read_document(text: str) -> dict[str, object]:
    """The JSON object that a text is; Misused when it is none."""
    try:
        values = decode_json(text)
    except ValueError as error:
        raise Misused(f"standard input is no JSON: {error}", ("status --json",)) from error
    if not isinstance(values, dict):
        raise Misused("the JSON on standard input is no object", ("status --json",))
    return values


def pass_on(call: Call | None, values: dict[str, object], text: str) -> int:
    """Tell an error that an earlier command of the pipe met; gives its exit code."""
    if call is not None and call.options.json:
        click.echo(text.strip())
    click.echo(visible_text(str(values.get("message"))), err=True)
    return EXIT_CODES.get(str(values.get("code")), MemoryStateError.exit_code)


# Lets a command take `-` behind its own arguments.
piped = click.argument(
    "piped", metavar="[-]", required=False, type=click.Choice(["-"]), expose_value=False, callback=take_piped
)
