"""Printing: the answer as text or JSON, colour, width, errors."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from memory_state.cli.context import command_line, is_terminal
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from memory_state.cli.context import Call
    from memory_state.core.errors import MemoryStateError

UNLIMITED = 10_000
# What to do next where an error does not say it: of all others the command's help.
WAYS = {"broken": "doctor", "conflict": "status"}


def color_of(call: Call) -> bool | None:
    """Whether to colour; None leaves it to whether the stream is a terminal.

    An option is stronger than NO_COLOR (no-color.org), that than FORCE_COLOR, that than TERM.
    """
    chosen = {"always": True, "never": False}.get(call.options.color)
    if call.options.plain:
        return False
    if chosen is not None:
        return chosen
    if call.environment.get("NO_COLOR"):
        return False
    if call.environment.get("FORCE_COLOR"):
        return True
    return False if call.environment.get("TERM") == "dumb" else None


def width_of(call: Call) -> int:
    """How many columns a line may take: COLUMNS, else the terminal's; no limit elsewhere."""
    if call.options.plain:
        return UNLIMITED
    columns = columns_of(call)
    if columns or not is_terminal(sys.stdout):
        return columns or UNLIMITED
    return os.get_terminal_size(sys.stdout.fileno()).columns


def columns_of(call: Call) -> int:
    """What COLUMNS says; 0 when it says nothing."""
    columns = call.environment.get("COLUMNS", "")
    return int(columns) if columns.isascii() and columns.isdigit() else 0


def answer(call: Call, kind: str, values: Mapping[str, object], lines: Iterable[str]) -> None:
    """Print what was asked for: one JSON document, or lines for people (none with `--quiet`)."""
    if call.options.json:
        print_document(kind, values)
    elif not call.options.quiet:
        for line in lines:
            click.echo(line, color=color_of(call))


def print_document(kind: str, values: Mapping[str, object]) -> None:
    """Print one JSON document."""
    from memory_state.workflow.exchange import document_text

    click.echo(document_text(kind, values))


def tell_error(call: Call, error: MemoryStateError) -> int:
    """Print an error where it belongs; gives its exit code."""
    ways = error.next_commands or (WAYS.get(error.code) or f"{call.command} --help".strip(),)
    steps = [command_line(call, each) for each in ways]
    tell_failure(call, error.code, error.sentence, steps)
    return error.exit_code


def tell_failure(call: Call, code: str, message: str, steps: list[str]) -> None:
    """The sentence and the next commands on stderr; with `--json` also a document on stdout."""
    if call.options.json:
        print_document("error", {"code": code, "message": message, "next": steps})
    for line in error_lines(call, visible_text(message)):
        click.echo(click.style(line, fg="red"), err=True, color=color_of(call))
    for step in steps:
        click.echo(
            "next: " + click.style(f"`{visible_text(step)}`", fg="cyan"), err=True, color=color_of(call)
        )


def error_lines(call: Call, message: str) -> list[str]:
    """The lines of an error: wrapped between words on a terminal, elsewhere as it is for who searches it."""
    lines = message.split("\n")
    if call.options.plain or not is_terminal(sys.stderr):
        return lines
    from memory_state.cli.wrapping import wrapped

    width = columns_of(call) or os.get_terminal_size(sys.stderr.fileno()).columns
    return [part for line in lines for part in wrapped(line, width) or [""]]
