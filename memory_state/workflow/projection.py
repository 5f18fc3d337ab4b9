"""Writing a state into its document: our keys, our Phases lines, our boxes, and no byte besides."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from memory_state.core.jsontext import encode_json
from memory_state.core.text import one_line
from memory_state.workflow.document import (
    SCHEMA,
    body_start,
    header_values,
    own_lines,
    read_body,
    section_lines,
    section_range,
)
from memory_state.workflow.frontmatter import set_values
from memory_state.workflow.markdown import sections
from memory_state.workflow.model import Definition, State, Task
from memory_state.workflow.phase_lines import phase_line

if TYPE_CHECKING:
    from collections.abc import Sequence

MARKS = {"pending": " ", "in_progress": "/", "completed": "x", "dropped": "-"}
NOTES = "Notes"
TITLE_LIMIT = 200


def owned_values(state: State) -> dict[str, object]:
    """The front matter of a state, in the order of a new document."""
    values: dict[str, object] = {
        "schema": SCHEMA,
        "workflow_id": state.workflow_id,
        "title": state.title,
        "definition": state.definition,
        "level": state.level,
        "parent": state.parent,
        "status": state.status,
        "phase": state.phase,
        "role": state.role,
        "allow": list(state.allow),
        "deny": list(state.deny),
        "issue_number": state.issue_number,
        "branch_name": state.branch_name,
        "plan_file": state.plan_file,
        "context": dict(state.context),
        "created_at": state.created_at,
        "updated_at": state.updated_at,
        "event": state.event,
    }
    return values | {name: value for name, value in rare_values(state).items() if value}


def rare_values(state: State) -> dict[str, object]:
    """The values whose keys a document has only where they say something."""
    return {
        "retries": state.retries,
        "advance_on": list(state.advance_on),
        "origin": dict(state.origin),
    }


def new_document(template: str, definition: Definition, state: State) -> str:
    """A document from its template, whose `$header` and `$title` it fills."""
    header = "\n".join(f"{name}: {encode_json(value)}" for name, value in owned_values(state).items())
    values = {"$header": header, "$title": one_line(state.title, TITLE_LIMIT)}
    text = re.sub(r"\$(?:header|title)\b", lambda found: values[found[0]], template)
    return project(text, definition, state)


def project(text: str, definition: Definition, state: State, notes: Sequence[str] = ()) -> str:
    """`text` showing exactly `state`, and these notes added; what is not ours stays byte for byte."""
    text = set_values(text, owned_values(state) | zeroed(text, state))
    start = body_start(text)
    head, body = text[:start], text[start:]
    if not head.endswith("\n"):
        head += head[head.index("---") + 3 : head.index("\n") + 1]
    end = "\r" if head.endswith("\r\n") else ""
    lines = body.split("\n")
    for step in (place_phases, place_tasks):
        lines = step(lines, definition, state, end)
    for note in notes:
        lines = place_note(lines, note, end)
    return head + "\n".join(lines)


def evolve_text(
    text: str, definition: Definition, before: State, after: State, notes: Sequence[str] = ()
) -> str:
    """`text`, which shows the state `before`, showing `after`: tasks that are gone since leave it too.

    Only their own lines go. A task that neither state has is a person's, and stays.
    """
    gone = Counter(each[:2] for each in before.tasks) - Counter(each[:2] for each in after.tasks)
    if gone:
        start = body_start(text)
        lines = text[start:].split("\n")
        for placed in reversed(read_body(text[start:]).tasks):
            key = placed.task[:2]
            if gone[key] > 0:
                gone[key] -= 1
                lines = without_task(lines, placed.at)
        text = text[:start] + "\n".join(lines)
    return project(text, definition, after, notes)


def zeroed(text: str, state: State) -> dict[str, object]:
    """The rare values that the text has though they say nothing in this state."""
    present = header_values(text)[0]
    return {name: value for name, value in rare_values(state).items() if name in present}


def joined(lines: list[str]) -> str:
    """The body of these lines."""
    return "\n".join(lines)


def inserted(lines: list[str], at: int, new: Sequence[str], end: str) -> list[str]:
    """The lines with new ones before index `at`, in the file's own line ends.

    A last line without a line end stays one.
    """
    if at == len(lines) and lines[-1]:
        return [*lines[:-1], *(line + end for line in (lines[-1], *new[:-1])), *new[-1:]]
    return [*lines[:at], *(line + end for line in new), *lines[at:]]


def with_section(lines: list[str], title: str, before: Sequence[str], end: str) -> tuple[list[str], range]:
    """The lines with a section `## TITLE` in them, and that section's line indexes."""
    found = section_range(joined(lines), title)
    if found is not None:
        return lines, found
    for at in (section_place(lines, before), 0):
        # Only an open fence or comment can hide the new heading; none is open at the top.
        trial = inserted(lines, at, [f"## {title}", "", ""], end)
        found = section_range(joined(trial), title)
        if found is not None:
            return trial, found
    raise AssertionError(f"the section {title} was just written")


def section_place(lines: list[str], before: Sequence[str]) -> int:
    """Where a new section goes: before the first of these that is there, else at the end."""
    for title in before:
        found = section_range(joined(lines), title)
        if found is not None:
            return found.start - 1
    return last_line(lines, range(len(lines)))


def last_line(lines: list[str], within: range) -> int:
    """The index after the last line in a range that is not blank."""
    return next((i + 1 for i in reversed(within) if lines[i].strip()), within.start)


