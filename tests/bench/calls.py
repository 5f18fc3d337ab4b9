"""The rows of the first table: single calls of the hook, of our command, and of a naive hook."""

from __future__ import annotations

from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.ground import LINE, Ground
from tests.bench.measure import Row, nothing

if TYPE_CHECKING:
    from collections.abc import Iterator

REPOSITORY = Path(__file__).parent.parent.parent
BARE = "bare: `python -I -S -c pass`"
ENDS = "import posix; posix._exit(0)"
MEGABYTE = 1_100_000
LONG_HISTORY = 1_000_000


def call_rows(folder: Path) -> list[Row]:
    """Every row, the bare interpreter first."""
    ground = Ground.make(folder / "calls")
    environment = ground.project.environment
    return [
        Row(BARE, ground.bare(), b"", environment),
        Row(
            "interpreter that only ends: `posix._exit(0)`", ground.bare(ENDS, "-X", "utf8"), b"", environment
        ),
        *gate_rows(ground),
        *record_rows(ground, Ground.make(folder / "due", "save_interval = 0\n")),
        *large_rows(ground),
        *elsewhere_rows(ground),
        *loose_rows(folder),
        *slow_rows(ground, folder),
        *naive_rows(Ground.make(folder / "naive")),
    ]


def gate_rows(ground: Ground) -> Iterator[Row]:
    """PreToolUse, answered by the policy alone, and by a parser."""
    gate, environment = ground.command("PreToolUse"), ground.project.environment
    shell = partial(ground.payload, "PreToolUse", "Bash")
    read = ground.payload("PreToolUse", "Read", file_path="src/a.py")
    parsed = shell(command='for name in src/*.py; do wc -l "$name"; done')
    yield Row("PreToolUse, Write allowed", gate, ground.write("PreToolUse"), environment)
    yield Row("PreToolUse, Read allowed", gate, read, environment)
    yield Row(
        "PreToolUse, Write denied and recorded", gate, ground.write("PreToolUse", "src/a.py"), environment
    )
    yield Row("PreToolUse, Bash cleared by a cheap test", gate, shell(command="ls -la src"), environment)
    yield Row("PreToolUse, Bash that needs shfmt", gate, parsed, environment)


def record_rows(ground: Ground, due: Ground) -> Iterator[Row]:
    """PostToolUse, one event appended, the recovery file not yet old enough and due each time."""
    for name, each in (("one event appended", ground), ("event and recovery file", due)):
        content, environment = each.write("PostToolUse"), each.project.environment
        yield Row(f"PostToolUse, {name}", each.command("PostToolUse"), content, environment)


def large_rows(ground: Ground) -> Iterator[Row]:
    """Payloads of 1.1 MB and 5 MB; nobody knows which texts of a server's call are paths."""
    environment = ground.project.environment
    for event in ("PreToolUse", "PostToolUse"):
        for name, size in (("1.1 MB", MEGABYTE), ("5 MB", 5 * MEGABYTE)):
            content = ground.write(event, size=size)
            yield Row(f"{event}, payload of {name}", ground.command(event), content, environment)
    served = ground.payload("PreToolUse", "mcp__lab__echo", text=LINE * 25_000)
    yield Row("PreToolUse, server's tool, 1.1 MB", ground.command("PreToolUse"), served, environment)


def elsewhere_rows(ground: Ground) -> Iterator[Row]:
    """A project without a workflow, and the plugin's way to the hook."""
    environment = ground.project.environment
    outside = {**environment, "CLAUDE_PROJECT_DIR": environment["HOME"]}
    content = ground.write("PreToolUse")
    yield Row("PreToolUse, no workflow here", ground.command("PreToolUse"), content, outside)
    script = [str(REPOSITORY / "hooks" / "run"), "PreToolUse"]
    yield Row("PreToolUse by the plugin's script", script, content, environment, counted=False)
    yield Row("the same, no workflow here", script, content, outside, counted=False)


def loose_rows(folder: Path) -> Iterator[Row]:
    """A document that a person edited into looser YAML: when that is first seen, and afterwards."""
    first, later = Ground.make(folder / "first"), Ground.make(folder / "later")
    words = count(1)
    name = "PreToolUse, looser YAML"
    ways = (first, "first call", lambda: first.loosen(f"edit {next(words)}")), (later, "later", nothing)
    for ground, told, prepare in ways:
        ground.loosen("once")
        row = Row(name, ground.command("PreToolUse"), ground.write("PreToolUse"), ground.project.environment)
        row.run()
        yield row._replace(name=f"{name}, {told}", prepare=prepare, counted=ground is later)


def slow_rows(ground: Ground, folder: Path) -> Iterator[Row]:
    """What goes through the whole package."""
    long = Ground.make(folder / "long")
    long.grow(LONG_HISTORY)
    start = "SessionStart"
    environment = ground.project.environment
    yield Row(start, ground.command(start), ground.started(), environment, counted=False)
    late = f"{start}, {LONG_HISTORY:,} events"
    yield Row(late, long.command(start), long.started(), long.project.environment, counted=False)
    yield Row("`memory-state --help`", ground.program("--help"), b"", environment)
    yield Row("`memory-state status`", ground.program("status"), b"", environment)


def naive_rows(ground: Ground) -> Iterator[Row]:
    """The hook as one would write it first."""
    for event in ("PreToolUse", "PostToolUse"):
        yield Row(f"naive {event}", ground.naive(event), ground.write(event), ground.project.environment)
