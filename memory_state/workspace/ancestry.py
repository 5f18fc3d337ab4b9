"""Which processes started ours, and when: told by proc(5), so on Linux only."""

from __future__ import annotations

import os
import time

from memory_state.core.files import read_if_there

MOST_ANCESTORS = 64
PARENT, START = 1, 19  # fields 4 and 22, counted from behind the name


def process_fields(pid: int) -> list[bytes]:
    """The fields of a process behind its name, its state first; empty when it is gone or can not be seen."""
    try:
        content = read_if_there(f"/proc/{pid}/stat", 4096)
    except (ProcessLookupError, PermissionError):  # it ended while it was looked at, or is hidden
        return []
    return (content or b"").rpartition(b") ")[2].split()


def process_birth(pid: int) -> int | None:
    """When a process was started, in clock ticks since boot; None when it is gone or dead."""
    fields = process_fields(pid)
    return int(fields[START]) if fields and fields[0] not in (b"Z", b"X") else None


def ancestors(pid: int) -> list[int]:
    """The process that started this one, the one that started that, and so on, as far as they are seen."""
    found: list[int] = []
    while len(found) < MOST_ANCESTORS:
        fields = process_fields(pid)
        pid = int(fields[PARENT]) if fields else 0
        if pid == 0:
            break
        found.append(pid)
    return found


def started_at(pid: int) -> float | None:
    """When a process was started, in seconds since the epoch, to a hundredth or so."""
    birth = process_birth(pid)
    if birth is None:
        return None
    boot = time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)
    return boot + birth / os.sysconf("SC_CLK_TCK")
