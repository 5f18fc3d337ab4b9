"""Forms of answers that several clients understand."""

from __future__ import annotations

from memory_state.core.jsontext import encode_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    Output = tuple[str, str, int]
    """What a hook leaves: stdout, stderr, exit status."""

NO_OUTPUT = ("", "", 0)


def specific(event: str, fields: dict[str, object], message: str = "") -> str:
    """The JSON of an answer that belongs to one event, with a message for the person beside it."""
    found: dict[str, object] = {"hookSpecificOutput": {"hookEventName": event, **fields}}
    return encode_json({"systemMessage": message, **found} if message else found) + "\n"


def decision(choice: str, reason: str) -> dict[str, object]:
    """The fields that let a tool call happen or not."""
    return {"permissionDecision": choice, "permissionDecisionReason": reason}


def held(reason: str) -> str:
    """The JSON that holds up a stop, a prompt or a change."""
    return encode_json({"decision": "block", "reason": reason}) + "\n"
