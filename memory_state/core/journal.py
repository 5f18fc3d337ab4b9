"""One event a line: the append-only history of a workflow, as bytes.

    N. TIME **TYPE** SUBJECT `JSON` ^CRC

The number is the sequence id, the CRC-32 covers every byte before the last ` ^`, and `doc`, always
the last key of the JSON, is the number that the document must carry in its `event`.
"""

from __future__ import annotations

from memory_state.core.clock import format_time, parse_time
from memory_state.core.jsontext import encode_json_event

EVENT_LIMIT = 8192
SUBJECT_LIMIT = 64
NUMBER_DIGITS = 18


def format_event(number: int, moment: str, kind: str, subject: str, details: dict[str, object]) -> bytes:
    """The line of one event, its LF included; ValueError when it is longer than 8 KiB."""
    body = f"{number}. {moment} **{kind}** {event_subject(subject)} `{encode_json_event(details)}`".encode()
    line = body + b" ^" + event_crc(body) + b"\n"
    if len(line) > EVENT_LIMIT:
        raise ValueError(f"an event of {len(line)} bytes is longer than {EVENT_LIMIT}")
    return line


def event_subject(text: str) -> str:
    """`text` as a subject: letters, digits and `._/-`, at most 64; `-` when nothing is left."""
    if text.isascii() and text.isalnum():
        return text[:SUBJECT_LIMIT]
    kept = "".join([c if c.isascii() and (c.isalnum() or c in "._/-") else "-" for c in text])
    return kept[:SUBJECT_LIMIT] or "-"


def event_crc(body: bytes) -> bytes:
    """CRC-32 of a line's body as 8 hexadecimal digits."""
    try:
        import zlib
    except ImportError:  # an interpreter built without zlib still has binascii
        import binascii as zlib  # type: ignore[no-redef]  # it has the same function
    return b"%08x" % zlib.crc32(body)


def split_event(line: bytes) -> tuple[int, str, str, str, bytes] | None:
    """Number, time, type, subject and JSON bytes of a line without its LF; None when damaged."""
    if line[-10:-8] != b" ^":
        return None
    body, crc = line[:-10], line[-8:]
    if event_crc(body) != crc:
        return None
    head, _, details = body.partition(b" `")
    if not head.isascii() or details[:1] != b"{" or details[-2:] != b"}`":
        return None
    number, _, rest = head.decode().partition(". ")
    moment, _, rest = rest.partition(" **")
    kind, _, subject = rest.partition("** ")
    if not number.isdigit() or len(number) > NUMBER_DIGITS or not (moment and kind and subject):
        return None
    return int(number), moment, kind, subject, details[:-1]


def last_event(tail: bytes) -> tuple[int, str, str, str, bytes] | None:
    """The last undamaged event among the lines of `tail`, whose first line may be cut."""
    end = len(tail) - tail.endswith(b"\n")
    while end > 0:
        start = tail.rfind(b"\n", 0, end) + 1
        found = split_event(tail[start:end])
        if found is not None:
            return found
        end = start - 1
    return None


def event_time(now: float, last: str) -> tuple[str, dict[str, object]]:
    """The time of an event that follows one of the time `last`: never an earlier one.

    With it the event's detail `clock_back`, in whole seconds, where the clock was behind by one or more.
    A `last` that is no time counts as none.
    """
    stamp = format_time(now)
    if stamp >= last:
        return stamp, {}
    try:
        behind = int(parse_time(last) - now)
    except ValueError:
        return stamp, {}
    return last, {"clock_back": behind} if behind >= 1 else {}


def tail_document(tail: bytes) -> int | None:
    """The `doc` of a log's last line, its checksum not asked; None when `tail` holds no event.

    For comparing with a document: a damaged number agrees with none. Where the last line is torn, the
    last undamaged one counts.
    """
    end = len(tail) - 1
    line = tail[tail.rfind(b"\n", 0, end) + 1 : end]
    at = line.rfind(b'"doc":')
    digits = line[at + 6 : -12]
    if (
        tail[-1:] == b"\n"
        and line[-12:-8] == b"}` ^"
        and at >= 0
        and digits.isdigit()
        and len(digits) < NUMBER_DIGITS
    ):
        return int(digits)
    found = last_event(tail)
    return None if found is None else document_number(found[4])


def is_time_of(tail: bytes, number: object, moment: object) -> bool:
    """Whether the event of a number was at this time; also where `tail` does not reach back to it.

    A document of another branch's history may have the right number, but hardly the right time.
    """
    mark = f"\n{number}. ".encode()
    at = tail.rfind(mark)
    return at < 0 or tail.startswith(f"{moment} ".encode(), at + len(mark))


def document_number(details: bytes) -> int:
    """The `doc` of an event's JSON bytes; 0 when it has none.

    Within a JSON string the quote before `:` would be escaped, so the bytes can only be a key; ours
    is the last one.
    """
    at = details.rfind(b'"doc":')
    digits = details[at + 6 : -1]
    return int(digits) if at >= 0 and digits.isdigit() and len(digits) <= NUMBER_DIGITS else 0
