"""The commands of gates: their end, their output, their time."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from memory_state.workspace.running import run_command


def is_running(pid: int) -> bool:
    """Whether a process is there and not dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b") ")[2][:1] not in b"ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def ends(pid: int) -> bool:
    """Whether a process ends within two seconds."""
    deadline = time.monotonic() + 2
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not is_running(pid)


def test_command_that_passes(tmp_path: Path) -> None:
    """Status, both streams, duration; it runs in the project's root, with nothing on standard input."""
    found = run_command("pwd; echo problem >&2; cat; exit 0", str(tmp_path), 10)
    assert (found.status, found.output) == (0, f"{tmp_path}\nproblem\n")
    assert 0 <= found.seconds < 5


@pytest.mark.parametrize(("line", "status"), [("exit 3", 3), ("kill -9 $$", -9), ("no-such-program", 127)])
def test_command_that_fails(tmp_path: Path, line: str, status: int) -> None:
    """Any other end than status 0 is told as it was."""
    assert run_command(line, str(tmp_path), 10).status == status


def test_only_the_end_of_the_output_is_kept(tmp_path: Path) -> None:
    """A flood of output costs no memory, and what it ended with is there."""
    found = run_command("yes | head -c 30000000; printf '\\377end'", str(tmp_path), 20)
    assert found.status == 0
    assert len(found.output) <= 2048
    assert found.output.endswith("y\n\ufffdend")


def test_timeout_ends_the_command_and_its_children(tmp_path: Path) -> None:
    """After its time the whole group is gone, and the result says that it was stopped."""
    began = time.monotonic()
    found = run_command("sleep 60 & echo $! > pid; sleep 60", str(tmp_path), 1)
    assert found.status is None
    assert time.monotonic() - began < 5
    assert ends(int((tmp_path / "pid").read_text()))


def test_child_that_left_the_group_does_not_hold_us_up(tmp_path: Path) -> None:
    """A daemon that keeps the output open can not keep a gate waiting."""
    began = time.monotonic()
    try:
        found = run_command("setsid sleep 60 & echo $! > pid; sleep 60", str(tmp_path), 1)
        assert found.status is None
        assert time.monotonic() - began < 5
    finally:
        os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)


def test_command_ends_when_its_shell_does(tmp_path: Path) -> None:
    """What it leaves in the background is not waited for."""
    began = time.monotonic()
    found = run_command("sleep 60 & echo $! > pid; echo done", str(tmp_path), 30)
    os.kill(int((tmp_path / "pid").read_text()), signal.SIGKILL)
    assert (found.status, found.output) == (0, "done\n")
    assert time.monotonic() - began < 5
