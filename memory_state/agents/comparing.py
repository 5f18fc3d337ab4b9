"""Looking, around a shell call of which nobody knows what it writes, for files changed out of phase."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.text import one_line
from memory_state.workspace import watching

if TYPE_CHECKING:
    from collections.abc import Mapping

    from memory_state.agents.call import Call
    from memory_state.workspace.run import Run

PATHS_TOLD = 5


def watched(call: Call, runs: list[Run]) -> list[str]:
    """Note the files before a call; says so where there are too many of them."""
    from memory_state.workspace.tree import TooLarge

    try:
        watching.begin(call.project, call.session, runs)
    except TooLarge as error:
        return [f"{error}: what this command changes is not looked at"]
    return []


def compared(call: Call, workflow: str) -> list[str]:
    """What an earlier call changed out of phase, in words; it is recorded, and the gate shut.

    The next call's PreToolUse is the last to look, but for the end of the turn.
    """
    path = watching.path_of(call.project, call.session, workflow)
    if not watching.is_open(path):
        return []
    if call.event == "PreToolUse":
        watching.close(path)
    return found_since(call, workflow)


def found_at_end(call: Call, workflow: str) -> list[str]:
    """The same for the end of a turn: what ran on in the background was seen for the last time."""
    path = watching.path_of(call.project, call.session, workflow)
    found = found_since(call, workflow) if watching.read(path) or watching.is_open(path) else []
    watching.forget(path)
    return found


def found_since(call: Call, workflow: str) -> list[str]:
    """Record what differs from the last look, and say it."""
    from memory_state.workspace.violations import LOST, changes_of, record_changes

    watch = watching.find(call.project, call.session, workflow)
    changes = {workflow: LOST} if watch is None else changes_of(watch)
    for each, paths in changes.items():
        record_changes(call.project, each, paths, "edit", call.workspace.actor)
    why = "the phase does not let it be edited"
    return [sentence(call, paths, why) for paths in changes.values()]


def guarded_since(call: Call) -> list[str]:
    """At a session's start: the guarded files that changed since the last one, as a person may have done."""
    from memory_state.workspace import guarded

    names = guarded.begin(call.project.environment, call.project.settings.root)
    return [f"changed since the last session: {listed(names)}"] if names else []


def guarded_at_end(call: Call, workflow: str) -> list[str]:
    """At a turn's end: the guarded files that changed in it, recorded like a change out of phase."""
    from memory_state.workspace import guarded
    from memory_state.workspace.violations import record_changes

    changes = guarded.changed(call.project.environment, call.project.settings.root)
    if not changes:
        return []
    record_changes(call.project, workflow, changes, "protected", call.workspace.actor)
    return [sentence(call, dict(changes), "nothing but a person may write it")]


def sentence(call: Call, paths: Mapping[str, str | None], why: str) -> str:
    """What was changed, and how the gate opens again."""
    way = f"`{call.project.program} override --changes --reason WHY`"
    return (
        f"changed although {why}: {listed(list(paths))}. The phase can not be left until each is as it was "
        f"before, or a person accepts the change with {way}"
    )


def listed(paths: list[str]) -> str:
    """The first paths, and how many more there are."""
    named = ", ".join(one_line(path, 80) for path in paths[:PATHS_TOLD])
    return f"{named} and {len(paths) - PATHS_TOLD} more" if len(paths) > PATHS_TOLD else named
