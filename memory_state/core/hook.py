"""One call of an agent's hook, from its payload to its answer.

The fast path answers a tool call from the session's binding, the document's front matter and the
log's tail. Whatever needs more goes to the slow path in the same process. A fault of ours is told,
and denies writing tools.
"""

from __future__ import annotations

import sys
import time

from memory_state.core.clients import PROJECT_VARIABLE, named_session
from memory_state.core.errors import MemoryStateError
from memory_state.core.files import path_exists, posix, read_if_there, read_tail, remove_file
from memory_state.core.gate import judge_call, next_steps, policy_rules
from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.journal import is_time_of, tail_document
from memory_state.core.layout import (
    accepted_copy,
    active_document,
    event_log,
    fault_log,
    further_document,
    grant_file,
    own_folders,
    plain_header,
    retell_file,
    session_name,
    share_folder,
    watch_file,
)  # fmt: skip
from memory_state.core.locate import (
    Located,
    environment_texts,
    find_root,
    has_state,
    locate,
    read_choices,
)  # fmt: skip
from memory_state.core.payload import read_input, short_payload, whole_payload
from memory_state.core.policy import restricts_edits
from memory_state.core.record import append_note, note_call, refresh_recovery
from memory_state.core.redaction import redact_end
from memory_state.core.refusal import rule_behind
from memory_state.core.text import one_line
from memory_state.core.tools import tool_word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    Payload = dict[str, object]
    Reader = Callable[[str, Payload], tuple[str, Payload]]
    """Event and payload of a client in the common form: all names are as Claude Code has them."""
    Answer = tuple[str, str]
    """The kind of an answer, one of `KINDS`, and its text."""
    Called = tuple[str, str, str]
    """An event, and the answer to it."""

SITE: tuple[str, ...] = ()
PROGRAMS: tuple[str, ...] = ()
DEADLINE = 8.0
LIVE_STATUSES = ("pending", "in_progress", "waiting", "review", "blocked")
KINDS = ("", "deny", "ask", "context", "fact", "message", "hold", "fault")
"""Nothing; a tool call stopped; a question to the person; text for the model; the same for model and
person; a message for the person; a stop, a prompt or a change held up; a fault of ours."""
SILENT = ("", "")
LEVELS = 8
FAULT_LIMIT = 8000
EXTERNAL = ("shell", "web", "agent", "mcp")


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
        pieces = read_input()
        payload = short_payload(pieces) or whole_payload(pieces)
        if read:
            event, payload = read(event, payload)
        kind, text = answer(event, payload, environment, pieces, read)
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
    """The answer to a readable payload; `pieces` are all of it as the client wrote it."""
    session = str(payload.get("session_id") or "")
    try:
        located = locate(environment, call_folder(payload), session)
        if not located.bound and not located.workflow and not has_state(located.memory):
            return SILENT
        found = quick_answer(event, payload, located, environment)
    except (ValueError, FileNotFoundError, MemoryStateError):
        found = None
    if found is not None:
        return found
    payload = whole_payload(pieces)
    return slow_answer(event, read(event, payload)[1] if read else payload, environment)


def call_folder(payload: dict[str, object]) -> str:
    """The folder of a call; ours, which is the session's, where the payload names none."""
    return str(payload.get("cwd") or posix.getcwd())


def slow_answer(event: str, payload: dict[str, object], environment: dict[str, str]) -> Answer:
    """The answer by the whole package, whose folders join the path only now."""
    sys.path.extend([folder for folder in SITE if folder not in sys.path])
    from memory_state.agents.session import answer_event

    return answer_event(event, payload, environment, time.time, (own_program(environment), *PROGRAMS))


def quick_answer(
    event: str, payload: dict[str, object], located: Located, environment: dict[str, str]
) -> Answer | None:
    """The answer of the fast path; None hands the call to the slow one."""
    if event not in ("PreToolUse", "PostToolUse", "PostToolUseFailure", "UserPromptSubmit"):
        return None
    header = read_standing(located)
    if header is None:
        return None
    if header.get("status") not in LIVE_STATUSES:
        return None if header.get("parent") else SILENT  # the workflow above it counts then
    if is_watched(payload, header, environment):
        return None
    if event == "PreToolUse":
        return before_call(payload, located, header, environment)
    if event == "UserPromptSubmit":
        return SILENT
    return after_call(event, payload, located, header)


def is_watched(payload: dict[str, object], header: dict[str, object], environment: dict[str, str]) -> bool:
    """Whether the project's files are to be compared with what they were before an earlier call."""
    session = str(payload.get("session_id") or "")
    return path_exists(watch_file(environment, session, str(header.get("workflow_id"))) + ".open")


def read_standing(located: Located) -> dict[str, object] | None:
    """The document's front matter when document, accepted copy and log agree; else None."""
    memory, wanted = located.memory, located.workflow
    content = read_if_there(active_document(memory))
    header = None if content is None else document_header(content, located)
    if wanted and (header is None or header.get("workflow_id") != wanted):
        content = read_if_there(further_document(memory, wanted))
        header = None if content is None else document_header(content, located)
    if content is None or header is None:
        return None
    workflow = str(header.get("workflow_id"))
    if content != read_if_there(accepted_copy(memory, workflow)):
        return None
    tail = read_tail(event_log(memory, workflow), tail_document)
    number = header.get("event")
    agree = tail_document(tail) == number and is_time_of(tail, number, header.get("updated_at"))
    return header if agree else None


