"""The answers that commands share: where the workflow stands now, in full or in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.context import command_line
from memory_state.cli.output import answer, width_of
from memory_state.cli.standing import (
    guidance_lines,
    next_command,
    short_line,
    standing_lines,
    task_columns,
    task_lines,
)
from memory_state.core.text import visible_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory_state.cli.context import Call
    from memory_state.workspace.run import Run
    from memory_state.workspace.workspace import Workspace


def answer_standing(call: Call, workspace: Workspace, run: Run, kind: str) -> None:
    """Everything about where the run stands."""
    answer(call, kind, workspace.values(run), [*standing(call, workspace, run), *next_lines(call, run)])


def answer_entered(call: Call, workspace: Workspace, run: Run, kind: str) -> None:
    """The same, and what the definition says of the phase that was entered."""
    guidance = guidance_lines(run, width_of(call))
    lines = [*standing(call, workspace, run), *guidance, *next_lines(call, run)]
    answer(call, kind, workspace.values(run), lines)


def answer_short(call: Call, workspace: Workspace, run: Run, kind: str) -> None:
    """One line, and what comes next."""
    answer_lines(call, workspace, run, kind, [short_line(run), next_line(call, run)])


def answer_tasks(call: Call, workspace: Workspace, run: Run, phase: str | None) -> None:
    """The tasks of one phase, or of all, and one line; with `--plain` only columns that tabs separate."""
    if call.options.plain:
        answer_lines(call, workspace, run, "task", task_columns(run.state, phase))
        return
    answer_lines(
        call, workspace, run, "task", [*task_lines(run.state, phase, width_of(call)), short_line(run)]
    )


def answer_lines(call: Call, workspace: Workspace, run: Run, kind: str, lines: Iterable[str]) -> None:
    """These lines, and what is wrong with the document on stderr."""
    answer(call, kind, workspace.values(run), lines)
    if not call.options.json:
        for problem in run.problems:
            click.echo(visible_text(f"note: {problem}"), err=True)


def standing(call: Call, workspace: Workspace, run: Run) -> list[str]:
    """Where the run stands, for people."""
    return standing_lines(run, workspace.plan_values(run.state), width_of(call))


def next_lines(call: Call, run: Run) -> list[str]:
    """The most useful command, at the end, where it is seen."""
    return ["", next_line(call, run)]


def next_line(call: Call, run: Run) -> str:
    """The most useful command where the run stands."""
    return f"next: `{command_line(call, next_command(run))}`"
