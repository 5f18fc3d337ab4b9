"""Commands that keep a workflow safe, set it aside and take it up again."""

from __future__ import annotations

import click

from memory_state.cli.answers import answer_entered, answer_lines, answer_short, answer_standing
from memory_state.cli.completing import workflow_ids
from memory_state.cli.context import Call, workspace_of
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import piped, use_piped
from memory_state.cli.standing import short_line
from memory_state.cli.work import REASON
from memory_state.core.text import visible_text


@click.command("save", cls=Sharing)
@click.option("--name", metavar="NAME", help="Make it a checkpoint that `rollback --to NAME` goes back to.")
@piped
@click.pass_obj
def save(call: Call, name: str | None) -> None:
    """Write the recovery file now."""
    workspace = workspace_of(call)
    run, path = workspace.save(name)
    said = path or f"workflow {run.id} is {run.state.status}: there is nothing to recover"
    answer_lines(call, workspace, run, "save", [visible_text(said)])


@click.command("resume", cls=Sharing)
@click.argument("wanted", metavar="[ID]", required=False, shell_complete=workflow_ids)
@click.pass_context
def resume(ctx: click.Context, wanted: str | None) -> None:
    """Go on with a workflow.

    Without ID it is the current one, else the newest that can go on. A blocked or failed one needs a
    person.
    """
    call = ctx.ensure_object(Call)
    if wanted == "-":
        use_piped(ctx)
        wanted = None
    workspace = workspace_of(call)
    if workspace.resume_needs_person(wanted):
        workspace = workspace_of(call, person=True)
    answer_entered(call, workspace, workspace.resume(wanted), "resume")


@click.command("park", cls=Sharing)
@REASON
@piped
@click.pass_obj
def park(call: Call, reason: str | None) -> None:
    """Pause the workflow and free its place. For a person only.

    What the next one needs to know is printed, and stands in the recovery file.
    """
    from memory_state.workspace.saves import handoff

    workspace = workspace_of(call, person=True)
    run = workspace.park(reason)
    text, path = handoff(run)
    lines = [short_line(run), "", *visible_text(text).split("\n"), "", visible_text(f"all of it: {path}")]
    answer(call, "park", {**workspace.values(run), "handoff": text}, lines)


@click.command("rollback", cls=Sharing)
@click.option("--steps", metavar="N", type=click.IntRange(min=1), help="Undo the last N changes.")
@click.option("--to", metavar="EVENT", help="Undo all after this event, by number or checkpoint name.")
@REASON
@piped
@click.pass_obj
def rollback(call: Call, steps: int | None, to: str | None, reason: str | None) -> None:
    """Go back to an earlier state. For a person only.

    A change is what one command or edit did to phases, tasks, approvals or fields. What is undone
    leaves the document and stays in the history; notes stay in both.
    """
    from memory_state.workspace.rollback import roll_back

    workspace = workspace_of(call, person=True)
    answer_standing(call, workspace, roll_back(workspace, steps=steps, to=to, reason=reason), "rollback")


@click.command("recover", cls=Sharing)
@click.argument("wanted", metavar="[ID]", required=False, shell_complete=workflow_ids)
@click.pass_context
def recover(ctx: click.Context, wanted: str | None) -> None:
    """Make a damaged workflow whole again.

    Its document, history or definition may be damaged or gone. It goes on at no later phase than what
    is left of it proves. Without ID it is the one this session or the current document names. Done
    twice, nothing happens.
    """
    from memory_state.workspace.recovering import recover as recovered

    call = ctx.ensure_object(Call)
    if wanted == "-":
        use_piped(ctx)
        wanted = None
    workspace = workspace_of(call)
    run, done = recovered(workspace, wanted)
    lines = [visible_text(each) for each in done or ("nothing was wrong",)]
    values = {**workspace.values(run), "done": list(done)}
    answer(call, "recover", values, [*lines, short_line(run)])


@click.command("resolve", cls=Sharing)
@click.option(
    "--keep", "kept", metavar="ID", shell_complete=workflow_ids, help="Go on with this one, park others."
)
@click.option("--archive", "archived", metavar="ID", shell_complete=workflow_ids, help="Put this one away.")
@click.option(
    "--merge", "merged", metavar="ID", shell_complete=workflow_ids, help="Take its tasks and notes over."
)
@click.pass_obj
def resolve(call: Call, kept: str | None, archived: str | None, merged: str | None) -> None:
    """Choose between live workflows that share a place. For a person only.

    --keep makes a workflow the current one, parks the live others, and ends a merge conflict that git
    left in its document. --merge takes open tasks and notes over into the current workflow, or that of
    -w, and archives the named one. Nothing is lost.
    """
    from memory_state.workspace import resolving

    if [kept, archived, merged].count(None) != 2:
        raise click.UsageError("resolve takes one of --keep, --archive and --merge")
    workspace = workspace_of(call, person=True)
    if kept is not None:
        run = resolving.keep_workflow(workspace, kept)
    elif archived is not None:
        run = resolving.archive_workflow(workspace, archived, live=True)
    else:
        run = resolving.merge_workflow(workspace, str(merged))
    answer_short(call, workspace, run, "resolve")


@click.command("archive", cls=Sharing)
@click.argument("wanted", metavar="ID", shell_complete=workflow_ids)
@click.pass_obj
def archive(call: Call, wanted: str) -> None:
    """Put a parked, failed or ended workflow away. For a person only.

    A parked or failed one is cancelled for good. Its history stays.
    """
    from memory_state.workspace.resolving import archive_workflow

    workspace = workspace_of(call, person=True)
    answer_short(call, workspace, archive_workflow(workspace, wanted), "archive")
