"""A document in which git left merge-conflict markers: both its sides, and the stricter way to read it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from memory_state.workflow.fold import policy
from memory_state.workflow.machine import phase_of, status_within
from memory_state.workflow.model import PhaseState
from memory_state.workflow.reconcile import is_covered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from memory_state.workflow.model import Definition, State

# A whole conflict (git-merge(1), "How conflicts are presented"), with its base in the diff3 style or without.
CONFLICT = re.compile(
    r"^<{7}(?: [^\n]*)?\n(?P<ours>(?:.*\n)*?)(?:\|{7}(?: [^\n]*)?\n(?:.*\n)*?)?={7}\r?\n"
    r"(?P<theirs>(?:.*\n)*?)>{7}(?: [^\n]*)?(?:\n|\Z)",
    re.MULTILINE,
)


def conflict_line(text: str) -> int:
    """The line of the first conflict in a text; 0 when there is none."""
    if "<<<<<<<" not in text:
        return 0
    found = CONFLICT.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def sides(text: str) -> tuple[str, str]:
    """A text with each conflict decided for ours, and with each decided for theirs."""
    return CONFLICT.sub(lambda found: found["ours"], text), CONFLICT.sub(lambda found: found["theirs"], text)


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
