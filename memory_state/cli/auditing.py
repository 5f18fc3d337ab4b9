"""Commands that look at what is wrong with kept state, and what nobody works on."""

from __future__ import annotations

import click

from memory_state.cli.completing import workflow_ids
from memory_state.cli.context import Call, workspace_of
from memory_state.cli.look import near
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import use_piped
from memory_state.core.text import visible_text


@click.command("verify", cls=Sharing)
@click.argument("wanted", metavar="[ID]", required=False, shell_complete=workflow_ids)
@click.pass_context
def verify(ctx: click.Context, wanted: str | None) -> int:
    """Check a history: checksums, numbers, seals, and the document against it.

    Without ID it is the current workflow. Nothing is changed; the exit code is 1 when there is a finding.
    """
    from memory_state.core.layout import workflow_id
    from memory_state.workspace.verification import verify as verified
    from memory_state.workspace.workspace import problem_values

    call = ctx.ensure_object(Call)
    if wanted == "-":
        wanted = use_piped(ctx)
    workspace = workspace_of(call)
    memory = workspace.project.memory
    found = verified(memory, workflow_id(wanted) if wanted else workspace.workflow())
    scan = found.scan
    values = {
        "workflow_id": found.workflow,
        "events": scan.events,
        "seals": scan.seals,
        "bytes": scan.size,
        "damaged": len(scan.damaged),
        "torn": scan.torn,
        "problems": [problem_values(each, memory) for each in found.problems],
    }
    lines = [visible_text(str(each._replace(path=near(each.path)))) for each in found.problems]
    torn = ", the last line torn" if scan.torn else ""
    counts = f"{scan.events} events, {scan.seals} seals, {scan.size} bytes{torn}"
    answer(call, "verify", values, [*lines, f"{found.workflow}: {counts}, {told(len(lines))}"])
    return 1 if found.problems else 0


def told(count: int) -> str:
    """How many problems there are, in words."""
    return f"{count or 'no'} problem{'' if count == 1 else 's'}"
