"""From the events of a workflow to its timeline, in one pass.

What is kept meanwhile grows with phases, tasks and sessions, and not with the calls of tools.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Broken
from memory_state.reports.calls import ToolCall
from memory_state.reports.instants import milliseconds
from memory_state.reports.rules import text_of
from memory_state.reports.tallies import Tallies, most_frequent
from memory_state.reports.taskspans import TaskSpans
from memory_state.reports.timeline import Timeline
from memory_state.reports.visits import Visits
from memory_state.reports.workclock import WorkClock
from memory_state.workflow.fold import DOCUMENT_EVENTS, WAYS, fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memory_state.workflow.model import Definition, Event, State

# Events that may tell of what happened while nobody was at work.
NO_SIGN_OF_LIFE = frozenset({"session.interrupted", "state.recovered"})


class Course:
    """A workflow on its way through its events."""

    def __init__(self, definition: Definition, first: Event) -> None:
        self.definition = definition
        moment = milliseconds(first.time)
        if moment is None:
            raise Broken(f"event {first.number} has no time: {first.time!r:.80}", WAYS)
        self.start = moment
        self.latest = self.start
        self.clock = WorkClock(self.start)
        self.visits = Visits(definition, self.clock)
        self.tasks = TaskSpans(self.clock)
        self.tallies = Tallies()
        self.state: State | None = None
        self.senseless = 0

    def see_call(self, call: ToolCall) -> None:
        """Follow one more finished tool call, of which only time and counts matter."""
        self.reach(call.moment)
        self.clock.alive()
        self.tallies.see_call(call, self.clock.now)

    def see(self, event: Event) -> None:
        """Follow one more event."""
        self.advance(event.time)
        phase = self.state.phase if self.state is not None else ""
        if event.type == "session.interrupted":
            self.clock.interrupted(phase)
        elif event.details.get("by") != "edit" and event.type not in NO_SIGN_OF_LIFE:
            self.clock.alive()
        if event.type in DOCUMENT_EVENTS:
            self.evolve(event)
        elif event.type == "checkpoint.saved":
            self.visits.marks.append((event.number, self.clock.now, self.clock.worked))
        self.tallies.see(event, phase, self.clock.now)

    def advance(self, time: str) -> None:
        """Let time pass until an event; a time before that of an earlier event is counted and said."""
        moment = milliseconds(time)
        if moment is None:
            self.senseless += 1
        else:
            self.reach(moment)

    def reach(self, moment: int) -> None:
        """Let time pass until a moment."""
        if moment < self.latest:
            self.tallies.went_back(self.latest - moment)
        else:
            self.latest = moment
        self.clock.advance(moment)

    def evolve(self, event: Event) -> None:
        """What an event does to the workflow; one that makes no sense does nothing and is counted."""
        before = self.state
        try:
            after = fold(self.definition, (event,), before)
        except Broken:
            self.senseless += 1
            return
        if after is None:
            return
        self.visits.see(event, before or after, after)
        self.tasks.see(after)
        inner = after.status == "waiting" and "inner" in event.details
        kind = "inner" if inner else after.status
        if before is None or before.status != after.status:
            self.clock.stand(kind, after.phase, text_of(event, "reason", "inner"))
        self.state = after

    def timeline(self, now: int | None) -> Timeline:
        """All of it, until now where the workflow is not over."""
        if self.state is None:
            raise Broken("the history does not begin with its start: there is nothing to report", WAYS)
        if now is not None and self.state.status not in ("completed", "cancelled", "failed"):
            self.clock.advance(now)
        end = self.clock.finish()
        self.visits.close("failed" if self.state.status == "failed" else "open", "", None)
        visits = tuple(each._replace(end=min(each.end, end)) for each in self.visits.found)
        state, tallies = self.state, self.tallies
        return Timeline(
            state.workflow_id, state.title, state.definition, state.level, state.parent, state.status,
            state.phase, self.start, end, self.clock.worked, tallies.events, visits,
            tuple(sorted(self.clock.gaps, key=lambda gap: gap.start)),
            tuple(self.tasks.found.values()), tallies.session_spans(), tallies.denial_counts(),
            tallies.tool_uses(),
            most_frequent(tallies.gates), most_frequent(tallies.violations), tuple(self.visits.undone),
            tallies.interruptions, tallies.clock_back, tallies.clock_back_by, 0, self.senseless,
        )  # fmt: skip


def timeline_of(
    definition: Definition, events: Iterable[Event | ToolCall], *, now: int | None = None
) -> Timeline:
    """The timeline of a workflow from its events in order; Broken when they do not begin with its start.

    Finished tool calls may come as such. A workflow that is not over lasts until `now`, in milliseconds
    since the epoch, or its last event.
    """
    course: Course | None = None
    for event in events:
        if course is None:
            course = begun(definition, event)
        if isinstance(event, ToolCall):
            course.see_call(event)
        else:
            course.see(event)
    if course is None:
        raise Broken("the history holds no event", WAYS)
    return course.timeline(now)


def begun(definition: Definition, first: Event | ToolCall) -> Course:
    """A workflow before its first event; Broken where that can not be one."""
    if isinstance(first, ToolCall):
        raise Broken("the history does not begin with its start: there is nothing to report", WAYS)
    return Course(definition, first)
