"""What there is to say of a client, beyond how it is spoken to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.agents.wiring import Entries


def no_problems(text: str) -> list[str]:
    """Nothing, of settings that can not switch hooks off."""
    return []


class Client(NamedTuple):
    """A coding agent's client.

    `folder` is what a project has for it, `program` its command; `settings` the file that `setup` wires,
    relative to the project, and `blank` what that holds when it holds nothing. `entries` gives the hooks
    for an interpreter and a launcher, `problems` what else in a settings text keeps hooks from running.
    `limits` are sentences about what the client can not do.
    """

    name: str
    title: str
    folder: str
    program: str
    settings: str
    entries: Callable[[str, str], Entries]
    problems: Callable[[str], list[str]] = no_problems
    blank: str = ""
    limits: tuple[str, ...] = ()
