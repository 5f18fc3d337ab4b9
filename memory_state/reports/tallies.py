"""What is counted of a history beside time: sessions, refusals, tools, a clock that went back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from memory_state.reports.rules import number_of, rule_of, text_of, tool_of, unmet_of
from memory_state.reports.timeline import Denial, SessionSpan, ToolUse

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.reports.calls import ToolCall
    from memory_state.workflow.model import Event


class Session:
    """A session so far; moments are milliseconds since the epoch."""

    __slots__ = ("end", "ended", "events", "start")

    def __init__(self, moment: int) -> None:
        self.start = self.end = moment
        self.events = 0
        self.ended = "open"


class Tool:
    """The calls of a tool so far."""

    __slots__ = ("failed", "times", "took")

    def __init__(self) -> None:
        self.times = self.failed = self.took = 0


class Tallies:
    """The counts so far."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}
        self.denials: Counter[tuple[str, str, str]] = Counter()
        self.tools: dict[str, Tool] = {}
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
            self.see_session(session, moment)
        count = COUNTED.get(event.type)
        if count is not None:
            count(self, event, phase)

    def see_call(self, call: ToolCall, moment: int) -> None:
        """Count a finished call of this moment."""
        self.events += 1
        if call.session is not None:
            self.see_session(call.session, moment)
        self.see_tool(call.tool, ok=call.ok, took=call.took)

    def see_session(self, session: str, moment: int) -> None:
        """An event of a session."""
        known = self.sessions.get(session)
        if known is None:
            known = self.sessions[session] = Session(moment)
        known.end = moment
        known.events += 1

    def see_tool(self, name: str, *, ok: bool, took: int) -> None:
        """A finished call of a tool."""
        known = self.tools.get(name)
        if known is None:
            known = self.tools[name] = Tool()
        known.times += 1
        known.failed += not ok
        known.took += took

    def went_back(self, milliseconds: int) -> None:
        """An event came while the clock was behind the event before it."""
        self.clock_back += 1
        self.clock_back_by = max(self.clock_back_by, milliseconds)

    def end(self, session: str, how: str) -> None:
        """Say how a session stands, if it is known."""
        if session in self.sessions:
            self.sessions[session].ended = how

    def session_spans(self) -> tuple[SessionSpan, ...]:
        """The sessions in the order of their first events."""
        return tuple(
            SessionSpan(name, each.start, each.end, each.events, each.ended)
            for name, each in self.sessions.items()
        )

    def tool_uses(self) -> tuple[ToolUse, ...]:
        """The tools, the most used first."""
        found = (ToolUse(name, each.times, each.failed, each.took) for name, each in self.tools.items())
        return tuple(sorted(found, key=lambda each: (-each.times, each.tool)))

    def denial_counts(self) -> tuple[Denial, ...]:
        """The denials, the most frequent first."""
        return tuple(
            Denial(*key, count)
            for key, count in sorted(self.denials.items(), key=lambda item: (-item[1], item[0]))
        )


def denied(tallies: Tallies, event: Event, phase: str) -> None:
    """`tool.denied`."""
    tallies.denials[phase, rule_of(event), tool_of(event)] += 1


def used(tallies: Tallies, event: Event, phase: str) -> None:
    """`tool.used`."""
    ok, took = event.details.get("ok") is not False, number_of(event, "ms")
    tallies.see_tool(tool_of(event), ok=ok, took=took)


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
