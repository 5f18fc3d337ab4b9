"""A fault of ours in a hook: told in one line, written down in full, and no writing tool passes it."""

from __future__ import annotations

import time

from memory_state.core.answers import SILENT, answer_deny, own_program
from memory_state.core.clients import PROJECT_VARIABLE, named_session
from memory_state.core.errors import MemoryStateError
from memory_state.core.files import posix
from memory_state.core.layout import fault_log
from memory_state.core.locate import call_folder, find_root, has_state, locate, read_choices
from memory_state.core.redaction import redact_end
from memory_state.core.text import one_line
from memory_state.core.tools import tool_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from memory_state.core.answers import Answer

FAULT_LIMIT = 8000


def answer_fault(
    event: str, payload: dict[str, object], environment: dict[str, str], fault: BaseException
) -> Answer:
    """The answer to an event that could not be answered, `payload` as far as it could be read."""
    session = str(payload.get("session_id") or named_session(environment))
    folder = call_folder(payload)
    memory, known = fault_place(environment, folder, session)
    if not known:
        return SILENT
    where = write_fault(memory, event, fault)
    told = one_line(f"could not answer {event}: {type(fault).__name__}: {str(fault)[:300]}{where}", 2000)
    gated = tool_word(str(payload.get("tool_name") or "")) not in ("read", "search", "meta")
    if event != "PreToolUse":
        return "fault", f"memory-state: {told}"
    if gated and not passes_fault(environment, folder):
        way = f"`{own_program(environment)} doctor` says what is wrong"
        return answer_deny(f"{told}. A writing tool does not pass a fault; {way}")
    return "message", f"memory-state: {told}"


def passes_fault(environment: dict[str, str], folder: str) -> bool:
    """Whether the project or its user chose that a fault stops no tool; not where that is unreadable."""
    try:
        return read_choices(environment, find_root(environment, folder)).get("on_fault") == "allow"
    except (ValueError, OSError, MemoryStateError):
        return False


def fault_place(environment: dict[str, str], folder: str, session: str) -> tuple[str, bool]:
    """The memory path as far as it can be known after a fault, and whether there is state in it."""
    try:
        located = locate(environment, folder, session)
    except (ValueError, OSError, MemoryStateError):
        memory = f"{environment.get(PROJECT_VARIABLE) or folder}/.memory"
        return memory, has_state(memory)
    return located["memory"], located["bound"] or has_state(located["memory"])


def write_fault(memory: str, event: str, fault: BaseException) -> str:
    """Write the traceback down; gives where, as the end of a sentence."""
    from traceback import format_exception

    path = fault_log(memory)
    told = redact_end("".join(format_exception(fault)), FAULT_LIMIT)
    text = f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {event}\n{told}\n"
    try:
        descriptor = posix.open(
            path, posix.O_WRONLY | posix.O_CREAT | posix.O_APPEND | posix.O_CLOEXEC, 0o600
        )
    except OSError as error:
        return f" (not written down: {error})"
    posix.write(descriptor, text.encode("utf-8", "replace"))
    posix.close(descriptor)
    return f" ({path})"
