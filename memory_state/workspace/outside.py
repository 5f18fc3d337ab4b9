"""Files that were changed although the phase did not let them: what the log says, and which still are.

A change is open from its `violation.recorded` until the phase is left, a person accepts it
(`violation.accepted`), or the file holds again what it held before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from memory_state.workspace.history import phase_events

if TYPE_CHECKING:
    from memory_state.workflow.model import Event

KINDS = ("violation.recorded", "violation.accepted")


def standing_changes(memory: str, workflow: str, root: str) -> tuple[str, ...]:
    """The paths, relative to the project, of open changes that nobody took back.

    A name of `N further files` stands for those that no event could hold; only a person ends these.
    """
    opened = open_changes(phase_events(memory, workflow, KINDS))
    return tuple(path for path, digest in opened.items() if not is_back(root, path, digest))


def is_back(root: str, path: str, digest: str | None) -> bool:
    """Whether a file holds again what it held before."""
    from memory_state.workspace import guarded
    from memory_state.workspace.tree import is_as_before

    if digest is not None and digest.startswith(guarded.MARK):
        return guarded.is_as_before(root, path, digest)
    return is_as_before(root, path, digest)


def open_changes(events: list[Event]) -> dict[str, str | None]:
    """The changes no person accepted, each with the digest its file had before; None for a new one."""
    found: dict[str, str | None] = {}
    for event in events:
        if event.type == "violation.accepted":
            found.clear()
            continue
        paths = cast("dict[str, str | None]", event.details.get("paths") or {})
        for path, digest in paths.items():
            found.setdefault(path, digest)
        if event.details.get("more"):
            found[f"{event.details['more']} further files"] = ""
    return found
