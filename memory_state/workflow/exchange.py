"""The JSON documents that pass between programs: written, read back, told from an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from memory_state.core.errors import Broken, Conflict, MemoryStateError, Missing, Misused, Refused
from memory_state.core.jsontext import decode_json

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA_VERSION = 1
ERRORS: dict[str, type[MemoryStateError]] = {
    kind.code: kind for kind in (Refused, Misused, Missing, Conflict, Broken)
}
ANSWER = ("status --json",)


def document_text(kind: str, values: Mapping[str, object]) -> str:
    """One JSON document on one line; all in ASCII, so that no stored text can steer a terminal."""
    return json.dumps({"schemaVersion": SCHEMA_VERSION, "kind": kind, **values})


def document_values(text: str) -> dict[str, object]:
    """The JSON object that a text is; Misused when it is none, or of a newer schema."""
    try:
        values = decode_json(text)
    except ValueError as error:
        raise Misused(f"standard input is no JSON: {error}", ANSWER) from error
    if not isinstance(values, dict):
        raise Misused("the JSON on standard input is no object", ANSWER)
    version = values.get("schemaVersion", SCHEMA_VERSION)
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise Misused(
            f"the JSON on standard input has schemaVersion {version}, "
            f"this memory-state reads up to {SCHEMA_VERSION}"
        )
    return values


def error_in(values: Mapping[str, object]) -> MemoryStateError | None:
    """The error that a document tells of; None when it tells of none."""
    if values.get("kind") != "error":
        return None
    kind = ERRORS.get(str(values.get("code")), MemoryStateError)
    return kind(str(values.get("message", "an earlier command of the pipe failed")))


def workflow_in(values: Mapping[str, object]) -> dict[str, object]:
    """The workflow that a document is about: its `workflow`, or the object itself; Misused without an id."""
    inner = values.get("workflow")
    found = inner if isinstance(inner, dict) else dict(values)
    if not isinstance(found.get("workflow_id"), str):
        raise Misused("the JSON on standard input has no workflow_id", ANSWER)
    return found
