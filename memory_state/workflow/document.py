"""Reading a workflow's document: what its front matter, Phases and Tasks say, and what is wrong in it."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, cast

from memory_state.core.header import HeaderRefused, read_header, split_header
from memory_state.workflow.fold import context_pairs, in_phase_order
from memory_state.workflow.frontmatter import parse
from memory_state.workflow.markdown import Section, TaskLine, first_column, sections, task_lines
from memory_state.workflow.model import STATUSES, Definition, PhaseState, Problem, State, Task
from memory_state.workflow.nearest import nearest
from memory_state.workflow.phase_lines import named_phase, phase_line, read_phase_line
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1
NOTES = "Notes"
TASK_MARKS = {" ": "pending", "/": "in_progress", "x": "completed", "X": "completed", "-": "dropped"}
FIELD_TYPES: dict[str, tuple[type, ...]] = {
    "schema": (int,),
    "workflow_id": (str,),
    "title": (str,),
    "definition": (str,),
    "level": (str,),
    "parent": (str, type(None)),
    "status": (str,),
    "phase": (str,),
    "role": (str,),
    "allow": (list,),
    "deny": (list,),
    "issue_number": (int, type(None)),
    "branch_name": (str, type(None)),
    "plan_file": (str, type(None)),
    "context": (dict,),
    "created_at": (str,),
    "updated_at": (str,),
    "event": (int,),
    "retries": (int,),
    "advance_on": (list,),
    "origin": (dict,),
}
RARE: dict[str, object] = {"retries": 0, "advance_on": [], "origin": {}}
OPTIONAL = frozenset(
    {"parent", "issue_number", "branch_name", "plan_file", "context", "deny", "allow", *RARE}
)
DEFAULTS: dict[str, object] = {"allow": ["*"], "deny": [], "context": {}, **RARE}
TYPE_NAMES = {
    str: "a text",
    int: "a whole number",
    list: "a list of texts",
    dict: "a mapping",
    type(None): "null",
}


class PhaseLine(NamedTuple):
    """A line of the Phases section: its index (`at`) in the body, the phase it names, what it says of it.

    `text` is the line from its box on.
    """

    at: int
    id: str
    standing: PhaseState | None
    text: str


class PlacedTask(NamedTuple):
    """A task and the index of its line in the body."""

    at: int
    task: Task


class Body(NamedTuple):
    """The parts of a document's body that we own, with the indexes of their lines."""

    phases: tuple[PhaseLine, ...]
    tasks: tuple[PlacedTask, ...]
    notes: str
    stray: tuple[int, ...]


class Document(NamedTuple):
    """A document as read: front matter values, the state it shows, its notes, its problems.

    `wrong` are those of the problems that are about values of the front matter, `unread` the phases whose
    line is not as we write it.
    """

    values: dict[str, object]
    state: State | None
    notes: str
    problems: tuple[Problem, ...]
    wrong: tuple[Problem, ...] = ()
    unread: tuple[str, ...] = ()


def header_values(text: str) -> tuple[dict[str, object], dict[str, int], tuple[Problem, ...]]:
    """Values and line numbers of the front matter, by the strict reader or else by YAML."""
    try:
        return read_header(text), key_lines(text), ()
    except HeaderRefused:
        parsed = parse(text)
        return (
            parsed.values,
            {str(path[0]): line for path, line in parsed.lines.items() if path},
            parsed.problems,
        )


def key_lines(text: str) -> dict[str, int]:
    """The line of each key in a front matter of one key a line."""
    start, stop, _ = split_header(text)
    first = text.count("\n", 0, start) + 1
    return {line.partition(":")[0]: first + at for at, line in enumerate(text[start:stop].split("\n"))}


def body_start(text: str) -> int:
    """Where the body begins; 0 when there is no front matter to be seen."""
    try:
        return split_header(text)[2]
    except HeaderRefused:
        return 0


def section_lines(found: tuple[Section, ...], at: int, total: int) -> range:
    """The line indexes below a heading, up to the next heading of its level or above."""
    later = (each.line - 1 for each in found[at + 1 :] if each.level <= found[at].level)
    return range(found[at].line, next(later, total))


def section_range(body: str, title: str) -> range | None:
    """The line indexes of the section `## TITLE`; None when there is none."""
    return range_among(sections(body), title, body.count("\n") + 1)


def range_among(found: tuple[Section, ...], title: str, total: int) -> range | None:
    """The line indexes of the section `## TITLE` among the sections of a body of so many lines."""
    for at, each in enumerate(found):
        if each.level == 2 and each.title == title:
            return section_lines(found, at, total)
    return None


