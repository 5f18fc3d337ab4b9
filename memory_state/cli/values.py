"""Values on the command line that click does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.core.jsontext import decode_json

if TYPE_CHECKING:
    from collections.abc import Callable


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


UNITS = {"m": 60.0, "h": 3600.0, "d": 86400.0}


def span_in(unit: str) -> Callable[[click.Context, click.Parameter, str], float]:
    """A callback that reads a time span, `90m`, `24h` or `30d`, in seconds; a bare number is in `unit`."""

    def seconds(ctx: click.Context, param: click.Parameter, value: str) -> float:
        named = value[-1:] if value[-1:] in UNITS else unit
        number = value.removesuffix(named)
        if not (number.isascii() and number.isdigit() and len(number) <= 6):
            raise click.BadParameter(f"{value!r} is no time span such as 90m, 24h or 30d", ctx, param)
        return int(number) * UNITS[named]

    return seconds
