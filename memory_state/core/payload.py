"""The payload of a call: what a client writes on our standard input.

Of a long one only the start and the end are read as long as they decide: a file's text, which comes
between, decides nothing, and of a very long one it is not even kept. What is not as it always is, is
read whole.
"""

from __future__ import annotations

from memory_state.core.files import posix
from memory_state.core.plainjson import plain_json, plain_start, read_json
from memory_state.core.tools import tool_word

PAYLOAD_LIMIT = 64 << 20
PIECE = 1 << 16
KEPT = 1 << 18  # bytes; whoever writes more into a document or a settings file at once is refused
LOOKED_AT = 4096
DECIDING = ("session_id", "cwd", "hook_event_name", "tool_name", "tool_input")
CALL_KEY = b'"tool_use_id"'


def read_input() -> tuple[list[bytes], dict[str, object] | None]:
    """Standard input in pieces; with what decides in its start where these are not all of it.

    What follows the first `KEPT` bytes of one whose start decides is let go, but for its end: memory that
    is used again costs less than new one. ValueError above `PAYLOAD_LIMIT`.
    """
    pieces: list[bytes] = []
    size = 0
    while piece := posix.read(0, PIECE):
        pieces.append(piece)
        size += len(piece)
        just_too_long = size - len(piece) <= KEPT < size
        start = read_deciding(pieces[0]) if just_too_long else None
        if start is not None:
            return [*pieces, read_last()], start
        if size > PAYLOAD_LIMIT:
            raise ValueError(f"the payload is larger than {PAYLOAD_LIMIT} bytes")
    return pieces, None


def read_last() -> bytes:
    """The last `LOOKED_AT` bytes of what is left on standard input, less where there is less."""
    end, room = b"", bytearray(KEPT)
    while size := posix.readv(0, [room]):
        end = (end + room[max(0, size - LOOKED_AT) : size])[-LOOKED_AT:]
    return end


def whole_payload(pieces: list[bytes]) -> dict[str, object]:
    """All of a payload; ValueError when it is no JSON object in UTF-8."""
    found = read_json(b"".join(pieces).decode())
    if not isinstance(found, dict):
        raise ValueError("the payload is no JSON object")  # noqa: TRY004 - a malformed text
    return found


def short_payload(pieces: list[bytes], start: dict[str, object] | None = None) -> dict[str, object] | None:
    """What decides in a long payload; None for a payload that is short, or must be read whole.

    Where `start` is given, as the payload is not there whole, that alone will do; `cut` then says so.
    """
    if sum([len(piece) for piece in pieces]) <= PIECE:
        return None
    found = start or read_deciding(pieces[0])
    if found is None:
        return None
    try:
        ending = read_end((pieces[-2] + pieces[-1])[-LOOKED_AT:])
    except (ValueError, IndexError):
        ending = found
    fits = not any([key in found for key in ending])
    if start is None:
        return {**found, **ending} if fits else None
    return {**found, **ending, "cut": True} if fits else {**found, "cut": True}


def read_deciding(content: bytes) -> dict[str, object] | None:
    """What decides in a payload that begins so; None where more than its start and end may.

    What the tool was given may be cut only for a tool that edits one file, whose path is there; of the
    tool's answer nothing is left.
    """
    try:
        found, cut = read_start(content[:LOOKED_AT])
    except (ValueError, IndexError):
        return None
    if not all([key in found for key in DECIDING]):
        return None
    short = cut == "tool_response" or (
        cut == "tool_input" and edits_one_file(str(found["tool_name"]), found["tool_input"])
    )
    return found if short else None


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
    """Whether a call edits the one file that what is there of its input names, whatever comes behind."""
    named = isinstance(given, dict) and ("file_path" in given or "notebook_path" in given)
    return named and tool_word(tool) == "edit"
