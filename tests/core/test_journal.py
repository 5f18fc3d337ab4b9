"""Event lines: their bytes, their checksum, and what is left of them after damage."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.files import read_tail
from memory_state.core.journal import (
    EVENT_LIMIT,
    document_number,
    event_subject,
    event_time,
    format_event,
    last_event,
    split_event,
    tail_document,
)

if TYPE_CHECKING:
    from pathlib import Path

TIME = "2026-11-20T10:00:00.123Z"
LINE = (
    b"1. 2026-11-20T10:00:00.123Z **workflow.started** feature "
    b'`{"title":"Add login","by":"cli","doc":1}` ^3d991b90\n'
)
OTHER = b'2. 2026-11-20T10:00:00.130Z **phase.entered** plan `{"by":"cli","doc":2}` ^'
OTHER += b"53aa6fc1\n"


def details_of(line: bytes) -> object:
    """The JSON object of a line, by Python's own reader."""
    parts = split_event(line.removesuffix(b"\n"))
    assert parts is not None
    return json.loads(parts[4])


def test_line_has_the_published_bytes() -> None:
    """The example of the file format comes out byte for byte."""
    made = format_event(1, TIME, "workflow.started", "feature", {"title": "Add login", "by": "cli", "doc": 1})
    assert made == LINE


def test_line_is_read_back() -> None:
    """Number, time, type, subject and JSON bytes of the published line."""
    assert split_event(LINE[:-1]) == (
        1, TIME, "workflow.started", "feature", b'{"title":"Add login","by":"cli","doc":1}',
    )  # fmt: skip


def test_checksum_covers_all_bytes_before_the_last_caret() -> None:
    """A caret inside the JSON does not end the covered bytes."""
    line = format_event(7, TIME, "note.added", "-", {"text": "a ^deadbeef b ^", "doc": 7})
    body, _, crc = line[:-1].rpartition(b" ^")
    assert crc == b"%08x" % zlib.crc32(body)
    assert body.endswith(b'"doc":7}`')
    assert details_of(line) == {"text": "a ^deadbeef b ^", "doc": 7}


def test_line_of_exactly_the_limit_is_written() -> None:
    """8,192 bytes fit, LF included; one more is refused."""
    room = EVENT_LIMIT - len(format_event(1, TIME, "note.added", "-", {"text": "", "doc": 1}))
    line = format_event(1, TIME, "note.added", "-", {"text": "x" * room, "doc": 1})
    assert len(line) == 8192
    with pytest.raises(ValueError, match="8193 bytes"):
        format_event(1, TIME, "note.added", "-", {"text": "x" * (room + 1), "doc": 1})


def test_limit_counts_bytes_not_characters() -> None:
    """Text beyond ASCII counts with the bytes it has in UTF-8."""
    with pytest.raises(ValueError, match="longer than 8192"):
        format_event(1, TIME, "note.added", "-", {"text": "é" * 4100, "doc": 1})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("`rm -rf`", b"\\u0060rm -rf\\u0060"),
        ("a\nb\r\n", b"a\\u000ab\\u000d\\u000a"),
        ("\0\x1b\x7f\x85", b"\\u0000\\u001b\\u007f\\u0085"),
        ("\u2028\u2029\ufeff", b"\\u2028\\u2029\\ufeff"),
        ('say "no"\\', b'say \\"no\\"\\\\'),
        ("naïve 日本 😀", "naïve 日本 😀".encode()),
    ],
)
def test_text_stays_on_its_line(text: str, written: bytes) -> None:
    """Backticks, line breaks and control characters are escaped, other text is raw, all is read back."""
    line = format_event(1, TIME, "note.added", "-", {"text": text, "doc": 1})
    assert b'{"text":"' + written + b'","doc":1}' in line
    assert line.count(b"\n") == 1
    assert line.count(b"`") == 2
    assert details_of(line) == {"text": text, "doc": 1}


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ("build", "build"),
        ("src/app.py", "src/app.py"),
        ("", "-"),
        ("mcp__a__b", "mcp__a__b"),
        ("a b\n`c`", "a-b--c-"),
        ("é", "-"),
        ("x" * 65, "x" * 64),
    ],
)
def test_subject_is_one_plain_word(given: str, subject: str) -> None:
    """Whatever a tool is called, its subject has letters, digits and ._/- only, at most 64."""
    assert event_subject(given) == subject


def test_flipped_byte_is_noticed_at_every_offset() -> None:
    """No single changed bit or byte of a line goes unnoticed."""
    whole = LINE[:-1]
    for at in range(len(whole)):
        for change in (0x01, 0x20, 0x80, 0xFF):
            damaged = whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :]
            assert split_event(damaged) is None, (at, change)


def test_torn_tail_is_no_event_at_every_length() -> None:
    """A last line cut at any byte gives the event before it; whole, it counts without its LF."""
    for cut in range(len(OTHER) - 1):
        found = last_event(LINE + OTHER[:cut])
        assert found is not None
        assert found[0] == 1, cut
    for end in (OTHER[:-1], OTHER):
        found = last_event(LINE + end)
        assert found is not None
        assert found[0] == 2


def test_zeroed_tail_is_no_event() -> None:
    """Blocks of NUL, as a power cut leaves them, hide nothing that stands before them."""
    found = last_event(LINE + OTHER + bytes(4096))
    assert found is not None
    assert found[:2] == (2, "2026-11-20T10:00:00.130Z")


def test_damaged_line_does_not_hide_the_one_before() -> None:
    """The last undamaged line counts, whatever stands after it."""
    assert (last_event(LINE + b"garbage ^00000000\n" + OTHER.replace(b"plan", b"pl4n")) or (0,))[0] == 1


