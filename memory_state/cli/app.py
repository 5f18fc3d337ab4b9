"""The program's commands, in their groups; each one's module is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from memory_state import __version__
from memory_state.cli.parameters import Family
from memory_state.core.errors import Misused
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from click.formatting import HelpFormatter
    from click.shell_completion import CompletionItem


class Entry(NamedTuple):
    """A command as the overview lists it: where it is defined and what it does."""

    module: str
    function: str
    help: str


GROUPS: dict[str, dict[str, Entry]] = {
    "Set up": {
        "init": Entry("setting_up", "init", "Make the memory path."),
        "setup": Entry("installing", "setup", "Wire the hooks into a coding agent's settings."),
        "doctor": Entry("doctoring", "doctor", "Look for what is wrong with installation and state."),
        "config": Entry("configuring", "config", "Show and change settings."),
        "trust": Entry("setting_up", "trust", "Let a definition run the commands it names."),
        "completion": Entry(
            "shells", "completion", "Print the script that completes our commands in a shell."
        ),
        "uninstall": Entry("leaving", "uninstall", "Remove what we put on this machine."),
    },
    "Work": {
        "start": Entry("work", "start", "Start a workflow."),
        "status": Entry("work", "status", "Show where the workflow stands."),
        "check": Entry("asking", "check", "Ask without acting: the gate, a tool call, a shell command."),
        "next": Entry("work", "next_phase", "Leave the current phase through its gate."),
        "back": Entry("work", "back", "Send the work back to an earlier phase."),
        "skip": Entry("work", "skip", "Pass over a skippable phase."),
        "task": Entry("tasks", "task", "Add, list and tick off tasks."),
        "note": Entry("work", "note", "Add a note to the document."),
        "approve": Entry("work", "approve", "Approve the work of the current phase."),
        "override": Entry("work", "override", "Leave the phase although its gate is shut."),
        "wait": Entry("work", "wait", "Mark the workflow as waiting."),
        "finish": Entry("ending", "finish", "End the workflow from its last phase."),
        "fail": Entry("ending", "fail", "End the workflow as failed."),
        "cancel": Entry("ending", "cancel", "End the workflow for good."),
        "prime": Entry("asking", "prime", "Print what a fresh session needs to know."),
    },
    "Recover": {
        "save": Entry("recover", "save", "Write the recovery file now."),
        "resume": Entry("recover", "resume", "Go on with a workflow."),
        "park": Entry("recover", "park", "Pause the workflow and free its place."),
        "recover": Entry("recover", "recover", "Make a damaged workflow whole again."),
        "rollback": Entry("recover", "rollback", "Go back to an earlier state."),
        "resolve": Entry("recover", "resolve", "Choose between live workflows that share a place."),
        "archive": Entry("recover", "archive", "Put a parked, failed or ended workflow away."),
        "orphans": Entry("auditing", "orphans", "List the workflows that nobody works on."),
        "migrate": Entry("auditing", "migrate", "Bring the state's files to the schema of this version."),
        "gc": Entry("auditing", "collect_garbage", "Remove what nobody needs any more."),
    },
    "Look": {
        "list": Entry("look", "list_workflows", "List the workflows."),
        "show": Entry("look", "show", "Show one workflow, ended ones too."),
        "history": Entry("look", "history", "Show what happened, oldest first."),
        "timeline": Entry("reporting", "timeline", "Show how long each phase took."),
        "report": Entry("reporting", "report", "Tell where the time of all workflows goes."),
        "explain": Entry(
            "reporting", "explain", "Tell why a call or a move was refused, or what an event means."
        ),
        "graph": Entry("reporting", "graph", "Draw a definition as a Mermaid state diagram."),
        "verify": Entry("auditing", "verify", "Check a history: checksums, numbers, seals, document."),
        "validate": Entry("look", "validate", "Check definitions and documents."),
        "statusline": Entry("statusline", "statusline", "Print one line for a client's status bar."),
    },
}
ENTRIES = {name: entry for group in GROUPS.values() for name, entry in group.items()}
WIDTH = max(map(len, ENTRIES))


class Program(Family):
    """The program itself: a family whose members are imported one by one."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's interface
        """The names of the commands, group by group."""
        return list(ENTRIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # the same
        """Import a command; None when there is none of this name."""
        entry = ENTRIES.get(cmd_name)
        if entry is None:
            return None
        found = getattr(import_module(f"memory_state.cli.{entry.module}"), entry.function)
        return found if isinstance(found, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name; Misused names the nearest to one that is not there."""
        if args[0] not in ENTRIES and not args[0].startswith("-") and not ctx.resilient_parsing:
            import difflib

            near = difflib.get_close_matches(args[0], ENTRIES, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise Misused(f"there is no command {args[0]!r}{hint}", (*near, "--help"))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: HelpFormatter) -> None:  # noqa: ARG002  # the same
        """Write the overview without importing any command."""
        for title, entries in GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(f"{name:{WIDTH}}", entry.help) for name, entry in entries.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The names of commands without importing any, and the options."""
        from click.shell_completion import CompletionItem

        names = [
            CompletionItem(name, help=entry.help)
            for name, entry in ENTRIES.items()
            if name.startswith(incomplete)
        ]
        return names + click.Command.shell_complete(self, ctx, incomplete)


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
    epilog="To begin: memory-state start feature TITLE, then memory-state status. With a coding agent: "
    "memory-state setup. `memory-state COMMAND --help` says more about one command.",
)
@click.version_option(__version__, message="memory-state %(version)s")
@click.pass_context
def application(ctx: click.Context) -> None:
    """Multi-phase workflows for coding agents, kept as Markdown."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
