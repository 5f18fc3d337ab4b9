"""`task` and the commands below it."""

from __future__ import annotations

import click

from memory_state.cli.answers import answer_tasks
from memory_state.cli.completing import phase_names, task_addresses
from memory_state.cli.context import Call, workspace_of
from memory_state.cli.parameters import Family, Sharing
from memory_state.cli.piping import piped
from memory_state.cli.work import REASON
from memory_state.workflow.machine import phase_of

PHASE = click.option(
    "--phase", metavar="ID", shell_complete=phase_names, help="The phase; default: the current one."
)
TASK = click.argument("reference", metavar="TASK", shell_complete=task_addresses)


@click.group("task", cls=Family, invoke_without_command=True)
@click.pass_context
def task(ctx: click.Context) -> None:
    """Add, list and tick off tasks.

    A task is addressed as build.2, as 2 in the current phase, or by its exact text.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_tasks)


@task.command("add")
@click.argument("text")
@PHASE
@piped
@click.pass_obj
def add(call: Call, text: str, phase: str | None) -> None:
    """Add a task, at most 500 characters in one line."""
    workspace = workspace_of(call)
    run = workspace.task("add", text, phase)
    answer_tasks(call, workspace, run, phase or run.state.phase)


def change(call: Call, verb: str, reference: str, reason: str | None = None) -> None:
    """Change one task and show those of its phase."""
    workspace = workspace_of(call)
    run = workspace.task(verb, reference, reason=reason)
    phase = reference.rpartition(".")[0]
    known = [each.id for each in run.state.phases]
    answer_tasks(call, workspace, run, phase if phase in known else run.state.phase)


@task.command("start")
@TASK
@piped
@click.pass_obj
def start(call: Call, reference: str) -> None:
    """Mark a task as begun."""
    change(call, "start", reference)


@task.command("done")
@TASK
@piped
@click.pass_obj
def done(call: Call, reference: str) -> None:
    """Tick a task off."""
    change(call, "done", reference)


@task.command("undo")
@TASK
@piped
@click.pass_obj
def undo(call: Call, reference: str) -> None:
    """Open a task again."""
    change(call, "undo", reference)


@task.command("drop")
@TASK
@REASON
@piped
@click.pass_obj
def drop(call: Call, reference: str, reason: str | None) -> None:
    """Give a task up; it no longer counts."""
    change(call, "drop", reference, reason)


@task.command("list", cls=Sharing)
@click.option("--phase", metavar="ID", shell_complete=phase_names, help="Only those of this phase.")
@piped
@click.pass_obj
def list_tasks(call: Call, phase: str | None = None) -> None:
    """List the tasks of all phases.

    With --plain: columns that tabs separate, address, status, text.
    """
    workspace = workspace_of(call)
    run = workspace.status()
    answer_tasks(call, workspace, run, phase and phase_of(run.definition, phase).id)
