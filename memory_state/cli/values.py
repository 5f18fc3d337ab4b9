"""Values on the command line that click does not know."""

from __future__ import annotations

import click

from memory_state.core.jsontext import decode_json


class JsonObject(click.ParamType):
    """A JSON object."""

    name = "json"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, object]:
        """The object that the text is."""
        if isinstance(value, dict):
            return value
        try:
            found = decode_json(str(value))
        except ValueError as error:
            self.fail(f"not JSON: {error}", param, ctx)
        if not isinstance(found, dict):
            self.fail("not a JSON object", param, ctx)
        return found


JSON_OBJECT = JsonObject()
