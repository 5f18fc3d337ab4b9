"""Whatever bytes come, a reader answers soon, and raises nothing but what it says it does."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.journal import format_event, last_event, split_event, tail_document
from memory_state.core.jsontext import decode_json
from memory_state.workflow.frontmatter import parse
from tests.reliability.conftest import by_run
from tests.reliability.fuzz import (
    DOCUMENT,
    LIMIT,
    TARGETS,
    TOKENS,
    cost,
    fuzz,
    headers,
    judged,
    main,
    mutated,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.reliability
TRIES = by_run(120, 600, 20000)
SEED = 20
GENEROUS = 5  # times what is allowed, for a machine that does much else
TIME = "2026-11-20T10:00:00.123Z"
BITS = st.lists(st.one_of(st.sampled_from(TOKENS), st.binary(max_size=12)), max_size=30).map(b"".join)
TEXTS = st.one_of(st.text(max_size=30), BITS.map(lambda found: found.decode("utf-8", "replace")))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**20), 10**20), st.floats(allow_nan=False), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=8,
)
PAYLOADS = st.fixed_dictionaries(
    {},
    optional={
        "tool_name": st.one_of(VALUES, st.sampled_from(["Bash", "Write", "Read", "mcp__a__b", "Task", "x"])),
        "tool_input": st.one_of(
            VALUES,
            st.dictionaries(st.sampled_from(["command", "file_path", "path", "pattern", "url"]), VALUES),
        ),
        "cwd": VALUES, "session_id": VALUES, "agent_id": VALUES, "tool_use_id": VALUES,
    },
)  # fmt: skip


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_files_are_read_or_refused(name: str, figure: Callable[..., None]) -> None:
    """Real files with anything changed in them: no fault, and none of at most 64 KiB takes long."""
    found = fuzz(TARGETS[name], iter(range(TRIES)), SEED)
    slowest = f"{found.slowest / 1e6:.1f} ms for {len(found.input)} bytes"
    figure(f"fuzz        {name:9} {found.tried} inputs, {found.kept} kept, the slowest {slowest}")
    assert found.tried == TRIES
    assert found.kept > len(TARGETS[name].corpus())
    assert found.slowest < GENEROUS * TARGETS[name].slow * 1e6


HOSTILE = {
    "log, empty lines": b"\n" * LIMIT,
    "log, ends of events": b" ^00000000\n" * (LIMIT // 11),
    "log, digits": b'{"doc":' + b"9" * LIMIT,
    "log, one line": b"1. x **a** - `{" + b"`" * LIMIT,
    "header, brackets": b"---\na: " + b"[" * (LIMIT - 20) + b"\n---\n",
    "header, braces": b"---\nb\n" + b"{" * 1800 + b"\n---\n",
    "header, brackets in lines": b"---\na:\n" + b" [\n" * 1900 + b"---\n",
    "header, no fence": b"---\n" + b"\n--- " * (LIMIT // 5),
    "header, dashes": b"---\n" + b"- " * (LIMIT // 2) + b"\n---\n",
    "header, quotes": b'---\na: "' + b"\\" * LIMIT + b'"\n---\n',
    "header, values": headers()[-2],
    "document, empty lines": b"\n" * LIMIT,
    "document, conflicts that begin": b"<<<<<<< \n" * (LIMIT // 9),
    "document, conflicts without end": b"<<<<<<< \n=======\n" * (LIMIT // 17),
    "document, bases": b"<<<<<<< \n" + b"||||||| \n=======\n" * (LIMIT // 17),
    "document, headings": DOCUMENT + b"## Tasks\n### plan\n- [ ] x\n" * (LIMIT // 27),
    "document, boxes": DOCUMENT + b"### plan\n- [ ] a\n" * (LIMIT // 17),
    "payload, a deep path": b"a/" * (LIMIT // 2),
    "payload, back and forth": b"a/../" * (LIMIT // 5),
    "payload, commands": b'";";' * (LIMIT // 4),
    "payload, prefixes": b"env " * (LIMIT // 4),
    "payload, lists": b"[" * LIMIT,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_input_takes_long(name: str) -> None:
    """64 KiB of what a careless reader would look at again and again."""
    target, content = TARGETS[name.partition(",")[0]], HOSTILE[name]
    assert cost(target.read, content[:LIMIT])[0] < GENEROUS * target.slow * 1e6


def test_large_front_matter_is_read_by_yaml() -> None:
    """What the fuzzing begins with is within the limits, so that reading it costs what it may at most."""
    for content in headers()[-3:]:
        assert parse(content.decode()).problems == ()
        with pytest.raises(HeaderRefused):
            read_header(content.decode())


def test_brackets_are_counted_before_they_are_read() -> None:
    """A thousand brackets are refused at the seventeenth: each would be looked at again and again."""
    (problem,) = parse("---\nschema: 1\nkey: " + "{" * 1000 + "\n---\n").problems
    assert (problem.line, problem.message) == (3, "nested deeper than 16 levels")


@settings(max_examples=by_run(100, 500, 5000), deadline=None)
@given(BITS, st.dictionaries(TEXTS, st.one_of(TEXTS, st.integers()), max_size=3), st.integers(0, 60), BITS)
def test_an_undamaged_event_is_found_among_anything(
    before: bytes, details: dict[str, object], at: int, after: bytes
) -> None:
    """Whatever stands around it, a line whose checksum holds is read; one with a byte changed is none."""
    try:
        line = format_event(7, TIME, "note.added", "plan", {**details, "doc": 7})
    except ValueError:
        return
    log = before + b"\n" + line
    found = last_event(log)
    assert found is not None
    assert found[:4] == (7, TIME, "note.added", "plan")
    assert tail_document(log) == 7
    hurt = line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]
    assert split_event(hurt.removesuffix(b"\n")) is None
    assert tail_document(log + after.replace(b" ^", b"")) in (7, None)


@settings(max_examples=by_run(100, 500, 5000), deadline=None)
@given(st.lists(st.tuples(st.text("abcXYZ_-019", max_size=6), TEXTS), max_size=6), BITS)
def test_a_header_is_read_by_one_reader_or_the_other(pairs: list[tuple[str, str]], tail: bytes) -> None:
    """The strict reader raises HeaderRefused only, YAML's nothing, and what both read is the same."""
    header = "".join(f"{key}: {value}\n" for key, value in pairs)
    text = f"---\n{header}---\n" + tail.decode("utf-8", "replace")
    parsed = parse(text)
    try:
        values = read_header(text)
    except HeaderRefused:
        return
    assert (parsed.values, parsed.problems) == (values, ())


