"""Fuzzing what reads foreign bytes: a log's lines, a document, a hook's payload.

`python -m tests.reliability.fuzz log 600` tries for 600 seconds; it prints how many inputs there were,
the most CPU time that one took, and ends with 1 at the first that raised what is not documented. Inputs
are mutated from real files; those that are read in a new way, or slower than any before, are mutated
further.
"""

from __future__ import annotations

import os
import random
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.errors import Broken
from memory_state.core.gate import judge_call
from memory_state.core.header import HeaderRefused, read_header
from memory_state.core.journal import (
    document_number,
    event_time,
    format_event,
    last_event,
    split_event,
    tail_document,
)
from memory_state.core.jsontext import decode_json
from memory_state.core.record import called_paths
from memory_state.workflow.conflict import conflict_line, sides
from memory_state.workflow.definition import parse_definition
from memory_state.workflow.document import read_document
from memory_state.workflow.frontmatter import parse, set_values
from memory_state.workflow.rebuilding import read_recovery
from memory_state.workspace.history import event_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
LIMIT = 65536
SLOW = 50_000_000  # nanoseconds
TEMPLATE = ROOT / "templates" / "workflows" / "feature.md"
FEATURE = parse_definition(TEMPLATE.read_text(encoding="utf-8"), "feature.md")[0]
HEADER: dict[str, object] = {
    "workflow_id": "7f3a9c21", "status": "in_progress", "phase": "build",
    "allow": ["read", "edit(src/**)", "shell(make *)", "shell"], "deny": ["shell(git push *)"],
}  # fmt: skip
TOKENS = (
    b"---\n", b"\n", b"\r\n", b" ^", b"`", b"`{", b"}`", b'"doc":', b"{", b"}", b"[", b"]", b'"', b"'",
    b"\\", b"\\u", b"\\ud800", b": ", b", ", b"- [ ] ", b"- [x] ", b"### ", b"## Tasks\n", b"<<<<<<< \n",
    b"=======\n", b">>>>>>> \n", b"||||||| \n", b"<!--", b"-->", b"```\n", b"&a ", b"*a", b"!!", b"|\n",
    b"? ", b"#", b"\t", b"  ", b"\0", b"\xff", b"\xef\xbb\xbf", b"\xe2\x80\xa8", b"1e9", b"-0", b"9" * 30,
    b"true", b"null", b"$(", b"<<EOF\n", b"&&", b"|", b";", b"../", b"/", b"*", b"**", b"(", b")", b"~",
    b"env ", b"sudo -u x ", b"git -C . ", b"memory-state approve", b"tool_input", b"command",
)  # fmt: skip


def read_log(content: bytes) -> str:
    """Read bytes as the end of a log, and each line as an event; nothing may raise."""
    last = last_event(content)
    tail_document(content)
    kinds = []
    for line in content.split(b"\n"):
        parts = split_event(line)
        if parts is not None:
            document_number(parts[4])
            event_time(1e9, parts[1])
            kinds.append(parts[2] if event_from(parts) else "no JSON")
    return f"{last and last[2]} {len(kinds).bit_length()} {sorted(set(kinds))}"


def read_front(content: bytes) -> str:
    """Read bytes as a document's front matter, strictly and by YAML."""
    text = content.decode("utf-8", "replace")
    try:
        seen = f"strict {len(read_header(text))}"
    except HeaderRefused as refused:
        seen = refused.why
    return seen + "".join(each.message for each in parse(text).problems[:2])


def read_whole(content: bytes) -> str:
    """Read bytes as a document, as one in conflict, and as a recovery file; change its front matter."""
    text = content.decode("utf-8", "replace")
    if FEATURE is None:
        raise AssertionError("the definition that comes with the package is sound")
    found = read_document(text, FEATURE, "")
    conflict = conflict_line(text)
    sides(text)
    read_recovery(text)
    try:
        set_values(text, {"event": 18, "title": "New"})
    except (Broken, ValueError) as error:
        return str(error)
    return f"{bool(conflict)} {found.state is None} {[each.message for each in found.problems[:3]]}"


def read_payload(content: bytes) -> str:
    """Read bytes as a hook's payload and judge it, then as a command and a path within one.

    A ValueError of the first hands the call on.
    """
    text = content.decode("utf-8", "surrogateescape")
    try:
        found = decode_json(content.decode())
    except ValueError as error:
        seen, found = f"refused {error}", None
    else:
        seen = judged(found) if isinstance(found, dict) else "no object"
    shell = judged({"tool_name": "Bash", "tool_input": {"command": text}})
    edit = judged({"tool_name": "Write", "cwd": "/nowhere/a", "tool_input": {"file_path": text}})
    return f"{seen} {shell} {edit}"