def place_phases(lines: list[str], definition: Definition, state: State, end: str) -> list[str]:
    """One line a phase, changed in place, missing ones after the one before them."""
    lines, inside = with_section(lines, "Phases", ("Tasks", NOTES), end)
    limits = {each.id: each.max_returns for each in definition.phases}
    blank = len(inside) > 0 and not lines[inside.start].strip()
    after = inside.start + blank
    for phase in state.phases:
        own = own_lines(read_body(joined(lines))).get(phase.id)
        wanted = phase_line(phase, limits[phase.id])
        if own is None:
            lines = separated(inserted(lines, after, [f"- [{wanted}"], end), after + 1, end)
            after += 1
        else:
            lines[own.at] = with_box(lines[own.at], wanted)
            after = own.at + 1
    return lines


def separated(lines: list[str], at: int, end: str) -> list[str]:
    """The lines with a blank one before index `at` where a heading would follow at once."""
    follows = at < len(lines) and lines[at].startswith("#")
    return inserted(lines, at, [""], end) if follows else lines


def with_box(line: str, wanted: str) -> str:
    """A checkbox line with `wanted` from the inside of its box on; indent, bullet and line end stay."""
    return line[: line.index("[") + 1] + wanted + ("\r" if line.endswith("\r") else "")


def place_tasks(lines: list[str], definition: Definition, state: State, end: str) -> list[str]:
    """Every task in its phase's list with its box; a missing one goes to the end of that list."""
    lines, _ = with_section(lines, "Tasks", (NOTES,), end)
    missing: list[Task] = []
    places = [(each.task.phase, each.task.text, each.at) for each in read_body(joined(lines)).tasks]
    for task in state.tasks:
        at = next((i for i, place in enumerate(places) if place[:2] == (task.phase, task.text)), None)
        if at is None:
            missing.append(task)
        else:
            index = places.pop(at)[2]
            lines[index] = with_mark(lines[index], MARKS[task.status])
    for phase in dict.fromkeys(task.phase for task in missing):
        lines = add_tasks(lines, definition, phase, [task for task in missing if task.phase == phase], end)
    return lines


def without_task(lines: list[str], at: int) -> list[str]:
    """The lines without the task at an index; what stands below it stays, as prose.

    Where its line holds up others, such as tasks indented below it, only its box goes.
    """
    others = [
        (each.at - (each.at > at), each.task) for each in read_body(joined(lines)).tasks if each.at != at
    ]
    trial = [*lines[:at], *lines[at + 1 :]]
    if [(each.at, each.task) for each in read_body(joined(trial)).tasks] == others:
        return trial
    line = lines[at]
    box = line.index("[")
    return [*lines[:at], line[:box] + line[box + 3 :].lstrip(), *lines[at + 1 :]]


def with_mark(line: str, mark: str) -> str:
    """A checkbox line with another mark; a capital X counts as done and stays."""
    at = line.index("[") + 1
    return line if line[at].lower() == mark else line[:at] + mark + line[at + 1 :]


def add_tasks(
    lines: list[str], definition: Definition, phase: str, tasks: Sequence[Task], end: str
) -> list[str]:
    """The lines with new tasks of one phase at the end of its list, or at its top where that is code."""
    lines, heading = with_heading(lines, definition, phase, end)
    wanted = [f"- [{MARKS[task.status]}] {task.text}" for task in tasks]
    count = len(read_body(joined(lines)).tasks) + len(tasks)
    at = last_line(lines, heading)
    if len(read_body(joined(inserted(lines, at, wanted, end))).tasks) != count:
        at = heading.start + 1
    return separated(inserted(lines, at, wanted, end), at + len(wanted), end)


def heading_range(lines: list[str], phase: str) -> range | None:
    """The heading `### PHASE` and the lines below it in the Tasks section."""
    body = joined(lines)
    inside = section_range(body, "Tasks") or range(0)
    found = sections(body)
    for at, each in enumerate(found):
        if each.level == 3 and each.title == phase and each.line - 1 in inside:
            return range(each.line - 1, section_lines(found, at, len(lines)).stop)
    return None


def with_heading(lines: list[str], definition: Definition, phase: str, end: str) -> tuple[list[str], range]:
    """The lines with a heading for that phase in the Tasks section, in the phases' order."""
    found = heading_range(lines, phase)
    if found is not None:
        return lines, found
    ids = [each.id for each in definition.phases]
    later = [heading_range(lines, each) for each in ids[ids.index(phase) + 1 :]]
    following = next((each.start for each in later if each is not None), None)
    if following is not None:
        lines = inserted(lines, following, [f"### {phase}", ""], end)
        return lines, range(following, following + 1)
    lines, inside = with_section(lines, "Tasks", (NOTES,), end)
    for at in (last_line(lines, inside), inside.start):
        trial = inserted(lines, at, ["", f"### {phase}"], end)
        if heading_range(trial, phase) is not None:
            return trial, range(at + 1, at + 2)
    raise AssertionError(f"the heading {phase} was just written")


def place_note(lines: list[str], note: str, end: str) -> list[str]:
    """The lines with a note as the last item of the Notes section."""
    lines, inside = with_section(lines, NOTES, (), end)
    at = last_line(lines, inside)
    bullet = at > inside.start and lines[at - 1].lstrip().startswith("- ")
    return inserted(lines, at, [f"- {note}"] if bullet else ["", f"- {note}"], end)
