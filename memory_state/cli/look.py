"""Commands that only look: the workflows there are, their history, what is wrong in files."""

from __future__ import annotations

import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from memory_state.cli.answers import answer_standing
from memory_state.cli.completing import event_types, phase_names, workflow_ids
from memory_state.cli.context import Call, environment_of, folder_of, workspace_of
from memory_state.cli.moments import moment
from memory_state.cli.output import answer, color_of, print_document, width_of
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import named, use_piped
from memory_state.cli.progress import told
from memory_state.cli.rows import event_columns, event_line, event_values, run_columns, run_rows, run_values
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from memory_state.reports.following import Follower
    from memory_state.reports.selecting import Selection
    from memory_state.workflow.model import Event

LOOK_AGAIN = 0.5  # seconds


def known_types(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[str, ...]:
    """The types of events that were asked for, each one that there is, or a group of them."""
    from memory_state.reports.meanings import MEANINGS
    from memory_state.workflow.nearest import nearest

    known = {name for each in MEANINGS for name in (each, each.partition(".")[0])}
    for each in value:
        if each not in known:
            groups = ", ".join(sorted(name for name in known if "." not in name))
            hint = nearest(each, sorted(known)) or f"; the groups are {groups}"
            raise click.BadParameter(f"there are no events of type {each!r}{hint}", ctx, param)
    return value


STATUSES = (
    "pending", "in_progress", "waiting", "review", "blocked", "paused", "failed", "completed", "cancelled",
)  # fmt: skip


@click.command("list", cls=Sharing)
@click.option("--status", type=click.Choice(STATUSES), metavar="STATUS", help="Only those that stand so.")
@click.option("--channel", metavar="NAME", help="Only those that came from there.")
@click.option("--chat-id", metavar="N", type=int, help="Only those that came from this chat.")
@click.pass_obj
def list_workflows(call: Call, /, status: str | None, **origin: object) -> None:
    """List the workflows, the newest change first.

    With --plain: columns that tabs separate, id, status, percent, definition, phase, parent, title.
    """
    workspace = workspace_of(call)
    found, problems = workspace.survey()
    wanted = {(name, value) for name, value in origin.items() if value is not None}
    runs = [run for run in found if status in (None, run.state.status) and wanted <= set(run.state.origin)]
    values = {
        "workflows": [run_values(run) for run in runs],
        "problems": [each._asdict() for each in problems],
    }
    lines = run_columns(runs) if call.options.plain else run_rows(runs, width_of(call)) or ["no workflows"]
    answer(call, "list", values, lines)
    for problem in problems:
        click.echo(visible_text(f"note: {problem}"), err=True)


@click.command("show", cls=Sharing)
@click.argument("wanted", metavar="ID", shell_complete=workflow_ids)
@click.pass_context
def show(ctx: click.Context, wanted: str) -> None:
    """Show one workflow, ended ones too."""
    call = ctx.ensure_object(Call)
    if wanted == "-":
        wanted = use_piped(ctx)
    workspace = workspace_of(call)
    answer_standing(call, workspace, workspace.show(wanted), "show")


@click.command("history", cls=Sharing)
@click.option("--limit", metavar="N", type=click.IntRange(min=1), help="Only the last N events.")
@click.option("--checkpoints", is_flag=True, help="Only the named points that `rollback --to` goes to.")
@click.option(
    "--type",
    "types",
    metavar="TYPE",
    multiple=True,
    callback=known_types,
    shell_complete=event_types,
    help="Only tool.denied, or all of tool; repeatable.",
)
@click.option("--phase", metavar="PHASE", shell_complete=phase_names, help="Only what fell into this phase.")
@click.option("--actor", metavar="WHO", help="Only by cli, hook, edit, person, or a person's name.")
@click.option("--session", metavar="ID", help="Only of this session; its first characters are enough.")
@click.option("--since", metavar="WHEN", callback=moment(end=False), help="Not before 2026-11-20, or 2h ago.")
@click.option("--until", metavar="WHEN", callback=moment(end=True), help="Not after it.")
@click.option("--follow", is_flag=True, help="Go on with what is appended, until Ctrl-C.")
@click.option("--jsonl", is_flag=True, help="One JSON document for each event, line by line.")
@named
@click.pass_obj
def history(call: Call, /, limit: int | None, *, follow: bool, jsonl: bool, **options: object) -> None:
    """Show what happened, oldest first.

    Without ID in the current workflow. With --plain: columns that tabs separate, number, time, type,
    subject, who, details as JSON. Times are UTC. A WHEN is a time, a day, or how long ago: 90m, 24h, 7d.
    """
    from memory_state.reports.following import Follower
    from memory_state.reports.reading import definition_of
    from memory_state.reports.selecting import Selection, Wanted
    from memory_state.workflow.machine import phase_of

    if call.options.json and (follow or jsonl):
        raise click.UsageError("--json is one whole document: --follow and --jsonl go without it")
    workspace = workspace_of(call)
    workflow = workspace.workflow()
    log = Follower(workspace.project.memory, workflow)
    if options["phase"] is not None:
        phase_of(definition_of(workspace.project.memory, workflow), str(options["phase"]))
    chosen = Selection(Wanted(**options))  # type: ignore[arg-type]  # the options are its fields
    with told(call, "reading the history"):
        events = last_of(chosen.of(log.news()), limit)
    if call.options.json:
        print_document(
            "history", {"workflow_id": workflow, "events": [event_values(each) for each in events]}
        )
        return
    show_events(call, events, jsonl=jsonl)
    if follow:
        with suppress(KeyboardInterrupt):
            show_events(call, appended(log, chosen), jsonl=jsonl)


def last_of(events: Iterable[Event], limit: int | None) -> Iterable[Event]:
    """The last so many of the events; all of them without a limit."""
    return events if limit is None else deque(events, maxlen=limit)


def appended(log: Follower, chosen: Selection) -> Iterator[Event]:
    """The chosen ones of the events to come; without an end but somebody's Ctrl-C."""
    from memory_state.reports.following import follow

    return chosen.of(follow(log, lambda: time.sleep(LOOK_AGAIN)))


def show_events(call: Call, events: Iterable[Event], *, jsonl: bool) -> None:
    """Print events as they come, one a line."""
    width = width_of(call)
    for each in events:
        if jsonl:
            print_document("event", event_values(each))
        elif not call.options.quiet:
            line = event_columns(each) if call.options.plain else event_line(each, width)
            click.echo(line, color=color_of(call))


@click.command("validate", cls=Sharing)
@click.argument("files", nargs=-1, type=click.Path())
@click.pass_obj
def validate(call: Call, files: Sequence[str]) -> int:
    """Check definitions and documents; every problem is told as FILE:LINE:COLUMN: MESSAGE.

    Without FILES: the settings, the project's own definitions and everything in the memory path's state.
    Line and column count from 1 and are left out where they are not known. The exit code is 1 when
    there is a problem.
    """
    from memory_state.workspace.configuration import known_place, project_file, user_file
    from memory_state.workspace.validation import problems_in, project_files

    environment = environment_of(call)
    root, memory = known_place(environment, str(folder_of(call)), call.options.memory_path)
    settings = (str(user_file(environment)), str(project_file(root)))
    paths = [str(folder_of(call) / each) for each in files] or project_files(memory, settings)
    found = [each for path in dict.fromkeys(paths) for each in problems_in(memory, path, settings[0])]
    problems = [each._replace(path=near(each.path)) for each in found]
    values = {"files": len(paths), "problems": [each._asdict() for each in problems]}
    answer(call, "validate", values, map(visible_text, map(str, problems)) if problems else ["no problems"])
    return 1 if problems else 0


def near(path: str) -> str:
    """A path as it is reached from the current folder, if it is below it."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path