def document_header(content: bytes, located: Located) -> dict[str, object] | None:
    """A document's front matter; ValueError where it must be read as YAML."""
    try:
        return read_header(content.decode())
    except HeaderRefused:
        return accepted_header(content, located)


def accepted_header(content: bytes, located: Located) -> dict[str, object] | None:
    """The front matter that a document in looser YAML was accepted with, kept in the strict form.

    None for another document than that of the bound workflow; ValueError where none is kept.
    """
    plain = read_if_there(plain_header(located.memory, located.workflow or "-"))
    if plain is None:
        raise ValueError("this front matter must be read as YAML")
    accepted = read_if_there(accepted_copy(located.memory, located.workflow or "-"))
    return read_header(plain.decode()) if content == accepted else None


def before_call(
    payload: dict[str, object], located: Located, header: dict[str, object], environment: dict[str, str]
) -> Answer | None:
    """PreToolUse: the phase's policy, and a fresh recovery file before anything external."""
    session = str(payload.get("session_id") or "")
    void_grant(located.memory, session)
    judged = judge_levels(payload, header, located, environment)
    if judged is None:
        return None
    decision, reason = judged
    workflow = str(header["workflow_id"])
    if decision == "allow":
        if tool_word(str(payload.get("tool_name"))) in EXTERNAL:
            kept = refresh_recovery(located.memory, workflow, header, session, "tool", time.time(), 0)
            return SILENT if kept else None
        return SILENT
    if decision == "ask":  # the grant that a yes makes good is signed, which takes more than there is here
        return None
    details: dict[str, object] = {"reason": reason, "rule": rule_behind(reason)}
    append_note(located.memory, workflow, "tool.denied", payload, details, time.time())
    return answer_deny(f"{reason}. {next_steps(header, own_program(environment))}")


def judge_levels(
    payload: dict[str, object], header: dict[str, object], located: Located, environment: dict[str, str]
) -> tuple[str, str] | None:
    """The decision of a workflow and of those it is within; None when more must be looked at.

    That is an edit whose result counts, and a call of which nobody knows what it writes.
    """
    own, looked = own_folders(environment), False
    unknown = tool_word(str(payload.get("tool_name") or "")) in ("mcp", "unknown")
    for _ in range(LEVELS):
        decision, reason = judge_call(payload, header, located.root, located.memory, own, PROGRAMS)
        if decision == "parse":
            decision, reason, kind = judge_tree(payload, header, located, environment)
            unknown = kind == "unknown"
        if unknown and not looked:
            looked = restricts_edits(policy_rules(header, "allow"), policy_rules(header, "deny") or [])
        looked = looked or decision == "look"
        parent = header.get("parent")
        if decision in ("deny", "ask") or not parent:
            return None if looked and decision != "deny" else (decision, reason)
        above = read_standing(Located(located.root, located.memory, str(parent), bound=True))
        if above is None:
            return None
        header = above
    return "deny", f"workflows are more than {LEVELS} levels deep"


def judge_tree(
    payload: dict[str, object], header: dict[str, object], located: Located, environment: dict[str, str]
) -> tuple[str, str, str]:
    """What a shell line writes decides: decision, reason and the verdict's kind."""
    sys.path.extend([folder for folder in SITE if folder not in sys.path])
    from memory_state.shell.call import judge_shell_call

    own = own_folders(environment)
    return judge_shell_call(payload, header, located.root, located.memory, own, environment)


def void_grant(memory: str, session: str) -> None:
    """A grant is for the very next call; here is one."""
    try:
        remove_file(grant_file(memory, session_name(session)))
    except MemoryStateError:  # a session without a usable name has no grant
        return


def after_call(
    event: str, payload: dict[str, object], located: Located, header: dict[str, object]
) -> Answer | None:
    """PostToolUse and PostToolUseFailure: the call goes into the history, once."""
    session = str(payload.get("session_id") or "")
    if header.get("advance_on") and event == "PostToolUse":  # this call may leave the phase
        return None
    if payload.get("late_context") and path_exists(retell_file(located.memory, session_name(session))):
        return None
    now = time.time()
    workflow = str(header["workflow_id"])
    note_call(located.memory, workflow, event, payload, located.root, now)
    age = located.save_interval
    kept = refresh_recovery(located.memory, workflow, header, session, "interval", now, age)
    return SILENT if kept else None


def own_program(environment: dict[str, str]) -> str:
    """Our command as it can be run in the session: its bare name where PATH leads to it."""
    found = [
        path_exists(f"{folder}/memory-state") for folder in environment.get("PATH", "").split(":") if folder
    ]
    return "memory-state" if any(found) else share_folder(environment) + "/bin/memory-state"


def answer_deny(reason: str) -> Answer:
    """A tool call stopped, with the reason for the model."""
    return "deny", f"memory-state: {reason}"


def answer_fault(
    event: str, payload: dict[str, object], environment: dict[str, str], fault: BaseException
) -> Answer:
    """A fault of ours: told in one line, written down in full, and no writing tool passes it."""
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
    return located.memory, located.bound or has_state(located.memory)


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
