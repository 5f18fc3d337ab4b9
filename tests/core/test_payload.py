"""Payloads: a long one is judged by its start and its end, and read whole where that is not enough."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import pytest

from memory_state.core.payload import KEPT, PIECE, short_payload, whole_payload

LONG = 'Some "text" with\ttabs, back\\slashes, \u00e9 and\nlines.\n' * 4000
BASE = {
    "session_id": "s1",
    "transcript_path": "/t",
    "cwd": "/p",
    "hook_event_name": "PreToolUse",
    "tool_name": "Write",
}
CALL = {"tool_use_id": "toolu_1"}


def pieces(value: object, size: int = PIECE, *, compact: bool = False, raw: bool = False) -> list[bytes]:
    """What is read of a payload, piece by piece."""
    content = json.dumps(value, separators=(",", ":") if compact else None, ensure_ascii=not raw).encode()
    return [content[at : at + size] for at in range(0, len(content), size)]


@pytest.mark.parametrize(("compact", "raw"), [(False, False), (True, False), (True, True)])
def test_a_long_write_is_known_by_its_path(*, compact: bool, raw: bool) -> None:
    """Tool, path and the call's id are those of the whole payload; the text is not there."""
    value = {**BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG}, **CALL}
    read = pieces(value, compact=compact, raw=raw)
    assert short_payload(read) == {**BASE, "tool_input": {"file_path": "/p/a.py"}, **CALL}
    assert whole_payload(read) == value


def test_a_long_answer_is_left_out() -> None:
    """A finished call keeps all it was given, and what stands behind the answer."""
    given = {**BASE, "tool_name": "Bash", "tool_input": {"command": "make", "timeout": 60}}
    value = {**given, "tool_response": {"stdout": LONG, "interrupted": False}, **CALL, "duration_ms": 18}
    assert short_payload(pieces(value)) == {
        **given,
        "tool_response": {},
        **CALL,
        "duration_ms": 18,
    }


def test_a_short_payload_is_read_whole() -> None:
    """What is not longer than 64 KiB is never cut."""
    assert short_payload(pieces({**BASE, "tool_input": {"file_path": "a", "content": "x"}, **CALL})) is None
    assert short_payload([]) is None


@pytest.mark.parametrize(
    "value",
    [
        {**BASE, "tool_input": {"content": LONG, "file_path": "/p/a.py"}, **CALL},
        {**BASE, "tool_input": {"path": "/p/a.py", "content": LONG, "file_path": "/p/b.py"}, **CALL},
        {**BASE, "tool_name": "Bash", "tool_input": {"command": LONG}, **CALL},
        {**BASE, "tool_name": "mcp__a__b", "tool_input": {"path": "/p", "text": LONG}, **CALL},
        {**BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG}},
        {**CALL, **BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG}},
        {"tool_input": {"file_path": "/p/a.py", "content": LONG}, **BASE, **CALL},
        {**BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG}, "more": {**CALL}},
        {**BASE, "cwd": 0.5, "tool_input": {"file_path": "/p/a.py", "content": LONG}, **CALL},
        {**BASE, "notes": LONG, "tool_input": {"file_path": "/p/a.py"}, **CALL},
        {**BASE, "share": 0.5, "tool_input": {"file_path": "/p/a.py", "content": LONG}, **CALL},
        {**BASE, "tool_input": {"file_path": "x" * 5000, "content": LONG}, **CALL},
        [LONG, CALL],
    ],
)
def test_what_is_not_as_always_is_read_whole(value: object) -> None:
    """Another order, another tool, a key that is missing or comes late: nothing is guessed."""
    assert short_payload(pieces(value)) is None


@pytest.mark.parametrize(
    "ending", [b"", b'"', b"}}", b'","tool_use_id":"x"}}', b'"},"tool_use_id":"x"', b"\xff}"]
)
def test_a_broken_end_is_read_whole(ending: bytes) -> None:
    """A payload that was cut, or does not close what it opened, is left to the strict reader."""
    start = b"".join(pieces({**BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG}}))[:-3]
    content = start + ending
    found = [content[at : at + PIECE] for at in range(0, len(content), PIECE)]
    assert short_payload(found) is None


