"""The body of a definition: below `## PHASE` what the agent is told there, and the phase's tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.machine import TASK_LIMIT
from memory_state.workflow.markdown import Section, TaskLine, first_column, sections, task_lines
from memory_state.workflow.model import Problem
from memory_state.workflow.nearest import nearest
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PHASE_LEVEL = 2


class Guidance(NamedTuple):
    """What the section of a phase says: its Markdown without the tasks, and the tasks."""

    text: str = ""
    tasks: tuple[str, ...] = ()


def read_guidance(
    body: str, body_line: int, ids: tuple[str, ...]
) -> tuple[dict[str, Guidance], tuple[Problem, ...]]:
    """The guidance of each phase that has a section, and what is wrong in the body.

    `body` begins in line `body_line` of its file; the problems carry file lines and an empty path.
    """
    found = tuple(each for each in sections(body) if each.level == PHASE_LEVEL)
    tasks = task_lines(body)
    complaints = (*section_problems(found, ids), *task_problems(found, tasks))
    rows = body.split("\n")
    problems = tuple(
        Problem("", line + body_line - 1, message, first_column(rows[line - 1]))
        for line, message in complaints
    )
    return {each.title: section_guidance(body, each, tasks) for each in found}, problems


def section_problems(found: tuple[Section, ...], ids: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Sections that belong to no phase, or to one that has its section."""
    first: dict[str, int] = {}
    for each in found:
        if each.title not in ids:
            yield each.line, f"there is no phase {each.title[:80]!r}{nearest(each.title, ids)}"
        elif each.title in first:
            yield each.line, f"phase {each.title!r} has a section already"
        first.setdefault(each.title, each.line)


def task_problems(found: tuple[Section, ...], tasks: tuple[TaskLine, ...]) -> Iterator[tuple[int, str]]:
    """Tasks that stand in no section, are too long, or are no open ones."""
    for task in tasks:
        if not any(holds(section, task) for section in found):
            yield task.line, "this task is below no phase heading"
        if task.mark != " ":
            yield task.line, f"a task begins open: write [ ], not [{task.mark}]"
        if len(task.text) > TASK_LIMIT:
            yield task.line, f"this task has {len(task.text)} characters; at most {TASK_LIMIT} fit"


def holds(section: Section, task: TaskLine) -> bool:
    """Whether a task stands in a section."""
    return section.start <= task.box < section.end


def section_guidance(body: str, section: Section, tasks: tuple[TaskLine, ...]) -> Guidance:
    """What one section says."""
    own = [task for task in tasks if holds(section, task)]
    lines = body[section.start : section.end].split("\n")
    taken = {task.line - section.line - 1 for task in own}
    rest = [line.removesuffix("\r") for at, line in enumerate(lines) if at not in taken]
    return Guidance("\n".join(rest).strip("\n"), tuple(task.text for task in own))