def read_body(body: str) -> Body:
    """Phases, tasks and notes of a body."""
    found = sections(body)
    total = body.count("\n") + 1
    boxes = task_lines(body)
    tasks_range = range_among(found, "Tasks", total) or range(0)
    phases_range = range_among(found, "Phases", total) or range(0)
    phases = [
        PhaseLine(box.line - 1, name, read_phase_line(box.mark, box.text), f"{box.mark.lower()}] {box.text}")
        for box in boxes
        if box.line - 1 in phases_range and (name := named_phase(box.text)) is not None
    ]
    tasks = tasks_among(found, boxes, tasks_range, total)
    stray = {b.line - 1 for b in boxes if b.line - 1 in tasks_range} - {each.at for each in tasks}
    notes = text_of(body, range_among(found, NOTES, total))
    return Body(tuple(phases), tuple(tasks), notes, tuple(sorted(stray)))


def tasks_among(
    found: tuple[Section, ...], boxes: tuple[TaskLine, ...], within: range, total: int
) -> list[PlacedTask]:
    """The boxes below the headings of phases in the Tasks section, each below the heading it stands under."""
    lines = [box.line - 1 for box in boxes]
    tasks = []
    for at, each in enumerate(found):
        if each.level == 3 and each.line - 1 in within:
            inside = section_lines(found, at, total)
            here = boxes[bisect_left(lines, inside.start) : bisect_left(lines, inside.stop)]
            tasks += [PlacedTask(box.line - 1, placed(each.title, box)) for box in here]
    return tasks


def placed(phase: str, box: TaskLine) -> Task:
    """The task that a checkbox line stands for."""
    return Task(phase, box.text, TASK_MARKS[box.mark])


def own_lines(body: Body) -> dict[str, PhaseLine]:
    """The line of each phase: the first that is in one of our forms, else the first that names it."""
    found: dict[str, PhaseLine] = {}
    for line in sorted(body.phases, key=lambda each: each.standing is None):
        found.setdefault(line.id, line)
    return found


def is_ours(line: PhaseLine, limit: int) -> bool:
    """Whether the line of a phase, to which one may return so many times, is as we write it."""
    return line.standing is not None and line.text == phase_line(line.standing, limit)


def notes_of(body: str) -> str:
    """The text below `## Notes`, without outer blank lines."""
    return text_of(body, section_range(body, NOTES))


def text_of(body: str, inside: range | None) -> str:
    """The text of these lines of a body, without outer blank lines; empty for none."""
    if inside is None:
        return ""
    return "\n".join(line.rstrip("\r") for line in body.split("\n")[inside.start : inside.stop]).strip("\n")


def read_document(
    text: str, definition: Definition, path: str, fallback: Mapping[str, object] | None = None
) -> Document:
    """Read a document against the definition that governs it; never raises on what a person wrote.

    With `fallback`, the front matter it was last accepted with, a value that means nothing is a
    problem but not the document's end: the accepted value stands in for it.
    """
    values, lines, problems = header_values(text)
    start = body_start(text)
    body = read_body(text[start:])
    offset = text.count("\n", 0, start)
    if not problems:
        found = with_columns(text, field_problems(values, lines, definition))
        problems = (*found, *body_problems(body, definition, offset, text[start:]))
    problems = tuple(each._replace(path=path) for each in problems)
    wrong = with_columns(text, field_problems(values, lines, definition)) if values else []
    wrong = [each._replace(path=path) for each in wrong]
    usable = mended(values, definition, fallback or {}) if wrong else values
    sound = bool(usable) and not field_problems(usable, {}, definition)
    state = state_from(usable, definition, body) if sound else None
    limits = {each.id: each.max_returns for each in definition.phases}
    unread = tuple(name for name, line in own_lines(body).items() if not is_ours(line, limits.get(name, 0)))
    return Document(values, state, body.notes, problems, tuple(wrong), unread)


def with_columns(text: str, found: list[Problem]) -> list[Problem]:
    """Problems of front matter values with the columns of the lines that they are in."""
    rows = text.split("\n") if found else []
    return [each._replace(column=first_column(rows[each.line - 1])) for each in found]


