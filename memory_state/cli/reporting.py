"""Commands that tell what a history means: how long it took, why, and where time goes."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING, TypeVar

import click

from memory_state.cli.completing import definition_names, workflow_ids
from memory_state.cli.context import Call, folder_of, is_terminal, workspace_of
from memory_state.cli.output import answer, color_of, width_of
from memory_state.cli.parameters import Sharing
from memory_state.cli.piping import named
from memory_state.cli.progress import told
from memory_state.core.errors import Misused, Refused
from memory_state.core.layout import workflow_id
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from rich.console import RenderableType

    from memory_state.reports.timeline import Timeline
    from memory_state.workflow.model import Definition, Problem

Found = TypeVar("Found")


def drawn(call: Call, parts: Callable[[Found, int], Iterable[RenderableType]], found: Found) -> list[str]:
    """What rich draws, at the width and with the colour that the call asks for."""
    from memory_state.reports.terminal import rendered

    color = color_of(call)
    width = width_of(call)
    return rendered(parts(found, width), width, color=is_terminal(sys.stdout) if color is None else color)


def parse_event(ctx: click.Context, param: click.Parameter, value: str) -> int | None:
    """The number of an event; None for `last`."""
    if value == "last":
        return None
    if value.isascii() and value.isdigit() and len(value) <= 18:
        return int(value)
    raise click.BadParameter(f"{value!r} is neither an event's number nor last", ctx, param)


def now_of(call: Call) -> int:
    """What the clock shows, in milliseconds since the epoch."""
    return round(call.clock() * 1000)


@click.command("timeline", cls=Sharing)
@click.option("--markdown", is_flag=True, help="As Markdown with a Mermaid chart, for a merge request.")
@named
@click.pass_obj
def timeline(call: Call, *, markdown: bool) -> None:
    """Show how long each phase took.

    Without ID in the current workflow. Waiting, pauses, blocks and interruptions are told apart from
    work. With --plain: columns that tabs separate, kind, start, end, milliseconds worked or lasted, what,
    how, text.
    """
    from memory_state.reports.reading import read_timeline
    from memory_state.reports.timelines import timeline_columns, timeline_values

    workspace = workspace_of(call)
    with told(call, "reading the history"):
        found = read_timeline(workspace.project.memory, workspace.workflow(), now_of(call))
    lines: Iterable[str] = ()
    if call.options.json:
        pass
    elif markdown:
        from memory_state.reports.gantt import timeline_markdown

        lines = timeline_markdown(found)
    elif call.options.plain:
        lines = timeline_columns(found)
    else:
        from memory_state.reports.terminal import timeline_parts

        lines = drawn(call, timeline_parts, found)
    answer(call, "timeline", timeline_values(found), lines)


@click.command("graph", cls=Sharing)
@click.argument("definition", metavar="[DEFINITION]", required=False, shell_complete=definition_names)
@click.option("--markdown", is_flag=True, help="In a Markdown fence, as GitHub draws it.")
@click.pass_obj
def graph(call: Call, definition: str | None, *, markdown: bool) -> None:
    """Draw a definition as a Mermaid state diagram.

    Without DEFINITION that of the workflow, its current phase marked.
    """
    from memory_state.reports.diagram import graph_markdown, graph_values, state_diagram

    found, current = graphed(call, definition)
    lines = graph_markdown(found, current) if markdown else state_diagram(found, current)
    answer(call, "graph", graph_values(found, current), lines)


def graphed(call: Call, name: str | None) -> tuple[Definition, str | None]:
    """The definition of this name; without one that of the workflow, and the phase that it is in."""
    workspace = workspace_of(call)
    if name is not None:
        from memory_state.workspace.definitions import load_definition

        return load_definition(workspace.project.memory, name)[0], None
    run = workspace.show(workspace.workflow())
    return run.definition, run.state.phase


@click.command("explain", cls=Sharing)
@click.argument("event", metavar="EVENT|last", callback=parse_event)
@click.pass_obj
def explain(call: Call, event: int | None) -> None:
    """Tell why a call or a move was refused, or what an event means.

    EVENT is its number in `history`; `last` is the last refusal.
    """
    from memory_state.cli.standing import field
    from memory_state.reports.explaining import explain, explanation_fields, explanation_values
    from memory_state.reports.reading import EventLog, definition_of

    workspace = workspace_of(call)
    memory, workflow = workspace.project.memory, workspace.workflow()
    with told(call, "reading the history"):
        found = explain(definition_of(memory, workflow), EventLog(memory, workflow), event)
    values = {"workflow_id": workflow, **explanation_values(found)}
    lines = (field(name, value, width_of(call), None) for name, value in explanation_fields(found))
    answer(call, "explain", values, lines)


@click.command("report", cls=Sharing)
@click.argument("ids", metavar="[ID]...", nargs=-1, shell_complete=workflow_ids)
@click.option("--definition", metavar="NAME", shell_complete=definition_names, help="Only workflows of it.")
@click.option("--markdown", is_flag=True, help="As Markdown.")
@click.option("--html", metavar="FILE", help="Write one HTML page that stands alone; - prints it.")
@click.pass_obj
def report(
    call: Call, ids: Sequence[str], definition: str | None, *, markdown: bool, html: str | None
) -> None:
    """Tell where the time of all workflows goes, or of those named.

    Durations by phase, success, rework, what was denied, interruptions. With --plain: columns that tabs
    separate, durations in milliseconds.
    """
    from memory_state.reports.overview import report_columns, report_markdown, report_values
    from memory_state.reports.statistics import report_of

    with told(call, "reading the histories"):
        timelines, problems = timelines_of(call, ids, definition)
        found = report_of(timelines)
    lines: Iterable[str] = ()
    if html is not None:
        from memory_state.reports.page import report_page

        lines = write_page(call, html, report_page(found, timelines))
    elif call.options.json:
        pass
    elif markdown:
        lines = report_markdown(found)
    elif call.options.plain:
        lines = report_columns(found)
    else:
        from memory_state.reports.terminal import report_parts

        lines = drawn(call, report_parts, found)
    values = {**report_values(found), "problems": [each._asdict() for each in problems]}
    answer(call, "report", values, lines)
    for problem in problems:
        click.echo(visible_text(f"note: {problem}"), err=True)


def timelines_of(
    call: Call, ids: Sequence[str], definition: str | None
) -> tuple[list[Timeline], list[Problem]]:
    """The timelines of the workflows named, or of all, by their start; and of which there is none.

    One that is named must be there, and a definition that none has must be one; of all those that can
    not be read are problems.
    """
    from memory_state.reports.reading import read_all, read_timeline

    workspace = workspace_of(call)
    memory, now = workspace.project.memory, now_of(call)
    named = ids or ((call.options.workflow,) if call.options.workflow else ())
    if named:
        found = [read_timeline(memory, workflow_id(each), now) for each in dict.fromkeys(named)]
        problems: list[Problem] = []
    else:
        found, problems = read_all(memory, now)
    chosen = [each for each in found if definition in (None, each.definition)]
    if definition is not None and not chosen:
        from memory_state.workspace.definitions import find_definition

        find_definition(memory, definition)
    return sorted(chosen, key=lambda each: each.start), problems


def write_page(call: Call, name: str, page: str) -> list[str]:
    """Write a page, or give its lines for `-`.

    Refused in an agent's session, where the phase's policy must see what is written, and in the place
    of a file that is no page of ours.
    """
    from memory_state.core.files import read_if_there, replace_file
    from memory_state.reports.page import MARK
    from memory_state.workspace.actor import in_agent_session

    if name == "-":
        return page.splitlines()
    if in_agent_session(call.environment):
        raise Refused(
            "report --html: in an agent's session it writes no file, as no policy would be asked; "
            "print the page and redirect it",
            ("report --html - > FILE",),
        )
    path = folder_of(call) / name
    old = read_if_there(str(path))
    if old is not None and MARK.encode() not in old:
        raise Refused(
            f"report --html: {path} is there and is no report of ours; remove it, or name another file",
            (f"report --html {shlex.quote(name + '.new')}",),
        )
    if not path.parent.is_dir():
        raise Misused(f"report --html: there is no folder {path.parent}", ("report --html FILE",))
    replace_file(str(path), page.encode(), durable=False, expected=old)
    return [f"written: {visible_text(str(path))}"]
