"""What a tool call leaves behind: its event, a fresh recovery file, a grant."""

from __future__ import annotations

from memory_state.core.clock import format_time, parse_time
from memory_state.core.files import (
    append_file,
    path_exists,
    read_if_there,
    release_lock,
    replace_file,
    take_lock,
)
from memory_state.core.journal import document_number, event_time, format_event, last_event
from memory_state.core.jsontext import encode_json, encode_json_event
from memory_state.core.layout import event_log, recovery_file, state_lock
from memory_state.core.paths import relative_path, resolve_path
from memory_state.core.plainheader import read_plain_header
from memory_state.core.redaction import redact_start
from memory_state.core.tools import tool_paths, tool_word

PATHS_KEPT = 8
REASON_KEPT = 300
RULE_KEPT = 200


def note_call(
    memory: str, workflow: str, event: str, payload: dict[str, object], root: str, now: float
) -> None:
    """Append `tool.used` for a finished call.

    Tool, paths, sizes and duration are kept; what the tool was given or gave is not. Whether it was well
    done is left out where the client does not tell.
    """
    known = payload.get("succeeded", event == "PostToolUse")
    details: dict[str, object] = {} if known is None else {"ok": known}
    name = str(payload.get("tool_name") or "")
    given = payload.get("tool_input")
    if isinstance(given, dict):
        paths = called_paths(name, given, str(payload.get("cwd") or root), root)
        if paths:
            details["paths"] = paths
        if tool_word(name) == "shell":
            details["bytes"] = len(str(given.get("command") or ""))
    duration = payload.get("duration_ms")
    if isinstance(duration, int):
        details["ms"] = duration
    append_note(memory, workflow, "tool.used", payload, details, now)


def called_paths(name: str, given: dict[str, object], folder: str, root: str) -> list[str]:
    """The paths a call named, relative to the project where they are inside; a few, and short.

    Of a tool whose inputs nobody knows only texts that name something that is there.
    """
    guessed = tool_word(name) in ("mcp", "unknown")
    found: list[str] = []
    for path in tool_paths(name, given):
        try:
            place = resolve_path(path, folder)
        except ValueError:  # a name that no file can have
            place = path
        if len(found) < PATHS_KEPT and (not guessed or path_exists(place)):
            found.append((relative_path(place, root) or place)[:300])
    return found


def append_note(
    memory: str, workflow: str, kind: str, payload: dict[str, object], details: dict[str, object], now: float
) -> None:
    """Append an event of a hook that changes no document; nothing when the log's tail has it already.

    Two clients' settings may name the same hook, so a call can be told twice.
    """
    if "reason" in details:
        details["reason"] = redact_start(str(details["reason"]), REASON_KEPT)
    if "rule" in details:
        details["rule"] = redact_start(str(details["rule"]), RULE_KEPT)
    details = {**details, "tool": str(payload.get("tool_name") or "")[:200], "by": "hook"}
    for key, field in (("call", "tool_use_id"), ("session", "session_id"), ("agent", "agent_id")):
        value = payload.get(field)
        if isinstance(value, str) and value:
            details[key] = value[:128]
    subject = str(payload.get("tool_name") or "-")

    def next_line(tail: bytes, last: tuple[int, str, str, str, bytes] | None) -> bytes:
        if "call" in details and is_noted(tail, kind, str(details["call"])):
            return b""
        number, moment, doc = (last[0], last[1], document_number(last[4])) if last else (0, "", 0)
        stamp, behind = event_time(now, moment)
        return format_event(number + 1, stamp, kind, subject, {**details, **behind, "doc": doc})

    lock = take_lock(state_lock(memory))
    try:
        append_file(event_log(memory, workflow), next_line, last_event, durable=False)
    finally:
        release_lock(lock)


def is_noted(tail: bytes, kind: str, call: str) -> bool:
    """Whether the end of a log holds this event of this call."""
    wanted = b'"call":' + encode_json_event(call).encode()
    if tail.rfind(wanted) < 0:  # half the time of `in` over 16 KiB (CPython 3.11)
        return False
    return any([f"**{kind}**".encode() in line for line in tail.split(b"\n") if wanted in line])


def refresh_recovery(
    memory: str,
    workflow: str,
    header: dict[str, object],
    session: str,
    reason: str,
    now: float,
    age: int,
) -> bool:
    """Bring a recovery file up to date that is at least `age` seconds old.

    False when it must be written anew: it is missing, not in our form, or of another event.
    """
    path = recovery_file(memory, workflow)
    content = read_if_there(path)
    if content is None:
        return False
    text = content.decode()
    end = text.find("\n---\n") + 5
    saved = read_plain_header(text[:end])
    if saved.get("event") != header.get("event"):
        return False
    if age and 0 <= now - parse_time(str(saved.get("saved_at"))) < age:
        return True
    changes: dict[str, object] = {
        "saved_at": format_time(now),
        "reason": reason,
        "session_id": session or None,
    }
    lines = [changed_line(line, changes) for line in text[:end].split("\n")]
    replace_file(path, ("\n".join(lines) + text[end:]).encode(), durable=False)
    return True


def changed_line(line: str, changes: dict[str, object]) -> str:
    """A front matter line with its new value, if it has one."""
    name = line.partition(":")[0]
    return f"{name}: {encode_json(changes[name])}" if name in changes else line
