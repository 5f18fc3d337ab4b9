"""A document in which git left merge-conflict markers: both its sides, and the stricter way to read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.workflow.fold import policy
from memory_state.workflow.machine import phase_of, status_within
from memory_state.workflow.model import PhaseState
from memory_state.workflow.reconcile import is_covered
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory_state.workflow.model import Definition, State

# The marker lines of a conflict (git-merge(1), "How conflicts are presented"); `base` in the diff3 style.
MARKERS = {
    "ours": r"<{7}(?: .*)?\n",
    "base": r"\|{7}(?: .*)?\n",
    "theirs": r"={7}\r?\n",
    "end": r">{7}(?: .*)?\n?",
}

PARTING = ("base", "theirs")


class Conflicted(NamedTuple):
    """A whole conflict: the indexes of its marker lines; `base` is that of `theirs` without a base."""

    ours: int
    base: int
    theirs: int
    end: int


def conflicts(lines: Sequence[str]) -> Iterator[Conflicted]:
    """The conflicts among lines that keep their line ends, the first of those that overlap."""
    open_ones: dict[str, int] = {}
    for at, line in enumerate(lines):
        kind = marker(line)
        if kind == "end" and "theirs" in open_ones:
            theirs = open_ones["theirs"]
            yield Conflicted(open_ones["ours"], open_ones.get("base", theirs), theirs, at)
            open_ones = {}
        elif kind == "ours" or ("ours" in open_ones and "theirs" not in open_ones and kind in PARTING):
            open_ones.setdefault(kind, at)


def marker(line: str) -> str:
    """What kind of marker a line is; empty when it is none."""
    if line[:7] not in ("<<<<<<<", "|||||||", "=======", ">>>>>>>"):
        return ""
    return next((kind for kind, form in MARKERS.items() if re.fullmatch(form, line)), "")


def conflict_line(text: str) -> int:
    """The line of the first conflict in a text; 0 when there is none."""
    if "<<<<<<<" not in text:
        return 0
    found = next(conflicts(line_list(text)), None)
    return 0 if found is None else found.ours + 1


def line_list(text: str) -> list[str]:
    """The lines of a text with their ends, which are LF only."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + [text.rpartition("\n")[2]]


def sides(text: str) -> tuple[str, str]:
    """A text with each conflict decided for ours, and with each decided for theirs."""
    lines = line_list(text)
    ours, theirs, after = "", "", 0
    for each in conflicts(lines):
        before = "".join(lines[after : each.ours])
        ours += before + "".join(lines[each.ours + 1 : each.base])
        theirs += before + "".join(lines[each.theirs + 1 : each.end])
        after = each.end + 1
    rest = "".join(lines[after:])
    return ours + rest, theirs + rest


def stricter(definition: Definition, state: State, shown: Sequence[State]) -> State:
    """The state of the log in the earliest phase that it or a side is in, allowing what all of them allow."""
    ids = [each.id for each in definition.phases]
    first = min(ids.index(each.phase) for each in (state, *shown))
    held = in_earlier_phase(definition, state, ids[first])
    same = [each for each in shown if each.phase == held.phase]
    allow = tuple(rule for rule in held.allow if all(is_covered(rule, each.allow) for each in same))
    deny = tuple(dict.fromkeys(rule for each in (held, *same) for rule in each.deny))
    return held._replace(allow=allow, deny=deny)


def in_earlier_phase(definition: Definition, state: State, phase: str) -> State:
    """The state as if it had not yet left a phase before its own; the same when it is in that phase."""
    if state.phase == phase:
        return state
    ids = [each.id for each in definition.phases]
    at, wanted = ids.index(phase), phase_of(definition, phase)
    phases = tuple(back_in(each, ids.index(each.id) - at, state) for each in state.phases)
    works = state.status in ("in_progress", "review", "completed")
    return state._replace(
        status=status_within(wanted) if works else state.status, phase=phase, role=wanted.role,
        allow=policy(wanted), deny=wanted.deny, advance_on=wanted.advance_on, phases=phases,
    )  # fmt: skip


def back_in(phase: PhaseState, distance: int, state: State) -> PhaseState:
    """A phase's standing when the run is back in one that lies `distance` before it."""
    if distance < 0 or (distance > 0 and phase.status == "skipped"):
        return phase
    if distance > 0:
        return PhaseState(phase.id, returns=phase.returns)
    since = phase.started_at or state.created_at
    return PhaseState(phase.id, "in_progress", since, returns=phase.returns)
