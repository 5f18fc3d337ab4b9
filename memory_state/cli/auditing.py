"""Commands that look at what is wrong with kept state, and what nobody works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.completing import workflow_ids
from memory_state.cli.context import Call, workspace_of
from memory_state.cli.look import near
from memory_state.cli.output import answer
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import use_piped
from memory_state.cli.progress import told as told_progress
from memory_state.cli.values import span_in
from memory_state.core.text import one_line, visible_text

if TYPE_CHECKING:
    from memory_state.workspace.leftovers import Orphan


@click.command("verify", cls=Sharing)
@click.argument("wanted", metavar="[ID]", required=False, shell_complete=workflow_ids)
@click.pass_context
def verify(ctx: click.Context, wanted: str | None) -> int:
    """Check a history: checksums, numbers, seals, document.

    Without ID it is the current workflow. Nothing is changed; the exit code is 1 when there is a finding.
    """
    from memory_state.core.layout import workflow_id
    from memory_state.reports.wording import counted
    from memory_state.workspace.verification import verify as verified
    from memory_state.workspace.workspace import problem_values

    call = ctx.ensure_object(Call)
    if wanted == "-":
        wanted = use_piped(ctx)
    workspace = workspace_of(call)
    memory = workspace.project.memory
    workflow = workflow_id(wanted) if wanted else workspace.workflow()
    with told_progress(call, f"checking the history of {workflow}"):
        found = verified(memory, workflow)
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
    counts = f"{counted(scan.events, 'event')}, {counted(scan.seals, 'seal')}, {scan.size} bytes{torn}"
    answer(call, "verify", values, [*lines, f"{found.workflow}: {counts}, {told(len(lines))}"])
    return 1 if found.problems else 0


def told(count: int) -> str:
    """How many problems there are, in words."""
    return f"{count or 'no'} problem{'' if count == 1 else 's'}"


@click.command("orphans", cls=Sharing)
@click.option(
    "--age", metavar="SPAN", callback=span_in("h"), default="24h", help="Untouched for so long (24h)."
)
@click.pass_obj
def orphans(call: Call, age: float) -> None:
    """List the workflows that nobody works on.

    They are live or paused, no living session is bound to them, and nothing happened for a day. Also
    histories that can not be read.
    """
    from memory_state.workspace.leftovers import orphans as found_orphans

    found = found_orphans(workspace_of(call), age)
    answer(call, "orphans", {"orphans": [orphan_values(each) for each in found]}, orphan_lines(found))


def orphan_values(orphan: Orphan) -> dict[str, object]:
    """One of them as JSON shows it, its age in whole seconds."""
    return {
        "workflow_id": orphan.id,
        "title": orphan.title or None,
        "status": orphan.status or None,
        "age_seconds": None if orphan.age is None else int(orphan.age),
        "why": orphan.why,
    }


def orphan_lines(found: list[Orphan]) -> list[str]:
    """One a line."""
    lines = [
        f"{each.id}  {each.status:11}  {span(each.age)}  {each.why}  {one_line(each.title, 60)}".rstrip()
        if each.age is not None
        else f"{each.id}  {visible_text(each.why)}"
        for each in found
    ]
    return lines or ["no orphans"]


def span(seconds: float) -> str:
    """A time span in days, or hours when it is short."""
    return f"{int(seconds // 86400)} d" if seconds >= 172800 else f"{int(seconds // 3600)} h"


@click.command("gc", cls=Sharing)
@click.option("--age", metavar="SPAN", callback=span_in("d"), default="30d", help="Older than this (30d).")
@click.option(
    "--keep", metavar="N", type=click.IntRange(min=0), default=12, help="Resumable ones to keep (12)."
)
@click.option("--archive", is_flag=True, help="Also files of the archive that are older.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.pass_obj
def collect_garbage(call: Call, age: float, keep: int, *, archive: bool, dry_run: bool) -> None:
    """Remove what nobody needs any more. For a person only, unless with --dry-run.

    Histories of ended workflows, those of paused and failed ones beyond the newest, bindings of dead
    sessions, unfinished writes. Never a live workflow.
    """
    from memory_state.workspace.actor import require_person
    from memory_state.workspace.leftovers import collect, leftovers

    workspace = workspace_of(call, person=not dry_run)
    if not dry_run:
        require_person(workspace.actor, "gc")
    with told_progress(call, "looking for what nobody needs"):
        found = leftovers(workspace, age, keep, archive=archive)
    if not dry_run and found:
        with told_progress(call, "removing it"):
            collect(workspace, found, age, keep)
    verb = "would go" if dry_run else "removed"
    lines = [f"{each.name}  {each.why}, {each.size} bytes" for each in found]
    total = sum(each.size for each in found)
    values: dict[str, object] = {
        "dry_run": dry_run,
        "removed": [{"name": each.name, "reason": each.why, "bytes": each.size} for each in found],
        "bytes": total,
    }
    answer(call, "gc", values, [*map(visible_text, lines), f"{verb}: {len(found)}, {total} bytes"])


@click.command("migrate", cls=Sharing)
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.pass_obj
def migrate(call: Call, *, dry_run: bool) -> int:
    """Bring the state's files to the schema of this version.

    The originals go to the archive. A file of a newer schema stays as it is, and the exit code is 1.
    """
    from memory_state.workspace.migrating import migrate as migrated
    from memory_state.workspace.workspace import problem_values

    project = workspace_of(call).project
    found = migrated(project, dry_run=dry_run)
    values = {
        "dry_run": dry_run,
        "migrated": [{"path": path, "steps": list(steps)} for path, steps in found.files],
        "problems": [problem_values(each, project.memory) for each in found.problems],
    }
    lines = [f"{near(path)}: {', '.join(steps)}" for path, steps in found.files]
    lines += [str(each._replace(path=near(each.path))) for each in found.problems]
    answer(call, "migrate", values, map(visible_text, lines or ["nothing to migrate"]))
    return 1 if found.problems else 0
