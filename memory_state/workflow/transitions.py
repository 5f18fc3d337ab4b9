"""Moves by where they lead: the verb that brings a run to a status or a phase, if a legal one does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.errors import Refused
from memory_state.workflow.machine import MAX_RETRIES, MOVES, WAYS_OUT, following_phase, phase_of

if TYPE_CHECKING:
    from memory_state.workflow.model import Definition, State

# `in_progress` stands for `review` too: which of the two it is the phase's gate says.
VERBS = {
    "waiting": ("wait",),
    "paused": ("park",),
    "completed": ("finish",),
    "failed": ("fail",),
    "cancelled": ("cancel",),
    "in_progress": ("next", "resume"),
    "review": ("next", "resume"),
}
STILL = ("pending", "waiting")


def stands_so(state: State, status: str) -> bool:
    """Whether a run has a status already, `in_progress` and `review` being one."""
    return state.status == status or {state.status, status} == {"in_progress", "review"}


def verb_to_status(definition: Definition, state: State, status: str) -> str | None:
    """The verb that brings a run to a status, its gate not asked; None when no legal move does."""
    legal = {move.verb for move in MOVES if move.source == state.status}
    for verb in VERBS.get(status, ()):
        if verb in legal and is_at_hand(definition, state, verb):
            return verb
    return None


def is_at_hand(definition: Definition, state: State, verb: str) -> bool:
    """Whether a verb that is legal by status is so where the run stands."""
    if verb == "finish":
        return following_phase(definition, state) is None
    if verb == "next":
        return state.status in STILL
    return verb != "resume" or state.status != "failed" or state.retries < MAX_RETRIES


def valid_transitions(definition: Definition, state: State) -> list[str]:
    """The statuses that a move leads to from here, whether or not its gate is met."""
    return [
        status
        for status in VERBS
        if not stands_so(state, status) and status != "review" and verb_to_status(definition, state, status)
    ]


def verb_to_phase(definition: Definition, state: State, phase: str) -> str | None:
    """The verb that brings a run to a phase: None when it is there; Refused unless it is a neighbour."""
    wanted = phase_of(definition, phase).id
    current = phase_of(definition, state.phase)
    if wanted == state.phase:
        return "next" if state.status == "pending" else None
    following = following_phase(definition, state)
    if state.status not in ("in_progress", "review"):
        raise Refused(
            f"workflow {state.workflow_id} is {state.status}: it stays in phase {state.phase}",
            WAYS_OUT[state.status],
        )
    if following is not None and following.id == wanted:
        return "next"
    if current.returns_to == wanted:
        return "back"
    ways = [f"next leads to {following.id}"] if following else ["finish ends the workflow"]
    ways += [f"back leads to {current.returns_to}"] if current.returns_to else []
    raise Refused(
        f"phase {wanted} is no neighbour of {state.phase}: {', '.join(ways)}",
        ("next",) if following else ("finish",),
    )