@settings(max_examples=by_run(150, 800, 8000), deadline=None)
@given(PAYLOADS)
def test_a_payload_of_any_shape_is_judged(payload: dict[str, object]) -> None:
    """Whatever a client sends that is JSON gets one of four decisions."""
    content = json.dumps(payload)
    try:
        found = decode_json(content)
    except ValueError:
        return
    assert isinstance(found, dict)
    assert judged(found).partition(" ")[0] in ("allow", "deny", "ask", "look", "parse")


def test_mutations_stay_within_the_limit_and_can_be_played_again() -> None:
    """A seed gives the same inputs; none is longer than 64 KiB, and few are as they were."""
    import random

    corpus = TARGETS["log"].corpus()
    one, two = (
        [mutated(chance, corpus) for _ in range(200)]
        for chance in (random.Random(1), random.Random(1))  # noqa: S311  # a seed
    )
    assert one == two
    assert max(map(len, one)) <= LIMIT
    assert sum(each in corpus for each in one) < 60


def test_a_reader_that_raises_is_told_with_its_input() -> None:
    """The fuzzing would see a fault, and names the seed and the bytes."""
    target = TARGETS["log"]._replace(read=lambda content: str(content.index(b"2026")))
    with pytest.raises(ValueError, match="not found") as caught:
        fuzz(target, iter(range(5000)), 1)
    assert caught.value.__notes__[0].startswith("seed 1, input ")


def test_it_runs_by_hand(capsys: pytest.CaptureFixture[str]) -> None:
    """`python -m tests.reliability.fuzz NAME SECONDS SEED` says how many inputs there were."""
    assert main("log", "0.05", "1") in (0, 1)
    assert capsys.readouterr().out.startswith("log: ")
