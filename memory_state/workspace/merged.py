"""Logs that git merged: noticing one, and writing it anew in one order."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from memory_state.core.journal import split_event
from memory_state.core.layout import event_log
from memory_state.workflow.merging import Entry, is_merged
from memory_state.workspace.history import event_from
from memory_state.workspace.statefiles import whole

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOKED_AT = 1 << 18
NUMBERS = re.compile(rb"^([0-9]{1,18})\. ", re.MULTILINE)


def merged_entries(memory: str, workflow: str) -> list[Entry] | None:
    """The entries of a log that git merged, in the file's order; None for one of a single writer.

    The last 256 KiB are looked at, where two branches' ends meet.
    """
    path = Path(event_log(memory, workflow))
    with path.open("rb") as log:
        log.seek(max(0, log.seek(0, 2) - LOOKED_AT))
        tail = log.read()
    if not is_merged(map(int, NUMBERS.findall(tail))):
        return None
    # A damaged line may look like a number that falls.
    lines = (split_event(line) for line in tail.split(b"\n"))
    if not is_merged(parts[0] for parts in lines if parts is not None):
        return None
    return list(entries_of(memory, workflow))


def entries_of(memory: str, workflow: str) -> Iterator[Entry]:
    """The undamaged events of a log with their lines."""
    with Path(event_log(memory, workflow)).open("rb") as log:
        for line in log:
            content = line.removesuffix(b"\n")
            parts = split_event(content)
            event = None if parts is None else event_from(parts)
            if event is not None:
                yield Entry(whole(memory, workflow, event), content)
