"""What a history says of time: the one value that every report reads.

Moments are milliseconds since the epoch, UTC; durations are milliseconds and never negative.
The time from `start` to `end` is what was worked in visits, and gaps: nothing counts twice, nothing
is left out.
"""

from __future__ import annotations

from typing import NamedTuple

WORKING = ("in_progress", "review")


class Visit(NamedTuple):
    """One stay in a phase: the `nth` of that phase, from 1.

    `worked` is its duration without the gaps in it. `ended` is completed, returned, skipped,
    cancelled, failed, undone (by a rollback), recovered, left (its end is lost) or open. `first` and
    `last` are the numbers of the events that opened and closed it.
    """

    phase: str
    nth: int
    role: str
    start: int
    end: int
    worked: int
    ended: str
    reason: str
    first: int
    last: int | None


class Gap(NamedTuple):
    """A time without work in the workflow itself, and the phase it fell into.

    `kind` is pending, waiting, inner (an inner workflow was at work), paused, blocked, failed, or
    interrupted: nobody was at work from the last sign of a session to the notice that it was gone.
    """

    kind: str
    start: int
    end: int
    phase: str
    reason: str

    @property
    def duration(self) -> int:
        """How long it was."""
        return self.end - self.start


class TaskSpan(NamedTuple):
    """One task: since when it is known, when it was begun and done.

    `worked` is the time from when it was begun until it was done, without gaps; of a task that nobody
    marked as begun, from the moment before which something else was done in its phase. None until done.
    """

    phase: str
    text: str
    status: str
    added: int
    started: int | None
    done: int | None
    worked: int | None
    reopened: int


class SessionSpan(NamedTuple):
    """One session: from its first event to its last; `ended` is its reason, interrupted, or open."""

    id: str
    start: int
    end: int
    events: int
    ended: str


class Denial(NamedTuple):
    """How often a rule denied a tool in a phase."""

    phase: str
    rule: str
    tool: str
    times: int


class ToolUse(NamedTuple):
    """How often a tool ran, failed, and how long it took where the client said so."""

    tool: str
    times: int
    failed: int
    took: int


class Undone(NamedTuple):
    """A stretch that a rollback undid: from the event it went back to until then."""

    to: int
    at: int
    start: int
    end: int
    worked: int


class Timeline(NamedTuple):
    """A workflow's history as spans of time, and the counts that stand beside them.

    `end` is the moment of its end, or until when it was looked at. `gates` says how often a condition
    kept a phase from being left, `violations` how often a rule was tried to be broken. `damaged` are
    lines that could not be read, `senseless` events that do not fit those before them.
    """

    workflow_id: str
    title: str
    definition: str
    level: str
    parent: str | None
    status: str
    phase: str
    start: int
    end: int
    worked: int
    events: int
    visits: tuple[Visit, ...]
    gaps: tuple[Gap, ...]
    tasks: tuple[TaskSpan, ...]
    sessions: tuple[SessionSpan, ...]
    denials: tuple[Denial, ...]
    tools: tuple[ToolUse, ...]
    gates: tuple[tuple[str, int], ...]
    violations: tuple[tuple[str, int], ...]
    undone: tuple[Undone, ...]
    interruptions: int
    clock_back: int
    clock_back_by: int
    damaged: int
    senseless: int

    @property
    def total(self) -> int:
        """All the time there was."""
        return self.end - self.start

    @property
    def lost(self) -> int:
        """The time between the last sign of an interrupted session and the notice of it."""
        return sum(each.duration for each in self.gaps if each.kind == "interrupted")

    @property
    def returns(self) -> int:
        """How often a phase sent the work back."""
        return sum(each.ended == "returned" for each in self.visits)
