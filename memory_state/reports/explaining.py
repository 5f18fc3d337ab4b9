"""Why an event came to be: who, where the workflow stood, which rule or condition, what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.errors import Broken, Missing
from memory_state.reports.meanings import meaning_of
from memory_state.reports.rules import number_of, rule_of, text_of, unmet_of
from memory_state.reports.wording import duration_text, shown_text
from memory_state.workflow.fold import DOCUMENT_EVENTS, fold
from memory_state.workflow.machine import gate_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory_state.workflow.model import Condition, Definition, Event, State

REFUSALS = frozenset({"tool.denied", "gate.refused", "violation.recorded"})
# The events that end what an event began, and whether they must be about the same subject.
OUTCOMES: dict[str, tuple[frozenset[str], bool]] = {
    "gate.refused": (frozenset({"phase.completed", "phase.skipped", "gate.overridden"}), True),
    "violation.recorded": (frozenset({"violation.accepted"}), False),
    "approval.given": (frozenset({"approval.voided", "phase.completed"}), True),
    "phase.entered": (frozenset({"phase.completed", "phase.returned", "phase.skipped"}), True),
    "workflow.parked": (frozenset({"workflow.resumed", "workflow.cancelled"}), False),
    "workflow.failed": (frozenset({"workflow.resumed", "workflow.cancelled"}), False),
}


class Asked(NamedTuple):
    """A condition of a gate: `met` is None where the history does not say."""

    name: str
    met: bool | None
    reason: str


class Explanation(NamedTuple):
    """An event, where the workflow stood before it, what its gate's commands gave, and how it went on."""

    event: Event
    definition: Definition
    state: State | None
    evidence: tuple[Event, ...]
    outcome: Event | None

    @property
    def rule(self) -> str:
        """The rule behind a refusal; empty for any other event."""
        if self.event.type == "tool.denied":
            return rule_of(self.event)
        return text_of(self.event, "rule") if self.event.type == "violation.recorded" else ""

    @property
    def conditions(self) -> tuple[Asked, ...]:
        """What each condition of a refusing gate said; none for any other event."""
        return tuple(asked_of(self)) if self.event.type == "gate.refused" else ()


def explain(definition: Definition, events: Iterable[Event], number: int | None = None) -> Explanation:
    """Explain an event, or the last refusal; Missing where there is none."""
    found: Explanation | None = None
    state: State | None = None
    evidence: dict[str, Event] = {}
    following = False
    for event in events:
        if event.number == number or (number is None and event.type in REFUSALS):
            found, following = Explanation(event, definition, state, tuple(evidence.values()), None), True
        elif found is not None:
            following = following and event.type == "evidence.recorded"
            found = followed(found, event, following=following)
        if event.type == "evidence.recorded":
            evidence[text_of(event, "command", "condition")] = event
        elif event.type in DOCUMENT_EVENTS:
            after = stepped(definition, event, state)
            if state is None or after is None or after.phase != state.phase:
                evidence = {}
            state = after
    if found is None:
        what = "no refusal" if number is None else f"no event {number}"
        raise Missing(f"there is {what} in this history", ("history",))
    return found


def stepped(definition: Definition, event: Event, state: State | None) -> State | None:
    """The state after an event; one that makes no sense leaves it as it is."""
    try:
        return fold(definition, (event,), state)
    except Broken:
        return state


def followed(found: Explanation, event: Event, *, following: bool) -> Explanation:
    """The explanation with what a later event adds: evidence right behind it, or how it went on."""
    if following:
        return found._replace(evidence=(*found.evidence, event))
    ends, same = OUTCOMES.get(found.event.type, (frozenset(), False))
    ended = event.type in ends and (not same or event.subject == found.event.subject)
    return found._replace(outcome=event) if ended and found.outcome is None else found


