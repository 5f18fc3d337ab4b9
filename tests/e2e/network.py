"""Network namespaces that hold loopback only, and the processes inside them."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
from pathlib import Path

# As root, and as anybody else where user namespaces are open to all; each with its way to join.
_WAYS: dict[tuple[str, ...], tuple[str, ...]] = {
    ("unshare", "-n"): ("-n",),
    ("unshare", "-rn"): ("-U", "-n", "--preserve-credentials"),
}


@functools.cache
def separate() -> tuple[str, ...] | None:
    """The command prefix that starts a program in a network of its own; None where none works."""
    return next((way for way in _WAYS if _succeeds((*way, "true"))), None)


def joining(member: int) -> tuple[str, ...]:
    """The command prefix that starts a program in the network of the process `member`.

    The program replaces the prefix: it has the process id of what was started.
    """
    way = separate()
    assert way is not None
    return ("nsenter", "-t", str(member), *_WAYS[way], "--")


def end_members(member: int) -> None:
    """Kill every process in the network of `member`: itself, and what was left behind there.

    Nothing happens for a member of our own network, where most were not started by these tests.
    """
    network = _network_of(member)
    if network in (None, _network_of(os.getpid())):
        return
    for pid in _all_processes():
        if _network_of(pid) == network:
            _kill(pid)


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _network_of(pid: int) -> str | None:
    """The identity of a process's network; None when it has ended or is not ours to look at."""
    try:
        return str(Path(f"/proc/{pid}/ns/net").readlink())
    except OSError:
        return None


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _succeeds(command: tuple[str, ...]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False