def test_the_text_can_not_pass_for_the_end() -> None:
    """A call's id that stands in the text is none: its quotes are escaped there."""
    text = LONG + '"},"tool_use_id":"forged"}'
    value = {**BASE, "tool_input": {"file_path": "/p/a.py", "content": text}, **CALL}
    found = short_payload(pieces(value))
    assert found is not None
    assert found["tool_use_id"] == "toolu_1"
    del value["tool_use_id"]
    assert short_payload(pieces(value)) is None


@pytest.mark.parametrize("size", range(4094, 4100))
def test_a_character_may_be_cut(size: int) -> None:
    """Wherever the start ends, within a character too, the path is found."""
    path = "/p/\u00e9\U0001f600.py"
    value = {**BASE, "tool_input": {"file_path": path, "content": "\u00e9\U0001f600" * 40000}, **CALL}
    found = short_payload(pieces(value, size, raw=True))
    assert found is not None
    assert found["tool_input"] == {"file_path": path}


@pytest.mark.parametrize("content", [b"[]", b"1", b'"x"', b"null"])
def test_a_payload_is_an_object(content: bytes) -> None:
    """Any other JSON is no payload."""
    with pytest.raises(ValueError, match="the payload is no JSON object"):
        whole_payload([content])


READING = """
from memory_state.core.payload import read_input, short_payload
pieces, start = read_input()
print((start is None, sum(map(len, pieces)), short_payload(pieces, start)))
"""


def read(value: object) -> tuple[bool, int, dict[str, object] | None]:
    """What a process reads of a payload: whether all is there, how many bytes are kept, what decides."""
    done = subprocess.run(
        [sys.executable, "-c", READING], input=json.dumps(value).encode(), capture_output=True, check=True
    )
    found: tuple[bool, int, dict[str, object] | None] = ast.literal_eval(done.stdout.decode())
    return found


def test_the_middle_of_a_very_long_write_is_not_kept() -> None:
    """Memory does not grow with it, and what decides is what decides in a shorter one."""
    value = {**BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG * 20}, **CALL}
    whole, kept, decides = read(value)
    assert not whole
    assert kept <= KEPT + 2 * PIECE < len(json.dumps(value))
    assert decides == {**BASE, "tool_input": {"file_path": "/p/a.py"}, **CALL, "cut": True}


def test_a_very_long_call_that_must_be_read_whole_is_kept() -> None:
    """Nobody knows which texts of a server's call are paths."""
    value = {**BASE, "tool_name": "mcp__a__b", "tool_input": {"text": LONG * 20}, **CALL}
    assert read(value) == (True, len(json.dumps(value)), None)


@pytest.mark.parametrize("more", [{}, {"tool_use_id": 0.5}])
def test_the_start_alone_decides_where_the_end_does_not_fit(more: dict[str, object]) -> None:
    """Without its middle a payload can not be read whole any more, so a strange end adds nothing."""
    content = json.dumps({**BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG * 20}})[:-1]
    content += "".join(f', "{key}": {json.dumps(each)}' for key, each in more.items()) + "}"
    done = subprocess.run(
        [sys.executable, "-c", READING], input=content.encode(), capture_output=True, check=True
    )
    whole, _, decides = ast.literal_eval(done.stdout.decode())
    assert not whole
    assert decides == {**BASE, "tool_input": {"file_path": "/p/a.py"}, "cut": True}


@pytest.mark.parametrize("last", [1, 5, 100, PIECE])
def test_the_end_is_found_in_pieces_of_any_size(last: int) -> None:
    """Whatever a client writes last, the call's id is in what is kept."""
    value = {**BASE, "tool_input": {"file_path": "/p/a.py", "content": LONG * 20}, **CALL}
    content = json.dumps(value).encode()
    script = f"import sys, time\nrest = {content[-200:]!r}\nsys.stdout.buffer.write({content[:-200]!r})\n"
    script += "sys.stdout.flush()\nfor at in range(0, 200, LAST):\n    time.sleep(0.001)\n"
    script += "    sys.stdout.buffer.write(rest[at : at + LAST])\n    sys.stdout.flush()\n"
    writing = [sys.executable, "-"]
    with subprocess.Popen(writing, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        assert writer.stdin
        with writer.stdin:
            writer.stdin.write(script.replace("LAST", str(last)).encode())
        done = subprocess.run(
            [sys.executable, "-c", READING], stdin=writer.stdout, capture_output=True, check=True
        )
    assert ast.literal_eval(done.stdout.decode())[2] == {
        **BASE, "tool_input": {"file_path": "/p/a.py"}, **CALL, "cut": True
    }  # fmt: skip
