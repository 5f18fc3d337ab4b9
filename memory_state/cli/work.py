"""Commands that move a workflow: from `start` through its phases."""

from __future__ import annotations

import click

from memory_state.cli.answers import answer_entered, answer_lines, answer_short, answer_standing
from memory_state.cli.completing import definition_names, phase_names
from memory_state.cli.context import Call, workspace_of
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import piped, use_piped
from memory_state.cli.standing import short_line
from memory_state.cli.values import json_object
from memory_state.core.errors import Misused

ISSUE = click.IntRange(1, 10**12)
WHY = "Why; it is kept in the history."
REASON = click.option("--reason", metavar="TEXT", help=WHY)
NEEDED_REASON = click.option("--reason", metavar="TEXT", required=True, help=WHY)


class Starting(Sharing):
    """`start`, which names the definitions there are where none is given."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; Misused instead of click's error for an argument that is missing."""
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter as error:
            definition = ctx.params.get("definition")
            raise nothing_to_start(ctx.ensure_object(Call), definition) from error


def nothing_to_start(call: Call, definition: str | None) -> Misused:
    """The error of a start without a title, or without anything."""
    from memory_state.workspace.definitions import definition_names, load_definition

    memory = workspace_of(call).project.memory
    if definition is not None:
        name = load_definition(memory, definition)[0].name
        return Misused(f'start {name} needs a title too, such as "Add login"', (f"start {name} TITLE",))
    known = ", ".join(definition_names(memory))
    return Misused(
        f"start needs a definition and a title; there are {known}",
        ("start feature TITLE", "graph feature", "start --help"),
    )


@click.command("start", cls=Starting)
@click.argument("definition", shell_complete=definition_names)
@click.argument("title")
@click.option("--issue", "issue_number", metavar="N", type=ISSUE, help="The issue's number.")
@click.option("--branch", "branch_name", metavar="NAME", help="The branch of the work.")
@click.option("--plan", "plan_file", metavar="FILE", help="The plan; else the first file a gate asks for.")
@click.option("--context", metavar="JSON", callback=json_object, help="Whatever else belongs to it.")
@click.option("--channel", metavar="NAME", help="Where the work came from.")
@click.option("--chat-id", metavar="N", type=int, help="The chat it came from, within the channel.")
@click.option("--inner", is_flag=True, help="Within the current workflow, which waits for it.")
@click.option("--beside", is_flag=True, help="Beside a live one; for a person only.")
@click.option("--test", metavar="COMMAND", help="The project's test command; for a person only.")
@click.pass_obj
def start(call: Call, /, definition: str, title: str, **options: object) -> None:
    """Start a workflow.

    DEFINITION is feature, bugfix, tdd, outer, inner, or one of the project's own in
    workflows/NAME.md of the memory path.
    """
    if options["inner"] and options["beside"]:
        raise click.UsageError("--inner and --beside exclude each other")
    origin = {name: options.pop(name) for name in ("channel", "chat_id")}
    options["origin"] = {name: value for name, value in origin.items() if value is not None} or None
    workspace = workspace_of(call, person=options["test"] is not None or bool(options["beside"]))
    run = workspace.start(definition, title, **options)
    if run.state.parent or options["beside"]:
        call.options = call.options._replace(workflow=run.id)
    answer_entered(call, workspace, run, "start")


@click.command("status", cls=Sharing)
@piped
@click.pass_obj
def status(call: Call) -> None:
    """Show where the workflow stands."""
    workspace = workspace_of(call)
    answer_standing(call, workspace, workspace.status(), "status")


@click.command("next", cls=Sharing)
@piped
@click.pass_obj
def next_phase(call: Call) -> None:
    """Leave the current phase through its gate.

    The gate's commands are run. A waiting workflow is taken up again.
    """
    workspace = workspace_of(call)
    answer_entered(call, workspace, workspace.next(), "next")


@click.command("back", cls=Sharing)
@NEEDED_REASON
@piped
@click.pass_obj
def back(call: Call, reason: str) -> None:
    """Send the work back to an earlier phase.

    The current phase's `returns_to` says which; too many returns block the workflow.
    """
    workspace = workspace_of(call)
    answer_entered(call, workspace, workspace.back(reason), "back")


@click.command("skip", cls=Sharing)
@click.argument("phase", required=False, shell_complete=phase_names)
@NEEDED_REASON
@piped
@click.pass_context
def skip(ctx: click.Context, phase: str | None, reason: str) -> None:
    """Pass over a skippable phase.

    Without PHASE it is the current one. For a person only.
    """
    call = ctx.ensure_object(Call)
    if phase == "-":
        use_piped(ctx)
        phase = None
    workspace = workspace_of(call, person=True)
    answer_entered(call, workspace, workspace.skip(reason, phase), "skip")


@click.command("note", cls=Sharing)
@click.argument("text")
@piped
@click.pass_obj
def note(call: Call, text: str) -> None:
    """Add a note to the document, at most 2,000 characters in one line."""
    workspace = workspace_of(call)
    run = workspace.note(text)
    answer_lines(call, workspace, run, "note", [short_line(run)])


@click.command("approve", cls=Sharing)
@REASON
@piped
@click.pass_obj
def approve(call: Call, reason: str | None) -> None:
    """Approve the work of the current phase.

    An approval also stands for the gate's commands. For a person only.
    """
    workspace = workspace_of(call, person=True)
    answer_short(call, workspace, workspace.approve(reason), "approve")


@click.command("override", cls=Sharing)
@NEEDED_REASON
@click.option("--changes", is_flag=True, help="Only accept the files that were changed out of phase.")
@piped
@click.pass_obj
def override(call: Call, reason: str, *, changes: bool) -> None:
    """Leave the phase although its gate is shut.

    What was not met is kept in the history, with who and why. For a person only.
    """
    workspace = workspace_of(call, person=True)
    answer_entered(call, workspace, workspace.override(reason, changes=changes), "override")


@click.command("wait", cls=Sharing)
@REASON
@piped
@click.pass_obj
def wait(call: Call, reason: str | None) -> None:
    """Mark the workflow as waiting; `next` takes it up again."""
    workspace = workspace_of(call)
    answer_short(call, workspace, workspace.wait(reason), "wait")
