"""Finding out what a gate's conditions ask: files, commands, and whether a command may run."""

from __future__ import annotations

import os
import time
from typing import IO, TYPE_CHECKING

from memory_state.core.redaction import REDACTION_MARGIN, redact_end, redact_start
from memory_state.workflow.conditions import COMMAND_LIMIT
from memory_state.workflow.gates import CommandResult, Facts
from memory_state.workflow.machine import UNTRUSTED, Draft, gate_of
from memory_state.workflow.markdown import headings
from memory_state.workspace.approved import voided
from memory_state.workspace.outside import standing_changes
from memory_state.workspace.sources import read_source
from memory_state.workspace.trust import is_trusted, test_command

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from memory_state.workflow.model import Condition
    from memory_state.workspace.configuration import Settings
    from memory_state.workspace.run import Run

OUTPUT_TAIL = 2048  # bytes
# More is read than shown, so that a secret at the edge is seen whole.
READ_TAIL = OUTPUT_TAIL + REDACTION_MARGIN
READER_PATIENCE = 0.5


def gather(run: Run, settings: Settings, environment: Mapping[str, str], *, commands: bool) -> Facts:
    """What the exit conditions of the current phase need to know; with `commands`, these are run."""
    exits = gate_of(run.definition, run.state).exit
    found = {each.target: file_headings(settings.root, each.target) for each in exits if each.kind == "file"}
    results: dict[str, CommandResult] = {}
    refusals: dict[str, str] = {}
    for each in exits:
        if each.kind == "command":
            line, refusal = runnable(run, settings, environment, each)
            if refusal:
                refusals[each.target] = refusal
            elif commands:
                results[each.target] = run_command(line, settings.root, each.timeout)
    outside = standing_changes(run.memory, run.id, settings.root)
    asked = any(each.kind == "approval" for each in exits)
    why = voided(run.memory, run.id, run.state.phase) if asked else ""
    return Facts(found, results, refusals, outside, why)


def file_headings(root: str, target: str) -> tuple[str, ...] | None:
    """The headings of a file below the project's root; None when it is missing or empty."""
    content = read_source(root, target)
    text = (content or b"").decode("utf-8-sig", "replace")
    return headings(text) if text.strip() else None


def runnable(
    run: Run, settings: Settings, environment: Mapping[str, str], condition: Condition
) -> tuple[str, str]:
    """The command line of a condition, and why it may not run (empty when it may)."""
    test = test_command(run.state, settings)
    if "$test" in condition.target and test is None:
        return "", (
            "no test command is known: a person names it with config set test_command CMD, starts the "
            "workflow with --test CMD, or vouches for the tests with approve"
        )
    line = condition.target.replace("$test", test or "")
    if not is_trusted(run, settings, environment):
        return "", (
            f"the definition {run.definition.name} {UNTRUSTED} {line!r}: a person looks at "
            f"{run.memory}/state/workflow-history/{run.id}/definition.md and says trust"
        )
    return line, ""


def run_command(line: str, root: str, timeout: int) -> CommandResult:
    """Run a command line in the project's root for at most `timeout` seconds; then its group is ended.

    It has ended when its shell has: what it left running in the background is not waited for. Of its
    output the last 2 KiB are given, without secrets.
    """
    import subprocess
    import threading

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
    import signal

    try:
        os.killpg(running.pid, signal.SIGKILL)
    except ProcessLookupError:  # it ended by itself in this moment
        return


def evidence_draft(phase: str, result: CommandResult) -> Draft:
    """The event that keeps what a gate's command gave."""
    return Draft(
        "evidence.recorded",
        phase,
        {
            "command": redact_start(result.command, COMMAND_LIMIT),
            "status": result.status,
            "milliseconds": int(result.seconds * 1000),
            "output": result.output,
        },
    )
