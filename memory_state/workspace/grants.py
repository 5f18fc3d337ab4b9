"""One-time grants: a person, asked by the agent's client, lets one exact command run once.

A grant is signed with a key of the user's, names session, memory path and command, and counts only for
a process of a shell that the client started after it: not for one that waited for it. Whoever runs
as the same user and reads the key can still forge one; only a sandbox keeps the key from an agent.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.clients import PID_VARIABLE
from memory_state.core.commands import own_command, split_line
from memory_state.core.files import make_folder, read_if_there, remove_file, replace_file
from memory_state.core.layout import grant_file, session_name, share_folder
from memory_state.workspace.ancestry import ancestors, process_birth, started_at

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KEY_BYTES = 32
# Between signing and writing a grant, in seconds: a copy that was put back later is newer than that.
WRITING_TIME = 5.0
CLOCK_STEP = 0.02


def leave_grant(environment: Mapping[str, str], memory: str, session: str, line: str, now: float) -> None:
    """Leave the grant that a person's yes makes good: this session, this very command, once.

    `now` is in seconds since the epoch.
    """
    pid = environment.get(PID_VARIABLE, "")
    client = int(pid) if pid.isdecimal() and len(pid) < 10 else None
    values = {
        "line": line,
        "session": session,
        "memory": memory,
        "issued": now,
        "client": client,
        "born": None if client is None else process_birth(client),
        "nonce": secrets.token_hex(16),
    }
    content = json.dumps(values, sort_keys=True).encode("utf-8", "surrogateescape")
    path = grant_file(memory, session_name(session))
    make_folder(path.rpartition("/")[0])
    replace_file(path, signature(grant_key(environment), content) + b"\n" + content, durable=False)


def use_grant(environment: Mapping[str, str], memory: str, session: str | None, words: Sequence[str]) -> bool:
    """Whether a person let this session run this very command; the grant is used up by asking.

    `words` are the arguments of this process, which must descend from a shell of the client.
    """
    if session is None:
        return False
    path = grant_file(memory, session_name(session))
    try:
        status = Path(path).lstat()
        content = read_if_there(path, 1 << 20) if stat.S_ISREG(status.st_mode) else None
    except (FileNotFoundError, NotADirectoryError):
        return False
    if not remove_file(path) or content is None:  # another process was quicker
        return False
    values = signed_values(grant_key(environment), content)
    if (values.get("session"), values.get("memory")) != (session, memory):
        return False
    issued = values.get("issued")
    if not isinstance(issued, float | int) or not issued - 1 <= status.st_ctime <= issued + WRITING_TIME:
        return False
    if not is_call(split_line(str(values.get("line"))) or (), tuple(words)):
        return False
    return is_from_client(values.get("client"), values.get("born"), status.st_ctime)


def signed_values(key: bytes, content: bytes) -> dict[str, object]:
    """What a grant says; nothing when the signature is not ours."""
    given, _, body = content.partition(b"\n")
    if not hmac.compare_digest(given, signature(key, body)):
        return {}
    values = json.loads(body)
    return values if isinstance(values, dict) else {}


def signature(key: bytes, content: bytes) -> bytes:
    """HMAC-SHA256, as hex digits."""
    return hmac.new(key, content, hashlib.sha256).hexdigest().encode()


def grant_key(environment: Mapping[str, str]) -> bytes:
    """The user's key; it is made when there is none."""
    path = key_path(environment)
    found = read_if_there(path, KEY_BYTES)
    if found is not None and len(found) == KEY_BYTES:
        return found
    key = secrets.token_bytes(KEY_BYTES)
    make_folder(path.rpartition("/")[0])
    replace_file(path, key, durable=False)
    return key


def key_path(environment: Mapping[str, str]) -> str:
    """Where the user's key is."""
    return f"{share_folder(dict(environment))}/grant-key"


def is_from_client(client: object, born: object, issued: float) -> bool:
    """Whether this process descends from one that the client started after the grant was left.

    Where the client can not be seen, as from another process namespace, nothing speaks against it.
    """
    if not isinstance(client, int) or born is None or process_birth(client) != born:
        return True
    line = [os.getpid(), *ancestors(os.getpid())]
    if client not in line[1:]:
        return False
    began = started_at(line[line.index(client) - 1])
    return began is None or began >= issued - CLOCK_STEP


def is_call(commands: tuple[tuple[str, ...], ...], arguments: tuple[str, ...]) -> bool:
    """Whether a line is one call of our program, as itself or as a module, with these arguments."""
    if len(commands) != 1 or not arguments or commands[0][-len(arguments) :] != arguments:
        return False
    program = commands[0][: -len(arguments)]
    return len(program) == 1 or (
        program[-2:] == ("-m", "memory_state") and own_command(commands[0], ()) is not None
    )
