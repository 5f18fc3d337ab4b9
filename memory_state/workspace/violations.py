"""Recording that files changed which nothing let be changed, and that a person accepts it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.machine import Draft
from memory_state.workspace import watching
from memory_state.workspace.transaction import transact
from memory_state.workspace.tree import TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.workspace.actor import Actor
    from memory_state.workspace.project import Project
    from memory_state.workspace.run import Run

LOST: Mapping[str, str | None] = {"files of which the record from before a call is gone": ""}
PATHS_RECORDED = 20
LONGEST_PATH = 200


def record_changes(
    project: Project, workflow: str, changes: Mapping[str, str | None], rule: str, actor: Actor
) -> Run:
    """Record changed files, by their path relative to the project, with the digest each had before.

    `rule` is `edit` for a file the phase does not let be edited, `protected` for one that nothing may
    write. The gate of the phase is shut from then on.
    """
    return transact(project, workflow, actor, lambda run: (changes_draft(run.state.phase, changes, rule),))


def record_watched(project: Project, workflow: str, actor: Actor) -> None:
    """Record what the sessions of a workflow changed out of phase since they were last looked at."""
    for watch in watching.watches_of(project, workflow):
        for each, paths in changes_of(watch).items():
            record_changes(project, each, paths, "edit", actor)


def changes_of(watch: watching.Watch) -> Mapping[str, Mapping[str, str | None]]:
    """What changed since the last look, by workflow; where nobody can tell, that."""
    try:
        return watching.look(watch)
    except TooLarge:
        return {level.workflow: LOST for level in watch.levels}


def changes_draft(phase: str, changes: Mapping[str, str | None], rule: str) -> Draft:
    """The event of changed files: as many as fit by name, the others counted."""
    named = [path for path in changes if len(path) <= LONGEST_PATH and path.isprintable()][:PATHS_RECORDED]
    details: dict[str, object] = {
        "rule": rule,
        "what": f"changed: {len(changes)}",
        "paths": {path: changes[path] for path in named},
    }
    if len(named) < len(changes):
        details["more"] = len(changes) - len(named)
    return Draft("violation.recorded", phase, details)


def acceptance(phase: str, name: str, reason: str, paths: tuple[str, ...]) -> Draft:
    """The event of a person's acceptance of all open changes."""
    details: dict[str, object] = {"name": name, "reason": reason, "paths": list(paths[:PATHS_RECORDED])}
    return Draft("violation.accepted", phase, details)