def mended(
    values: dict[str, object], definition: Definition, fallback: Mapping[str, object]
) -> dict[str, object]:
    """The values with accepted ones in the place of those that are missing or mean nothing."""
    known = {each.id for each in definition.phases}
    words = {"status": STATUSES, "phase": known}
    found = dict(values)
    for name, kinds in FIELD_TYPES.items():
        missing = name not in values and name not in OPTIONAL
        wrong = name in values and not (
            fits(values[name], kinds) and values[name] in words.get(name, (values[name],))
        )
        if name in fallback and name != "schema" and (missing or wrong):
            found[name] = fallback[name]
    return found


def field_problems(values: dict[str, object], lines: dict[str, int], definition: Definition) -> list[Problem]:
    """What is wrong with the front matter's values."""
    problems = []
    for name, kinds in FIELD_TYPES.items():
        if name not in values:
            if name not in OPTIONAL:
                problems.append(Problem("", 1, f"the key {name} is missing{mistyped(name, values)}"))
        elif not fits(values[name], kinds):
            wanted = " or ".join(TYPE_NAMES[kind] for kind in kinds)
            problems.append(Problem("", lines.get(name, 1), f"{name} must be {wanted}"))
    return problems or vocabulary_problems(values, lines, definition)


def mistyped(name: str, values: Mapping[str, object]) -> str:
    """The end of a sentence about a missing key: a strange one that looks like it."""
    near = nearest(name, (each for each in values if each not in FIELD_TYPES))
    return near.replace("did you mean", "is it") if near else ""


def fits(value: object, kinds: tuple[type, ...]) -> bool:
    """Whether a value is of one of these types; a list must hold texts only."""
    if isinstance(value, bool) or not isinstance(value, kinds):
        return False
    return not isinstance(value, list) or all(isinstance(each, str) for each in value)


def vocabulary_problems(
    values: dict[str, object], lines: dict[str, int], definition: Definition
) -> list[Problem]:
    """Values of the right type that mean nothing: a newer schema, an unknown status or phase."""
    problems = []
    schema = cast("int", values["schema"])
    if schema > SCHEMA:
        message = f"schema {schema} was written by a newer memory-state; this one reads up to {SCHEMA}"
        problems.append(Problem("", lines.get("schema", 1), message))
    if values["status"] not in STATUSES:
        near = nearest(str(values["status"]), sorted(STATUSES))
        message = f"status {values['status']!r} is none of {', '.join(sorted(STATUSES))}{near}"
        problems.append(Problem("", lines.get("status", 1), message))
    known = [each.id for each in definition.phases]
    if values["phase"] not in known:
        near = nearest(str(values["phase"]), known)
        message = f"phase {values['phase']!r} is none of {', '.join(known)}{near}"
        problems.append(Problem("", lines.get("phase", 1), message))
    return problems


def body_problems(body: Body, definition: Definition, offset: int, text: str) -> list[Problem]:
    """Tasks that stand where they belong to no phase; `text` is that of the body."""
    known = [each.id for each in definition.phases]
    found = [(at, "this task is below no phase heading") for at in body.stray]
    for at, task in body.tasks:
        if task.phase not in known:
            found.append((at, f"{task.phase!r} is no phase of {definition.name}{nearest(task.phase, known)}"))
    rows = text.split("\n") if found else []
    return [Problem("", at + offset + 1, message, first_column(rows[at])) for at, message in found]


def state_from(values: dict[str, object], definition: Definition, body: Body) -> State:
    """The state that checked values and a body show; a phase without a line of ours is pending."""
    filled = {**DEFAULTS, **{name: None for name in FIELD_TYPES if name not in DEFAULTS}, **values}
    standing = {phase: line.standing for phase, line in own_lines(body).items()}
    known = {each.id for each in definition.phases}
    return State(
        phases=tuple(standing.get(each.id) or PhaseState(each.id) for each in definition.phases),
        tasks=in_phase_order(definition, (each.task for each in body.tasks if each.task.phase in known)),
        allow=tuple(cast("list[str]", filled["allow"])),
        deny=tuple(cast("list[str]", filled["deny"])),
        context=context_pairs(cast("dict[str, object]", filled["context"])),
        advance_on=tuple(cast("list[str]", filled["advance_on"])),
        origin=context_pairs(cast("dict[str, object]", filled["origin"])),
        **{name: filled[name] for name in PLAIN_FIELDS},  # type: ignore[arg-type]  # checked by field_problems
    )


COLLECTIONS = ("schema", "allow", "deny", "context", "advance_on", "origin")
PLAIN_FIELDS = tuple(name for name in FIELD_TYPES if name not in COLLECTIONS)
