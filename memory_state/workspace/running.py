"""Running the commands that a gate names, in the project's root, for a limited time."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from typing import IO

from memory_state.core.redaction import REDACTION_MARGIN, redact_end
from memory_state.workflow.gates import CommandResult

OUTPUT_TAIL = 2048  # bytes
# More is read than shown, so that a secret at the edge is seen whole.
READ_TAIL = OUTPUT_TAIL + REDACTION_MARGIN
READER_PATIENCE = 0.5


def run_command(line: str, root: str, timeout: int) -> CommandResult:
    """Run a command line in the project's root for at most `timeout` seconds; then its group is ended.

    It has ended when its shell has: what it left running in the background is not waited for. Of its
    output the last 2 KiB are given, without secrets.
    """
    began = time.monotonic()
    running = subprocess.Popen(  # noqa: S602  # a trusted definition's command line is for the shell
        line, shell=True, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    tail = bytearray()
    reader = threading.Thread(target=keep_tail, args=(running.stdout, tail), daemon=True)
    reader.start()
    status: int | None
    try:
        status = running.wait(timeout)
    except subprocess.TimeoutExpired:
        status = None
    finally:  # also when interrupted: what it started must not outlive us unseen
        if running.returncode is None:
            end_group(running)
            running.wait()
    reader.join(READER_PATIENCE)
    return CommandResult(line, status, time.monotonic() - began, kept_output(bytes(tail)))


def keep_tail(stream: IO[bytes], tail: bytearray) -> None:
    """Read a stream to its end, keeping in `tail` its last bytes: more than are shown."""
    with stream:
        while part := os.read(stream.fileno(), 1 << 16):
            tail += part
            del tail[:-READ_TAIL]


def kept_output(tail: bytes) -> str:
    """The last 2 KiB of a command's output, as UTF-8, without secrets."""
    text = redact_end(tail.decode("utf-8", "replace"), OUTPUT_TAIL, cut=len(tail) >= READ_TAIL)
    return text.encode()[-OUTPUT_TAIL:].decode("utf-8", "ignore")


def end_group(running: subprocess.Popen[bytes]) -> None:
    """End a command and what it started."""
    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:  # it ended by itself in this moment
        return
