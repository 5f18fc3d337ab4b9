"""How a call ends: every way out of a command becomes an exit code and a sentence."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import click

from memory_state.cli.app import application
from memory_state.cli.context import PROGRAM, workspace_of
from memory_state.cli.output import tell_error, tell_failure
from memory_state.core.errors import Broken, MemoryStateError

if TYPE_CHECKING:
    from types import FrameType

    from memory_state.cli.context import Call

COMPLETION = "_MEMORY_STATE_COMPLETE"
INTERRUPTED = 130
TERMINATED = 143
FAULT = 70


class Terminated(BaseException):
    """SIGTERM arrived: what is half done is cleaned up on the way out."""


def end_on_termination() -> None:
    """Have SIGTERM end the process through its `finally` blocks."""
    from _signal import (  # type: ignore[import-not-found]  # the C part of signal has no stubs
        SIGTERM,
        signal,
    )

    signal(SIGTERM, terminate)


def terminate(number: int, frame: FrameType | None) -> None:
    """SIGTERM."""
    raise Terminated


def run(call: Call) -> int:
    """Run the command that the call's arguments name; gives the exit code."""
    try:
        code = invoke(call)
        flush_stdout()
    except MemoryStateError as error:
        return tell_error(call, error)
    except click.ClickException as error:
        return tell_usage(call, error)
    except (KeyboardInterrupt, click.Abort):
        tell_failure(call, "interrupted", "interrupted", [])
        return INTERRUPTED
    except Terminated:
        return TERMINATED
    except OSError as error:
        return tell_disk(call, error)
    except Exception as fault:  # noqa: BLE001  # a fault of ours is told and written down whatever it is
        return tell_fault(call, fault)
    return code


def invoke(call: Call) -> int:
    """Parse and run; gives the exit code.

    Not by `application.main`, which turns a broken pipe into exit code 1.
    """
    completing = call.environment.get(COMPLETION)
    if completing:
        return complete(call, completing)
    try:
        with application.make_context(PROGRAM, list(call.arguments), obj=call) as context:
            code = application.invoke(context)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    return code if isinstance(code, int) else 0


def complete(call: Call, instruction: str) -> int:
    """Answer a shell that completes a line; gives the exit code.

    A fault stays silent: what it printed would stand in the middle of a half-typed line.
    """
    from click.shell_completion import shell_complete

    try:
        return shell_complete(application, {"obj": call}, PROGRAM, COMPLETION, instruction)
    except Exception:  # noqa: BLE001  # see above
        return 1


def tell_usage(call: Call, error: click.ClickException) -> int:
    """A call that can not be understood; gives its exit code."""
    tell_failure(call, "usage", error.format_message(), [help_line(call)])
    return error.exit_code


def help_line(call: Call) -> str:
    """The command that explains the one that was called."""
    return " ".join(filter(None, (call.program, call.command, "--help")))


def tell_disk(call: Call, error: OSError) -> int:
    """The system refused to read or write; gives the exit code. A reader that went away is no error."""
    reason = error.strerror or str(error)
    if error.errno == errno.EPIPE or not stdout_takes():
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if error.errno == errno.EPIPE:
            return 0
        return tell_error(call, Broken(f"the answer can not be written: {reason}", ("status",)))
    where = error.filename if isinstance(error.filename, str) else f"the state below {memory_of(call)}"
    return tell_error(call, Broken(f"{where} can not be read or written: {reason}", ("doctor",)))


def flush_stdout() -> None:
    """Hand on what was printed; standard output may have been closed before we started."""
    if sys.stdout is not None:
        sys.stdout.flush()


def stdout_takes() -> bool:
    """Whether standard output takes what was printed so far."""
    try:
        flush_stdout()
    except OSError:
        return False
    return True


def tell_fault(call: Call, fault: Exception) -> int:
    """A fault of ours: one line, and the traceback in the memory path or else on stderr."""
    from memory_state.workspace.faults import traceback_text, write_fault

    memory = memory_of(call)
    path = write_fault(memory, call.arguments, fault) if memory else None
    where = f"its traceback is in {path}" if path else "its traceback follows"
    said = f"a fault of memory-state: {type(fault).__name__}: {fault}"
    tell_failure(call, "fault", f"{said}; {where}", [f"{call.program} doctor"])
    if path is None:
        click.echo(traceback_text(fault), err=True)
    return FAULT


def memory_of(call: Call) -> str | None:
    """The memory path as far as it can be known after a fault."""
    try:
        return workspace_of(call).project.memory
    except Exception:  # noqa: BLE001  # whatever fails here is the very fault that is told
        return None
