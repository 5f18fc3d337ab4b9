"""The payload of a call: what a client writes on our standard input.

Of a long one only the start and the end are read as long as they decide: a file's text, which comes
between, decides nothing. What is not as it always is, is read whole.
"""

from __future__ import annotations

from memory_state.core.files import posix
from memory_state.core.plainjson import plain_json, plain_start, read_json
from memory_state.core.tools import PATH_KEYS, tool_word

PAYLOAD_LIMIT = 64 << 20
PIECE = 1 << 16
LOOKED_AT = 4096
DECIDING = ("session_id", "cwd", "hook_event_name", "tool_name", "tool_input")
CALL_KEY = b'"tool_use_id"'


def read_input() -> list[bytes]:
    """All of standard input, in pieces; ValueError when it is larger than any payload."""
    pieces: list[bytes] = []
    size = 0
    while piece := posix.read(0, PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > PAYLOAD_LIMIT:
            raise ValueError(f"the payload is larger than {PAYLOAD_LIMIT} bytes")
    return pieces


def whole_payload(pieces: list[bytes]) -> dict[str, object]:
    """All of a payload; ValueError when it is no JSON object in UTF-8."""
    found = read_json(b"".join(pieces).decode())
    if not isinstance(found, dict):
        raise ValueError("the payload is no JSON object")  # noqa: TRY004 - a malformed text
    return found


def short_payload(pieces: list[bytes]) -> dict[str, object] | None:
    """What decides in a long payload; None for a payload that is short, or must be read whole.

    What the tool was given may be cut only for a tool that edits one file, whose path is there; of the
    tool's answer nothing is left.
    """
    if sum([len(piece) for piece in pieces]) <= PIECE:
        return None
    try:
        found, cut = read_start(pieces[0][:LOOKED_AT])
        ending = read_end((pieces[-2] + pieces[-1])[-LOOKED_AT:])
    except (ValueError, IndexError):
        return None
    whole = all([key in found for key in DECIDING]) and not any([key in found for key in ending])
    if not whole or cut not in ("tool_input", "tool_response"):
        return None
    if cut == "tool_input" and not edits_one_file(str(found["tool_name"]), found["tool_input"]):
        return None
    return {**found, **ending}


def read_start(content: bytes) -> tuple[dict[str, object], str]:
    """The whole members of an object of which this is the start, and the key of the one that is cut.

    Of an object that is cut its whole members are there.
    """
    end = len(content)
    while end and content[end - 1] & 0xC0 == 0x80:
        end -= 1
    text = content[: end - 1].decode()  # the last character may be cut
    found, key, at = plain_start(text)
    if text[at : at + 1] == "{":
        found[key] = plain_start(text[at:])[0]
    return found, key


def read_end(content: bytes) -> dict[str, object]:
    """The members of an object from the call's id on, of which this is the end.

    A quote inside a string is never bare, so the key can only be one, and as nothing stays open behind
    the last brace it is the outer object's.
    """
    at = content.rindex(CALL_KEY)
    if content[:at].rstrip(b" ")[-1:] != b",":
        raise ValueError("not plain")
    found = plain_json("{" + content[at:].decode().rstrip("\n"))
    if not isinstance(found, dict):
        raise ValueError("not plain")  # noqa: TRY004 - a malformed text
    return found


def edits_one_file(tool: str, given: object) -> bool:
    """Whether a call edits the one file that what is there of its input names."""
    return tool_word(tool) == "edit" and isinstance(given, dict) and any([key in given for key in PATH_KEYS])
