"""One line on where a workflow stands, read from its document with as little as can be.

A client draws it anew after every message, so neither YAML nor the definition is read.
"""

from __future__ import annotations

from typing import NamedTuple

from memory_state.core.header import read_header, split_header
from memory_state.core.text import one_line

TITLE_LIMIT = 60
BOX = "- ["


class Standing(NamedTuple):
    """What the line says: the phase and its place among all, the tasks done of those that count."""

    workflow_id: str
    title: str
    status: str
    phase: str
    phase_number: int
    phase_count: int
    tasks_done: int
    task_count: int


def standing_of(text: str) -> Standing:
    """Where a document stands; ValueError for front matter that only YAML can read."""
    header = read_header(text)
    lines = text[split_header(text)[2] :].split("\n")
    phase = str(header.get("phase"))
    phases = [phase_named(each) for each in boxes(lines, "## Phases", "## ")]
    marks = [each[3:4].lower() for each in boxes(tasks_of(lines), f"### {phase}", "### ")]
    counting = [each for each in marks if each != "-"]
    return Standing(
        str(header.get("workflow_id")), str(header.get("title")), str(header.get("status")), phase,
        phases.index(phase) + 1 if phase in phases else 0, len(phases), counting.count("x"), len(counting),
    )  # fmt: skip


def tasks_of(lines: list[str]) -> list[str]:
    """The lines of the Tasks section."""
    return between(lines, "## Tasks", "## ")


def boxes(lines: list[str], start: str, stop: str) -> list[str]:
    """The lines with a box between a heading and the next one of its kind."""
    return [each for each in between(lines, start, stop) if each.startswith(BOX)]


def between(lines: list[str], start: str, stop: str) -> list[str]:
    """The lines below a heading, up to the next one that begins so."""
    lines = [each.rstrip() for each in lines]
    if start not in lines:
        return []
    rest = lines[lines.index(start) + 1 :]
    end = next((at for at, each in enumerate(rest) if each.startswith(stop)), len(rest))
    return rest[:end]


def phase_named(line: str) -> str:
    """The phase that a line of the Phases section is about."""
    return line[6:].lstrip("*").partition(":")[0].partition(",")[0].rstrip("*")


def status_line(found: Standing, width: int) -> str:
    """The line: title, phase, tasks, and the status where it is not simply at work."""
    place = f" {found.phase_number}/{found.phase_count}" if found.phase_number else ""
    tasks = f", tasks {found.tasks_done}/{found.task_count}" if found.task_count else ""
    status = "" if found.status == "in_progress" else f", {found.status}"
    return one_line(f"{one_line(found.title, TITLE_LIMIT)}: {found.phase}{place}{tasks}{status}", width)
