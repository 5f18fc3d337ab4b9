"""What a hook answers to a call: a kind and a text, which each client is told in its own form."""

from __future__ import annotations

from memory_state.core.files import path_exists
from memory_state.core.layout import share_folder

TYPE_CHECKING = False
if TYPE_CHECKING:
    Answer = tuple[str, str]
    """The kind of an answer, one of `KINDS`, and its text."""

KINDS = ("", "deny", "ask", "context", "fact", "message", "hold", "fault")
"""Nothing; a tool call stopped; a question to the person; text for the model; the same for model and
person; a message for the person; a stop, a prompt or a change held up; a fault of ours."""
SILENT = ("", "")


def answer_deny(reason: str) -> Answer:
    """A tool call stopped, with the reason for the model."""
    return "deny", f"memory-state: {reason}"


def own_program(environment: dict[str, str]) -> str:
    """Our command as it can be run in the session: its bare name where PATH leads to it."""
    found = [
        path_exists(f"{folder}/memory-state") for folder in environment.get("PATH", "").split(":") if folder
    ]
    return "memory-state" if any(found) else share_folder(environment) + "/bin/memory-state"