def asked_of(found: Explanation) -> Iterator[Asked]:
    """The conditions of the gate that refused: those that it named, then the others as met."""
    given = found.event.details.get("reasons")
    reasons = [str(each) for each in given] if isinstance(given, list) else []
    unmet = unmet_of(found.event)
    for name in unmet:
        said = (each.removeprefix(f"{name}: ") for each in reasons if each.startswith(f"{name}: "))
        yield Asked(name, met=False, reason=next(said, ""))
    if found.state is not None and "last phase" not in unmet:
        names = map(condition_name, gate_of(found.definition, found.state).exit)
        yield from (Asked(name, met=True, reason="") for name in names if name not in unmet)


def condition_name(condition: Condition) -> str:
    """A condition as a gate names it."""
    return f"{condition.kind}: {condition.target}" if condition.target else condition.kind


def who(event: Event) -> str:
    """Who caused an event, as far as it says."""
    names = ((text_of(event, name), name) for name in ("session", "agent"))
    by = " ".join(filter(None, (text_of(event, "by"), text_of(event, "name")))) or "nobody knows"
    return ", ".join([by, *(f"{name} {value}" for value, name in names if value)])


def explanation_values(found: Explanation) -> dict[str, object]:
    """An explanation as JSON."""
    state, event = found.state, found.event
    return {
        "event": event_value(event),
        "meaning": meaning_of(event),
        "refusal": event.type in REFUSALS,
        "rule": found.rule or None,
        "who": {name: event.details.get(name) for name in ("by", "name", "session", "agent")},
        "where": None if state is None else {
            "phase": state.phase, "status": state.status, "role": state.role or None,
            "allow": list(state.allow), "deny": list(state.deny),
        },
        "conditions": [each._asdict() for each in found.conditions],
        "evidence": [event_value(each) for each in found.evidence],
        "outcome": None if found.outcome is None else event_value(found.outcome),
    }  # fmt: skip


def event_value(event: Event) -> dict[str, object]:
    """One event, as `history --json` shows it."""
    return {"n": event.number, "time": event.time, "type": event.type, "subject": event.subject,
            "details": event.details}  # fmt: skip


def explanation_fields(found: Explanation) -> Iterator[tuple[str, str]]:
    """The same for people: names and values; a name that is empty goes on with the one before."""
    event, state = found.event, found.state
    yield "event", f"{event.number}, {event.time}, {event.type} {event.subject}".removesuffix(" -")
    yield "what", meaning_of(event)
    yield "who", who(event)
    if state is not None:
        role = f", as {state.role}" if state.role else ""
        yield "where", f"phase {state.phase}, {state.status}{role}"
    if found.rule:
        yield "rule", found.rule
    if event.type == "tool.denied" and state is not None:
        yield "allow", "everything" if state.allow == ("*",) else ", ".join(state.allow) or "nothing"
        if state.deny:
            yield "deny", ", ".join(state.deny)
    marks = {True: "[x]", False: "[ ]", None: "[?]"}
    for at, each in enumerate(found.conditions):
        yield (
            "" if at else "gate",
            f"{marks[each.met]} {each.name}{f': {each.reason}' if each.reason else ''}",
        )
    for at, proof in enumerate(found.evidence):
        yield "" if at else "evidence", evidence_text(proof)
    if found.outcome is not None:
        yield "then", f"event {found.outcome.number}, {found.outcome.time}: {meaning_of(found.outcome)}"


def evidence_text(event: Event) -> str:
    """What a gate's command gave, or why a condition counted as met."""
    if "command" not in event.details:
        return f"event {event.number}: {text_of(event, 'condition')}, {text_of(event, 'reason')}"
    took = duration_text(number_of(event, "milliseconds"))
    last = shown_text(text_of(event, "output").strip().rpartition("\n")[2])
    ended = f"status {event.details.get('status')} after {took}"
    return (
        f"event {event.number}: {shown_text(text_of(event, 'command'))}: {ended}{f': {last}' if last else ''}"
    )
