"""What is measured inside one process: appending, moving, many workflows, counting, verifying."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from multiprocessing import Process
from typing import TYPE_CHECKING

from memory_state.core.record import append_note
from tests.bench.ground import Ground
from tests.sessions import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WRITERS = 16
APPENDS = 2000
WORKFLOWS = 50
MOVES = 25
LONG_HISTORY = 1_000_000
COUNTED = """
import sys, time
from pathlib import Path
from memory_state.reports.counting import count_log
from memory_state.workspace.verification import verify
memory, workflow, what = sys.argv[1:]
before = time.process_time()
if what == "count":
    found = count_log(memory, workflow).total
else:
    result = verify(memory, workflow)
    found = result.scan.events if not result.problems else 0
seconds = time.process_time() - before
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(seconds, int(status["VmHWM"].split()[0]) / 1024, found)
"""


def append_many(memory: str, workflow: str, writer: int) -> None:
    """Append events as finished calls do."""
    for number in range(APPENDS):
        payload: dict[str, object] = {"tool_name": "Bash", "tool_use_id": f"toolu_{writer}_{number}"}
        append_note(memory, workflow, "tool.used", payload, {"ok": True}, time.time())


def appending(folder: Path) -> Iterator[tuple[str, str]]:
    """Processor time of an append, alone; speed and numbers of many writers."""
    ground = Ground.make(folder)
    before = time.process_time()
    append_many(ground.memory, ground.workflow, 0)
    alone = (time.process_time() - before) / APPENDS
    yield "an append, in process", f"{alone * 1e6:.1f} µs of processor time"
    writers = [
        Process(target=append_many, args=(ground.memory, ground.workflow, number))
        for number in range(1, WRITERS + 1)
    ]
    begun = time.monotonic()
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    seconds = time.monotonic() - begun
    lines = ground.log.read_bytes().split(b"\n")
    numbers = [int(line.partition(b".")[0]) for line in lines if line[:1].isdigit()]
    dense = numbers == list(range(1, len(numbers) + 1)) and len(numbers) > (WRITERS + 1) * APPENDS
    told = "dense" if dense else "NOT dense"
    yield f"{WRITERS} writers", f"{WRITERS * APPENDS / seconds:,.0f} appends a second, numbers {told}"


def milliseconds(call: Callable[[], object]) -> float:
    """How long a call takes on the wall's clock."""
    before = time.perf_counter()
    call()
    return (time.perf_counter() - before) * 1000


def moving(folder: Path) -> Iterator[tuple[str, str]]:
    """What leaving a phase takes inside one process, synced to the disk."""
    found = []
    for number in range(MOVES):
        place = folder.with_name(f"{folder.name}-{number}")
        place.mkdir()
        project = Project.make(place)
        (project.root / "plan.md").write_text("# Plan\n", encoding="utf-8")
        workspace = project.workspace()
        workspace.start("feature", "Add login")
        workspace.task("done", "1")
        found.append(milliseconds(workspace.next))
    yield "`next`, in process, synced", f"median {statistics.median(found):.1f} ms"


def many_workflows(folder: Path) -> Iterator[tuple[str, str]]:
    """Fifty live workflows of one project, and what a change costs beside them and alone."""
    ground = Ground.make(folder)
    alone = [step(ground, ground.workflow, number) for number in range(WORKFLOWS)]
    begun = time.perf_counter()
    started = [start_beside(ground, number) for number in range(1, WORKFLOWS)]
    seconds = time.perf_counter() - begun
    among = [step(ground, each, 0) for each in (ground.workflow, *started)]
    yield f"{WORKFLOWS} workflows started", f"{seconds:.2f} s"
    told = f"{p95(alone):.1f} ms with one workflow, {p95(among):.1f} ms with {WORKFLOWS}"
    yield "a task added, p95", told


def start_beside(ground: Ground, number: int) -> str:
    """The id of one more live workflow."""
    return ground.project.workspace().start("feature", f"Number {number}", beside=True).id


def step(ground: Ground, workflow: str, number: int) -> float:
    """Milliseconds of a change of a workflow's state, synced."""
    workspace = ground.project.workspace()
    workspace.wanted = workflow
    return milliseconds(lambda: workspace.task("add", f"Step {number}"))


def p95(times: list[float]) -> float:
    """What 95 of 100 do not exceed."""
    return statistics.quantiles(times, n=20)[-1]


def reading(ground: Ground) -> Iterator[tuple[str, str]]:
    """A counting pass and a verification over a long log, each in a process of its own."""
    ground.grow(LONG_HISTORY)
    for what in ("count", "verify"):
        done = subprocess.run(
            [sys.executable, "-c", COUNTED, ground.memory, ground.workflow, what],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        seconds, memory, found = done.stdout.split()
        told = f"{float(seconds):.2f} s of processor time, {float(memory):.0f} MiB"
        yield f"{what} {int(found):,} events", told
