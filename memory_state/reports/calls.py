"""Finished tool calls, which are most of a log, told from their lines without reading JSON.

Only lines in the very form that a hook writes them are taken; any other is read in full.
"""

from __future__ import annotations

import re
from typing import NamedTuple
from zlib import crc32

from memory_state.reports.instants import minute_start

TEXT = rb'"[ !#-\[\]-~]*"'
NUMBER = rb"(?:0|[1-9][0-9]{0,17})"
CALL = re.compile(
    rb"[0-9]{1,18}\. ([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:)([0-9]{2})\.([0-9]{3})Z "
    rb"\*\*tool\.used\*\* [A-Za-z0-9._/-]{1,64} "
    rb'`\{"ok":(true|false)(?:,"paths":\[' + TEXT + rb"(?:," + TEXT + rb')*\])?(?:,"bytes":' + NUMBER + rb")?"
    rb'(?:,"ms":(' + NUMBER + rb'))?,"tool":"([ !#-\[\]-~]+)","by":"hook"(?:,"call":' + TEXT + rb")?"
    rb'(?:,"session":"([ !#-\[\]-~]+)")?(?:,"agent":'
    + TEXT
    + rb')?,"doc":'
    + NUMBER
    + rb"\}` \^[0-9a-f]{8}\n"
)


class ToolCall(NamedTuple):
    """One of them: when it was noted, whether it succeeded, how long it took, its tool and session.

    Both times are milliseconds, the first since the epoch, the second 0 where it is not said.
    """

    moment: int
    ok: bool
    took: int
    tool: str
    session: str | None


def finished_call(line: bytes) -> ToolCall | None:
    """The call of a line with its LF; None for any other line, and for a damaged one."""
    found = CALL.fullmatch(line)
    if found is None or line[-9:-1] != b"%08x" % crc32(line[:-11]):
        return None
    minute, second, thousandth, ok, took, tool, session = found.groups()
    start = minute_start(minute.decode())
    if start is None:
        return None
    moment = start + int(second + thousandth)
    return ToolCall(
        moment, ok == b"true", int(took or 0), tool.decode(), session.decode() if session else None
    )