def test_tail_without_any_event_gives_none() -> None:
    """An opening alone, garbage alone and nothing at all hold no event."""
    for tail in (b"", b"\n", b"---\nschema: 1\n---\n# History\n\n", b"\xff" * 300):
        assert last_event(tail) is None


@pytest.mark.parametrize(
    "body",
    [
        b"x. T **note.added** - `{}`",
        b". T **note.added** - `{}`",
        "²".encode() + b". T **note.added** - `{}`",
        b"1" * 5000 + b". T **note.added** - `{}`",
        b"1. \xff\xfe **note.added** - `{}`",
        b"1. T **note.\xff** - `{}`",
        b"1. T **note.added** \xff `{}`",
        b"1. T **note.added** - {}",
        b"1. T **note.added** - `[]`",
        b"1. T **note.added** - `{}",
        b"1. `{}`",
        b"1. T **note.added**  `{}`",
        b"",
    ],
)
def test_line_that_is_no_event_is_damaged_though_its_checksum_holds(body: bytes) -> None:
    """A checksum alone makes no event: the form must be that of one, and nothing raises."""
    assert split_event(body + b" ^%08x" % zlib.crc32(body)) is None


def test_carriage_return_before_the_line_end_is_damage() -> None:
    """Lines are split on LF only: a CR is a byte like any other."""
    assert split_event(LINE[:-1] + b"\r") is None


@pytest.mark.parametrize(
    ("details", "number"),
    [
        (b'{"doc":17}', 17),
        (b'{"text":"\\"doc\\":99","doc":3}', 3),
        (b'{"text":"a"}', 0),
        (b'{"doc":"7"}', 0),
        (b"{}", 0),
    ],
)
def test_document_number_is_that_of_the_last_key(details: bytes, number: int) -> None:
    """`doc` is read off the end of the JSON, and text that looks like it does not count."""
    assert document_number(details) == number


@pytest.mark.parametrize(
    ("tail", "number"),
    [
        (LINE, 1),
        (LINE + OTHER, 2),
        (b"cut off}` ^00000000\n" + LINE, 1),
        (LINE + OTHER[:-1], 2),
        (LINE + OTHER[:20], 1),
        (LINE + OTHER + b"\n", 2),
        (LINE + OTHER + bytes(8), 2),
        (LINE + bytes(8000), 1),
        (LINE + b"garbage\n", 1),
        (b'{"doc":' + b"1" * 5000 + b"}` ^00000000\n", None),
        (b"---\nschema: 1\n---\n", None),
        (b"\n", None),
        (b"", None),
    ],
)
def test_number_of_a_whole_last_line_is_had_at_once(tail: bytes, number: int | None) -> None:
    """The hook's quick look: the document number of a last line in our form, else of the last undamaged."""
    assert tail_document(tail) == number


def test_a_torn_tail_is_no_reason_to_read_a_whole_log(tmp_path: Path) -> None:
    """Where a crash left half a line, the last 16 KiB tell the document's number."""
    (tmp_path / "events.md").write_bytes(LINE * 5000 + OTHER[:-9])
    tail = read_tail(f"{tmp_path}/events.md", tail_document)
    assert (len(tail), tail_document(tail)) == (16384, 1)


@pytest.mark.parametrize(
    ("now", "last", "found"),
    [
        (100.0, "", ("1970-01-01T00:01:40.000Z", {})),
        (100.0, "1970-01-01T00:01:40.000Z", ("1970-01-01T00:01:40.000Z", {})),
        (100.0, "1970-01-01T00:01:40.999Z", ("1970-01-01T00:01:40.999Z", {})),
        (100.0, "1970-01-01T00:01:41.000Z", ("1970-01-01T00:01:41.000Z", {"clock_back": 1})),
        (100.0, "1970-01-01T01:01:40.000Z", ("1970-01-01T01:01:40.000Z", {"clock_back": 3600})),
        (100.0, "tomorrow", ("1970-01-01T00:01:40.000Z", {})),
        (100.0, "1970-13-01T00:01:41.000Z", ("1970-01-01T00:01:40.000Z", {})),
    ],
)
def test_no_event_is_earlier_than_the_one_before(
    now: float, last: str, found: tuple[str, dict[str, object]]
) -> None:
    """A clock that was set back is noted from one second on; a time that is none holds nothing up."""
    assert event_time(now, last) == found


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=80), st.integers(0, 10**9))
def test_any_text_survives(text: str, number: int) -> None:
    """What is recorded is read back exactly, by our own reader and by Python's."""
    line = format_event(number, TIME, "note.added", "plan", {"text": text, "doc": number})
    parts = split_event(line[:-1])
    assert parts is not None
    assert (parts[0], document_number(parts[4])) == (number, number)
    assert details_of(line) == {"text": text, "doc": number}


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_garbage_never_raises(garbage: bytes) -> None:
    """Any bytes with a checksum that holds are an event or none, and never an exception."""
    split_event(garbage + b" ^%08x" % zlib.crc32(garbage))
    last_event(garbage + b"\n" + LINE + garbage)


def test_a_damaged_number_of_a_single_line_is_told() -> None:
    """Also where nothing stands before the line; what is no whole event has no number."""
    line = b'1. 2026-11-20T10:00:00.123Z **note.added** - `{"doc":7}` ^00000000\n'
    assert tail_document(line) == 7
    assert tail_document(b"x\n" + line) == 7
    assert tail_document(line[:-1]) is None
