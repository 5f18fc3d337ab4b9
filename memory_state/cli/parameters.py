"""The options that every command takes, before the command's name or after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from memory_state.cli.completing import workflow_ids
from memory_state.cli.context import PROGRAM, Call, Options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from click.formatting import HelpFormatter


def keep(ctx: click.Context, param: click.Parameter, value: object) -> object:
    """Keep an option that was given with the call; the last one of a name holds."""
    call = ctx.find_object(Call)
    name = str(param.name)
    if call is not None and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
        call.options = Options(**(call.options._asdict() | {name: value}))
        if call.options.json and call.options.plain:
            raise click.UsageError("--json and --plain exclude each other", ctx)
    return value


def shared(*names: str, **settings: object) -> click.Option:
    """An option of every command."""
    return click.Option(names, expose_value=False, callback=keep, **settings)  # type: ignore[arg-type]  # handed on as they are


# What the arguments of the commands are, by their names in the commands' functions.
ARGUMENTS = {
    "agent": "The coding agent; without it the one that is found here.",
    "definition": "The name of a workflow definition.",
    "event": "An event's number in `history`, or last.",
    "files": "Files; without any, the project's own.",
    "ids": "Workflows; without any, all.",
    "key": "The name of a setting.",
    "named": "A workflow; - for the one whose JSON stands on standard input.",
    "phase": "A phase; without it the current one.",
    "piped": "The workflow is the one whose JSON stands on standard input.",
    "reference": "A task: build.2, 2 in the current phase, or its text.",
    "shell": "The shell.",
    "text": "The text, in one line.",
    "title": "What the work is about.",
    "value": "Its new value.",
    "wanted": "A workflow's id.",
}
COLORS = ("auto", "always", "never")
FOLDER = click.Path(exists=True, file_okay=False)
SHARED = (
    shared("-C", "directory", metavar="DIR", type=FOLDER, help="Act in this folder."),
    shared("--memory-path", metavar="PATH", help="Keep the state here; relative to the project."),
    shared("-w", "--workflow", metavar="ID", shell_complete=workflow_ids, help="Act on this workflow."),
    shared("--by", metavar="NAME", help="Who asks, for what only a person may do."),
    shared("-q", "--quiet", is_flag=True, help="Print errors only."),
    shared("--plain", is_flag=True, help="No colour, no cut or wrapped lines."),
    shared("--json", is_flag=True, help="Answer with one JSON document."),
    shared("--color", type=click.Choice(COLORS), metavar="WHEN", help="auto, always or never."),
)


class Sharing(click.Command):
    """A command that takes the shared options too."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters, then the shared ones."""
        return [*super().get_params(ctx), *SHARED]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and let the call know which command it is about."""
        ctx.ensure_object(Call).command = ctx.command_path.removeprefix(PROGRAM).strip()
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """Write the arguments, then the two kinds of options apart."""
        params = super().get_params(ctx)
        sections = (
            ("Arguments", argument_records(params, ctx)),
            ("Options", option_records(params, ctx)),
            ("Options of every command", option_records(SHARED, ctx)),
        )
        for title, records in sections:
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


def argument_records(params: Iterable[click.Parameter], ctx: click.Context) -> list[tuple[str, str]]:
    """Each argument with what it is."""
    found = [each for each in params if isinstance(each, click.Argument)]
    return [(each.make_metavar(ctx).strip("[]."), ARGUMENTS[str(each.name)]) for each in found]


def option_records(params: Iterable[click.Parameter], ctx: click.Context) -> list[tuple[str, str]]:
    """Each option with its help."""
    found = (each.get_help_record(ctx) for each in params if isinstance(each, click.Option))
    return [record for record in found if record]


class Family(Sharing, click.Group):
    """A command with commands below it."""

    command_class = Sharing

    def format_options(self, ctx: click.Context, formatter: HelpFormatter) -> None:
        """Write the commands first, then the options."""
        self.format_commands(ctx, formatter)
        super().format_options(ctx, formatter)
