"""What happened in the last session, for whoever works next: told from the latest events, capped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.text import one_line
from memory_state.core.tools import tool_word
from memory_state.workflow.tuples import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from memory_state.workflow.model import Event

BEGINNINGS = ("session.started", "workflow.resumed", "workflow.started")
TEXT_LIMIT = 160
DONE_LISTED = 12
REFUSALS_LISTED = 5
FILES_LISTED = 20
HANDOFF_LIMIT = 3000
LINES_SHOWN = 60


class Handoff(NamedTuple):
    """The last session: since when, what was done, refused and violated, which files its edits changed.

    `shells` is how many shell commands ran: what those wrote is not known.
    """

    since: str
    done: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    violations: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    shells: int = 0


def handoff_of(events: Sequence[Event]) -> Handoff | None:
    """The last session among the latest events of a history; None where they hold nothing of it."""
    begins = [at for at, event in enumerate(events) if event.type in BEGINNINGS]
    own = events[begins[-1] :] if begins else events
    if not own:
        return None
    used = [event for event in own if event.type == "tool.used"]
    edits = [
        event for event in used if tool_word(event.subject) == "edit" and event.details.get("ok") is True
    ]
    return Handoff(
        own[0].time,
        tuple(DONE[event.type](event) for event in own if event.type in DONE),
        tuple(refusal(event) for event in own if event.type in ("tool.denied", "gate.refused")),
        tuple(text(event, "rule", "what", "why") for event in own if event.type == "violation.recorded"),
        tuple(dict.fromkeys(path for event in reversed(edits) for path in texts(event, "paths"))),
        sum(tool_word(event.subject) == "shell" for event in used),
    )


def text(event: Event, *names: str) -> str:
    """These details as far as they are texts, with colons between."""
    found = (event.details.get(name) for name in names)
    return ": ".join(each for each in found if isinstance(each, str) and each)


def texts(event: Event, name: str) -> list[str]:
    """The texts in a detail that is a list."""
    found = event.details.get(name)
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def refusal(event: Event) -> str:
    """What was refused, when, and why."""
    moment = event.time[:19].replace("T", " ")
    if event.type == "tool.denied":
        return f"{moment} {event.subject}: {text(event, 'reason')}"
    reasons = texts(event, "reasons") or texts(event, "unmet")
    return f"{moment} the gate of {event.subject}: {'; '.join(reasons) or text(event, 'reason')}"


DONE: dict[str, Callable[[Event], str]] = {
    "task.completed": lambda event: f"task {event.subject}: {text(event, 'text')}",
    "task.added": lambda event: f"task added to {event.subject}: {text(event, 'text')}",
    "phase.completed": lambda event: f"phase {event.subject} completed",
    "phase.returned": lambda event: f"phase {event.subject} sent the work back: {text(event, 'reason')}",
    "phase.skipped": lambda event: f"phase {event.subject} skipped: {text(event, 'reason')}",
    "approval.given": lambda event: f"phase {event.subject} approved by {text(event, 'name') or 'a person'}",
    "note.added": lambda event: f"note: {text(event, 'text')}",
    "workflow.parked": lambda event: f"{text(event, 'status')}: {text(event, 'reason') or 'no reason given'}",
}


def handoff_text(found: Handoff) -> str:
    """The same as Markdown, at most 3,000 characters."""
    lines = [f"Since {found.since[:19].replace('T', ' ')} UTC.", ""]
    lines += bulleted("Done", found.done, DONE_LISTED)
    lines += bulleted("Refused", found.refused, REFUSALS_LISTED)
    lines += bulleted("Violation", found.violations, REFUSALS_LISTED)
    if found.files:
        shown = ", ".join(one_line(each, TEXT_LIMIT) for each in found.files[:FILES_LISTED])
        lines.append(f"- Changed files: {shown}{beyond(len(found.files) - FILES_LISTED)}")
    if found.shells:
        ran = "1 shell command" if found.shells == 1 else f"{found.shells} shell commands"
        lines.append(f"- {ran} ran; the files that shell commands wrote are not listed here")
    whole = "\n".join(lines) if len(lines) > 2 else f"{lines[0]} Nothing is recorded."
    return whole if len(whole) <= HANDOFF_LIMIT else whole[: HANDOFF_LIMIT - 1] + "…"


def bulleted(name: str, items: Sequence[str], most: int) -> list[str]:
    """The last of some items, one a line, and how many came before."""
    lines = [f"- {name}: {one_line(each, TEXT_LIMIT)}" for each in items[-most:]]
    return (
        [f"- {name}: {len(items) - most} more before, see `history`", *lines] if len(items) > most else lines
    )


def beyond(number: int) -> str:
    """How many are not shown."""
    return f" and {number} more" if number > 0 else ""


def handed_over(body: str) -> str:
    """The part of a recovery file's body that is shown when work is handed over: all but title and notes.

    At most 60 lines; the file has the rest.
    """
    text = body.partition("\n## Notes\n")[0]
    lines = ("## " + text.partition("\n## ")[2]).strip().split("\n")
    shown = lines[:LINES_SHOWN]
    return "\n".join(
        [*shown, f"… and {len(lines) - LINES_SHOWN} more lines"] if len(lines) > LINES_SHOWN else shown
    )
