"""What the log says of an approval: which files it was given to, and whether it was voided."""

from __future__ import annotations

from memory_state.core.clock import whole_seconds
from memory_state.core.text import one_line
from memory_state.workflow.model import Event, PhaseState
from memory_state.workspace.history import phase_events, read_events

KINDS = ("approval.given", "approval.voided")


def approved_tree(memory: str, workflow: str, given: PhaseState) -> str | None:
    """The digest that went with an approval; None where none was taken."""
    for events in (phase_events(memory, workflow, KINDS), read_events(memory, workflow)):
        found = [each for each in events if is_approval(each, given)]
        if found:
            tree = found[-1].details.get("tree")
            return tree if isinstance(tree, str) else None
    return None


def is_approval(event: Event, given: PhaseState) -> bool:
    """Whether an event is the one that gave this approval."""
    return (
        event.type == "approval.given"
        and event.subject == given.id
        and event.details.get("name") == given.approved_by
        and whole_seconds(event.time) == given.approved_at
    )


def voided(memory: str, workflow: str, phase: str) -> str:
    """Why a phase that was approved is so no longer, in words; empty where nothing was taken back."""
    found = [each for each in phase_events(memory, workflow, KINDS) if each.subject == phase]
    if not found or found[-1].type != "approval.voided":
        return ""
    return void_reason(PhaseState(phase, approved_by=str(found[-1].details.get("approved_by") or "")))


def void_reason(given: PhaseState) -> str:
    """Why a phase is no longer approved, in words."""
    return (
        f"the approval of phase {given.id} by {one_line(given.approved_by or '', 64)} is void: the project's "
        "files changed since"
    )
