"""Who asks: an agent's session, a hook, a program, or a person."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from memory_state.core.clients import AGENT_MARKS, named_session
from memory_state.core.errors import Misused, Refused
from memory_state.core.layout import session_name
from memory_state.workflow.tuples import NamedTuple
from memory_state.workspace.ancestry import ancestors
from memory_state.workspace.sessions import all_bindings, is_alive

if TYPE_CHECKING:
    from collections.abc import Mapping


class Actor(NamedTuple):
    """Who asks. `by` is cli, hook, edit or person; `name` a person's; session and agent where known."""

    by: str
    name: str | None = None
    session: str | None = None
    agent: str | None = None

    def details(self) -> dict[str, object]:
        """The part of an event that says who."""
        found = {"by": self.by, "name": self.name, "session": self.session, "agent": self.agent}
        return {key: value for key, value in found.items() if value is not None}


def in_agent_session(environment: Mapping[str, str]) -> bool:
    """Whether an agent's client started this process: by its marks, or as a session's client is above us."""
    return any(environment.get(mark) for mark in AGENT_MARKS) or is_below_client(environment)


def is_below_client(environment: Mapping[str, str]) -> bool:
    """Whether this process descends from the client of a session that is bound to a workflow.

    Marks can be taken out of an environment, ancestors only by leaving the client's process tree.
    """
    living = {each.pid for each in all_bindings(environment) if is_alive(each)}
    return bool(living) and not living.isdisjoint(ancestors(os.getpid()))


def session_of(environment: Mapping[str, str]) -> str | None:
    """The id of the agent's session this process belongs to; None for one that could name no file."""
    try:
        return session_name(named_session(dict(environment)))
    except Misused:
        return None


def require_person(actor: Actor, verb: str) -> str:
    """The name of the person who asks; Refused when nobody vouches for being one."""
    if actor.by != "person" or not actor.name:
        raise Refused(
            f"{verb} is for a person: run it at your own terminal, or with --by NAME in no agent's session",
            ("status",),
            ("violation.recorded", "-", {"rule": "person-only", "what": verb}),
        )
    return actor.name
