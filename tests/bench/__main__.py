"""`python -m tests.bench`: the tables of docs/benchmarks.md, as Markdown."""

from __future__ import annotations

import math
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import inside
from tests.bench.calls import call_rows
from tests.bench.ground import Ground
from tests.bench.measure import Row, costs, instructions
from tests.bench.neighbours import neighbour_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROUNDS = 15
SIZES = (100, 1_000, 10_000, 100_000, 1_000_000)


def machine() -> Iterator[str]:
    """On what the figures were taken, and when."""
    tools = [("valgrind", "--version"), ("node", "--version")]
    found = [done for each in tools if (done := version(*each))]
    python = f"{platform.python_implementation()} {platform.python_version()}"
    kind = f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()} {platform.release()}"
    yield f"{time.strftime('%Y-%m-%d', time.gmtime())}, {kind}, {', '.join([python, *found])}"


def version(program: str, option: str) -> str:
    """A program with its version; empty where it is not installed."""
    try:
        done = subprocess.run([program, option], capture_output=True, text=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError):
        return ""
    said = done.stdout.strip()
    return said if said.startswith(program) else f"{program} {said}"


def call_table(folder: Path) -> Iterator[str]:
    """Instructions and processor time of each call, against the bare interpreter."""
    rows = call_rows(folder)
    others, missing = neighbour_rows(Ground.make(folder / "neighbour"), folder / "npm")
    measured = costs([*rows, *others], ROUNDS)
    base = measured[rows[0].name]
    yield "| call | instructions, millions | against bare | processor time, ms | against bare |"
    yield "|---|---:|---:|---:|---:|"
    for name, cost in measured.items():
        counted = "- | -"
        if cost.instructions and base.instructions:
            counted = f"{cost.instructions / 1e6:.2f} | {cost.instructions / base.instructions:.3f}"
        yield f"| {name} | {counted} | {cost.seconds * 1000:.1f} | {cost.ratio:.2f} |"
    yield from (f"\nNot measured: {each}" for each in missing)


def growth_table(ground: Ground) -> Iterator[str]:
    """Instructions of gate and record for logs of several lengths, and the exponent."""
    found: dict[str, list[int]] = {"PreToolUse": [], "PostToolUse": []}
    for size in SIZES:
        ground.grow(size)
        for event, counts in found.items():
            row = Row(event, ground.command(event), ground.write(event), ground.project.environment)
            counts.append(instructions(row) or 0)
    yield "| events | " + " | ".join(f"{size:,}" for size in SIZES) + " | exponent |"
    yield "|---|" + "---:|" * (len(SIZES) + 1)
    for event, counts in found.items():
        told = [f"{count / 1e6:.2f}" for count in counts]
        yield f"| {event} | " + " | ".join([*told, exponent(counts)]) + " |"


def exponent(counts: list[int]) -> str:
    """The slope of logarithms over logarithms, by least squares; `-` where nothing was counted."""
    if not all(counts):
        return "-"
    xs, ys = [math.log(size) for size in SIZES], [math.log(count) for count in counts]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    return f"{rise / sum((a - x) ** 2 for a in xs):+.5f}"


def inside_table(folder: Path, grown: Ground) -> Iterator[str]:
    """What is measured inside a process."""
    yield "| what | cost |"
    yield "|---|---|"
    parts = (
        inside.appending(folder / "appending"),
        inside.moving(folder / "moving"),
        inside.many_workflows(folder / "many"),
        inside.reading(grown),
    )
    yield from (f"| {name} | {cost} |" for part in parts for name, cost in part)


def main() -> None:
    """Print everything, or only the tables named on the command line: calls, growth, inside."""
    wanted = sys.argv[1:] or ["calls", "growth", "inside"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        grown = Ground.make(folder / "grown")
        tables: dict[str, Callable[[], Iterator[str]]] = {
            "calls": lambda: call_table(folder),
            "growth": lambda: growth_table(grown),
            "inside": lambda: inside_table(folder, grown),
        }
        for part in (machine, *(tables[each] for each in wanted)):
            for line in part():
                print(line, flush=True)  # noqa: T201 - what it is for
            print()  # noqa: T201 - what it is for


if __name__ == "__main__":
    main()
