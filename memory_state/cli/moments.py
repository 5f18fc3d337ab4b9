"""Moments on the command line: a time, a day, or how long ago."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from memory_state.cli.context import Call
from memory_state.cli.values import UNITS, span_in

if TYPE_CHECKING:
    from collections.abc import Callable

DAY = timedelta(days=1, milliseconds=-1)


def moment(*, end: bool) -> Callable[[click.Context, click.Parameter, str | None], int | None]:
    """A callback that reads a moment as milliseconds since the epoch; a day means its begin, or its end."""

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
        if value is None:
            return None
        if value[-1:] in UNITS:
            ago = span_in("m")(ctx, param, value)
            return round((ctx.ensure_object(Call).clock() - ago) * 1000)
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            said = f"{value!r} is no moment such as 2026-11-20, 2026-11-20T10:00Z, 90m, 24h or 7d (ago)"
            raise click.BadParameter(said, ctx, param) from None
        found = found if found.tzinfo else found.replace(tzinfo=UTC)
        found = found + DAY if end and len(value) == len("2026-11-20") else found
        return round(found.timestamp() * 1000)

    return read
