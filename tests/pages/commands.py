"""The command reference: usage, options, exit codes and an example of each command, from the program."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memory_state.cli.app import GROUPS, application
from memory_state.cli.context import PROGRAM, Call
from memory_state.cli.parameters import SHARED, Family, argument_records
from tests.console import ALWAYS, Console
from tests.pages.examples import EXAMPLES, Example

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("7f3a9c21", "b20e5d64", "c9d81f37", "d1e4a0b8", "e62f7c15", "f08b3d92", "g5a19e70", "h3c7d4f6")
# A name in an example that stands for the first workflow's id, and so on.
PLACES = ("ID1", "ID2", "ID3")
HEAD = """\
# Commands

This page is made from the program by `make docs`, its examples run for it, and a test keeps it current.

Every command takes these options, before its name or after it:

{shared}

On a terminal lines are wrapped at its width, or at `COLUMNS`; `NO_COLOR` and `FORCE_COLOR` are heeded, and
`--color` is stronger. Scripts read `--json`, one document with `schemaVersion` and `kind`, or `--plain`: no
colour, no wrapping, columns that tabs separate where there are columns. The answer stands on standard output,
everything else on standard error. `-` as an argument takes the workflow from the JSON on standard input.

| exit code | meaning |
|---:|---|
| 0 | done, also where there was nothing to do, and where damage was repaired on the way |
| 1 | refused by a rule, or findings (`check`, `validate`, `verify`, `doctor`) |
| 2 | wrong usage: an option, an id or a name that makes no sense |
| 3 | no such workflow, definition or project here |
| 4 | somebody else changed the state, or holds its lock; try again |
| 5 | the state is damaged and nothing is left to build it from, or the disk does not take a write |
| 70 | a fault of memory-state; the message names the file with its traceback |
| 130, 143 | interrupted, terminated |

Below each command stand the codes that it can end with besides 2, 70, 130 and 143, which every command can.
"""
PLAIN, MOVES, LOOKS = "0, 5", "0, 1, 3, 4, 5", "0, 3, 5"
CODES = {
    "init": "0, 1, 5", "setup": "0, 1 (not wired, with `--check`), 3, 5", "doctor": "0, 1 (findings)",
    "config list": "0", "config get": "0, 1 (it has no value)", "config set": "0, 1, 5",
    "trust": "0, 1, 3, 5",
    "completion": "0", "uninstall": "0, 1, 5", "check": "0 (allow), 1 (deny, ask), 3, 4, 5",
    "prime": "0, 3, 4, 5", "status": "0, 3, 4, 5", "list": PLAIN, "show": LOOKS, "history": LOOKS,
    "timeline": LOOKS, "report": "0, 1 (a file in the way), 3, 5", "explain": LOOKS, "graph": LOOKS,
    "verify": "0, 1 (findings), 3, 5", "validate": "0, 1 (problems)", "statusline": PLAIN, "orphans": PLAIN,
    "task list": "0, 3, 4, 5", "migrate": "0, 1 (a newer schema), 5",
}  # fmt: skip


def commands_page() -> str:
    """The whole page."""
    shared = "\n".join(option_rows(SHARED))
    parts = [HEAD.format(shared=shared)]
    for title, entries in GROUPS.items():
        parts.append(f"## {title}\n")
        for name in entries:
            parts += sections(name)
    return "\n".join(parts)


def sections(name: str) -> Iterator[str]:
    """The section of a command, and those of the commands below it."""
    context = click.Context(application, info_name=PROGRAM, obj=Call((), {}, lambda: 0.0, PROGRAM))
    found = application.get_command(context, name)
    assert found is not None
    inner = click.Context(found, parent=context, info_name=name)
    yield section(found, inner, name, "###")
    if isinstance(found, click.Group):
        for below in found.list_commands(inner):
            member = found.get_command(inner, below)
            assert member is not None
            yield section(
                member, click.Context(member, parent=inner, info_name=below), f"{name} {below}", "####"
            )


def section(found: click.Command, context: click.Context, name: str, level: str) -> str:
    """What the page says of one command."""
    usage = " ".join(found.get_usage(context).removeprefix("Usage:").split())
    parts = [f"{level} {name}", paragraphs(found.help or ""), f"```text\n{usage}\n```"]
    arguments = argument_records(click.Command.get_params(found, context), context)
    if arguments:
        parts.append("\n".join(rows_of("argument", arguments)))
    own = [each for each in click.Command.get_params(found, context) if isinstance(each, click.Option)]
    rows = option_rows([each for each in own if each not in SHARED and "--help" not in each.opts])
    if rows:
        parts.append("\n".join(rows))
    if not isinstance(found, Family):
        parts += [f"Exit codes: {CODES.get(name, MOVES)}.", f"```console\n{shown(EXAMPLES[name])}```"]
    return "\n\n".join(parts) + "\n"


def paragraphs(text: str) -> str:
    """A help text with each paragraph in one line."""
    return "\n\n".join(" ".join(each.split()) for each in text.strip().split("\n\n"))


def option_rows(options: list[click.Option] | tuple[click.Option, ...]) -> list[str]:
    """A table of options."""
    context = click.Context(application)
    return rows_of("option", [record for each in options if (record := each.get_help_record(context))])


def rows_of(head: str, records: list[tuple[str, str]]) -> list[str]:
    """A table of two columns; none without rows."""
    rows = [f"| `{names.replace('|', chr(92) + '|')}` | {without_range(said)} |" for names, said in records]
    return [f"| {head} | |", "|---|---|", *rows] if rows else []


def without_range(said: str) -> str:
    """An option's help without the limits that click adds to it."""
    return re.sub(r"  \[.*x.*\]$", "", said).replace("|", "\\|")


def shown(example: Example) -> str:
    """An example as it runs in a fresh project; what is too long is cut, and says so."""
    with tempfile.TemporaryDirectory() as folder:
        console = console_in(Path(folder))
        for line in example.before:
            console.run(named(line))
        return "".join(
            f"$ {named(line)}\n{cut(console.run(named(line)), example.most)}" for line in example.shown
        )


def named(line: str) -> str:
    """A command with ids in the place of `ID1` and the like."""
    for place, name in zip(PLACES, NAMES, strict=False):
        line = line.replace(place, name)
    return line


def console_in(folder: Path) -> Console:
    """A console in a fresh project, with a clock that goes on by ten minutes at each command."""
    project = folder / "shop"
    (project / ".git").mkdir(parents=True)
    replacements = (
        *ALWAYS,
        (r"HOME/", "~/"),
        (r"PROJECT\b", "/home/ada/shop"),
        (r"\b\d+ bytes", "N bytes"),
        (r"\^[0-9a-f]{8}\b", "^CRC"),
        (r"\b[0-9a-f]{64}\b", "SHA256"),
    )
    return Console(project, folder / "home", names=NAMES, replacements=replacements, tick=0.0, step=600.0)


def cut(text: str, most: int) -> str:
    """At most so many lines."""
    lines = text.splitlines(keepends=True)
    return text if len(lines) <= most else "".join([*lines[:most], "…\n"])
