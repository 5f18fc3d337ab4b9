"""The document as it was last accepted: its copy, and what a hook asks of it, ready to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from memory_state.core.files import read_if_there, remove_file, replace_file
from memory_state.core.jsontext import encode_json
from memory_state.core.layout import accepted_copy, standing_file
from memory_state.core.standing import with_check
from memory_state.workflow.projection import owned_values

if TYPE_CHECKING:
    from memory_state.workflow.model import State

ASKED = (
    "workflow_id", "parent", "status", "phase", "allow", "deny", "advance_on", "updated_at", "event",
)  # fmt: skip
"""The keys that a hook's fast path asks for."""


def keep_accepted(memory: str, state: State, content: bytes) -> None:
    """Keep a document and what it says beside it.

    Each replaces its file, neither is synced: both can be made again. A hook believes only two that belong
    together and are of the log's last event.
    """
    values = owned_values(state)
    lines = [f"{key}: {encode_json(values[key])}\n" for key in ASKED if key in values]
    standing = with_check(f"---\n{''.join(lines)}---\n".encode(), content)
    keep_file(accepted_copy(memory, state.workflow_id), content)
    keep_file(standing_file(memory, state.workflow_id), standing)


def keep_file(path: str, content: bytes) -> None:
    """Have a file hold this content."""
    if read_if_there(path) != content:
        replace_file(path, content, durable=False)


def forget_accepted(memory: str, workflow: str) -> None:
    """Keep nothing: no hook decides by the document alone until it was accepted anew."""
    remove_file(accepted_copy(memory, workflow))
    remove_file(standing_file(memory, workflow))
