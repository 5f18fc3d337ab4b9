"""Measuring commands: instructions, processor time beside a bare interpreter, system calls."""

from __future__ import annotations

import os
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.ground import CALL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

READS = re.compile(r"^(?:read|pread64)\(.*= (\d+)$", re.MULTILINE)
CALLS = count(1)
TIMEOUT = 600
"""Seconds that no command takes."""


def nothing() -> None:
    """What most commands need before they run."""


class Row(NamedTuple):
    """A command to measure: its name in the table, its input and environment, what to do before each run.

    `counted` is False where callgrind can not follow, and where the hook's deadline passes beneath it.
    """

    name: str
    command: Sequence[str]
    content: bytes
    environment: Mapping[str, str]
    prepare: Callable[[], None] = nothing
    counted: bool = True

    def run(self, *before: str) -> subprocess.CompletedProcess[bytes]:
        """Run it, behind another command if one is given; a run that fails is no measurement."""
        self.prepare()
        content = self.content.replace(CALL.encode(), b"toolu_%06d" % next(CALLS))
        done = fed([*before, *self.command], content, self.environment)
        if done.returncode not in (0, 2):
            raise RuntimeError(f"{self.name} failed: {done.stdout!r} {done.stderr!r}")
        return done


def fed(
    command: Sequence[str], content: bytes, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[bytes]:
    """Run a command with its input as Claude Code 2.1.329 gives it: a socket, filled as far as it takes."""
    ours, theirs = socket.socketpair()
    with ours, subprocess.Popen(
        command, stdin=theirs.fileno(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as child:  # fmt: skip
        theirs.close()
        ours.settimeout(TIMEOUT)
        with suppress(BrokenPipeError, ConnectionResetError):  # it need not read what it is given
            ours.sendall(content)
        ours.close()
        output, errors = child.communicate(timeout=TIMEOUT)
        return subprocess.CompletedProcess(command, child.returncode, output, errors)


class Cost(NamedTuple):
    """Instructions in user space (None where they are not counted), and processor time against bare."""

    instructions: int | None
    ratio: float
    seconds: float


def instructions(row: Row) -> int | None:
    """Instructions in user space, the median of three runs; None where callgrind can not count them."""
    counts = [counted_instructions(row) for _ in range(3 if row.counted and shutil.which("valgrind") else 0)]
    known = [each for each in counts if each is not None]
    return int(statistics.median(known)) if known else None


def counted_instructions(row: Row) -> int | None:
    """Instructions of one run, by callgrind; None where it fails.

    It is a hundred times slower than the machine, so a deadline may pass that never does otherwise.
    """
    try:
        done = row.run("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null")
    except RuntimeError:
        return None
    found = re.search(rb"refs:\s+([\d,]+)", done.stderr)
    return int(found.group(1).replace(b",", b"")) if found else None


def processor_time(row: Row) -> float:
    """Seconds of user and system time of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    row.run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def costs(rows: Sequence[Row], rounds: int, seed: int = 1) -> dict[str, Cost]:
    """What each row costs: in every round all run once, in random order, and count against the first.

    Ratios and seconds are medians over the rounds.
    """
    order = random.Random(seed)  # noqa: S311 - an order, not a secret
    found: dict[str, list[tuple[float, float]]] = {row.name: [] for row in rows}
    for _ in range(rounds):
        times = {row.name: processor_time(row) for row in order.sample(rows, len(rows))}
        for name, seconds in times.items():
            found[name].append((seconds / times[rows[0].name], seconds))
    medians = {
        name: [statistics.median(each) for each in zip(*taken, strict=True)] for name, taken in found.items()
    }
    return {row.name: Cost(instructions(row), medians[row.name][0], medians[row.name][1]) for row in rows}


def system_calls(row: Row, folder: Path) -> tuple[int, int]:
    """How many system calls a command makes, and how many bytes it reads from files.

    Where strace is not installed, only calls that read and write are counted, by Linux itself.
    """
    if shutil.which("strace") is None:
        return counted_calls(row)
    trace = folder / "trace"
    row.run("strace", "-qq", "-o", str(trace))
    text = trace.read_text(encoding="utf-8", errors="replace")
    return text.count("\n"), sum(int(size) for size in READS.findall(text))


def counted_calls(row: Row) -> tuple[int, int]:
    """`system_calls` by what the kernel keeps of a process that has ended and is not yet waited for."""
    with subprocess.Popen(
        row.command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=row.environment,
    ) as child:  # fmt: skip
        if child.stdin is not None:
            child.stdin.write(row.content)
            child.stdin.close()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        kept = Path(f"/proc/{child.pid}/io").read_text(encoding="ascii")
    found = dict(line.split(": ") for line in kept.splitlines())
    return int(found["syscr"]) + int(found["syscw"]), int(found["rchar"])
