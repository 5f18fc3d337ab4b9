"""`statusline`: one line for a client's status bar. Without options it does not even come here."""

from __future__ import annotations

import sys

import click

from memory_state.cli.bar import WIDTH, Place, bar, bar_line
from memory_state.cli.context import Call, environment_of, folder_of
from memory_state.cli.output import UNLIMITED, answer, width_of
from memory_state.cli.parameters import Sharing


@click.command("statusline", cls=Sharing)
@click.pass_obj
def statusline(call: Call) -> None:
    """Print one line for a client's status bar.

    Session and folder come from the client's JSON on standard input, if there is any. Without a workflow
    the line is empty; where something is wrong, the line says what. The exit code is 0.
    """
    options = call.options
    fixed = options.directory is not None
    place = Place(environment_of(call), str(folder_of(call)), fixed, options.memory_path, options.workflow)
    found = bar(place, sys.stdin)
    values = {
        "workflow": None if found.standing is None else found.standing._asdict(),
        "problem": found.wrong or None,
    }
    width = width_of(call)
    line = bar_line(found, WIDTH if width == UNLIMITED else width)
    answer(call, "statusline", values, [line] if line else [])
