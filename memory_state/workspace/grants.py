"""One-time grants: a person, asked by the agent's client, lets one exact command run once."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

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
    return tuple(shlex.split(content.decode("utf-8", "surrogateescape"))[1:]) == tuple(arguments)
