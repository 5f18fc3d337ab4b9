"""Writers that are killed at random while they all write to one workflow.

Run as a program: ROOT, HOME, the number of kills, a seed. What each writer was told is done goes to
ROOT/done, a line each.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

from memory_state.core.errors import Conflict
from memory_state.core.record import note_call
from memory_state.workspace.actor import Actor
from memory_state.workspace.workspace import Workspace

WRITERS = 8


def write_on(workspace: Workspace, done: int) -> None:
    """Add tasks, notes and tool calls until killed, and tell each that was acknowledged."""
    run = workspace.status()
    root = workspace.project.settings.root
    count = 0
    while True:
        mark = f"m-{os.getpid()}-{count}."
        try:
            if count % 3 == 0:
                workspace.task("add", mark)
            elif count % 3 == 1:
                workspace.note(mark)
            else:
                payload: dict[str, object] = {"tool_name": "Read", "tool_use_id": mark}
                note_call(run.memory, run.id, "PostToolUse", payload, root, time.time())
            os.write(done, f"{mark}\n".encode())
        except Conflict:  # the lock was not to be had in time, and the caller is told so
            pass
        count += 1


def begin_writer(workspace: Workspace, done: int) -> int:
    """Start a writer; gives its process number."""
    child = os.fork()
    if child == 0:
        try:
            write_on(workspace, done)
        finally:
            os._exit(70)
    return child


def storm(root: str, home: str, kills: int, seed: int) -> None:
    """Keep eight writers at work until so many were killed; any that ends by itself ends the storm."""
    chance = random.Random(seed)  # noqa: S311  # a seed that can be played again
    environment = {"HOME": home, "PATH": "/usr/bin:/bin"}
    workspace = Workspace.find(root, environment=environment, actor=Actor("cli"))
    done = os.open(Path(root, "done"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    writers = [begin_writer(workspace, done) for _ in range(WRITERS)]
    for _ in range(kills):
        time.sleep(chance.uniform(0.05, 0.15))
        at = chance.randrange(WRITERS)
        end_writer(writers[at])
        writers[at] = begin_writer(workspace, done)
    for writer in writers:
        end_writer(writer)


def end_writer(writer: int) -> None:
    """Kill a writer and see that it was the kill that ended it."""
    os.kill(writer, signal.SIGKILL)
    _, status = os.waitpid(writer, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit(f"a writer ended by itself with {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    storm(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
