"""Commands that end a workflow."""

from __future__ import annotations

import click

from memory_state.cli.answers import answer_short
from memory_state.cli.context import Call, workspace_of
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import piped
from memory_state.cli.work import NEEDED_REASON, REASON


@click.command("finish", cls=Sharing)
@piped
@click.pass_obj
def finish(call: Call) -> None:
    """End the workflow from its last phase, through its gate."""
    workspace = workspace_of(call)
    answer_short(call, workspace, workspace.finish(), "finish")


@click.command("fail", cls=Sharing)
@NEEDED_REASON
@piped
@click.pass_obj
def fail(call: Call, reason: str) -> None:
    """End the workflow as failed.

    It can be resumed three times. For a person only.
    """
    workspace = workspace_of(call, person=True)
    answer_short(call, workspace, workspace.fail(reason), "fail")


@click.command("cancel", cls=Sharing)
@REASON
@piped
@click.pass_obj
def cancel(call: Call, reason: str | None) -> None:
    """End the workflow for good. For a person only."""
    workspace = workspace_of(call, person=True)
    answer_short(call, workspace, workspace.cancel(reason), "cancel")
