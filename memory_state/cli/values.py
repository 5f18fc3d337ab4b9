"""Values on the command line that click does not know."""

from __future__ import annotations

import click

from memory_state.core.jsontext import decode_json


def json_object(ctx: click.Context, param: click.Parameter, value: str | None) -> dict[str, object] | None:
    """The JSON object that an option's text is."""
    if value is None:
        return None
    try:
        found = decode_json(value)
    except ValueError as error:
        raise click.BadParameter(f"not JSON: {error}", ctx, param) from error
    if not isinstance(found, dict):
        raise click.BadParameter("not a JSON object", ctx, param)
    return found
