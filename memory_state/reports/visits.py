"""The stays in phases, one after the other, as the events of a workflow open and close them."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from memory_state.reports.rules import text_of
from memory_state.reports.timeline import WORKING, Undone, Visit
from memory_state.workflow.machine import phase_of

if TYPE_CHECKING:
    from memory_state.reports.workclock import WorkClock
    from memory_state.workflow.model import Definition, Event, State

ENDINGS = {
    "phase.completed": "completed",
    "phase.returned": "returned",
    "phase.skipped": "skipped",
    "workflow.cancelled": "cancelled",
    "state.rolled_back": "undone",
    "state.recovered": "recovered",
}


class Visits:
    """The visits so far, the last one open where `current` is set, and what rollbacks undid.

    `marks` are the events that one can go back to, with the moment and the work until then.
    """

    def __init__(self, definition: Definition, clock: WorkClock) -> None:
        self.definition = definition
        self.clock = clock
        self.found: list[Visit] = []
        self.current: Visit | None = None
        self.undone: list[Undone] = []
        self.marks: list[tuple[int, int, int]] = []

    def see(self, event: Event, before: State, after: State) -> None:
        """Follow an event that led from one state to another."""
        if event.type == "state.rolled_back":
            self.roll_back(event)
        elif self.current is not None and ends(event, before, after):
            self.close(ENDINGS.get(event.type, "left"), text_of(event, "reason"), event.number)
        elif event.type == "phase.skipped" and event.subject != before.phase:
            self.skip(event)
        if self.current is None and after.status in WORKING:
            self.open(after.phase, event.number)
        self.marks.append((event.number, self.clock.now, self.clock.worked))

    def open(self, phase: str, number: int) -> None:
        """Begin a visit; its work begins at none, whatever is taken back later."""
        self.clock.alive()
        moment, worked = self.clock.now, self.clock.worked
        role = phase_of(self.definition, phase).role
        self.current = Visit(phase, self.nth(phase), role, moment, moment, worked, "open", "", number, None)

    def nth(self, phase: str) -> int:
        """The number of the next visit of a phase."""
        return 1 + sum(each.phase == phase for each in self.found)

    def close(self, ended: str, reason: str, number: int | None) -> None:
        """End the open visit; until then its `worked` is what had been worked before it."""
        if self.current is not None:
            worked = self.clock.worked - self.current.worked
            changes = {"end": self.clock.now, "worked": worked, "ended": ended, "reason": reason}
            self.found.append(self.current._replace(last=number, **changes))  # type: ignore[arg-type]  # fields by name
            self.current = None

    def skip(self, event: Event) -> None:
        """A phase to come was passed over: a visit that takes no time."""
        phase, now, reason = event.subject, self.clock.now, text_of(event, "reason")
        role = next((each.role for each in self.definition.phases if each.id == phase), "")
        self.found.append(
            Visit(phase, self.nth(phase), role, now, now, 0, "skipped", reason, event.number, event.number)
        )

    def roll_back(self, event: Event) -> None:
        """Mark what a rollback undid: all that began or ended after the event it goes back to."""
        given = event.details.get("to")
        to = given if isinstance(given, int) else 0
        self.close("undone", text_of(event, "reason"), event.number)
        self.found = [
            each._replace(ended="undone") if each.last is not None and each.last > to else each
            for each in self.found
        ]
        self.marks = self.marks[: bisect_right(self.marks, to, key=lambda mark: mark[0])]
        _, start, worked = self.marks[-1] if self.marks else (0, self.clock.now, self.clock.worked)
        # A stretch within a longer one counts once.
        self.undone = [each for each in self.undone if each.start < start]
        lasted = max(0, self.clock.worked - worked)
        self.undone.append(Undone(to, event.number, start, self.clock.now, lasted))


def ends(event: Event, before: State, after: State) -> bool:
    """Whether an event ends the visit of the phase that the workflow was in."""
    if event.type in ("phase.completed", "phase.returned", "phase.skipped"):
        over = "to" in event.details or bool(event.details.get("ends"))
        return event.subject == before.phase and over
    return event.type == "workflow.cancelled" or before.phase != after.phase
