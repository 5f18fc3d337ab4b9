"""Where a run stands, in lines for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from memory_state.cli.wrapping import hung, reflowed, wrapped
from memory_state.core.text import column, one_line, visible_text
from memory_state.workflow.machine import addressed, first_open_task, phase_of, phase_state
from memory_state.workflow.model import ENDED, LIVE
from memory_state.workflow.progress import progress_percentage
from memory_state.workflow.recovery import legal_commands

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from memory_state.workflow.model import PhaseState, Problem, State
    from memory_state.workspace.run import Run

PHASE_MARKS = {
    "completed": "[x]",
    "in_progress": "[>]",
    "pending": "[ ]",
    "skipped": "[-]",
    "returned": "[<]",
}
TASK_MARKS = {"completed": "[x]", "in_progress": "[/]", "pending": "[ ]", "dropped": "[-]"}
LABEL_WIDTH = 10
STATUS_COLORS = {"in_progress": "green", "review": "cyan", "completed": "green", "failed": "red"}


def standing_lines(run: Run, plan: Mapping[str, object], width: int) -> list[str]:
    """All of it but the next command: title, fields, phases, tasks of the current phase, problems.

    `plan` is the front matter of the plan file.
    """
    title = [click.style(line, bold=True) for line in wrapped(visible_text(run.state.title), width)]
    lines = [*title, *field_lines(run, plan, width)]
    lines += ["", *phase_lines(run.state, width)]
    lines += ["", f"Tasks of {run.state.phase}", *task_lines(run.state, run.state.phase, width)]
    return [*lines, "", "Problems", *problem_lines(run.problems)] if run.problems else lines


def next_command(run: Run) -> str:
    """The most useful command where the run stands."""
    state = run.state
    if state.status in ENDED:
        return f"timeline {run.id}"
    if state.status in ("paused", "failed"):
        return f"resume {run.id}"
    inner = inner_of(run)
    if inner is not None:
        return f"-w {inner.id} status"
    if awaits_approval(state):
        return "approve"
    return legal_commands(run.definition, state)[0]


def inner_of(run: Run) -> Run | None:
    """The workflow at work within this one, for which it waits."""
    from memory_state.workspace.nesting import live_inner

    return live_inner(run.memory, run.id) if run.state.status == "waiting" else None


def awaits_approval(state: State) -> bool:
    """Whether nothing but a person's approval seems to keep the phase from being left."""
    approved = phase_state(state, state.phase).approved_by
    return state.status == "review" and approved is None and first_open_task(state) is None


def field_lines(run: Run, plan: Mapping[str, object], width: int) -> list[str]:
    """The fields that say something, one a line, their values aligned."""
    state = run.state
    ids = [each.id for each in run.definition.phases]
    color = STATUS_COLORS.get(state.status, "yellow")
    inner = inner_of(run)
    fields = (
        ("workflow", f"{state.workflow_id}, {state.definition}"),
        ("status", f"{state.status}, {progress_percentage(state)} %"),
        ("phase", f"{state.phase}, {ids.index(state.phase) + 1} of {len(ids)}" + role_of(state)),
        ("parent", state.parent),
        ("waits for", inner and f"{inner.id}, {inner.state.title}, in phase {inner.state.phase}"),
        ("issue", state.issue_number),
        ("branch", state.branch_name),
        ("plan", state.plan_file),
        ("tracking", plan.get("tracking")),
        ("type", plan.get("type")),
        ("from", " ".join(str(value) for _, value in state.origin) or None),
        ("allow", "everything" if state.allow == ("*",) else ", ".join(state.allow) or "nothing"),
        ("deny", ", ".join(state.deny) or None),
    )
    rows = [(name, str(value)) for name, value in fields if value is not None]
    return [field(name, value, width, color if name == "status" else None) for name, value in rows]


def role_of(state: State) -> str:
    """The role of the phase, as the end of a line."""
    return f", as {state.role}" if state.role else ""


def field(name: str, value: str, width: int, color: str | None) -> str:
    """One field, wrapped at the width; what follows its first line is indented to match."""
    return hung(f"  {name:{LABEL_WIDTH}}", visible_text(value), width, color)


def phase_lines(state: State, width: int) -> list[str]:
    """The phases with their marks and what is to be said of each."""
    widest = max(len(each.id) for each in state.phases)
    return [
        hung(f"  {PHASE_MARKS[each.status]} {each.id:{widest}}  ", phase_remark(each), width)
        for each in state.phases
    ]


def phase_remark(phase: PhaseState) -> str:
    """Times, reason and approval of a phase."""
    times = {
        "completed": f"{phase.started_at} to {phase.completed_at}",
        "in_progress": f"since {phase.started_at}",
        "returned": f"returned {phase.returned_at}",
        "skipped": "skipped",
    }
    remarks = [
        times.get(phase.status, ""),
        phase.reason and one_line(phase.reason, 80),
        phase.approved_by and f"approved by {one_line(phase.approved_by, 40)}",
    ]
    return ", ".join(each for each in remarks if each)


def task_lines(state: State, phase: str | None, width: int) -> list[str]:
    """The tasks of one phase, or of all, with their addresses."""
    pairs = [(at, task) for at, task in addressed(state) if phase in (None, task.phase)]
    widest = max((len(at) for at, _ in pairs), default=0)
    lines = [
        hung(f"  {at:{widest}}  {TASK_MARKS[task.status]} ", visible_text(task.text), width)
        for at, task in pairs
    ]
    return lines or ["  none yet"]


def task_columns(state: State, phase: str | None) -> list[str]:
    """The same for scripts: address, status, text, with tabs between."""
    pairs = [(at, task) for at, task in addressed(state) if phase in (None, task.phase)]
    return [column(at, task.status, task.text) for at, task in pairs]


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """Problems, one a line."""
    return [f"  {visible_text(str(each))}" for each in problems]


def guidance_lines(run: Run, width: int) -> list[str]:
    """What the definition says to whoever works in the current phase; nothing once the run is over."""
    guidance = phase_of(run.definition, run.state.phase).guidance.strip()
    if not guidance or run.state.status not in LIVE:
        return []
    return ["", *reflowed(visible_text(guidance), width)]


def short_line(run: Run) -> str:
    """Id, status, phase and progress in one line."""
    state = run.state
    ids = [each.id for each in run.definition.phases]
    place = f"phase {state.phase} ({ids.index(state.phase) + 1} of {len(ids)})"
    return f"{state.workflow_id} {state.status}, {place}, {progress_percentage(state)} %"
