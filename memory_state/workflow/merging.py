"""Histories that git merged into one file: told by their numbers, put in order, and what they prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from memory_state.workflow.model import Definition, Event, State


class Entry(NamedTuple):
    """An event with the bytes of its line, which tell events of equal time and number apart."""

    event: Event
    line: bytes


def is_merged(numbers: Iterable[int]) -> bool:
    """Whether numbers are equal or fall somewhere: one writer's go up."""
    last = 0
    for each in numbers:
        if each <= last:
            return True
        last = each
    return False


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """The entries by time, number and bytes; a line that both sides have counts once."""
    once = {entry.line: entry for entry in entries}.values()
    return sorted(once, key=lambda entry: (entry.event.time, entry.event.number, entry.line))


def renumbered(entries: Sequence[Entry]) -> list[Event]:
    """The events numbered from 1; numbers that they name of others are brought along."""
    names = {entry.event.number: at for at, entry in reversed(list(enumerate(entries, 1)))}
    return [renamed(entry.event, at, names) for at, entry in enumerate(entries, 1)]


def renamed(event: Event, number: int, names: dict[int, int]) -> Event:
    """An event with another number; a rollback names the event it went back to."""
    to = event.details.get("to")
    if event.type != "state.rolled_back" or not isinstance(to, int):
        return event._replace(number=number)
    return event._replace(number=number, details={**event.details, "to": min(names.get(to, number), number)})


def branches(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The histories that were merged, in the file's order: each with what it has in common with the first."""
    found: list[list[Entry]] = []
    for entry in entries:
        number = entry.event.number
        if found and number > found[-1][-1].event.number:
            found[-1].append(entry)
        else:
            common = [each for each in found[0] if each.event.number < number] if found else []
            found.append([*common, entry])
    return found


def merged_state(definition: Definition, entries: Sequence[Entry]) -> State | None:
    """The state that a merged history proves: all its events in order, in the earlier of its phases.

    None when it does not begin with a start.
    """
    from memory_state.workflow.conflict import in_earlier_phase
    from memory_state.workflow.fold import fold

    state = fold(definition, renumbered(in_order(entries)))
    if state is None:
        return None
    ids = [each.id for each in definition.phases]
    ends = (fold(definition, [each.event for each in branch]) for branch in branches(entries))
    first = min(ids.index(each.phase) for each in (state, *ends) if each is not None)
    return in_earlier_phase(definition, state, ids[first])
