"""Choosing events of a history: by type, phase, actor, session and time, in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from memory_state.reports.instants import milliseconds
from memory_state.reports.rules import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from memory_state.workflow.model import Event

# The events after which another phase is current.
ENTERING = ("phase.entered", "state.recovered", "state.rolled_back")
ABOUT_PHASES = ("phase.", "task.", "gate.", "approval.", "evidence.")


class Wanted(NamedTuple):
    """Which events are wanted; what is empty or None asks nothing.

    A type is one whole, `tool.denied`, or a group of them, `tool`. An actor is who an event names: cli,
    hook, edit, person, or a person's name. A session may be given by its first characters. Times are
    milliseconds since the epoch, both inclusive.
    """

    types: tuple[str, ...] = ()
    phase: str | None = None
    actor: str | None = None
    session: str | None = None
    since: int | None = None
    until: int | None = None
    checkpoints: bool = False


class Selection:
    """The wanted events of a history that is told in order, in parts if need be; it knows the phase."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.phase = ""

    def of(self, events: Iterable[Event]) -> Iterator[Event]:
        """The wanted ones of the events that follow those given before."""
        for event in events:
            if self.takes(event):
                yield event
            if event.type in ENTERING:
                self.phase = event.subject

    def takes(self, event: Event) -> bool:
        """Whether an event is wanted; one about a phase is of that phase, wherever it fell."""
        wanted = self.wanted
        about = event.subject if event.type.startswith(ABOUT_PHASES) else ""
        return (
            (not wanted.types or any(is_of_type(event, each) for each in wanted.types))
            and wanted.phase in (None, self.phase, about)
            and wanted.actor in (None, text_of(event, "by"), text_of(event, "name"))
            and (wanted.session is None or text_of(event, "session").startswith(wanted.session))
            and is_within(event, wanted)
            and (not wanted.checkpoints or (event.type == "checkpoint.saved" and event.subject != "-"))
        )


def is_of_type(event: Event, kind: str) -> bool:
    """Whether an event is of this type, or of this group of types."""
    return event.type == kind or event.type.startswith(f"{kind}.")


def is_within(event: Event, wanted: Wanted) -> bool:
    """Whether an event falls into the wanted time; one without a readable time falls into none."""
    if wanted.since is None and wanted.until is None:
        return True
    moment = milliseconds(event.time)
    if moment is None:
        return False
    return (wanted.since is None or moment >= wanted.since) and (
        wanted.until is None or moment <= wanted.until
    )
