"""Workflow definitions: a Markdown file with the phases in its front matter, read with every problem."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from memory_state.workflow.checks import (
    Check,
    Complaint,
    check_mapping,
    identifier,
    inside,
    list_of,
    one_of,
    shown,
    text_up_to,
)
from memory_state.workflow.conditions import check_condition, condition
from memory_state.workflow.frontmatter import Parsed, parse
from memory_state.workflow.guidance import Guidance, read_guidance
from memory_state.workflow.model import Definition, Problem
from memory_state.workflow.phases import check_phases, ids_of, phase, phase_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SCHEMA = 1
DEFINITION_BYTES = 64 * 1024


def parse_definition(text: str, path: str) -> tuple[Definition | None, tuple[Problem, ...]]:
    """The definition that a file's text holds, and everything that is wrong in the file.

    `path` is what the problems call the file. With any problem there is no definition.
    """
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > DEFINITION_BYTES:
        return None, (Problem(path, 0, f"{size} bytes; at most {DEFINITION_BYTES} are read"),)
    parsed = parse(text)
    ids = ids_of(parsed.values.get("phases"))
    guidance, body_problems = read_guidance(parsed.body, parsed.body_line, ids)
    found = list(parsed.problems)
    if parsed.values or not found:
        found += [place(parsed.places, each) for each in check_values(parsed.values)]
    if ids and not is_newer(parsed.values):
        found += body_problems
    if found:
        ordered = sorted(found, key=lambda each: (each.line, each.column))
        return None, tuple(each._replace(path=path) for each in ordered)
    return definition(parsed, guidance), ()


def place(places: Mapping[tuple[str | int, ...], tuple[int, int]], complaint: Complaint) -> Problem:
    """A complaint as a problem at the place of its value, or of what holds a value that is missing."""
    steps = complaint.steps
    while steps and steps not in places:
        steps = steps[:-1]
    line, column = places.get(steps, (1, 1)) if steps else (1, 1)
    return Problem("", line, complaint.message, column)


def is_newer(values: dict[str, object]) -> bool:
    """Whether a later memory-state wrote the file, in a form that can not be judged here."""
    schema = values.get("schema")
    return type(schema) is int and schema > SCHEMA


def check_values(values: dict[str, object]) -> Iterator[Complaint]:
    """What is wrong with the front matter."""
    if is_newer(values):
        yield Complaint(
            ("schema",),
            f"schema {values['schema']} needs a newer memory-state; this one reads schema {SCHEMA}, "
            "so the file is read-only here",
        )
        return
    yield from check_mapping(values, DEFINITION_CHECKS, "a definition", REQUIRED)
    yield from inside("phases", check_phases(values.get("phases")))


def check_schema(value: object) -> Iterator[Complaint]:
    """The one form of definitions there is so far."""
    if type(value) is not int or value != SCHEMA:
        yield Complaint((), f"must be {SCHEMA}, not {shown(value)}")


DEFINITION_CHECKS: dict[str, Check] = {
    "schema": check_schema,
    "name": identifier,
    "description": text_up_to(2000, lines=True),
    "level": one_of("outer", "inner"),
    "phases": phase_count,
    "criteria": list_of(check_condition),
}
REQUIRED = ("schema", "name", "phases")


def definition(parsed: Parsed, guidance: Mapping[str, Guidance]) -> Definition:
    """The definition that checked values say."""
    values = parsed.values
    phases = cast("list[dict[str, object]]", values["phases"])
    return Definition(
        str(values["name"]),
        str(values.get("description", "")),
        str(values.get("level", "outer")),
        tuple(phase(each, guidance.get(str(each["id"]), Guidance())) for each in phases),
        tuple(condition(each) for each in cast("list[object]", values.get("criteria", []))),
    )
