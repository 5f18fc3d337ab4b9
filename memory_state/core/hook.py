"""One call of an agent's hook, from its payload to its answer.

The fast path answers most tool calls. Whatever needs more goes to the slow path in the same process. A
fault of ours is told, and denies writing tools.
"""

from __future__ import annotations

import sys
import time

from memory_state.core.answers import SILENT, own_program
from memory_state.core.errors import MemoryStateError
from memory_state.core.fault import answer_fault
from memory_state.core.files import posix
from memory_state.core.filled import PROGRAMS, SITE
from memory_state.core.locate import call_folder, environment_texts, has_state, locate
from memory_state.core.payload import read_input, short_payload, whole_payload
from memory_state.core.quick import quick_answer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from memory_state.core.answers import Answer

    Payload = dict[str, object]
    Reader = Callable[[str, Payload], tuple[str, Payload]]
    """Event and payload of a client in the common form: all names are as Claude Code has them."""
    Called = tuple[str, str, str]
    """An event, and the answer to it."""

DEADLINE = 8.0


def answer_call(event: str, read: Reader | None = None) -> Called:
    """Answer the call on standard input: the event, the kind of the answer, and its text.

    `read` gives event and payload in the common form where a client has another.
    """
    return guarded_answer(event, environment_texts(posix.environ), read)


def end_call(output: str, message: str, code: int) -> None:
    """Write both streams and end the process; never returns."""
    if output:
        write_stream(1, output)
    if message:
        write_stream(2, message)
    posix._exit(code)  # noqa: SLF001 - its public name is in os


def write_stream(descriptor: int, text: str) -> None:
    """Write all of a text, if there is any."""
    rest = text.encode("utf-8", "surrogateescape")
    while rest:
        rest = rest[posix.write(descriptor, rest) :]


def guarded_answer(event: str, environment: dict[str, str], read: Reader | None = None) -> Called:
    """Event, kind and text of the answer; a fault or a missed deadline is answered too."""
    payload: dict[str, object] = {}
    try:
        start_deadline()
        pieces, start = read_input()
        payload = short_payload(pieces, start) or whole_payload(pieces)
        if read:
            event, payload = read(event, payload)
        kind, text = answer(event, payload, environment, [] if start else pieces, read)
    except BaseException as fault:  # noqa: BLE001 - an unanswered call would go through
        kind, text = answer_fault(event, payload, environment, fault)
    return event, kind, text


def start_deadline() -> None:
    """Have the call interrupted before the client's own limit ends us unheard."""
    from _signal import (  # type: ignore[import-not-found]  # the C part of signal has no stubs
        ITIMER_REAL,
        SIGALRM,
        setitimer,
        signal,
    )

    signal(SIGALRM, miss_deadline)
    setitimer(ITIMER_REAL, DEADLINE)


def miss_deadline(number: int, frame: object) -> None:
    """The deadline passed; no handler for ordinary errors on the way may take that for one."""

    class DeadlineMissed(BaseException):
        pass

    raise DeadlineMissed(f"no answer within {DEADLINE:g} s")


def answer(
    event: str,
    payload: dict[str, object],
    environment: dict[str, str],
    pieces: list[bytes],
    read: Reader | None,
) -> Answer:
    """The answer to a readable payload; `pieces` are all of it as the client wrote it, or nothing."""
    session = str(payload.get("session_id") or "")
    try:
        located = locate(environment, call_folder(payload), session)
        if not located["bound"] and not located["workflow"] and not has_state(located["memory"]):
            return SILENT
        found = quick_answer(event, payload, located, environment)
    except (ValueError, FileNotFoundError, MemoryStateError):
        found = None
    if found is not None:
        return found
    if pieces:
        payload = whole_payload(pieces)
        payload = read(event, payload)[1] if read else payload
    return slow_answer(event, payload, environment)


def slow_answer(event: str, payload: dict[str, object], environment: dict[str, str]) -> Answer:
    """The answer by the whole package, whose folders join the path only now."""
    sys.path.extend([folder for folder in SITE if folder not in sys.path])
    from memory_state.agents.session import answer_event

    return answer_event(event, payload, environment, time.time, (own_program(environment), *PROGRAMS))