def judged(payload: dict[str, object]) -> str:
    """The decision about a payload, and the beginning of its reason."""
    decision, reason = judge_call(payload, HEADER, "/nowhere", "/nowhere/.memory", ("/home/x",), ())
    given = payload.get("tool_input")
    if isinstance(given, dict):
        called_paths(str(payload.get("tool_name") or ""), given, "/nowhere", "/nowhere")
    return f"{decision} {reason[:40]}"


COMMANDS = (
    b"git log --oneline | head -3 && sudo env A=1 git -C . push origin 'a b'", b"cat <<EOF > out\nx\nEOF\n",
    b"find . -name '*.py' -exec sed -i s/a/b/ {} +; make test 2>&1 | tee log", b"/nowhere/src/../docs/a.md",
    b'python3 -m memory_state approve --reason "x"',
)  # fmt: skip


class Target(NamedTuple):
    """What reads, giving how it read; real files to begin with; the CPU time an input may take, in ms."""

    read: Callable[[bytes], str]
    corpus: Callable[[], list[bytes]]
    slow: float


def logs() -> list[bytes]:
    """The lines of a history of every kind."""
    kinds = ("workflow.started", "phase.entered", "task.added", "tool.used", "log.sealed", "note.added")
    details: dict[str, object] = {"text": "A `note` \u20ac", "to": "build", "paths": ["a/b"], "doc": 3}
    lines = [
        format_event(at, "2026-11-20T10:00:00.123Z", k, "plan", details) for at, k in enumerate(kinds, 1)
    ]
    return [b"---\nschema: 1\n---\n# History\n\n" + b"".join(lines), lines[0], lines[-1][:-1]]


def documents() -> list[bytes]:
    """Documents, definitions and transcripts."""
    folders = ("tests/documents", "tests/transcripts", "templates", "templates/workflows")
    found = [path.read_bytes() for each in folders for path in sorted((ROOT / each).glob("*.md"))]
    return [*found, DOCUMENT]


def headers() -> list[bytes]:
    """The same, and front matter that YAML reads, as large as it may be: words, values, pairs."""
    words = b"a:\n" + b"".join(b"- %s\n" % (b"ab " * 19)[:-1] for _ in range(500))
    values = b"a: [" + b"[b, c], " * 640 + b"]\n"
    pairs = b"a: [" + b"{b: c}, " * 500 + b"]\n" + b"b: >\n" + b"  some words\n" * 500
    return [*documents(), *(b"---\n%s---\n" % each for each in (words, values, pairs))]


def payloads() -> list[bytes]:
    """What a real client sent, and commands and paths as they stand in it."""
    found = [path.read_bytes() for path in sorted((ROOT / "tests" / "payloads").glob("*.json"))]
    return [*found, *COMMANDS]


DOCUMENT = b"""---
schema: 1
workflow_id: "7f3a9c21"
title: "Add login"
definition: "feature"
level: "outer"
status: "in_progress"
phase: "build"
role: "developer"
allow: ["read", "edit"]
context: {"autonomy": "L3", "a": {"b": [1, null, true]}}
created_at: "2026-11-20T10:00:00Z"
updated_at: "2026-11-20T10:42:10Z"
event: 17
---

# Add login

## Phases

- [x] plan: 2026-11-20T10:00:00Z to 2026-11-20T10:12:00Z
- [ ] **build**: since 2026-11-20T10:12:00Z
- [ ] test

## Tasks

### plan
- [x] Write the plan

### build
- [ ] Add the login endpoint

## Notes

Whatever stays.
"""
TARGETS = {
    "log": Target(read_log, logs, 50),
    "header": Target(read_front, headers, 50),
    "document": Target(read_whole, documents, 250),  # its front matter is read five times, 50 each
    "payload": Target(read_payload, payloads, 150),  # judged three times, 50 each
}


class Fuzzed(NamedTuple):
    """How many inputs were tried, and the one that took most CPU time: nanoseconds at its best of four."""

    tried: int
    kept: int
    slowest: int
    input: bytes


