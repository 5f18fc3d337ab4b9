"""One-time grants: a person, asked by the agent's client, lets one exact command run once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.commands import own_command, split_line
from memory_state.core.files import read_if_there, remove_file
from memory_state.core.layout import grant_file, session_name

if TYPE_CHECKING:
    from collections.abc import Sequence


def use_grant(memory: str, session: str | None, arguments: Sequence[str]) -> bool:
    """Whether a person let this session run this very command; the grant is used up by asking."""
    if session is None:
        return False
    path = grant_file(memory, session_name(session))
    content = read_if_there(path)
    remove_file(path)
    if content is None:
        return False
    return is_call(split_line(content.decode("utf-8", "surrogateescape")) or (), tuple(arguments))


def is_call(commands: tuple[tuple[str, ...], ...], arguments: tuple[str, ...]) -> bool:
    """Whether a line is one call of our program, as itself or as a module, with these arguments."""
    if len(commands) != 1 or not arguments or commands[0][-len(arguments) :] != arguments:
        return False
    program = commands[0][: -len(arguments)]
    return len(program) == 1 or (
        program[-2:] == ("-m", "memory_state") and own_command(commands[0], ()) is not None
    )
