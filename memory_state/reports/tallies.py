"""What is counted of a history beside time: sessions, refusals, tools, a clock that went back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory_state.reports.rules import number_of, rule_of, text_of, tool_of, unmet_of
from memory_state.reports.timeline import Denial, SessionSpan, ToolUse

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.workflow.model import Event


class Tallies:
    """The counts so far."""

    def __init__(self) -> None:
        self.sessions: dict[str, SessionSpan] = {}
        self.denials: Counter[tuple[str, str, str]] = Counter()
        self.tools: dict[str, ToolUse] = {}
        self.gates: Counter[str] = Counter()
        self.violations: Counter[str] = Counter()
        self.events = self.interruptions = self.clock_back = self.clock_back_by = 0

    def see(self, event: Event, phase: str, moment: int) -> None:
        """Count an event of this moment in this phase."""
        self.events += 1
        behind = number_of(event, "clock_back")
        if behind:
            self.went_back(behind * 1000)
        session = event.details.get("session")
        if isinstance(session, str):
            known = self.sessions.get(session) or SessionSpan(session, moment, moment, 0, "open")
            self.sessions[session] = known._replace(end=moment, events=known.events + 1)
        count = COUNTED.get(event.type)
        if count is not None:
            count(self, event, phase)

    def went_back(self, milliseconds: int) -> None:
        """An event came while the clock was behind the event before it."""
        self.clock_back += 1
        self.clock_back_by = max(self.clock_back_by, milliseconds)

    def end(self, session: str, how: str) -> None:
        """Say how a session stands, if it is known."""
        if session in self.sessions:
            self.sessions[session] = self.sessions[session]._replace(ended=how)

    def denial_counts(self) -> tuple[Denial, ...]:
        """The denials, the most frequent first."""
        return tuple(
            Denial(*key, count)
            for key, count in sorted(self.denials.items(), key=lambda item: (-item[1], item[0]))
        )


def denied(tallies: Tallies, event: Event, phase: str) -> None:
    """`tool.denied`."""
    tallies.denials[phase, rule_of(text_of(event, "reason")), tool_of(event)] += 1


def used(tallies: Tallies, event: Event, phase: str) -> None:
    """`tool.used`."""
    name = tool_of(event)
    known = tallies.tools.get(name) or ToolUse(name, 0, 0, 0)
    failed = known.failed + (event.details.get("ok") is False)
    tallies.tools[name] = ToolUse(name, known.times + 1, failed, known.took + number_of(event, "ms"))


def refused(tallies: Tallies, event: Event, phase: str) -> None:
    """`gate.refused`."""
    tallies.gates.update(unmet_of(event))


def violated(tallies: Tallies, event: Event, phase: str) -> None:
    """`violation.recorded`."""
    tallies.violations[text_of(event, "rule") or "other"] += 1


def interrupted(tallies: Tallies, event: Event, phase: str) -> None:
    """`session.interrupted` names the session that is gone."""
    tallies.interruptions += 1
    tallies.end(text_of(event, "ended"), "interrupted")


def began(tallies: Tallies, event: Event, phase: str) -> None:
    """`session.started`: also one that had ended is open again."""
    tallies.end(text_of(event, "session"), "open")


def ended(tallies: Tallies, event: Event, phase: str) -> None:
    """`session.ended`."""
    tallies.end(text_of(event, "session"), text_of(event, "reason") or "ended")


COUNTED: dict[str, Callable[[Tallies, Event, str], None]] = {
    "tool.denied": denied,
    "tool.used": used,
    "gate.refused": refused,
    "violation.recorded": violated,
    "session.interrupted": interrupted,
    "session.started": began,
    "session.ended": ended,
}


def most_frequent(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    """Names with their counts, the most frequent first, equal ones by name."""
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