def mutated(chance: random.Random, pool: list[bytes]) -> bytes:
    """An input like one of the pool, changed in a few places."""
    content = chance.choice(pool)
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        content = chance.choice(CHANGES)(chance, content, pool)[:LIMIT]
    return content


def place(chance: random.Random, content: bytes) -> tuple[int, int]:
    """A part of an input, often short."""
    start = chance.randrange(len(content) + 1)
    return start, min(len(content), start + chance.choice((0, 1, 1, 4, 30, 500)))


def with_token(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    """A word of one of the formats, in the place of a part."""
    start, end = place(chance, content)
    return content[:start] + chance.choice(TOKENS) + content[end:]


def with_many(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    """One or two such words many times."""
    start, end = place(chance, content)
    word = b"".join(chance.sample(TOKENS, chance.choice((1, 1, 2, 3))))
    return content[:start] + word * chance.choice((3, 50, 1000, LIMIT // len(word))) + content[end:]


def with_byte(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    """A byte changed."""
    start, _ = place(chance, content)
    return content[:start] + bytes([chance.randrange(256)]) + content[start + 1 :]


def with_part(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    """A part of another input, once or many times."""
    other = chance.choice(pool)
    (start, end), (first, last) = place(chance, content), place(chance, other)
    return content[:start] + other[first:last] * chance.choice((1, 1, 2, 40)) + content[end:]


def without_part(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    """A part left out."""
    start, end = place(chance, content)
    return content[:start] + content[end:]


def cut_off(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    """The end left out."""
    return content[: chance.randrange(len(content) + 1)]


def with_long_line(chance: random.Random, content: bytes, pool: list[bytes]) -> bytes:
    """A line many times over, within itself."""
    lines = content.split(b"\n")
    at = chance.randrange(len(lines))
    half = len(lines[at]) // 2
    lines[at] = lines[at][:half] * chance.choice((2, 20, 400)) + lines[at][half:]
    return b"\n".join(lines)


CHANGES = (with_token, with_token, with_many, with_byte, with_part, without_part, cut_off, with_long_line)


def cost(read: Callable[[bytes], str], content: bytes) -> tuple[int, str]:
    """CPU time of reading, in nanoseconds, and how it was read; a slow one is read again, its best counts."""
    best, seen = LIMIT**4, ""
    for _ in range(4):
        before = time.process_time_ns()
        seen = read(content)
        best = min(best, time.process_time_ns() - before)
        if best < SLOW:
            break
    return best, seen


def fuzz(target: Target, more: Iterator[object], seed: int) -> Fuzzed:
    """Try an input for each item of `more`; raises what a reader raises, with the input as a note."""
    chance = random.Random(seed)  # noqa: S311  # a seed that can be played again
    pool = target.corpus()
    seen: set[str] = set()
    slowest, worst, tried, dearest = 0, b"", 0, 0.0
    for _ in more:
        content = mutated(chance, pool)
        tried += 1
        try:
            spent, how = cost(target.read, content)
        except Exception as fault:
            fault.add_note(f"seed {seed}, input {tried}: {content[:2000]!r}")
            raise
        mark = re.sub(r"[0-9]+|'[^']*'", "", how)[:120]
        dear = spent / (len(content) + 200)
        if mark not in seen or dear > dearest * 1.02:
            seen.add(mark)
            pool.append(content)
        dearest = max(dear, dearest)
        if spent > slowest:
            slowest, worst = spent, content
    return Fuzzed(tried, len(pool), slowest, worst)


def until(seconds: float) -> Iterator[None]:
    """An item again and again until so many seconds have passed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield None


def main(name: str, seconds: str = "600", seed: str = "") -> int:
    """Fuzz a target and print what came of it; 1 when an input was too slow."""
    number = int(seed or random.SystemRandom().randrange(10**6))
    found = fuzz(TARGETS[name], until(float(seconds)), number)
    sys.stdout.write(
        f"{name}: {found.tried} inputs in {seconds} s, {found.kept} kept, 0 faults, the slowest "
        f"{found.slowest / 1e6:.1f} ms for {len(found.input)} bytes (seed {number})\n"
    )
    limit = TARGETS[name].slow
    if found.slowest <= limit * 1e6:
        return 0
    descriptor, path = tempfile.mkstemp(prefix=f"fuzz-{name}-")
    with os.fdopen(descriptor, "wb") as file:
        file.write(found.input)
    sys.stdout.write(f"slower than {limit} ms: {path}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
