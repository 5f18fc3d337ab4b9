"""The tables and drawings in the pages that come from tables in the code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.core.gate import PERSON_OPTIONS, PERSON_VERBS, SUBAGENT_VERBS
from memory_state.reports.diagram import phase_arrows
from memory_state.reports.meanings import MEANINGS
from memory_state.workflow.definition import parse_definition
from memory_state.workflow.machine import MOVES, PHASE_MOVES
from memory_state.workspace.configuration import SETTINGS
from memory_state.workspace.resources import resource_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from memory_state.workflow.model import Condition, Definition

WORK, WORKING = "work", ("in_progress", "review")
NAMES = ("feature", "bugfix", "tdd", "outer", "inner")


def moves() -> str:
    """Every legal change of status: by which command, from where, to where, and who may ask."""
    targets: dict[tuple[str, str, str], list[str]] = {}
    for move in MOVES:
        targets.setdefault((move.verb, move.by, move.source), []).append(move.target)
    sources: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (verb, by, source), found in targets.items():
        to = tuple("as it was" if target == source and verb == "approve" else target for target in found)
        sources.setdefault((verb, by, to), []).append(source)
    rows = [
        (f"`{verb}`", ", ".join(found), ", ".join(to), "anybody" if by == "agent" else "a person")
        for (verb, by, to), found in sources.items()
    ]
    return table(("command", "from", "to", "who"), rows)


def statuses() -> str:
    """The same as a drawing, without what leaves the status as it is, and without `fail` and `cancel`."""
    verbs: dict[tuple[str, str], list[str]] = {}
    for move in MOVES:
        source, target = (WORK if each in WORKING else each for each in (move.source, move.target))
        if source != target and move.verb not in ("fail", "cancel"):
            verbs.setdefault((source, target), []).append(move.verb)
    arrows = [
        f"    {source} --> {target} : {', '.join(dict.fromkeys(said))}"
        for (source, target), said in verbs.items()
    ]
    named = f'    state "{" or ".join(WORKING)}" as {WORK}'
    return drawing([named, "    [*] --> pending", *arrows, "    completed --> [*]"])


def phase_moves() -> str:
    """How a phase's own status changes."""
    return drawing(["    [*] --> pending", *(f"    {source} --> {target}" for source, target in PHASE_MOVES)])


def drawing(lines: Iterable[str]) -> str:
    """A Mermaid state diagram in its fence."""
    return "\n".join(["```mermaid", "stateDiagram-v2", *lines, "```"])


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [f"| {' | '.join(each)} |" for each in (heads, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(heads), *lines[1:]])


def events() -> str:
    """Every type of event with what it means; what is in italics is one of its details."""
    return table(("type", "meaning"), ((f"`{kind}`", meaning(said)) for kind, said in MEANINGS.items()))


def meaning(said: str) -> str:
    """A meaning with its details in italics, all optional parts there."""
    joined = re.sub(r" \| (?=[:,])", "", said).replace(" | ", " ")
    return re.sub(r"\{(\w+)\}", r"*\1*", joined)


def settings() -> str:
    """The settings with their defaults and variables."""
    rows = [
        (f"`{each.name}`", "none" if each.default is None else f"`{each.default}`",
         f"`{each.variable}`" if each.variable else "none", each.help)
        for each in SETTINGS
    ]  # fmt: skip
    return table(("setting", "default", "variable", "what it is"), rows)


def built_in(name: str) -> Definition:
    """A definition that comes with the package."""
    path = resource_folder("templates") / "workflows" / f"{name}.md"
    definition, problems = parse_definition(path.read_text(encoding="utf-8"), path.name)
    assert definition is not None, problems
    return definition


def definitions() -> str:
    """The built-in definitions: each phase with what its gate asks."""
    rows = []
    for each in map(built_in, NAMES):
        phases = "; ".join(f"{phase.id}{asked(phase.exit)}" for phase in each.phases)
        rows.append((f"`{each.name}`", each.description, phases))
    return table(("name", "what for", "phases, and what is asked before each is left"), rows)


def asked(conditions: tuple[Condition, ...]) -> str:
    """What a gate asks, in brackets."""
    said = [each.kind if each.kind in ("tasks", "approval") else f"`{each.target}`" for each in conditions]
    return f" ({', '.join(said)})" if said else ""


def feature() -> str:
    """The phases of the definition `feature` and what leads from one to another."""
    definition = built_in("feature")
    first, last = definition.phases[0].id, definition.phases[-1].id
    lines = [f"    {each.source} --> {each.target} : {each.label}" for each in phase_arrows(definition)]
    return drawing([f"    [*] --> {first}", *lines, f"    {last} --> [*] : finish"])


def person() -> str:
    """What only a person may do."""
    options = [" ".join(each) for each in PERSON_OPTIONS]
    return ", ".join(f"`{each}`" for each in sorted((*PERSON_VERBS, *options))) + "."


def subagent() -> str:
    """What a subagent may ask of us."""
    return ", ".join(f"`{each}`" for each in SUBAGENT_VERBS) + "."


INSERTS: dict[str, Callable[[], str]] = {
    "moves": moves, "statuses": statuses, "phase-moves": phase_moves, "events": events, "settings": settings,
    "definitions": definitions, "feature": feature, "person": person, "subagent": subagent,
}  # fmt: skip
