"""A definition as a Mermaid state diagram, drawn from the table of legal moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory_state.reports.timeline import WORKING
from memory_state.reports.wording import diagram_text, markdown_text
from memory_state.workflow.machine import MOVES, status_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from memory_state.workflow.model import Condition, Definition, Phase

WORK = "work"
CURRENT = "classDef current font-weight:bold,stroke-width:4px"


class Arrow(NamedTuple):
    """One arrow of the diagram: from a phase or a status to another, by these commands."""

    source: str
    target: str
    label: str


def is_legal(verb: str, source: Phase, target: Phase) -> bool:
    """Whether the table has this move between the statuses in which two phases are worked on."""
    wanted = (verb, status_within(source), status_within(target))
    return any((move.verb, move.source, move.target) == wanted for move in MOVES)


def phase_arrows(definition: Definition) -> Iterator[Arrow]:
    """Where `next`, `skip` and `back` lead from each phase."""
    phases = {each.id: each for each in definition.phases}
    for source, target in zip(definition.phases, definition.phases[1:], strict=False):
        if is_legal("next", source, target):
            yield Arrow(source.id, target.id, gated("next", source.exit))
        if source.skippable and is_legal("skip", source, target):
            yield Arrow(source.id, target.id, "skip by a person")
    for source in definition.phases:
        target = phases.get(source.returns_to or "", source)
        if source.returns_to in phases and is_legal("back", source, target):
            yield Arrow(source.id, target.id, f"back at most {source.max_returns}")


def gated(verb: str, exits: tuple[Condition, ...]) -> str:
    """A command with what its gate asks."""
    asked = " and ".join(f"{each.kind} {each.target}".strip() for each in exits)
    return f"{verb} when {asked}" if asked else verb


def status_arrows(definition: Definition) -> Iterator[Arrow]:
    """The moves between work as a whole and the other statuses, those of one pair in one arrow.

    A move that this definition gives no occasion for is left out.
    """
    found: dict[tuple[str, str], dict[str, None]] = {}
    for move in MOVES:
        source, target = (WORK if each in WORKING else each for each in (move.source, move.target))
        if source != target and has_occasion(definition, move.verb, source, target):
            label = move.verb if move.by == "agent" else f"{move.verb} by a person"
            found.setdefault((source, target), {})[label] = None
    for (source, target), labels in found.items():
        yield Arrow(source, target, " or ".join(labels))


def has_occasion(definition: Definition, verb: str, source: str, target: str) -> bool:
    """Whether a workflow of this definition can come to a move of this kind."""
    last = definition.phases[-1]
    if verb == "skip":
        return last.skippable and not definition.criteria
    if "blocked" in (source, target):
        return any(each.returns_to for each in definition.phases)
    return True


def state_diagram(definition: Definition, current: str | None = None) -> Iterator[str]:
    """The diagram's lines; the current phase, where there is one, stands out."""
    names = {each.id: f"p{at}" for at, each in enumerate(definition.phases, 1)}
    arrows = list(status_arrows(definition))
    yield "stateDiagram-v2"
    yield "    [*] --> pending"
    yield f'    state "at work" as {WORK} {{'
    for each in definition.phases:
        role = f" as {each.role}" if each.role else ""
        yield f'        state "{diagram_text(each.id + role)}" as {names[each.id]}'
    yield f"        [*] --> {names[definition.phases[0].id]}"
    for source, target, label in phase_arrows(definition):
        yield f"        {names[source]} --> {names[target]} : {diagram_text(label)}"
    last = definition.phases[-1]
    asked = last.exit + definition.criteria
    yield f"        {names[last.id]} --> [*] : {diagram_text(gated('finish', asked))}"
    yield "    }"
    for source, target, label in arrows:
        yield f"    {source} --> {target} : {diagram_text(label)}"
    for end in dict.fromkeys(each.target for each in arrows):
        if not any(each.source == end for each in arrows):
            yield f"    {end} --> [*]"
    if current in names:
        yield from (f"    {CURRENT}", f"    class {names[current]} current")


def graph_values(definition: Definition, current: str | None) -> dict[str, object]:
    """The same as JSON: phases, arrows, and the diagram's text."""
    return {
        "definition": definition.name,
        "phase": current,
        "phases": [{"phase": each.id, "role": each.role or None} for each in definition.phases],
        "moves": [
            {"from": source, "to": target, "by": label}
            for source, target, label in (*phase_arrows(definition), *status_arrows(definition))
        ],
        "mermaid": "\n".join(state_diagram(definition, current)),
    }


def graph_markdown(definition: Definition, current: str | None) -> Iterator[str]:
    """The diagram in its fence, below a heading."""
    yield from (f"# {definition.name}", "")
    if definition.description:
        yield from (markdown_text(definition.description), "")
    yield from ("```mermaid", *state_diagram(definition, current), "```")
