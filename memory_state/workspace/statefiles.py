"""States that are too large for a line of the log: each in a file beside it, which the event names.

The event holds the file's SHA-256. A file that is gone or says something else counts as no state.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.files import make_folder, read_if_there, replace_file
from memory_state.core.journal import format_event
from memory_state.core.jsontext import decode_json, encode_json_event
from memory_state.core.layout import history_folder

if TYPE_CHECKING:
    from memory_state.workflow.model import Event, State

FOLDER = "checkpoints"
SIZE_LIMIT = 1 << 24
# What an event may say besides its state, and a time and number of any length.
ROOM: dict[str, object] = {
    "by": "person",
    "name": "n" * 256,
    "session": "s" * 128,
    "agent": "a" * 128,
    "clock_back": 10**12,
    "doc": 10**17,
}
STATED = ("state.rolled_back", "state.recovered")


def state_details(memory: str, workflow: str, details: dict[str, object], state: State) -> dict[str, object]:
    """These details with a state in them, or with the file that holds it where a line is too short."""
    from memory_state.workflow.restoration import state_values

    held = {**details, "state": state_values(state)}
    try:
        format_event(10**17, "9999-12-31T23:59:59.999Z", "state.rolled_back", "s" * 64, {**held, **ROOM})
    except ValueError:
        content = encode_json_event(held["state"]).encode()
        import hashlib

        digest = hashlib.sha256(content).hexdigest()
        folder = f"{history_folder(memory, workflow)}/{FOLDER}"
        make_folder(folder)
        replace_file(f"{folder}/{digest[:16]}.json", content, durable=True)
        return {**details, "file": f"{FOLDER}/{digest[:16]}.json", "sha256": digest}
    return held


def whole(memory: str, workflow: str, event: Event) -> Event:
    """The event with the state that its file holds; as it is when it names none or the file is of no use."""
    digest = event.details.get("sha256")
    if event.type not in STATED or not isinstance(digest, str) or not digest.isalnum():
        return event
    import hashlib

    content = read_if_there(state_file(memory, workflow, digest), SIZE_LIMIT)
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        return event
    try:
        state = decode_json(content.decode())
    except ValueError:  # a file that was never ours, whatever its digest says
        return event
    return event._replace(details={**event.details, "state": state})


def state_file(memory: str, workflow: str, digest: str) -> str:
    """Where the state of this digest is."""
    return f"{history_folder(memory, workflow)}/{FOLDER}/{digest[:16]}.json"


def is_lost(event: Event) -> bool:
    """Whether an event names a state that is not there any more."""
    return "file" in event.details and "state" not in event.details
