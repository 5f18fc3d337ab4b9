"""Reading a workflow's event log whole or from some number on."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

from memory_state.core.clock import format_time, parse_time
from memory_state.core.errors import Misused
from memory_state.core.files import append_file, read_tail
from memory_state.core.journal import document_number, event_time, format_event, last_event, split_event
from memory_state.core.jsontext import decode_json
from memory_state.core.layout import event_log
from memory_state.workflow.fold import DOCUMENT_EVENTS
from memory_state.workflow.machine import Draft
from memory_state.workflow.model import Event
from memory_state.workspace.statefiles import whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from memory_state.workspace.actor import Actor

SEALED_AFTER = frozenset({"phase.completed", "phase.returned", "phase.skipped", "state.rolled_back"})
DURABLE = DOCUMENT_EVENTS | {"checkpoint.saved"}
RECORDS = frozenset({"gate.refused", "evidence.recorded", "violation.recorded", "state.recovered"})
RECENT = 1 << 16
SEAL = rb"\n[0-9]+\. [^ \n]+ \*\*log\.sealed\*\* "
Parts = tuple[int, str, str, str, bytes]
TEXT_LIMITS = (1000, 300, 100, 30)
# Details that quote what somebody said or ran; a document's own text is never changed.
QUOTING = frozenset({"reason", "reasons", "what", "why", "unmet", "condition", "command", "output"})


def log_opening(workflow: str) -> bytes:
    """What stands before the first event."""
    return f'---\nschema: 1\nworkflow_id: "{workflow}"\n---\n# History of {workflow}\n\n'.encode()


def read_events(memory: str, workflow: str, after: int = 0) -> Iterator[Event]:
    """The undamaged events of a log with a number above `after`, in the file's order."""
    with Path(event_log(memory, workflow)).open("rb") as lines:
        for line in lines:
            parts = split_event(line.removesuffix(b"\n"))
            event = None if parts is None or parts[0] <= after else event_from(parts)
            if event is not None:
                yield whole(memory, workflow, event)


def recent_events(memory: str, workflow: str, size: int = RECENT) -> list[Event]:
    """The undamaged events in the last bytes of a log, so many that a session's latest are among them."""
    with Path(event_log(memory, workflow)).open("rb") as log:
        log.seek(max(0, log.seek(0, 2) - size))
        found = [split_event(line) for line in log.read().split(b"\n")]
    events = [event_from(parts) for parts in found if parts is not None]
    return [each for each in events if each is not None]


def phase_events(memory: str, workflow: str, types: tuple[str, ...]) -> list[Event]:
    """The undamaged events of these types since the current phase began; a seal is written when one does."""
    seal = re.compile(SEAL)
    try:
        tail = read_tail(event_log(memory, workflow), seal.search)
    except FileNotFoundError:
        return []
    seals = list(seal.finditer(tail))
    lines = tail[seals[-1].start() + 1 if seals else 0 :].split(b"\n")
    marks = [f"**{each}**".encode() for each in types]
    wanted = [split_event(line) for line in lines if any(mark in line for mark in marks)]
    events = [event_from(parts) for parts in wanted if parts is not None]
    return [each for each in events if each is not None and each.type in types]


def event_from(parts: tuple[int, str, str, str, bytes]) -> Event | None:
    """An event from the parts of its line; None when its JSON is none, whatever its checksum says."""
    number, moment, kind, subject, details = parts
    try:
        return Event(number, moment, kind, subject, cast("dict[str, object]", decode_json(details.decode())))
    except ValueError:
        return None


def number_events(
    drafts: Sequence[Draft], actor: Actor, now: float, number: int, moment: str, doc: int
) -> list[Event]:
    """Events from drafts, numbered after `number`; no time is before `moment`, the last one's."""
    stamp, behind = event_time(now, moment)
    if any(draft.type in DOCUMENT_EVENTS for draft in drafts) and stamp == moment:
        stamp = format_time(parse_time(moment) + 0.001)
    events = []
    for draft in drafts:
        number += 1
        doc = number if draft.type in DOCUMENT_EVENTS else doc
        details = {**without_secrets(draft.details), **actor.details(), **behind, "doc": doc}
        events.append(Event(number, stamp, draft.type, draft.subject, details))
    return events


def without_secrets(details: dict[str, object]) -> dict[str, object]:
    """Details without the secrets that a quoted text may hold."""
    return {key: cleaned(value) if key in QUOTING else value for key, value in details.items()}


def cleaned(value: object) -> object:
    """A text, or a list of texts, without secrets; anything else as it is."""
    from memory_state.core.redaction import redact

    if isinstance(value, str):
        return redact(value)
    return [cleaned(each) for each in value] if isinstance(value, list) else value


def event_line(event: Event) -> bytes:
    """The line of an event; Misused when it does not fit into one.

    What only tells of something, such as a command's output, is shortened instead.
    """
    fault = ""
    for limit in (None, *(TEXT_LIMITS if event.type in RECORDS else ())):
        details = event.details if limit is None else shortened(event.details, limit)
        try:
            return format_event(event.number, event.time, event.type, event.subject, details)
        except ValueError as error:
            fault = str(error)
    raise Misused(f"{event.type} can not be recorded: {fault}; longer text belongs in a file")


def shortened(details: dict[str, object], limit: int) -> dict[str, object]:
    """Details with no text of more than `limit` characters and no list of more than 20 items."""

    def cut(value: object) -> object:
        if isinstance(value, str):
            return value if len(value) <= limit else value[: limit - 1] + "…"
        return [cut(each) for each in value[:20]] if isinstance(value, list) else value

    return {key: cut(value) for key, value in details.items()}


def append_events(
    memory: str, workflow: str, drafts: Sequence[Draft], actor: Actor, now: float, *, power: bool
) -> list[Event]:
    """Append events and, after a phase change, the seal of all before; the caller holds the lock.

    `power` is the setting: with it, what must outlive a power cut is synced before this returns. That
    is all that a document shows, so that no document is ever ahead of its log.
    """
    path = event_log(memory, workflow)
    written: list[Event] = []

    def compose(tail: bytes, last: Parts | None) -> bytes:
        number, moment, doc = (last[0], last[1], document_number(last[4])) if last else (0, "", 0)
        written.extend(number_events(drafts, actor, now, number, moment, doc))
        lines = b"".join(event_line(event) for event in written)
        if any(event.type in SEALED_AFTER for event in written):
            seal = seal_event(path, lines, written[-1], actor, torn=tail[-1:] not in (b"", b"\n"))
            written.append(seal)
            lines += event_line(seal)
        return lines

    durable = power and any(draft.type in DURABLE for draft in drafts)
    append_file(path, compose, last_event, durable=durable)
    return [whole(memory, workflow, event) for event in written]


def seal_event(path: str, lines: bytes, last: Event, actor: Actor, *, torn: bool) -> Event:
    """The seal that follows these new lines: the SHA-256 of every byte before it."""
    import hashlib

    with Path(path).open("rb") as log:
        digest = hashlib.file_digest(log, "sha256")
    digest.update(b"\n" * torn + lines)
    details = {"sha256": digest.hexdigest(), **actor.details(), "doc": last.details["doc"]}
    return Event(last.number + 1, last.time, "log.sealed", "-", details)
