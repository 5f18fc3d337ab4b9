"""What a person's approval is bound to: the project's files as they were when it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.machine import Draft, phase_state
from memory_state.workflow.model import LIVE, PhaseState, Problem
from memory_state.workspace.actor import Actor
from memory_state.workspace.transaction import transact

if TYPE_CHECKING:
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run


def digest_now(project: Project) -> str | None:
    """The digest of the project's files; None where there are too many to look at."""
    from memory_state.workspace.tree import TooLarge, digest_tree

    try:
        return digest_tree(project.settings.root, project.memory)
    except TooLarge:
        return None


def checked(project: Project, actor: Actor, run: Run) -> Run:
    """The run, without its phase's approval where the files are no longer those that were approved.

    That is logged, and told as a problem. The caller does not hold the lock: looking takes a while.
    """
    given = phase_state(run.state, run.state.phase)
    if run.held or run.state.status not in LIVE or not is_void(project, run, given):
        return run
    from memory_state.workspace.approved import void_reason

    def decide(now: Run) -> tuple[Draft, ...]:
        same = now.state.phase == run.state.phase and phase_state(now.state, now.state.phase) == given
        return (voiding(given),) if same else ()

    after = transact(project, run.id, Actor("cli", session=actor.session, agent=actor.agent), decide)
    told = Problem(run.path, 0, f"{void_reason(given)}; `{project.program} approve` approves them anew")
    return after._replace(problems=(*run.problems, *after.problems, told))


def is_void(project: Project, run: Run, given: PhaseState) -> bool:
    """Whether the approval that a phase shows was given to other files; one of unknown files stays."""
    if given.approved_by is None:
        return False
    from memory_state.workspace.approved import approved_tree

    tree = approved_tree(run.memory, run.id, given)
    return tree is not None and digest_now(project) != tree


def voiding(given: PhaseState) -> Draft:
    """The event that takes an approval back."""
    details: dict[str, object] = {
        "approved_by": given.approved_by,
        "why": "the project's files changed since",
    }
    return Draft("approval.voided", given.id, details)
