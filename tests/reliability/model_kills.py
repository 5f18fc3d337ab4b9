"""Commands on a workflow, in this process or in one that is killed on its way to the disk.

Run as a program it takes a command a line as JSON, does each in a child of its own that SIGKILL ends
at the given call to the system, and says how the child ended.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from memory_state.core.errors import MemoryStateError
from memory_state.workspace.actor import Actor
from memory_state.workspace.rollback import roll_back
from memory_state.workspace.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

CHANGING = frozenset({"open", "write", "fchmod", "fsync", "rename", "link", "unlink", "mkdir", "rmdir"})
KILLED = -signal.SIGKILL
FAULT = 70


class Command(NamedTuple):
    """A command on a workflow: who asks is `person`, or nobody in particular."""

    root: str
    home: str
    workflow: str
    now: float
    person: bool
    verb: str
    words: tuple[str, ...]
    session: str = ""


def actor_of(command: Command) -> Actor:
    """Who asks."""
    session = command.session or None
    return Actor("person", "Ann", session) if command.person else Actor("cli", session=session)


def workspace_for(command: Command) -> Workspace:
    """The workspace of the asker."""
    return Workspace.find(
        command.root,
        environment={"HOME": command.home, "PATH": "/usr/bin:/bin"},
        workflow=command.workflow or None,
        actor=actor_of(command),
        clock=lambda: command.now,
    )


def perform(command: Command) -> None:
    """Do a command; MemoryStateError as it raises it."""
    workspace = workspace_for(command)
    if command.verb in ("start", "start inner"):
        workspace.start(*command.words, inner=command.verb == "start inner")
    elif command.verb == "skip":
        workspace.skip("not needed", *command.words)
    elif command.verb == "fail":
        workspace.fail("it broke")
    elif command.verb == "rollback":
        way, value = command.words
        roll_back(workspace, **({"steps": int(value)} if way == "steps" else {"to": value}))
    else:
        getattr(workspace, command.verb)(*command.words)


def perform_until(command: Command, calls: int) -> None:
    """Do a command, killed on the way into one more than so many calls that change the disk."""
    left = calls

    def count(frame: FrameType, event: str, called: object) -> None:
        nonlocal left
        if event == "c_call" and getattr(called, "__module__", "") == "posix":
            left -= getattr(called, "__name__", "") in CHANGING
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(count)
    perform(command)


def end_of(command: Command, calls: int) -> int:
    """How a command ended in a child: its exit code, or KILLED."""
    child = os.fork()
    if child == 0:
        code = FAULT
        try:
            perform_until(command, calls)
            code = 0
        except MemoryStateError as error:
            code = error.exit_code
        except Exception:
            traceback.print_exc()
            raise
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextmanager
def striker() -> Iterator[Callable[[Command, int], int]]:
    """A process that does commands and kills them: a function that gives each one's end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.reliability.model_kills"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2],
    ) as process:  # fmt: skip
        commands, ends = process.stdin, process.stdout
        if commands is None or ends is None:
            raise AssertionError("both are pipes")

        def strike(command: Command, calls: int) -> int:
            commands.write(json.dumps([command, calls]).encode() + b"\n")
            commands.flush()
            return int(ends.readline())

        yield strike


def main() -> None:
    """Serve until the input ends."""
    for line in sys.stdin:
        values, calls = json.loads(line)
        command = Command(*values)
        sys.stdout.write(f"{end_of(command._replace(words=tuple(command.words)), calls)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
